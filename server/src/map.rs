//! Maps of eclipses and of astrocartography: what is where on the Earth, and when, and how it is told of as `GeoJSON` and drawn as
//! SVG.
//!
//! ```text
//! SolarEclipse ─▶ solar, seen ─────┐                              ┌─▶ geojson
//! LunarEclipse ─▶ lunar ───────────┼─▶ Map ─▶ ring, cut (planar) ─┤
//! lines of bodies ─▶ astrocartography                             └─▶ svg (chart, coast, label, legend, lines)
//! ```
//!
//! A [`Map`] is a list of [`Feature`]s. Their longitudes are geographic ones and go on without jumps, as those of
//! [`orrery_almanac::eclipses::path`] do; who writes a map cuts them, and not before. Nothing here reads a file or a table.

mod astrocartography;
mod cut;
mod geojson;
mod lunar;
mod place;
mod ring;
mod seen;
mod solar;
mod svg;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use orrery_almanac::Angularity;
use orrery_almanac::eclipses::path::CurveName;
use orrery_almanac::eclipses::visibility::LunarContact;
use orrery_format::TtDay;
use orrery_format::eclipse::SolarKind;

use self::astrocartography::Lines;
pub(crate) use self::astrocartography::Marked;
use self::place::Place;
pub(crate) use self::svg::Heading;

/// Which instants of an eclipse of the Sun are told of: those so many seconds, or a multiple of them, before or after one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Beat {
    /// From one to the next, seconds.
    pub(crate) step_s: u32,
    /// One of them, such as a clock's midnight.
    pub(crate) origin: TtDay,
}

impl Beat {
    /// Seconds since the origin.
    fn seconds(&self, tt: TtDay) -> f64 {
        (tt.jd() - self.origin.jd()) * DAY_S
    }

    /// Whether an instant is a multiple of so many seconds from the origin.
    fn is_multiple(&self, tt: TtDay, step_s: f64) -> bool {
        self.seconds(tt).round().rem_euclid(step_s) < 0.5
    }
}

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;

/// A map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Map {
    features: Vec<Feature>,
    subject: Subject,
    /// What is to be in the middle: where the eclipse is greatest, or the Moon is in the zenith then; on maps of lines 0° of longitude.
    middle: Place,
}

/// What a map is of, as far as it is drawn in its own way.
#[derive(Clone, Debug, PartialEq)]
enum Subject {
    /// An eclipse of the Sun. Its areas are those on the left of closed curves, which may overlap.
    Solar {
        kind: SolarKind,
        beat: Beat,
        /// Where anything of it is seen.
        seen: Vec<Vec<Place>>,
        /// Where it is total or annular.
        umbra: Vec<Vec<Place>>,
    },
    /// An eclipse of the Moon.
    Lunar,
    /// The lines of bodies at a moment.
    Lines(Lines),
}

/// Something on a map.
#[derive(Clone, Debug, PartialEq)]
struct Feature {
    what: What,
    shape: Shape,
    when: When,
    /// What is told of a point of the central line, and of the greatest eclipse.
    sight: Option<Sight>,
}

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// Where the axis of the shadow meets the ground.
    CentralLine,
    /// A curve of the path.
    Curve(CurveName),
    /// The places between the limits of the umbra.
    UmbralPath,
    /// Where the axis of the shadow meets the ground at an instant.
    CentralPoint,
    /// Where the eclipse of the Sun is greatest.
    GreatestEclipse,
    /// Where the Moon is up at a contact.
    MoonUp(LunarContact),
    /// Where the Moon is in the zenith when its eclipse is greatest.
    SublunarPoint,
    /// Where a body, by its place among those of the map, is on an angle.
    Line(usize, Angularity),
    /// Where two bodies are.
    Crossing([(usize, Angularity); 2]),
    /// Where a body is in the zenith.
    Zenith(usize),
    /// A place that is marked, by its place among those of the map.
    Marked(usize),
}

impl What {
    /// The name, as replies spell it.
    fn name(self) -> Cow<'static, str> {
        match self {
            What::CentralLine => "central_line".into(),
            What::Curve(curve) => curve.name().into(),
            What::UmbralPath => "umbral_path".into(),
            What::CentralPoint => "central_point".into(),
            What::GreatestEclipse => "greatest_eclipse".into(),
            What::MoonUp(contact) => format!("moon_up_at_{}", contact.name()).into(),
            What::SublunarPoint => "sublunar_point".into(),
            What::Line(..) => "line".into(),
            What::Crossing(_) => "crossing".into(),
            What::Zenith(_) => "zenith".into(),
            What::Marked(_) => "place".into(),
        }
    }
}

/// Where a feature is. Longitudes go on without jumps from place to place.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    /// A place.
    Point(Place),
    /// A curve from its first place to its last.
    Line(Vec<Place>),
    /// What is on the left of a closed curve. Its last place is its first, but for a whole turn where a pole is within.
    Area(Vec<Place>),
}

/// When a feature is there.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// At an instant.
    At(TtDay),
    /// From when its first place is there until its last is. A curve may go back in time.
    Along([TtDay; 2]),
    /// At the moment that all of the map is of.
    Throughout,
}

/// What is seen at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sight {
    /// Seconds of totality or annularity, if there are any.
    duration_s: Option<f64>,
    /// The width of the path there, km, if it has two limits.
    width_km: Option<f64>,
    sun_altitude_deg: f64,
    sun_azimuth_deg: f64,
    magnitude: f64,
    /// `partial`, `annular` or `total`.
    kind: &'static str,
}
