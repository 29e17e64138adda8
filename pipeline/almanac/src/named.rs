//! Enumerations whose variants have names, as replies spell them.

/// Declares some, each with `ALL` and `name`.
macro_rules! named {
    ($($(#[$doc:meta])* $kind:ident, $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)*;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $kind {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $kind {
            /// Every one, in the order of their declaration.
            pub const ALL: [$kind; [$($name,)*].len()] = [$($kind::$variant,)*];

            /// The name, as requests and replies spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($kind::$variant => $name,)* }
            }
        }
    )*};
}

pub(crate) use named;
