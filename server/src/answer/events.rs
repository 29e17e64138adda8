//! What happens, told in the order of time: from tables, and where these do not reach from the live source.
//!
//! A list is told window by window. What is found does not depend on where a window begins or ends, so that a list can be
//! broken off anywhere and gone on with: by the next window, by the next page that a cursor asks for. Windows are as long as
//! what happens in them takes a few milliseconds to find, so that others have their turn between them.

pub(super) mod eclipses;
pub(super) mod fields;
mod kinds;
mod listed;
mod moon;
pub(super) mod places;
pub(super) mod reach;
mod teller;
mod window;
mod written;

use orrery_almanac::Instant;
use orrery_almanac::events::EventType;

use crate::wire::problem::Problem;

pub(crate) use eclipses::Eclipse;
pub(crate) use fields::{Column, Field, MEMBERS, SEASONS, Value, columns};
pub(crate) use kinds::products;
pub(crate) use listed::{is_known, lists};
pub(crate) use moon::moon_at;
pub(crate) use reach::{instant, searchable};
pub(crate) use teller::Teller;
pub(crate) use written::{Pen, words};

/// Something that happens, as it is told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) kind: EventType,
    pub(crate) at: Instant,
    pub(crate) fields: Vec<Field>,
    pub(crate) is_live: bool,
}

impl Told {
    /// A member, or a member of one.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        fn find<'f>(fields: &'f [Field], name: &str) -> Option<&'f Value> {
            fields.iter().find_map(|field| match &field.value {
                value if field.name == name => Some(value),
                Value::Members(members) => find(members, name),
                _ => None,
            })
        }
        find(&self.fields, name)
    }
}

/// Why tables have no answer.
pub(super) enum NoTable {
    /// They do not know, and why.
    Unknown(String),
    /// Nobody does.
    Refused(Problem),
}
