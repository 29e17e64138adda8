//! Hazard: a dataset that is another one after it has gone from machine to machine; a location where two publish at once, of which
//! something is missing or wrong, or that goes away in between; and secrets that are told to whoever reads a message.

mod damage;
mod datasets;
mod moving;
mod publishers;
mod refusals;
mod resuming;
mod round_trips;
