//! Briefs as replies: text alone, or with the facts that it was made from.

use bytes::Bytes;
use orrery_almanac::zodiac::Sign;
use orrery_almanac::{Instant, Subsecond, UtcOffset, WireBody};

use super::composer::{Brief, compose};
use super::fact::{Dated, Fact, Matter, Ruler, house};
use super::found;
use super::sentence::Pen;
use crate::answer::events::SEASONS;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::render::{write_instant, write_time};
use crate::query::{BriefQuery, DayClock, When};
use crate::text::json::Json;
use crate::wire::media::Format;

/// Tells a brief in a format.
pub(crate) fn tell(
    ground: &mut Ground<'_>,
    query: &BriefQuery,
    format: Format,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let facts = found::facts(ground, query)?;
    let pen = Pen::new(query);
    let brief = compose(pen.heading(), &facts, |fact| pen.sentence(fact));
    match format {
        Format::Text => Ok(brief.text.into()),
        _ => json(ground, query, format, names, &facts, &brief),
    }
}

fn json(
    ground: &mut Ground<'_>,
    query: &BriefQuery,
    format: Format,
    names: &Names,
    facts: &[Fact],
    brief: &Brief,
) -> Result<Bytes, Beyond> {
    let [start, end] = [query.time.when, query.end].map(|when: When| ground.instant(query.asked(), when));
    let (start, end) = (start?, end?);
    let leaps = &ground.generation.leaps;
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format.name()).as_bytes());
    write_time(&mut json, &query.time, &start, leaps);
    write_at(json.key("end"), ground, query, &end);
    json.key("text").string(&brief.text);
    json.key("mentions").open(b'[');
    for (nth, sentence) in &brief.told {
        write_fact(&mut json, ground, query, &facts[*nth], sentence);
    }
    json.close(b']');
    json.key("left_out").integer((facts.len() - brief.told.len()) as i64);
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// Writes an instant, with what the clock shows that the days are of.
fn write_at(json: &mut Json, ground: &Ground<'_>, query: &BriefQuery, at: &Instant) {
    let (leaps, calendar) = (&ground.generation.leaps, query.time.calendar);
    write_instant(json, at, calendar, leaps, || {
        let utc = at.utc(leaps).rounded(Subsecond::Millisecond, leaps);
        let offset = match query.clock {
            DayClock::At(UtcOffset::UTC) => return None,
            clock => clock.offset_at(utc),
        };
        let (day, time) = utc.to_local(offset);
        let (date, ms) = (day.civil(calendar), time.nanosecond() / 1_000_000);
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()];
        Some(format!("{date}T{hour:02}:{minute:02}:{second:02}.{ms:03}{offset}"))
    });
}

fn write_fact(json: &mut Json, ground: &Ground<'_>, query: &BriefQuery, fact: &Fact, sentence: &str) {
    json.open(b'{');
    json.key("fact").string(fact.matter.name());
    json.key("importance").integer(fact.importance.into());
    json.key("sentence").string(sentence);
    if let Some(at) = &fact.at {
        write_at(json.key("at"), ground, query, &at.instant);
    }
    let told = Told::of(&fact.matter);
    if let Some(end) = &told.end {
        write_at(json.key("end"), ground, query, &end.instant);
    }
    if !told.bodies.is_empty() {
        json.key("bodies").open(b'[');
        for body in told.bodies {
            json.string(&body.name());
        }
        json.close(b']');
    }
    if let Some(sign) = told.sign {
        json.key("sign").string(sign.name());
        if let Some(own) = query.sign {
            json.key("house").integer(house(own, sign).into());
        }
    }
    for (name, sign) in [("from_sign", told.from), ("next_sign", told.next)] {
        if let Some(sign) = sign {
            json.key(name).string(sign.name());
        }
    }
    if let Some((name, word)) = told.word {
        json.key(name).string(&word);
    }
    if let Some(is_retrograde) = told.is_retrograde {
        json.key("retrograde").truth(is_retrograde);
    }
    json.close(b'}');
}

/// The members that a fact has beside those that all have.
#[derive(Default)]
struct Told<'f> {
    bodies: &'f [WireBody],
    end: Option<Dated>,
    sign: Option<Sign>,
    from: Option<Sign>,
    next: Option<Sign>,
    /// A member of one kind of fact alone.
    word: Option<(&'static str, String)>,
    is_retrograde: Option<bool>,
}

impl Told<'_> {
    fn of(matter: &Matter) -> Told<'_> {
        use std::slice::from_ref;
        let named = |name, word: &str| Some((name, word.to_owned()));
        match matter {
            Matter::Visitors { bodies } => Told { bodies, ..Told::default() },
            Matter::Retrograde { bodies } => Told { bodies, is_retrograde: Some(true), ..Told::default() },
            Matter::Quiet => Told::default(),
            Matter::Ruler(Ruler { body, sign, is_leaving: _, is_retrograde, dignity }) => Told {
                bodies: from_ref(body),
                sign: Some(*sign),
                is_retrograde: Some(*is_retrograde),
                word: dignity.and_then(|dignity| named("dignity", dignity.name())),
                ..Told::default()
            },
            Matter::Moon { sign, next } => Told {
                bodies: &[WireBody::MOON],
                sign: Some(*sign),
                next: next.map(|(sign, _)| sign),
                end: next.map(|(_, at)| at),
                ..Told::default()
            },
            Matter::MoonTravels { from, to } => {
                Told { bodies: &[WireBody::MOON], sign: Some(*to), from: Some(*from), ..Told::default() }
            }
            Matter::Void { end, sign } => {
                Told { bodies: &[WireBody::MOON], sign: Some(*sign), end: Some(*end), ..Told::default() }
            }
            Matter::Eclipse { id, kind: _, sign } => {
                Told { sign: Some(*sign), word: Some(("eclipse", id.to_string())), ..Told::default() }
            }
            Matter::Lunation { phase, sign } => {
                Told { sign: Some(*sign), word: named("phase", phase.name()), ..Told::default() }
            }
            Matter::Season { nth, sign } => {
                Told { sign: *sign, word: named("season", SEASONS[nth % SEASONS.len()]), ..Told::default() }
            }
            Matter::Ingress { body, sign, from, is_retrograde } => Told {
                bodies: from_ref(body),
                sign: Some(*sign),
                from: Some(*from),
                is_retrograde: Some(*is_retrograde),
                ..Told::default()
            },
            Matter::Station { body, sign, is_retrograde } => Told {
                bodies: from_ref(body),
                sign: Some(*sign),
                is_retrograde: Some(*is_retrograde),
                ..Told::default()
            },
            Matter::Aspect { bodies, aspect, .. } => {
                Told { bodies, word: named("aspect", aspect.name()), ..Told::default() }
            }
        }
    }
}
