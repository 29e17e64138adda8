//! A parameter of a route, stated once: what it is called, what it takes, what it is for.

/// A parameter that a route takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// The canonical name.
    pub(crate) name: &'static str,
    /// Other names that are understood.
    pub(crate) aliases: &'static [&'static str],
    /// What it is for, for the documentation.
    pub(crate) about: &'static str,
}

impl Parameter {
    /// A parameter without aliases.
    pub(crate) const fn new(name: &'static str, about: &'static str) -> Parameter {
        Parameter { name, aliases: &[], about }
    }

    /// The same, understood by other names too.
    pub(crate) const fn or_called(mut self, aliases: &'static [&'static str]) -> Parameter {
        self.aliases = aliases;
        self
    }
}
