//! The query as it was understood, for the reply to repeat: sent again, it asks the same.

use std::borrow::Cow;
use std::sync::LazyLock;

use orrery_almanac::{Moment, Site, UtcOffset, WireBody};

use super::fields::TimeFields;
use super::instants::{End, Range};
use super::time::Clock;
use super::{
    Air, AyanamsasQuery, Choice, Fields, Given, PositionsQuery, Precision, RiseSetQuery, SkyQuery, Skyline,
    SourceChoice, StarsQuery, TableQuery, TimeQuery, View,
};
use crate::text::civil;
use crate::text::json::Json;
use crate::wire::media::Format;

mod brief;
mod charts;
mod lists;
mod natal;
mod places;

/// What the echo has behind the instant where nothing else was asked for.
static DEFAULT: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut json = Json::new();
    json.null();
    SkyQuery::default().echo(&mut json);
    json.into_bytes()[b"null".len()..].into()
});

/// What a query ends with that tells its format last, however it began.
fn closed(mut json: Json, format: &str) -> String {
    json.key("format").string(format);
    text(json)
}

/// An object that ends here, as text.
fn text(mut json: Json) -> String {
    json.close(b'}');
    String::from_utf8_lossy(&json.into_bytes()).into_owned()
}

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

impl Clock {
    /// Whose clock dates are of: what `tz`, `lon` and `calendar` name.
    fn echo(&self, json: &mut Json) {
        let Clock { calendar, zone, lon_deg } = self;
        if let Some(zone) = zone {
            json.key("tz").string(zone.name());
        }
        if let Some(lon_deg) = lon_deg {
            json.key("lon").full(*lon_deg);
        }
        if let Some(calendar) = calendar {
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
        let SkyQuery { bodies: _, view, source, moshier: _, precision, fields, air, charted: _ } = sky;
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
        let SkyQuery { bodies, view: _, source, moshier, precision, fields: _, air, charted: _ } = &**sky;
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
        json.key("allow_moshier").truth(moshier.is_allowed());
        precision.echo(json);
        json.key("format").string("json");
        json.close(b'}');
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
    write_names(json, "bodies", bodies.iter().map(|body| body.name()));
}

fn write_names(json: &mut Json, key: &'static str, names: impl Iterator<Item = impl AsRef<str>>) {
    json.key(key).open(b'[');
    for name in names {
        json.string(name.as_ref());
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
        let SkyQuery { bodies, view, source, moshier, precision, fields, air, charted: _ } = self;
        matches!(bodies, Cow::Borrowed(_))
            && *view == View::default()
            && *source == SourceChoice::default()
            && !moshier.is_allowed()
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
        let SkyQuery { bodies, view, source, moshier, precision, fields, air, charted: _ } = self;
        write_bodies(json, bodies);
        view.echo(json);
        air.echo(json);
        json.key("source").string(source.name());
        json.key("allow_moshier").truth(moshier.is_allowed());
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
        clock.echo(json);
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
pub(in crate::query) mod tests;
