//! Briefs: what a day, a week or a month brings, in a few sentences of a language.
//!
//! [Facts](fact) are [found] by the searches that all events are found by, and each knows how much it matters. Text
//! is only their [rendering](sentence) in the [words] of a language; what does not fit is [left out](composer) whole,
//! the least important first. So equal queries have equal texts, and another language has the same facts.

pub(crate) mod composer;
pub(crate) mod fact;
mod found;
mod sentence;
pub(crate) mod words;
mod written;

pub(crate) use written::tell;

#[cfg(test)]
mod tests;
