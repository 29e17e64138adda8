//! The same searches in the live source, which knows nothing of tables.

use orrery_almanac::WireBody;
use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::events::{Apsis, Event, EventType, Finder, What};
use orrery_almanac::motion::{Places, Sampled, Tables};
use orrery_format::{Body, Center, Dataset};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveAyanamsa, LiveCenter, LiveError, Session};
use orrery_tests::{tables, workspace};

use crate::{SECOND, all};

/// What the files know, but for some days: Julian days of TT.
const KNOWN: (f64, f64) = (2_159_400.0, 2_816_700.0);

/// The live source, asked for places.
pub(crate) struct Live(pub(crate) Session);

impl Places for Live {
    type Error = LiveError;

    fn known(&self, _: Center, _: WireBody) -> (f64, f64) {
        KNOWN
    }

    fn place(&mut self, center: Center, body: WireBody, jd_tt: f64) -> Result<[f64; 3], LiveError> {
        let center = match center {
            Center::Geo => LiveCenter::Geo,
            Center::Helio => LiveCenter::Helio,
            Center::Bary => LiveCenter::Bary,
        };
        let Some((body, _)) = body.tabulated() else { panic!("{body}") };
        self.0.position(live_body(body), center, jd_tt)
    }

    fn nutation(&mut self, jd_tt: f64) -> Result<[f64; 3], LiveError> {
        self.0.nutation(jd_tt)
    }

    fn ayanamsa_deg(&mut self, ayanamsa: Ayanamsa, jd_tt: f64) -> Result<f64, LiveError> {
        let mode = LiveAyanamsa::Mode(ayanamsa.number().unwrap());
        self.0.ayanamsa_deg(mode, jd_tt)
    }
}

/// Finders of tables and of the live source, over the same time.
pub(crate) struct Both<'t> {
    tables: Tables<'t>,
    live: Sampled<Live>,
    range: (f64, f64),
}

impl Both<'_> {
    pub(crate) fn over(dataset: &Dataset, range: (f64, f64)) -> Both<'_> {
        Both { tables: Tables::new(dataset), live: Sampled::new(Live(workspace::session())), range }
    }

    pub(crate) fn ours(&self) -> Finder<'_, Tables<'_>> {
        let span = tables::span_tt();
        Finder::new(&self.tables, (span.start, span.end), self.range, None)
    }

    pub(crate) fn theirs(&self) -> Finder<'_, Sampled<Live>> {
        Finder::new(&self.live, KNOWN, self.range, None)
    }
}

/// The same events of tables and of the live source: as many, of the same kinds, and no further apart than so many seconds.
pub(crate) fn assert_same(name: &str, ours: &[Event], theirs: &[Event], within_s: f64) {
    let times = |events: &[Event]| events.iter().map(|event| event.jd_tt).collect::<Vec<_>>();
    assert_eq!(ours.len(), theirs.len(), "{name}: {:?} {:?}", times(ours), times(theirs));
    let mut worst = 0.0_f64;
    for (a, b) in ours.iter().zip(theirs) {
        assert_eq!(which(&a.what), which(&b.what), "{name}: {a:?} {b:?}");
        worst = worst.max((a.jd_tt - b.jd_tt).abs() / SECOND);
    }
    println!("{name}: {} events, within {worst:.3} s", ours.len());
    assert!(worst < within_s, "{name}: {worst} s");
}

/// Of a kind, which.
fn which(what: &What) -> (EventType, bool) {
    let which = match *what {
        What::Station { retrograde, .. } | What::Ingress { retrograde, .. } => retrograde,
        What::Apsis { apsis, .. } => matches!(apsis, Apsis::Perigee | Apsis::Perihelion),
        What::NodeCrossing { ascending, .. } => ascending,
        What::GreatestLatitude { maximum, .. } | What::GreatestDeclination { maximum, .. } => maximum,
        _ => panic!("{what:?}"),
    };
    (what.of(), which)
}

/// A kind of events, looked for by either finder.
macro_rules! both {
    ($both:expr, $within_s:expr, $name:expr, $finder:ident => $events:expr) => {{
        let $finder = $both.ours();
        let ours: Vec<Event> = all($events);
        let $finder = $both.theirs();
        let theirs: Vec<Event> = $events.map(Result::unwrap).collect();
        assert_same(&$name.to_string(), &ours, &theirs, $within_s);
    }};
}

#[test]
fn what_happens_is_what_the_live_source_has() {
    let dataset = tables::shared();
    let both = Both::over(&dataset, (2_387_000.0, 2_389_500.0));
    both!(both, 300.0, "earth", finder => finder.apsides(WireBody::SUN));
    both!(both, 10.0, "moon", finder => finder.apsides(WireBody::MOON));
    for (body, within_s) in [(Body::Mercury, 5.0), (Body::Venus, 300.0), (Body::Mars, 300.0)] {
        both!(both, within_s, body, finder => finder.apsides(WireBody::Tabulated(body)));
    }
    for body in [Body::Mercury, Body::Venus, Body::Mars, Body::Jupiter, Body::Neptune, Body::Pluto] {
        both!(both, 60.0, format!("station {body}"), finder => finder.stations(WireBody::Tabulated(body)));
    }
    both!(both, 10.0, "declinations", finder => finder.greatest_declinations(WireBody::MOON));
    both!(both, 10.0, "latitudes", finder => finder.greatest_latitudes(WireBody::MOON));
    both!(both, 0.5, "nodes", finder => finder.node_crossings(WireBody::MOON));
    both!(both, 0.5, "ingresses", finder => finder.ingresses(WireBody::MOON));
}

/// How often a quantity turns, by more than a little, as one sees it who looks every hour.
fn turns_by_the_hour(start: f64, days: u32, mut value: impl FnMut(f64) -> f64) -> usize {
    const LITTLE_DEG: f64 = 0.01 / 3600.0;
    let (mut last, mut way, mut turns) = (value(start), 0.0, 0);
    for hour in 1..=days * 24 {
        let now = value(start + f64::from(hour) / 24.0);
        let change = (now - last + 180.0).rem_euclid(360.0) - 180.0;
        // What goes on counts at once, what goes back once it is more than a little.
        if change * way > 0.0 || change.abs() > LITTLE_DEG {
            turns += usize::from(change * way < 0.0);
            (last, way) = (now, change.signum());
        }
    }
    turns
}

/// How often longitude and declination turn, to who looks every hour.
fn turns_of(body: Body, start: f64, days: u32) -> [usize; 2] {
    let mut session = workspace::session();
    let body = live_body(body);
    let longitudes = turns_by_the_hour(start, days, |jd_tt| {
        session.position(body, LiveCenter::Geo, jd_tt).unwrap()[0] + session.nutation(jd_tt).unwrap()[0]
    });
    let declinations = turns_by_the_hour(start, days, |jd_tt| {
        let [longitude_deg, latitude_deg, _] = session.position(body, LiveCenter::Geo, jd_tt).unwrap();
        let [dpsi_deg, deps_deg, mean_deg] = session.nutation(jd_tt).unwrap();
        let (sin_b, cos_b) = latitude_deg.to_radians().sin_cos();
        let (sin_e, cos_e) = (mean_deg + deps_deg).to_radians().sin_cos();
        let sine = sin_b * cos_e + cos_b * sin_e * (longitude_deg + dpsi_deg).to_radians().sin();
        sine.asin().to_degrees()
    });
    [longitudes, declinations]
}

/// The source's node and apogee of the Moon's momentary orbit go in steps, where it goes from one polynomial to the next.
#[test]
fn steps_of_the_source_are_no_events() {
    const DAYS: u32 = 181;
    let dataset = tables::shared();
    for start in [2_341_972.5, 2_461_041.5] {
        for body in [Body::TrueNode, Body::OsculatingApogee] {
            let scanned = turns_of(body, start, DAYS);
            let both = Both::over(&dataset, (start, start + f64::from(DAYS)));
            let of = WireBody::Tabulated(body);
            let stations: Vec<_> = both.theirs().stations(of).map(Result::unwrap).collect();
            let declinations: Vec<_> = both.theirs().greatest_declinations(of).map(Result::unwrap).collect();
            assert_eq!([stations.len(), declinations.len()], scanned, "{body} from {start}");
            if start > tables::span_tt().start {
                // The node nearly stands for days, and where it does turn is a matter of a hundredth of an arcsecond.
                let within_s = if body == Body::TrueNode { 7_200.0 } else { 600.0 };
                let ours = all(both.ours().stations(of));
                assert_same(&format!("station {body}"), &ours, &stations, within_s);
                let ours = all(both.ours().greatest_declinations(of));
                assert_same(&format!("declination {body}"), &ours, &declinations, within_s);
            }
        }
    }
}
