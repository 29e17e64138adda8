//! How large ayanamsas are.
//!
//! They are formulas of precession, and nutation comes from its table; those that a star or the galaxy holds fast need the
//! tables of the Earth, the Sun and the Moon as well. The Swiss Ephemeris itself is asked where these do not reach, and
//! while the Sun hides what holds one fast.

use orrery_almanac::stars::Sight;
use orrery_almanac::{Ayanamsa, Precession, Varying};
use orrery_swisseph::Session;

use crate::answer::aid::Needs;
use crate::answer::inquiry::Inquiry;
use crate::answer::live;
use crate::answer::mix::Mix;
use crate::answer::plan::{Origins, only_live};
use crate::answer::reference;
use crate::answer::render::{along, decimals, number};
use crate::answer::surroundings::Surroundings;
use crate::query::{AyanamsasQuery, SkyQuery, SourceChoice, TimeQuery, Unit};
use crate::text::json::Json;
use crate::wire::problem::Problem;

/// An ayanamsa at an instant.
pub(crate) struct Told {
    /// Without nutation, degrees from 0 to 360, and its change a day.
    mean_deg: Varying,
    /// With nutation in longitude, degrees from 0 to 360.
    true_deg: f64,
    is_live: bool,
}

impl Inquiry for AyanamsasQuery {
    type Told = Told;

    const BESIDE_ARCSEC: f64 = 0.0001;

    const LESS: &'static str = "ask for a single one with ayanamsa, or try again";

    fn time(&self) -> &TimeQuery {
        &self.time
    }

    fn sky(&self) -> &SkyQuery {
        &self.sky
    }

    fn needs(&self) -> Needs {
        Needs::of_ayanamsas(self.any_anchored())
    }

    /// The Sun may stand before what holds one fast.
    fn may_turn_live(&self) -> bool {
        self.sky.source == SourceChoice::Auto && self.any_anchored()
    }

    /// Stars that hold one fast are not those of the catalogue.
    fn beside(&self) -> &[u8] {
        &[]
    }

    fn echo(&self, json: &mut Json) {
        self.echo(json);
    }

    fn tell(
        &self,
        around: &Surroundings,
        origins: &mut Origins,
        mut session: Option<&mut Session>,
    ) -> Result<Option<Vec<Told>>, Problem> {
        let (nutation, obliquity) = (around.nutation()?, around.mean_obliquity()?);
        let precession = Precession::to(around.instant.tt);
        let is_tabulated = !origins.any_live();
        let observer = self.any_anchored().then(|| reference::observer(around)).transpose()?;
        let mut all = Vec::with_capacity(self.ayanamsas().len());
        for ayanamsa in self.ayanamsas() {
            let known = if is_tabulated {
                ayanamsa.zodiac().at(&precession, obliquity, Sight::Apparent, || {
                    // It is there as soon as any asks for it.
                    observer.map_or_else(|| reference::observer(around), Ok)
                })?
            } else {
                None
            };
            let mean_deg = match (known, session.as_deref_mut()) {
                (Some(known), _) => known.ayanamsa_deg(),
                (None, _) if self.sky.source == SourceChoice::Table => {
                    return Err(only_live(&format!("{ayanamsa}: the Sun hides what it holds fast")));
                }
                (None, None) => return Ok(None),
                (None, Some(session)) => live::ayanamsa(session, *ayanamsa, around.instant.tt, self.asked())?,
            };
            let true_deg = (mean_deg.value + nutation.dpsi_deg).rem_euclid(360.0);
            all.push(Told { mean_deg, true_deg, is_live: known.is_none() });
        }
        Ok(Some(all))
    }

    fn is_live(told: &Told) -> bool {
        told.is_live
    }

    fn write(&self, json: &mut Json, told: &[Told]) {
        let precision = self.sky.precision;
        let degrees = decimals(precision, Unit::Degrees);
        json.key("ayanamsas").open(b'[');
        for (ayanamsa, told) in self.ayanamsas().iter().zip(told) {
            json.open(b'{');
            json.key("id").string(&ayanamsa.id());
            if let Some(of_the_list) = ayanamsa.number() {
                json.key("number").integer(of_the_list.into());
            }
            json.key("name").string(ayanamsa.title());
            number(json.key("value"), along(told.mean_deg.value, degrees).0, degrees);
            number(json.key("true_value"), along(told.true_deg, degrees).0, degrees);
            number(json.key("rate"), told.mean_deg.rate, decimals(precision, Unit::DegreesPerDay));
            json.key("source").string(if told.is_live { Mix::Live.name() } else { Mix::Table.name() });
            json.close(b'}');
        }
        json.close(b']');
    }
}

impl AyanamsasQuery {
    fn any_anchored(&self) -> bool {
        self.ayanamsas().iter().any(|ayanamsa: &Ayanamsa| ayanamsa.is_anchored())
    }
}
