//! What `/v1/eclipses/{id}` takes and gives.

use utoipa::openapi::Schema;

use super::{ID, LMT_LON, REFUSALS_OF_ONE, TZ};
use crate::answer::eclipse::POLYNOMIALS;
use crate::query::Parameter;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{Member, list, named, number, object};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::routes::parameters::{CALENDAR, FORMAT, PRECISION, SOURCE};
use crate::wire::media::Format;

pub(crate) const PARAMETERS: &[Parameter] = &[ID, CALENDAR, TZ, LMT_LON, SOURCE, PRECISION, FORMAT];

/// The documentation of `/v1/eclipses/{id}`.
pub(crate) const ONE: Spec = Spec {
    id: "getEclipse",
    tag: Tag::Sky,
    summary: "An eclipse, with its Besselian elements",
    about: "All that there is to say of an eclipse without a place. Of those of the Sun, `besselian_elements` has the polynomials from \
            which what is seen anywhere follows: coefficients of powers of hours of TT since `t0`, constant term first, good for \
            `reach_h` hours on both sides; `x`, `y`, `l1` and `l2` in equatorial radii of the Earth, `d` and `mu` in degrees, with all \
            their digits. `mu` is the ephemeris hour angle: what it would be if UT1 were TT, as in NASA's canon.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "The eclipse of August 2026", query: "solar-2026-08-12" },
        Example { about: "One of the Moon, in Tokyo's time", query: "lunar-2026-03-03?tz=Asia/Tokyo" },
    ],
    body: None,
    formats: &[Format::Json],
    reply: "EclipseDetails",
    reply_about: "The eclipse.",
    fields: header::OF_COMPUTED,
    refusals: REFUSALS_OF_ONE,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    let document = object(
        "An eclipse.",
        [
            ("query", named("EclipseQuery")),
            ("eclipse", named("Eclipse")),
            ("provenance", named("Provenance")),
        ],
        [("besselian_elements", named("BesselianElements"))],
    );
    let about = |name: &str| match name {
        "x" => {
            "Where the axis of the shadow meets the fundamental plane, to the east, equatorial radii of the Earth."
        }
        "y" => "The same, to the north.",
        "d" => "Declination of the axis, degrees.",
        "mu" => "Ephemeris hour angle of the axis at Greenwich, degrees.",
        "l1" => "Radius of the penumbra in the fundamental plane, equatorial radii of the Earth.",
        "l2" => "Radius of the umbra there; negative where the Moon covers the Sun.",
        "tan_f1" => "Tangent of the half angle of the penumbra's cone.",
        _ => "Tangent of the half angle of the umbra's cone.",
    };
    let polynomials: [Member; POLYNOMIALS.len()] = POLYNOMIALS.map(|name| {
        (name, list(about(name), number("A coefficient, of the next higher power of hours.", 0.5)))
    });
    let origin = [
        ("t0", named("EventInstant")),
        ("reach_h", number("Hours on both sides of `t0` for which they hold.", 4.0)),
    ];
    vec![
        ("EclipseDetails", document),
        ("EclipseQuery", super::query(PARAMETERS)),
        ("BesselianElements", object("Besselian elements.", origin.into_iter().chain(polynomials), [])),
    ]
}
