//! Hazard: a lot that is quietly another one, by a slip in the book or in the reckoning; and a user's file that brings down, or says
//! nothing of what is wrong with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use orrery_almanac::lots::{Book, Point};
use orrery_almanac::vector::Varying;
use orrery_almanac::{Angle, Error, Sect, WireBody};
use proptest::prelude::*;

const BOOK: &str = include_str!("../../../data/lots.toml");

fn book(own: &str) -> Result<Arc<Book>, Error> {
    Book::read(&[("data/lots.toml", BOOK), ("own.toml", own)]).map(Arc::new)
}

fn lot(day: &str) -> String {
    format!("[[lot]]\nname = \"mine\"\nday = \"{day}\"\n")
}

/// A chart: bodies by their place in the list of names, and the rest beyond the circle, which must not matter.
fn chart(point: Point) -> Option<Varying> {
    let name = point.to_string();
    let (degrees, rate) = match name.as_str() {
        "sun" => (280.0, 1.02),
        "moon" => (37.5, 13.1),
        "mercury" => (270.25, 1.5),
        "venus" => (241.0, 1.2),
        "mars" => (-32.0, 0.75),
        "jupiter" => (385.25, 0.04),
        "saturn" => (40.4, -0.02),
        "ascendant" => (335.5, 360.0),
        "descendant" => (155.5, 360.0),
        "syzygy" => (16.5, 0.0),
        _ => match point {
            Point::Cusp(house) => (335.5 + f64::from(house - 1) * 30.0, 355.0),
            _ => return None,
        },
    };
    Some(Varying::new(degrees, rate))
}

fn found(book: &Arc<Book>, list: &str, sect: Sect) -> BTreeMap<String, f64> {
    let selection = book.select(list).unwrap();
    let values = selection.evaluate(Some(sect), chart);
    selection
        .lots()
        .map(|lot| lot.name.clone())
        .zip(values.into_iter().map(|lot| lot.unwrap().value))
        .collect()
}

#[test]
fn the_book_holds_the_tradition() {
    let book = book("").unwrap();
    let names =
        |list: &str| book.select(list).unwrap().lots().map(|lot| lot.name.clone()).collect::<Vec<_>>();
    assert_eq!(
        names("hermetic"),
        ["fortune", "spirit", "eros", "necessity", "courage", "victory", "nemesis"]
    );
    assert_eq!(names("traditional").len(), 16);
    assert_eq!(names("traditional")[..7], names("hermetic"));
    assert_eq!(names("all").len(), book.lots().len());
    assert!(book.lots().len() >= 40);
    for lot in book.lots() {
        assert!(!lot.source.is_empty() && !lot.about.is_empty(), "{}", lot.name);
    }
    let sets: Vec<_> = book.sets().collect();
    assert_eq!(sets, ["hermetic", "medieval", "traditional", "valens", "all"]);
    assert_eq!(names("spirit, tyche ,HERMETIC")[..3], ["spirit", "fortune", "eros"]);
}

#[test]
fn lots_are_where_their_authors_say() {
    let book = book("").unwrap();
    let day = found(&book, "all", Sect::Day);
    let night = found(&book, "all", Sect::Night);
    let expected = [
        // From the Sun to the Moon it is 117.5°.
        ("fortune", 93.0, 218.0),
        ("spirit", 218.0, 93.0),
        // 241 from 218 is 23 on; by night 93 from 241 is 148 back.
        ("eros", 358.5, 187.5),
        ("necessity", 158.25, 27.75),
        ("courage", 100.5, 85.5),
        ("victory", 142.75, 43.25),
        ("nemesis", 28.1, 157.9),
        ("father", 95.9, 215.1),
        ("mother", 132.0, 179.0),
        ("siblings", 320.35, 350.65),
        ("children", 350.65, 320.35),
        ("marriage_men", 176.1, 176.1),
        ("marriage_women", 134.9, 134.9),
        ("illness", 263.1, 47.9),
        // Cusp 8 is at 185.5°, and it is 148° from the Moon to it.
        ("death", 188.4, 188.4),
        // Cusp 9 at 215.5° is in Scorpio, which Mars rules.
        ("travel", 223.0, 223.0),
        // From one of the two to the other it is 125°.
        ("basis", 100.5, 100.5),
        // By day from the Sun to 19° Aries, by night from the Moon to 3° Taurus.
        ("exaltation", 74.5, 331.0),
        ("eros_valens", 100.5, 100.5),
        ("necessity_valens", 210.5, 210.5),
        ("marriage_men_valens", 296.5, 296.5),
        ("marriage_women_valens", 266.0, 266.0),
        ("fortune_ptolemy", 93.0, 93.0),
        ("father_substitute", 32.75, 278.25),
        ("siblings_same", 320.35, 320.35),
        ("number_of_siblings", 105.65, 105.65),
        ("life", 350.65, 320.35),
        ("reason", 33.25, 277.75),
        // Cusp 2 at 5.5° is in Aries, Mars'.
        ("substance", 13.0, 13.0),
        ("treasure_trove", 306.25, 306.25),
        ("death_of_father", 320.35, 350.65),
        ("ancestors", 263.1, 47.9),
        ("agriculture", 134.9, 134.9),
        ("male_children", 323.25, 323.25),
        ("female_children", 179.0, 179.0),
        ("number_of_children", 32.75, 32.75),
        ("servants", 102.75, 102.75),
        ("discord", 32.75, 278.25),
        // Cusp 1 is in Pisces, Jupiter's.
        ("anareta", 347.75, 323.25),
        ("journeys_by_water", 40.1, 270.9),
        ("faith", 208.25, 102.75),
        ("understanding", 332.6, 338.4),
        // From Mercury, as far as Jupiter is behind Saturn.
        ("knowledge", 255.1, 285.4),
        ("authority", 45.0, 266.0),
        ("friends", 208.25, 208.25),
        ("enemies", 263.1, 263.1),
        // Cusp 12 at 305.5° is in Aquarius, Saturn's.
        ("enemies_hermes", 240.6, 240.6),
        ("hyleg", 356.5, 356.5),
    ];
    for (name, by_day, by_night) in expected {
        assert!((day[name] - by_day).abs() < 1e-9, "{name} by day: {}", day[name]);
        assert!((night[name] - by_night).abs() < 1e-9, "{name} by night: {}", night[name]);
    }
    assert_eq!(expected.len(), book.lots().len());
    for value in day.values().chain(night.values()) {
        assert!((0.0..360.0).contains(value));
    }
}

#[test]
fn lots_move_as_what_they_are_reckoned_from() {
    let selection = book(&lot("arc(moon, sun) * 2 / (1 + mars / 328)")).unwrap().select("all").unwrap();
    for sect in [Sect::Day, Sect::Night] {
        let at = |days: f64| {
            selection.evaluate(Some(sect), |point| {
                chart(point).map(|place| Varying::new(place.value + place.rate * days, place.rate))
            })
        };
        let step = 1e-6;
        for (nth, lot) in selection.lots().enumerate() {
            let [before, now, after] = [-step, 0.0, step].map(|days| at(days)[nth].clone().unwrap());
            let moved = (after.value - before.value + 540.0).rem_euclid(360.0) - 180.0;
            assert!((moved / (2.0 * step) - now.rate).abs() < 1e-4, "{}", lot.name);
        }
    }
}

#[test]
fn what_is_not_known_fails_the_lots_that_need_it_alone() {
    let book = book(&lot("sun + moon")).unwrap();
    let selection = book.select("mine,fortune,eros,travel,siblings_same").unwrap();
    let known = |point| if matches!(point, Point::Angle(_) | Point::Cusp(_)) { None } else { chart(point) };
    let values = selection.evaluate(Some(Sect::Day), known);
    assert!((values[0].as_ref().unwrap().value - 317.5).abs() < 1e-9);
    for (value, lot) in values[1..].iter().zip(["fortune", "eros", "travel", "siblings_same"]) {
        let error = value.as_ref().unwrap_err();
        let needs = "`ascendant`".to_owned();
        assert_eq!(error, &Error::LotLacks { lot: lot.to_owned(), needs, is_own: false });
        assert_eq!(error.parameter(), Some("lots"));
    }
    // Without a sect, what is alike by day and by night is known.
    let values = selection.evaluate(None, chart);
    assert!(values[0].is_ok() && values[3].is_ok() && values[4].is_ok());
    assert!(values[1].as_ref().unwrap_err().to_string().contains("whether it is day"));
    // The planets that rule other houses are not missed.
    let lone = book.select("travel").unwrap();
    assert_eq!(lone.points().len(), 2 + 7);
    let mars = WireBody::from_str("mars");
    let values = lone.evaluate(None, |point| match point {
        Point::Body(body) if body != mars => None,
        point => chart(point),
    });
    assert!(values[0].is_ok());
}

trait FromName: Sized {
    fn from_str(name: &str) -> Self;
}

impl FromName for WireBody {
    fn from_str(name: &str) -> WireBody {
        name.parse().unwrap()
    }
}

#[test]
fn dividing_by_zero_is_told_of_the_lot_that_does() {
    let own = "[[lot]]\nname = \"bad\"\nday = \"moon / (sun - sun)\"\n[[lot]]\nname = \"vast\"\nday = \"1000000000 * 1000000000\"\n[[lot]]\nname = \"worse\"\nday = \"bad + 1\"\n";
    let selection = book(own).unwrap().select("fortune,bad,worse,vast").unwrap();
    let values = selection.evaluate(Some(Sect::Day), chart);
    assert!(values[0].is_ok() && values[3].is_ok());
    let told = values[1].as_ref().unwrap_err().to_string();
    assert!(told.contains("`bad`") && told.contains("divides by zero"), "{told}");
    assert!(values[2].is_err());
    let nines = "9".repeat(200);
    let selection = book(&lot(&format!("{nines} * {nines}"))).unwrap().select("mine").unwrap();
    let told = selection.evaluate(None, chart)[0].as_ref().unwrap_err().to_string();
    assert!(told.contains("greater than numbers"), "{told}");
    let selection = book(&lot("sun")).unwrap().select("mine").unwrap();
    assert!(selection.evaluate(None, |_| Some(Varying::constant(f64::NAN)))[0].is_err());
}

#[test]
fn a_broken_file_is_told_by_file_line_column_and_lot() {
    for (own, line, column, words) in [
        (lot("ascendant + moo"), 3, 20, &["`mine`", "`moo` is unknown", "did you mean `moon`"][..]),
        (lot("ascendant + fortun"), 3, 20, &["did you mean `fortune`"]),
        (lot("cusp_13"), 3, 8, &["unknown"]),
        (lot("ruler_0 + xyzzy"), 3, 8, &["unknown"]),
        (lot("planets"), 3, 8, &["unknown"]),
        (lot("moon / 0"), 3, 15, &["divides by nothing"]),
        (lot("moon /"), 3, 14, &["expected a name"]),
        (lot(""), 3, 8, &["empty"]),
        (lot("mine + 1"), 3, 7, &["reckoned from itself", "mine from mine"]),
        (lot("(((((((((((((((((((sun)))))))))))))))))))"), 3, 25, &["lot of its own"]),
        ("[[lot]]\nname = \"sun\"\nday = \"moon\"".to_owned(), 2, 8, &["`sun` means something else"]),
        ("[[lot]]\nname = \"arc\"\nday = \"moon\"".to_owned(), 2, 8, &["means something else"]),
        ("[[lot]]\nname = \"fortune\"\nday = \"moon\"".to_owned(), 2, 8, &["has the name `fortune` already"]),
        (
            "[[lot]]\nname = \"mine\"\naliases = [\"mine\"]\nday = \"moon\"".to_owned(),
            3,
            12,
            &["the lot `mine` has the name"],
        ),
        ("[[lot]]\nname = \"all\"\nday = \"moon\"".to_owned(), 2, 8, &["`all` is the set of every lot"]),
        (
            "[[lot]]\nname = \"mine\"\naliases = [\"all\"]\nday = \"moon\"".to_owned(),
            3,
            12,
            &["`all` is the set of every lot"],
        ),
        ("[[lot]]\nname = \"asc\"\nday = \"moon\"".to_owned(), 2, 8, &["`asc` means something else"]),
        ("[[lot]]\nname = \"Not this\"\nday = \"moon\"".to_owned(), 2, 8, &["is no name"]),
        ("[[lot]]\nname = \"mine\"\nsets = [\"all\"]\nday = \"moon\"".to_owned(), 3, 9, &["leave it out"]),
        ("[[lot]]\nname = \"mine\"\nsets = [\"fortune\"]\nday = \"moon\"".to_owned(), 3, 9, &["is a lot"]),
        (
            "[[lot]]\nname = \"mine\"\nday = \"moon\"\nnigth = \"sun\"".to_owned(),
            4,
            1,
            &["unknown field `nigth`", "night"],
        ),
        ("[[lot]]\nname = \"mine\"".to_owned(), 1, 1, &["missing field `day`"]),
        ("[[lot]]\nname = \"mine\"\nday = 15".to_owned(), 3, 7, &["string"]),
        ("[[lot]\nname".to_owned(), 1, 7, &["[[lot]] with name"]),
        ("lot = 3".to_owned(), 1, 7, &[]),
        ("[[lot]]\nname = \"mine\"\nday = \"\"\"\nmoon +\nmoo\"\"\"".to_owned(), 3, 7, &["`moo`"]),
    ] {
        let error = book(&own).unwrap_err();
        let told = error.to_string();
        let Error::LotBook { file, line: at_line, column: at_column, .. } = &error else { panic!("{told}") };
        assert_eq!(file, "own.toml");
        assert_eq!((*at_line, *at_column), (line, column), "{own}: {told}");
        for word in words {
            assert!(told.contains(word), "{own}: {told}");
        }
        assert!(told.starts_with("own.toml, line "), "{told}");
    }
}

#[test]
fn angles_have_the_names_in_formulas_that_they_have_elsewhere() {
    for (name, angle) in Angle::names() {
        let book = book(&lot(&format!("{name} + 1"))).unwrap();
        assert_eq!(book.select("mine").unwrap().points(), [Point::Angle(angle)], "{name}");
        assert_eq!(name.parse(), Ok(orrery_almanac::aspect::Point::Angle(angle)), "{name}");
    }
}

#[test]
fn circles_are_found_by_day_and_by_night() {
    let own = "[[lot]]\nname = \"a\"\nday = \"b + 1\"\n[[lot]]\nname = \"b\"\nday = \"sun\"\nnight = \"c\"\n[[lot]]\nname = \"c\"\nday = \"a\"\n[[lot]]\nname = \"d\"\nday = \"a\"\n";
    let told = book(own).unwrap_err().to_string();
    assert!(told.contains("a from b from c from a"), "{told}");
    // A chain as long as a book may be is no circle.
    let link = |nth: u32| format!("[[lot]]\nname = \"n{nth}\"\nday = \"n{} + 1\"\n", nth - 1);
    let chain = (1..4000).map(link).collect::<Vec<_>>().concat();
    let chain =
        Arc::new(Book::read(&[("chain", &format!("{chain}[[lot]]\nname = \"n0\"\nday = \"sun\""))]).unwrap());
    let value = chain.select("n3999").unwrap().evaluate(None, chart)[0].clone().unwrap();
    assert!((value.value - (280.0_f64 + 3999.0).rem_euclid(360.0)).abs() < 1e-6);
}

#[test]
fn a_file_has_bounds() {
    let lot = |nth: u32| format!("[[lot]]\nname = \"n{nth}\"\nday = \"sun\"\n");
    let many = (0..4097).map(lot).collect::<Vec<_>>().concat();
    assert!(Book::read(&[("many", &many)]).unwrap_err().to_string().contains("at most 4096"));
    let long = "#".repeat((1 << 20) + 1);
    assert!(Book::read(&[("long", &long)]).unwrap_err().to_string().contains("longer"));
    let deep = format!("lot = {}", "[".repeat(100_000));
    assert!(Book::read(&[("deep", &deep)]).is_err());
}

#[test]
fn lists_of_lots_are_read() {
    let book = book("").unwrap();
    let refused = |list: &str| book.select(list).unwrap_err();
    assert_eq!(refused(""), Error::EmptyLot);
    assert_eq!(refused("fortune,,spirit"), Error::EmptyLot);
    let error = refused("fortun");
    assert_eq!(error.suggestion(), Some("fortune"));
    assert_eq!(error.parameter(), Some("lots"));
    assert!(refused("hermitic").to_string().contains("hermetic"));
    assert!(refused(&"x".repeat(10_000)).to_string().len() < 300);
    let points = book.select("fortune").unwrap().points().to_vec();
    assert_eq!(
        points,
        [Point::Angle(Angle::Ascendant), Point::Body(WireBody::MOON), Point::Body(WireBody::SUN)]
    );
}

#[test]
fn lots_of_a_query_stand_beside_those_of_the_book() {
    let own = book("").unwrap().with(&[("mine", "other + 10"), ("other", " spirit − fortune ")]).unwrap();
    let own = Arc::new(own);
    let selection = own.select("mine,fortune").unwrap();
    let names: Vec<_> = selection.lots().map(|lot| lot.name.as_str()).collect();
    assert_eq!(names, ["mine", "fortune"]);
    let found = selection.evaluate(Some(Sect::Day), chart);
    // 335.5 ± (280 − 37.5), and their difference.
    let degrees: Vec<_> = found.iter().map(|lot| lot.as_ref().unwrap().value).collect();
    assert_eq!(degrees, [(218.0_f64 - 93.0 + 10.0), 93.0]);
    assert!(book("").unwrap().lot("mine").is_none());

    let needed: Vec<_> = selection.needed().map(|lot| lot.name.as_str()).collect();
    assert_eq!(needed.len(), 4, "{needed:?}");
    assert!(["mine", "other", "fortune", "spirit"].iter().all(|lot| needed.contains(lot)), "{needed:?}");
    // What fails of it is the query's own, and not what it names of the book.
    let failing = book("").unwrap().with(&[("mine", "1 / (sun - sun)")]).unwrap();
    let failing = Arc::new(failing).select("mine,fortune").unwrap();
    let parameters = |point: fn(Point) -> Option<Varying>| {
        let found = failing.evaluate(Some(Sect::Day), point).into_iter();
        found.map(|lot| lot.err().and_then(|error| error.parameter())).collect::<Vec<_>>()
    };
    assert_eq!(parameters(chart), [Some("formula"), None]);
    assert_eq!(parameters(|_| None), [Some("formula"), Some("lots")]);

    let refused = |own: &[(&str, &str)]| book("").unwrap().with(own).unwrap_err();
    for (own, message) in [
        (
            &[("mine", "ascendant + mooon")][..],
            "the lot `mine`, character 13 of its formula: `mooon` is unknown: did you mean `moon`?",
        ),
        (&[("mine", "ascendant / 0")], "the lot `mine`, character 13 of its formula: it divides by nothing"),
        (&[("fortune", "ascendant")], "the lot `fortune`: the lot `fortune` has the name `fortune` already"),
        (&[("hermetic", "ascendant")], "the lot `hermetic`: `hermetic` is a set of lots: take another name"),
        (&[("all", "ascendant")], "the lot `all`: `all` is a set of lots"),
        (&[("sun", "ascendant")], "the lot `sun`: `sun` means something else in formulas"),
        (&[("Mine", "ascendant")], "the lot `Mine`: `Mine` is no name: take up to 48 of a-z"),
        (&[("mine", "")], "the lot `mine`, character 1 of its formula: the formula is empty"),
        (&[("a", "b"), ("b", "a")], "it is reckoned from itself (a from b from a)"),
    ] {
        let error = refused(own);
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.parameter(), Some("formula"));
    }
}

proptest! {
    /// No text makes a book panic.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}", formula in "[a-z0-9_+*/() .,:−-]{0,60}") {
        let _ = Book::read(&[("any", &text)]);
        let toml = lot(&formula);
        if let Ok(book) = Book::read(&[("any", &toml)]) {
            let selection = Arc::new(book).select("all").unwrap();
            let _ = selection.evaluate(None, chart);
        }
        let _ = Book::default().with(&[("mine", &formula), (&text, &text)]);
    }

    /// Formulas made by the grammar are reckoned as they read.
    #[test]
    fn formulas_mean_what_they_say((text, value) in formula()) {
        let book = Arc::new(Book::read(&[("any", &lot(&text))]).unwrap());
        let given = book.select("mine").unwrap().evaluate(None, chart)[0].clone();
        if value.is_finite() {
            let apart = (given.unwrap().value - value + 540.0).rem_euclid(360.0) - 180.0;
            prop_assert!(apart.abs() < 1e-9 * value.abs().max(1.0), "{text}: {value}");
        }
    }
}

/// A formula without division, with what it comes to.
fn formula() -> impl Strategy<Value = (String, f64)> {
    let leaf = prop_oneof![
        (0..400_u32).prop_map(|number| (number.to_string(), f64::from(number))),
        Just(("sun".to_owned(), 280.0)),
        Just(("moon".to_owned(), 37.5)),
        Just(("ascendant".to_owned(), 335.5)),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (format!("({a} + {b})"), x + y)),
            (inner.clone(), inner.clone())
                .prop_map(|((a, x), (b, y))| (format!("{a} - ({b})"), x - y))
                .prop_map(|(text, value)| (format!("({text})"), value)),
            (inner.clone(), 0..9_u8)
                .prop_map(|((a, x), by)| (format!("({a}) * {by}"), x * f64::from(by)))
                .prop_map(|(text, value)| (format!("({text})"), value)),
            inner
                .prop_map(|(a, x)| (format!("-({a})"), -x))
                .prop_map(|(text, value)| (format!("({text})"), value)),
        ]
    })
}
