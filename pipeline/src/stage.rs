//! What is published on the way to the whole, so that who starts from nothing has tables within seconds of the days that
//! are asked about most.
//!
//! No stage ever takes away: one that lacks anything which readers have, and which is still wanted, is not published. Lists are
//! derived from the whole alone.

use std::collections::HashMap;

use orrery_almanac::bodies::DEFAULT;
use orrery_format::manifest::BlockEntry;
use orrery_format::{Center, Manifest, Product};

use crate::plan::BlockPlan;

/// Days from today's beginning within which the planets come first: today and its neighbours, whatever the time scale.
const TODAY_DAYS: (f64, f64) = (-1.0, 2.0);

/// Days from today's beginning within which everything comes next: years that calendars of today look into.
const AROUND_DAYS: (f64, f64) = (-366.0, 367.0);

/// A part of what is planned that is published before the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Places from the Earth that are given where nobody says of what, and what every answer about them needs.
    Planets,
    /// Everything of the years around today.
    Around,
}

impl Stage {
    /// Every stage, in order.
    pub(crate) const ALL: [Stage; 2] = [Stage::Planets, Stage::Around];

    /// What it has, in words.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Stage::Planets => "Sun to Pluto around today",
            Stage::Around => "all around today",
        }
    }

    /// Its blocks among those that are planned, on the day that begins at a Julian day; none where it would have no place of
    /// any body.
    pub(crate) fn of(self, plans: &[BlockPlan], midnight_jd: f64) -> Vec<&BlockPlan> {
        let (first, last) = if self == Stage::Planets { TODAY_DAYS } else { AROUND_DAYS };
        let (start_jd, end_jd) = (midnight_jd + first, midnight_jd + last);
        let own = |plan: &&BlockPlan| {
            plan.span.0 < end_jd
                && start_jd < plan.span.1
                && (self == Stage::Around || is_first(plan.product))
        };
        let own: Vec<&BlockPlan> = plans.iter().filter(own).collect();
        let has_places = own.iter().any(|plan| matches!(plan.product, Product::Place(..)));
        if has_places { own } else { Vec::new() }
    }
}

/// Whether a product is one of the first to be had.
fn is_first(product: Product) -> bool {
    match product {
        Product::Nutation | Product::EarthRotation => true,
        Product::Place(center, body) => {
            let mut first = DEFAULT.iter().filter_map(|body| body.tabulated());
            center == Center::Geo && first.any(|(own, _)| own == body)
        }
    }
}

/// Whether publishing these blocks of a plan is a step forward: the whole has to wait for others, and readers lose nothing of it
/// that they have.
pub(crate) fn is_step(
    stage: &[&BlockPlan],
    plans: &[BlockPlan],
    at_hand: &HashMap<[u8; 32], BlockEntry>,
    published: Option<&Manifest>,
) -> bool {
    let is_in = |recipe_hash: &[u8; 32]| stage.iter().any(|plan| plan.recipe_hash == *recipe_hash);
    let mut others = plans.iter().filter(|plan| !is_in(&plan.recipe_hash));
    let is_waited_for = others.clone().any(|plan| !at_hand.contains_key(&plan.recipe_hash));
    let has = |plan: &BlockPlan, published: &Manifest| {
        let product = plan.product.to_string();
        published.blocks.iter().any(|block| block.product == product && block.start_jd == plan.span.0)
    };
    !stage.is_empty()
        && is_waited_for
        && published
            .is_none_or(|published| published.lists.is_empty() && !others.any(|other| has(other, published)))
}

#[cfg(test)]
mod tests {
    use orrery_almanac::CivilDate;
    use orrery_format::Body;
    use orrery_format::manifest::Source;

    use super::*;
    use crate::inputs::Inputs;
    use crate::plan::plan;
    use crate::scope::{Scope, midnight_jd};

    const TODAY: CivilDate = CivilDate { year: 2026, month: 11, day: 22 };

    fn planned(scope: &Scope) -> Vec<BlockPlan> {
        let inputs = Inputs { swiss_ephemeris: "2".into(), de_numbers: Vec::new(), files: Vec::new() };
        plan(scope, TODAY, &inputs).unwrap()
    }

    fn names(stage: Stage, plans: &[BlockPlan], today: CivilDate) -> Vec<String> {
        let own = stage.of(plans, midnight_jd(today).unwrap());
        own.iter().map(|plan| crate::workshop::block_name(plan.product, plan.span.0)).collect()
    }

    fn entry(plan: &BlockPlan) -> BlockEntry {
        BlockEntry {
            product: plan.product.to_string(),
            start_jd: plan.span.0,
            end_jd: plan.span.1,
            time_scale: plan.product.time_scale().into(),
            file: String::new(),
            bytes: 0,
            blake3: String::new(),
            recipe: String::new(),
            segments: 0,
            promise_arcsec: 0.0,
            max_error_arcsec: 0.0,
            max_error_distance: 0.0,
            live_share_percent: 0.0,
        }
    }

    fn manifest<'a>(plans: impl IntoIterator<Item = &'a BlockPlan>) -> Manifest {
        let source = Source { ephemeris: "none".into(), pipeline: "none".into(), files: Vec::new() };
        Manifest::new(source, plans.into_iter().map(entry).collect(), Vec::new())
    }

    #[test]
    fn the_planets_of_today_come_first_and_then_all_of_these_years() {
        let plans = planned(&Scope::full());
        let first = names(Stage::Planets, &plans, TODAY);
        assert_eq!(first.len(), 12);
        for name in ["nutation+0", "earth_rotation+0", "geo-sun+0", "geo-pluto+0"] {
            assert!(first.iter().any(|it| it == name), "{name}");
        }
        let second = names(Stage::Around, &plans, TODAY);
        assert_eq!(second.len() * 6, plans.len());
        assert!(second.iter().all(|name| name.ends_with("+0")));
        assert!(first.iter().all(|name| second.contains(name)));
    }

    #[test]
    fn beside_a_seam_both_centuries_are_around() {
        let plans = planned(&Scope::full());
        let centuries = |stage, year, month, day| {
            let names = names(stage, &plans, CivilDate { year, month, day });
            let nutation =
                names.into_iter().filter_map(|name| Some(name.strip_prefix("nutation")?.to_owned()));
            nutation.collect::<Vec<_>>()
        };
        assert_eq!(centuries(Stage::Around, 2098, 12, 30), ["+0"]);
        assert_eq!(centuries(Stage::Around, 2099, 1, 1), ["+0", "+1"]);
        assert_eq!(centuries(Stage::Planets, 2099, 12, 30), ["+0"]);
        assert_eq!(centuries(Stage::Planets, 2100, 1, 1), ["+0", "+1"]);
        assert_eq!(centuries(Stage::Planets, 2100, 1, 3), ["+1"]);
        assert_eq!(centuries(Stage::Around, 2101, 1, 1), ["+0", "+1"]);
        assert_eq!(centuries(Stage::Around, 2101, 1, 4), ["+1"]);
        // A day that is in no block.
        assert!(centuries(Stage::Around, 2500, 1, 1).is_empty());
    }

    #[test]
    fn without_any_of_its_bodies_a_stage_has_nothing() {
        let plans = planned(&Scope::of_years(1800, 2400, Some(vec![Body::MeanNode])));
        assert!(names(Stage::Planets, &plans, TODAY).is_empty());
        assert_eq!(
            names(Stage::Around, &plans, TODAY),
            ["nutation+0", "earth_rotation+0", "geo-mean_node+0"]
        );
    }

    #[test]
    fn a_stage_is_published_if_nobody_loses_by_it() {
        let plans = planned(&Scope::of_years(1800, 2400, Some(vec![Body::Sun, Body::Chiron])));
        let stages = Stage::ALL.map(|stage| stage.of(&plans, midnight_jd(TODAY).unwrap()));
        let [planets, around] = [&*stages[0], &*stages[1]];
        let nothing = HashMap::new();
        let is_step = |stage, published: Option<&Manifest>| is_step(stage, &plans, &nothing, published);
        assert!(is_step(planets, None) && is_step(around, None) && !is_step(&[], None));
        // After its own kind, and after less.
        let [after_planets, after_around] = [planets, around].map(|stage| manifest(stage.iter().copied()));
        assert!(is_step(planets, Some(&after_planets)) && is_step(around, Some(&after_planets)));
        assert!(!is_step(planets, Some(&after_around)) && is_step(around, Some(&after_around)));
        assert!(is_step(planets, Some(&manifest([]))));
        // What is published of other years is still wanted; other bodies are not.
        let whole = manifest(&plans);
        assert!(!is_step(planets, Some(&whole)) && !is_step(around, Some(&whole)));
        let moon = planned(&Scope::of_years(1800, 2400, Some(vec![Body::Moon])));
        let moon =
            manifest(moon.iter().filter(|plan| plan.product == Product::Place(Center::Geo, Body::Moon)));
        assert!(is_step(planets, Some(&moon)));
        // Lists are wanted whatever they are of.
        let list = orrery_format::manifest::ListEntry {
            name: "almanac".into(),
            start_jd_tt: 0.0,
            end_jd_tt: 1.0,
            file: String::new(),
            bytes: 0,
            blake3: String::new(),
            recipe: String::new(),
            entries: 0,
        };
        let Manifest { source, blocks, .. } = after_planets;
        let listed = Manifest::new(source, blocks, vec![list]);
        assert!(!is_step(planets, Some(&listed)) && !is_step(around, Some(&listed)));
    }

    #[test]
    fn a_stage_that_nothing_has_to_wait_for_is_none() {
        let plans = planned(&Scope::of_years(1900, 2100, Some(vec![Body::Sun])));
        let around = Stage::Around.of(&plans, midnight_jd(TODAY).unwrap());
        let mut at_hand: HashMap<_, _> = plans.iter().map(|plan| (plan.recipe_hash, entry(plan))).collect();
        assert!(!is_step(&around, &plans, &at_hand, None));
        // Whatever of the stage itself is missing, the whole waits for no more than that.
        at_hand.remove(&around[0].recipe_hash);
        assert!(!is_step(&around, &plans, &at_hand, None));
        at_hand.remove(&plans[0].recipe_hash);
        assert!(is_step(&around, &plans, &at_hand, None));
        // All there is.
        let today = planned(&Scope::of_years(2001, 2100, Some(vec![Body::Sun])));
        let around = Stage::Around.of(&today, midnight_jd(TODAY).unwrap());
        assert!(!is_step(&around, &today, &HashMap::new(), None));
    }
}
