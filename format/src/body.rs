//! The bodies and centres that tables exist for, under the names that users know.

use std::fmt;

macro_rules! bodies {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A body that a table can hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Body {
            $($(#[$doc])* $variant,)*
        }

        impl Body {
            /// Every body, in the order in which lists are printed.
            pub const ALL: [Body; Body::COUNT] = [$(Body::$variant,)*];

            /// How many bodies there are.
            pub const COUNT: usize = [$($name,)*].len();

            /// The canonical name, as requests and replies spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Body::$variant => $name,)* }
            }

            /// The body of a canonical name; aliases are not known here.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Body> {
                match name { $($name => Some(Body::$variant),)* _ => None }
            }
        }
    };
}

bodies! {
    /// The Sun.
    Sun = "sun",
    /// The Moon.
    Moon = "moon",
    /// Mercury.
    Mercury = "mercury",
    /// Venus.
    Venus = "venus",
    /// Mars, as the barycentre of its system.
    Mars = "mars",
    /// Jupiter, as the barycentre of its system.
    Jupiter = "jupiter",
    /// Saturn, as the barycentre of its system.
    Saturn = "saturn",
    /// Uranus, as the barycentre of its system.
    Uranus = "uranus",
    /// Neptune, as the barycentre of its system.
    Neptune = "neptune",
    /// Pluto, as the barycentre of its system.
    Pluto = "pluto",
    /// The Moon's mean ascending node.
    MeanNode = "mean_node",
    /// The Moon's osculating ascending node, often called true.
    TrueNode = "true_node",
    /// The Moon's mean apogee, also called Lilith or Black Moon.
    MeanApogee = "mean_apogee",
    /// The Moon's osculating apogee.
    OsculatingApogee = "osculating_apogee",
    /// The Moon's interpolated apogee.
    InterpolatedApogee = "interpolated_apogee",
    /// The Moon's interpolated perigee.
    InterpolatedPerigee = "interpolated_perigee",
    /// (2060) Chiron.
    Chiron = "chiron",
    /// (5145) Pholus.
    Pholus = "pholus",
    /// (1) Ceres.
    Ceres = "ceres",
    /// (2) Pallas.
    Pallas = "pallas",
    /// (3) Juno.
    Juno = "juno",
    /// (4) Vesta.
    Vesta = "vesta",
    /// The Earth; only where the centre is another.
    Earth = "earth",
}

/// The origin of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Center {
    /// The centre of the Earth.
    Geo,
    /// The centre of the Sun.
    Helio,
    /// The barycentre of the solar system.
    Bary,
}

impl Center {
    /// Every centre.
    pub const ALL: [Center; 3] = [Center::Geo, Center::Helio, Center::Bary];

    /// The name in requests, replies and product names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Center::Geo => "geo",
            Center::Helio => "helio",
            Center::Bary => "bary",
        }
    }

    /// The centre of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Center> {
        Center::ALL.into_iter().find(|center| center.name() == name)
    }
}

/// What one table holds: three components against one time scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Longitude (°), latitude (°) and distance (au) of a body's apparent place on the mean ecliptic and equinox of
    /// date, against TT.
    Place(Center, Body),
    /// Nutation in longitude (°), nutation in obliquity (°) and mean obliquity of date (°), against TT.
    Nutation,
    /// ΔT = TT − UT1 (s) and what mean sidereal time has beyond its linear part (°), against UT1.
    EarthRotation,
}

impl Product {
    /// How many products there can be; [`Product::index`] stays below it.
    pub const COUNT: usize = 2 + Center::ALL.len() * Body::COUNT;

    /// A small number that stands for the product, for arrays.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Product::Place(center, body) => Product::place_index(center, body),
            Product::Nutation => Center::ALL.len() * Body::COUNT,
            Product::EarthRotation => Center::ALL.len() * Body::COUNT + 1,
        }
    }

    /// [`Product::index`] of a place.
    #[inline]
    pub(crate) const fn place_index(center: Center, body: Body) -> usize {
        center as usize * Body::COUNT + body as usize
    }

    /// The product of a name such as `geo/moon`, `nutation` or `earth_rotation`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Product> {
        match name {
            "nutation" => Some(Product::Nutation),
            "earth_rotation" => Some(Product::EarthRotation),
            _ => {
                let (center, body) = name.split_once('/')?;
                let product = Product::Place(Center::from_name(center)?, Body::from_name(body)?);
                product.exists().then_some(product)
            }
        }
    }

    /// Whether the product means something: the Sun seen from itself, the Earth from itself, and lunar nodes and
    /// apsides from anywhere but the Earth do not. (The C library answers those with zeros.)
    #[must_use]
    pub const fn exists(self) -> bool {
        match self {
            Product::Nutation | Product::EarthRotation => true,
            Product::Place(center, body) => match body {
                Body::Earth => !matches!(center, Center::Geo),
                Body::Sun => !matches!(center, Center::Helio),
                Body::MeanNode
                | Body::TrueNode
                | Body::MeanApogee
                | Body::OsculatingApogee
                | Body::InterpolatedApogee
                | Body::InterpolatedPerigee => matches!(center, Center::Geo),
                _ => true,
            },
        }
    }

    /// Whether the first component is an angle that wraps at 360°.
    #[must_use]
    pub const fn wraps(self) -> bool {
        matches!(self, Product::Place(..))
    }

    /// The time scale of the table's argument.
    #[must_use]
    pub const fn time_scale(self) -> &'static str {
        match self {
            Product::EarthRotation => "ut1",
            _ => "tt",
        }
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Center {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Product::Place(center, body) => write!(f, "{center}/{body}"),
            Product::Nutation => f.write_str("nutation"),
            Product::EarthRotation => f.write_str("earth_rotation"),
        }
    }
}
