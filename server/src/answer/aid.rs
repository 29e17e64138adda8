//! What a place depends on beside the body's own table.

use orrery_almanac::Ayanamsa;
use orrery_format::{Body, Center, Product};

use crate::answer::quantities::{HORIZONTAL, LIT};
use crate::query::{Charted, Equinox, Field, Frame, Light, SkyQuery};

/// Something that one instant has for all bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Aid {
    /// Nutation and the mean obliquity of the ecliptic.
    Nutation,
    /// The Earth from the barycentre: how the observer moves.
    Earth,
    /// The Sun from the Earth.
    Sun,
    /// The Moon from the Earth, which draws the Earth to and fro.
    Moon,
    /// How far the Earth has turned.
    Rotation,
}

impl Aid {
    /// Every one.
    pub(crate) const ALL: [Aid; Aid::COUNT] = [Aid::Nutation, Aid::Earth, Aid::Sun, Aid::Moon, Aid::Rotation];

    pub(crate) const COUNT: usize = 5;

    /// Those that who looks at stars depends on.
    const OF_OBSERVERS: [Aid; 3] = [Aid::Earth, Aid::Sun, Aid::Moon];

    /// The table that holds it.
    pub(crate) const fn product(self) -> Product {
        match self {
            Aid::Nutation => Product::Nutation,
            Aid::Earth => Product::Place(Center::Bary, Body::Earth),
            Aid::Sun => Product::Place(Center::Geo, Body::Sun),
            Aid::Moon => Product::Place(Center::Geo, Body::Moon),
            Aid::Rotation => Product::EarthRotation,
        }
    }

    /// What it is to whoever is refused it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Aid::Nutation => "nutation",
            Aid::Earth => "the Earth's motion",
            Aid::Sun => "the Sun's place",
            Aid::Moon => "the Moon's place",
            Aid::Rotation => "sidereal time",
        }
    }
}

/// Whether the Sun has to be asked for as the query's observer sees it: what stands by it must be in the same light, and
/// from the same place, and where nothing is from tables there is no way from theirs.
pub(crate) fn sees_sun_live(query: &SkyQuery, any_from_tables: bool) -> bool {
    let SkyQuery { view, fields, .. } = query;
    let is_told = fields.has(Field::Elongation) || (view.light == Light::True && fields.has_any(&LIT));
    let is_beyond_tables =
        view.light != Light::Apparent || (view.observer.site().is_some() && !any_from_tables);
    is_told && is_beyond_tables && view.observer.is_terrestrial()
}

/// The aids that a query needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needs(u8);

impl Needs {
    /// What a query needs. Where tables answer no body, none has to be brought from the Earth's centre to its surface:
    /// the live source is asked for what is seen there.
    pub(crate) fn of(query: &SkyQuery, any_from_tables: bool) -> Needs {
        let SkyQuery { view, fields, charted, .. } = query;
        let topocentric = view.observer.site().is_some() && any_from_tables;
        let horizontal = fields.has_any(&HORIZONTAL);
        let anchored = view.ayanamsa().is_some_and(Ayanamsa::is_anchored);
        // How the Sun's light falls, seen past the aberration that the Earth's motion brings. Where light takes no time, it
        // falls from where the Sun is.
        let lit = fields.has_any(&LIT) && view.light != Light::True;
        // The mean obliquity too is nutation's table's: whatever is turned off the ecliptic of date needs it.
        let turned = match view.ayanamsa() {
            Some(ayanamsa) => ayanamsa.is_frame() || anchored,
            None => view.frame == Frame::Equatorial || view.equinox != Equinox::Mean,
        };
        let mut needs = Needs(0);
        let is_chart = *charted != Charted::No;
        if turned || topocentric || horizontal || is_chart || fields.has(Field::OutOfBounds) {
            needs.add(Aid::Nutation);
        }
        if topocentric || anchored || lit {
            needs.add(Aid::Earth);
        }
        let sun = fields.has(Field::Elongation) && !sees_sun_live(query, any_from_tables);
        if topocentric || anchored || lit || sun {
            needs.add(Aid::Sun);
        }
        if anchored {
            needs.add(Aid::Moon);
        }
        if topocentric || horizontal || *charted == Charted::Place {
            needs.add(Aid::Rotation);
        }
        needs
    }

    /// What places of stars need: how the Earth moves, and what the query needs of bodies besides.
    pub(crate) fn of_stars(query: &SkyQuery) -> Needs {
        let mut needs = Needs::of(query, true);
        needs.add(Aid::Nutation);
        for aid in Aid::OF_OBSERVERS {
            needs.add(aid);
        }
        needs
    }

    /// What ayanamsas need, with nutation and without: how the Earth moves, where something in the sky holds one fast.
    pub(crate) fn of_ayanamsas(any_anchored: bool) -> Needs {
        let mut needs = Needs(0);
        needs.add(Aid::Nutation);
        if any_anchored {
            for aid in Aid::OF_OBSERVERS {
                needs.add(aid);
            }
        }
        needs
    }

    const fn add(&mut self, aid: Aid) {
        self.0 |= 1 << aid as u8;
    }

    pub(crate) const fn has(self, aid: Aid) -> bool {
        self.0 & (1 << aid as u8) != 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Aid> {
        Aid::ALL.into_iter().filter(move |aid| self.has(*aid))
    }
}
