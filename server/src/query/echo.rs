//! The query as it was understood, for the reply to repeat: sent again, it asks the same.

use std::borrow::Cow;
use std::sync::LazyLock;

use orrery_almanac::events::EventType;
use orrery_almanac::{Moment, Site, UtcOffset, WireBody};

use super::fields::TimeFields;
use super::instants::{End, Range};
use super::time::Clock;
use super::{
    Air, AyanamsasQuery, Choice, EclipseQuery, EventsQuery, Fields, Given, MoonCalendarQuery, PositionsQuery,
    Precision, Reach, RiseSetQuery, Shape, SkyQuery, Skyline, SourceChoice, Span, StarsQuery, TableQuery,
    TimeQuery, View,
};
use crate::text::civil;
use crate::text::json::Json;
use crate::wire::media::Format;

/// What the echo has behind the instant where nothing else was asked for.
static DEFAULT: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut json = Json::new();
    json.null();
    SkyQuery::default().echo(&mut json);
    json.into_bytes()[b"null".len()..].into()
});

impl PositionsQuery {
    /// The `query` member of a reply, complete and in a fixed order: equal queries give equal bytes.
    pub(crate) fn echo(&self, json: &mut Json) {
        self.time.echo(json);
        if self.sky.is_usual() {
            json.verbatim(&DEFAULT);
        } else {
            self.sky.echo(json);
        }
        json.close(b'}');
    }
}

impl TimeQuery {
    /// What an echo begins with: its brace, and how the instant was given.
    #[inline]
    pub(super) fn echo(&self, json: &mut Json) {
        json.verbatim(b"{\"");
        match &self.given {
            Given::Now => json.verbatim(b"date\":").string("now"),
            Given::Date(moment) => write_moment(json.verbatim(b"date\":"), moment),
            Given::Jd(jd) => json.verbatim(b"jd\":").full(*jd),
            Given::JdTt(jd) => json.verbatim(b"jd_tt\":").full(*jd),
        }
        if let Some(local) = &self.local {
            json.key("tz").string(local.zone.name());
        }
        if let Some(lon_deg) = self.lon_deg {
            json.key("lon").full(lon_deg);
        }
        // Given or left to the date, it makes a difference to how dates are written.
        if let Some(calendar) = self.calendar {
            json.key("calendar").string(calendar.name());
        }
    }
}

impl Air {
    fn echo(&self, json: &mut Json) {
        let Air { pressure_hpa, temperature_c } = self;
        for (name, value) in [("pressure", pressure_hpa), ("temperature", temperature_c)] {
            if let Some(value) = value {
                json.key(name).full(*value);
            }
        }
    }
}

impl Precision {
    fn echo(self, json: &mut Json) {
        match self {
            Precision::Default => {}
            Precision::Decimals(decimals) => json.key("precision").integer(decimals.into()),
            Precision::Full => json.key("precision").string("full"),
        }
    }
}

impl StarsQuery {
    /// The `query` member of a reply. Stars have names there by which they are found again.
    pub(crate) fn echo(&self, json: &mut Json) {
        let StarsQuery { time, sky, choice, columns, catalogue } = self;
        let SkyQuery { bodies: _, view, source, allow_moshier: _, precision, fields, air } = sky;
        time.echo(json);
        match choice {
            Choice::UpTo(magnitude) => json.key("magnitude").full(*magnitude),
            Choice::Named(stars) => {
                json.key("stars").open(b'[');
                for nth in stars {
                    json.string(catalogue.handle(*nth));
                }
                json.close(b']');
            }
        }
        view.echo(json);
        air.echo(json);
        json.key("source").string(source.name());
        precision.echo(json);
        json.key("fields").open(b'[');
        for name in columns.iter() {
            json.string(name);
        }
        for name in fields.iter().filter_map(|field| field.name(view)) {
            json.string(name);
        }
        json.close(b']');
        json.key("format").string("json");
        json.close(b'}');
    }
}

impl AyanamsasQuery {
    /// The `query` member of a reply.
    pub(crate) fn echo(&self, json: &mut Json) {
        let AyanamsasQuery { time, sky, chosen } = self;
        time.echo(json);
        if let Some(ayanamsa) = chosen {
            json.key("ayanamsa").string(&ayanamsa.id());
        }
        json.key("source").string(sky.source.name());
        sky.precision.echo(json);
        json.key("format").string("json");
        json.close(b'}');
    }
}

impl RiseSetQuery {
    /// The `query` of a reply, a JSON document.
    pub(crate) fn written(&self) -> String {
        let mut json = Json::new();
        self.echo(&mut json);
        String::from_utf8_lossy(&json.into_bytes()).into_owned()
    }

    fn echo(&self, json: &mut Json) {
        let RiseSetQuery { time, length, days: _, sky, site, wanted, limb, refraction, skyline } = self;
        let SkyQuery { bodies, view: _, source, allow_moshier, precision, fields: _, air } = &**sky;
        time.echo(json);
        json.key("days").integer((*length).into());
        write_site(json, site);
        write_bodies(json, bodies);
        json.key("events").open(b'[');
        for name in wanted.names() {
            json.string(name);
        }
        json.close(b']');
        if wanted.has_horizon() {
            json.key("limb").string(limb.name());
            json.key("refraction").string(refraction.name());
            match skyline {
                Skyline::At(altitude_deg) => json.key("horizon").full(*altitude_deg),
                Skyline::Sea => json.key("dip").truth(true),
            }
            air.echo(json);
        }
        json.key("source").string(source.name());
        json.key("allow_moshier").truth(*allow_moshier);
        precision.echo(json);
        json.key("format").string("json");
        json.close(b'}');
    }
}

impl EventsQuery {
    /// The `query` of a reply, a JSON document.
    pub(crate) fn written(&self, format: Format) -> String {
        let mut json = Json::new();
        self.echo_list(&mut json);
        if let Some(limit) = self.span.limit {
            json.key("limit").integer(limit.into());
        }
        if let Some(cursor) = &self.span.cursor {
            json.key("cursor").string(&cursor.text());
        }
        json.key("format").string(format.name());
        json.close(b'}');
        String::from_utf8_lossy(&json.into_bytes()).into_owned()
    }

    /// What is common to all pages of a list, in any format.
    pub(crate) fn list_written(&self) -> String {
        let mut json = Json::new();
        self.echo_list(&mut json);
        String::from_utf8_lossy(&json.into_bytes()).into_owned()
    }

    fn echo_list(&self, json: &mut Json) {
        let EventsQuery { span, types, sky, with, points, aspects, orb_deg, .. } = self;
        let EventsQuery {
            shape,
            eclipsed,
            cazimi_deg,
            combustion_deg,
            measured,
            nakshatras_in,
            partners: _,
            ..
        } = self;
        let has = |kinds: &[EventType]| types.iter().any(|kind| kinds.contains(kind));
        json.open(b'{');
        span.echo(json);
        if *shape == Shape::Events {
            json.key("types").open(b'[');
            for kind in types {
                json.string(kind.name());
            }
            json.close(b']');
        }
        if *shape == Shape::Periods
            || (*shape == Shape::Events
                && (has(&[EventType::VoidOfCourse]) || types.iter().any(|kind| kind.has_bodies())))
        {
            write_bodies(json, &sky.bodies);
        }
        if has(&[EventType::Aspect, EventType::VoidOfCourse]) {
            json.key("aspects").open(b'[');
            for aspect in aspects {
                json.string(aspect.name());
            }
            json.close(b']');
        }
        if let Some(with) = with {
            json.key("with").open(b'[');
            for body in with {
                json.string(&body.name());
            }
            json.close(b']');
        }
        if !points.is_empty() {
            json.key("points").open(b'[');
            for point in points {
                json.full(*point);
            }
            json.close(b']');
        }
        if let Some(orb) = orb_deg {
            json.key("orb").full(*orb);
        }
        if has(&[EventType::Cazimi]) {
            json.key("cazimi_orb").full(*cazimi_deg);
        }
        if has(&[EventType::Combustion]) {
            json.key("combustion_orb").full(*combustion_deg);
        }
        if let Some((quantity, value, minus)) = measured {
            json.key("quantity").string(quantity.name());
            json.key("value").full(*value);
            if let Some(minus) = minus {
                json.key("minus").string(&minus.name());
            }
        }
        if let Some(eclipsed) = eclipsed {
            json.key("kind").string(eclipsed.name());
        }
        if *shape != Shape::Eclipses {
            json.key("zodiac").string(sky.view.zodiac.kind().name());
        }
        if let Some(ayanamsa) = sky.view.ayanamsa() {
            json.key("ayanamsa").string(&ayanamsa.to_string());
        }
        if has(&[EventType::NakshatraIngress]) {
            json.key("nakshatra_ayanamsa").string(&nakshatras_in.to_string());
        }
        json.key("source").string(sky.source.name());
        sky.precision.echo(json);
    }
}

impl MoonCalendarQuery {
    /// The `query` of a reply, a JSON document: a year or a month as its first day and the one after its last.
    pub(crate) fn written(&self) -> String {
        let mut json = Json::new();
        let MoonCalendarQuery { days: _, ends, is_now: _, events, rising } = self;
        let EventsQuery { span, sky, nakshatras_in, .. } = &**events;
        let Clock { calendar, zone, lon_deg } = span.clock;
        json.open(b'{');
        for (name, day) in ["start", "stop"].into_iter().zip(ends) {
            json.key(name).string(&day.civil(calendar).to_string());
        }
        if let Some(zone) = zone {
            json.key("tz").string(zone.name());
        }
        match rising {
            Some(rising) => write_site(&mut json, &rising.site),
            None => {
                if let Some(lon_deg) = lon_deg {
                    json.key("lon").full(lon_deg);
                }
            }
        }
        if let Some(calendar) = calendar {
            json.key("calendar").string(calendar.name());
        }
        json.key("zodiac").string(sky.view.zodiac.kind().name());
        if let Some(ayanamsa) = sky.view.ayanamsa() {
            json.key("ayanamsa").string(&ayanamsa.to_string());
        }
        json.key("nakshatra_ayanamsa").string(&nakshatras_in.to_string());
        json.key("source").string(sky.source.name());
        sky.precision.echo(&mut json);
        json.key("format").string("json");
        json.close(b'}');
        String::from_utf8_lossy(&json.into_bytes()).into_owned()
    }
}

impl EclipseQuery {
    /// The `query` of a reply, a JSON document.
    pub(crate) fn written(&self, format: Format) -> String {
        let mut json = Json::new();
        let EclipseQuery { id, sky, clock, site, step_min } = self;
        let Clock { calendar, zone, lon_deg } = clock;
        json.open(b'{');
        json.key("id").string(&id.to_string());
        if let Some(site) = site {
            write_site(&mut json, site);
        }
        if let Some(step) = step_min {
            json.key("step").integer((*step).into());
        }
        if let Some(zone) = zone {
            json.key("tz").string(zone.name());
        }
        if let Some(lon_deg) = lon_deg {
            json.key("lon").full(*lon_deg);
        }
        if let Some(calendar) = calendar {
            json.key("calendar").string(calendar.name());
        }
        json.key("source").string(sky.source.name());
        sky.precision.echo(&mut json);
        json.key("format").string(format.name());
        json.close(b'}');
        String::from_utf8_lossy(&json.into_bytes()).into_owned()
    }
}

impl Span {
    /// How the list was bounded.
    pub(super) fn echo(&self, json: &mut Json) {
        let ends: &[(&'static str, &End)] = match &self.reach {
            Reach::Between(start, stop) => &[("start", start), ("stop", stop)],
            Reach::After(end, _) => &[("after", end)],
            Reach::Before(end, _) => &[("before", end)],
        };
        for (name, end) in ends {
            write_end(json.key(name), end);
        }
        if let Reach::After(_, count) | Reach::Before(_, count) = self.reach {
            json.key("count").integer(count.into());
        }
        let Clock { calendar, zone, lon_deg } = self.clock;
        if let Some(zone) = zone {
            json.key("tz").string(zone.name());
        }
        if let Some(lon_deg) = lon_deg {
            json.key("lon").full(lon_deg);
        }
        if let Some(calendar) = calendar {
            json.key("calendar").string(calendar.name());
        }
    }
}

/// Writes an end of a range as it was given.
fn write_end(json: &mut Json, end: &End) {
    match end {
        End::Now(_) => json.string("now"),
        End::Date(moment, _) => write_moment(json, moment),
        End::Day(scale, jd) => json.string(&format!("{}{jd}", scale.prefix())),
    }
}

/// Writes the bodies that were asked for, by their names.
fn write_bodies(json: &mut Json, bodies: &[WireBody]) {
    json.key("bodies").open(b'[');
    for body in bodies {
        json.string(&body.name());
    }
    json.close(b']');
}

/// Writes a place on the Earth.
fn write_site(json: &mut Json, site: &Site) {
    let Site { latitude_deg, longitude_deg, altitude_m } = *site;
    json.key("lat").full(latitude_deg);
    json.key("lon").full(longitude_deg);
    json.key("alt").full(altitude_m);
}

impl SkyQuery {
    /// Whether all is left to the defaults. It may not notice: then the echo is written out, as it would be anyway.
    fn is_usual(&self) -> bool {
        let SkyQuery { bodies, view, source, allow_moshier, precision, fields, air } = self;
        matches!(bodies, Cow::Borrowed(_))
            && *view == View::default()
            && *source == SourceChoice::default()
            && !allow_moshier
            && *precision == Precision::default()
            && *fields == Fields::USUAL
            && *air == Air::default()
    }

    /// What the echo has behind the instant.
    fn echo(&self, json: &mut Json) {
        self.echo_choices(json, &["body"], "json");
    }

    /// The same where other fields stand before those of the query, and in another format.
    fn echo_choices(&self, json: &mut Json, before: &[&str], format: &str) {
        let SkyQuery { bodies, view, source, allow_moshier, precision, fields, air } = self;
        write_bodies(json, bodies);
        view.echo(json);
        air.echo(json);
        json.key("source").string(source.name());
        json.key("allow_moshier").truth(*allow_moshier);
        precision.echo(json);
        json.key("fields").open(b'[');
        for name in before {
            json.string(name);
        }
        for name in fields.iter().filter_map(|field| field.name(view)) {
            json.string(name);
        }
        json.close(b']');
        json.key("format").string(format);
    }
}

impl TableQuery {
    /// The query as the table repeats it, a JSON document.
    pub(crate) fn written(&self, format: Format) -> String {
        let mut json = Json::new();
        self.echo(&mut json, format.name());
        String::from_utf8_lossy(&json.into_bytes()).into_owned()
    }

    /// The `query` of a table. Instants that were listed are not repeated: the table has them.
    fn echo(&self, json: &mut Json, format: &str) {
        let TableQuery { sky, instants: _, range, clock, time } = self;
        json.open(b'{');
        if let Some(Range { start, stop, step }) = range {
            write_end(json.key("start"), start);
            write_end(json.key("stop"), stop);
            json.key("step").string(step);
        }
        let Clock { calendar, zone, lon_deg } = clock;
        if let Some(zone) = zone {
            json.key("tz").string(zone.name());
        }
        if let Some(lon_deg) = lon_deg {
            json.key("lon").full(*lon_deg);
        }
        if let Some(calendar) = calendar {
            json.key("calendar").string(calendar.name());
        }
        let TimeFields { utc, jd_ut } = *time;
        let before = [("utc", utc), ("jd_tt", true), ("jd_ut", jd_ut), ("body", true)];
        let before: Vec<_> =
            before.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect();
        sky.echo_choices(json, &before, format);
        json.close(b'}');
    }
}

impl View {
    fn echo(&self, json: &mut Json) {
        let View { observer, light, frame, equinox, zodiac, coordinates } = self;
        json.key("center").string(observer.origin().name());
        if let Some(site) = observer.site() {
            write_site(json, &site);
        }
        json.key("frame").string(frame.name());
        json.key("equinox").string(equinox.name());
        json.key("zodiac").string(zodiac.kind().name());
        if let Some(ayanamsa) = zodiac.ayanamsa() {
            json.key("ayanamsa").string(&ayanamsa.to_string());
        }
        json.key("place").string(light.name());
        json.key("coordinates").string(coordinates.name());
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
pub(in crate::query) mod tests {
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
}
