//! A question whose answer may be kept, and what it is found by.

use std::time::Duration;

use crate::config::Cache;
use crate::routes::Resource;
use crate::wire::media::Format;
use crate::wire::request::Request;

/// What an answer is found by: a hash of the resource, of the strong tag of its content, and of the query as it was understood,
/// which the reply repeats. The tag has what the query does not show: tables, files, catalogues and this program's own ways,
/// none of which a client can choose. What a client can choose stands in the query, and this hash withstands whoever looks
/// for two queries that share it, as [the tag's](crate::answer) need not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

/// A question.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    key: Key,
    resource: Resource,
    /// The request's target, by which it can be asked again, and the format that it was asked in, which `Accept` may have chosen.
    target: Box<str>,
    format: Format,
    /// How often it was asked for already, of one that is asked again by the server itself.
    renews: Option<u32>,
}

impl Question {
    /// Of a request to a resource, by the strong tag of what is replied to it and the query that the reply repeats.
    pub(crate) fn new(
        resource: Resource,
        request: &Request,
        format: Format,
        tag: impl AsRef<[u8]>,
        query: impl AsRef<[u8]>,
    ) -> Question {
        let (tag, query) = (tag.as_ref(), query.as_ref());
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[resource as u8]).update(&(tag.len() as u64).to_le_bytes()).update(tag).update(query);
        Question {
            key: Key(hasher.finalize().into()),
            resource,
            target: request.target().into(),
            format,
            renews: request.renews(),
        }
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Whether a client asks.
    pub(super) fn is_client(&self) -> bool {
        self.renews.is_none()
    }

    /// How often it was asked for before now, for all that is known.
    pub(super) fn times_asked(&self) -> u32 {
        self.renews.unwrap_or_default()
    }

    pub(super) fn resource(&self) -> Resource {
        self.resource
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn into_target(self) -> Box<str> {
        self.target
    }

    /// For how long its answer is kept.
    pub(super) fn lasting(&self, settings: &Cache) -> Duration {
        match self.resource {
            Resource::Stars => settings.stars(),
            Resource::Ayanamsas => settings.ayanamsas(),
            Resource::RiseSet => settings.rise_set(),
            Resource::Events | Resource::MoonPhases | Resource::MoonVoidOfCourse | Resource::MoonCalendar => {
                settings.events()
            }
            Resource::Eclipses | Resource::Eclipse | Resource::LocalEclipse | Resource::EclipsePath => {
                settings.eclipses()
            }
            Resource::Positions => settings.positions(),
            // Nothing of these is live.
            _ => Duration::ZERO,
        }
    }
}
