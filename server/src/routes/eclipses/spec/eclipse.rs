//! The schema of an eclipse: what `answer::events::eclipses` tells of it.

use orrery_format::eclipse::{LunarKind, SolarKind};
use utoipa::openapi::{RefOr, Schema};

use super::ID_FORM;
use crate::routes::listing::schemas;
use crate::routes::openapi::schema::{
    named, nullable, number, number_from, number_or_null, object, text_like, whole, words,
};

/// The types of eclipses.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    SolarKind::ALL.map(SolarKind::name).into_iter().chain([LunarKind::Penumbral.name()])
}

/// An instant, or null.
pub(super) fn instant(about: &str) -> RefOr<Schema> {
    nullable(named("EventInstant"), about)
}

pub(super) fn eclipse() -> Schema {
    object(
        "An eclipse.",
        [
            ("maximum", named("EventInstant")),
            (
                "id",
                text_like(
                    ID_FORM,
                    "Its name: what is eclipsed, and the date of the greatest phase in TT.",
                    "solar-2026-08-12",
                ),
            ),
            ("kind", words("What is eclipsed.", ["solar", "lunar"])),
            ("type", words("Its type.", types())),
            ("gamma", schemas::member("gamma")),
            ("saros", schemas::member("saros")),
            (
                "saros_member",
                nullable(
                    whole("A place.", 48),
                    "Its place in the saros, which begins with 1; null where only the tables' list would know.",
                ),
            ),
            (
                "duration_s",
                number_or_null(
                    "How long the phase lasts that the type is named for, seconds: of the Sun at the place of greatest eclipse, null where it is partial.",
                    138.2,
                ),
            ),
            ("lat", schemas::member("lat")),
            ("lon", schemas::member("lon")),
            ("contacts", named("EclipseContacts")),
            ("delta_t", number("ΔT = TT − UT1 that longitudes and times of day follow from, seconds.", 69.1)),
            ("source", schemas::source()),
        ],
        [
            (
                "magnitude",
                number(
                    "Solar, at the place of greatest eclipse: the part of the Sun's diameter that is covered; where the eclipse is central, the ratio of the diameters.",
                    1.038_6,
                ),
            ),
            (
                "umbral_magnitude",
                number(
                    "Lunar: the part of the Moon's diameter in the umbra; negative where it stays outside.",
                    0.93,
                ),
            ),
            ("penumbral_magnitude", number("Lunar: the same of the penumbra.", 1.96)),
            ("obscuration", number_from(0.0, 1.0, "Solar: the part of the Sun's disc that is covered.", 1.0)),
            (
                "sun_altitude",
                number_from(
                    -90.0,
                    90.0,
                    "Solar: altitude of the Sun at the place of greatest eclipse, degrees.",
                    25.8,
                ),
            ),
            ("sun_azimuth", number_from(0.0, 360.0, "Solar: its azimuth there, degrees.", 248.4)),
            (
                "path_width_km",
                number_or_null(
                    "Solar: width of the path there, km; null where it has not two limits.",
                    294.0,
                ),
            ),
        ],
    )
}

pub(super) fn contacts() -> Schema {
    object(
        "Contacts; null where there are none.",
        [
            ("p1", instant("The penumbra first touches the Earth, or the Moon the penumbra.")),
            ("u1", instant("The umbra first touches the Earth, or the Moon the umbra.")),
            ("u2", instant("The umbra is first all on the Earth, or the Moon all in the umbra.")),
            ("u3", instant("The last moment of that.")),
            ("u4", instant("The umbra leaves the Earth, or the Moon the umbra.")),
            ("p4", instant("The penumbra leaves the Earth, or the Moon the penumbra.")),
        ],
        [
            ("p2", instant("Solar: the penumbra is first all on the Earth.")),
            (
                "central_begin",
                instant("Solar: the axis of the shadow first meets the Earth: the central line begins."),
            ),
            ("central_end", instant("Solar: it leaves the Earth, and the central line ends.")),
            ("p3", instant("Solar: the last moment at which the penumbra is all on the Earth.")),
        ],
    )
}
