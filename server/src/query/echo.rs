//! The query as it was understood, for the reply to repeat: sent again, it asks the same.

use super::{Given, PositionsQuery, Precision, fields};
use crate::answer::json::Json;

impl PositionsQuery {
    /// The `query` member of a reply, complete and in a fixed order: equal queries give equal bytes.
    pub(crate) fn echo(&self) -> Vec<u8> {
        let mut json = Json::with_capacity(768);
        json.open(b'{');
        match &self.time.given {
            Given::Now => json.key("date").string("now"),
            Given::Date(date) => json.key("date").string(date),
            Given::Jd(jd) => json.key("jd").full(*jd),
            Given::JdTt(jd) => json.key("jd_tt").full(*jd),
        }
        if let Some(zone) = &self.time.zone {
            json.key("tz").string(zone.name());
        }
        if let Some(lon_deg) = self.time.lon_deg {
            json.key("lon").full(lon_deg);
        }
        // Given or left to the date, it makes a difference to how dates are written.
        if let Some(calendar) = self.time.calendar {
            json.key("calendar").string(calendar.name());
        }
        json.key("bodies").open(b'[');
        for body in &self.bodies {
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
        json.close(b'}');
        json.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn the_echo_is_the_query_with_every_name_resolved() {
        let query = PositionsQuery::parse(
            "timezone=europe/berlin&date=2026-03-20t14:33&bodies=luminaries,lilith&fields=longitude,body&precision=3",
            SystemTime::UNIX_EPOCH,
        )
        .unwrap();
        let echo: serde_json::Value = serde_json::from_slice(&query.echo()).unwrap();
        assert_eq!(
            echo,
            serde_json::json!({
                "date": "2026-03-20T14:33:00", "tz": "Europe/Berlin",
                "bodies": ["sun", "moon", "mean_apogee"], "center": "geo", "frame": "ecliptic", "equinox": "date",
                "zodiac": "tropical", "place": "apparent", "coordinates": "spherical", "source": "auto",
                "allow_moshier": false, "precision": 3, "fields": ["body", "longitude"], "format": "json",
            })
        );
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
            let echo: serde_json::Value = serde_json::from_slice(&query.echo()).unwrap();
            let again: Vec<String> = echo
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
            assert_eq!(again.echo(), query.echo(), "{text}");
        }
    }
}
