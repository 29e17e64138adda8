//! The same searches in the live source, which knows nothing of tables.

use orrery_almanac::WireBody;
use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::events::{Event, Finder};
use orrery_almanac::motion::{Places, Sampled, Tables};
use orrery_format::{Body, Center};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveAyanamsa, LiveCenter, LiveError, Session};
use orrery_tests::{tables, workspace};

use crate::{MOON, SECOND, SUN, all};

/// The live source, asked for places.
pub(crate) struct Live(pub(crate) Session);

impl Places for Live {
    type Error = LiveError;

    fn known(&self, _: Center, _: WireBody) -> (f64, f64) {
        let span = tables::span_tt();
        (span.start, span.end)
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

/// A kind of events, looked for by any finder.
macro_rules! both {
    ($dataset:expr, $range:expr, $within_s:expr, $name:expr, $finder:ident => $events:expr) => {{
        let range = $range;
        let (tables, live) = (Tables::new($dataset), Sampled::new(Live(workspace::session())));
        let span = tables::span_tt();
        let known = (span.start, span.end);
        let $finder = Finder::new(&tables, known, range, None);
        let ours: Vec<Event> = all($events);
        let $finder = Finder::new(&live, known, range, None);
        let theirs: Vec<Event> = $events.map(Result::unwrap).collect();
        assert_eq!(ours.len(), theirs.len(), "{}: {ours:?} {theirs:?}", $name);
        let mut worst = 0.0_f64;
        for (a, b) in ours.iter().zip(&theirs) {
            assert_eq!(a.what.of(), b.what.of());
            worst = worst.max((a.jd_tt - b.jd_tt).abs() / SECOND);
        }
        println!("{}: {} events, within {worst:.3} s", $name, ours.len());
        assert!(worst < $within_s, "{}: {worst} s", $name);
    }};
}

#[test]
fn apsides_are_the_live_sources() {
    let dataset = tables::shared();
    let range = (2_387_000.0, 2_389_500.0);
    both!(&dataset, range, 1e9, "earth", finder => finder.apsides(SUN));
    both!(&dataset, range, 1e9, "moon", finder => finder.apsides(MOON));
    for body in [Body::Mercury, Body::Venus, Body::Mars] {
        both!(&dataset, range, 1e9, body, finder => finder.apsides(WireBody::Tabulated(body)));
    }
    for body in [Body::Mercury, Body::Venus, Body::Mars, Body::Jupiter, Body::Neptune, Body::Pluto] {
        both!(&dataset, range, 1e9, format!("station {body}"), finder => finder.stations(WireBody::Tabulated(body)));
    }
    both!(&dataset, range, 1e9, "decl", finder => finder.greatest_declinations(MOON));
    both!(&dataset, range, 1e9, "lat", finder => finder.greatest_latitudes(MOON));
    both!(&dataset, range, 1e9, "node", finder => finder.node_crossings(MOON));
    both!(&dataset, range, 1e9, "ingress", finder => finder.ingresses(MOON));
}
