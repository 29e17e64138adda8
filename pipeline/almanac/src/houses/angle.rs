//! The angles of a chart: where the great circles of a place, horizon, meridian and prime vertical, or those of other places that are
//! derived from it, meet the ecliptic; and what they are called.

use std::fmt;

/// An angle of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Angle {
    /// Where the ecliptic rises.
    Ascendant,
    /// Where it culminates.
    Mc,
    /// Opposite to the ascendant.
    Descendant,
    /// Opposite to the midheaven.
    Ic,
    /// Where it crosses the prime vertical in the west.
    Vertex,
    /// Opposite to the vertex.
    AntiVertex,
    /// Where it would rise at the equator: the east point.
    EquatorialAscendant,
    /// The co-ascendant of W. Koch.
    CoAscendantKoch,
    /// The co-ascendant of M. Munkasey.
    CoAscendantMunkasey,
    /// The polar ascendant of M. Munkasey.
    PolarAscendant,
}

/// Other names that are understood.
const ALIASES: [(&str, Angle); 7] = [
    ("asc", Angle::Ascendant),
    ("midheaven", Angle::Mc),
    ("medium_coeli", Angle::Mc),
    ("desc", Angle::Descendant),
    ("dsc", Angle::Descendant),
    ("imum_coeli", Angle::Ic),
    ("east_point", Angle::EquatorialAscendant),
];

impl Angle {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// Every one.
    pub const ALL: [Angle; Angle::COUNT] = [
        Angle::Ascendant,
        Angle::Mc,
        Angle::Descendant,
        Angle::Ic,
        Angle::Vertex,
        Angle::AntiVertex,
        Angle::EquatorialAscendant,
        Angle::CoAscendantKoch,
        Angle::CoAscendantMunkasey,
        Angle::PolarAscendant,
    ];

    /// The four that make the cross of a chart.
    pub const CARDINAL: [Angle; 4] = [Angle::Ascendant, Angle::Mc, Angle::Descendant, Angle::Ic];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Angle::Ascendant => "ascendant",
            Angle::Mc => "mc",
            Angle::Descendant => "descendant",
            Angle::Ic => "ic",
            Angle::Vertex => "vertex",
            Angle::AntiVertex => "anti_vertex",
            Angle::EquatorialAscendant => "equatorial_ascendant",
            Angle::CoAscendantKoch => "co_ascendant_koch",
            Angle::CoAscendantMunkasey => "co_ascendant_munkasey",
            Angle::PolarAscendant => "polar_ascendant",
        }
    }

    /// Every name and alias, in lower case, with its angle; the names first.
    pub fn names() -> impl Iterator<Item = (&'static str, Angle)> {
        Angle::ALL.into_iter().map(|angle| (angle.name(), angle)).chain(ALIASES)
    }

    /// The angle of a name or alias in lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<Angle> {
        Angle::names().find(|(known, _)| *known == name).map(|(_, angle)| angle)
    }
}

impl fmt::Display for Angle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
