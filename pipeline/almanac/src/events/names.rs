//! The words that events are told in.

use orrery_format::{Body, Center};

use crate::bodies::WireBody;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: [$name; [$($word,)*].len()] = [$($name::$variant,)*];

            /// The word, as requests and replies spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// A kind of event.
    EventType,
    /// A body enters a sign.
    Ingress = "ingress",
    /// A body enters a nakshatra.
    NakshatraIngress = "nakshatra_ingress",
    /// A body turns retrograde or direct.
    Station = "station",
    /// Two bodies, or a body and a point, are at an angle that has a name.
    Aspect = "aspect",
    /// New Moon, first quarter, full Moon, last quarter.
    Lunation = "lunation",
    /// The Moon is void of course.
    VoidOfCourse = "void_of_course",
    /// The Moon is nearest or farthest, the Earth or a planet is nearest to the Sun or farthest from it.
    Apsis = "apsis",
    /// A body crosses the ecliptic.
    NodeCrossing = "node_crossing",
    /// A body's latitude is greatest, or least.
    GreatestLatitude = "greatest_latitude",
    /// A body's declination is greatest, or least.
    GreatestDeclination = "greatest_declination",
    /// A body is farther from the equator than the Sun ever is.
    OutOfBounds = "out_of_bounds",
    /// Equinoxes and solstices.
    Season = "season",
    /// The 24 solar terms of the Chinese calendar.
    SolarTerm = "solar_term",
    /// A planet passes the Sun in longitude.
    Conjunction = "conjunction",
    /// A planet is opposite to the Sun in longitude.
    Opposition = "opposition",
    /// Mercury or Venus is farthest from the Sun in the sky.
    GreatestElongation = "greatest_elongation",
    /// A body is within 17′ of the Sun in longitude.
    Cazimi = "cazimi",
    /// A body is within 8° 30′ of the Sun in longitude.
    Combustion = "combustion",
    /// Mercury or Venus passes before the Sun's disc.
    Transit = "transit",
    /// The Moon hides a planet from somewhere on the Earth.
    Occultation = "occultation",
    /// Two bodies have equal or opposite declinations.
    Parallel = "parallel",
    /// A quantity takes a value.
    Crossing = "crossing",
    /// An eclipse of the Sun or the Moon.
    Eclipse = "eclipse",
}

words! {
    /// A phase of the Moon.
    Phase,
    /// The Moon passes the Sun.
    NewMoon = "new_moon",
    /// 90° ahead of it.
    FirstQuarter = "first_quarter",
    /// Opposite to it.
    FullMoon = "full_moon",
    /// 270° ahead of it.
    LastQuarter = "last_quarter",
}

words! {
    /// Nearest or farthest.
    Apsis,
    /// The Moon nearest to the Earth.
    Perigee = "perigee",
    /// The Moon farthest from the Earth.
    Apogee = "apogee",
    /// Nearest to the Sun.
    Perihelion = "perihelion",
    /// Farthest from the Sun.
    Aphelion = "aphelion",
}

words! {
    /// How Mercury or Venus passes the Sun.
    ConjunctionKind,
    /// Between the Earth and the Sun.
    Inferior = "inferior",
    /// Behind the Sun.
    Superior = "superior",
}

words! {
    /// What can be asked to take a value.
    Measured,
    /// Ecliptic longitude, degrees.
    Longitude = "longitude",
    /// Ecliptic latitude, degrees.
    Latitude = "latitude",
    /// Declination, degrees.
    Declination = "declination",
    /// Distance from the Earth, au.
    Distance = "distance",
    /// Change of longitude, degrees a day.
    LongitudeSpeed = "longitude_speed",
    /// Change of latitude, degrees a day.
    LatitudeSpeed = "latitude_speed",
    /// Change of distance, au a day.
    DistanceSpeed = "distance_speed",
}

words! {
    /// A solar term: the Sun at a multiple of 15°, from the March equinox on.
    SolarTerm,
    /// 0°, the equinox of March.
    Chunfen = "chunfen",
    /// 15°.
    Qingming = "qingming",
    /// 30°.
    Guyu = "guyu",
    /// 45°.
    Lixia = "lixia",
    /// 60°.
    Xiaoman = "xiaoman",
    /// 75°.
    Mangzhong = "mangzhong",
    /// 90°, the solstice of June.
    Xiazhi = "xiazhi",
    /// 105°.
    Xiaoshu = "xiaoshu",
    /// 120°.
    Dashu = "dashu",
    /// 135°.
    Liqiu = "liqiu",
    /// 150°.
    Chushu = "chushu",
    /// 165°.
    Bailu = "bailu",
    /// 180°, the equinox of September.
    Qiufen = "qiufen",
    /// 195°.
    Hanlu = "hanlu",
    /// 210°.
    Shuangjiang = "shuangjiang",
    /// 225°.
    Lidong = "lidong",
    /// 240°.
    Xiaoxue = "xiaoxue",
    /// 255°.
    Daxue = "daxue",
    /// 270°, the solstice of December.
    Dongzhi = "dongzhi",
    /// 285°.
    Xiaohan = "xiaohan",
    /// 300°.
    Dahan = "dahan",
    /// 315°.
    Lichun = "lichun",
    /// 330°.
    Yushui = "yushui",
    /// 345°.
    Jingzhe = "jingzhe",
}

impl EventType {
    /// Whether events of this kind are of bodies that are named: the others are of the Sun and the Moon, or of fixed bodies.
    #[must_use]
    pub const fn has_bodies(self) -> bool {
        !matches!(
            self,
            EventType::Lunation
                | EventType::VoidOfCourse
                | EventType::Season
                | EventType::SolarTerm
                | EventType::Eclipse
        )
    }

    /// Whether this can happen to a body.
    #[must_use]
    pub fn happens_to(self, body: WireBody) -> bool {
        use WireBody::Tabulated;
        let is_sun = body == WireBody::SUN;
        let is_moon = body == WireBody::MOON;
        let is_inner = matches!(body, Tabulated(Body::Mercury | Body::Venus));
        let is_planet = matches!(body, Tabulated(it) if (Body::Mercury..=Body::Pluto).contains(&it));
        // Points of the Moon's orbit, and those that the mean Moon defines, are seen from the Earth alone.
        let is_body = body.exists_from(Center::Helio) || is_sun;
        match self {
            EventType::Ingress
            | EventType::NakshatraIngress
            | EventType::Aspect
            | EventType::Parallel
            | EventType::Crossing
            | EventType::GreatestDeclination => true,
            EventType::Station => !is_sun && !is_moon,
            EventType::Apsis => is_sun || is_moon || (is_body && is_minor_or_planet(body)),
            EventType::NodeCrossing
            | EventType::GreatestLatitude
            | EventType::Cazimi
            | EventType::Combustion => !is_sun && is_body,
            EventType::OutOfBounds => !is_sun,
            EventType::Conjunction => !is_sun && !is_moon && is_body,
            EventType::Opposition => !is_sun && !is_moon && !is_inner && is_body,
            EventType::GreatestElongation | EventType::Transit => is_inner,
            EventType::Occultation => is_planet,
            EventType::Lunation
            | EventType::VoidOfCourse
            | EventType::Season
            | EventType::SolarTerm
            | EventType::Eclipse => false,
        }
    }
}

/// Whether a body goes about the Sun.
fn is_minor_or_planet(body: WireBody) -> bool {
    !matches!(body, WireBody::Tabulated(Body::Sun | Body::Moon | Body::Earth) | WireBody::Uranian(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sun_has_no_station_and_the_moon_no_opposition() {
        let [sun, moon, venus, mars, node] =
            [Body::Sun, Body::Moon, Body::Venus, Body::Mars, Body::TrueNode].map(WireBody::Tabulated);
        assert!(!EventType::Station.happens_to(sun) && !EventType::Station.happens_to(moon));
        assert!(EventType::Station.happens_to(mars) && EventType::Station.happens_to(node));
        assert!(
            EventType::Apsis.happens_to(sun)
                && EventType::Apsis.happens_to(moon)
                && EventType::Apsis.happens_to(mars)
        );
        assert!(!EventType::Apsis.happens_to(node) && !EventType::NodeCrossing.happens_to(node));
        assert!(!EventType::Opposition.happens_to(moon), "that is a full Moon");
        assert!(EventType::Opposition.happens_to(mars) && EventType::Conjunction.happens_to(venus));
        assert!(!EventType::Opposition.happens_to(venus), "it is never far from the Sun");
        assert!(!EventType::Transit.happens_to(mars) && EventType::Occultation.happens_to(mars));
    }
}
