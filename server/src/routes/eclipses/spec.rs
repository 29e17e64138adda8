//! What the resources of eclipses take and give.

use http::StatusCode;
use utoipa::openapi::Schema;

use crate::query::{Parameter, Takes};
use crate::routes::listing::parameters::{LON as LMT_LON, TZ};
use crate::routes::openapi::header::{self, Field};
use crate::routes::openapi::schema::{Member, object};

mod eclipse;
mod list;
mod local;
mod one;
mod path;

pub(crate) use list::LIST;
pub(super) use list::PARAMETERS as LIST_PARAMETERS;
pub(crate) use local::LOCAL;
pub(super) use local::PARAMETERS as LOCAL_PARAMETERS;
pub(crate) use one::ONE;
pub(super) use one::PARAMETERS as ONE_PARAMETERS;
pub(crate) use path::PATH;
pub(super) use path::{FORMATS as PATH_FORMATS, PARAMETERS as PATH_PARAMETERS};

/// The name of an eclipse.
const ID_FORM: &str = "^(solar|lunar)-[+-]?[0-9]{4,6}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

const ID: Parameter = Parameter::new(
    "id",
    "Which eclipse: `solar` or `lunar`, and the date of its greatest phase in TT. `/v1/eclipses` lists them.",
)
.taking(Takes::Text(ID_FORM))
.in_path()
.such_as(&["solar-2026-08-12", "lunar-2026-03-03"]);

/// Header fields of what is told of one eclipse.
const FIELDS: &[Field] = &[
    header::CACHE_CONTROL,
    header::ETAG,
    header::VARY,
    header::X_CACHE_STATUS.of_content(),
    header::X_DATASET,
    header::X_EPHEMERIS_SOURCE.of_content(),
];

const REFUSALS: &[StatusCode] = &[
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::CONFLICT,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::SERVICE_UNAVAILABLE,
];

const REFUSALS_OF_ONE: &[StatusCode] = &[
    StatusCode::NOT_FOUND,
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::CONFLICT,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// What the reply repeats of a query that takes these.
fn query(parameters: &'static [Parameter]) -> Schema {
    let always = ["id", "lat", "alt", "source", "format"];
    // Without a place, `lon` is that of a local mean time.
    let has_place = parameters.iter().any(|parameter| parameter.name == "lat");
    let is_always = |name: &str| always.contains(&name) || (name == "lon" && has_place);
    let members = parameters.iter().map(|parameter| (parameter.name, parameter.takes.schema(None, &[])));
    let (required, optional): (Vec<Member>, Vec<Member>) = members.partition(|(name, _)| is_always(name));
    object("The query as it was understood, with every default and alias resolved.", required, optional)
}
