//! Days as `swe_rise_trans` has them.

use orrery_almanac::horizon::Horizontal;
use orrery_almanac::rise_set::{Event, Kind, Sky, Span, TabulatedSky, Threshold, Unseen, Wanted, search};
use orrery_format::{Body, Dataset, Miss, UtDay};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveCrossing, LiveEvent, Session};
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};

use crate::question::Question;
use crate::{SECOND, found, sky_of};

/// Bodies that have what matters here: a disc, parallax, motion, and none of it.
const BODIES: [Body; 9] = [
    Body::Sun,
    Body::Moon,
    Body::Mercury,
    Body::Venus,
    Body::Mars,
    Body::Jupiter,
    Body::Neptune,
    Body::Ceres,
    Body::Chiron,
];

/// Seconds by which a time may differ from the live source's.
///
/// Its thorough search halves two hours twenty times, which leaves 7 ms. Its fast one, and that for transits, take four
/// steps for the Moon and stop wherever they are: the farther from the equator, the farther off.
fn allowed_from_live_s(body: Body, event: LiveEvent, latitude_deg: f64) -> f64 {
    match event {
        LiveEvent::Rise(LiveCrossing::Horizon { thorough: false, altitude_deg: 0.0, .. })
        | LiveEvent::Set(LiveCrossing::Horizon { thorough: false, altitude_deg: 0.0, .. }) => {
            if latitude_deg.abs() < 60.0 { 0.5 } else { 1.0 }
        }
        LiveEvent::UpperTransit | LiveEvent::LowerTransit if body == Body::Moon => 1.0,
        _ => 0.02,
    }
}

/// Seconds in which a body that rises or sets climbs or falls by a hundredth of an arcsecond: beside the pole, tables and
/// library may differ by more than a few milliseconds.
fn hair_s(mut sky: TabulatedSky, event: &Event) -> f64 {
    if matches!(event.kind, Kind::UpperTransit | Kind::LowerTransit) {
        return 0.0;
    }
    let climb = Horizontal::from(&sky.sight(event.ut).unwrap().direction).altitude_deg.rate;
    0.01 / 3600.0 / climb.abs() / SECOND
}

/// Tables and library, side by side.
struct Days {
    dataset: Dataset,
    session: Session,
    compared: usize,
    absent: usize,
    searched: u32,
    askings: u32,
    worst_s: f64,
}

impl Days {
    fn open() -> Days {
        let (dataset, session) = (tables::shared(), workspace::session());
        Days { dataset, session, compared: 0, absent: 0, searched: 0, askings: 0, worst_s: 0.0 }
    }

    /// Compares the events of a body on the day that begins at a Julian day UT1.
    fn compare(&mut self, body: Body, question: &Question, start: f64) {
        let sky = sky_of(&self.dataset, body, question.site());
        if [start, start + 1.0].contains(&MODELS_JD[0]) {
            // ΔT jumps one double before sidereal time does: tables leave it to the live source, and with it the day.
            let span = Span { start: UtDay(start), end: UtDay(start + 1.0) };
            let wanted = Wanted { thresholds: &[question.threshold], transits: true };
            let refused = search(&mut { sky }, sky.site.latitude_deg, span, &wanted);
            assert!(matches!(refused, Err(Unseen::Miss(Miss::NotGoodEnough { .. }))), "{start}: {refused:?}");
            return;
        }
        let findings = found(sky, start, 1.0, &[question.threshold]);
        self.askings += findings.askings;
        self.searched += 1;
        for (kind, event) in [
            (Kind::Rise(0), LiveEvent::Rise(question.crossing(true))),
            (Kind::Set(0), LiveEvent::Set(question.crossing(true))),
            (Kind::Rise(0), LiveEvent::Rise(question.crossing(false))),
            (Kind::Set(0), LiveEvent::Set(question.crossing(false))),
            (Kind::UpperTransit, LiveEvent::UpperTransit),
            (Kind::LowerTransit, LiveEvent::LowerTransit),
        ] {
            let what = || format!("{body} from {:?}, JD {start:?}: {event:?}", question.site());
            let live = self.session.rise_transit(question.observer, live_body(body), event, start).unwrap();
            let live = live.filter(|at| (start..start + 1.0).contains(at));
            let ours = findings.events.iter().find(|event| event.kind == kind);
            match (live, ours) {
                (None, None) => self.absent += 1,
                (Some(live), Some(ours)) => {
                    let seconds = ((ours.ut.jd() - live) / SECOND).abs();
                    let allowed_s =
                        allowed_from_live_s(body, event, sky.site.latitude_deg) + hair_s(sky, ours);
                    assert!(seconds < allowed_s, "{seconds} s: {}", what());
                    if allowed_s < 0.05 {
                        self.worst_s = self.worst_s.max(seconds);
                    }
                    self.compared += 1;
                }
                // It stops at the ends of what it looks at, and so do we.
                (live, ours) => {
                    let at = live.or(ours.map(|ours| ours.ut.jd())).unwrap_or(start);
                    let edge = (at - start).min(start + 1.0 - at) / SECOND;
                    assert!(edge < 1.0, "{live:?} {ours:?}: {}", what());
                }
            }
        }
    }

    fn report(&self) -> f64 {
        let mean = f64::from(self.askings) / f64::from(self.searched);
        let Days { compared, absent, worst_s, .. } = self;
        println!(
            "{compared} events agree, within {worst_s:.4} s where both are exact; {absent} are absent from both; \
                  {mean:.1} askings a day"
        );
        mean
    }
}

#[test]
fn days_are_those_of_the_live_source() {
    let mut days = Days::open();
    let mut random = Random::of("days of the live source");
    let span = tables::span_ut();
    for (low, high) in [(0.0, 60.0), (60.0, 70.0), (70.0, 89.9)] {
        for body in BODIES {
            for _ in 0..25 {
                let latitude = random.between(low, high) * *random.pick(&[1.0, -1.0]);
                let question = Question::random(&mut random, latitude);
                days.compare(body, &question, random.between(span.start, span.end - 1.0));
            }
        }
    }
    let mean = days.report();
    assert!(days.compared > 2_000 && days.absent > 300, "{} {}", days.compared, days.absent);
    assert!(mean < 16.0, "{mean} askings a day");
}

/// Julian days UT1 at which the library goes over to another ΔT or sidereal time: 1850 and 2050.
const MODELS_JD: [f64; 2] = [2_396_758.5, 2_469_807.5];

#[test]
fn days_where_tables_end_or_the_source_jumps_are_those_of_the_live_source() {
    let mut days = Days::open();
    let mut random = Random::of("days at ends and jumps");
    let span = tables::span_ut();
    let last = span.end - 1.0;
    let mut starts = vec![span.start, span.start + SECOND, span.start + 0.4];
    starts.extend([last - SECOND, last - 0.4]);
    for jump in MODELS_JD {
        starts.extend([-1.0, -0.7, -0.3].map(|days| jump + days));
        starts.extend([jump.next_down(), jump, jump.next_up()]);
    }
    for start in starts {
        for body in BODIES {
            for _ in 0..4 {
                let latitude = random.between(0.0, 75.0) * *random.pick(&[1.0, -1.0]);
                let question = Question::random(&mut random, latitude);
                days.compare(body, &question, start);
            }
        }
    }
    days.report();
    assert!(days.compared > 3_000, "{}", days.compared);
}

#[test]
fn twilights_are_those_of_the_live_source() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut random = Random::of("twilights");
    let span = tables::span_ut();
    let levels = [
        (Threshold::CIVIL, LiveCrossing::CivilTwilight),
        (Threshold::NAUTICAL, LiveCrossing::NauticalTwilight),
        (Threshold::ASTRONOMICAL, LiveCrossing::AstronomicalTwilight),
    ];
    let (mut compared, mut absent) = (0, 0);
    for _ in 0..60 {
        let latitude = random.between(40.0, 75.0) * *random.pick(&[1.0, -1.0]);
        let question = Question::random(&mut random, latitude);
        let start = random.between(span.start, span.end - 1.0);
        let sky = sky_of(&dataset, Body::Sun, question.site());
        let findings = found(sky, start, 1.0, &levels.map(|(threshold, _)| threshold));
        for (index, (_, crossing)) in levels.into_iter().enumerate() {
            for (kind, event) in
                [(Kind::Rise(index), LiveEvent::Rise(crossing)), (Kind::Set(index), LiveEvent::Set(crossing))]
            {
                let live =
                    session.rise_transit(question.observer, live_body(Body::Sun), event, start).unwrap();
                let live = live.filter(|at| (start..start + 1.0).contains(at));
                let ours = findings.events.iter().find(|event| event.kind == kind).map(|ours| ours.ut.jd());
                assert_eq!(live.is_some(), ours.is_some(), "{event:?} at {latitude}, JD {start}");
                if let (Some(live), Some(ours)) = (live, ours) {
                    let seconds = (ours - live) / SECOND;
                    assert!(seconds.abs() < 0.02, "{seconds} s: {event:?} at {latitude}, JD {start}");
                    compared += 1;
                } else {
                    absent += 1;
                }
            }
        }
    }
    println!("{compared} twilights agree, {absent} are absent from both");
    assert!(compared > 150 && absent > 50, "{compared} {absent}");
}
