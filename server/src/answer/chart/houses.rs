//! The sky over a place, divided.

use orrery_almanac::frames::wrap_deg;
use orrery_almanac::{Error, Houses, LocalSky, Site, Varying, WireBody};

use crate::answer::evaluate::no_number;
use crate::answer::ground::{Beyond, Scene};
use crate::query::{CastQuery, Division};

/// The sky over a place, and its houses in the query's zodiac.
pub(super) fn divided(
    scene: &Scene,
    query: &CastQuery,
    site: &Site,
    division: Division,
) -> Result<(LocalSky, Houses), Beyond> {
    divided_at(scene, query, armc(scene, site)?, site.latitude_deg, division)
}

/// The same where another right ascension culminates than the Earth has turned there.
pub(super) fn divided_at(
    scene: &Scene,
    query: &CastQuery,
    armc: Varying,
    latitude_deg: f64,
    division: Division,
) -> Result<(LocalSky, Houses), Beyond> {
    let charted = &scene.charted;
    let nutation = &charted.nutation;
    let sun = query.sky.bodies.iter().position(|body| *body == WireBody::SUN);
    let sun = sun.and_then(|nth| charted.equatorial.get(nth));
    let local = LocalSky {
        armc,
        latitude_deg,
        obliquity: Varying::new(nutation.true_obliquity_deg(), nutation.true_obliquity_speed()),
        sun_declination: sun.map(|sun| Varying::new(sun.declination_deg, sun.declination_speed)),
    };
    let divide = |system| match &charted.sidereal {
        None => local.houses(system),
        Some(zodiac) => {
            local.sidereal_houses(system, zodiac, Varying::new(nutation.dpsi_deg, nutation.dpsi_speed))
        }
    };
    let houses = match (divide(division.system), division.fallback) {
        (Err(Error::NoHouses { .. }), Some(fallback)) => divide(fallback)?,
        (houses, _) => houses?,
    };
    Ok((local, houses))
}

/// The right ascension that culminates at a place, degrees.
pub(super) fn armc(scene: &Scene, site: &Site) -> Result<Varying, Beyond> {
    // Where houses are asked for, sidereal time is planned.
    let greenwich = scene.charted.sidereal_time.ok_or_else(|| no_number(scene.instant.tt))?;
    Ok(Varying { value: wrap_deg(greenwich.value + site.longitude_deg), ..greenwich })
}
