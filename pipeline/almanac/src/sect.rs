//! Sect: whether a chart is of the day or of the night, and which planets belong to either.

use orrery_format::Body;

use crate::frames::wrap_deg;
use crate::zodiac::{InSign, Polarity};

/// The half of the day that a chart, or a planet, belongs to (Ptolemy, *Tetrabiblos* I.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sect {
    /// The Sun is above the horizon; or a planet that belongs to the day.
    Day,
    /// It is below; or a planet that belongs to the night.
    Night,
}

impl Sect {
    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Sect::Day => "day",
            Sect::Night => "night",
        }
    }

    /// Of a chart, by the true altitude of the Sun's centre, degrees. On the horizon it is day.
    #[must_use]
    pub fn of_altitude(sun_deg: f64) -> Sect {
        if sun_deg >= 0.0 { Sect::Day } else { Sect::Night }
    }

    /// That a planet belongs to: Sun, Jupiter and Saturn to the day, Moon, Venus and Mars to the night; Mercury to the day where it
    /// rises before the Sun, and to the night where after it. `None` for other bodies.
    #[must_use]
    pub fn of_planet(planet: Body, longitude_deg: f64, sun_deg: f64) -> Option<Sect> {
        match planet {
            Body::Sun | Body::Jupiter | Body::Saturn => Some(Sect::Day),
            Body::Mercury if wrap_deg(longitude_deg - sun_deg) >= 180.0 => Some(Sect::Day),
            Body::Moon | Body::Venus | Body::Mars | Body::Mercury => Some(Sect::Night),
            _ => None,
        }
    }
}

/// How well a planet stands by sect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The sect that it belongs to.
    pub belongs_to: Sect,
    /// Whether that is the chart's.
    pub in_sect: bool,
    /// Halb: it is on that side of the horizon that is its own: planets of the day with the Sun, planets of the night opposite to it
    /// (al-Bīrūnī, *Book of Instruction*, 496).
    pub halb: bool,
    /// Hayz: halb, and in a sign of its own kind: Moon and Venus in a negative one, Sun, Mars, Jupiter and Saturn in a positive one,
    /// Mercury as it is of the day or of the night.
    pub hayz: bool,
}

impl Standing {
    /// Of a planet in a chart of a sect, by its longitude and the Sun's and its own true altitude, degrees: on the horizon it is above.
    /// Its altitude says on which side of the horizon it is, and not the ascendant: it has a latitude, and within a polar circle
    /// the ascendant may be the point that sets. `None` for bodies that belong to no sect.
    #[must_use]
    pub fn of(
        planet: Body,
        longitude_deg: f64,
        sun_deg: f64,
        altitude_deg: f64,
        sect: Sect,
    ) -> Option<Standing> {
        let belongs_to = Sect::of_planet(planet, longitude_deg, sun_deg)?;
        let with_the_sun = Sect::of_altitude(altitude_deg) == sect;
        let halb = with_the_sun == (belongs_to == Sect::Day);
        let own = match (planet, belongs_to) {
            // Mars is of the night and yet masculine.
            (Body::Mars, _) | (_, Sect::Day) => Polarity::Positive,
            (_, Sect::Night) => Polarity::Negative,
        };
        let hayz = halb && InSign::of(longitude_deg).sign.polarity() == own;
        Some(Standing { belongs_to, in_sect: belongs_to == sect, halb, hayz })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sun_makes_the_day() {
        assert_eq!(Sect::of_altitude(0.0), Sect::Day);
        assert_eq!(Sect::of_altitude(-1e-9), Sect::Night);
        assert_eq!(Sect::of_altitude(f64::NAN), Sect::Night);
    }

    #[test]
    fn mercury_belongs_to_either_by_its_side_of_the_sun() {
        assert_eq!(Sect::of_planet(Body::Mercury, 350.0, 5.0), Some(Sect::Day));
        assert_eq!(Sect::of_planet(Body::Mercury, 20.0, 5.0), Some(Sect::Night));
        assert_eq!(Sect::of_planet(Body::Pluto, 20.0, 5.0), None);
    }

    #[test]
    fn hayz_needs_side_and_sign() {
        let by_day = |planet, longitude, altitude| {
            Standing::of(planet, longitude, 280.0, altitude, Sect::Day).unwrap()
        };
        let saturn = |longitude, altitude| by_day(Body::Saturn, longitude, altitude);
        let hayz = Standing { belongs_to: Sect::Day, in_sect: true, halb: true, hayz: true };
        assert_eq!(saturn(310.0, 20.0), hayz);
        assert!(saturn(285.0, 20.0).halb && !saturn(285.0, 20.0).hayz);
        assert!(!saturn(70.0, -20.0).halb && !saturn(70.0, -20.0).hayz);
        // Of the night by day: below, and Mars in a masculine sign.
        let mars = |longitude| by_day(Body::Mars, longitude, -20.0);
        assert!(mars(70.0).hayz && !mars(70.0).in_sect);
        assert!(mars(40.0).halb && !mars(40.0).hayz);
        assert!(by_day(Body::Venus, 40.0, -20.0).hayz);
    }

    #[test]
    fn the_sun_always_has_halb() {
        for altitude in [-90.0, -0.1, 0.0, 0.1, 90.0] {
            let sect = Sect::of_altitude(altitude);
            assert!(Standing::of(Body::Sun, 90.0, 90.0, altitude, sect).unwrap().halb, "{altitude}");
        }
    }
}
