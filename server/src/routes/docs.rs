//! `/docs`: the interface for reading and trying out, in a browser. Swagger UI shows it, out of the program and from
//! nowhere else; the page around it, its colours and what starts it are ours, in `server/docs`.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::Response;
use utoipa_swagger_ui::SwaggerFile;

use crate::routes::asset::{self, Asset};
use crate::wire::media::{CSS, HTML, JAVASCRIPT};
use crate::wire::problem::Problem;
use crate::wire::request::Request;

/// Everything from this server. Swagger UI's stylesheet holds its icons as `data:` images.
const POLICY: &str =
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A file, or word that the client has it already. What a link added to the page's address is for nobody here.
pub(crate) fn get(request: &Request) -> Result<Response<Bytes>, Problem> {
    asset::reply(request, asset(request.path()))
}

/// The file at a path: of every path that is routed here there is one.
fn asset(path: &str) -> Option<&'static Asset> {
    static PAGE: Asset = Asset::new(HTML, include_bytes!("../../docs/index.html")).under(POLICY);
    // What is ours of the looks: small screens, and the colours that would be hard to read.
    static THEME: Asset = Asset::new(CSS, include_bytes!("../../docs/docs.css"));
    static START: Asset = Asset::new(JAVASCRIPT, include_bytes!("../../docs/docs.js"));
    static STYLE: LazyLock<Option<Asset>> = LazyLock::new(|| vendored(CSS, "swagger-ui.css"));
    static LIBRARY: LazyLock<Option<Asset>> = LazyLock::new(|| vendored(JAVASCRIPT, "swagger-ui-bundle.js"));
    Some(match path {
        "/docs" => &PAGE,
        "/docs/docs.css" => &THEME,
        "/docs/docs.js" => &START,
        "/docs/swagger-ui.css" => return STYLE.as_ref(),
        "/docs/swagger-ui-bundle.js" => return LIBRARY.as_ref(),
        _ => return None,
    })
}

/// A file of Swagger UI's, unless its version names its files otherwise, as the test below would tell.
fn vendored(media_type: &'static str, name: &str) -> Option<Asset> {
    match utoipa_swagger_ui::serve(name, Arc::default()) {
        Ok(Some(SwaggerFile { bytes: Cow::Borrowed(bytes), .. })) => Some(Asset::new(media_type, bytes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{ROUTES, Resource};

    #[test]
    fn every_file_is_there_and_the_page_names_no_other_place() {
        let routed: Vec<_> =
            ROUTES.iter().filter(|route| route.resource == Resource::Docs).map(|route| route.path).collect();
        for path in &routed {
            assert!(asset(path).unwrap().content().len() > 200, "{path}");
        }
        let page = std::str::from_utf8(asset("/docs").unwrap().content()).unwrap();
        let named = page.split('"').filter(|text| text.starts_with("docs/"));
        let named: Vec<_> = named.map(|text| format!("/{text}")).collect();
        assert_eq!(named.len(), routed.len() - 1, "{named:?}");
        assert!(named.iter().all(|path| routed.contains(&path.as_str())), "{named:?}");
        assert!(!page.contains("//"), "{page}");
    }
}
