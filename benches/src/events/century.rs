//! All ingresses, stations and major aspects of Sun to Pluto in a century.

use std::hint::black_box;

use anyhow::{Result, bail, ensure};
use orrery_almanac::WireBody;
use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::events::{Event, Finder, Partner, What, merged};
use orrery_almanac::motion::Tables;
use orrery_format::Body;
use orrery_pipeline::sample::signed_degrees;
use orrery_swisseph::Session;
use orrery_tests::tables::TEN_BODIES;

use super::stepping::{STEP_DAYS, ahead, border_between, longitude, settled};
use super::{SAME_ARCSEC, Sky, in_turns, off_arcsec};
use crate::figure::figure;

/// 1950-01-01 to 2050-01-01, 0h TT.
const CENTURY: (f64, f64) = (2_433_282.5, 2_469_807.5);

/// Rounds of both, in turns: the live source takes half a minute.
const ROUNDS: usize = 3;

/// How often, of all, the tables may find two passages within a day that steps of a day do not see.
const SELDOM: f64 = 1e-3;

/// What happens, so that it can be told whether two are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    /// A body passes the beginning of a sign, 0 to 11.
    Ingress { body: Body, border: u8 },
    /// A body stands still.
    Station { body: Body },
    /// Two bodies are at an angle of whole degrees.
    Aspect { a: Body, b: Body, angle_deg: u16 },
}

/// When what happens.
type Dated = (Happening, f64);

/// Measures both, after comparing what they find.
pub(super) fn run(sky: Sky<'_>, session: &mut Session) -> Result<()> {
    let ours = by_tables(sky)?.iter().map(dated).collect::<Result<Vec<_>>>()?;
    let count = ours.len();
    let live = by_steps(session)?;
    let unseen = compare(session, ours, live)?;
    let times = in_turns(ROUNDS, || by_tables(sky).map(once), || by_steps(session).map(once))?;
    let (ms, live_ms) = (times.ours_us / 1e3, times.live_us / 1e3);
    println!(
        "century of {count} events  table {ms:.1} ms  live {live_ms:.0} ms  {:.0} times; {unseen} of them not seen by steps of a day",
        times.ratio
    );
    figure("century_of_events_ms", ms, "ms");
    figure("century_of_events_count", count as f64, "events");
    figure("century_of_events_live_ms", live_ms, "ms");
    figure("century_of_events_speedup", times.ratio, "times");
    figure("century_of_events_unseen_live", unseen as f64, "events");
    Ok(())
}

/// One piece of work, whatever it has come to.
fn once<T>(found: T) -> usize {
    black_box(found);
    1
}

/// From the tables, in the order of time.
fn by_tables(sky: Sky<'_>) -> Result<Vec<Event>> {
    let tables = Tables::new(sky.dataset);
    let finder = Finder::new(&tables, sky.known, CENTURY, None);
    let bodies = TEN_BODIES.map(WireBody::Tabulated);
    let mut kinds = Vec::new();
    for (nth, &body) in bodies.iter().enumerate() {
        kinds.push(finder.ingresses(body));
        if nth > 1 {
            kinds.push(finder.stations(body));
        }
        for &other in &bodies[nth + 1..] {
            kinds.push(finder.aspects(body, other, &PTOLEMAIC, None));
        }
    }
    Ok(merged(kinds).collect::<Result<_, _>>()?)
}

fn dated(event: &Event) -> Result<Dated> {
    let tabulated = |body| match body {
        WireBody::Tabulated(body) => Ok(body),
        other => bail!("{other} was not asked for"),
    };
    let happening = match event.what {
        What::Ingress { body, sign, from, retrograde } => {
            Happening::Ingress { body: tabulated(body)?, border: if retrograde { from } else { sign } as u8 }
        }
        What::Station { body, .. } => Happening::Station { body: tabulated(body)? },
        What::Aspect { a, b: Partner::Body(b), aspect, .. } => {
            Happening::Aspect { a: tabulated(a)?, b: tabulated(b)?, angle_deg: aspect.angle_deg() as u16 }
        }
        other => bail!("{other:?} was not asked for"),
    };
    Ok((happening, event.jd_tt))
}

/// By steps of a day through the live source, each place asked for once a day.
fn by_steps(session: &mut Session) -> Result<Vec<Dated>> {
    let places = |session: &mut Session, jd| -> Result<Vec<(f64, f64)>> {
        TEN_BODIES.iter().map(|&body| longitude(session, body, jd)).collect()
    };
    let targets: Vec<f64> = PTOLEMAIC.iter().flat_map(|aspect| aspect.ahead_deg()).collect();
    let mut found = Vec::new();
    let (mut jd, mut today) = (CENTURY.0, places(session, CENTURY.0)?);
    while jd < CENTURY.1 {
        let next = jd + STEP_DAYS;
        let tomorrow = places(session, next)?;
        for (nth, &body) in TEN_BODIES.iter().enumerate() {
            let ((at, speed), (later, later_speed)) = (today[nth], tomorrow[nth]);
            if let Some(border) = border_between(at, later, 30.0) {
                let off = |longitude| signed_degrees(longitude - border);
                let when = settled(
                    |jd| Ok(off(longitude(session, body, jd)?.0)),
                    (jd, off(at)),
                    (next, off(later)),
                )?;
                let border = (border / 30.0).rem_euclid(12.0) as u8;
                found.push((Happening::Ingress { body, border }, when));
            }
            if nth > 1 && (speed < 0.0) != (later_speed < 0.0) {
                let when =
                    settled(|jd| Ok(longitude(session, body, jd)?.1), (jd, speed), (next, later_speed))?;
                found.push((Happening::Station { body }, when));
            }
            for (other, &partner) in TEN_BODIES.iter().enumerate().skip(nth + 1) {
                let (apart, apart_later) = (at - today[other].0, later - tomorrow[other].0);
                for &target in &targets {
                    let off = |angle: f64| signed_degrees(angle - target);
                    let (before, after) = (off(apart), off(apart_later));
                    if (before < 0.0) == (after < 0.0) || before.abs() > 90.0 {
                        continue;
                    }
                    let when = settled(
                        |jd| Ok(off(ahead(session, body, partner, jd)?)),
                        (jd, before),
                        (next, after),
                    )?;
                    let angle_deg = target.min(360.0 - target) as u16;
                    found.push((Happening::Aspect { a: body, b: partner, angle_deg }, when));
                }
            }
        }
        (jd, today) = (next, tomorrow);
    }
    Ok(found)
}

/// Whether both have found the same. What steps may miss is what comes and goes within one of them; hands back how much that is.
fn compare(session: &mut Session, mut ours: Vec<Dated>, mut live: Vec<Dated>) -> Result<usize> {
    let in_order = |a: &Dated, b: &Dated| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
    ours.sort_by(in_order);
    live.sort_by(in_order);
    let (mut rest, mut unseen) = (ours.as_slice(), 0);
    for (happening, jd_tt) in &live {
        loop {
            let Some(((own, at), more)) = rest.split_first() else {
                bail!("{happening:?} at {jd_tt} is not in the tables");
            };
            if own == happening && is_same(session, *happening, *at, *jd_tt)? {
                rest = more;
                break;
            }
            rest = without_pair(rest)?;
            unseen += 2;
        }
    }
    while !rest.is_empty() {
        rest = without_pair(rest)?;
        unseen += 2;
    }
    ensure!(unseen as f64 <= SELDOM * ours.len() as f64, "steps have missed {unseen} events");
    Ok(unseen)
}

/// Without two of the same kind within a step, which are the first.
fn without_pair(events: &[Dated]) -> Result<&[Dated]> {
    match events {
        [(a, from), (b, to), rest @ ..] if a == b && to - from < STEP_DAYS => Ok(rest),
        [first, ..] => bail!("the live source does not find {first:?}"),
        [] => bail!("there is nothing left"),
    }
}

/// Whether the bodies stand at the same places at two instants.
fn is_same(session: &mut Session, happening: Happening, from: f64, to: f64) -> Result<bool> {
    if (to - from).abs() > STEP_DAYS {
        return Ok(false);
    }
    let mut off = |body| off_arcsec(session, body, from, to);
    let apart = match happening {
        Happening::Ingress { body, .. } | Happening::Station { body } => off(body)?,
        Happening::Aspect { a, b, .. } => off(a)? - off(b)?,
    };
    Ok(apart.abs() < SAME_ARCSEC)
}
