//! The queries of charts.

use orrery_almanac::Aspect;

use super::{closed, text, write_bodies, write_names, write_site};
use crate::query::cast::{CastQuery, Division};
use crate::query::chart::{ASPECTED, AspectRules, ChartQuery, Part, RULED};
use crate::query::{
    CompatibilityQuery, CompositeQuery, Field, HousesQuery, Lots, Made, PairQuery, Seen, SkyQuery,
};
use crate::text::json::Json;

impl ChartQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        self.cast.echo(&mut json);
        if self.parts.has_any(&ASPECTED) {
            self.rules.echo(&mut json);
        }
        if self.parts.has(Part::Aspects) {
            json.key("perfection").truth(self.perfection);
        }
        if let Some(Lots { selection, formula, .. }) = &self.lots {
            write_names(&mut json, "lots", selection.lots().map(|lot| lot.name.as_str()));
            if let Some(formula) = formula {
                json.key("formula").string(formula);
            }
        }
        if self.parts.has_any(&RULED) {
            json.key("rulers").string(self.tables.rulers.name());
            json.key("triplicities").string(self.tables.triplicities.name());
            json.key("terms").string(self.tables.terms.name());
        }
        write_names(&mut json, "include", self.parts.iter().map(Part::name));
        if let Some(drawing) = &self.drawing {
            drawing.echo(&mut json);
        }
        closed(json, format)
    }
}

impl HousesQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        self.cast.echo_place(&mut json);
        self.cast.echo_sky(&mut json);
        closed(json, format)
    }
}

impl PairQuery {
    /// The `query` of a reply, a JSON document, in a format. What the charts are cast of stands with each.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        json.open(b'{');
        self.rules.echo(&mut json);
        self.precision.echo(&mut json);
        if let Some(drawing) = &self.drawing {
            drawing.echo(&mut json);
        }
        closed(json, format)
    }
}

impl CompositeQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        json.open(b'{');
        json.key("method").string(self.made.method().name());
        match self.made {
            Made::Midpoint { reference_lat_deg: Some(latitude_deg), meridian: _ } => {
                json.key("reference_lat").full(latitude_deg);
            }
            Made::Midpoint { meridian, reference_lat_deg: None } => {
                json.key("meridian").string(meridian.name());
            }
            Made::Davison { half_way } => {
                json.key("half_way").string(half_way.name());
            }
        }
        self.pair.rules.echo(&mut json);
        self.pair.precision.echo(&mut json);
        closed(json, format)
    }
}

impl CompatibilityQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let mut json = Json::new();
        json.open(b'{');
        self.pair.precision.echo(&mut json);
        closed(json, format)
    }
}

impl CastQuery {
    /// The query of one of several charts, a JSON document.
    pub(crate) fn written(&self) -> String {
        let mut json = Json::new();
        self.echo(&mut json);
        text(json)
    }

    /// An object that stays open.
    pub(super) fn echo(&self, json: &mut Json) {
        self.echo_place(json);
        self.echo_sky(json);
        let SkyQuery { view, fields, .. } = &*self.sky;
        let names = fields.iter().filter_map(|field: Field| field.name(view));
        write_names(json, "fields", ["body"].into_iter().chain(names));
    }

    /// Begins an object with the instant, the place, and how the sky over it is divided.
    fn echo_place(&self, json: &mut Json) {
        let CastQuery { time, day, site, sky: _, told: _, division } = self;
        time.echo(json);
        if day.is_some() {
            json.key("time_known").truth(false);
        }
        if let Some(site) = site {
            write_site(json, site);
        }
        if let Some(division) = division {
            division.echo(json);
        }
    }

    /// What is asked of the sky, but for the fields of its bodies.
    fn echo_sky(&self, json: &mut Json) {
        let SkyQuery { bodies: _, view, source, moshier, precision, fields: _, air, charted: _ } = &*self.sky;
        write_bodies(json, self.bodies());
        let seen = if view.observer.site().is_some() { Seen::Topo } else { Seen::Geo };
        json.key("center").string(seen.name());
        json.key("zodiac").string(view.zodiac.kind().name());
        if let Some(ayanamsa) = view.zodiac.ayanamsa() {
            json.key("ayanamsa").string(&ayanamsa.to_string());
        }
        json.key("place").string(view.light.name());
        air.echo(json);
        json.key("source").string(source.name());
        json.key("allow_moshier").truth(moshier.is_allowed());
        precision.echo(json);
    }
}

impl Division {
    pub(super) fn echo(self, json: &mut Json) {
        let Division { system, fallback } = self;
        json.key("house_system").string(system.name());
        if let Some(fallback) = fallback {
            json.key("fallback").string(fallback.name());
        }
    }
}

impl AspectRules {
    pub(super) fn echo(&self, json: &mut Json) {
        let AspectRules { aspects, orbs, angles: _, ready: _ } = self;
        write_names(json, "aspects", aspects.iter().map(|aspect| aspect.name()));
        let given = orbs.to_string();
        if !given.is_empty() {
            write_names(json, "orbs", given.split(','));
        }
        json.key("orb_by").string(orbs.rule().name());
        self.echo_angles(json);
    }

    /// The same where all aspects have one orb but for those that were given others.
    pub(super) fn echo_with_orb(&self, json: &mut Json, orb_deg: f64) {
        write_names(json, "aspects", self.aspects.iter().map(|aspect| aspect.name()));
        let own = |aspect: &Aspect| {
            let own_deg = self.orbs.of_aspect(*aspect);
            (own_deg != orb_deg).then(|| format!("{aspect}:{own_deg}"))
        };
        let own: Vec<_> = self.aspects.iter().filter_map(own).collect();
        if !own.is_empty() {
            write_names(json, "orbs", own.iter());
        }
        self.echo_angles(json);
        json.key("orb").full(orb_deg);
    }

    /// Which angles take part.
    fn echo_angles(&self, json: &mut Json) {
        if self.angles.is_empty() {
            json.key("angles").string("none");
        } else {
            write_names(json, "angles", self.angles.iter().map(|angle| angle.name()));
        }
    }
}
