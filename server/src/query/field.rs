//! The members of a position: what each is called, what it counts, and which views have it.

use orrery_almanac::zodiac::Sign;

use super::view::{Coordinates, Frame, Observer, View};

/// What the signs are called, from the vernal point on.
pub(crate) const SIGNS: [&str; Sign::ALL.len()] = {
    let mut names = [""; Sign::ALL.len()];
    let mut nth = 0;
    while nth < names.len() {
        names[nth] = Sign::ALL[nth].name();
        nth += 1;
    }
    names
};

/// A member of a position, in the order of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    /// Longitude, right ascension or x.
    First,
    /// Latitude, declination or y.
    Second,
    /// Distance or z.
    Third,
    FirstSpeed,
    SecondSpeed,
    ThirdSpeed,
    Sign,
    SignLongitude,
    Decan,
    Nakshatra,
    Pada,
    Retrograde,
    OutOfBounds,
    Azimuth,
    Altitude,
    ApparentAltitude,
    Elongation,
    PhaseAngle,
    IlluminatedFraction,
    ApparentDiameter,
    Magnitude,
    LightTime,
    Source,
}

/// Every field, in the order of a reply.
pub(crate) const ALL: [Field; 23] = [
    Field::First,
    Field::Second,
    Field::Third,
    Field::FirstSpeed,
    Field::SecondSpeed,
    Field::ThirdSpeed,
    Field::Sign,
    Field::SignLongitude,
    Field::Decan,
    Field::Nakshatra,
    Field::Pada,
    Field::Retrograde,
    Field::OutOfBounds,
    Field::Azimuth,
    Field::Altitude,
    Field::ApparentAltitude,
    Field::Elongation,
    Field::PhaseAngle,
    Field::IlluminatedFraction,
    Field::ApparentDiameter,
    Field::Magnitude,
    Field::LightTime,
    Field::Source,
];

/// What a field is about, and so what it needs of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concern {
    /// Whatever can be seen.
    Anything,
    /// The zodiac.
    Zodiac,
    /// A sidereal zodiac.
    SiderealZodiac,
    /// How the Sun's light falls on what is seen from the Earth, and how it stands to the Earth's equator.
    Earth,
    /// A horizon.
    Horizon,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Degrees,
    DegreesPerDay,
    Au,
    AuPerDay,
    Seconds,
    Magnitudes,
    /// A share of one.
    One,
}

impl Unit {
    /// As the schemas of tables have it; days are of TT.
    pub(crate) const fn symbol(self) -> &'static str {
        match self {
            Unit::Degrees => "deg",
            Unit::DegreesPerDay => "deg/d",
            Unit::Au => "au",
            Unit::AuPerDay => "au/d",
            Unit::Seconds => "s",
            Unit::Magnitudes => "mag",
            Unit::One => "1",
        }
    }
}

impl Field {
    /// The name in a view, whether or not the view has such a thing.
    const fn name_in(self, frame: Frame, coordinates: Coordinates) -> &'static str {
        let names = match (coordinates, frame) {
            (Coordinates::Rectangular, _) => ["x", "y", "z", "x_speed", "y_speed", "z_speed"],
            (Coordinates::Spherical, Frame::Ecliptic) => {
                ["longitude", "latitude", "distance", "longitude_speed", "latitude_speed", "distance_speed"]
            }
            (Coordinates::Spherical, Frame::Equatorial) => [
                "right_ascension",
                "declination",
                "distance",
                "right_ascension_speed",
                "declination_speed",
                "distance_speed",
            ],
        };
        match self {
            Field::First => names[0],
            Field::Second => names[1],
            Field::Third => names[2],
            Field::FirstSpeed => names[3],
            Field::SecondSpeed => names[4],
            Field::ThirdSpeed => names[5],
            Field::Sign => "sign",
            Field::SignLongitude => "sign_longitude",
            Field::Decan => "decan",
            Field::Nakshatra => "nakshatra",
            Field::Pada => "pada",
            Field::Retrograde => "retrograde",
            Field::OutOfBounds => "out_of_bounds",
            Field::Azimuth => "azimuth",
            Field::Altitude => "altitude",
            Field::ApparentAltitude => "apparent_altitude",
            Field::Elongation => "elongation",
            Field::PhaseAngle => "phase_angle",
            Field::IlluminatedFraction => "illuminated_fraction",
            Field::ApparentDiameter => "apparent_diameter",
            Field::Magnitude => "magnitude",
            Field::LightTime => "light_time",
            Field::Source => "source",
        }
    }

    /// The name in a view; `None` where the view has no such thing.
    pub(crate) fn name(self, view: &View) -> Option<&'static str> {
        self.is_in(view).then(|| self.name_in(view.frame, view.coordinates))
    }

    /// What it is, for documentation and for the schemas of tables.
    pub(crate) const fn about(self, frame: Frame, coordinates: Coordinates) -> &'static str {
        let places = match (coordinates, frame) {
            (Coordinates::Rectangular, _) => [
                "Towards the equinox, or where the zodiac begins, au.",
                "A quarter of the circle further on, au.",
                "Towards the pole, au.",
                "Change of `x`, au a day.",
                "Change of `y`, au a day.",
                "Change of `z`, au a day.",
            ],
            (Coordinates::Spherical, Frame::Ecliptic) => [
                "Ecliptic longitude, degrees.",
                "Ecliptic latitude, degrees.",
                "Distance, au.",
                "Change of the longitude, degrees a day.",
                "Change of the latitude, degrees a day.",
                "Change of the distance, au a day.",
            ],
            (Coordinates::Spherical, Frame::Equatorial) => [
                "Right ascension, degrees.",
                "Declination, degrees.",
                "Distance, au.",
                "Change of the right ascension, degrees a day.",
                "Change of the declination, degrees a day.",
                "Change of the distance, au a day.",
            ],
        };
        match self {
            Field::First => places[0],
            Field::Second => places[1],
            Field::Third => places[2],
            Field::FirstSpeed => places[3],
            Field::SecondSpeed => places[4],
            Field::ThirdSpeed => places[5],
            Field::Sign => "The sign that the longitude is in.",
            Field::SignLongitude => "Degrees from the sign's beginning; less than 30.",
            Field::Decan => "Which third of its sign the longitude is in.",
            Field::Nakshatra => {
                "With `zodiac=sidereal`: the lunar mansion, a 27th of the circle, that the longitude is in."
            }
            Field::Pada => "With `zodiac=sidereal`: which quarter of its nakshatra the longitude is in.",
            Field::Retrograde => "Whether the longitude decreases.",
            Field::OutOfBounds => {
                "Whether the declination, on the true equator of date, is beyond the obliquity: beyond the Sun's reach."
            }
            Field::Azimuth => {
                "With `center=topo`: direction along the horizon, degrees from north through east."
            }
            Field::Altitude => "With `center=topo`: height above the horizon without refraction, degrees.",
            Field::ApparentAltitude => {
                "With `center=topo`: height above the horizon with refraction, degrees."
            }
            Field::Elongation => "Angle between the body and the Sun, degrees.",
            Field::PhaseAngle => "Angle between the Sun and the observer as seen from the body, degrees.",
            Field::IlluminatedFraction => "Lit share of the disc, 0 to 1.",
            Field::ApparentDiameter => "Diameter of the disc, degrees.",
            Field::Magnitude => "Apparent visual magnitude.",
            Field::LightTime => "How long the light is on its way, seconds.",
            Field::Source => "What gave this position.",
        }
    }

    /// Whether there are bodies that have nothing of the kind.
    pub(crate) const fn is_optional(self) -> bool {
        matches!(
            self,
            Field::PhaseAngle
                | Field::IlluminatedFraction
                | Field::ApparentDiameter
                | Field::Magnitude
                | Field::LightTime
        )
    }

    /// Every name that the field has somewhere, with the frame and the coordinates that it has it in.
    pub(crate) fn names(self) -> impl Iterator<Item = (&'static str, Frame, Coordinates)> {
        let kinds = [
            (Frame::Ecliptic, Coordinates::Spherical),
            (Frame::Equatorial, Coordinates::Spherical),
            (Frame::Ecliptic, Coordinates::Rectangular),
        ];
        kinds
            .into_iter()
            .map(move |(frame, coordinates)| (self.name_in(frame, coordinates), frame, coordinates))
    }

    pub(super) const fn concern(self) -> Concern {
        match self {
            Field::Sign | Field::SignLongitude | Field::Decan | Field::Retrograde => Concern::Zodiac,
            Field::Nakshatra | Field::Pada => Concern::SiderealZodiac,
            Field::Azimuth | Field::Altitude | Field::ApparentAltitude => Concern::Horizon,
            Field::OutOfBounds
            | Field::Elongation
            | Field::PhaseAngle
            | Field::IlluminatedFraction
            | Field::ApparentDiameter
            | Field::Magnitude => Concern::Earth,
            _ => Concern::Anything,
        }
    }

    pub(super) const fn is_in(self, view: &View) -> bool {
        match self.concern() {
            Concern::Anything => true,
            Concern::Zodiac => view.is_zodiacal(),
            Concern::SiderealZodiac => view.is_zodiacal() && view.is_sidereal(),
            Concern::Earth => view.observer.is_terrestrial(),
            Concern::Horizon => matches!(view.observer, Observer::Topo(_)),
        }
    }

    /// Whether it is given unasked where the view has it.
    pub(super) const fn is_usual(self) -> bool {
        matches!(
            self,
            Field::First
                | Field::Second
                | Field::Third
                | Field::FirstSpeed
                | Field::SecondSpeed
                | Field::ThirdSpeed
                | Field::Sign
                | Field::SignLongitude
                | Field::Retrograde
                | Field::Source
        )
    }

    /// What the field counts in a view; `None` for what is no number of anything.
    pub(crate) const fn unit(self, coordinates: Coordinates) -> Option<Unit> {
        let spherical = matches!(coordinates, Coordinates::Spherical);
        Some(match self {
            Field::First | Field::Second if spherical => Unit::Degrees,
            Field::FirstSpeed | Field::SecondSpeed if spherical => Unit::DegreesPerDay,
            Field::First | Field::Second | Field::Third => Unit::Au,
            Field::FirstSpeed | Field::SecondSpeed | Field::ThirdSpeed => Unit::AuPerDay,
            Field::SignLongitude
            | Field::Azimuth
            | Field::Altitude
            | Field::ApparentAltitude
            | Field::Elongation
            | Field::PhaseAngle
            | Field::ApparentDiameter => Unit::Degrees,
            Field::IlluminatedFraction => Unit::One,
            Field::Magnitude => Unit::Magnitudes,
            Field::LightTime => Unit::Seconds,
            Field::Sign
            | Field::Decan
            | Field::Nakshatra
            | Field::Pada
            | Field::Retrograde
            | Field::OutOfBounds
            | Field::Source => return None,
        })
    }
}
