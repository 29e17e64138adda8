//! The query as it was understood, for the reply to repeat: sent again, it asks the same.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::SystemTime;

use orrery_almanac::{Moment, UtcOffset};

use super::{Equinox, Fields, Frame, Given, Params, PositionsQuery, Precision, SourceChoice, fields};
use crate::text::civil;
use crate::text::json::Json;

/// All that the echo of a query has behind its instant where nothing else was asked for.
static DEFAULT: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut json = Json::new();
    json.null();
    // No parameters are a query.
    if let Ok(query) = Params::parse("", &[]).and_then(|none| PositionsQuery::new(&none, SystemTime::now)) {
        query.echo_choices(&mut json);
    }
    json.into_bytes()[b"null".len()..].into()
});

impl PositionsQuery {
    /// The `query` member of a reply, complete and in a fixed order: equal queries give equal bytes.
    pub(crate) fn echo(&self, json: &mut Json) {
        json.verbatim(b"{\"");
        match &self.time.given {
            Given::Now => json.verbatim(b"date\":").string("now"),
            Given::Date(moment) => write_moment(json.verbatim(b"date\":"), moment),
            Given::Jd(jd) => json.verbatim(b"jd\":").full(*jd),
            Given::JdTt(jd) => json.verbatim(b"jd_tt\":").full(*jd),
        }
        if let Some(local) = &self.time.local {
            json.key("tz").string(local.zone.name());
        }
        if let Some(lon_deg) = self.time.lon_deg {
            json.key("lon").full(lon_deg);
        }
        // Given or left to the date, it makes a difference to how dates are written.
        if let Some(calendar) = self.time.calendar {
            json.key("calendar").string(calendar.name());
        }
        if self.chooses_nothing() {
            json.verbatim(&DEFAULT);
        } else {
            self.echo_choices(json);
        }
        json.close(b'}');
    }

    /// Whether all is left to the defaults but the instant. It may not notice: then the echo is written out, as it would
    /// be anyway.
    fn chooses_nothing(&self) -> bool {
        let PositionsQuery { time: _, bodies, frame, equinox, source, allow_moshier, precision, fields } =
            self;
        matches!(bodies, Cow::Borrowed(_))
            && (*frame, *equinox, *source) == <(Frame, Equinox, SourceChoice)>::default()
            && !allow_moshier
            && *precision == Precision::default()
            && *fields == Fields::all(Frame::default())
    }

    /// What the echo has behind the instant.
    fn echo_choices(&self, json: &mut Json) {
        json.key("bodies").open(b'[');
        for body in &*self.bodies {
            json.string(&body.name());
        }
        json.close(b']');
        json.key("center").string("geo");
        json.key("frame").string(self.frame.name());
        json.key("equinox").string(self.equinox.name());
        json.key("zodiac").string("tropical");
        json.key("place").string("apparent");
        json.key("coordinates").string("spherical");
        json.key("source").string(self.source.name());
        json.key("allow_moshier").truth(self.allow_moshier);
        match self.precision {
            Precision::Default => {}
            Precision::Decimals(decimals) => json.key("precision").integer(decimals.into()),
            Precision::Full => json.key("precision").string("full"),
        }
        json.key("fields").open(b'[');
        json.string("body");
        for field in fields::ALL {
            if let Some(name) = field.name(self.frame)
                && self.fields.has(field)
            {
                json.string(name);
            }
        }
        json.close(b']');
        json.key("format").string("json");
    }
}

/// Writes a date in its canonical form.
fn write_moment(json: &mut Json, moment: &Moment) {
    let (date, time, offset) = match *moment {
        Moment::Zoned { date, time, offset } => (date, Some(time), Some(offset)),
        Moment::Local { date, time } => (date, Some(time), None),
        Moment::Day(date) => (date, None, None),
    };
    if let (Some(time), Some(UtcOffset::UTC)) = (time, offset)
        && time.nanosecond() == 0
        && let Some(text) = civil::date_and_time(date, time)
    {
        json.verbatim(b"\"").verbatim(&text).verbatim(b"Z\"");
        return;
    }
    json.string(&match (time, offset) {
        (Some(time), Some(UtcOffset::UTC)) => format!("{date}T{time}Z"),
        (Some(time), Some(offset)) => format!("{date}T{time}{offset}"),
        (Some(time), None) => format!("{date}T{time}"),
        (None, _) => date.to_string(),
    });
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::text::json::written;

    fn echo(query: &PositionsQuery) -> String {
        written(|json| query.echo(json))
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
        assert!(left_out.chooses_nothing() && !spelt_out.chooses_nothing());
        assert_eq!(echo(&left_out), echo(&spelt_out));
        for choice in [
            "frame=equatorial",
            "equinox=mean",
            "source=table",
            "allow_moshier=true",
            "precision=9",
            "fields=body",
        ] {
            assert!(!parse(choice).chooses_nothing(), "{choice}");
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
        ] {
            let query = PositionsQuery::parse(text, SystemTime::UNIX_EPOCH).unwrap();
            let echoed: serde_json::Value = serde_json::from_str(&echo(&query)).unwrap();
            let again: Vec<String> = echoed
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| match value {
                    serde_json::Value::Array(names) => {
                        let names: Vec<_> = names.iter().map(|name| name.as_str().unwrap()).collect();
                        format!("{name}={}", names.join(","))
                    }
                    serde_json::Value::String(text) => format!("{name}={}", text.replace('+', "%2B")),
                    other => format!("{name}={other}"),
                })
                .collect();
            let again = PositionsQuery::parse(&again.join("&"), SystemTime::UNIX_EPOCH).unwrap();
            assert_eq!(echo(&again), echo(&query), "{text}");
        }
    }
}
