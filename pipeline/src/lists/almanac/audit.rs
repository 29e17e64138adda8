//! Does an almanac say what the live source says? A random sample of its events is compared with the source at their
//! instants, and on a few random days the source is searched on its own for what the almanac may have missed.

use std::collections::BTreeMap;

use orrery_almanac::WireBody;
use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::bodies::DEFAULT;
use orrery_almanac::events::listed;
use orrery_almanac::events::{Event, EventType, Finder, What, body_of};
use orrery_almanac::motion::Sampled;
use orrery_almanac::zodiac::{Nakshatra, Sign};
use orrery_format::List;
use orrery_format::event::EventRecord;
use orrery_format::list::Entry;

use crate::error::PipelineError;
use crate::live::{AtInstants, Live, Unknown};
use crate::verify::Instants;

mod claims;

use claims::{Residual, claims, residual};

/// Stretches of time that the source is searched on, and the days of each.
const SEARCHES: usize = 3;
const SEARCH_DAYS: f64 = 4.0;

/// What an audit of a list met.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What is wrong, with the instant.
    pub faults: Vec<String>,
    /// Events compared.
    pub compared: usize,
    /// Events that the source was found to have on the random days.
    pub searched: usize,
    /// Largest residual met of each kind, arcseconds.
    pub worst: BTreeMap<EventType, f64>,
}

/// Audits an almanac: this many random entries of it, and a few random days.
///
/// # Errors
/// When the source cannot be asked.
pub fn audit(
    almanac: &List<EventRecord>,
    mut live: Live,
    samples: u32,
    seed: u64,
) -> Result<Findings, PipelineError> {
    let mut findings = Findings::default();
    let mut random = Instants::of(seed, almanac.about().name().name());
    let entries = almanac.entries();
    let source = AtInstants::new(&mut live);
    for nth in random.some_of(samples as usize, entries.len()) {
        let Some(entry) = entries.get(nth).map(EventRecord::native) else { continue };
        findings.compare(nth, &entry, &source)?;
    }
    let about = almanac.about();
    let sampled = Sampled::new(live);
    for _ in 0..SEARCHES {
        let start =
            random.between(about.start_jd_tt(), (about.end_jd_tt() - SEARCH_DAYS).max(about.start_jd_tt()));
        findings.search(almanac, &sampled, (start, (start + SEARCH_DAYS).min(about.end_jd_tt())))?;
    }
    Ok(findings)
}

impl Findings {
    /// Compares one entry with the source.
    fn compare(
        &mut self,
        nth: usize,
        record: &EventRecord,
        source: &AtInstants,
    ) -> Result<(), PipelineError> {
        let Some(event) = Event::of_record(record) else {
            self.faults.push(format!("entry {nth} is no event: {record:?}"));
            return Ok(());
        };
        let kind = event.what.of();
        let is_listed = body_of(record.body).is_some_and(|body| listed::has(kind, body));
        let claims = if is_listed && follows(&event.what) { claims(&event) } else { None };
        let Some(claims) = claims else {
            self.faults.push(format!("entry {nth} does not belong into an almanac: {event:?}"));
            return Ok(());
        };
        self.compared += 1;
        let residual = residual(&claims, source)?;
        let Residual { arcsec, allowed_arcsec } = residual;
        if !residual.is_allowed() {
            let what = format!("{} at JD {}", kind.name(), event.jd_tt);
            self.faults.push(format!(
                "entry {nth}, {what}, is {arcsec}″ from the source, {allowed_arcsec:.4}″ are allowed"
            ));
        }
        let worst = self.worst.entry(kind).or_default();
        *worst = worst.max(arcsec);
        Ok(())
    }

    /// Searches the source from one instant to another, and compares what both have.
    fn search(
        &mut self,
        almanac: &List<EventRecord>,
        source: &Sampled<Live>,
        (start, end): (f64, f64),
    ) -> Result<(), PipelineError> {
        // What the one has just inside the other may have just outside.
        let margin = WIDEST_SLACK_DAYS;
        let (from, to) = (start - margin, end + margin);
        let known = (from - KNOWN_DAYS, to + KNOWN_DAYS);
        let failed = |unknown: Unknown| unanswered(&format!("searching JD {from} to {to}"), &unknown);
        let found: Vec<EventRecord> = listed::events(&Finder::new(source, known, (from, to), None))
            .map(|event| Ok(event.map_err(failed)?.to_record()))
            .filter_map(Result::transpose)
            .collect::<Result<_, PipelineError>>()?;
        let listed: Vec<EventRecord> = almanac.range(from..to).iter().map(EventRecord::native).collect();
        let inside = |record: &&EventRecord| (start..end).contains(&record.jd_tt);
        self.searched += found.iter().filter(inside).count();
        let (missing, false_ones) = unmatched(&found, listed);
        let missing = missing.iter().filter(inside);
        self.faults.extend(missing.map(|record| format!("{} is missing", described(record))));
        let false_ones = false_ones.iter().filter(inside);
        let none = |record| format!("{} is listed, and the source has no such event more", described(record));
        self.faults.extend(false_ones.map(none));
        Ok(())
    }
}

/// Whether what an event tells of signs, nakshatras and aspects can be: that neighbours follow each other, and that voids go by the
/// almanac's bodies and aspects.
fn follows(what: &What) -> bool {
    let is_next = |next: usize, before: usize, parts: usize| next == (before + 1) % parts;
    let enters = |to: usize, from: usize, retrograde: bool, parts: usize| {
        if retrograde { is_next(from, to, parts) } else { is_next(to, from, parts) }
    };
    match *what {
        What::Ingress { sign, from, retrograde, .. } => {
            enters(sign as usize, from as usize, retrograde, Sign::ALL.len())
        }
        What::NakshatraIngress { nakshatra, from, retrograde, .. } => {
            enters(nakshatra as usize, from as usize, retrograde, Nakshatra::ALL.len())
        }
        What::VoidOfCourse { last, sign, next, .. } => {
            let is_listed = |(body, aspect)| {
                body != WireBody::MOON && DEFAULT.contains(&body) && PTOLEMAIC.contains(&aspect)
            };
            is_next(next as usize, sign as usize, Sign::ALL.len()) && last.is_none_or(is_listed)
        }
        _ => true,
    }
}

/// Days around a search that it may look into: the Moon leaves a sign within three, and returns into bounds within fourteen.
const KNOWN_DAYS: f64 = 40.0;

/// By how much the same event may be elsewhere in time, days. How exact instants are is seen by residuals; here it is to be
/// told what is the same, and stations are slow.
fn slack_days(kind: EventType) -> f64 {
    match kind {
        EventType::Station => WIDEST_SLACK_DAYS,
        EventType::Apsis | EventType::GreatestLatitude | EventType::GreatestDeclination => 0.05,
        _ => 0.01,
    }
}

const WIDEST_SLACK_DAYS: f64 = 0.5;

/// Of events that were found and events that are listed, those that have no counterpart among the others: each has one at most,
/// so that what is listed twice is left over.
fn unmatched(found: &[EventRecord], mut listed: Vec<EventRecord>) -> (Vec<EventRecord>, Vec<EventRecord>) {
    let mut missing = Vec::new();
    for record in found {
        match listed.iter().position(|other| is_same(record, other)) {
            Some(nth) => drop(listed.remove(nth)),
            None => missing.push(*record),
        }
    }
    (missing, listed)
}

/// Whether two records are of one event.
fn is_same(a: &EventRecord, b: &EventRecord) -> bool {
    let of = |record: &EventRecord| (record.kind, record.body, record.partner, record.detail);
    let kind = EventType::ALL.get(usize::from(a.kind));
    of(a) == of(b) && kind.is_some_and(|kind| (a.jd_tt - b.jd_tt).abs() <= slack_days(*kind))
}

fn described(record: &EventRecord) -> String {
    match Event::of_record(record) {
        Some(event) => format!("{:?} at JD {}", event.what, event.jd_tt),
        None => format!("{record:?}"),
    }
}

fn unanswered(what: &str, unknown: &Unknown) -> PipelineError {
    PipelineError::Underivable { list: "almanac", what: format!("{what}: {unknown}") }
}

#[cfg(test)]
mod tests {
    use orrery_almanac::aspect::Aspect;
    use orrery_format::Body;
    use orrery_format::event::NO_BODY;

    use super::*;

    fn ingress(jd_tt: f64, detail: u16) -> EventRecord {
        let (end_jd_tt, value) = (f64::NAN, f64::NAN);
        EventRecord { jd_tt, end_jd_tt, value, kind: 0, body: 1, partner: NO_BODY, detail }
    }

    #[test]
    fn events_are_matched_one_to_one() {
        let of = |records: &[EventRecord]| records.iter().map(|it| it.jd_tt).collect::<Vec<_>>();
        let unmatched = |found: &[EventRecord], listed: &[EventRecord]| {
            let (missing, left) = unmatched(found, listed.to_vec());
            (of(&missing), of(&left))
        };
        let [a, b, c] = [ingress(1.0, 0), ingress(3.0, 1), ingress(5.0, 0)];
        assert_eq!(unmatched(&[a, b, c], &[a, b, c]), (vec![], vec![]));
        assert_eq!(unmatched(&[a, b, c], &[a, a, b, b, c, c]), (vec![], vec![1.0, 3.0, 5.0]));
        assert_eq!(unmatched(&[a, b], &[b, c]), (vec![1.0], vec![5.0]));
        // One a little later is the same, one of another kind is not.
        let late = EventRecord { jd_tt: 1.005, ..a };
        assert_eq!(unmatched(&[a, b], &[late, b]), (vec![], vec![]));
        assert_eq!(unmatched(&[a], &[EventRecord { kind: 4, ..a }]), (vec![1.0], vec![1.0]));
    }

    #[test]
    fn signs_follow_each_other() {
        use Sign::{Aries, Gemini, Pisces, Taurus};
        let ingress =
            |sign, from, retrograde| follows(&What::Ingress { body: WireBody::MOON, sign, from, retrograde });
        assert!(ingress(Taurus, Aries, false) && ingress(Aries, Pisces, false));
        assert!(ingress(Aries, Taurus, true) && ingress(Pisces, Aries, true));
        for (sign, from, retrograde) in [
            (Aries, Aries, false),
            (Gemini, Aries, false),
            (Aries, Taurus, false),
            (Taurus, Aries, true),
            (Pisces, Taurus, true),
        ] {
            assert!(!ingress(sign, from, retrograde), "{sign:?} from {from:?}");
        }
        let nakshatra = |nakshatra: usize, from: usize| {
            let (nakshatra, from) = (Nakshatra::ALL[nakshatra], Nakshatra::ALL[from]);
            follows(&What::NakshatraIngress { body: WireBody::MOON, nakshatra, from, retrograde: false })
        };
        assert!(nakshatra(1, 0) && nakshatra(0, 26) && !nakshatra(2, 0) && !nakshatra(0, 25));
        let void = |last, next| follows(&What::VoidOfCourse { end_jd_tt: 1.0, last, sign: Pisces, next });
        assert!(void(None, Aries) && void(Some((WireBody::SUN, Aspect::Trine)), Aries));
        assert!(!void(None, Taurus) && !void(Some((WireBody::MOON, Aspect::Trine)), Aries));
        assert!(!void(Some((WireBody::SUN, Aspect::Quincunx)), Aries));
        assert!(!void(Some((WireBody::Tabulated(Body::Chiron), Aspect::Trine)), Aries));
    }
}
