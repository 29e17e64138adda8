//! What is written, whichever way writes it.

use std::sync::{Arc, LazyLock};

use orrery_almanac::{Error, WireBody, bodies};
use proptest::prelude::*;

use super::*;
use crate::answer::evaluate::from_tables;
use crate::answer::handmade;
use crate::answer::plan::{DeltaT, Origin, Plan, Timed};
use crate::answer::quantities;
use crate::tables::{EPHEMERIS, LINES};
use crate::text::json::written;
use crate::text::piece::Piece;

/// Tables whose blocks have names that no other layout of them would change.
static HANDMADE: LazyLock<Arc<Generation>> = LazyLock::new(|| {
    let mut generation = handmade::generation(&LINES, EPHEMERIS);
    for (nth, name) in generation.prepared.names.iter_mut().enumerate() {
        *name = Piece::new(&format!(",\"000000000000000{nth}\""));
    }
    Arc::new(generation)
});

const NAMES: LiveNames<'static> =
    LiveNames { files: "Swiss Ephemeris 2, DE1", moshier: "Swiss Ephemeris 2, Moshier" };

/// The instant of a query, with a ΔT of 64 s where the tables have none, and who answers at it.
fn resolve(query: &PositionsQuery) -> Resolved {
    let timed = Timed::new(&HANDMADE, query).unwrap();
    let mut plan = Plan { generation: Arc::clone(&HANDMADE), resolved: None };
    plan.make(Some(&[0; 32]), query, timed).unwrap();
    plan.resolved.unwrap_or_else(|| {
        let instant = query.time.when.instant(&HANDMADE.leaps, |_| Ok::<_, Error>(64.0)).unwrap();
        let mut origins = Origins::none(DeltaT::Live);
        origins.find(&HANDMADE.dataset, &query.sky, &instant).unwrap();
        Resolved { instant, origins }
    })
}

#[test]
fn signs_follow_the_longitude_as_given() {
    let at = |longitude, decimals| {
        let (sign, degrees) = sign(along(longitude, decimals).1);
        (sign.name(), degrees)
    };
    assert_eq!(at(0.0, Some(9)), ("aries", 0.0));
    assert_eq!(at(29.999_999_999_9, Some(9)), ("taurus", 0.0));
    assert_eq!(at(29.999_999_999_9, None).0, "aries");
    assert_eq!(at(359.999_999_999_9, Some(9)), ("aries", 0.0));
    assert_eq!(at(359.999_999_999_9, None).0, "pisces");
    assert_eq!(at(29.6, Some(0)), ("taurus", 0.0));
    assert_eq!(at(29.4, Some(0)), ("aries", 29.0));
    assert_eq!(at(359.96, Some(1)), ("aries", 0.0));
    assert_eq!(at(29.999_999_999_999, Some(15)).0, "aries");
    assert_eq!(at(330.0, Some(9)), ("pisces", 0.0));
}

#[test]
fn a_whole_turn_is_none() {
    let shown = |value, decimals| {
        let (along_deg, _) = along(value, Some(decimals));
        written(|json| json.rounded(along_deg, decimals))
    };
    assert_eq!(shown(359.999_999_999_6, 9), "0.0");
    assert_eq!(shown(359.999_999_999_4, 9), "359.999999999");
    assert_eq!(shown(359.6, 0), "0.0");
    assert_eq!(shown(359.999_999_999_999_94, 13), "0.0");
}

#[test]
fn the_usual_way_writes_what_the_general_way_writes() {
    let query = SkyQuery::default();
    let mut random = 1_u64;
    let mut uniform = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) as f64 / (1_u64 << 53) as f64
    };
    let edges =
        [0.0, -0.0, 1e-13, -4e-10, 5e-10, -5e-10, 0.1, -1.0, 29.999_999_999_6, 30.0, 89.999_999_999_5, 999.9];
    let whole = [0.0, 29.999_999_999_6, 30.0, 359.999_999_999_4, 359.999_999_999_6, 120.5, 330.25, 1e-10];
    for round in 0..20_000 {
        let mut value = |scale: f64| match round % 4 {
            0 => edges[(uniform() * edges.len() as f64) as usize],
            // Few decimals, so that there are zeros to be left out.
            1 => ((uniform() - 0.5) * scale * 100.0).round() / 100.0,
            _ => (uniform() - 0.5) * scale,
        };
        let [across_deg, distance_au] = [value(180.0), value(100.0).abs()];
        let speed = [value(30.0), value(2.0), value(0.02)];
        let along_deg = match round % 4 {
            0 => whole[(uniform() * whole.len() as f64) as usize],
            _ => uniform() * 360.0,
        };
        let place = Place { at: [along_deg, across_deg, distance_au], speed };
        let usual = written(|json| {
            let mut cursor = json.cursor();
            usual::position(&mut cursor, &place).unwrap();
            let length = cursor.written();
            json.advance(length);
        });
        let general = written(|json| {
            json.null();
            position(json, &query, &place, &[]);
        });
        assert_eq!(usual, general["null".len()..], "{place:?}");
    }
}

#[test]
fn what_is_too_large_for_the_usual_way_is_left_to_the_general_one() {
    for far in [1000.0, -1e6, f64::NAN, f64::INFINITY] {
        let mut json = Json::new();
        assert!(
            usual::position(&mut json.cursor(), &Place { at: [0.0, 0.0, far], ..Place::default() }).is_none()
        );
    }
}

#[test]
fn the_usual_way_is_taken_by_what_it_is_for() {
    // What is chosen goes the general way, and so does another rounding.
    for usual in ["bodies=all", "equinox=mean", "center=bary", "zodiac=sidereal&ayanamsa=1"] {
        assert!(usual::is_asked(&handmade::query(&format!("jd=2451545&{usual}")).sky), "{usual}");
    }
    for chosen in [
        "fields=body",
        "precision=9",
        "precision=full",
        "frame=equatorial",
        "coordinates=rectangular",
        "fields=all",
    ] {
        assert!(!usual::is_asked(&handmade::query(&format!("jd=2451545&{chosen}")).sky), "{chosen}");
    }
}

fn any_body() -> impl Strategy<Value = WireBody> {
    let all = bodies::ALL.into_iter().chain(orrery_almanac::Uranian::ALL.map(WireBody::Uranian));
    let all = all.chain([433, 1_000_000, bodies::MAX_ASTEROID].map(WireBody::Asteroid));
    prop::sample::select(all.collect::<Vec<_>>())
}

fn any_place() -> impl Strategy<Value = Place> {
    let along = prop_oneof![
        8 => 0.0..360.0,
        1 => prop::sample::select(vec![0.0, 30.0, 29.999_999_999_6, 359.999_999_999_6, 360.0_f64.next_down()]),
    ];
    let other = prop_oneof![
        8 => -100.0..100.0,
        1 => prop::sample::select(vec![-0.0, 1e-13, -4e-10, 999.999_999_999_6, 1000.0, -1e6, 1e300, f64::NAN]),
    ];
    (along, prop::array::uniform5(other)).prop_map(|(along_deg, others)| {
        let [across_deg, distance_au, along_speed, across_speed, distance_speed] = others;
        Place { at: [along_deg, across_deg, distance_au], speed: [along_speed, across_speed, distance_speed] }
    })
}

fn any_model() -> impl Strategy<Value = Option<EphemerisModel>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(EphemerisModel::Swiss)), 1 => Just(Some(EphemerisModel::Moshier))]
}

proptest! {
    #[test]
    fn the_usual_way_writes_the_lists_that_the_general_way_writes(
        list in prop::collection::vec((any_body(), any_place(), any_model()), 0..16),
        tables_alone: bool,
        live_is_there: bool,
    ) {
        let mut query = handmade::query("jd=2451545&bodies=sun");
        let resolved = resolve(&query);
        query.sky.bodies = list.iter().map(|(body, ..)| *body).collect();
        let sky = Sky {
            places: list.iter().map(|(_, place, _)| *place).collect(),
            values: Vec::new(),
            models: if tables_alone { Vec::new() } else { list.iter().map(|(.., model)| *model).collect() },
            charted: None,
        };
        let live = live_is_there.then_some(NAMES);
        let (query, resolved, sky) = (&query, &resolved, &sky);
        let answer = Answer { query, generation: &HANDMADE, resolved, sky, mix: Mix::Mixed, live };
        let after_key = |write: &dyn Fn(&mut Json)| written(|json| {
            json.verbatim(b"\"positions\":");
            write(json);
        });
        let usual = after_key(&|json| usual::positions(json, &answer));
        prop_assert_eq!(&usual, &after_key(&|json| answer.positions(json)));
        let list: serde_json::Value = serde_json::from_str(&usual["\"positions\":".len()..]).unwrap();
        prop_assert_eq!(list.as_array().unwrap().len(), query.sky.bodies.len());
    }
}

/// Queries whose replies are [`GOLDEN`]: between them, every member and every way of writing it.
const GOLDEN_QUERIES: [&str; 16] = [
    "date=2026-03-20T14:33:00Z&bodies=sun,moon,true_node",
    "date=2026-03-20T14:33:00Z",
    "jd=2451545.25&bodies=sun,true_node,true_south_node&equinox=mean",
    "jd_tt=2451545&frame=equatorial&bodies=moon,sun&source=table",
    "date=2026-03-20T14:33:00.125%2B02:00&fields=longitude,sign,sign_longitude&precision=2&bodies=nodes",
    "date=2026-07-01T12:00&tz=europe/berlin&bodies=moon&precision=full",
    "date=1850-01-01&tz=lmt&lon=15.25&bodies=moon,ceres&precision=0",
    "date=-0043-03-15&calendar=julian&bodies=sun,mars,mean_south_node&allow_moshier=true",
    "date=%2B12026-01-01T00:00Z&bodies=sun&fields=body",
    "date=2016-12-31T23:59:60Z&bodies=sun,moon&frame=equatorial&precision=15",
    "jd=2451545&bodies=cupido,asteroid:433,chiron&source=live&fields=retrograde,distance,source",
    "bodies=all",
    "jd=2451545&bodies=sun,moon,true_node&center=topo&lat=-33.5&lon=151.25&alt=30&zodiac=sidereal&ayanamsa=lahiri&fields=all",
    "jd=2451545&bodies=moon&center=topo&lat=52&lon=13&fields=default,apparent_altitude&pressure=990&temperature=-5",
    "jd=2451545&bodies=earth,mars&center=bary&place=true&equinox=icrs&coordinates=rectangular&precision=4",
    "jd=2451545&bodies=mars&zodiac=sidereal&ayanamsa=user:2415020,22.5&place=astrometric",
];

/// Queries that the tables made by hand answer, for what is done with what a table holds.
const GOLDEN_EVALUATIONS: [&str; 9] = [
    "date=2010-01-01T00:00:00.5Z&bodies=sun,moon,true_node,true_south_node&precision=full",
    "jd=2459000.5&equinox=mean&bodies=true_node,moon&precision=full&source=table",
    // Sines differ in their last digit from system to system.
    "jd_tt=2462000.75&frame=equatorial&bodies=moon,sun,true_node,true_south_node&precision=12",
    "jd_tt=2462000.75&bodies=moon,sun,true_south_node&center=topo&lat=52.5&lon=13.4&alt=34&precision=9&fields=all",
    "jd_tt=2462000.75&bodies=moon,sun&equinox=j2000&precision=9",
    "jd_tt=2462000.75&bodies=moon,sun&equinox=icrs&frame=equatorial&coordinates=rectangular&precision=9",
    "jd_tt=2462000.75&bodies=moon,sun&zodiac=sidereal&ayanamsa=lahiri&fields=default,decan,nakshatra,pada&precision=9",
    "jd_tt=2462000.75&bodies=moon,sun&zodiac=sidereal&ayanamsa=j2000&precision=9",
    "jd_tt=2462000.75&bodies=moon,sun&zodiac=sidereal&ayanamsa=true_citra&precision=9",
];

/// Places made by simple arithmetic, which has every kind of number.
fn made_up(query: &PositionsQuery, plan: &mut Plan) -> Sky {
    let place = |nth: usize| {
        let (nth, far) = (nth as f64, [0.002_57, 1.0, 39.481_234_567_890_12, 1000.5][nth % 4]);
        Place {
            at: [(29.999_999_999_6 + 47.123_456_789_012 * nth) % 360.0, 5.25 - 1.333_333_333_333 * nth, far],
            speed: [13.176_358 - 6.5 * nth, -0.000_000_000_4 * nth, 0.000_123_456_789_012_3 * (nth - 1.0)],
        }
    };
    let told = quantities::TOLD.into_iter().filter(|field| query.sky.fields.has(*field)).count();
    let value =
        |nth: usize, which: usize| if (nth + which) % 5 == 4 { f64::NAN } else { 1.25 * which as f64 };
    let values = |nth: usize| (0..told).map(|which| value(nth, which)).collect();
    let model = |nth: usize| {
        if query.sky.moshier.is_allowed() && nth % 2 == 1 {
            EphemerisModel::Moshier
        } else {
            EphemerisModel::Swiss
        }
    };
    let origins = plan.resolved.as_ref().unwrap().origins.bodies.iter().enumerate();
    let bodies = 0..query.sky.bodies.len();
    Sky {
        places: bodies.clone().map(place).collect(),
        values: if told == 0 { Vec::new() } else { bodies.map(values).collect() },
        models: origins.map(|(nth, origin)| (*origin == Origin::Live).then(|| model(nth))).collect(),
        charted: None,
    }
}

/// Places as the tables made by hand have them.
fn evaluated(query: &PositionsQuery, plan: &mut Plan) -> Sky {
    let mut sky = Sky::default();
    assert!(from_tables(query, plan, &mut sky).unwrap());
    sky
}

/// The reply to a query, its places from somewhere.
fn golden_reply(text: &str, places: impl Fn(&PositionsQuery, &mut Plan) -> Sky) -> String {
    let query = handmade::query(text);
    let mut plan = Plan { generation: Arc::clone(&HANDMADE), resolved: Some(resolve(&query)) };
    let sky = places(&query, &mut plan);
    let resolved = plan.resolved.unwrap();
    let mix = resolved.origins.mix();
    let answer = Answer {
        query: &query,
        generation: &HANDMADE,
        resolved: &resolved,
        sky: &sky,
        mix,
        live: Some(NAMES).filter(|_| mix != Mix::Table),
    };
    written(|json| {
        opening(json, &query, &resolved.instant, &HANDMADE.leaps);
        answer.write(json);
    })
}

#[test]
fn golden_replies_are_as_they_were() {
    let mut replies = String::new();
    let written = GOLDEN_QUERIES.map(|query| (query, golden_reply(query, made_up)));
    let computed = GOLDEN_EVALUATIONS.map(|query| (query, golden_reply(query, evaluated)));
    for (query, reply) in written.iter().chain(&computed) {
        let parsed = serde_json::from_str::<serde_json::Value>(reply);
        assert!(parsed.is_ok(), "{query}: {reply}");
        replies += reply;
        replies.push('\n');
    }
    if std::env::var_os("ORRERY_WRITE_FIXTURES").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/answer/render/golden.jsonl");
        std::fs::write(path, &replies).unwrap();
    }
    let golden = std::str::from_utf8(GOLDEN).unwrap();
    let queries = GOLDEN_QUERIES.iter().chain(&GOLDEN_EVALUATIONS);
    for ((query, now), before) in queries.zip(replies.lines()).zip(golden.lines()) {
        assert_eq!(
            now, before,
            "the reply to {query} has other bytes than golden.jsonl has, under which clients keep what \
             they have; if that is meant, ORRERY_WRITE_FIXTURES=1 cargo test -p orrery-server --lib golden writes the file \
             anew, and with it every entity tag is another; if replies change where these do not show it, raise \
             RENDERING_VERSION"
        );
    }
    assert_eq!(
        replies.lines().count(),
        golden.lines().count(),
        "golden.jsonl is of other queries: write it anew"
    );
}
