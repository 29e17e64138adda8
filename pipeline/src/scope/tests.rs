use orrery_format::manifest::Source;

use super::*;
use crate::lists::window::parse_day;

const WINDOW: Window = Window { before_years: 120, after_years: 80 };

fn day(text: &str) -> CivilDate {
    parse_day(text).unwrap()
}

/// The centuries that a window has on a day.
fn had(before_years: u32, after_years: u32, today: &str) -> Range<i64> {
    let span = Span::Window(Window { before_years, after_years });
    Scope { span, bodies: None }.grid(day(today)).unwrap()
}

#[test]
fn years_have_the_blocks_that_they_touch() {
    let grid = |from, to| Scope::of_years(from, to, None).grid(day("2026-11-21"));
    assert_eq!(grid(1800, 2400).unwrap(), -2..4);
    assert_eq!(Scope::full().span_jd(day("2026-11-21")).unwrap(), (2_378_495.0, 2_597_645.0));
    // 2000-01-01 begins half a day before J2000.0.
    assert_eq!(grid(2000, 2001).unwrap(), -1..1);
    assert_eq!(grid(2001, 2100).unwrap(), 0..1);
    for (from, to) in [(1900, 1900), (2400, 1800)] {
        let message = grid(from, to).unwrap_err().to_string();
        assert!(message.contains(&format!("--from {from} must be before --to {to}")), "{message}");
    }
    assert!(grid(1800, 99_999_999).unwrap_err().to_string().contains("99999999"));
}

#[test]
fn a_window_has_what_it_touches_and_what_it_will_touch_within_a_year() {
    assert_eq!(had(120, 80, "2026-11-22"), -1..2);
    // Block 1 begins on 2100-01-01 at noon. Windows of so many years ahead end with these days.
    assert_eq!(had(0, 10, "2088-12-30"), 0..1);
    assert_eq!(had(0, 10, "2088-12-31"), 0..2, "on 2089-12-31 it is needed");
    assert_eq!(had(0, 0, "2098-12-31"), 0..1);
    assert_eq!(had(0, 0, "2099-01-01"), 0..2);
    // Block 0 begins on 2000-01-01 at noon: until then block −1 is touched, and then it is not.
    assert_eq!(had(20, 0, "2020-01-01"), -1..1, "by half a day");
    assert_eq!(had(20, 0, "2020-01-02"), 0..1);
    assert_eq!(had(0, 0, "2000-01-01"), -1..1);
    assert_eq!(had(0, 0, "2000-01-02"), 0..1);
}

#[test]
fn no_day_of_the_year_ahead_needs_a_block_that_is_not_there() {
    for (before_years, after_years) in [(0, 0), (1, 1), (20, 30), (120, 80), (500, 3)] {
        let window = Window { before_years, after_years };
        let scope = Scope { span: Span::Window(window), bodies: None };
        let mut before: Option<Range<i64>> = None;
        // A century, so that every seam is met at both ends, by days of the year before one.
        for number in 2_451_180..2_451_180 + 36_525 {
            let today = DayNumber(number).civil(None);
            let grid = scope.grid(today).unwrap();
            let jd = |block: i64| J2000_JD + block as f64 * JULIAN_CENTURY_DAYS;
            for ahead in [0, 1, 364, 365] {
                let (start, end) = window.around(DayNumber(number + ahead).midnight_jd());
                assert!(end <= jd(grid.end), "{today}: {window} needs more on day {ahead} from then");
                assert!(ahead > 0 || jd(grid.start) <= start, "{today}: {window} reaches further back");
            }
            // Nothing is had that has been left behind, or that is more than a year ahead.
            let (start, end) = window.around(DayNumber(number).midnight_jd());
            assert!(jd(grid.start + 1) > start && jd(grid.end - 1) < end + 366.0, "{today}");
            if let Some(before) = before {
                assert!(before.start <= grid.start && before.end <= grid.end, "{today}: a block comes back");
            }
            before = Some(grid);
        }
    }
}

#[test]
fn windows_are_read_strictly() {
    for (text, window) in [
        ("-120y..+80y", WINDOW),
        ("-120y..80y", WINDOW),
        ("-0y..+80y", Window { before_years: 0, after_years: 80 }),
        ("0y..80y", Window { before_years: 0, after_years: 80 }),
        ("-20000y..+0y", Window { before_years: 20_000, after_years: 0 }),
    ] {
        assert_eq!(text.parse(), Ok(window), "{text}");
        assert_eq!(window.to_string().parse(), Ok(window));
    }
    for text in [
        "",
        "..",
        "-120y",
        "-120y..",
        "..+80y",
        "-120..+80",
        "120y..80y",
        "+120y..+80y",
        "-120y..-80y",
        "-120y..+80y..+90y",
        "-120y...+80y",
        "-120y..++80y",
        "--120y..80y",
        "-1.5y..+80y",
        "-120y ..+80y",
        "-120m..+80m",
        "-20001y..+80y",
        "-120y..+99999999999y",
        "-y..+y",
        "-١y..+٨y",
    ] {
        let message = text.parse::<Window>().unwrap_err();
        assert!(message.contains(&format!("{text:?}")) && message.contains("-120y..+80y"), "{message}");
    }
}

#[test]
fn a_window_beyond_what_calendars_know_is_refused() {
    let scope = Scope { span: Span::Window(WINDOW), bodies: None };
    let today = CivilDate { year: 20_001, month: 1, day: 1 };
    assert!(scope.grid(today).unwrap_err().to_string().contains("a window around"));
}

#[test]
fn a_wish_changes_what_it_names() {
    let kept = Scope::of_years(1900, 2100, Some(vec![Body::Sun]));
    assert_eq!(kept.clone().with(Wish::default()), kept);
    let wish = |span, bodies| Wish { span, bodies };
    let years = |from, to| Some(WishedSpan::Years { from, to });
    let to = kept.clone().with(wish(years(None, Some(2200)), None));
    assert_eq!(to, Scope::of_years(1900, 2200, Some(vec![Body::Sun])));
    let window = kept.clone().with(wish(Some(WishedSpan::Window(WINDOW)), None));
    assert_eq!(window, Scope { span: Span::Window(WINDOW), bodies: Some(vec![Body::Sun]) });
    // Of a window's years nothing can be kept.
    let years = window.with(wish(years(Some(1900), None), Some(vec![Body::Moon])));
    assert_eq!(years, Scope::of_years(1900, 2400, Some(vec![Body::Moon])));
}

#[test]
fn manifests_tell_of_a_scope_in_one_way() {
    let bodies = |bodies: &[Body]| Scope::of_years(1900, 2000, Some(bodies.to_vec()));
    let entry = bodies(&[Body::Moon, Body::Sun, Body::Moon]).to_entry();
    assert_eq!(entry, bodies(&[Body::Sun, Body::Moon]).to_entry());
    assert_eq!(Scope::of_entry(&entry), Ok(bodies(&[Body::Sun, Body::Moon])));
    assert_eq!(bodies(&Body::ALL).to_entry(), Scope::of_years(1900, 2000, None).to_entry());
    let window = Scope { span: Span::Window(WINDOW), bodies: None };
    assert_eq!(Scope::of_entry(&window.to_entry()), Ok(window));
    let unknown = ScopeEntry { bodies: Some(vec!["sun".into(), "vulcan".into()]), ..entry };
    assert_eq!(Scope::of_entry(&unknown), Err("vulcan".into()));
}

#[test]
fn a_scope_says_how_it_is_asked_for() {
    let scope = Scope::of_years(-44, 2000, Some(vec![Body::Moon, Body::Sun]));
    assert_eq!(scope.arguments(), "--from -44 --to 2000 --bodies sun,moon");
    assert_eq!(scope.to_string(), "-44 to 2000, sun moon");
    let scope = Scope { span: Span::Window(WINDOW), bodies: None };
    assert_eq!(scope.arguments(), "--window=-120y..+80y");
    assert_eq!(scope.to_string(), "-120y..+80y around today, all bodies");
}

#[test]
fn without_blocks_there_is_nothing_to_tell_a_scope_from() {
    let source = Source { ephemeris: "none".into(), pipeline: "none".into(), files: Vec::new() };
    assert_eq!(Scope::of_blocks(&Manifest::new(source, Vec::new(), Vec::new())), None);
}
