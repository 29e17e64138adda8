//! What the replies of one generation share, prepared once: the names of its blocks, what tells it from others in entity
//! tags, and the header fields that are always the same.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue};
use orrery_almanac::LeapSeconds;
use orrery_format::{Dataset, Product};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::answer::events::is_known;
use crate::answer::mix::Mix;
use crate::text::json::Json;
use crate::text::piece::Piece;
use crate::wire::header::{self, BLANK, X_CACHE_STATUS, X_DATASET, X_EPHEMERIS_SOURCE};
use crate::wire::media;

/// See [the module](self).
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Of each block: what it is a table of, if this program knows such.
    pub(crate) products: Vec<Option<Product>>,
    /// Of each block: the first eight bytes of its content hash, which enter entity tags.
    pub(crate) marks: Vec<u64>,
    /// Of each block: the same in hexadecimal, which replies name it by, as an element of a list.
    pub(crate) names: Vec<Piece>,
    /// Of each list: the same two.
    pub(crate) list_marks: Vec<u64>,
    pub(crate) list_names: Vec<Piece>,
    /// Whether there is an almanac that was made by the choices this program knows.
    pub(crate) knows_almanac: bool,
    /// Hash of what the tables' blocks do not tell: the leap seconds, and the name of the ephemeris.
    pub(crate) identity: u64,
    /// The name of the ephemeris that the tables are from, as JSON.
    pub(crate) ephemeris: Bytes,
    /// The header of a reply that is all from tables and for everybody; of the fields that each has a value of its own
    /// for, the names alone.
    pub(crate) header: HeaderMap,
}

impl Prepared {
    pub(crate) fn new(dataset: &Dataset, leaps: &LeapSeconds) -> Prepared {
        let manifest = dataset.manifest();
        let marks: Vec<u64> = manifest.blocks.iter().map(|block| mark(&block.blake3)).collect();
        let list_marks: Vec<u64> = manifest.lists.iter().map(|list| mark(&list.blake3)).collect();
        let mut hasher = Xxh3::new();
        hasher.update(manifest.source.ephemeris.as_bytes());
        // Where the name ends.
        hasher.update(&[0xff]);
        for day in leaps.days() {
            hasher.update(&day.0.to_le_bytes());
        }
        let mut ephemeris = Json::new();
        ephemeris.string(&manifest.source.ephemeris);
        Prepared {
            products: manifest.blocks.iter().map(|block| Product::from_name(&block.product)).collect(),
            names: names(&marks),
            marks,
            list_names: names(&list_marks),
            list_marks,
            knows_almanac: is_known(dataset),
            identity: hasher.digest(),
            ephemeris: Bytes::copy_from_slice(&ephemeris.into_bytes()),
            header: template(dataset.generation()),
        }
    }
}

/// The first 16 digits of a hash. A manifest that nobody has compared with its files may hold anything there.
fn mark(blake3: &str) -> u64 {
    let digits = blake3.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    digits.unwrap_or_else(|| xxh3_64(blake3.as_bytes()))
}

fn names(marks: &[u64]) -> Vec<Piece> {
    marks.iter().map(|mark| Piece::new(&format!(",\"{mark:016x}\""))).collect()
}

fn template(generation: &str) -> HeaderMap {
    let mut template = HeaderMap::with_capacity(header::FIELDS);
    template.insert(CONTENT_TYPE, HeaderValue::from_static(media::JSON));
    // Skies do not change; that tables and programs do is what tags are for.
    template.insert(CACHE_CONTROL, HeaderValue::from_static(header::kept(false, false)));
    template.insert(VARY, HeaderValue::from_static("accept"));
    template.insert(ETAG, BLANK);
    // Hexadecimal digits make a header value.
    template.insert(X_DATASET, HeaderValue::from_str(generation).unwrap_or(BLANK));
    template.insert(X_EPHEMERIS_SOURCE, HeaderValue::from_static(Mix::Table.name()));
    template.insert(X_CACHE_STATUS, HeaderValue::from_static(Mix::Table.cache_status()));
    header::prepare(&mut template);
    template
}
