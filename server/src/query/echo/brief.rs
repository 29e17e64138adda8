//! The query of a brief.

use super::closed;
use crate::query::BriefQuery;
use crate::text::json::Json;

impl BriefQuery {
    /// The `query` of a reply, a JSON document, in a format.
    pub(crate) fn written(&self, format: &str) -> String {
        let BriefQuery { time, stretch, ends: _, end: _, clock: _, sign, words, sky } = self;
        let mut json = Json::new();
        time.echo(&mut json);
        json.key("span").string(stretch.name());
        if let Some(sign) = sign {
            json.key("sign").string(sign.name());
        }
        json.key("lang").string(&words.lang);
        json.key("zodiac").string(sky.view.zodiac.kind().name());
        if let Some(ayanamsa) = sky.view.ayanamsa() {
            json.key("ayanamsa").string(&ayanamsa.to_string());
        }
        json.key("source").string(sky.source.name());
        closed(json, format)
    }
}
