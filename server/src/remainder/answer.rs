//! A whole answer, and how it was come by.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;

use crate::answer::mix::Mix;
use crate::process::counters::Source;
use crate::wire::reply::Shares;

/// What a reply says, whoever asks: its header follows from the request, the generation that is served, and this.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Without any coding. Coding it takes less than finding it again in each coding would be worth: some microseconds for a
    /// chart, and what is longer is coded at hundreds of megabytes a second.
    pub(crate) content: Bytes,
    /// Where it is from.
    pub(crate) mix: Mix,
    /// What it took.
    pub(crate) shares: Shares,
}

/// An answer as it is told to one who asked.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) answer: Arc<Answer>,
    /// Whether it was there already.
    pub(crate) is_kept: bool,
}

impl Told {
    /// `X-Cache-Status`.
    pub(crate) fn cache_status(&self) -> HeaderValue {
        HeaderValue::from_static(if self.is_kept {
            Mix::Table.cache_status()
        } else {
            self.answer.mix.cache_status()
        })
    }

    /// Who answered.
    pub(crate) fn source(&self) -> Source {
        if self.is_kept { Source::Kept } else { Source::Computed(self.answer.mix) }
    }

    /// What it took; nothing, where it was there already.
    pub(crate) fn shares(&self) -> Shares {
        if self.is_kept { Shares::default() } else { self.answer.shares }
    }
}
