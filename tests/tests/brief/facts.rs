//! What is told, and that it is so.

use serde_json::Value;

use crate::{Asked, assert_told};

#[test]
fn known_days_are_told_of() {
    let asked = Asked::open();
    let eclipse = asked.text("date=2026-08-12&tz=Europe/Madrid");
    assert_told(
        &eclipse,
        &[
            "Wednesday 12 August 2026 (Europe/Madrid).",
            "The Moon is in Leo all day.",
            "A total eclipse of the Sun in Leo is greatest at 19:45.",
            "Saturn, Neptune and Pluto are retrograde throughout.",
        ],
    );
    assert!(!eclipse.contains("New Moon"), "{eclipse}");
    assert_told(
        &asked.text("date=2026-03-20"),
        &[
            "The March equinox falls at 14:45, as the Sun enters Aries.",
            "Mercury turns direct in Pisces at 19:32.",
        ],
    );
    let month = asked.text("date=2026-05-09&span=month");
    assert_told(
        &month,
        &[
            "May 2026 (UTC).",
            "The Full Moon in Scorpio is exact on 1 May at 17:23.",
            "The Full Moon in Sagittarius is exact on 31 May at 08:45.",
        ],
    );
    let week = asked.text("date=2026-03-20&span=week");
    assert_told(&week, &["16 March to 22 March 2026 (UTC).", "The Moon goes from Aquarius to Taurus."]);
}

#[test]
fn a_day_with_nothing_says_so() {
    let asked = Asked::open();
    let quiet = "No planet changes sign or direction, and no aspect between planets is exact.";
    let mut found = 0;
    for day in 1..=28 {
        let date = format!("2026-02-{day:02}");
        let text = asked.text(&format!("date={date}"));
        let events = asked.json(&format!(
            "/v1/events?start={date}T00:00Z&stop=2026-02-{day:02}T23:59:59.999Z&types=ingress,station,aspect,lunation,eclipse"
        ));
        let is_of_moon = |event: &Value| event["body"] == "moon" || event["partner"] == "moon";
        let of_note = events["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["type"] == "lunation" || !is_of_moon(it));
        assert_eq!(text.contains(quiet), of_note.count() == 0, "{text}: {events}");
        found += u32::from(text.contains(quiet));
    }
    assert!(found > 0, "no day of the month is quiet");
}

#[test]
fn a_sign_is_told_what_touches_it() {
    let asked = Asked::open();
    assert_told(
        &asked.text("date=2026-05-31&sign=gemini"),
        &[
            "Gemini, Sunday 31 May 2026 (UTC).",
            "The Sun and Uranus are in your sign.",
            "Your ruler, Mercury, is in Gemini (your own sign).",
            "The Full Moon in Sagittarius (your seventh house: partnership) is exact at 08:45.",
        ],
    );
    assert_told(
        &asked.text("date=2026-08-12&span=month&sign=leo"),
        &[
            "Jupiter is in your sign.",
            "Your ruler, the Sun, is at first in Leo (your own sign).",
            "A total eclipse of the Sun in Leo (your own sign) is greatest on 12 August at 17:45.",
            "The Sun leaves your sign for Virgo (your second house: means and possessions) on 23 August at 02:18.",
        ],
    );
    // A ruler that is retrograde is told to be so once.
    let [scorpio, capricorn] =
        ["scorpio", "capricorn"].map(|sign| asked.text(&format!("date=2026-08-12&sign={sign}")));
    assert_told(&scorpio, &["Saturn, Neptune and Pluto are retrograde throughout."]);
    assert_told(
        &capricorn,
        &["Your ruler, Saturn, is in Aries", "Neptune and Pluto are retrograde throughout."],
    );
    assert_eq!(capricorn.matches("retrograde").count(), 2, "{capricorn}");
    assert!(!capricorn.contains("Saturn, Neptune") && !capricorn.contains("Saturn and"), "{capricorn}");
    // Each sign has its own.
    let signs =
        orrery_tests::interface::SIGNS.map(|sign| asked.text(&format!("date=2026-08-12&sign={sign}")));
    for (nth, text) in signs.iter().enumerate() {
        assert!(signs[..nth].iter().all(|other| other != text), "{text}");
        assert_told(text, &["A total eclipse of the Sun in Leo (your "]);
    }
}

/// What is told is among the events that lists tell of the same days, at the same instants.
#[test]
fn every_mention_is_an_event() {
    let asked = Asked::open();
    for (month, days) in [("2026-03", 31), ("2026-08", 31), ("2025-11", 30)] {
        let brief = asked.brief(&format!("date={month}-10&span=month&tz=Asia/Tokyo"));
        let range =
            format!("start={month}-01T00:00&stop={month}-{days}T23:59:59.999&tz=Asia/Tokyo&limit=5000");
        let events =
            asked.json(&format!("/v1/events?{range}&types=ingress,station,aspect,lunation,season,eclipse"));
        let events = events["events"].as_array().unwrap();
        let mentions = brief["mentions"].as_array().unwrap();
        let dated = mentions.iter().filter(|mention| mention.get("at").is_some());
        let mut before = String::new();
        for mention in dated.clone() {
            let utc = mention["at"]["utc"].as_str().unwrap();
            assert!(*before <= *utc, "{mention} stands after {before}");
            utc.clone_into(&mut before);
            let is_it = |event: &&Value| {
                event["type"] == mention["fact"] && {
                    let jd = |value: &Value| value["at"]["jd_tt"].as_f64().unwrap();
                    (jd(event) - jd(mention)).abs() < 1e-5
                }
            };
            let event = events.iter().find(is_it).unwrap_or_else(|| panic!("no event is {mention}"));
            for (member, of_event) in
                [("sign", "sign"), ("aspect", "aspect"), ("phase", "phase"), ("eclipse", "id")]
            {
                if mention.get(member).is_some() && event.get(of_event).is_some() {
                    assert_eq!(mention[member], event[of_event], "{mention} is {event}");
                }
            }
            if mention["fact"] == "aspect" {
                let mut both = [&event["body"], &event["partner"]].map(|it| it.as_str().unwrap());
                let mut told = [0, 1].map(|nth| mention["bodies"][nth].as_str().unwrap());
                both.sort_unstable();
                told.sort_unstable();
                assert_eq!(told, both, "{mention} is {event}");
            }
            // The text has it as the caller's clock shows it.
            let local = mention["at"]["local"].as_str().unwrap();
            assert!(mention["sentence"].as_str().unwrap().contains(&local[11..16]), "{mention}");
        }
        assert!(dated.count() > 5, "{brief}");
        for mention in mentions {
            assert_told(brief["text"].as_str().unwrap(), &[mention["sentence"].as_str().unwrap()]);
        }
        // There is more than there is room for, and no room is wasted.
        assert!(brief["left_out"].as_u64().unwrap() > 0, "{brief}");
        let chars = brief["text"].as_str().unwrap().chars().count();
        assert!((600..=800).contains(&chars), "{chars}: {brief}");
    }
}

#[test]
fn the_live_source_tells_the_same() {
    let asked = Asked::open();
    for query in [
        "date=2026-08-12",
        "date=2026-08-12&span=month&sign=aries",
        "date=2026-03-20&span=week&lang=de&zodiac=sidereal&ayanamsa=lahiri",
    ] {
        let by_tables = asked.brief(query);
        assert_eq!(by_tables["provenance"]["source"], "table", "{query}");
        assert!(by_tables["provenance"]["max_error_arcsec"].as_f64().unwrap() < 0.001, "{query}");
        let live = asked.brief(&format!("{query}&source=live"));
        assert_eq!(live["provenance"]["source"], "live", "{query}");
        let facts = |brief: &Value| {
            let mentions = brief["mentions"].as_array().unwrap().iter();
            mentions
                .map(|it| [&it["fact"], &it["bodies"], &it["sign"], &it["aspect"]].map(Value::to_string))
                .collect::<Vec<_>>()
        };
        assert_eq!(facts(&by_tables), facts(&live), "{query}");
    }
    // Beyond the tables it is asked unasked.
    let beyond = asked.brief("date=1700-06-01");
    assert_eq!(beyond["provenance"]["source"], "live", "{beyond}");
    let refused = asked.client.get("/v1/brief?date=1700-06-01&source=table");
    assert_eq!(refused.problem(409, "table_only")["parameter"], "source");
}
