//! Every way of telling a place: spelt as a query of the server, and answered by the C library with the flags that mean
//! the same.

use std::fmt::Write as _;

use orrery_format::Body;
use orrery_pipeline::breaks::LIGHT_DAY_PER_AU;
use orrery_swisseph::{
    EphemerisDir, LiveAyanamsa, LiveBody, LiveCenter, LiveError, LiveFrame, LivePlace, LivePlane,
    LiveReference, LiveSite, LiveView, Session,
};
use serde_json::Value;

use crate::hostile::{SECOND, sources};
use crate::http::{Client, Connection};
use crate::measure::{ARCSEC, angle_between};

/// Bodies of the set `all`, the luminaries first, in the order of replies.
pub const ALL: [&str; 24] = [
    "sun",
    "moon",
    "mercury",
    "venus",
    "mars",
    "jupiter",
    "saturn",
    "uranus",
    "neptune",
    "pluto",
    "mean_node",
    "true_node",
    "mean_south_node",
    "true_south_node",
    "mean_apogee",
    "osculating_apogee",
    "interpolated_apogee",
    "interpolated_perigee",
    "chiron",
    "pholus",
    "ceres",
    "pallas",
    "juno",
    "vesta",
];

/// The hypothetical planets of the Hamburg School, which no table holds.
pub const URANIANS: [&str; 8] =
    ["cupido", "hades", "zeus", "kronos", "apollon", "admetos", "vulkanus", "poseidon"];

/// Three numbers: along two angles and a distance, or along three axes.
pub type Three = [f64; 3];

/// A way of telling a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// From where, in which light.
    pub seen: LiveView,
    /// Along which plane.
    pub plane: LivePlane,
    /// From which equinox. A sidereal zodiac has its own.
    pub equinox: LiveReference,
    /// Where a sidereal zodiac begins.
    pub ayanamsa: Option<LiveAyanamsa>,
    /// Whether in distances along axes.
    pub rectangular: bool,
}

impl View {
    /// The usual one from a centre.
    #[must_use]
    pub fn from(center: LiveCenter) -> View {
        View {
            seen: LiveView::apparent(center),
            plane: LivePlane::Ecliptic,
            equinox: LiveReference::TrueOfDate,
            ayanamsa: None,
            rectangular: false,
        }
    }

    /// The parameters that ask for it, the usual ones too.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = format!(
            "center={}&place={}&frame={}&equinox={}&coordinates={}",
            self.center(),
            self.place(),
            self.frame(),
            self.equinox(),
            if self.rectangular { "rectangular" } else { "spherical" }
        );
        // Writing to a string does not fail.
        if let Some(site) = self.site() {
            let LiveSite { latitude_deg, longitude_deg, altitude_m } = site;
            let _ = write!(query, "&lat={latitude_deg:?}&lon={longitude_deg:?}&alt={altitude_m:?}");
        }
        match self.ayanamsa {
            None => {}
            Some(LiveAyanamsa::Mode(number)) => {
                let _ = write!(query, "&zodiac=sidereal&ayanamsa={number}");
            }
            Some(LiveAyanamsa::User { t0_jd_tt, ayanamsa_t0_deg }) => {
                let _ = write!(query, "&zodiac=sidereal&ayanamsa=user:{t0_jd_tt:?},{ayanamsa_t0_deg:?}");
            }
        }
        query
    }

    /// What a tally of such views is called: a row for each kind of frame, whatever the site and the coordinates.
    #[must_use]
    pub fn kind(&self) -> String {
        let turned = match self.ayanamsa {
            Some(_) if self.plane == LivePlane::Ecliptic => "sidereal",
            _ => self.equinox(),
        };
        format!("{:<5} {:<11} {:<10} {turned}", self.center(), self.place(), self.frame())
    }

    /// The word for the centre.
    #[must_use]
    pub const fn center(&self) -> &'static str {
        match self.seen.center {
            LiveCenter::Geo => "geo",
            LiveCenter::Helio => "helio",
            LiveCenter::Bary => "bary",
            LiveCenter::Topo(_) => "topo",
        }
    }

    const fn place(&self) -> &'static str {
        match self.seen.place {
            LivePlace::Apparent => "apparent",
            LivePlace::Astrometric => "astrometric",
            LivePlace::True => "true",
        }
    }

    const fn frame(&self) -> &'static str {
        match self.plane {
            LivePlane::Ecliptic => "ecliptic",
            LivePlane::Equator => "equatorial",
        }
    }

    const fn equinox(&self) -> &'static str {
        match self.equinox {
            LiveReference::TrueOfDate => "date",
            LiveReference::MeanOfDate => "mean",
            LiveReference::J2000 => "j2000",
            LiveReference::Icrs => "icrs",
        }
    }

    const fn site(&self) -> Option<LiveSite> {
        match self.seen.center {
            LiveCenter::Topo(site) => Some(site),
            _ => None,
        }
    }

    /// The ayanamsa that enters the numbers: the zodiac does not touch the equator.
    fn zodiac(&self) -> Option<LiveAyanamsa> {
        self.ayanamsa.filter(|_| self.plane == LivePlane::Ecliptic)
    }

    /// Every body that has a place from the centre, of `all`, the Earth and the Uranians.
    #[must_use]
    pub fn bodies(&self) -> Vec<&'static str> {
        let names = ALL.into_iter().chain(["earth"]).chain(URANIANS);
        names.filter(|name| base(name).0.has_place_from(self.seen.center)).collect()
    }

    /// Where the C library has a body, au along the axes of the view.
    ///
    /// The Moon's nodes and apsides it computes on the ecliptic of date, and leaves out the bias of the ICRS on the way
    /// from there (0.018″) and, with [`LiveReference::Icrs`], before them in the Moon's orbit (0.26″ of the true node): it
    /// answers points of another plane. Here they, and the Uranians, are its own of J2000.0, turned by the bias.
    ///
    /// # Errors
    /// As the library says.
    pub fn expected(&self, session: &mut Session, body: &str, jd_tt: f64) -> Result<Three, LiveError> {
        let (live, sign) = base(body);
        let is_unbiased = is_lunar_point(live) || URANIANS.contains(&body);
        let place = match self.zodiac() {
            Some(ayanamsa) => vector(session.sidereal_position(live, self.seen, ayanamsa, jd_tt)?),
            None if self.equinox == LiveReference::Icrs && is_unbiased => {
                let of_j2000 = LiveFrame {
                    reference: LiveReference::J2000,
                    plane: LivePlane::Equator,
                    rectangular: true,
                    speeds: false,
                };
                let [x, y, z, ..] = session.framed(live, self.seen, of_j2000, jd_tt)?;
                let icrs = J2000_TO_ICRS.map(|row| row[0] * x + row[1] * y + row[2] * z);
                if self.plane == LivePlane::Equator { icrs } else { ecliptic_of_j2000(icrs) }
            }
            None => {
                let frame = LiveFrame {
                    reference: self.equinox,
                    plane: self.plane,
                    rectangular: self.rectangular,
                    speeds: false,
                };
                let [first, second, third, ..] = session.framed(live, self.seen, frame, jd_tt)?;
                if self.rectangular { [first, second, third] } else { vector([first, second, third]) }
            }
        };
        Ok(place.map(|along| along * sign))
    }

    /// The members of a position of this view.
    #[must_use]
    pub const fn members(&self) -> [&'static str; 6] {
        match (self.rectangular, self.plane) {
            (true, _) => ["x", "y", "z", "x_speed", "y_speed", "z_speed"],
            (false, LivePlane::Ecliptic) => {
                ["longitude", "latitude", "distance", "longitude_speed", "latitude_speed", "distance_speed"]
            }
            (false, LivePlane::Equator) => [
                "right_ascension",
                "declination",
                "distance",
                "right_ascension_speed",
                "declination_speed",
                "distance_speed",
            ],
        }
    }

    /// The six numbers of a position in a reply.
    ///
    /// # Errors
    /// One is missing, or no angle.
    pub fn numbers(&self, position: &Value) -> Result<[f64; 6], String> {
        let mut numbers = [0.0; 6];
        for (number, name) in numbers.iter_mut().zip(self.members()) {
            *number = position[name].as_f64().ok_or_else(|| format!("no {name} in {position}"))?;
        }
        let [along, across, distance, ..] = numbers;
        let is_placed = (0.0..360.0).contains(&along) && (-90.0..=90.0).contains(&across) && distance > 0.0;
        if self.rectangular || is_placed { Ok(numbers) } else { Err(format!("no place: {position}")) }
    }

    /// Where a reply has a body, au along the axes of the view.
    ///
    /// # Errors
    /// As for [`View::numbers`].
    pub fn found(&self, position: &Value) -> Result<Three, String> {
        let [first, second, third, ..] = self.numbers(position)?;
        Ok(if self.rectangular { [first, second, third] } else { vector([first, second, third]) })
    }
}

/// From the mean equator and equinox of J2000.0 to the axes of the ICRS: the transpose of the IAU's bias of 2006 (Capitaine
/// and Wallace, *Astronomy & Astrophysics* 450, 2006).
const J2000_TO_ICRS: [Three; 3] = [
    [0.999_999_999_999_994_1, 7.078_368_695e-8, -8.056_214_212e-8],
    [-7.078_368_961e-8, 0.999_999_999_999_997, -3.306_427_981e-8],
    [8.056_213_978e-8, 3.306_428_553e-8, 0.999_999_999_999_996_3],
];

/// The mean obliquity of J2000.0, degrees: 84,381.406″ (IAU 2006).
const OBLIQUITY_J2000_DEG: f64 = 84_381.406 / 3600.0;

fn ecliptic_of_j2000([x, y, z]: Three) -> Three {
    let (sin, cos) = OBLIQUITY_J2000_DEG.to_radians().sin_cos();
    [x, y * cos + z * sin, z * cos - y * sin]
}

/// The library's body that a name is of, and whether it is that or its opposite.
fn base(name: &str) -> (LiveBody, f64) {
    let (name, sign) = match name {
        "mean_south_node" => ("mean_node", -1.0),
        "true_south_node" => ("true_node", -1.0),
        other => (other, 1.0),
    };
    (LiveBody::from_name(name).unwrap_or_else(|| panic!("no body {name}")), sign)
}

/// Whether a body is a point of the Moon's orbit.
const fn is_lunar_point(body: LiveBody) -> bool {
    matches!(
        body,
        LiveBody::MeanNode
            | LiveBody::TrueNode
            | LiveBody::MeanApogee
            | LiveBody::OsculatingApogee
            | LiveBody::InterpolatedApogee
            | LiveBody::InterpolatedPerigee
    )
}

/// Two angles in degrees and a distance as distances along axes.
#[must_use]
pub fn vector([along_deg, across_deg, distance]: Three) -> Three {
    let ((sin_l, cos_l), (sin_b, cos_b)) =
        (along_deg.to_radians().sin_cos(), across_deg.to_radians().sin_cos());
    [distance * cos_b * cos_l, distance * cos_b * sin_l, distance * sin_b]
}

/// How far a place is from another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Apart {
    /// The angle between the two, arcseconds.
    pub arcsec: f64,
    /// The difference of their distances, relative.
    pub relative: f64,
}

impl Apart {
    /// That of two vectors.
    #[must_use]
    pub fn of(a: Three, b: Three) -> Apart {
        let length = |v: Three| v.iter().map(|along| along * along).sum::<f64>().sqrt();
        let across = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        let along: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
        Apart {
            arcsec: length(across).atan2(along).to_degrees() * ARCSEC,
            relative: (length(a) / length(b) - 1.0).abs(),
        }
    }

    /// Whether it is within another; what is no number is not.
    #[must_use]
    pub fn is_within(self, allowed: Apart) -> bool {
        self.arcsec <= allowed.arcsec && self.relative <= allowed.relative
    }

    /// The larger of each; what is no number is the largest.
    #[must_use]
    pub fn max(self, other: Apart) -> Apart {
        let larger = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
        Apart { arcsec: larger(self.arcsec, other.arcsec), relative: larger(self.relative, other.relative) }
    }
}

/// Light reaches a site by at most 21 ms sooner or later than the Earth's centre, days.
const TORN_DAYS: f64 = 0.03 * SECOND;

/// How far places on the two sides of a seam of the source files are apart at most: the Moon, for 1.3 s beside each of
/// the Earth's seams, at which the Earth jumps by up to a kilometre.
pub const TORN: Apart = Apart { arcsec: 0.6, relative: 4e-6 };

/// Whether the light by which a body is seen from a site crosses a seam of the source files as it sets out or arrives.
///
/// There the library's places jump, and those from a site by up to 21 ms sooner or later than those from the Earth's centre,
/// from which tables step to the site: for so long one of the two is on the other side. `place` is the body's from the site,
/// au.
#[must_use]
pub fn is_torn(files: &EphemerisDir, view: &View, name: &str, jd_tt: f64, place: Three) -> bool {
    let LiveCenter::Topo(_) = view.seen.center else { return false };
    let Some(body) = Body::ALL.into_iter().find(|body| body.name() == name) else { return false };
    let distance_au = place.iter().map(|along| along * along).sum::<f64>().sqrt();
    sources(body).into_iter().any(|source| {
        let is_near = |jd: f64| files.seams(source, jd - TORN_DAYS, jd + TORN_DAYS).next().is_some();
        is_near(jd_tt) || is_near(jd_tt - distance_au * LIGHT_DAY_PER_AU)
    })
}

/// Whether the library has a body elsewhere by a sidereal zodiac than without: to find an ayanamsa that a star holds, it
/// moves to other pieces of its files, and on a seam it then answers from those. `place` is the sidereal one, au.
///
/// # Errors
/// As for [`View::expected`].
pub fn is_ambiguous(
    session: &mut Session,
    view: &View,
    body: &str,
    jd_tt: f64,
    place: Three,
) -> Result<bool, LiveError> {
    if view.zodiac().is_none() {
        return Ok(false);
    }
    let tropical = View { ayanamsa: None, equinox: LiveReference::MeanOfDate, ..*view };
    let length = |v: Three| v.iter().map(|along| along * along).sum::<f64>().sqrt();
    let distance_au = length(tropical.expected(session, body, jd_tt)?);
    Ok((length(place) / distance_au - 1.0).abs() > 2e-12)
}

/// How noisy the Moon's osculating node and apogee are where [`is_steep`], arcseconds.
pub const STEEP_ARCSEC: f64 = 0.1;

/// Whether a body is an osculating element of the Moon's path, and the Moon within a minute and a half of its greatest
/// latitude; or of the apogee itself. The library divides by the Moon's speed across the ecliptic (`lunar_osc_elem`), and within
/// seconds of where that is nothing its own answers with and without nutation are milliarcseconds apart; and it has the true
/// anomaly from a cosine, which tells nothing of it where it is 180°.
///
/// # Errors
/// As for [`View::expected`].
pub fn is_steep(session: &mut Session, body: &str, jd_tt: f64) -> Result<bool, LiveError> {
    if !["true_node", "true_south_node", "osculating_apogee"].contains(&body) {
        return Ok(false);
    }
    let (moon, _) = session.state(LiveBody::Moon, LiveCenter::Geo, jd_tt, false)?;
    let is_at_apogee = body == "osculating_apogee" && moon.distance_speed.abs() < 8e-9;
    Ok(moon.latitude_speed.abs() < 3e-4 || is_at_apogee)
}

/// Numbers of the ayanamsas that are frames and no subtraction.
const FRAMES: [u8; 4] = [18, 19, 20, 34];

/// How far an ayanamsa of the list is from the library's at an instant, arcseconds, by the mean apogee, whose tables are
/// good to 1e-6″. With the place in the reply that tells, for who wants to know its source.
///
/// # Errors
/// What either side refuses, with the query.
pub fn ayanamsa_off(
    asker: &mut Asker,
    session: &mut Session,
    number: u8,
    jd_tt: f64,
) -> Result<(f64, Value), String> {
    let query = format!("jd_tt={jd_tt:?}&bodies=mean_apogee&precision=full&equinox=mean");
    let sidereal_query = format!("{query}&zodiac=sidereal&ayanamsa={number}");
    let (tropical, sidereal) = (asker.positions(&query)?, asker.positions(&sidereal_query)?);
    let longitude = |reply: &Value| {
        let told = reply["positions"][0]["longitude"].as_f64();
        told.ok_or_else(|| format!("{sidereal_query}: no longitude in {reply}"))
    };
    let refused = |error: LiveError| format!("{sidereal_query}: {error}");
    let ayanamsa = LiveAyanamsa::Mode(number);
    let off_deg = if FRAMES.contains(&number) {
        let expected = session.sidereal_position(LiveBody::MeanApogee, LiveCenter::Geo, ayanamsa, jd_tt);
        angle_between(longitude(&sidereal)?, expected.map_err(refused)?[0])
    } else {
        let expected = session.ayanamsa_deg(ayanamsa, jd_tt).map_err(refused)?;
        angle_between(longitude(&tropical)? - longitude(&sidereal)?, expected)
    };
    Ok((off_deg.abs() * ARCSEC, sidereal))
}

/// Who asks for many positions, by one connection while it lasts.
#[derive(Debug)]
pub struct Asker {
    client: Client,
    connection: Connection,
}

impl Asker {
    /// One of a server.
    #[must_use]
    pub fn new(client: Client) -> Asker {
        Asker { client, connection: client.connect() }
    }

    /// The reply to a query of `/v1/positions`, which must be answered.
    ///
    /// # Errors
    /// What came instead, with the query.
    pub fn positions(&mut self, query: &str) -> Result<Value, String> {
        let request = format!("GET /v1/positions?{query} HTTP/1.1\r\nhost: orrery\r\n\r\n");
        let reply = if let Ok(reply) = self.try_ask(&request) {
            reply
        } else {
            // The server may have closed what was idle.
            self.connection = self.client.connect();
            self.try_ask(&request).map_err(|error| format!("{query}: {error}"))?
        };
        if reply.status == 200 { Ok(reply.json()) } else { Err(format!("{query}: {reply:?}")) }
    }

    fn try_ask(&mut self, request: &str) -> std::io::Result<crate::http::Reply> {
        self.connection.try_send(request.as_bytes())?;
        self.connection.reply()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_spelt_with_all_that_makes_it() {
        let site = LiveSite { latitude_deg: -90.0, longitude_deg: 0.5, altitude_m: 1e3 };
        let view = View {
            plane: LivePlane::Equator,
            equinox: LiveReference::Icrs,
            ayanamsa: Some(LiveAyanamsa::User { t0_jd_tt: 2_451_545.0, ayanamsa_t0_deg: -1.5 }),
            rectangular: true,
            ..View::from(LiveCenter::Topo(site))
        };
        assert_eq!(
            view.query(),
            "center=topo&place=apparent&frame=equatorial&equinox=icrs&coordinates=rectangular&lat=-90.0&lon=0.5&\
             alt=1000.0&zodiac=sidereal&ayanamsa=user:2451545.0,-1.5"
        );
        assert!(view.zodiac().is_none());
        let views = [view, View::from(LiveCenter::Helio), View::from(LiveCenter::Bary)];
        assert_eq!(views.map(|view| view.bodies().len()), [24 + 8, 16 + 8, 17 + 8]);
    }

    #[test]
    fn small_angles_are_told_apart() {
        let apart = Apart::of(vector([10.0, 20.0, 2.0]), vector([10.0, 20.0 + 1e-9, 2.0 + 4e-9]));
        assert!((apart.arcsec - 3.6e-6).abs() < 1e-9, "{apart:?}");
        assert!((apart.relative - 2e-9).abs() < 1e-15, "{apart:?}");
        let nowhere = Apart { arcsec: f64::NAN, relative: 0.0 };
        assert!(!nowhere.is_within(Apart { arcsec: f64::INFINITY, relative: 1.0 }));
        assert!(Apart::default().max(nowhere).arcsec.is_nan());
    }
}
