use proptest::prelude::*;

use super::super::what::Partner;
use super::*;

const MARS: WireBody = WireBody::Tabulated(Body::Mars);
const JD: f64 = 2_461_000.25;
const DEG: f64 = 123.456_789_012;

/// Events of every kind that lists keep, with every word and every direction.
fn kept() -> Vec<What> {
    let mut all = Vec::new();
    for flag in [false, true] {
        for sign in Sign::ALL {
            all.extend(Sign::ALL.map(|from| What::Ingress { body: MARS, sign, from, retrograde: flag }));
        }
        for nakshatra in Nakshatra::ALL {
            all.extend(Nakshatra::ALL.map(|from| What::NakshatraIngress {
                body: WireBody::MOON,
                nakshatra,
                from,
                retrograde: flag,
            }));
        }
        all.extend([
            What::Station { body: MARS, retrograde: flag, longitude_deg: DEG },
            What::NodeCrossing { body: WireBody::MOON, ascending: flag, longitude_deg: DEG },
            What::GreatestLatitude { body: WireBody::MOON, maximum: flag, latitude_deg: -5.25 },
            What::GreatestDeclination { body: WireBody::MOON, maximum: flag, declination_deg: -28.5 },
            What::OutOfBounds { body: WireBody::MOON, north: flag, end_jd_tt: Some(JD + 4.5) },
            What::OutOfBounds { body: MARS, north: flag, end_jd_tt: None },
            What::GreatestElongation { body: MARS, east: flag, elongation_deg: 27.5 },
            What::Parallel { a: MARS, b: WireBody::MOON, contra: flag, declination_deg: -0.0 },
        ]);
    }
    all.extend(Phase::ALL.map(|phase| What::Lunation { phase, longitude_deg: 0.0 }));
    for sign in Sign::ALL {
        all.push(What::VoidOfCourse { end_jd_tt: JD + 0.5, last: None, sign, next: Sign::Aries });
        all.extend(Aspect::ALL.map(|aspect| What::VoidOfCourse {
            end_jd_tt: JD,
            last: Some((WireBody::SUN, aspect)),
            sign: Sign::Pisces,
            next: sign,
        }));
    }
    all.extend(Apsis::ALL.map(|apsis| What::Apsis { body: MARS, apsis, distance_au: 1.5 }));
    all.extend([0, 90, 180, 270].map(|longitude_deg| What::Season { longitude_deg }));
    all.extend(SolarTerm::ALL.map(|term| What::SolarTerm { term, longitude_deg: term as u16 * 15 }));
    for kind in [None, Some(ConjunctionKind::Inferior), Some(ConjunctionKind::Superior)] {
        all.push(What::Conjunction { body: MARS, kind, longitude_deg: DEG });
    }
    all.push(What::Opposition { body: MARS, longitude_deg: DEG });
    for end_jd_tt in [None, Some(JD + 9.0)] {
        all.extend([What::Cazimi { body: MARS, end_jd_tt }, What::Combustion { body: MARS, end_jd_tt }]);
    }
    for quantity in Measured::ALL {
        for way in WAYS {
            for minus in [None, Some(WireBody::MOON)] {
                all.push(What::Crossing { body: MARS, minus, quantity, value: -7.0, way });
            }
        }
    }
    all
}

fn of(record: &EventRecord) -> ([u64; 3], [u16; 4]) {
    let EventRecord { jd_tt, end_jd_tt, value, kind, body, partner, detail } = *record;
    ([jd_tt, end_jd_tt, value].map(f64::to_bits), [kind, body, partner, detail])
}

#[test]
fn every_event_that_is_kept_comes_back() {
    let mut kinds: Vec<EventType> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for what in kept() {
        let event = Event { jd_tt: JD, what };
        let record = event.to_record().unwrap_or_else(|| panic!("{what:?} is not kept"));
        assert_eq!(Event::of_record(&record), Some(event), "{record:?}");
        assert_eq!(usize::from(record.kind), EventType::ALL.iter().position(|it| *it == what.of()).unwrap());
        assert!(seen.insert(of(&record)), "{what:?} is told as another event is");
        kinds.push(what.of());
    }
    let refused = [EventType::Aspect, EventType::Transit, EventType::Occultation, EventType::Eclipse];
    for kind in EventType::ALL {
        assert_ne!(kinds.contains(&kind), refused.contains(&kind), "{kind:?}");
    }
}

#[test]
fn what_has_no_room_is_refused() {
    let aspect = What::Aspect {
        a: MARS,
        b: Partner::Body(WireBody::MOON),
        aspect: Aspect::Square,
        longitude_deg: 1.0,
        partner_longitude_deg: 91.0,
        within: None,
    };
    let transit = What::Transit { body: MARS, contacts: [None; 4], greatest_jd_tt: JD, separation_deg: 0.1 };
    let occultation = What::Occultation { body: MARS, greatest_jd_tt: JD, gamma: 0.5, end_jd_tt: JD + 0.1 };
    let nameless = What::Station { body: WireBody::Asteroid(433), retrograde: true, longitude_deg: DEG };
    let lost = What::Lunation { phase: Phase::FullMoon, longitude_deg: f64::NAN };
    let between = What::SolarTerm { term: SolarTerm::Lixia, longitude_deg: 46 };
    for what in [aspect, transit, occultation, nameless, lost] {
        assert_eq!(Event { jd_tt: JD, what }.to_record().map(|it| of(&it)), None, "{what:?}");
    }
    // A term keeps its longitude, whatever it is.
    let event = Event { jd_tt: JD, what: between };
    assert_eq!(event.to_record().and_then(|record| Event::of_record(&record)), Some(event));
}

#[test]
fn every_body_with_a_name_has_a_number_of_its_own() {
    let named = crate::bodies::ALL.into_iter().chain(Uranian::ALL.map(WireBody::Uranian));
    let mut numbers: Vec<u16> = named
        .map(|body| {
            let number = number_of(body).unwrap();
            assert_eq!(body_of(number), Some(body));
            number
        })
        .collect();
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((numbers.len(), number_of(WireBody::Asteroid(433))), (count, None));
    for number in [23, 31, 34, 39, 48, NO_BODY] {
        assert_eq!(body_of(number), None, "{number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn numbers_stand_for_one_event_or_for_none(
        kind in 0_u16..25,
        body in prop_oneof![0_u16..50, any::<u16>()],
        partner in prop_oneof![Just(NO_BODY), 0_u16..50],
        detail in prop_oneof![0_u16..30, any::<u16>()],
        end in prop_oneof![Just(f64::NAN), Just(JD + 1.0)],
        value in prop_oneof![Just(f64::NAN), Just(45.0), Just(0.5)],
    ) {
        let record = EventRecord { jd_tt: JD, end_jd_tt: end, value, kind, body, partner, detail };
        if let Some(event) = Event::of_record(&record) {
            prop_assert_eq!(event.to_record().map(|it| of(&it)), Some(of(&record)), "{:?}", event);
        }
    }
}

/// The rows of a table of the specification whose first cell is a number, behind a heading.
fn rows(heading: &str) -> Vec<(u16, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../format/SPEC.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once(heading).unwrap_or_else(|| panic!("no {heading:?} in {path}"));
    let table =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    table
        .filter_map(|row| {
            let mut cells = row.trim_matches('|').split('|').map(str::trim);
            Some((cells.next()?.parse().ok()?, cells.next()?.trim_matches('`').to_owned()))
        })
        .collect()
}

#[test]
fn the_numbers_are_those_of_the_specification() {
    let kinds = rows("**Kinds of events**");
    assert!(kinds.len() >= 15, "{kinds:?}");
    for (number, name) in &kinds {
        assert_eq!(EventType::ALL[usize::from(*number)].name(), name);
    }
    let told: Vec<u16> = kinds.iter().map(|row| row.0).collect();
    for what in kept() {
        assert!(told.contains(&(what.of() as u16)), "{:?} is not in the specification", what.of());
    }
    for (number, name) in rows("**Bodies**") {
        assert_eq!(body_of(number).unwrap().name(), name);
    }
    let words = |heading: &str, own: Vec<&'static str>| {
        let told = rows(heading);
        assert!(
            told.iter().map(|row| (usize::from(row.0), row.1.as_str())).eq(own.into_iter().enumerate()),
            "{told:?}"
        );
    };
    words("**Signs**", Sign::ALL.map(Sign::name).into());
    words("**Nakshatras**", Nakshatra::ALL.map(Nakshatra::name).into());
    words("**Aspects**", Aspect::ALL.map(Aspect::name).into());
    words("**Phases**", Phase::ALL.map(Phase::name).into());
    words("**Apsides**", Apsis::ALL.map(Apsis::name).into());
    words("**Solar terms**", SolarTerm::ALL.map(SolarTerm::name).into());
    words("**Quantities**", Measured::ALL.map(Measured::name).into());
}
