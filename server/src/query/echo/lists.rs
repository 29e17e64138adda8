//! The echo of what asks for lists: events, eclipses, the days of the Moon.

use orrery_almanac::events::EventType;

use super::{write_bodies, write_end, write_names, write_site};
use crate::query::instants::End;
use crate::query::{EclipseQuery, EventsQuery, MoonCalendarQuery, Reach, Shape, Span};
use crate::text::json::Json;
use crate::wire::media::Format;

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
            write_names(json, "types", types.iter().map(|kind| kind.name()));
        }
        if *shape == Shape::Periods
            || (*shape == Shape::Events
                && (has(&[EventType::VoidOfCourse]) || types.iter().any(|kind| kind.has_bodies())))
        {
            write_bodies(json, &sky.bodies);
        }
        if has(&[EventType::Aspect, EventType::VoidOfCourse]) {
            write_names(json, "aspects", aspects.iter().map(|aspect| aspect.name()));
        }
        if let Some(with) = with {
            write_names(json, "with", with.iter().map(|body| body.name()));
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
        json.open(b'{');
        for (name, day) in ["start", "stop"].into_iter().zip(ends) {
            json.key(name).string(&day.civil(span.clock.calendar).to_string());
        }
        // The longitude of a clock is told where no place tells it.
        if let Some(rising) = rising {
            write_site(&mut json, &rising.site);
        }
        span.clock.echo(&mut json);
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
        json.open(b'{');
        json.key("id").string(&id.to_string());
        if let Some(site) = site {
            write_site(&mut json, site);
        }
        if let Some(step) = step_min {
            json.key("step").integer((*step).into());
        }
        clock.echo(&mut json);
        json.key("source").string(sky.source.name());
        sky.precision.echo(&mut json);
        json.key("format").string(format.name());
        json.close(b'}');
        String::from_utf8_lossy(&json.into_bytes()).into_owned()
    }
}

impl Span {
    /// How the list was bounded.
    pub(in crate::query) fn echo(&self, json: &mut Json) {
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
        self.clock.echo(json);
    }
}
