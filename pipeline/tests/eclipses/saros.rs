//! Whole saros series against NASA's catalogues (Fred Espenak, *Catalog of Solar Eclipse Saros Series* and *of Lunar Eclipse
//! Saros Series*), from the live source with the Moshier model where no file reaches.

use orrery_almanac::eclipses::saros::{SAROS, lunar_series, member, solar_series};
use orrery_almanac::eclipses::{Eclipse, Lunation, Phase, eclipses_within};
use orrery_format::TtDay;
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_pipeline::live::Live;

use super::live;

/// The lunation whose eclipse is within a day of an instant.
fn lunation(near: TtDay, phase: Phase) -> Lunation {
    let months = (near.jd() - 2_451_550.1) / 29.530_588_86;
    let half = if phase == Phase::Full { 0.5 } else { 0.0 };
    Lunation((months - half).round() as i32)
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

/// That a series is the published one, of which kinds are told by these letters.
fn assert_whole<T: Eclipse>(
    (number, first, last, kinds): Published,
    series: fn(Lunation) -> i16,
    letter: fn(&T) -> char,
    source: &mut Live,
) {
    let [first, last] = [first, last].map(|(year, month, day)| live::day(year, month, day));
    let [begin, end] = [first, last].map(|day| lunation(day, T::PHASE));
    let mut found = Vec::new();
    for nth in (begin.0..=end.0).step_by(SAROS as usize) {
        assert_eq!(series(Lunation(nth)), number);
        let eclipse = T::of(source, Lunation(nth)).unwrap();
        let eclipse = eclipse.unwrap_or_else(|| panic!("none at lunation {nth}"));
        found.push(letter(&eclipse));
        for (edge, day) in [(begin, first), (end, last)] {
            let greatest = eclipse.greatest();
            let is_on_day = (day.jd()..day.jd() + 1.0).contains(&greatest.jd());
            assert_eq!(nth == edge.0, is_on_day, "{nth}: {greatest}");
        }
    }
    assert_eq!(runs(&found), kinds, "series {number}");
    for beyond in [begin.0 - SAROS, end.0 + SAROS] {
        assert!(T::of(source, Lunation(beyond)).unwrap().is_none(), "series {number}");
    }
    assert_eq!(usize::from(member::<T, _>(source, end).unwrap()), found.len());
}

#[test]
fn series_of_the_sun_are_whole() {
    let mut source = live::open();
    let letter = |eclipse: &SolarEclipse| ['P', 'A', 'T', 'H'][usize::from(eclipse.kind)];
    for published in SOLAR {
        assert_whole(published, solar_series, letter, &mut source);
    }
}

#[test]
fn series_of_the_moon_are_whole() {
    let mut source = live::open();
    let letter = |eclipse: &LunarEclipse| ['N', 'P', 'T'][usize::from(eclipse.kind)];
    for published in LUNAR {
        assert_whole(published, lunar_series, letter, &mut source);
    }
}

/// Places in their series of eclipses that many have seen: a date, the series, the member (the same catalogues).
#[test]
fn well_known_eclipses_have_their_place() {
    let mut source = live::open();
    for ((year, month, day), series, place) in [
        ((1919, 5, 29), 136, 32),
        ((2009, 7, 22), 136, 37),
        ((2017, 8, 21), 145, 22),
        ((2024, 4, 8), 139, 30),
        ((2026, 8, 12), 126, 48),
    ] {
        let at = lunation(live::day(year, month, day), Phase::New);
        assert_eq!(solar_series(at), series, "{year}");
        assert_eq!(member::<SolarEclipse, _>(&mut source, at).unwrap(), place, "{year}");
    }
    for ((year, month, day), series, place) in
        [((2018, 7, 27), 129, 38), ((2022, 11, 8), 136, 20), ((2025, 3, 14), 123, 53)]
    {
        let at = lunation(live::day(year, month, day), Phase::Full);
        assert_eq!(lunar_series(at), series, "{year}");
        assert_eq!(member::<LunarEclipse, _>(&mut source, at).unwrap(), place, "{year}");
    }
}

/// Where the source does not reach the eclipse before, it says that, and does not take an eclipse for the first.
#[test]
fn series_that_begin_before_the_source_are_not_followed() {
    let mut source = live::open();
    // The Moshier model begins in −2999, and a saros is eighteen years.
    let span = live::day(-2990, 1, 1)..live::day(-2984, 1, 1);
    let found: Result<Vec<_>, _> = eclipses_within::<SolarEclipse, _>(&mut source, span).collect();
    let found = found.unwrap();
    assert!(found.len() > 10);
    for (lunation, _) in found {
        let beyond = member::<SolarEclipse, _>(&mut source, lunation).unwrap_err();
        assert!(beyond.is_beyond(), "{beyond}");
    }
}
