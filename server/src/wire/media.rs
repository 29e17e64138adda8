//! The media types of replies, in one list. That of refusals is [with them](crate::wire::problem::MEDIA_TYPE).

pub(crate) const JSON: &str = "application/json";

pub(crate) const HTML: &str = "text/html; charset=utf-8";

pub(crate) const CSS: &str = "text/css; charset=utf-8";

pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) const SVG: &str = "image/svg+xml";
