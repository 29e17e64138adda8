//! Whatever the facts, the text is short and whole; and it is the same every time.

use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::events::Phase;
use orrery_almanac::zodiac::Sign;
use orrery_almanac::{DayNumber, Instant, TimeOfDay, WireBody, bodies};
use orrery_format::{TtDay, UtDay};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::composer::{Brief, MOST_CHARS, compose};
use super::fact::{Dated, Fact, Matter, Ruler};
use super::sentence::Pen;
use super::words::{DIGNITIES, Languages};
use crate::query::{BriefQuery, EclipseId, Eclipsed, Params};
use crate::routes::brief::PARAMETERS;

fn query(text: &str) -> BriefQuery {
    let languages = Languages::open(None).unwrap();
    BriefQuery::new(&Params::parse(text, PARAMETERS).unwrap(), &languages, || unreachable!()).unwrap()
}

fn dated(day: i64, minute: u16) -> Dated {
    let jd = day as f64 - 0.5 + f64::from(minute) / 1440.0;
    Dated {
        instant: Instant { ut: UtDay(jd), tt: TtDay(jd), delta_t_s: 0.0 },
        day: DayNumber(day),
        time: TimeOfDay::new((minute / 60) as u8, (minute % 60) as u8, 59, 0).unwrap(),
    }
}

/// Days of August 2026, and some before and after them.
fn any_date() -> impl Strategy<Value = Dated> {
    (2_461_250_i64..2_461_290, 0_u16..1440).prop_map(|(day, minute)| dated(day, minute))
}

fn any_sign() -> impl Strategy<Value = Sign> {
    select(&Sign::ALL[..])
}

fn any_body() -> impl Strategy<Value = WireBody> {
    select(&bodies::DEFAULT[..])
}

fn any_matter() -> impl Strategy<Value = Matter> {
    let bodies = || subsequence(bodies::DEFAULT.to_vec(), 1..=10);
    let eclipse = || {
        (select(&[Eclipsed::Solar, Eclipsed::Lunar][..]), any_date())
            .prop_map(|(eclipsed, at)| EclipseId { eclipsed, day: at.day })
    };
    let next = || proptest::option::of((any_sign(), any_date()));
    prop_oneof![
        bodies().prop_map(|bodies| Matter::Visitors { bodies }),
        bodies().prop_map(|bodies| Matter::Retrograde { bodies }),
        Just(Matter::Quiet),
        (any_body(), any_sign(), any::<bool>(), any::<bool>(), proptest::option::of(select(&DIGNITIES[..])))
            .prop_map(|(body, sign, is_leaving, is_retrograde, dignity)| Matter::Ruler(Ruler {
                body,
                sign,
                is_leaving,
                is_retrograde,
                dignity,
            })),
        (any_sign(), next()).prop_map(|(sign, next)| Matter::Moon { sign, next }),
        (any_sign(), any_sign()).prop_map(|(from, to)| Matter::MoonTravels { from, to }),
        (any_date(), any_sign()).prop_map(|(end, sign)| Matter::Void { end, sign }),
        (eclipse(), 0_u8..3, any_sign()).prop_map(|(id, kind, sign)| Matter::Eclipse { id, kind, sign }),
        (select(&Phase::ALL[..]), any_sign()).prop_map(|(phase, sign)| Matter::Lunation { phase, sign }),
        (0_usize..4, proptest::option::of(any_sign())).prop_map(|(nth, sign)| Matter::Season { nth, sign }),
        (any_body(), any_sign(), any_sign(), any::<bool>()).prop_map(|(body, sign, from, is_retrograde)| {
            Matter::Ingress { body, sign, from, is_retrograde }
        }),
        (any_body(), any_sign(), any::<bool>()).prop_map(|(body, sign, is_retrograde)| Matter::Station {
            body,
            sign,
            is_retrograde
        }),
        (any_body(), any_body(), any_sign(), any_sign(), select(&PTOLEMAIC[..])).prop_map(
            |(a, b, one, other, aspect)| Matter::Aspect { bodies: [a, b], signs: [one, other], aspect }
        ),
    ]
}

fn any_query() -> impl Strategy<Value = String> {
    let signs = proptest::option::of(any_sign());
    let zones = select(&["", "&tz=Asia/Kathmandu", "&tz=lmt&lon=13.4"][..]);
    (select(&["day", "week", "month"][..]), select(&["en", "de"][..]), signs, zones).prop_map(
        |(span, lang, sign, zone)| {
            let sign = sign.map_or_else(String::new, |sign| format!("&sign={}", sign.name()));
            format!("date=2026-08-12&span={span}&lang={lang}{sign}{zone}")
        },
    )
}

fn written(query: &BriefQuery, facts: &[Fact]) -> Brief {
    let pen = Pen::new(query);
    compose(pen.heading(), facts, |fact| pen.sentence(fact))
}

proptest! {
    #[test]
    fn texts_are_short_and_whole(
        text in any_query(),
        matters in proptest::collection::vec((any_matter(), any_date()), 0..40),
    ) {
        let query = query(&text);
        let facts: Vec<Fact> = matters
            .into_iter()
            .map(|(matter, at)| {
                let importance = matter.importance(query.sign);
                Fact { matter, at: Some(at), importance }
            })
            .collect();
        let brief = written(&query, &facts);
        prop_assert!(brief.text.chars().count() <= MOST_CHARS);
        let pen = Pen::new(&query);
        let whole: Vec<_> = brief.told.iter().map(|(nth, _)| pen.sentence(&facts[*nth])).collect();
        let joined = [pen.heading()].into_iter().chain(whole.iter().cloned()).collect::<Vec<_>>().join(" ");
        prop_assert_eq!(&brief.text, &joined);
        for sentence in &whole {
            prop_assert!(sentence.ends_with('.') && !sentence.contains(['{', '}']) && !sentence.contains("  "), "{}", sentence);
            prop_assert!(sentence.chars().next().is_some_and(|first| !first.is_lowercase()), "{}", sentence);
        }
        // Nothing is told that matters less than what is left out.
        let told: Vec<usize> = brief.told.iter().map(|(nth, _)| *nth).collect();
        let least = told.iter().map(|nth| facts[*nth].importance).min().unwrap_or(100);
        let most_left_out = (0..facts.len()).filter(|nth| !told.contains(nth)).map(|nth| facts[nth].importance).max();
        prop_assert!(most_left_out.is_none_or(|left_out| left_out <= least));
        // What is left out would not have fitted in.
        if told.len() < facts.len() {
            prop_assert!(brief.text.chars().count() > MOST_CHARS / 2, "{}", brief.text);
        }
        prop_assert_eq!(written(&query, &facts), brief);
    }
}

fn told(query: &BriefQuery, matter: Matter, at: Option<Dated>) -> String {
    let importance = matter.importance(query.sign);
    Pen::new(query).sentence(&Fact { matter, at, importance })
}

#[test]
fn times_are_told_as_the_span_needs_them() {
    let full = || Matter::Lunation { phase: Phase::FullMoon, sign: Sign::Leo };
    let at = dated(2_461_265, 77);
    for (span, sentence) in [
        ("day", "The Full Moon in Leo is exact at 01:17."),
        ("week", "The Full Moon in Leo is exact on Wednesday at 01:17."),
        ("month", "The Full Moon in Leo is exact on 12 August at 01:17."),
    ] {
        let query = query(&format!("date=2026-08-12&span={span}"));
        assert_eq!(told(&query, full(), Some(at)), sentence);
    }
    let query = query("date=2026-08-12&lang=de");
    let end = dated(2_461_266, 120);
    assert_eq!(
        told(&query, Matter::Void { end, sign: Sign::Leo }, Some(dated(2_461_264, 1439))),
        "Der Mond ist von 23:59 Uhr am 11. August bis 02:00 Uhr am 13. August im Leerlauf."
    );
}

#[test]
fn a_sign_has_its_houses_and_its_ruler() {
    let mars = bodies::DEFAULT[4];
    let query = query("date=2026-08-12&sign=scorpio");
    let at = Some(dated(2_461_265, 600));
    let ingress = |sign, from| Matter::Ingress { body: mars, sign, from, is_retrograde: false };
    assert_eq!(
        told(&query, ingress(Sign::Taurus, Sign::Aries), at),
        "Mars enters Taurus (your seventh house: partnership) at 10:00."
    );
    assert_eq!(
        told(&query, ingress(Sign::Sagittarius, Sign::Scorpio), at),
        "Mars leaves your sign for Sagittarius (your second house: means and possessions) at 10:00."
    );
    let aspect = |bodies| Matter::Aspect { bodies, signs: [Sign::Leo; 2], aspect: PTOLEMAIC[0] };
    assert_eq!(
        told(&query, aspect([WireBody::SUN, mars]), at),
        "The Sun makes a conjunction with Mars, your ruler, at 10:00."
    );
    assert_eq!(
        told(&query, aspect([mars, bodies::DEFAULT[5]]), at),
        "Mars, your ruler, makes a conjunction with Jupiter at 10:00."
    );
    let ruler = |sign, dignity| {
        Matter::Ruler(Ruler { body: mars, sign, is_leaving: false, is_retrograde: true, dignity })
    };
    assert_eq!(
        told(&query, ruler(Sign::Capricorn, Some(DIGNITIES[1])), None),
        "Your ruler, Mars, is in Capricorn (your third house: talk and learning), retrograde and exalted."
    );
    assert_eq!(
        told(&query, ruler(Sign::Scorpio, Some(DIGNITIES[0])), None),
        "Your ruler, Mars, is in Scorpio (your own sign), retrograde."
    );
}

#[test]
fn headings_tell_the_clock() {
    for (text, heading) in [
        ("date=2026-08-12", "Wednesday 12 August 2026 (UTC)."),
        ("date=2026-08-12T10:00%2B05:30", "Wednesday 12 August 2026 (UTC+05:30)."),
        ("date=2026-08-12&tz=europe/paris&sign=pisces", "Pisces, Wednesday 12 August 2026 (Europe/Paris)."),
        ("date=2026-08-12&tz=lmt&lon=2", "Wednesday 12 August 2026 (local mean time)."),
        ("date=2026-12-30&span=week&lang=de", "28. Dezember bis 3. Januar 2027 (UTC)."),
        ("date=2026-08-12&span=month&lang=de&sign=leo", "Löwe, August 2026 (UTC)."),
        ("date=1500-03-01&calendar=julian", "Sunday 1 March 1500 (UTC)."),
        ("date=-0043-03-15", "Wednesday 15 March 44 BC (UTC)."),
        ("date=0000-12-31&span=month&lang=de", "Dezember 1 v. Chr. (UTC)."),
    ] {
        let query = query(text);
        assert_eq!(Pen::new(&query).heading(), heading, "{text}");
    }
}
