//! Asking the source: one product at one instant, as the three components that its table holds.

use orrery_format::rotation::linear_sidereal_time_deg;
use orrery_format::{Body, Center, Product, UtDay};
use orrery_swisseph::{LiveBody, LiveCenter, LiveError, Session};

/// A product's source: a live session, asked for that product only.
#[derive(Debug)]
pub struct Sampler<'s> {
    session: &'s mut Session,
    product: Product,
}

/// One instant really asked for, and what the source said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Julian day in the product's time scale.
    pub jd: f64,
    /// Components in the product's units; angles as the source gives them, wrapped.
    pub components: [f64; 3],
}

impl<'s> Sampler<'s> {
    /// A sampler over a session.
    pub fn new(session: &'s mut Session, product: Product) -> Sampler<'s> {
        Sampler { session, product }
    }

    /// What is sampled.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// Asks the source.
    ///
    /// # Errors
    /// As the session's; above all when the ephemeris files do not reach the instant.
    pub fn at(&mut self, jd: f64) -> Result<Sample, LiveError> {
        let components = match self.product {
            Product::Place(center, body) => {
                self.session.position(live_body(body), live_center(center), jd)?
            }
            Product::Nutation => self.session.nutation(jd)?,
            Product::EarthRotation => {
                let excess = self.session.mean_sidereal_time_deg(jd)? - linear_sidereal_time_deg(UtDay(jd));
                [self.session.delta_t_s(jd)?, signed_degrees(excess), 0.0]
            }
        };
        Ok(Sample { jd, components })
    }
}

/// An angle brought to −180 ≤ α < 180 degrees.
#[must_use]
pub fn signed_degrees(degrees: f64) -> f64 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

/// The live source's name for a centre.
#[must_use]
pub fn live_center(center: Center) -> LiveCenter {
    match center {
        Center::Geo => LiveCenter::Geo,
        Center::Helio => LiveCenter::Helio,
        Center::Bary => LiveCenter::Bary,
    }
}

/// The live source's name for a body.
#[must_use]
pub fn live_body(body: Body) -> LiveBody {
    match body {
        Body::Sun => LiveBody::Sun,
        Body::Moon => LiveBody::Moon,
        Body::Mercury => LiveBody::Mercury,
        Body::Venus => LiveBody::Venus,
        Body::Mars => LiveBody::Mars,
        Body::Jupiter => LiveBody::Jupiter,
        Body::Saturn => LiveBody::Saturn,
        Body::Uranus => LiveBody::Uranus,
        Body::Neptune => LiveBody::Neptune,
        Body::Pluto => LiveBody::Pluto,
        Body::MeanNode => LiveBody::MeanNode,
        Body::TrueNode => LiveBody::TrueNode,
        Body::MeanApogee => LiveBody::MeanApogee,
        Body::OsculatingApogee => LiveBody::OsculatingApogee,
        Body::InterpolatedApogee => LiveBody::InterpolatedApogee,
        Body::InterpolatedPerigee => LiveBody::InterpolatedPerigee,
        Body::Chiron => LiveBody::Chiron,
        Body::Pholus => LiveBody::Pholus,
        Body::Ceres => LiveBody::Ceres,
        Body::Pallas => LiveBody::Pallas,
        Body::Juno => LiveBody::Juno,
        Body::Vesta => LiveBody::Vesta,
        Body::Earth => LiveBody::Earth,
    }
}
