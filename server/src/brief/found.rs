//! Finding the facts of some days.

use std::borrow::Cow;
use std::ops::Range;

use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::dignities::{Dignities, Tables};
use orrery_almanac::events::{Event, Events, Finder, Partner, What, merged};
use orrery_almanac::motion::Ephemeris;
use orrery_almanac::zodiac::{InSign, Sign};
use orrery_almanac::{Instant, WireBody};
use orrery_format::{Body, TtDay};

use super::fact::{Dated, Fact, Matter, Ruler, ruler};
use super::words::DIGNITIES;
use crate::answer::events::Eclipse;
use crate::answer::ground::{Beyond, Ground, Scene, Search};
use crate::query::{Asked, BriefQuery, SkyQuery, Stretch, When};

/// Days that a period may have begun before the first moment, and end after the last: the Moon is in a sign for less.
const AROUND_DAYS: f64 = 3.0;

/// Days between which an eclipse is that of a New or Full Moon: the greatest phase is within hours of it.
const ECLIPSE_DAYS: f64 = 0.5;

/// The bodies, the quicker before the slower ones, as their aspects are named.
const BY_SPEED: [WireBody; 10] = {
    const fn of(body: Body) -> WireBody {
        WireBody::Tabulated(body)
    }
    [
        WireBody::MOON,
        of(Body::Mercury),
        of(Body::Venus),
        WireBody::SUN,
        of(Body::Mars),
        of(Body::Jupiter),
        of(Body::Saturn),
        of(Body::Uranus),
        of(Body::Neptune),
        of(Body::Pluto),
    ]
};

/// What happens between two Julian days of TT.
struct Happenings {
    start: f64,
    end: f64,
    /// Whether the Moon's own round is told.
    has_moon: bool,
}

/// What was found of it.
struct Found {
    events: Vec<Event>,
    /// Whether all that it depends on is known.
    is_whole: bool,
}

impl Search for Happenings {
    type Found = Found;

    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, _: bool) -> Result<Found, E::Error> {
        let (start, end) = (self.start - AROUND_DAYS, self.end + AROUND_DAYS);
        let known = finder.known();
        let within = finder.between(self.start, self.end);
        let mut kinds: Vec<Events<'_, E::Error>> = vec![within.lunations(), within.seasons()];
        for (nth, body) in BY_SPEED.into_iter().enumerate() {
            if body == WireBody::MOON && !self.has_moon {
                continue;
            }
            kinds.push(within.ingresses(body));
            if ![WireBody::SUN, WireBody::MOON].contains(&body) {
                kinds.push(within.stations(body));
            }
            let others = &BY_SPEED[nth + 1..];
            kinds.extend(others.iter().map(|other| within.aspects(body, *other, &PTOLEMAIC, None)));
        }
        if self.has_moon {
            kinds.push(finder.between(start, self.end).voids(&BY_SPEED, &PTOLEMAIC));
        }
        let events = merged(kinds).collect::<Result<_, _>>()?;
        Ok(Found { events, is_whole: !self.has_moon || (known.0 <= start && end <= known.1) })
    }

    fn is_whole(&self, found: &Found) -> bool {
        found.is_whole
    }

    fn span(&self, _: &Found) -> Range<f64> {
        let around = if self.has_moon { AROUND_DAYS } else { 0.0 };
        self.start - around..self.end + around
    }
}

/// Finds the facts of a query's days, in no order.
pub(super) fn facts(ground: &mut Ground<'_>, query: &BriefQuery) -> Result<Vec<Fact>, Beyond> {
    let asked = query.asked();
    let [first, last] = [ground.scene(asked, query.time.when)?, ground.scene(asked, query.end)?];
    let [start, end] = [&first, &last].map(|scene| scene.instant.tt.jd());
    let has_moon = query.stretch == Stretch::Day;
    let happenings = Happenings { start, end, has_moon };
    let Found { events, .. } = ground.search(asked, BriefQuery::bodies(), &happenings)?;
    let mut facts = Facts { query, start, all: Vec::new() };
    let eclipses = facts.eclipses(ground, end)?;
    facts.happen(ground, &events, &eclipses)?;
    facts.under_way(ground, &events, &first, &last)?;
    Ok(facts.all)
}

/// Facts as they are gathered.
struct Facts<'q> {
    query: &'q BriefQuery,
    /// The first moment, a Julian day of TT.
    start: f64,
    all: Vec<Fact>,
}

impl Facts<'_> {
    fn add(&mut self, matter: Matter, at: Option<Dated>) {
        let importance = matter.importance(self.query.sign);
        self.all.push(Fact { matter, at, importance });
    }

    /// Adds the eclipses until an instant, and tells when they are.
    fn eclipses(&mut self, ground: &mut Ground<'_>, end: f64) -> Result<Vec<f64>, Beyond> {
        let asked = self.query.asked();
        let moon = SkyQuery { bodies: Cow::Borrowed(&[WireBody::MOON]), ..self.query.sky.clone() };
        let mut greatest = Vec::new();
        for eclipse in ground.eclipses(asked, &(self.start..end))? {
            let jd_tt = eclipse.greatest_jd_tt();
            let scene = ground.scene(Asked { sky: &moon, ..asked }, When::Tt(TtDay(jd_tt)))?;
            let sign = scene.bodies.first().map_or(Sign::Aries, |moon| InSign::of(moon.place.at[0]).sign);
            let kind = match &eclipse {
                Eclipse::Solar(eclipse) => eclipse.kind,
                Eclipse::Lunar(eclipse) => eclipse.kind,
            };
            let at = self.dated(ground, scene.instant);
            self.add(Matter::Eclipse { id: eclipse.id(), kind, sign }, Some(at));
            greatest.push(jd_tt);
        }
        Ok(greatest)
    }

    /// Adds what happens.
    fn happen(&mut self, ground: &mut Ground<'_>, events: &[Event], eclipses: &[f64]) -> Result<(), Beyond> {
        let is_tropical = self.query.sky.view.ayanamsa().is_none();
        for event in events {
            let sign_of = |longitude_deg| InSign::of(longitude_deg).sign;
            let matter = match event.what {
                // It is told as an eclipse.
                What::Lunation { .. }
                    if eclipses.iter().any(|greatest| (greatest - event.jd_tt).abs() < ECLIPSE_DAYS) =>
                {
                    continue;
                }
                What::Lunation { phase, longitude_deg } => {
                    Matter::Lunation { phase, sign: sign_of(longitude_deg) }
                }
                What::Season { longitude_deg } => {
                    let nth = usize::from(longitude_deg / 90);
                    Matter::Season { nth, sign: is_tropical.then(|| Sign::ALL[3 * nth % 12]) }
                }
                // Where the Moon is, is told of the day as a whole; where the Sun enters a sign with a season, that is.
                What::Ingress { body: WireBody::MOON, .. } => continue,
                What::Ingress { body: WireBody::SUN, sign, .. }
                    if is_tropical && (sign as usize).is_multiple_of(3) =>
                {
                    continue;
                }
                What::Ingress { body, sign, from, retrograde } => {
                    Matter::Ingress { body, sign, from, is_retrograde: retrograde }
                }
                What::Station { body, retrograde, longitude_deg } => {
                    Matter::Station { body, sign: sign_of(longitude_deg), is_retrograde: retrograde }
                }
                // Those of the Sun and the Moon are her phases.
                What::Aspect { a: WireBody::MOON, b: Partner::Body(WireBody::SUN), aspect, .. }
                    if aspect.angle_deg() % 90.0 == 0.0 =>
                {
                    continue;
                }
                What::Aspect {
                    a, b: Partner::Body(b), aspect, longitude_deg, partner_longitude_deg, ..
                } => {
                    let signs = [longitude_deg, partner_longitude_deg].map(sign_of);
                    Matter::Aspect { bodies: [a, b], signs, aspect }
                }
                What::VoidOfCourse { end_jd_tt, .. } if end_jd_tt <= self.start => continue,
                What::VoidOfCourse { end_jd_tt, sign, .. } => {
                    Matter::Void { end: self.at(ground, end_jd_tt)?, sign }
                }
                _ => continue,
            };
            let at = self.at(ground, event.jd_tt)?;
            self.add(matter, Some(at));
        }
        if !self.all.iter().any(|fact| fact.matter.is_of_note()) {
            self.add(Matter::Quiet, None);
        }
        Ok(())
    }

    /// Adds what is so from the first moment on.
    fn under_way(
        &mut self,
        ground: &mut Ground<'_>,
        events: &[Event],
        first: &Scene,
        last: &Scene,
    ) -> Result<(), Beyond> {
        let bodies = BriefQuery::bodies();
        let places = |scene: &Scene| -> Vec<(f64, f64)> {
            scene.bodies.iter().map(|seen| (seen.place.at[0], seen.place.speed[0])).collect()
        };
        let (at_first, at_last) = (places(first), places(last));
        let sign_at_first = |nth: usize| InSign::of(at_first[nth].0).sign;
        let goes_on = |body: WireBody| {
            events.iter().any(|event| matches!(event.what, What::Ingress { body: it, .. } if it == body))
        };
        let turns = |body: WireBody| {
            events.iter().any(|event| matches!(event.what, What::Station { body: it, .. } if it == body))
        };
        let is_retrograde = |nth: usize| !turns(bodies[nth]) && at_first[nth].1 < 0.0 && at_last[nth].1 < 0.0;
        // Of the ruler it is told where it is.
        let own_ruler = self.query.sign.map(ruler);
        let retrograde: Vec<_> =
            (0..bodies.len()).filter(|nth| is_retrograde(*nth) && Some(bodies[*nth]) != own_ruler).collect();
        if !retrograde.is_empty() {
            let bodies = retrograde.iter().map(|nth| bodies[*nth]).collect();
            self.add(Matter::Retrograde { bodies }, None);
        }
        let is_day = self.query.stretch == Stretch::Day;
        let moon = bodies.iter().position(|body| *body == WireBody::MOON).unwrap_or_default();
        let sign = sign_at_first(moon);
        if is_day {
            let next = events.iter().find_map(|event| match event.what {
                What::Ingress { body: WireBody::MOON, sign, .. } => Some((sign, event.jd_tt)),
                _ => None,
            });
            let next = next.map(|(sign, jd_tt)| Ok::<_, Beyond>((sign, self.at(ground, jd_tt)?)));
            self.add(Matter::Moon { sign, next: next.transpose()? }, None);
        } else if self.query.stretch == Stretch::Week {
            let to = InSign::of(at_last[moon].0).sign;
            self.add(Matter::MoonTravels { from: sign, to }, None);
        }
        let Some(own) = self.query.sign else { return Ok(()) };
        let ruler = ruler(own);
        let is_there = |nth: &usize| {
            let body = bodies[*nth];
            // The Moon's coming and going is told for itself.
            body != WireBody::MOON && body != ruler && sign_at_first(*nth) == own && !goes_on(body)
        };
        let visitors: Vec<_> = (0..bodies.len()).filter(is_there).map(|nth| bodies[nth]).collect();
        if !visitors.is_empty() {
            self.add(Matter::Visitors { bodies: visitors }, None);
        }
        // The Moon goes through too many signs for more than a day of her to be told.
        if let Some(nth) = bodies.iter().position(|body| *body == ruler)
            && (ruler != WireBody::MOON || is_day)
            && let Some((body, _)) = ruler.tabulated()
        {
            let dignities = Dignities::of(body, at_first[nth].0, None, Tables::default()).unwrap_or_default();
            self.add(
                Matter::Ruler(Ruler {
                    body: ruler,
                    sign: sign_at_first(nth),
                    is_leaving: goes_on(ruler),
                    is_retrograde: is_retrograde(nth),
                    dignity: DIGNITIES.into_iter().find(|dignity| dignities.has.contains(*dignity)),
                }),
                None,
            );
        }
        Ok(())
    }

    fn at(&self, ground: &mut Ground<'_>, jd_tt: f64) -> Result<Dated, Beyond> {
        let instant = ground.dated(self.query.asked(), jd_tt)?;
        Ok(self.dated(ground, instant))
    }

    /// What the caller's clock shows at an instant.
    fn dated(&self, ground: &Ground<'_>, instant: Instant) -> Dated {
        let utc = instant.utc(&ground.generation.leaps);
        let (day, time) = utc.to_local(self.query.clock.offset_at(utc));
        Dated { instant, day, time }
    }
}
