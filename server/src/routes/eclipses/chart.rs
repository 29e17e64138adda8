//! The map of an eclipse, with what is said of it.

use bytes::Bytes;
use geojson::JsonObject;
use orrery_almanac::Instant;
use orrery_format::{TtDay, UtDay};

use super::pen;
use crate::answer::eclipse::Found;
use crate::answer::events::{Eclipse, Pen, Value, words};
use crate::app::Generation;
use crate::map::{Beat, Heading, Map};
use crate::query::{DEFAULT_STEP_MIN, EclipseQuery, Eclipsed};
use crate::text::coordinates::coordinates;
use crate::text::json::Json;
use crate::wire::media::Format;

/// The map of an eclipse in a format.
pub(super) fn content(
    query: &EclipseQuery,
    generation: &Generation,
    found: &Found,
    format: Format,
    provenance: &str,
) -> Bytes {
    let pen = pen(query, generation);
    let delta_t_s = found.told.at.delta_t_s;
    let map = match &found.eclipse {
        Eclipse::Solar(eclipse) => {
            let step_s = query.step_min.unwrap_or(DEFAULT_STEP_MIN) * 60;
            let origin = midnight(&found.told.at, generation);
            Map::of_solar(eclipse, delta_t_s, Beat { step_s, origin })
        }
        Eclipse::Lunar(eclipse) => Map::of_lunar(eclipse, delta_t_s, &found.up),
    };
    // In the hours of an eclipse ΔT does not change.
    let mut time = |tt: TtDay| {
        let ut = UtDay(tt.jd() - delta_t_s / 86_400.0);
        pen.time(&Instant { ut, tt, delta_t_s })
    };
    let text = if format == Format::Svg {
        // Of a date and time the hours and minutes.
        let clock =
            |time: String| time.split('T').nth(1).and_then(|it| it.get(..5)).unwrap_or_default().to_owned();
        map.svg(&heading(found, &pen), &mut |tt| clock(time(tt)))
    } else {
        map.geojson(about(query, found, &pen, format, provenance), &mut time)
    };
    text.into()
}

/// When the day of UTC began that an instant is of.
fn midnight(at: &Instant, generation: &Generation) -> TtDay {
    let time = at.utc(&generation.leaps).time();
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(f64::from);
    let since_s = hour * 3600.0 + minute * 60.0 + second + f64::from(time.nanosecond()) * 1e-9;
    TtDay(at.tt.jd() - since_s / 86_400.0)
}

/// What a `GeoJSON` text tells beside the shapes.
fn about(query: &EclipseQuery, found: &Found, pen: &Pen<'_>, format: Format, provenance: &str) -> JsonObject {
    let mut eclipse = Json::new();
    pen.json(&mut eclipse, &found.told);
    let query = query.written(format);
    let members = [
        ("query", query.as_bytes()),
        ("eclipse", &eclipse.into_bytes()),
        ("provenance", provenance.as_bytes()),
    ];
    // What was written just now can be read.
    let read = |(name, text): (&str, &[u8])| Some((name.to_owned(), serde_json::from_slice(text).ok()?));
    members.into_iter().filter_map(read).collect()
}

/// What is said of a map: which eclipse it is, when and where it is greatest, how great, and for how long.
fn heading(found: &Found, pen: &Pen<'_>) -> Heading {
    let eclipse = &found.eclipse;
    let of = if eclipse.kind() == Eclipsed::Solar { "Sun" } else { "Moon" };
    let kind = words(eclipse.type_name());
    let title = format!("{kind} eclipse of the {of}, {}", pen.day(&found.told.at));

    let told = &found.told;
    let number = |name: &str| match told.field(name) {
        Some(Value::Number(number, _)) => Some(*number),
        _ => None,
    };
    let whole = |name: &str| match told.field(name) {
        Some(Value::Whole(number)) => Some(*number),
        _ => None,
    };
    let (clock, place) = (pen.clock(&told.at), coordinates(eclipse.place_deg(told.at.delta_t_s)));
    let greatest = match eclipse {
        Eclipse::Solar(_) => format!("Greatest at {clock}, {place}"),
        Eclipse::Lunar(_) => format!("Greatest at {clock}, the Moon overhead at {place}"),
    };
    let mut parts: Vec<String> = Vec::new();
    // Of a Moon that stays outside the umbra only the penumbra is of interest.
    let umbral = number("umbral_magnitude").filter(|magnitude| *magnitude > 0.0);
    for (magnitude, label) in [
        (number("magnitude"), "Magnitude"),
        (umbral, "Umbral magnitude"),
        (number("penumbral_magnitude").filter(|_| umbral.is_none()), "Penumbral magnitude"),
    ] {
        parts.extend(magnitude.map(|magnitude| format!("{label} {magnitude:.4}")));
    }
    parts.extend(
        number("duration_s").map(|seconds| format!("{} for {}", eclipse.type_name(), duration(seconds))),
    );
    if let Some(saros) = whole("saros") {
        let member = whole("saros_member").map(|member| format!(", member {member}")).unwrap_or_default();
        parts.push(format!("Saros {saros}{member}"));
    }
    Heading { title, lines: vec![greatest, parts.join(" · ")], ..Heading::default() }
}

/// Seconds as people tell them.
fn duration(seconds: f64) -> String {
    let seconds = seconds.round() as u32;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours} h {minutes:02} min") } else { format!("{minutes} min {seconds:02} s") }
}
