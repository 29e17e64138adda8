//! What the resources of eclipses take and give.

use http::StatusCode;
use utoipa::openapi::Schema;

use crate::query::{Parameter, Takes};
use crate::routes::listing::parameters::{LON as LMT_LON, TZ as LIST_TZ};
use crate::routes::listing::schemas;

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

/// The time zone of what is told of one eclipse, which is asked for by its name and not by its time.
const TZ: Parameter = Parameter {
    about: "The time zone whose clock is told: a name of the IANA database, or `lmt` for the local mean time of `lon`. Instants \
            have it as `local` beside `utc`; maps have it in the place of UTC.",
    ..LIST_TZ
};

/// Statuses of refusals of what is told of one eclipse.
const REFUSALS_OF_ONE: &[StatusCode] = &[
    StatusCode::NOT_FOUND,
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::CONFLICT,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// What the reply repeats of a query that takes these.
fn query(parameters: &'static [Parameter]) -> Schema {
    // Without a place, `lon` is that of a local mean time.
    let has_place = parameters.iter().any(|parameter| parameter.name == "lat");
    schemas::query(parameters, if has_place { &["id", "lat", "lon", "alt"] } else { &["id"] })
}
