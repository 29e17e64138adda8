//! The queries of what is where on the Earth: lines of bodies, parans.

use super::{closed, write_bodies, write_names};
use crate::query::{AstrocartographyQuery, Choice, ParansQuery, SkyQuery, Where};
use crate::text::json::Json;

impl AstrocartographyQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let AstrocartographyQuery { time, sky, projection, site, most_km, looks } = self;
        let mut json = Json::new();
        time.echo(&mut json);
        if let Some(site) = site {
            json.key("lat").full(site.latitude_deg);
            json.key("lon").full(site.longitude_deg);
        }
        if let Some(most_km) = most_km {
            json.key("max_distance").full(*most_km);
        }
        write_bodies(&mut json, &sky.bodies);
        json.key("projection").string(projection.name());
        if let Some(looks) = looks {
            looks.echo(&mut json);
        }
        end(json, sky, format)
    }
}

impl ParansQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let ParansQuery { time, day: _, sky, stars, at, longitude_deg } = self;
        let mut json = Json::new();
        time.echo(&mut json);
        if let Some(longitude_deg) = longitude_deg {
            json.key("lon").full(*longitude_deg);
        }
        match at {
            Where::Latitude { latitude_deg, orb_deg } => {
                json.key("lat").full(*latitude_deg);
                json.key("orb").full(*orb_deg);
            }
            Where::Anywhere => json.key("global").truth(true),
        }
        write_bodies(&mut json, &sky.bodies);
        if let Some(stars) = stars {
            match &stars.choice {
                Choice::UpTo(magnitude) => json.key("magnitude").full(*magnitude),
                Choice::Named(places) => {
                    write_names(&mut json, "stars", places.iter().map(|nth| stars.catalogue.handle(*nth)));
                }
            }
        }
        sky.precision.echo(&mut json);
        end(json, sky, format)
    }
}

/// Ends the document with who may answer, and in which format.
fn end(mut json: Json, sky: &SkyQuery, format: &str) -> String {
    json.key("source").string(sky.source.name());
    json.key("allow_moshier").truth(sky.moshier.is_allowed());
    closed(json, format)
}
