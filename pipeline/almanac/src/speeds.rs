//! How fast bodies go in longitude, as seen from the Earth's centre: bounds by which it is known what never turns.
//!
//! They hold those of the Swiss Ephemeris' places from 1800 to 2400 with some room, the wobble of the true equinox, what the Sun's
//! gravity adds to the planets behind it, and the drift of any sidereal zodiac.

use orrery_format::Body;

use crate::bodies::WireBody;

/// No change of a body's longitude is below the first and none above the second, degrees a day; `None` where neither is known.
#[must_use]
pub fn bounds_deg(body: WireBody) -> Option<(f64, f64)> {
    let (base, _) = body.base();
    let WireBody::Tabulated(body) = base else { return None };
    Some(match body {
        Body::Sun => (0.94, 1.03),
        Body::Moon => (11.6, 15.6),
        Body::Mercury => (-1.45, 2.25),
        Body::Venus => (-0.66, 1.29),
        Body::Mars => (-0.42, 0.82),
        Body::Jupiter => (-0.14, 0.25),
        Body::Saturn => (-0.087, 0.135),
        Body::Uranus => (-0.046, 0.068),
        Body::Neptune => (-0.03, 0.046),
        Body::Pluto => (-0.032, 0.05),
        Body::MeanNode => (-0.0535, -0.0525),
        Body::TrueNode => (-0.4, 0.2),
        Body::MeanApogee => (0.11, 0.113),
        Body::OsculatingApogee => (-11.0, 11.0),
        Body::InterpolatedApogee => (-1.0, 1.0),
        Body::InterpolatedPerigee => (-4.0, 4.0),
        Body::Chiron | Body::Pholus => (-0.2, 0.25),
        Body::Ceres => (-0.35, 0.6),
        Body::Pallas => (-0.7, 0.93),
        Body::Juno => (-0.5, 0.9),
        Body::Vesta => (-0.45, 0.75),
        Body::Earth => return None,
    })
}

/// Whether a body ever turns.
pub(crate) fn turns(body: WireBody) -> bool {
    bounds_deg(body).is_none_or(|(least, most)| least <= 0.0 && 0.0 <= most)
}

/// Whether the way from a body to another ever turns.
pub(crate) fn turns_between(a: WireBody, b: WireBody) -> bool {
    match (bounds_deg(a), bounds_deg(b)) {
        (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_always_faster_never_turns() {
        let of = WireBody::Tabulated;
        for slow in [Body::Mercury, Body::Pluto, Body::TrueNode, Body::Vesta] {
            assert!(!turns_between(WireBody::MOON, of(slow)) && !turns_between(of(slow), WireBody::MOON));
        }
        for slow in [Body::Mars, Body::Jupiter, Body::Pluto, Body::MeanApogee, Body::MeanNode] {
            assert!(!turns_between(WireBody::SUN, of(slow)), "{slow}");
        }
        assert!(!turns_between(WireBody::SUN, WireBody::MeanSouthNode));
        for (a, b) in [(Body::Sun, Body::Venus), (Body::Jupiter, Body::Saturn), (Body::Mars, Body::MeanNode)]
        {
            assert!(turns_between(of(a), of(b)), "{a} {b}");
        }
        assert!(turns_between(WireBody::SUN, WireBody::Asteroid(433)));
        assert!(!turns(WireBody::SUN) && !turns(of(Body::MeanNode)) && turns(of(Body::TrueNode)));
    }
}
