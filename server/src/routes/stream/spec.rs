//! What `/v1/stream/sky` takes and gives, for the parser and for the documentation.

use super::FORMATS;
use crate::query::{INTERVALS_S, MOST_TICKS, Parameter, Takes};
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters;

const LON: Parameter = Parameter {
    about: "With `center=topo`: geographic longitude of the observer; east is positive.",
    ..parameters::LON
};

const FORMAT: Parameter =
    Parameter { about: "The format of what is told at each tick.", ..parameters::FORMAT };

const INTERVAL: Parameter = Parameter::new(
    "interval",
    "The time between two ticks. These are at its whole multiples, counted from 1970: with 60 at each full minute.",
)
.taking(Takes::Number { unit: "seconds", least: INTERVALS_S.0, most: INTERVALS_S.1 })
.by_default("1")
.such_as(&["0.5", "60"]);

const COUNT: Parameter = Parameter::new(
    "count",
    "After how many ticks the stream ends. Left out, it ends when its client leaves or the server stops.",
)
.taking(Takes::Count { least: 1, most: MOST_TICKS })
.such_as(&["1", "2"]);

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    parameters::LAT,
    LON,
    parameters::ALT,
    parameters::BODIES,
    parameters::CENTER,
    parameters::FRAME,
    parameters::EQUINOX,
    parameters::ZODIAC,
    parameters::AYANAMSA,
    parameters::PLACE,
    parameters::COORDINATES,
    parameters::SOURCE,
    parameters::ALLOW_MOSHIER,
    parameters::PRECISION,
    parameters::FIELDS,
    parameters::PRESSURE,
    parameters::TEMPERATURE,
    FORMAT,
    INTERVAL,
    COUNT,
];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "streamSky",
    tag: Tag::Sky,
    summary: "Where bodies stand, again and again",
    about: "The positions of bodies at every tick, as server-sent events, or over a WebSocket where the request asks for one \
            by `Upgrade` (RFC 6455, on HTTP/1.1). Each event `sky` has as its data, on one line, what `/v1/positions` replies \
            for that instant, and the instant as its `id`; a WebSocket has the data as messages of text. The tick that was last \
            is told at once, unless `Last-Event-ID` says that the client has it, and each of the others when it comes. Who is slow to \
            read misses ticks, and gets none late. Where a tick cannot be told, an event `problem` holds \
            the problem document; the stream goes on where its status is 503, and ends elsewhere. A stream ends as a \
            reply does when the server stops, a WebSocket with the status 1001: ask again, on another connection. A silent \
            stream has a comment every 15 seconds, and a WebSocket pings, which the client has to answer. A handshake that is \
            none is refused with `malformed_handshake`.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "The Sun and the Moon, twice a second, three times",
            query: "bodies=sun,moon&interval=0.5&count=3",
        },
        Example { about: "Sun to Pluto as they stood at the last full minute", query: "interval=60&count=1" },
        Example {
            about: "The Moon over Berlin",
            query: "bodies=moon&center=topo&lat=52.52&lon=13.4&fields=azimuth,altitude&count=2",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "",
    reply_about: "Events, each with the positions at its instant, until one of the two sides ends the stream.",
    fields: &[header::CACHE_CONTROL, header::VARY],
    refusals: OF_THE_SKY,
    schemas: Vec::new,
};
