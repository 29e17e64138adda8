//! What each setting is called, what it is for, and what it may be: said once, where the setting is declared.

/// A setting, as files, variables and flags know it.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The table that it stands in; empty for those ahead of all tables.
    pub table: &'static str,
    /// Its name in that table.
    pub name: &'static str,
    /// What it is for, by lines.
    pub about: &'static [&'static str],
    /// What it may be, beyond its type.
    pub allowed: Allowed,
}

/// What a value may be, beyond its type.
#[derive(Clone, Copy, Debug)]
pub enum Allowed {
    /// Anything.
    Any,
    /// A number of something.
    Between {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
        /// What is counted.
        of: &'static str,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl Allowed {
    /// What to give, in words: `1 to 1024 processes`.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        match self {
            Allowed::Any => None,
            Allowed::Between { least, most, of } => Some(format!("{least} to {most} {of}")),
            Allowed::OneOf(words) => Some(words.join(" or ")),
        }
    }
}

impl Key {
    /// As a file's error messages have it: `limits.compute_s`.
    #[must_use]
    pub fn path(&self) -> String {
        if self.table.is_empty() { self.name.to_owned() } else { format!("{}.{}", self.table, self.name) }
    }

    /// As a flag, without its dashes: `limits-compute-s`.
    #[must_use]
    pub fn flag(&self) -> String {
        self.path().replace(['.', '_'], "-")
    }

    /// As a variable of the environment: `ORRERY_LIMITS_COMPUTE_S`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("ORRERY_{}", self.path().replace('.', "_").to_uppercase())
    }

    /// What it is for, as one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.about.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    }
}

/// Declares settings: a struct with its defaults, and the [`Key`] of each, whose description is its documentation.
///
/// Behind a default may stand what is allowed: `from 1 to 1024 of "processes"`, or `among "text", "json"`.
macro_rules! settings {
    (
        $(#[$meta:meta])*
        pub struct $name:ident in $table:literal {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:expr
                    $(, from $least:literal to $most:tt of $unit:literal)?
                    $(, among $($word:literal),+)?;
            )+
        }
        $(with { $( $(#[doc = $section_doc:literal])+ $section:ident: $section_type:ty, )+ })?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $type, )+
            $($( $(#[doc = $section_doc])+ pub $section: $section_type, )+)?
        }

        impl Default for $name {
            fn default() -> $name {
                $name {
                    $( $field: $default, )+
                    $($( $section: <$section_type>::default(), )+)?
                }
            }
        }

        impl $name {
            /// The keys that stand in this table itself.
            const OWN: &[$crate::config::keys::Key] = &[$(
                $crate::config::keys::Key {
                    table: $table,
                    name: stringify!($field),
                    about: &[$($doc),+],
                    allowed: settings!(@allowed $($least, $most, $unit)? $(; $($word),+)?),
                },
            )+];

            /// Every key, those of tables behind those ahead of them.
            pub(crate) fn keys() -> Vec<$crate::config::keys::Key> {
                #[allow(unused_mut, reason = "a table without tables adds nothing")]
                let mut keys = $name::OWN.to_vec();
                $($( keys.extend(<$section_type>::keys()); )+)?
                keys
            }
        }
    };
    (@allowed) => { $crate::config::keys::Allowed::Any };
    (@allowed $least:literal, $most:tt, $unit:literal) => {
        $crate::config::keys::Allowed::Between { least: $least as f64, most: $most as f64, of: $unit }
    };
    (@allowed ; $($word:literal),+) => { $crate::config::keys::Allowed::OneOf(&[$($word),+]) };
}

pub(super) use settings;
