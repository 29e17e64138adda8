//! Lists with hashes that are right and words that are not.

use std::path::Path;

use orrery_almanac::eclipses::{Eclipse, Lunation};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::event::EventRecord;
use orrery_format::list::Entry;
use orrery_format::list::encode as encode_list;
use orrery_format::manifest::{LISTS_DIR, ListEntry, MANIFEST_FILE};
use orrery_format::{AnyList, Check, Dataset, List, Manifest, TtDay};
use orrery_tests::{tables, workspace};

use crate::faults;

/// Publishes one list alone that says something else, with hashes that are right; entries are put in order again.
fn publish_otherwise<T: Entry>(
    dir: &Path,
    at: fn(&T) -> f64,
    change: impl FnOnce(&mut Vec<T>, &mut String),
) -> String {
    let manifest = Manifest::read(dir).unwrap();
    let listed = manifest.lists.iter().find(|list| list.name == T::LIST.name()).unwrap();
    let list = List::<T>::open(&Manifest::list_path(dir, listed), Check::EveryByte).unwrap();
    let about = list.about();
    let mut recipe = about.recipe().to_owned();
    let mut entries: Vec<T> = list.entries().iter().map(T::native).collect();
    change(&mut entries, &mut recipe);
    entries.sort_by(|a, b| at(a).total_cmp(&at(b)));
    let bytes = encode_list((about.start_jd_tt(), about.end_jd_tt()), entries, recipe).unwrap();
    let file = format!("{}-otherwise.orrery", T::LIST.name());
    let path = dir.join(LISTS_DIR).join(&file);
    std::fs::write(&path, bytes).unwrap();
    let list = AnyList::open(&path, Check::EveryByte).unwrap();
    let entry = ListEntry::of(&file, list.about());
    let manifest = Manifest::new(manifest.source, manifest.blocks, vec![entry]);
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
    Dataset::open(dir).unwrap();
    file
}

/// What is done to the entries of a list.
type Change<'c, T> = Box<dyn Fn(&mut Vec<T>) + 'c>;

fn event_jd_tt(event: &EventRecord) -> f64 {
    event.jd_tt
}

#[test]
fn verify_tells_an_almanac_that_is_not_the_skys() {
    const SECOND: f64 = 1.0 / 86_400.0;
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), tables::TODAY);
    let good = std::fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
    let moved = |kind: usize, seconds: f64| {
        move |entries: &mut Vec<EventRecord>| {
            for entry in entries.iter_mut().filter(|entry| usize::from(entry.kind) == kind) {
                entry.jd_tt += seconds * SECOND;
            }
        }
    };
    let changes: Vec<(&str, Change<'_, EventRecord>, &str)> = vec![
        ("ingresses late by 40 s", Box::new(moved(0, 40.0)), "from the source"),
        ("nakshatras late by a tenth of a second", Box::new(moved(1, 0.1)), "from the source"),
        ("lunations late by a tenth of a second", Box::new(moved(4, 0.1)), "from the source"),
        ("voids early by a second", Box::new(moved(5, -1.0)), "from the source"),
        ("apsides late by ten minutes", Box::new(moved(6, 600.0)), "from the source"),
        ("nodes late by a second", Box::new(moved(7, 1.0)), "from the source"),
        ("latitudes early by twenty minutes", Box::new(moved(8, -1_200.0)), "from the source"),
        ("declinations late by twenty minutes", Box::new(moved(9, 1_200.0)), "from the source"),
        ("out of bounds late by ten seconds", Box::new(moved(10, 10.0)), "from the source"),
        (
            "stations the other way round",
            Box::new(|entries| entries.iter_mut().filter(|it| it.kind == 2).for_each(|it| it.detail ^= 1)),
            "from the source",
        ),
        ("no ingresses", Box::new(|entries| entries.retain(|it| it.kind != 0)), "is missing"),
        ("no nakshatras", Box::new(|entries| entries.retain(|it| it.kind != 1)), "is missing"),
        (
            "nakshatras twice",
            Box::new(|entries| {
                let again: Vec<_> = entries.iter().filter(|it| it.kind == 1).copied().collect();
                entries.extend(again.into_iter().map(|it| EventRecord { jd_tt: it.jd_tt + 0.1, ..it }));
            }),
            "has no such event more",
        ),
        ("all twice", Box::new(|entries| entries.extend(entries.clone())), "has no such event more"),
        (
            "signs that are no neighbours",
            Box::new(|entries| {
                let ingresses = entries.iter_mut().filter(|it| it.kind == 0 && it.detail >> 10 == 0);
                // Left is the sign opposite to the one that was left: the border is the right one all the same.
                for entry in ingresses {
                    let (sign, from) = (entry.detail & 31, (entry.detail >> 5) & 31);
                    entry.detail = sign | (((from + 6) % 12) << 5);
                }
            }),
            "does not belong into an almanac",
        ),
        (
            "nakshatras of the Sun",
            Box::new(|entries| entries.iter_mut().filter(|it| it.kind == 1).for_each(|it| it.body = 0)),
            "does not belong into an almanac",
        ),
        (
            "latitudes of Mars",
            Box::new(|entries| entries.iter_mut().filter(|it| it.kind == 8).for_each(|it| it.body = 4)),
            "does not belong into an almanac",
        ),
        ("no events", Box::new(|entries| entries.iter_mut().for_each(|it| it.kind = 22)), "is no event"),
        (
            "events of other almanacs",
            Box::new(|entries| {
                entries.iter_mut().filter(|it| it.kind == 4).for_each(|it| (it.kind, it.detail) = (14, 0));
            }),
            "does not belong into an almanac",
        ),
    ];
    for (what, change, says) in changes {
        let file = publish_otherwise(dir.path(), event_jd_tt, |entries, _| {
            let span = (entries[0].jd_tt, entries[entries.len() - 1].jd_tt);
            change(entries);
            entries.retain(|entry| (span.0..=span.1).contains(&entry.jd_tt));
        });
        let found = faults(dir.path(), 3_000);
        assert!(found.iter().any(|fault| fault.contains(says) && fault.contains(&file)), "{what}: {found:?}");
        std::fs::write(dir.path().join(MANIFEST_FILE), &good).unwrap();
    }
    // Derived from tables that are not these.
    publish_otherwise(dir.path(), event_jd_tt, |_, recipe| {
        *recipe = recipe.replace("\"geo/moon\"", "\"geo/mars\"");
    });
    let found = faults(dir.path(), 1);
    assert!(found.iter().any(|fault| fault.contains("derived from other blocks")), "{found:?}");
    std::fs::write(dir.path().join(MANIFEST_FILE), &good).unwrap();
    assert_eq!(faults(dir.path(), 300), Vec::<String>::new());
}

/// A part of an eclipse, and a change of it, a small one that rounding does not make.
type Nudge<T> = (&'static str, fn(&mut T));

fn up(number: &mut f64) {
    // Of instants nine milliseconds, of all else a ten-millionth.
    let is_instant = *number > 2e6;
    *number = if number.is_nan() {
        0.0
    } else if is_instant {
        *number + 1e-7
    } else {
        *number + 1e-7 * number.abs().max(1.0)
    };
}

const OF_THE_SUN: [Nudge<SolarEclipse>; 26] = [
    ("greatest_jd_tt", |it| up(&mut it.greatest_jd_tt)),
    ("gamma", |it| up(&mut it.gamma)),
    ("magnitude", |it| up(&mut it.magnitude)),
    ("obscuration", |it| up(&mut it.obscuration)),
    ("latitude_deg", |it| up(&mut it.latitude_deg)),
    ("ephemeris_longitude_deg", |it| up(&mut it.ephemeris_longitude_deg)),
    ("sun_altitude_deg", |it| up(&mut it.sun_altitude_deg)),
    ("sun_azimuth_deg", |it| up(&mut it.sun_azimuth_deg)),
    ("central_duration_s", |it| up(&mut it.central_duration_s)),
    ("path_width_km", |it| up(&mut it.path_width_km)),
    ("penumbra_jd_tt", |it| up(&mut it.penumbra_jd_tt[3])),
    ("umbra_jd_tt", |it| up(&mut it.umbra_jd_tt[1])),
    ("axis_jd_tt", |it| up(&mut it.axis_jd_tt[0])),
    ("t0_jd_tt", |it| up(&mut it.elements.t0_jd_tt)),
    ("reach_h", |it| up(&mut it.elements.reach_h)),
    ("x", |it| up(&mut it.elements.x[5])),
    ("y", |it| up(&mut it.elements.y[0])),
    ("d_deg", |it| up(&mut it.elements.d_deg[3])),
    ("mu_deg", |it| up(&mut it.elements.mu_deg[1])),
    ("l1", |it| up(&mut it.elements.l1[4])),
    ("l2", |it| up(&mut it.elements.l2[2])),
    ("tan_f1", |it| up(&mut it.elements.tan_f1[1])),
    ("tan_f2", |it| up(&mut it.elements.tan_f2[0])),
    ("saros", |it| it.saros += 1),
    ("saros_member", |it| it.saros_member += 1),
    ("kind", |it| it.kind = (it.kind + 1) % 4),
];

const OF_THE_MOON: [Nudge<LunarEclipse>; 11] = [
    ("greatest_jd_tt", |it| up(&mut it.greatest_jd_tt)),
    ("gamma", |it| up(&mut it.gamma)),
    ("umbral_magnitude", |it| up(&mut it.umbral_magnitude)),
    ("penumbral_magnitude", |it| up(&mut it.penumbral_magnitude)),
    ("latitude_deg", |it| up(&mut it.latitude_deg)),
    ("ephemeris_longitude_deg", |it| up(&mut it.ephemeris_longitude_deg)),
    ("penumbra_jd_tt", |it| up(&mut it.penumbra_jd_tt[1])),
    ("umbra_jd_tt", |it| up(&mut it.umbra_jd_tt[2])),
    ("saros", |it| it.saros -= 1),
    ("saros_member", |it| it.saros_member = 0),
    ("kind", |it| it.kind = (it.kind + 1) % 3),
];

fn assert_eclipses_are_told<T: Entry + Eclipse>(dir: &Path, nudges: &[Nudge<T>], moved: fn(T, TtDay) -> T) {
    let good = std::fs::read(dir.join(MANIFEST_FILE)).unwrap();
    let told = |change: &dyn Fn(&mut Vec<T>)| {
        let file = publish_otherwise::<T>(dir, |it| it.greatest().jd(), |entries, _| change(entries));
        let found = faults(dir, 20);
        std::fs::write(dir.join(MANIFEST_FILE), &good).unwrap();
        assert!(found.iter().all(|fault| fault.contains(&file)), "{found:?}");
        found
    };
    assert_eq!(told(&|_| ()), Vec::<String>::new(), "the list as it is");
    // Each part of another eclipse, and so each told by itself.
    let found = told(&|entries| {
        for ((_, nudge), entry) in nudges.iter().zip(entries.iter_mut().skip(100)) {
            nudge(entry);
        }
    });
    for (name, _) in nudges {
        assert!(
            found.iter().any(|fault| fault.contains(&format!(": {name} of the eclipse"))),
            "{name}: {found:?}"
        );
    }
    let by_tables = found.iter().filter(|fault| fault.contains("by the tables"));
    assert_eq!(by_tables.count(), nudges.len(), "{found:?}");
    // As many as there should be, but not the right ones; one of them twice.
    let found = told(&|entries| {
        // Two months after one there is none.
        let missing = entries.remove(20);
        let Lunation(number) =
            Lunation::within(&(missing.greatest()..TtDay(missing.greatest().jd() + 0.1)), T::PHASE)
                .next()
                .unwrap();
        entries.push(moved(missing, Lunation(number + 2).phase(T::PHASE)));
        let late = entries.remove(40);
        let days_later = TtDay(late.greatest().jd() + 3.0);
        entries.push(moved(late, days_later));
        entries.remove(60);
        entries.push(entries[80].clone());
    });
    let count = |text: &str| found.iter().filter(|fault| fault.contains(text)).count();
    assert!(count("is missing, by the tables") == 3 && count("the tables have no eclipse") == 1, "{found:?}");
    assert!(count("the Moon is not") == 1 && count("is listed twice") == 1, "{found:?}");
    // None at all: told by the source, too.
    let found = told(&|entries| entries.clear());
    let missing =
        |whose: &str| found.iter().filter(|fault| fault.contains(&format!("is missing, by {whose}"))).count();
    assert!(missing("the tables") > 200 && missing("the source") > 8, "{found:?}");
}

#[test]
fn verify_tells_eclipses_that_are_not_the_tables() {
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), tables::TODAY);
    assert_eclipses_are_told::<SolarEclipse>(dir.path(), &OF_THE_SUN, |it, greatest| SolarEclipse {
        greatest_jd_tt: greatest.jd(),
        ..it
    });
    assert_eclipses_are_told::<LunarEclipse>(dir.path(), &OF_THE_MOON, |it, greatest| LunarEclipse {
        greatest_jd_tt: greatest.jd(),
        ..it
    });
}
