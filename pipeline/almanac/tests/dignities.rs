//! Hazard: a table of dignities with a slip of the pen, which no reader would see. Each is held to what its authors say of it as
//! a whole.

use std::collections::BTreeMap;

use orrery_almanac::dignities::{
    Dignities, Dignity, DignitySet, PLANETS, PlaceRulers, Rulers, Tables, Terms, Triplicities, Triplicity,
    exaltation, face_lord, receptions,
};
use orrery_almanac::sect::Sect;
use orrery_almanac::zodiac::{Element, InSign, Sign};
use orrery_format::Body;
use proptest::prelude::*;

const SECTS: [Sect; 2] = [Sect::Day, Sect::Night];

fn totals(terms: Terms, sect: Sect) -> BTreeMap<Body, u32> {
    let mut totals = BTreeMap::new();
    for sign in Sign::ALL {
        let mut from = 0;
        for (lord, end) in terms.of(sign, sect) {
            assert!(end > from, "{terms:?} {sign:?}");
            *totals.entry(lord).or_default() += u32::from(end - from);
            from = end;
        }
        assert_eq!(from, 30, "{terms:?} {sign:?}");
        let mut lords: Vec<_> = terms.of(sign, sect).into_iter().map(|(lord, _)| lord).collect();
        lords.sort_unstable();
        assert_eq!(
            lords,
            [Body::Mercury, Body::Venus, Body::Mars, Body::Jupiter, Body::Saturn],
            "{terms:?} {sign:?}"
        );
    }
    totals
}

/// Saturn, Jupiter, Mars, Venus, Mercury.
fn counted(totals: &BTreeMap<Body, u32>) -> [u32; 5] {
    [Body::Saturn, Body::Jupiter, Body::Mars, Body::Venus, Body::Mercury].map(|body| totals[&body])
}

#[test]
fn terms_of_each_planet_are_its_greater_years() {
    // Ptolemy, Tetrabiblos I.20 and I.21; Valens III.13: 57, 79, 66, 82 and 76 make 360.
    for sect in SECTS {
        assert_eq!(counted(&totals(Terms::Egyptian, sect)), [57, 79, 66, 82, 76]);
        assert_eq!(counted(&totals(Terms::Ptolemaic, sect)), [57, 79, 66, 82, 76]);
        // Lilly's Jupiter has won a degree of Mars' on the way.
        assert_eq!(counted(&totals(Terms::Lilly, sect)), [57, 80, 65, 82, 76]);
    }
    // Tetrabiblos I.21: by day Saturn 78, Jupiter 72, Mars 69, Venus 75, Mercury 66, by night Saturn 66 and Mercury 78.
    assert_eq!(counted(&totals(Terms::Chaldean, Sect::Day)), [78, 72, 69, 75, 66]);
    assert_eq!(counted(&totals(Terms::Chaldean, Sect::Night)), [66, 72, 69, 75, 78]);
}

/// Terms as books print them: planet by its first letters, and the degree that its term ends at.
fn printed(line: &str) -> Vec<(Body, u8)> {
    let one = |entry: &str| {
        let lord = match &entry[..2] {
            "sa" => Body::Saturn,
            "ju" => Body::Jupiter,
            "ma" => Body::Mars,
            "ve" => Body::Venus,
            "me" => Body::Mercury,
            other => panic!("{other} has no terms"),
        };
        (lord, entry[2..].parse().unwrap())
    };
    line.split(' ').map(one).collect()
}

#[test]
fn terms_are_as_they_are_printed() {
    for (terms, sect, signs) in [
        // Tetrabiblos I.20.
        (
            Terms::Egyptian,
            Sect::Day,
            [
                "ju6 ve12 me20 ma25 sa30",
                "ve8 me14 ju22 sa27 ma30",
                "me6 ju12 ve17 ma24 sa30",
                "ma7 ve13 me19 ju26 sa30",
                "ju6 ve11 sa18 me24 ma30",
                "me7 ve17 ju21 ma28 sa30",
                "sa6 me14 ju21 ve28 ma30",
                "ma7 ve11 me19 ju24 sa30",
                "ju12 ve17 me21 sa26 ma30",
                "me7 ju14 ve22 sa26 ma30",
                "me7 ve13 ju20 ma25 sa30",
                "ve12 ju16 me19 ma28 sa30",
            ],
        ),
        // Tetrabiblos I.21, Robbins' edition.
        (
            Terms::Ptolemaic,
            Sect::Night,
            [
                "ju6 ve14 me21 ma26 sa30",
                "ve8 me15 ju22 sa24 ma30",
                "me7 ju13 ve20 ma26 sa30",
                "ma6 ju13 me20 ve27 sa30",
                "ju6 me13 sa19 ve25 ma30",
                "me7 ve13 ju18 sa24 ma30",
                "sa6 ve11 me16 ju24 ma30",
                "ma6 ve13 ju21 me27 sa30",
                "ju8 ve14 me19 sa25 ma30",
                "ve6 me12 ju19 sa25 ma30",
                "sa6 me12 ve20 ju25 ma30",
                "ve8 ju14 me20 ma25 sa30",
            ],
        ),
        // Christian Astrology, p. 104.
        (
            Terms::Lilly,
            Sect::Day,
            [
                "ju6 ve14 me21 ma26 sa30",
                "ve8 me15 ju22 sa26 ma30",
                "me7 ju14 ve21 sa25 ma30",
                "ma6 ju13 me20 ve27 sa30",
                "sa6 me13 ve19 ju25 ma30",
                "me7 ve13 ju18 sa24 ma30",
                "sa6 ve11 ju19 me24 ma30",
                "ma6 ju14 ve21 me27 sa30",
                "ju8 ve14 me19 sa25 ma30",
                "ve6 me12 ju19 ma25 sa30",
                "sa6 me12 ve20 ju25 ma30",
                "ve8 ju14 me20 ma26 sa30",
            ],
        ),
        // Tetrabiblos I.21: eight, seven, six, five and four degrees, begun by the lords of the triplicity.
        (
            Terms::Chaldean,
            Sect::Day,
            [
                "ju8 ve15 sa21 me26 ma30",
                "ve8 sa15 me21 ma26 ju30",
                "sa8 me15 ma21 ju26 ve30",
                "ma8 ju15 ve21 sa26 me30",
                "ju8 ve15 sa21 me26 ma30",
                "ve8 sa15 me21 ma26 ju30",
                "sa8 me15 ma21 ju26 ve30",
                "ma8 ju15 ve21 sa26 me30",
                "ju8 ve15 sa21 me26 ma30",
                "ve8 sa15 me21 ma26 ju30",
                "sa8 me15 ma21 ju26 ve30",
                "ma8 ju15 ve21 sa26 me30",
            ],
        ),
        (
            Terms::Chaldean,
            Sect::Night,
            [
                "ju8 ve15 me21 sa26 ma30",
                "ve8 me15 sa21 ma26 ju30",
                "me8 sa15 ma21 ju26 ve30",
                "ma8 ju15 ve21 me26 sa30",
                "ju8 ve15 me21 sa26 ma30",
                "ve8 me15 sa21 ma26 ju30",
                "me8 sa15 ma21 ju26 ve30",
                "ma8 ju15 ve21 me26 sa30",
                "ju8 ve15 me21 sa26 ma30",
                "ve8 me15 sa21 ma26 ju30",
                "me8 sa15 ma21 ju26 ve30",
                "ma8 ju15 ve21 me26 sa30",
            ],
        ),
    ] {
        for (sign, line) in Sign::ALL.into_iter().zip(signs) {
            assert_eq!(terms.of(sign, sect).to_vec(), printed(line), "{terms:?} {sign:?}");
        }
    }
}

#[test]
fn rulers_are_the_seven_and_mirror_each_other() {
    // From Cancer and Leo, the luminaries', the others go both ways by their spheres.
    let ruler = |sign: usize| Rulers::Traditional.ruler(Sign::ALL[sign]);
    for step in 1..6 {
        assert_eq!(ruler((4 + step) % 12), ruler((12 + 3 - step) % 12));
    }
    for planet in PLANETS {
        let count = Sign::ALL.into_iter().filter(|sign| Rulers::Traditional.has(planet, *sign)).count();
        assert_eq!(count, if matches!(planet, Body::Sun | Body::Moon) { 1 } else { 2 }, "{planet}");
        assert!(
            Sign::ALL
                .into_iter()
                .all(|sign| { !Rulers::Traditional.has(planet, sign) || Rulers::Modern.has(planet, sign) })
        );
    }
    assert_eq!(Rulers::Modern.ruler(Sign::Scorpio), Body::Pluto);
    assert!(Rulers::Modern.has(Body::Mars, Sign::Scorpio));
}

#[test]
fn exaltations_are_in_seven_signs_and_answer_each_other() {
    let mut signs: Vec<_> = PLANETS.into_iter().map(|planet| exaltation(planet).unwrap().0).collect();
    signs.sort_unstable();
    signs.dedup();
    assert_eq!(signs.len(), 7);
    // The Sun is exalted where Saturn falls, Jupiter where Mars falls, Venus where Mercury falls (Tetrabiblos I.19).
    for (one, other) in [(Body::Sun, Body::Saturn), (Body::Jupiter, Body::Mars), (Body::Venus, Body::Mercury)]
    {
        assert_eq!(exaltation(one).unwrap().0, exaltation(other).unwrap().0.opposite());
    }
    assert_eq!(exaltation(Body::Pluto), None);
}

#[test]
fn triplicities_agree_but_for_water() {
    for element in Element::ALL {
        let [dorothean, ptolemaic, lilly] = Triplicities::ALL.map(|table| table.of(element));
        let third = |of: Triplicity| SECTS.map(|sect| of.participating(sect));
        let [by_day, by_night] = third(dorothean);
        assert!(by_day.is_some() && by_day == by_night);
        if element == Element::Water {
            assert_eq!((dorothean.day, dorothean.night, by_day), (Body::Venus, Body::Mars, Some(Body::Moon)));
            // Mars has it alone, helped by Venus by day and by the Moon by night (Tetrabiblos I.18).
            assert_eq!((ptolemaic.day, ptolemaic.night), (Body::Mars, Body::Mars));
            assert_eq!(third(ptolemaic), [Some(Body::Venus), Some(Body::Moon)]);
            assert_eq!((lilly.day, lilly.night, third(lilly)), (Body::Mars, Body::Mars, [None; 2]));
        } else {
            for other in [ptolemaic, lilly] {
                assert_eq!(
                    (other.day, other.night, third(other)),
                    (dorothean.day, dorothean.night, [None; 2])
                );
            }
        }
    }
}

#[test]
fn mars_is_at_home_in_ptolemys_water() {
    let tables = Tables { triplicities: Triplicities::Ptolemaic, ..Tables::default() };
    for sect in [Some(Sect::Day), Some(Sect::Night), None] {
        assert_eq!(names(Body::Mars, 105.0, sect, tables), ["triplicity", "fall"]);
    }
}

#[test]
fn places_have_their_rulers() {
    // 15° Cancer: the Moon's, Jupiter's exaltation, and Mercury's term and face.
    let of = |sect, terms, triplicities| {
        PlaceRulers::of(105.0, sect, Tables { terms, triplicities, ..Tables::default() })
    };
    let found = of(Some(Sect::Night), Terms::Egyptian, Triplicities::Dorothean);
    assert_eq!((found.domicile, found.exaltation), (Body::Moon, Some(Body::Jupiter)));
    assert_eq!((found.triplicity.day, found.triplicity.night), (Body::Venus, Body::Mars));
    assert_eq!(found.participating, Some(Body::Moon));
    assert_eq!((found.term, found.face), (Some(Body::Mercury), Body::Mercury));
    // Nobody is exalted in Leo, and who helps Mars in water depends on the sect, as Saturn's and Mercury's terms of the Chaldeans do.
    assert_eq!(PlaceRulers::of(130.0, None, Tables::default()).exaltation, None);
    let found = of(None, Terms::Chaldean, Triplicities::Ptolemaic);
    assert_eq!((found.participating, found.term), (None, Some(Body::Venus)));
    assert_eq!(
        PlaceRulers::of(119.0, None, Tables { terms: Terms::Chaldean, ..Tables::default() }).term,
        None
    );
}

#[test]
fn faces_go_on_from_the_last_of_pisces() {
    // Mars has both the last and the first face (al-Bīrūnī 449); all others follow by their spheres.
    let lords: Vec<_> = (0..36).map(|nth| face_lord(InSign::of(f64::from(nth) * 10.0 + 5.0))).collect();
    assert_eq!((lords[0], lords[35]), (Body::Mars, Body::Mars));
    for planet in PLANETS {
        let count = lords.iter().filter(|lord| **lord == planet).count();
        assert_eq!(count, if planet == Body::Mars { 6 } else { 5 }, "{planet}");
    }
    assert_eq!(&lords[3..6], [Body::Mercury, Body::Moon, Body::Saturn]);
}

fn names(body: Body, longitude_deg: f64, sect: Option<Sect>, tables: Tables) -> Vec<&'static str> {
    Dignities::of(body, longitude_deg, sect, tables).unwrap().has.iter().map(Dignity::name).collect()
}

#[test]
fn planets_have_what_books_say() {
    let lilly =
        Tables { rulers: Rulers::Traditional, triplicities: Triplicities::Lilly, terms: Terms::Lilly };
    let day = Some(Sect::Day);
    // Mercury at 3° Virgo: his domicile, exaltation and term; at 3° Pisces nothing, and against him.
    assert_eq!(names(Body::Mercury, 153.0, day, lilly), ["domicile", "exaltation", "term"]);
    assert_eq!(Dignities::of(Body::Mercury, 153.0, day, lilly).unwrap().score(), Some(11));
    assert_eq!(names(Body::Mercury, 333.0, day, lilly), ["detriment", "fall", "peregrine"]);
    assert_eq!(Dignities::of(Body::Mercury, 333.0, day, lilly).unwrap().score(), Some(-14));
    // The Sun at 15° Aries: exalted, ruler of fire by day, and the second face is his.
    assert_eq!(names(Body::Sun, 15.0, day, lilly), ["exaltation", "triplicity", "face"]);
    assert_eq!(names(Body::Sun, 15.0, Some(Sect::Night), lilly), ["exaltation", "face"]);
    assert_eq!(Dignities::of(Body::Uranus, 315.0, day, lilly), None);
    let modern = Tables { rulers: Rulers::Modern, ..lilly };
    assert_eq!(names(Body::Uranus, 315.0, day, modern), ["domicile"]);
    assert_eq!(names(Body::Uranus, 15.0, day, modern), [""; 0]);
    assert_eq!(Dignities::of(Body::Chiron, 15.0, day, modern), None);
}

#[test]
fn without_a_sect_nothing_is_guessed() {
    let tables = Tables::default();
    // The Sun rules fire by day alone, and at 65° nothing depends on the sect.
    let unsure = Dignities::of(Body::Sun, 245.0, None, tables).unwrap();
    assert!(unsure.undecided.contains(Dignity::Triplicity) && unsure.undecided.contains(Dignity::Peregrine));
    assert_eq!(unsure.score(), None);
    let sure = Dignities::of(Body::Sun, 65.0, None, tables).unwrap();
    assert_eq!(sure.score(), Some(-5));
    let water = Tables { triplicities: Triplicities::Lilly, ..tables };
    assert!(Dignities::of(Body::Mars, 95.0, None, water).unwrap().has.contains(Dignity::Triplicity));
}

#[test]
fn receptions_are_told_once_a_pair() {
    // Mars in Taurus, Venus in Aries: each in the other's domicile. The Moon in Leo is received by the Sun alone.
    let placed = [(Body::Mars, 40.0), (Body::Venus, 8.0), (Body::Moon, 125.0), (Body::Sun, 70.0)];
    let by = [Dignity::Domicile, Dignity::Exaltation].into_iter().collect();
    let found = receptions(&placed, by, Some(Sect::Night), Tables::default());
    let told: Vec<_> = found.iter().map(|one| (one.a, one.b, one.is_mutual())).collect();
    // The Moon is exalted in Taurus and the Sun in Aries.
    assert_eq!(told, [(0, 1, true), (0, 2, false), (1, 3, false), (2, 3, false)]);
    assert_eq!(found[0].a_in_b, [Dignity::Domicile].into_iter().collect());
    assert_eq!(found[3].a_in_b, [Dignity::Domicile].into_iter().collect());
    assert!(found[3].b_in_a.is_empty());
}

proptest! {
    /// Every degree has one lord of each kind, and what a sect decides is what is undecided without it.
    #[test]
    fn every_place_has_its_lords(longitude in -720.0..720.0_f64, rulers in 0..2_usize, triplicities in 0..3_usize, terms in 0..4_usize) {
        let tables = Tables {
            rulers: Rulers::ALL[rulers],
            triplicities: Triplicities::ALL[triplicities],
            terms: Terms::ALL[terms],
        };
        for sect in SECTS {
            let having = |dignity| PLANETS.into_iter().filter(|planet| {
                Dignities::of(*planet, longitude, Some(sect), tables).unwrap().has.contains(dignity)
            }).count();
            prop_assert_eq!(having(Dignity::Domicile), 1);
            prop_assert_eq!(having(Dignity::Detriment), 1);
            prop_assert_eq!(having(Dignity::Triplicity), 1);
            prop_assert_eq!(having(Dignity::Term), 1);
            prop_assert_eq!(having(Dignity::Face), 1);
            prop_assert!(having(Dignity::Exaltation) <= 1);
        }
        for planet in PLANETS {
            let [day, night] = SECTS.map(|sect| Dignities::of(planet, longitude, Some(sect), tables).unwrap());
            let unknown = Dignities::of(planet, longitude, None, tables).unwrap();
            prop_assert!(day.undecided.is_empty() && night.undecided.is_empty());
            for dignity in [Dignity::Triplicity, Dignity::Term] {
                prop_assert_eq!(unknown.undecided.contains(dignity), day.has.contains(dignity) != night.has.contains(dignity));
                prop_assert_eq!(unknown.has.contains(dignity), day.has.contains(dignity) && night.has.contains(dignity));
            }
            let peregrine = |dignities: Dignities| dignities.has.contains(Dignity::Peregrine);
            for known in [day, night] {
                prop_assert_eq!(peregrine(known), known.has.and(DignitySet::ESSENTIAL).is_empty());
            }
            prop_assert_eq!(peregrine(unknown), peregrine(day) && peregrine(night));
            prop_assert_eq!(unknown.undecided.contains(Dignity::Peregrine), peregrine(day) != peregrine(night));
        }
        let rulers = PlaceRulers::of(longitude, None, tables);
        for sect in SECTS {
            let known = PlaceRulers::of(longitude, Some(sect), tables);
            let has = |body, dignity| Dignities::of(body, longitude, Some(sect), tables).unwrap().has.contains(dignity);
            prop_assert!(rulers.domicile == known.domicile && (tables.rulers == Rulers::Modern || has(known.domicile, Dignity::Domicile)));
            prop_assert!(known.exaltation.is_none_or(|body| has(body, Dignity::Exaltation)));
            prop_assert!(has(known.triplicity.ruler(sect), Dignity::Triplicity));
            prop_assert!(has(known.term.unwrap(), Dignity::Term) && has(known.face, Dignity::Face));
            prop_assert!(rulers.term.is_none_or(|body| Some(body) == known.term));
        }
    }

    /// No longitude makes it fail.
    #[test]
    fn any_number_is_taken(longitude in any::<f64>()) {
        for body in Body::ALL {
            let _ = Dignities::of(body, longitude, None, Tables::default());
        }
    }
}
