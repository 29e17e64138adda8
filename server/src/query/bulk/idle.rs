//! What is said for all charts of a request and has no ground on one of them: a client cannot leave it out of one by itself.

use orrery_almanac::{Moment, iso};

use super::Beside;
use crate::query::cast::DIVIDING;
use crate::query::params::Params;
use crate::wire::problem::Problem;

/// What of `defaults` is left out of a chart that says this of itself. What a chart says itself is never left out: where it has no
/// ground, it is refused.
pub(super) fn idle(own: &Params<'_>, defaults: &Params<'_>) -> Result<Vec<&'static str>, Problem> {
    let said = |name: &str| own.get(name).or_else(|| defaults.get(name));
    let has = |name: &str| own.get(name).is_some();
    let mut idle = Vec::new();
    if has("jd") || has("jd_tt") || has("date") {
        idle.extend(["date", "jd", "jd_tt"]);
        let is_zoned = |text| matches!(iso::parse(text), Ok(Moment::Zoned { .. }));
        if has("jd") || has("jd_tt") || own.get("date").is_some_and(is_zoned) {
            idle.push("tz");
        }
    }
    // At an unknown time of day nobody knows them.
    if said("time_known") == Some("false") {
        idle.extend(DIVIDING);
        idle.extend(["angles", "lots", "formula"]);
    }
    let is_placed = said("lat").is_some();
    if !is_placed {
        idle.extend(["alt", "center"]);
        let zone = said("tz").filter(|_| !idle.contains(&"tz"));
        if !zone.is_some_and(|zone| zone.eq_ignore_ascii_case("lmt")) {
            idle.push("lon");
        }
    }
    if said("zodiac") != Some("sidereal") {
        idle.push("ayanamsa");
    }
    let sees_air = said("fields")
        .is_some_and(|list| list.split(',').any(|name| matches!(name.trim(), "apparent_altitude" | "all")));
    if !is_placed || said("center") != Some("topo") || !sees_air {
        idle.extend(["pressure", "temperature"]);
    }
    if said("source") == Some("table") {
        idle.push("allow_moshier");
    }
    let (parts, _) = Beside::parse(said("include"))?;
    idle.extend(parts.idle().map(|(name, _)| name));
    Ok(idle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::charts::bulk::{LINE, QUERIED};

    /// What is idle of a query string on a line that says the other.
    fn of(defaults: &str, own: &str) -> String {
        let (own, defaults) = (Params::parse(own, LINE).unwrap(), Params::parse(defaults, QUERIED).unwrap());
        let mut idle = idle(&own, &defaults).unwrap();
        idle.retain(|name| defaults.get(name).is_some());
        idle.join(",")
    }

    #[test]
    fn what_has_no_ground_on_a_line_is_idle_there() {
        let placed = "lat=50&lon=10";
        for (defaults, own, left_out) in [
            ("date=2000-01-01&tz=Europe/Berlin", "jd=2451545", "date,tz"),
            ("jd=2451545", "date=2000-01-01", "jd"),
            ("tz=Europe/Berlin", "date=2000-01-01T12:00Z", "tz"),
            ("tz=Europe/Berlin", "date=2000-01-01T12:00", ""),
            (
                "house_system=koch&fallback=porphyry&angles=vertex",
                "time_known=false",
                "house_system,fallback,angles",
            ),
            ("lots=eros&formula=mine:sun", "time_known=false", "lots,formula"),
            ("lots=eros&formula=mine:sun", placed, ""),
            ("alt=100&center=topo", "time_known=false", "alt,center"),
            ("alt=100&center=topo", placed, ""),
            ("lon=10&tz=lmt", "jd=2451545&time_known=false", "tz,lon"),
            ("lon=10&tz=lmt", "date=2000-01-01&time_known=false", ""),
            ("zodiac=sidereal&ayanamsa=lahiri", "zodiac=tropical", "ayanamsa"),
            ("zodiac=sidereal&ayanamsa=lahiri", placed, ""),
            (
                "lat=1&lon=1&center=topo&fields=all&pressure=990&temperature=5",
                "fields=longitude",
                "pressure,temperature",
            ),
            (
                "lat=1&lon=1&center=topo&fields=apparent_altitude&pressure=990",
                "fields=longitude&center=geo",
                "pressure",
            ),
            ("lat=1&lon=1&center=topo&fields=all&temperature=5", "center=geo", "temperature"),
            ("lat=1&lon=1&center=topo&fields=all&pressure=990", "bodies=sun", ""),
            ("allow_moshier=true", "source=table", "allow_moshier"),
            (
                "aspects=all&orbs=sun:3&orb_by=body&angles=mc",
                "include=positions",
                "aspects,orbs,orb_by,angles",
            ),
            ("aspects=all&perfection=false", "include=matrix", "perfection"),
            ("lots=eros&formula=mine:sun", "include=positions,query", "lots,formula"),
            ("rulers=modern&triplicities=lilly&terms=lilly", placed, "rulers,triplicities,terms"),
            ("rulers=modern&include=dignities", placed, ""),
        ] {
            assert_eq!(of(defaults, own), left_out, "{defaults} and {own}");
        }
    }
}
