//! kerykeion's aspects of three nativities and of five pairs, with its orbs and its points.

use std::collections::BTreeMap;

use orrery_almanac::Varying;
use orrery_almanac::aspect::{Aspect, Aspects, Found, Movement, OrbRule, Orbs, Placed, parse_list};
use orrery_tests::published::{number, rows};

/// Its orbs by default (`DEFAULT_ACTIVE_ASPECTS`): the major aspects and the quintile. An angle has no others.
const ASPECTS: &str = "major,quintile";
const ORBS: &str = "conjunction:10,opposition:10,trine:8,sextile:6,square:5,quintile:1";

/// Its points by default, in its order, with our names.
const POINTS: [(&str, &str); 18] = [
    ("Sun", "sun"),
    ("Moon", "moon"),
    ("Mercury", "mercury"),
    ("Venus", "venus"),
    ("Mars", "mars"),
    ("Jupiter", "jupiter"),
    ("Saturn", "saturn"),
    ("Uranus", "uranus"),
    ("Neptune", "neptune"),
    ("Pluto", "pluto"),
    ("True_North_Lunar_Node", "true_node"),
    ("Chiron", "chiron"),
    ("Ascendant", "ascendant"),
    ("Medium_Coeli", "mc"),
    ("Descendant", "descendant"),
    ("Imum_Coeli", "ic"),
    ("Mean_Lilith", "mean_lilith"),
    ("True_South_Lunar_Node", "true_south_node"),
];

/// What it looks ahead to say whether an aspect applies, days.
const STEP_DAYS: f64 = 1e-3;

/// Places of a chart, by kerykeion's names.
type Chart = BTreeMap<String, Varying>;

fn placed(chart: &Chart, orbs: &Orbs) -> Vec<(&'static str, Placed)> {
    let known = POINTS.iter().filter_map(|(theirs, ours)| Some((*theirs, ours, chart.get(*theirs)?)));
    known.map(|(theirs, ours, place)| (theirs, orbs.place(ours.parse().unwrap(), *place))).collect()
}

/// Whether kerykeion 5.12 takes an applying aspect for a separating one: in its step it is exact, and then farther from it than
/// now. Later versions take a shorter one.
fn is_passed_in_a_step(found: &Found) -> bool {
    found.movement == Movement::Applying && -found.orb_speed * STEP_DAYS > 2.0 * found.orb_deg
}

#[test]
fn every_aspect_is_found_and_no_other() {
    let Some(rows) = rows("kerykeion_aspects.csv") else { return };
    let orbs = Orbs::parse(OrbRule::Aspect, ORBS).unwrap();
    let aspects = Aspects::new(&parse_list(ASPECTS).unwrap(), &orbs);
    let mut charts: BTreeMap<_, Vec<&Vec<String>>> = BTreeMap::new();
    for row in &rows {
        charts.entry((row[0].as_str(), row[1].as_str())).or_default().push(row);
    }
    let (mut compared, mut passed, mut still, mut worst) = (0, 0, 0, 0.0_f64);
    for ((kind, name), rows) in charts {
        let is_natal = kind == "natal";
        let mut sides = [Chart::new(), Chart::new()];
        for row in &rows {
            for (side, column) in [(0, 2), (usize::from(!is_natal), 5)] {
                let place = Varying::new(number(row, column + 1), number(row, column + 2));
                sides[side].insert(row[column].clone(), place);
            }
        }
        let [first, second] = sides.map(|chart| placed(&chart, &orbs));
        let points = |side: &[(&str, Placed)]| side.iter().map(|point| point.1).collect::<Vec<_>>();
        let (found, second) = if is_natal {
            assert_eq!(first.len(), POINTS.len(), "{name}: each point makes an aspect");
            (aspects.within(&points(&first)), first.clone())
        } else {
            (aspects.across(&points(&first), &points(&second)), second)
        };
        assert_eq!(found.len(), rows.len(), "{kind} {name}");
        for row in rows {
            let is_of = |found: &&Found| first[found.a].0 == row[2] && second[found.b].0 == row[5];
            let found = found.iter().find(is_of).unwrap_or_else(|| panic!("{row:?} is missing"));
            assert_eq!(found.aspect, row[8].parse::<Aspect>().unwrap(), "{row:?}");
            assert_eq!(found.aspect.angle_deg(), number(row, 9));
            let orb = (found.orb_deg - number(row, 10)).abs();
            assert!(orb < 1e-4, "{row:?}: {orb}");
            worst = worst.max(orb);
            let movement = found.movement.name();
            if is_passed_in_a_step(found) {
                assert_eq!(row[11], "Separating", "{row:?}");
                passed += 1;
            } else {
                assert!(row[11].eq_ignore_ascii_case(movement), "{row:?}: {movement}");
            }
            still += usize::from(found.movement == Movement::Static);
            compared += 1;
        }
    }
    assert_eq!((compared, passed, still), (692, 3, 27));
    println!("{compared} aspects, orbs within {worst:.6}°; {passed} exact within its step");
}
