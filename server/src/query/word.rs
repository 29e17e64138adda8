//! Parameters that take one of a few words: enumerations that know how they are spelt.

/// A choice between words.
pub(crate) trait Word: Copy + Sized + 'static {
    /// The parameter that takes it.
    const PARAMETER: &'static str;
    /// Every choice with its word; the first is what leaving the parameter out means.
    const ALL: &'static [(&'static str, Self)];
    /// Every word.
    const WORDS: &'static [&'static str];
}

/// Defines an enumeration as the choice that a parameter takes.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident for $parameter:literal {
            $(#[$first_doc:meta])* $first:ident = $first_word:literal,
            $($(#[$doc:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) enum $name {
            $(#[$first_doc])* #[default] $first,
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            pub(crate) const fn name(self) -> &'static str {
                match self { $name::$first => $first_word, $($name::$variant => $word,)* }
            }
        }

        impl $crate::query::word::Word for $name {
            const PARAMETER: &'static str = $parameter;
            const ALL: &'static [(&'static str, $name)] =
                &[($first_word, $name::$first), $(($word, $name::$variant),)*];
            const WORDS: &'static [&'static str] = &[$first_word, $($word,)*];
        }
    };
}

pub(crate) use words;
