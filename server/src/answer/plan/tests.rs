//! Hazard: a cache that keeps what has changed. Whatever a reply depends on must change its tag.

use std::collections::HashMap;
use std::sync::LazyLock;

use orrery_almanac::{Calendar, DayNumber, LeapSeconds, Site, TimeOfDay, Utc, UtcOffset, Zone, iso};
use orrery_format::UtDay;

use super::*;
use crate::answer::handmade::{generation, query};
use crate::answer::prepared::Prepared;
use crate::query::{
    Air, Coordinates, Equinox, Fields, Frame, Given, Light, Local, Moshier, Observer, Precision, SkyQuery,
    TimeQuery, View, When, Word, Zodiac,
};
use crate::tables::{EPHEMERIS, LINES};

static HANDMADE: LazyLock<Arc<Generation>> = LazyLock::new(|| Arc::new(generation(&LINES, EPHEMERIS)));

/// Identity of a live source.
const LIVE: [u8; 32] = [7; 32];

fn tag_by(generation: &Arc<Generation>, live: [u8; 32], query: &PositionsQuery) -> Tag {
    let timed = Timed::new(generation, query).unwrap();
    let mut plan = Plan { generation: Arc::clone(generation), resolved: None };
    plan.make(Some(&live), query, timed).unwrap()
}

fn tag(query: &PositionsQuery) -> Tag {
    tag_by(&HANDMADE, LIVE, query)
}

/// Sees to it that no two of these queries have one tag.
fn distinct<'a>(queries: impl IntoIterator<Item = &'a PositionsQuery>) {
    let mut seen = HashMap::new();
    for query in queries {
        if let Some(other) = seen.insert(tag(query).text(), query) {
            panic!("one tag for {other:?} and {query:?}");
        }
    }
}

/// The query with each of its members changed in turn, in every way that there is.
fn changed(base: &PositionsQuery) -> Vec<PositionsQuery> {
    // By name, so that a new member is not forgotten here either.
    let PositionsQuery { time, sky } = base;
    let SkyQuery { bodies, view, source, moshier, precision, fields, air, charted: _ } = sky;
    let TimeQuery { when, given, calendar, local, lon_deg } = time;
    let mut all = vec![base.clone()];
    let mut with = |change: &dyn Fn(&mut PositionsQuery)| {
        let mut query = base.clone();
        change(&mut query);
        all.push(query);
    };
    let When::Ut(UtDay(jd)) = *when else { panic!("{when:?}") };
    for other in [When::Ut(UtDay(jd.next_up())), When::Tt(TtDay(jd)), When::Tt(TtDay(jd.next_up()))] {
        with(&|query| query.time.when = other);
    }
    assert!(matches!(given, Given::Jd(_)));
    for other in [Given::Now, Given::JdTt(jd), Given::Date(iso::parse("2000-01-01").unwrap())] {
        with(&|query| query.time.given = other.clone());
    }
    assert_eq!((calendar, local, lon_deg), (&None, &None, &None));
    for other in [Calendar::Gregorian, Calendar::Julian] {
        with(&|query| query.time.calendar = Some(other));
    }
    for zone in ["Europe/Berlin", "Europe/Paris", "lmt"] {
        for offset_s in [0, 3600] {
            let zone = Zone::parse(zone, Some(15.0)).unwrap();
            let offset = UtcOffset::from_seconds(offset_s);
            with(&|query| query.time.local = Some(Local { zone, offset }));
        }
    }
    for other in [0.0, 15.0] {
        with(&|query| query.time.lon_deg = Some(other));
    }
    let mut reversed = bodies.to_vec();
    reversed.reverse();
    with(&|query| query.sky.bodies = reversed.clone().into());
    with(&|query| query.sky.bodies = bodies[1..].to_vec().into());
    for name in
        ["mars", "true_south_node", "mean_south_node", "cupido", "hades", "asteroid:433", "asteroid:434"]
    {
        let mut bodies = bodies.to_vec();
        bodies[0] = name.parse().unwrap();
        with(&|query| query.sky.bodies = bodies.clone().into());
    }
    assert_eq!(view, &View::default());
    for other in views() {
        with(&|query| query.sky.view = other);
    }
    assert_eq!(air, &Air::default());
    for other in
        [(Some(1000.0), None), (None, Some(1000.0)), (Some(900.0), Some(5.0)), (Some(5.0), Some(900.0))]
    {
        with(&|query| query.sky.air = Air { pressure_hpa: other.0, temperature_c: other.1 });
    }
    assert_eq!((source, moshier), (&SourceChoice::Auto, &Moshier::Offered));
    with(&|query| query.sky.source = SourceChoice::Live);
    with(&|query| query.sky.moshier = Moshier::Allowed);
    assert_eq!(precision, &Precision::Default);
    for other in (0..=15).map(Precision::Decimals).chain([Precision::Full]) {
        with(&|query| query.sky.precision = other);
    }
    assert_eq!(fields, &Fields::USUAL);
    let usual = View::default();
    let names: Vec<_> = crate::query::ALL_FIELDS.iter().filter_map(|field| field.name(&usual)).collect();
    for names in names.iter().map(|name| vec![*name]).chain([names[1..].to_vec(), vec!["body"]]) {
        let chosen = Fields::parse(Some(&names.join(",")), &usual).unwrap();
        with(&|query| query.sky.fields = chosen);
    }
    all
}

/// Every view that differs from the usual one in a single choice, and every place and ayanamsa that is told apart.
fn views() -> Vec<View> {
    let usual = View::default();
    let site = |latitude_deg, longitude_deg, altitude_m| Site { latitude_deg, longitude_deg, altitude_m };
    let observers = [
        Observer::Helio,
        Observer::Bary,
        Observer::Topo(site(0.0, 0.0, 0.0)),
        Observer::Topo(site(1.0, 0.0, 0.0)),
        Observer::Topo(site(0.0, 1.0, 0.0)),
        Observer::Topo(site(0.0, 0.0, 1.0)),
    ];
    let zodiacs = ["0", "1", "27", "user:2451545,24", "user:2451546,24", "user:2451545,25"];
    let mut views: Vec<_> = observers.into_iter().map(|observer| View { observer, ..usual }).collect();
    views.extend(Light::ALL[1..].iter().map(|(_, light)| View { light: *light, ..usual }));
    views.extend(Frame::ALL[1..].iter().map(|(_, frame)| View { frame: *frame, ..usual }));
    views.extend(Equinox::ALL[1..].iter().map(|(_, equinox)| View { equinox: *equinox, ..usual }));
    views.extend(
        Coordinates::ALL[1..].iter().map(|(_, coordinates)| View { coordinates: *coordinates, ..usual }),
    );
    views.extend(zodiacs.map(|name| View { zodiac: Zodiac::Sidereal(name.parse().unwrap()), ..usual }));
    views
}

#[test]
fn every_member_of_a_query_changes_the_tag() {
    let (by_tables, beyond_them) =
        (query("jd=2451545&bodies=sun,moon,true_node"), query("jd=0&bodies=sun,moon,true_node"));
    assert!(Timed::new(&HANDMADE, &by_tables).unwrap().is_some());
    assert!(Timed::new(&HANDMADE, &beyond_them).unwrap().is_none());
    let (mut all, beyond) = (changed(&by_tables), changed(&beyond_them));
    // What the tables may alone is not for an instant that they do not know.
    all.push({
        let mut tables = by_tables.clone();
        tables.sky.source = SourceChoice::Table;
        tables
    });
    distinct(all.iter().chain(&beyond));
}

#[test]
fn every_part_of_a_date_changes_the_tag() {
    let base = query("jd=2451545&bodies=sun");
    let texts = [
        "2000-01-01",
        "2000-01-01T00:00",
        "2000-01-01T00:00Z",
        "2001-01-01T00:00Z",
        "-2000-01-01T00:00Z",
        "2000-02-01T00:00Z",
        "2000-01-02T00:00Z",
        "2000-01-01T01:00Z",
        "2000-01-01T00:01Z",
        "2000-01-01T00:00:01Z",
        "2000-01-01T00:00:00.000000001Z",
        "2000-01-01T00:00+01:00",
        "2000-01-01T00:00-01:00",
    ];
    // The instant stays the same: it is the date alone that the reply repeats.
    let given = texts.map(|text| {
        let mut query = base.clone();
        query.time.given = Given::Date(iso::parse(text).unwrap());
        query
    });
    distinct(&given);
}

#[test]
fn every_part_of_an_instant_changes_the_tag_where_the_tables_do_not_know_it() {
    let base = query("jd=0&bodies=sun");
    let utc = |day, (hour, minute, second, nanosecond)| {
        When::Utc(
            Utc::new(DayNumber(day), TimeOfDay::new(hour, minute, second, nanosecond).unwrap()).unwrap(),
        )
    };
    let instants = [
        utc(0, (0, 0, 0, 0)),
        utc(-1, (0, 0, 0, 0)),
        utc(1, (0, 0, 0, 0)),
        utc(0, (1, 0, 0, 0)),
        utc(0, (0, 1, 0, 0)),
        utc(0, (0, 0, 1, 0)),
        utc(0, (0, 0, 0, 1)),
        When::Ut(UtDay(0.0)),
        When::Tt(TtDay(0.0)),
        When::Ut(UtDay(1.0)),
        When::Tt(TtDay(1.0)),
    ];
    let given = instants.map(|when| {
        let mut query = base.clone();
        query.time.when = when;
        query
    });
    distinct(&given);
}

#[test]
fn every_part_of_what_the_tables_know_changes_the_tag() {
    let query = query("jd=2451545&bodies=sun,moon");
    let mut plan = Plan { generation: Arc::clone(&HANDMADE), resolved: None };
    plan.make(None, &query, Timed::new(&HANDMADE, &query).unwrap()).unwrap();
    let resolved = plan.resolved.unwrap();
    let changes: [fn(&mut Resolved); 7] = [
        |_| {},
        |resolved| resolved.instant.ut = UtDay(resolved.instant.ut.jd().next_up()),
        |resolved| resolved.instant.tt = TtDay(resolved.instant.tt.jd().next_up()),
        |resolved| resolved.origins.bodies[0] = Origin::Live,
        |resolved| resolved.origins.bodies[1] = resolved.origins.bodies[0],
        |resolved| resolved.origins.aids[Aid::Nutation as usize] = Some(Origin::Live),
        |resolved| resolved.origins.delta_t = DeltaT::Unasked,
    ];
    let tags = changes.map(|change| {
        let mut other = resolved.clone();
        change(&mut other);
        dependencies::tag(&HANDMADE, &query, Some(&other), None)
    });
    for (nth, tag) in tags.iter().enumerate() {
        assert!(!tags[..nth].contains(tag), "{nth}");
    }
}

#[test]
fn what_is_the_same_query_in_other_words_has_the_same_tag() {
    const DEFAULTS: &str = "bodies=luminaries,planets&center=geo&frame=ecliptic&equinox=date&zodiac=tropical&\
                            place=apparent&coordinates=spherical&source=auto&allow_moshier=false&format=json&\
                            fields=body,longitude,latitude,distance,longitude_speed,latitude_speed,distance_speed,sign,\
                            sign_longitude,retrograde,source";
    for (one, other) in [
        ("jd=2451545", &*format!("jd=2451545&{DEFAULTS}")),
        ("jd=0", &*format!("jd=0&{DEFAULTS}")),
        ("", &*format!("date=now&{DEFAULTS}")),
        ("jd=2451545", "jd_ut=2.451545e6"),
        ("jd=2451545&bodies=true_node,true_south_node", "bodies=north_node,%20South_Node&jd=2451545"),
        ("date=2026-03-20T14:33:00Z", "date=2026-03-20%2014:33z"),
        ("date=2026-03-20T14:33:00%2B02:00", "date=2026-03-20T14:33:00+02"),
        ("date=2026-03-20T14:33&tz=Europe/Berlin", "timezone=europe/berlin&date=2026-03-20T14:33:00.000"),
        ("date=1850-01-01&tz=lmt&lon=15.25", "date=1850-01-01&tz=LMT&lng=15.250"),
        ("jd=2451545&fields=sign,longitude", "jd=2451545&fields=longitude,body,sign"),
    ] {
        assert_eq!(tag(&query(one)), tag(&query(other)), "{one} and {other}");
    }
}

#[test]
fn what_answers_changes_the_tag_of_what_it_answers() {
    let others = |product, ephemeris| {
        let mut lines = LINES;
        if let Some(line) = lines.iter_mut().find(|line| Some(line.0) == product) {
            line.1[1] += 0.125;
        }
        Arc::new(generation(&lines, ephemeris))
    };
    let place = |body| Some(Product::Place(Center::Geo, body));
    let (sun, moon) = ("jd=2451545&bodies=sun", "jd=2451545&bodies=moon&equinox=mean");
    let (mixed, beyond, live) = ("jd=2451545&bodies=moon,mars", "jd=0&bodies=moon", "jd=2451545&source=live");
    let all = [sun, moon, mixed, beyond, live];
    let changes = |generation: &Arc<Generation>, identity| {
        all.map(|text| tag_by(generation, identity, &query(text)) != tag(&query(text)))
    };
    let same = others(None, EPHEMERIS);
    assert_eq!(changes(&same, LIVE), [false; 5]);
    // Where only live computing knows the instant, any table may take part.
    let sun_changed = others(place(orrery_format::Body::Sun), EPHEMERIS);
    assert_eq!(changes(&sun_changed, LIVE), [true, false, false, true, true]);
    let nutation_changed = others(Some(Product::Nutation), EPHEMERIS);
    assert_eq!(changes(&nutation_changed, LIVE), [true, false, true, true, true]);
    let rotation_changed = others(Some(Product::EarthRotation), EPHEMERIS);
    assert_eq!(changes(&rotation_changed, LIVE), [true; 5]);
    assert_eq!(changes(&others(None, "Handmade 2"), LIVE), [true; 5]);
    assert_eq!(changes(&same, [8; 32]), [false, false, true, true, true]);
    let mut leapt = generation(&LINES, EPHEMERIS);
    leapt.leaps = LeapSeconds::with_file("20401231").unwrap();
    leapt.prepared = Prepared::new(&leapt.dataset, &leapt.leaps);
    assert_eq!(changes(&Arc::new(leapt), LIVE), [true; 5]);
}
