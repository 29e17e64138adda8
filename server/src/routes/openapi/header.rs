//! The header fields that replies carry and requests may, stated once for all routes.

use http::StatusCode;
use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{Header, Ref, RefOr, Required};

use crate::answer::mix::Mix;
use crate::query::Takes;
use crate::wire::problem::WEBSOCKET_VERSION;

/// A header field of replies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its name, in the usual spelling.
    pub(crate) name: &'static str,
    /// What it may hold.
    holds: Takes,
    about: &'static str,
    example: &'static str,
    /// Which replies carry it.
    on: On,
}

/// Which replies of a route carry a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    /// 200 and 304.
    Both,
    /// 200, and 304 where it is known without computing.
    Found,
    /// As `Found`, and of replies that are streamed none: who answered is known when they end.
    Streamed,
    /// 200 alone.
    Content,
    /// Any, at times.
    Perhaps,
}

pub(crate) const ETAG: Field = Field {
    name: "ETag",
    holds: Takes::Text("^\"[0-9a-f]{32}(-(br|gzip|zstd))?\"$"),
    about: "A strong tag: equal tags are equal bytes. Send it back in `If-None-Match`. What is compressed on its way has \
            a tag of its own, which names how.",
    example: "\"7f694dbd015bf7a92c0d89d8c0f9261e\"",
    on: On::Both,
};

pub(crate) const CACHE_CONTROL: Field = Field {
    name: "Cache-Control",
    holds: Takes::Words(&["no-store", "no-cache", "public, max-age=3600", "private, max-age=3600"]),
    about: "How long the reply may be kept: not at all where it is true of this moment alone; by its client alone \
            where the query tells where somebody was; after asking again with `If-None-Match` where a new dataset may \
            change it.",
    example: "public, max-age=3600",
    on: On::Both,
};

pub(crate) const VARY: Field = Field {
    name: "Vary",
    holds: Takes::Words(&["accept", "accept-encoding", "accept, accept-encoding"]),
    about: "The request header fields that the reply depends on.",
    example: "accept",
    on: On::Both,
};

pub(crate) const X_DATASET: Field = Field {
    name: "X-Dataset",
    holds: Takes::Text(super::schema::SHORT_HASH),
    about: "The generation of tables that the reply is from.",
    example: "7feb1dd3706c693e",
    on: On::Both,
};

pub(crate) const X_EPHEMERIS_SOURCE: Field = Field {
    name: "X-Ephemeris-Source",
    holds: Takes::Words(&[Mix::Table.name(), Mix::Live.name(), Mix::Mixed.name()]),
    about: "What answered: tables, the live Swiss Ephemeris, or both.",
    example: Mix::Table.name(),
    on: On::Found,
};

pub(crate) const X_CACHE_STATUS: Field = Field {
    name: "X-Cache-Status",
    holds: Takes::Words(&[Mix::Table.cache_status(), Mix::Mixed.cache_status(), Mix::Live.cache_status()]),
    about: "`HIT` where all of it is from tables, or was kept since it was computed; else `PARTIAL` where some of it is from \
            tables, `MISS` where none is.",
    example: Mix::Table.cache_status(),
    on: On::Found,
};

pub(crate) const SERVER_TIMING: Field = Field {
    name: "Server-Timing",
    holds: Takes::Text(
        "^(table;desc=\"[0-9]+/[0-9]+\";dur=[0-9]+[.][0-9]+, )?(live;desc=\"[0-9]+/[0-9]+\";dur=[0-9]+[.][0-9]+, )?\
         total;dur=[0-9]+[.][0-9]+$",
    ),
    about: "How many of the bodies tables answered and how many live computing did, and the milliseconds that each took, \
            for live with the wait for a thread that computes, neither for what was kept; and those of the whole, from the \
            request's arrival.",
    example: "table;desc=\"9/10\";dur=0.0021, live;desc=\"1/10\";dur=0.2263, total;dur=0.2312",
    on: On::Both,
};

pub(crate) const X_REQUEST_ID: Field = Field {
    name: "X-Request-Id",
    holds: Takes::Text("^[A-Za-z0-9._-]{1,64}$"),
    about: "The id under which this request is logged: the one that it brought, or a new one.",
    example: "f0b88030-2",
    on: On::Both,
};

pub(crate) const ACCESS_CONTROL_ALLOW_ORIGIN: Field = Field {
    name: "Access-Control-Allow-Origin",
    holds: Takes::Words(&["*"]),
    about: "Programs in browsers may ask from anywhere.",
    example: "*",
    on: On::Both,
};

pub(crate) const ACCESS_CONTROL_EXPOSE_HEADERS: Field = Field {
    name: "Access-Control-Expose-Headers",
    holds: Takes::Text("^[a-z-]+(, [a-z-]+)*$"),
    about: "The header fields that programs in browsers may read.",
    example: "etag, server-timing",
    on: On::Both,
};

pub(crate) const CONNECTION: Field = Field {
    name: "Connection",
    holds: Takes::Words(&["close"]),
    about: "On HTTP/1.1, with the last reply on a connection: where the client has asked for that, where the server is about \
            to stop, and after a request that it could not read to its end.",
    example: "close",
    on: On::Perhaps,
};

pub(crate) const CONTENT_LANGUAGE: Field = Field {
    name: "Content-Language",
    holds: Takes::Text("^[a-z]{2,3}(-[a-z0-9]{2,8})*$"),
    about: "The language that text is in: the one that was asked for, or the nearest to it that there are words of.",
    example: "en",
    on: On::Both,
};

/// What is carried by answers of which it is known before they are computed what computes them.
pub(crate) const OF_PLANNED: &[Field] =
    &[CACHE_CONTROL, ETAG, VARY, X_CACHE_STATUS, X_DATASET, X_EPHEMERIS_SOURCE];

/// What is carried by answers of which that is known when they are computed.
pub(crate) const OF_COMPUTED: &[Field] =
    &[CACHE_CONTROL, ETAG, VARY, X_CACHE_STATUS.of_content(), X_DATASET, X_EPHEMERIS_SOURCE.of_content()];

/// The same of what is told in words.
pub(crate) const OF_WORDS: &[Field] = &[
    CACHE_CONTROL,
    CONTENT_LANGUAGE,
    ETAG,
    VARY,
    X_CACHE_STATUS.of_content(),
    X_DATASET,
    X_EPHEMERIS_SOURCE.of_content(),
];

/// The same of what was posted, which is not asked for again by a tag.
pub(crate) const OF_POSTED: &[Field] =
    &[CACHE_CONTROL, VARY, X_CACHE_STATUS.of_content(), X_DATASET, X_EPHEMERIS_SOURCE.of_content()];

/// What is carried by answers that may be streamed.
pub(crate) const OF_STREAMED: &[Field] =
    &[CACHE_CONTROL, ETAG, VARY, X_CACHE_STATUS.of_streams(), X_DATASET, X_EPHEMERIS_SOURCE.of_streams()];

/// What every reply carries, or may, refusals included.
pub(crate) const EVERYWHERE: [Field; 4] =
    [X_REQUEST_ID, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONNECTION];

pub(crate) const CONTENT_SECURITY_POLICY: Field = Field {
    name: "Content-Security-Policy",
    holds: Takes::Text("^default-src 'self';"),
    about: "What a browser that shows the file may load: nothing but what this server gives. The pages for browsers, `/` and \
            `/docs`, and their files have it too.",
    example: "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    on: On::Both,
};

pub(crate) const X_CONTENT_TYPE_OPTIONS: Field = Field {
    name: "X-Content-Type-Options",
    holds: Takes::Words(&["nosniff"]),
    about: "That the file is what `Content-Type` says.",
    example: "nosniff",
    on: On::Both,
};

pub(crate) const REFERRER_POLICY: Field = Field {
    name: "Referrer-Policy",
    holds: Takes::Words(&["no-referrer"]),
    about: "That no other server is to be told from where a link led to it.",
    example: "no-referrer",
    on: On::Both,
};

pub(crate) const ACCESS_CONTROL_ALLOW_METHODS: Field = Field {
    name: "Access-Control-Allow-Methods",
    holds: Takes::Text("^[A-Z]+(, [A-Z]+)*$"),
    about: "Where the request asked with `Access-Control-Request-Method`: the methods that programs in browsers may send.",
    example: "GET, HEAD, OPTIONS",
    on: On::Perhaps,
};

pub(crate) const ACCESS_CONTROL_ALLOW_HEADERS: Field = Field {
    name: "Access-Control-Allow-Headers",
    holds: Takes::Text("^[a-z-]+(, [a-z-]+)*$"),
    about: "With the methods: the header fields that they may send.",
    example: "accept, content-encoding, content-type, if-none-match, x-request-id",
    on: On::Perhaps,
};

pub(crate) const ACCESS_CONTROL_MAX_AGE: Field = Field {
    name: "Access-Control-Max-Age",
    holds: Takes::Text("^[0-9]+$"),
    about: "With the methods: seconds for which a browser need not ask again.",
    example: "86400",
    on: On::Perhaps,
};

pub(crate) const LOCATION: Field = Field {
    name: "Location",
    holds: Takes::Text("^/v1/jobs/[0-9a-f]{32}$"),
    about: "Where it is told what has come of the request.",
    example: "/v1/jobs/5f0c6a8e2b9d4713a1e0c7d25b8f9634",
    on: On::Content,
};

pub(crate) const ALLOW: Field = Field {
    name: "Allow",
    holds: Takes::Text("^[A-Z]+(, [A-Z]+)*$"),
    about: "The methods that the resource takes.",
    example: "GET, HEAD, OPTIONS",
    on: On::Content,
};

pub(crate) const RETRY_AFTER: Field = Field {
    name: "Retry-After",
    holds: Takes::Text("^[0-9]+$"),
    about: "Seconds after which to try again.",
    example: "1",
    on: On::Content,
};

pub(crate) const SEC_WEBSOCKET_VERSION: Field = Field {
    name: "Sec-WebSocket-Version",
    holds: Takes::Words(&[WEBSOCKET_VERSION]),
    about: "With `malformed_handshake`: the version of WebSocket that is spoken.",
    example: WEBSOCKET_VERSION,
    on: On::Perhaps,
};

/// Every field of replies.
pub(crate) const ALL: [Field; 22] = [
    ETAG,
    CACHE_CONTROL,
    VARY,
    X_DATASET,
    X_EPHEMERIS_SOURCE,
    X_CACHE_STATUS,
    SERVER_TIMING,
    X_REQUEST_ID,
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_MAX_AGE,
    CONNECTION,
    CONTENT_LANGUAGE,
    CONTENT_SECURITY_POLICY,
    X_CONTENT_TYPE_OPTIONS,
    REFERRER_POLICY,
    LOCATION,
    ALLOW,
    RETRY_AFTER,
    SEC_WEBSOCKET_VERSION,
];

impl Field {
    /// The same on a route that knows it only when all is computed.
    pub(crate) const fn of_content(mut self) -> Field {
        self.on = On::Content;
        self
    }

    /// The same on a route whose replies may be streamed.
    pub(crate) const fn of_streams(mut self) -> Field {
        self.on = On::Streamed;
        self
    }

    /// Whether replies with this status carry it, or may.
    pub(crate) fn is_on(&self, status: StatusCode) -> bool {
        status != StatusCode::NOT_MODIFIED || !matches!(self.on, On::Content | On::Streamed)
    }

    /// As replies with this status carry it.
    pub(crate) fn of_reply(&self, status: StatusCode) -> RefOr<Header> {
        if self.on == On::Streamed || (status == StatusCode::NOT_MODIFIED && self.on == On::Found) {
            return RefOr::T(self.header(false));
        }
        RefOr::Ref(Ref::new(format!("#/components/headers/{}", self.component())))
    }

    /// Its name among the components.
    pub(crate) fn component(&self) -> String {
        self.name.replace('-', "")
    }

    /// Its documentation, where it is not known to fail to be there.
    pub(crate) fn document(&self) -> Header {
        self.header(self.on != On::Perhaps)
    }

    fn header(&self, required: bool) -> Header {
        HeaderBuilder::new()
            .description(Some(self.about))
            .schema(Some(self.holds.schema(None, &[self.example])))
            // utoipa has no field for it.
            .extensions(Some(Extensions::from_iter([("required", Value::from(required))])))
            .build()
    }
}

/// What requests may carry: the components' names of these parameters, and their documentation.
pub(crate) const IF_NONE_MATCH: &str = "IfNoneMatch";
pub(crate) const REQUEST_ID: &str = "RequestId";

/// A parameter in a request's header, by its name among the components.
pub(crate) fn parameter(component: &str) -> Ref {
    Ref::new(format!("#/components/parameters/{component}"))
}

/// The documentation of the parameters in a request's header.
pub(crate) fn parameters() -> [(&'static str, utoipa::openapi::path::Parameter); 2] {
    let document = |name: &str, about: &str, example: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(Takes::Text("").schema(None, &[example])))
            .build()
    };
    [
        (
            IF_NONE_MATCH,
            document(
                "If-None-Match",
                "The `ETag` of a reply that the client has, or several, separated by commas. If the reply would be \
                 the same, 304 says so without computing it. `*` stands for any reply at all: 304 then says that there \
                 is one, for which what no table holds is computed.",
                ETAG.example,
            ),
        ),
        (
            REQUEST_ID,
            document(
                X_REQUEST_ID.name,
                "An id to log the request under: 1 to 64 letters, digits, `-`, `_` and `.`. Another one is replaced.",
                X_REQUEST_ID.example,
            ),
        ),
    ]
}
