//! The points that the horizon and the meridian of a place cut the ecliptic in.

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
}

impl fmt::Display for Angle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
