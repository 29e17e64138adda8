//! New and full moons by their number: every eclipse is at one of them.

use std::ops::Range;

use orrery_format::TtDay;

/// Days by which [`Lunation::phase`] and the least distance of Moon and axis may be apart, amply: the terms that are left out
/// come to a quarter of an hour, and the least distance of a Moon five degrees off the ecliptic is an hour and a half from
/// the conjunction.
const APART_DAYS: f64 = 0.25;

/// Mean synodic month, days (Meeus 49.1).
const SYNODIC_MONTH_DAYS: f64 = 29.530_588_861;

/// The first new moon of 2000, of which the lunation has the number 0: its mean instant, a Julian day of TT (Meeus 49.1).
const FIRST_OF_2000_JD: f64 = 2_451_550.097_66;

/// Lunations of a century (Meeus 49.3).
const A_CENTURY: f64 = 1_236.85;

/// Lunations by which counting mean months of today's length may miss a true phase, amply for 20,000 years.
const SPARE: i32 = 3;

/// Which syzygy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// New moon, at which the Sun may be eclipsed.
    New,
    /// Full moon, at which the Moon may be.
    Full,
}

/// A lunation by its number: it begins with a new moon, and its full moon is half a month later. The first new moon of
/// 2000, on 6 January, began number 0 (Meeus, *Astronomical Algorithms*, chapter 49; NASA's canons). Brown counts 953 more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lunation(pub i32);

impl Lunation {
    /// When the Moon is new or full, to a quarter of an hour within two millennia of now (Meeus, chapter 49, by its six
    /// greatest terms).
    #[must_use]
    pub fn phase(self, phase: Phase) -> TtDay {
        let (half, [of_moon, of_sun, twice_moon, latitude, difference, sum]) = match phase {
            Phase::New => (0.0, [-0.407_20, 0.172_41, 0.016_08, 0.010_39, 0.007_39, -0.005_14]),
            Phase::Full => (0.5, [-0.406_14, 0.173_02, 0.016_14, 0.010_43, 0.007_34, -0.005_15]),
        };
        let k = f64::from(self.0) + half;
        let t = k / A_CENTURY;
        let mean = FIRST_OF_2000_JD
            + SYNODIC_MONTH_DAYS * k
            + t * t * (0.000_154_37 + t * (-0.000_000_150 + t * 0.000_000_000_73));
        let eccentricity = 1.0 - t * (0.002_516 + t * 0.000_007_4);
        let sun = (2.553_4 + 29.105_356_70 * k - 0.000_001_4 * t * t).to_radians();
        let moon = 201.564_3 + 385.816_935_28 * k + t * t * (0.010_758_2 + t * 0.000_012_38);
        let moon = moon.to_radians();
        let node = (160.710_8 + 390.670_502_84 * k - t * t * (0.001_611_8 + t * 0.000_002_27)).to_radians();
        TtDay(
            mean + of_moon * moon.sin()
                + of_sun * eccentricity * sun.sin()
                + twice_moon * (2.0 * moon).sin()
                + latitude * (2.0 * node).sin()
                + difference * eccentricity * (moon - sun).sin()
                + sum * eccentricity * (moon + sun).sin(),
        )
    }

    /// The lunations whose eclipse, if they have one, may be greatest within a span, in the order of time: all of which it is,
    /// and at most one more at each end. An empty span has none.
    pub fn within(span: &Range<TtDay>, phase: Phase) -> impl Iterator<Item = Lunation> + use<> {
        let (start, end) = (span.start.jd() - APART_DAYS, span.end.jd() + APART_DAYS);
        let number = |jd: f64| ((jd - FIRST_OF_2000_JD) / SYNODIC_MONTH_DAYS).floor() as i32;
        let numbers = if span.start < span.end {
            number(start).saturating_sub(SPARE)..number(end).saturating_add(SPARE)
        } else {
            0..0
        };
        numbers.map(Lunation).filter(move |lunation| (start..=end).contains(&lunation.phase(phase).jd()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Meeus, *Astronomical Algorithms*, examples 49.a and 49.b and a few of the almanacs' new and full moons, TT.
    #[test]
    fn phases_are_where_they_are() {
        for (number, phase, jd_tt) in [
            // 1977-02-18 03:37:42, a new moon.
            (-283, Phase::New, 2_443_192.651_18),
            // 2000-01-06 18:15 and 2024-04-08 18:22 TT, new; 2000-01-21 04:41 TT, full.
            (0, Phase::New, 2_451_550.260_4),
            (300, Phase::New, 2_460_409.265_3),
            (0, Phase::Full, 2_451_564.695_1),
        ] {
            let found = Lunation(number).phase(phase).jd();
            assert!((found - jd_tt).abs() < 0.0105, "{number} {phase:?}: {}", found - jd_tt);
        }
    }

    #[test]
    fn months_follow_each_other_without_gap() {
        for phase in [Phase::New, Phase::Full] {
            let mut before = Lunation(-50_001).phase(phase).jd();
            for number in -50_000..15_000 {
                let jd = Lunation(number).phase(phase).jd();
                assert!((29.2..29.9).contains(&(jd - before)), "{number} {phase:?}: {}", jd - before);
                before = jd;
            }
        }
    }

    #[test]
    fn a_span_has_its_lunations_and_each_once() {
        for phase in [Phase::New, Phase::Full] {
            for century in -40..=10 {
                let at = |n: i32| TtDay(2_451_545.0 + 36_525.0 * f64::from(century + n));
                let (first, second): (Vec<_>, Vec<_>) = (
                    Lunation::within(&(at(0)..at(1)), phase).collect(),
                    Lunation::within(&(at(1)..at(2)), phase).collect(),
                );
                let inside = |lunation: Lunation| (at(0)..at(1)).contains(&lunation.phase(phase));
                let by_search = (-60_000..20_000).map(Lunation).filter(|lunation| inside(*lunation));
                let missing = by_search.filter(|lunation| !first.contains(lunation)).count();
                assert_eq!(missing, 0, "{century}");
                assert!(first.is_sorted() && (1236..=1239).contains(&first.len()), "{}", first.len());
                // Two spans that meet share one lunation at most, and leave out none.
                let (Some(last), Some(next)) = (first.last(), second.first()) else { panic!("{century}") };
                assert!(next.0 == last.0 || next.0 == last.0 + 1);
            }
        }
    }

    #[test]
    fn wild_spans_end() {
        for (start, end) in
            [(f64::NAN, 2_451_545.0), (2_451_545.0, f64::NAN), (2_451_545.0, 2_451_545.0), (1.0, 0.0)]
        {
            assert_eq!(Lunation::within(&(TtDay(start)..TtDay(end)), Phase::New).count(), 0);
        }
        assert_eq!(Lunation::within(&(TtDay(1e300)..TtDay(2e300)), Phase::New).count(), 0);
    }
}
