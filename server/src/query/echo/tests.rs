use std::time::SystemTime;

use super::*;
use crate::text::json::written;

fn echo(query: &PositionsQuery) -> String {
    written(|json| query.echo(json))
}

/// The query string that asks what an echo says.
pub(crate) fn sent_again(echo: &str) -> String {
    let echoed: serde_json::Value = serde_json::from_str(echo).unwrap();
    let pairs = echoed.as_object().unwrap().iter().map(|(name, value)| match value {
        serde_json::Value::Array(names) => {
            let names: Vec<_> = names.iter().map(|name| name.as_str().unwrap()).collect();
            format!("{name}={}", names.join(",").replace('+', "%2B"))
        }
        serde_json::Value::String(text) => format!("{name}={}", text.replace('+', "%2B")),
        other => format!("{name}={other}"),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[test]
fn the_echo_is_the_query_with_every_name_resolved() {
    let query = PositionsQuery::parse(
        "timezone=europe/berlin&date=2026-03-20t14:33&bodies=luminaries,lilith&fields=longitude,body&precision=3",
        SystemTime::UNIX_EPOCH,
    )
    .unwrap();
    let echoed: serde_json::Value = serde_json::from_str(&echo(&query)).unwrap();
    assert_eq!(
        echoed,
        serde_json::json!({
            "date": "2026-03-20T14:33:00", "tz": "Europe/Berlin",
            "bodies": ["sun", "moon", "mean_apogee"], "center": "geo", "frame": "ecliptic", "equinox": "date",
            "zodiac": "tropical", "place": "apparent", "coordinates": "spherical", "source": "auto",
            "allow_moshier": false, "precision": 3, "fields": ["body", "longitude"], "format": "json",
        })
    );
}

#[test]
fn what_is_left_out_is_echoed_as_what_is_spelt_out() {
    let names = "sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto";
    let parse = |text: &str| PositionsQuery::parse(text, SystemTime::UNIX_EPOCH).unwrap();
    let (left_out, spelt_out) = (parse("jd=2451545"), parse(&format!("jd=2451545&bodies={names}")));
    assert!(left_out.sky.is_usual() && !spelt_out.sky.is_usual());
    assert_eq!(echo(&left_out), echo(&spelt_out));
    for choice in [
        "frame=equatorial",
        "equinox=mean",
        "center=bary",
        "place=true",
        "coordinates=rectangular",
        "zodiac=sidereal&ayanamsa=lahiri",
        "source=table",
        "allow_moshier=true",
        "precision=9",
        "fields=body",
    ] {
        assert!(!parse(choice).sky.is_usual(), "{choice}");
    }
}

#[test]
fn an_echo_sent_again_echoes_the_same() {
    for text in [
        "jd=2461120.5&frame=equatorial",
        "date=1850-01-01&tz=lmt&lon=15.25&precision=full",
        "jd_tt=2451545",
        "date=1582-10-15T00:10%2B02:00&calendar=gregorian",
        "date=1582-10-15T00:10%2B02:00",
        "jd=2451545&center=topo&lat=-33.5&lon=151.25&alt=30&fields=all",
        "date=1850-01-01&tz=lmt&lon=15.25&lat=50&center=topo",
        "jd=2451545&zodiac=sidereal&ayanamsa=27&fields=default,nakshatra,light_time",
        "jd=2451545&zodiac=sidereal&ayanamsa=user:2451545,23.5",
        "jd=2451545&center=helio&place=astrometric&equinox=icrs&coordinates=rectangular",
    ] {
        let query = PositionsQuery::parse(text, SystemTime::UNIX_EPOCH).unwrap();
        let again = PositionsQuery::parse(&sent_again(&echo(&query)), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(echo(&again), echo(&query), "{text}");
    }
}
