//! How each system divides a sky: `CalcH` in `swehouse.c` of 2.10.03, with the change of everything beside it.

mod arcs;
mod circles;
mod ecliptic;
mod equator;
mod sunshine;

use super::MOST_CUSPS;
use super::sphere::{Eastern, Sphere, opposite};
use super::system::HouseSystem;
use crate::vector::Varying;

/// Cusps, and the two angles that some systems turn about within a polar circle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Division {
    /// Of the first house first.
    pub(super) cusps: [Varying; MOST_CUSPS],
    pub(super) ascendant: Varying,
    pub(super) mc: Varying,
}

impl Division {
    /// Of the cusps from the tenth to the third: the others are opposite to them.
    fn of_half(upper: [Varying; 6], ascendant: Varying, mc: Varying) -> Division {
        let [tenth, eleventh, twelfth, first, second, third] = upper;
        let half = [first, second, third, opposite(tenth), opposite(eleventh), opposite(twelfth)];
        let cusp = |nth: usize| if nth < 6 { half[nth] } else { opposite(half[nth - 6]) };
        Division::of_all(std::array::from_fn(cusp), ascendant, mc)
    }

    /// Of all twelve.
    fn of_all(twelve: [Varying; 12], ascendant: Varying, mc: Varying) -> Division {
        let mut cusps = [Varying::default(); MOST_CUSPS];
        for (place, cusp) in cusps.iter_mut().zip(twelve) {
            *place = cusp.wrapped_deg();
        }
        Division { cusps, ascendant, mc }
    }

    /// Within a polar circle the midheaven may be below the horizon, and the ascendant in the west. Systems that keep it above
    /// turn everything about then, and their houses follow each other against the signs.
    fn above_horizon(self, sphere: &Sphere) -> Division {
        if !(sphere.is_polar() && sphere.eastern().turned) {
            return self;
        }
        Division {
            cusps: self.cusps.map(opposite),
            ascendant: opposite(self.ascendant),
            mc: opposite(self.mc),
        }
    }
}

/// Divides a sky. `begin` is where the zodiac begins that signs are counted in, and `sun_declination` what the system needs of the
/// Sun, degrees. Longitudes are from the equinox still.
pub(super) fn divide(
    system: HouseSystem,
    sphere: &Sphere,
    begin: Varying,
    sun_declination: Varying,
) -> Option<Division> {
    let Eastern { ascendant, quadrant, .. } = sphere.eastern();
    let mc = sphere.mc;
    Some(match system {
        HouseSystem::Equal => ecliptic::equal(ascendant, ascendant, mc),
        HouseSystem::Vehlow => ecliptic::equal(ascendant + -15.0, ascendant, mc),
        HouseSystem::EqualMc => ecliptic::equal(mc + 90.0, ascendant, mc),
        HouseSystem::WholeSign => ecliptic::equal(ecliptic::sign_of(ascendant, begin), ascendant, mc),
        HouseSystem::WholeSignAries => ecliptic::equal(begin, ascendant, mc),
        HouseSystem::Porphyry => ecliptic::porphyry(ascendant, quadrant, mc),
        HouseSystem::Sripati => ecliptic::sripati(ascendant, quadrant, mc),
        HouseSystem::PullenDelta => ecliptic::pullen_delta(ascendant, quadrant, mc),
        HouseSystem::PullenRatio => ecliptic::pullen_ratio(ascendant, quadrant, mc),
        HouseSystem::Campanus => circles::campanus(sphere),
        HouseSystem::Horizontal => circles::horizontal(sphere),
        HouseSystem::SavardA => circles::savard(sphere),
        HouseSystem::Regiomontanus => circles::regiomontanus(sphere),
        HouseSystem::Topocentric => circles::topocentric(sphere),
        HouseSystem::Koch => arcs::koch(sphere)?,
        HouseSystem::Placidus => arcs::placidus(sphere)?,
        HouseSystem::Gauquelin => arcs::gauquelin(sphere)?,
        HouseSystem::Alcabitius => arcs::alcabitius(sphere, ascendant),
        HouseSystem::Apc => arcs::apc(sphere),
        HouseSystem::Meridian => equator::meridian(sphere, ascendant),
        HouseSystem::Morinus => equator::morinus(sphere, ascendant),
        HouseSystem::Carter => equator::carter(sphere, ascendant),
        HouseSystem::Krusinski => equator::krusinski(sphere, ascendant),
        HouseSystem::Sunshine => sunshine::treindl(sphere, sun_declination)?,
        HouseSystem::SunshineMakransky => sunshine::makransky(sphere, sun_declination)?,
    })
}
