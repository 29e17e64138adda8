//! The queries of charts in time. What the chart is cast of stands with it.

use super::{closed, write_end, write_site};
use crate::query::{ProgressionsQuery, ReturnsQuery, TransitsQuery};
use crate::text::json::Json;

impl TransitsQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        json.open(b'{');
        write_end(json.key("start"), &self.start);
        write_end(json.key("stop"), &self.stop);
        self.clock.echo(&mut json);
        super::write_bodies(&mut json, &self.bodies);
        self.rules.echo_with_orb(&mut json, self.orb_deg);
        json.key("include_houses").truth(self.has_houses);
        json.key("limit").integer(self.limit as i64);
        self.precision.echo(&mut json);
        closed(json, format)
    }
}

impl ReturnsQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        json.open(b'{');
        self.span.echo(&mut json);
        json.key("body").string(&self.body.name());
        match self.minus {
            Some(minus) => json.key("minus").string(&minus.name()),
            None => json.key("precession_corrected").truth(self.is_corrected),
        }
        json.key("parts").integer(self.parts.into());
        json.key("charts").truth(self.cast.is_some());
        if let Some(site) = &self.site {
            write_site(&mut json, site);
        }
        if let Some(cast) = &self.cast {
            if let Some(division) = &cast.division {
                division.echo(&mut json);
            }
            self.rules.echo(&mut json);
        }
        self.precision.echo(&mut json);
        closed(json, format)
    }
}

impl ProgressionsQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        self.life.echo(&mut json);
        if let Some(in_time) = &self.in_time {
            write_end(json.key("start"), &in_time.start);
            write_end(json.key("stop"), &in_time.stop);
            // The instant may have no need of it.
            if let (None, Some(zone)) = (&self.life.local, in_time.clock.zone) {
                json.key("tz").string(zone.name());
            }
            json.key("limit").integer(in_time.limit as i64);
        }
        json.key("method").string(self.kind.name());
        json.key("converse").truth(self.is_converse);
        json.key("year").string(self.year.name());
        json.key("angle_method").string(self.angle_method.name());
        json.key("arc").string(self.arc.name());
        self.rules.echo_with_orb(&mut json, self.orb_deg);
        self.precision.echo(&mut json);
        closed(json, format)
    }
}
