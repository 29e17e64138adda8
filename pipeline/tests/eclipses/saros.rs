//! Whole saros series against NASA's catalogues (Fred Espenak, *Catalog of Solar Eclipse Saros Series* and *of Lunar Eclipse
//! Saros Series*), from the live source with the Moshier model where no file reaches.

use orrery_almanac::eclipses::saros::{lunar_member, lunar_series, solar_member, solar_series};
use orrery_almanac::eclipses::{Lunation, lunar_eclipse_of, solar_eclipse_of};
use orrery_format::TtDay;

use super::live::{self, LiveLuminaries};

const SAROS: i32 = 223;

/// The lunation whose eclipse is within a day of an instant.
fn lunation(near: TtDay, full: bool) -> Lunation {
    let months = (near.jd() - 2_451_550.1) / 29.530_588_86;
    Lunation((months - if full { 0.5 } else { 0.0 }).round() as i32)
}

/// Kinds in a row, as the catalogues tell them: `11P 1T 1H`.
fn runs(kinds: &[char]) -> String {
    let chunks = kinds.chunk_by(|a, b| a == b);
    chunks.map(|chunk| format!("{}{}", chunk.len(), chunk[0])).collect::<Vec<_>>().join(" ")
}

/// Series, the first day, the last day, and the kinds.
type Published = (i16, (i32, u8, u8), (i32, u8, u8), &'static str);

const SOLAR: [Published; 4] = [
    (0, (-2955, 5, 23), (-1675, 6, 29), "11P 1T 1H 4A 3P 45A 7P"),
    (1, (-2872, 6, 4), (-1592, 7, 11), "9P 39A 5H 12T 7P"),
    (2, (-2861, 5, 4), (-1563, 6, 21), "8P 43T 12H 3A 7P"),
    (136, (1360, 6, 14), (2622, 7, 30), "8P 6A 6H 44T 7P"),
];

const LUNAR: [Published; 2] = [
    (29, (-1814, 7, 21), (-336, 12, 24), "22N 7P 27T 8P 19N"),
    (77, (-190, 4, 9), (1090, 5, 16), "8N 21P 13T 8P 22N"),
];

#[test]
fn series_of_the_sun_are_whole() {
    let mut source = LiveLuminaries::open();
    for (series, first, last, kinds) in SOLAR {
        let [first, last] = [first, last].map(|(year, month, day)| live::day(year, month, day));
        let (begin, end) = (lunation(first, false), lunation(last, false));
        let mut found = Vec::new();
        for number in (begin.0..=end.0).step_by(SAROS as usize) {
            assert_eq!(solar_series(Lunation(number)), series);
            let eclipse = solar_eclipse_of(&mut source, Lunation(number)).unwrap();
            let eclipse = eclipse.unwrap_or_else(|| panic!("none at lunation {number}"));
            found.push(['P', 'A', 'T', 'H'][usize::from(eclipse.kind)]);
            for (edge, day) in [(begin, first), (end, last)] {
                let is_on_day = (day.jd()..day.jd() + 1.0).contains(&eclipse.greatest_jd_tt);
                assert_eq!(number == edge.0, is_on_day, "{number}: {eclipse:?}");
            }
        }
        assert_eq!(runs(&found), kinds, "series {series}");
        assert_eq!(solar_eclipse_of(&mut source, Lunation(begin.0 - SAROS)).unwrap(), None);
        assert_eq!(solar_eclipse_of(&mut source, Lunation(end.0 + SAROS)).unwrap(), None);
        assert_eq!(usize::from(solar_member(&mut source, end).unwrap()), found.len());
    }
}

#[test]
fn series_of_the_moon_are_whole() {
    let mut source = LiveLuminaries::open();
    for (series, first, last, kinds) in LUNAR {
        let [first, last] = [first, last].map(|(year, month, day)| live::day(year, month, day));
        let (begin, end) = (lunation(first, true), lunation(last, true));
        let mut found = Vec::new();
        for number in (begin.0..=end.0).step_by(SAROS as usize) {
            assert_eq!(lunar_series(Lunation(number)), series);
            let eclipse = lunar_eclipse_of(&mut source, Lunation(number)).unwrap();
            let eclipse = eclipse.unwrap_or_else(|| panic!("none at lunation {number}"));
            found.push(['N', 'P', 'T'][usize::from(eclipse.kind)]);
            for (edge, day) in [(begin, first), (end, last)] {
                let is_on_day = (day.jd()..day.jd() + 1.0).contains(&eclipse.greatest_jd_tt);
                assert_eq!(number == edge.0, is_on_day, "{number}: {eclipse:?}");
            }
        }
        assert_eq!(runs(&found), kinds, "series {series}");
        assert_eq!(lunar_eclipse_of(&mut source, Lunation(begin.0 - SAROS)).unwrap(), None);
        assert_eq!(lunar_eclipse_of(&mut source, Lunation(end.0 + SAROS)).unwrap(), None);
        assert_eq!(usize::from(lunar_member(&mut source, end).unwrap()), found.len());
    }
}

/// Places in their series of eclipses that many have seen: a date, the series, the member (the same catalogues).
#[test]
fn well_known_eclipses_have_their_place() {
    let mut source = LiveLuminaries::open();
    for ((year, month, day), series, member) in [
        ((1919, 5, 29), 136, 32),
        ((2009, 7, 22), 136, 37),
        ((2017, 8, 21), 145, 22),
        ((2024, 4, 8), 139, 30),
        ((2026, 8, 12), 126, 48),
    ] {
        let at = lunation(live::day(year, month, day), false);
        assert_eq!(solar_series(at), series, "{year}");
        assert_eq!(solar_member(&mut source, at).unwrap(), member, "{year}");
    }
    for ((year, month, day), series, member) in
        [((2018, 7, 27), 129, 38), ((2022, 11, 8), 136, 20), ((2025, 3, 14), 123, 53)]
    {
        let at = lunation(live::day(year, month, day), true);
        assert_eq!(lunar_series(at), series, "{year}");
        assert_eq!(lunar_member(&mut source, at).unwrap(), member, "{year}");
    }
}
