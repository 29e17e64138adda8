//! `/`: the page for people, a sky to play with. Its files, in `server/page`, are part of the program; they are what a
//! browser reads, with nothing built from them.

use bytes::Bytes;
use http::Response;

use crate::routes::asset::{self, Asset};
use crate::wire::media::{CSS, HTML, JAVASCRIPT, SVG};
use crate::wire::problem::Problem;
use crate::wire::request::Request;

/// The path of each file, and the file.
static FILES: [(&str, Asset); 23] = [
    ("/", Asset::new(HTML, include_bytes!("../../page/index.html"))),
    ("/favicon.svg", Asset::new(SVG, include_bytes!("../../page/favicon.svg"))),
    // Browsers ask for this one unasked, and take what they are given.
    ("/favicon.ico", Asset::new(SVG, include_bytes!("../../page/favicon.svg"))),
    ("/page/style.css", Asset::new(CSS, include_bytes!("../../page/style.css"))),
    ("/page/almanac.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/almanac.js"))),
    ("/page/api.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/api.js"))),
    ("/page/calendar.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/calendar.js"))),
    ("/page/chart.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/chart.js"))),
    ("/page/dom.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/dom.js"))),
    ("/page/eclipses.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/eclipses.js"))),
    ("/page/examples.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/examples.js"))),
    ("/page/format.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/format.js"))),
    ("/page/glyphs.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/glyphs.js"))),
    ("/page/light.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/light.js"))),
    ("/page/main.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/main.js"))),
    ("/page/phase.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/phase.js"))),
    ("/page/place.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/place.js"))),
    ("/page/proof.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/proof.js"))),
    ("/page/sky.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/sky.js"))),
    ("/page/table.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/table.js"))),
    ("/page/theme.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/theme.js"))),
    ("/page/time.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/time.js"))),
    ("/page/wheel.js", Asset::new(JAVASCRIPT, include_bytes!("../../page/wheel.js"))),
];

/// A file, or word that the client has it already. What a link added to the page's address is for nobody here.
pub(crate) fn get(request: &Request) -> Result<Response<Bytes>, Problem> {
    asset::reply(request, file(request.path()))
}

fn file(path: &str) -> Option<&'static Asset> {
    FILES.iter().find(|(known, _)| *known == path).map(|(_, asset)| asset)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
    use http::{HeaderValue, StatusCode};

    use super::*;
    use crate::routes::{ROUTES, Resource};

    fn text(asset: &'static Asset) -> &'static str {
        std::str::from_utf8(asset.content()).unwrap()
    }

    fn asked(path: &str, tag: Option<&HeaderValue>) -> Response<Bytes> {
        let fields: Vec<_> = tag.into_iter().map(|tag| ("if-none-match", tag.to_str().unwrap())).collect();
        get(&Request::to(&format!("{path}?from=somewhere"), &fields)).unwrap()
    }

    #[test]
    fn every_file_is_routed_and_served_whole_and_once() {
        let routed: BTreeSet<_> =
            ROUTES.iter().filter(|route| route.resource == Resource::Page).map(|route| route.path).collect();
        assert_eq!(routed, FILES.iter().map(|(path, _)| *path).collect());
        for (path, asset) in &FILES {
            let response = asked(path, None);
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.body(), asset.content(), "{path}");
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'self';"), "{path}");
            let unchanged = asked(path, Some(&response.headers()[ETAG]));
            assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED, "{path}");
            assert!(unchanged.body().is_empty(), "{path}");
        }
    }

    #[test]
    fn media_types_are_those_that_browsers_demand() {
        for (path, _) in &FILES {
            let wanted = match path.rsplit('.').next().unwrap() {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                "svg" | "ico" => "image/svg+xml",
                _ => "text/html; charset=utf-8",
            };
            assert_eq!(asked(path, None).headers()[CONTENT_TYPE], wanted, "{path}");
        }
    }

    #[test]
    fn what_files_refer_to_is_there_and_nothing_lies_unused() {
        let mut named = BTreeSet::from(["/", "/favicon.ico"]);
        for (_, asset) in &FILES {
            let quoted = text(asset).split('"').filter(|word| !word.contains(char::is_whitespace));
            named.extend(quoted.filter(|word| word.starts_with("/page/") || word.starts_with("/favicon")));
        }
        assert_eq!(named, FILES.iter().map(|(path, _)| *path).collect());
    }

    #[test]
    fn links_lead_to_routes() {
        let page = text(file("/").unwrap());
        let links: Vec<_> =
            page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(links.len() > 5, "{links:?}");
        for link in links {
            let there = match link.strip_prefix('#') {
                Some(id) => page.contains(&format!("id=\"{id}\"")),
                None => ROUTES.iter().any(|route| route.path == link),
            };
            assert!(there, "{link}");
        }
    }

    #[test]
    fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
        for (path, asset) in &FILES {
            let text = text(asset).replace("http://www.w3.org/2000/svg", "").replace("curl 'http://<i>", "");
            assert!(
                !text.contains("http://") && !text.contains("https://") && !text.contains("data:"),
                "{path}"
            );
        }
        let page = text(file("/").unwrap());
        for inline in ["<style", " style=", " onclick=", "javascript:", "<script>"] {
            assert!(!page.contains(inline), "{inline}");
        }
    }

    #[test]
    fn the_page_is_small() {
        let bytes: usize = FILES
            .iter()
            .filter(|(path, _)| *path != "/favicon.ico")
            .map(|(_, asset)| asset.content().len())
            .sum();
        assert!(bytes < 106_000, "{bytes}");
    }
}
