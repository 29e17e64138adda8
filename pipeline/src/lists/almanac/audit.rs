//! Does an almanac say what the live source says? A random sample of its events is compared with the source at their
//! instants, and on a few random days the source is searched on its own for what the almanac may have missed.

use std::collections::BTreeMap;

use orrery_almanac::WireBody;
use orrery_almanac::aspect::{Aspect, PTOLEMAIC};
use orrery_almanac::bodies::DEFAULT;
use orrery_almanac::curve::{Curve, Quantity};
use orrery_almanac::events::listed::{self, AYANAMSA};
use orrery_almanac::events::{Apsis, Event, EventType, Finder, What, body_of};
use orrery_almanac::light::SPEED_OF_LIGHT;
use orrery_almanac::motion::Sampled;
use orrery_almanac::zodiac::{Nakshatra, Sign};
use orrery_format::event::EventRecord;
use orrery_format::list::Entry;
use orrery_format::{Body, Center, List, Product};

use crate::error::PipelineError;
use crate::live::{AtInstants, Live, Unknown};
use crate::recipe::{Cut, PROMISE_DISTANCE};
use crate::sample::signed_degrees;
use crate::verify::Instants;

const SUN: WireBody = WireBody::Tabulated(Body::Sun);
const MOON: WireBody = WireBody::Tabulated(Body::Moon);

/// Seconds of arc in a radian: what a relative error of a distance counts.
const RADIAN_ARCSEC: f64 = 206_264.806;

/// What instants are rounded to, and what the almanac's own precession differs by from the source's, arcseconds.
const ROUNDING_ARCSEC: f64 = 0.0002;

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

/// How far an event is from what the source says, and how far it may be, arcseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Residual {
    arcsec: f64,
    allowed_arcsec: f64,
}

/// What an event claims of the source.
enum Claim {
    /// A curve has one of some values, degrees.
    Has(Quantity, f64, Vec<f64>),
    /// A curve turns, at its greatest or its least, where it has a value.
    Turns(Quantity, f64, Turn),
}

/// A turn of a curve.
struct Turn {
    is_maximum: bool,
    value: f64,
    unit: Unit,
}

/// What the values of a curve that turns are.
#[derive(Clone, Copy)]
enum Unit {
    Degrees,
    Sine,
    Distance,
}

impl Residual {
    /// Written so that what is no number, on either side, is not allowed.
    fn is_allowed(self) -> bool {
        self.arcsec <= self.allowed_arcsec
    }

    /// The one of two that comes nearer to what is not allowed, or goes farther beyond.
    fn worse(self, other: Residual) -> Residual {
        let share = |it: Residual| {
            let share = it.arcsec / it.allowed_arcsec;
            if share.is_nan() { f64::INFINITY } else { share }
        };
        if share(other) > share(self) { other } else { self }
    }
}

/// The residual of the claim of an event that stands for all.
fn residual(claims: &[Claim], source: &AtInstants) -> Result<Residual, PipelineError> {
    let mut worst = Residual { arcsec: 0.0, allowed_arcsec: f64::INFINITY };
    for claim in claims {
        let jd_tt = claim.jd_tt();
        let failed =
            |unknown: Unknown| unanswered(&format!("{:?} at JD {jd_tt}", claim.quantity()), &unknown);
        let arcsec = claim.residual_arcsec(source).map_err(failed)?;
        worst = worst.worse(Residual { arcsec, allowed_arcsec: allowed_arcsec(claim.quantity()) });
    }
    Ok(worst)
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
            let is_listed =
                |(body, aspect)| body != MOON && DEFAULT.contains(&body) && PTOLEMAIC.contains(&aspect);
            is_next(next as usize, sign as usize, Sign::ALL.len()) && last.is_none_or(is_listed)
        }
        _ => true,
    }
}

/// What an event claims; `None` for what the almanac does not have.
fn claims(event: &Event) -> Option<Vec<Claim>> {
    let Event { jd_tt, what } = *event;
    let borders = |part: usize, parts: usize| vec![360.0 * part as f64 / parts as f64];
    let turn = |is_maximum, value, unit| Turn { is_maximum, value, unit };
    Some(match what {
        What::Ingress { body, sign, from, retrograde } => {
            let border = if retrograde { from } else { sign };
            vec![Claim::Has(Quantity::Longitude(body), jd_tt, borders(border as usize, Sign::ALL.len()))]
        }
        What::NakshatraIngress { body, nakshatra, from, retrograde } => {
            let border = if retrograde { from } else { nakshatra };
            let borders = borders(border as usize, Nakshatra::ALL.len());
            vec![Claim::Has(Quantity::Sidereal(body, AYANAMSA), jd_tt, borders)]
        }
        What::Station { body, retrograde, longitude_deg } => {
            let turn = turn(retrograde, longitude_deg, Unit::Degrees);
            vec![Claim::Turns(Quantity::Longitude(body), jd_tt, turn)]
        }
        What::Lunation { phase, longitude_deg } => vec![
            Claim::Has(Quantity::Ahead(MOON, SUN), jd_tt, vec![90.0 * f64::from(phase as u8)]),
            Claim::Has(Quantity::Longitude(MOON), jd_tt, vec![longitude_deg]),
        ],
        What::VoidOfCourse { end_jd_tt, last, sign, next } => {
            let entry = |sign: Sign| borders(sign as usize, Sign::ALL.len());
            let begins = match last {
                Some((body, aspect)) => Claim::Has(Quantity::Ahead(MOON, body), jd_tt, sides(aspect)),
                None => Claim::Has(Quantity::Longitude(MOON), jd_tt, entry(sign)),
            };
            vec![begins, Claim::Has(Quantity::Longitude(MOON), end_jd_tt, entry(next))]
        }
        What::Apsis { body: MOON, apsis, distance_au } => {
            // It is told when it was, and is seen when its light arrives.
            let seen = jd_tt + distance_au / SPEED_OF_LIGHT;
            vec![Claim::Turns(
                Quantity::MoonDistance,
                seen,
                turn(apsis == Apsis::Apogee, distance_au, Unit::Distance),
            )]
        }
        What::NodeCrossing { body, longitude_deg, .. } => vec![
            Claim::Has(Quantity::Latitude(body), jd_tt, vec![0.0]),
            Claim::Has(Quantity::Longitude(body), jd_tt, vec![longitude_deg]),
        ],
        What::GreatestLatitude { body, maximum, latitude_deg } => {
            let turn = turn(maximum, latitude_deg, Unit::Degrees);
            vec![Claim::Turns(Quantity::Latitude(body), jd_tt, turn)]
        }
        What::GreatestDeclination { body, maximum, declination_deg } => {
            let turn = turn(maximum, declination_deg, Unit::Sine);
            vec![Claim::Turns(Quantity::SineOfDeclination(body), jd_tt, turn)]
        }
        What::OutOfBounds { body, north, end_jd_tt } => {
            let quantity = if north { Quantity::BeyondNorth(body) } else { Quantity::BeyondSouth(body) };
            let edges = std::iter::once(jd_tt).chain(end_jd_tt);
            edges.map(|edge| Claim::Has(quantity, edge, vec![0.0])).collect()
        }
        _ => return None,
    })
}

/// By how much one body is ahead of the other for an aspect.
fn sides(aspect: Aspect) -> Vec<f64> {
    aspect.ahead_deg().collect()
}

impl Claim {
    fn quantity(&self) -> Quantity {
        let (Claim::Has(quantity, ..) | Claim::Turns(quantity, ..)) = *self;
        quantity
    }

    fn jd_tt(&self) -> f64 {
        let (Claim::Has(_, jd_tt, _) | Claim::Turns(_, jd_tt, _)) = *self;
        jd_tt
    }

    /// By how much it is not so, arcseconds.
    fn residual_arcsec(&self, source: &AtInstants) -> Result<f64, Unknown> {
        match self {
            Claim::Has(quantity, jd_tt, values) => {
                let curve = Curve::of(*quantity);
                let found = curve.value(source, *jd_tt)?;
                let apart = values.iter().map(|value| match curve.period() {
                    Some(_) => signed_degrees(found - value).abs(),
                    None if is_sine(*quantity) => (found - value).to_degrees().abs(),
                    None => (found - value).abs(),
                });
                Ok(3600.0 * apart.fold(f64::INFINITY, f64::min))
            }
            Claim::Turns(quantity, jd_tt, turn) => turn.residual_arcsec(*quantity, *jd_tt, source),
        }
    }
}

/// Whether what a quantity says is small and the sine of an angle, or a difference of sines.
fn is_sine(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::BeyondNorth(_) | Quantity::BeyondSouth(_) | Quantity::SineOfDeclination(_))
}

impl Turn {
    /// The larger of two: what the value is off at the instant, and what the parabola through it and the values on either side
    /// goes beyond it.
    fn residual_arcsec(&self, quantity: Quantity, jd_tt: f64, source: &AtInstants) -> Result<f64, Unknown> {
        let curve = Curve::of(quantity);
        let days = if is_the_moons(quantity) { QUICK_DAYS } else { SLOW_DAYS };
        let mut values = [0.0; 3];
        for (value, jd_tt) in values.iter_mut().zip([jd_tt - days, jd_tt, jd_tt + days]) {
            *value = self.unit.of(curve.value(source, jd_tt)?);
        }
        let at = values[1];
        let [before, after] = [values[0], values[2]].map(|value| self.unit.difference(value, at));
        let bend = before + after;
        let turns_so = if self.is_maximum { bend < 0.0 } else { bend > 0.0 };
        if !turns_so {
            return Ok(f64::INFINITY);
        }
        let beyond = (after - before).powi(2) / (8.0 * bend.abs());
        let off = self.unit.difference(self.value, at).abs();
        let arcsec = match self.unit {
            Unit::Degrees | Unit::Sine => 3600.0,
            Unit::Distance => RADIAN_ARCSEC / at.abs(),
        };
        Ok(arcsec * if beyond > off { beyond } else { off })
    }
}

impl Unit {
    fn of(self, value: f64) -> f64 {
        if matches!(self, Unit::Sine) { value.asin().to_degrees() } else { value }
    }

    fn difference(self, value: f64, from: f64) -> f64 {
        if matches!(self, Unit::Distance) { value - from } else { signed_degrees(value - from) }
    }
}

/// Days on either side of a turn at which it is looked at, of the Moon and of planets: there the curve has gone back by far more
/// than the source's noise, and is still close to a parabola.
const QUICK_DAYS: f64 = 0.05;
const SLOW_DAYS: f64 = 0.25;

fn is_the_moons(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::MoonDistance | Quantity::Latitude(MOON) | Quantity::SineOfDeclination(MOON))
}

/// What the tables that a quantity is made of promise together, arcseconds.
fn allowed_arcsec(quantity: Quantity) -> f64 {
    let promise = |body: WireBody| {
        let product = body.tabulated().map(|(body, _)| Product::Place(Center::Geo, body));
        product.map_or(f64::NAN, |product| Cut::of(product).promise_arcsec)
    };
    let nutation = Cut::of(Product::Nutation).promise_arcsec;
    ROUNDING_ARCSEC
        + match quantity {
            Quantity::Ahead(a, b) => promise(a) + promise(b),
            Quantity::Sidereal(body, _) | Quantity::Latitude(body) => promise(body),
            Quantity::MoonDistance => PROMISE_DISTANCE * RADIAN_ARCSEC,
            // Of the obliquity, too, where it enters.
            Quantity::Longitude(body)
            | Quantity::SineOfDeclination(body)
            | Quantity::BeyondNorth(body)
            | Quantity::BeyondSouth(body) => promise(body) + 2.0 * nutation,
            _ => f64::NAN,
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
    fn what_is_no_number_is_not_allowed() {
        let of = |arcsec, allowed_arcsec| Residual { arcsec, allowed_arcsec };
        assert!(of(0.0, 0.1).is_allowed() && of(0.1, 0.1).is_allowed());
        for broken in [of(0.2, 0.1), of(f64::NAN, 0.1), of(0.0, f64::NAN), of(f64::INFINITY, 1.0)] {
            assert!(!broken.is_allowed(), "{broken:?}");
            for other in [of(0.0, 0.1), of(0.09, 0.1), of(0.0, f64::INFINITY)] {
                assert!(!broken.worse(other).is_allowed() && !other.worse(broken).is_allowed(), "{broken:?}");
            }
        }
        assert_eq!(of(0.01, 1.0).worse(of(0.005, 0.01)), of(0.005, 0.01));
        // A quantity of which no table promises anything.
        assert!(allowed_arcsec(Quantity::Distance(Center::Geo, MOON)).is_nan());
    }

    #[test]
    fn signs_follow_each_other() {
        use Sign::{Aries, Gemini, Pisces, Taurus};
        let ingress = |sign, from, retrograde| follows(&What::Ingress { body: MOON, sign, from, retrograde });
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
            follows(&What::NakshatraIngress { body: MOON, nakshatra, from, retrograde: false })
        };
        assert!(nakshatra(1, 0) && nakshatra(0, 26) && !nakshatra(2, 0) && !nakshatra(0, 25));
        let void = |last, next| follows(&What::VoidOfCourse { end_jd_tt: 1.0, last, sign: Pisces, next });
        assert!(void(None, Aries) && void(Some((SUN, Aspect::Trine)), Aries));
        assert!(!void(None, Taurus) && !void(Some((MOON, Aspect::Trine)), Aries));
        assert!(!void(Some((SUN, Aspect::Quincunx)), Aries));
        assert!(!void(Some((WireBody::Tabulated(Body::Chiron), Aspect::Trine)), Aries));
    }
}
