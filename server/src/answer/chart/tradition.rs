//! What tradition makes of a chart: sect, dignities, receptions, the balance of elements, the Moon's phase.

use orrery_almanac::Varying;
use orrery_almanac::WireBody;
use orrery_almanac::aspect::Point;
use orrery_almanac::aspect::antiscia::{self, antiscion, contra_antiscion};
use orrery_almanac::balance::Balance;
use orrery_almanac::dignities::{Dignities, DignitySet, PlaceRulers, receptions};
use orrery_almanac::lunar_phase::LunarPhase;
use orrery_almanac::sect::{Sect, Standing};
use orrery_almanac::zodiac::{Element, InSign, Mode, Polarity};
use orrery_format::Body;

use super::Cast;
use super::written::write_movement;
use crate::answer::ground::Seen;
use crate::answer::render::{along, decimals, number};
use crate::query::{CastQuery, ChartQuery, Unit};
use crate::text::json::Json;

impl Cast {
    /// Whether it is a chart of the day, where that is known: by where the Sun stands over the horizon of the place.
    pub(super) fn sect(&self, query: &CastQuery) -> Option<Sect> {
        let nth = query.sky.bodies.iter().position(|body| *body == WireBody::SUN)?;
        self.altitude_deg(nth).map(Sect::of_altitude)
    }

    /// The true altitude of a body, by its place among those of the query, degrees; `None` where there is no horizon.
    fn altitude_deg(&self, nth: usize) -> Option<f64> {
        let (local, _) = self.local.as_ref()?;
        let body = self.scene.charted.equatorial.get(nth)?;
        let (sin_phi, cos_phi) = local.latitude_deg.to_radians().sin_cos();
        let (sin_delta, cos_delta) = body.declination_deg.to_radians().sin_cos();
        let hour_angle = (local.armc.value - body.right_ascension_deg).to_radians();
        let sine = sin_phi * sin_delta + cos_phi * cos_delta * hour_angle.cos();
        Some(sine.clamp(-1.0, 1.0).asin().to_degrees())
    }

    /// The bodies of a query that tables hold, with their longitudes: those that tradition may know.
    fn known(&self, query: &CastQuery) -> impl Iterator<Item = (usize, Body, f64)> {
        let bodies = query.bodies().iter().zip(&self.scene.bodies).enumerate();
        bodies.filter_map(|(nth, (body, seen))| match body {
            WireBody::Tabulated(body) => Some((nth, *body, seen.place.at[0])),
            _ => None,
        })
    }
}

/// Writes `moon`: how far it has gone since the new Moon.
pub(super) fn write_moon(json: &mut Json, query: &CastQuery, cast: &Cast) {
    let place = |body| cast.body(query, body).map(|seen| seen.place.at[0]);
    let (Some(moon_deg), Some(sun_deg)) = (place(WireBody::MOON), place(WireBody::SUN)) else { return };
    let decimals = decimals(query.sky.precision, Unit::Degrees);
    let phase = LunarPhase::of(moon_deg, sun_deg);
    json.key("moon").open(b'{');
    number(json.key("phase_angle"), along(phase.angle_deg, decimals).0, decimals);
    json.key("phase").string(phase.eighth().name());
    json.key("waxing").truth(phase.is_waxing());
    json.key("lunar_day").integer(phase.day().into());
    if let Some(range) = cast.moon_range_deg {
        json.key("range").open(b'{');
        for (name, longitude_deg) in ["from", "to"].into_iter().zip(range) {
            let (value, shown) = along(longitude_deg, decimals);
            json.key(name).open(b'{');
            number(json.key("longitude"), value, decimals);
            json.key("sign").string(InSign::of(shown).sign.name());
            json.close(b'}');
        }
        json.close(b'}');
    }
    json.close(b'}');
}

/// Writes `sect`, where it is known.
pub(super) fn write_sect(json: &mut Json, query: &CastQuery, cast: &Cast) {
    let (Some(sect), Some(sun)) = (cast.sect(query), cast.body(query, WireBody::SUN)) else { return };
    json.key("sect").open(b'{');
    json.key("sect").string(sect.name());
    json.key("planets").open(b'[');
    for (nth, body, longitude_deg) in cast.known(query) {
        let Some(altitude_deg) = cast.altitude_deg(nth) else { continue };
        let standing = Standing::of(body, longitude_deg, sun.place.at[0], altitude_deg, sect);
        let Some(Standing { belongs_to, in_sect, halb, hayz }) = standing else { continue };
        json.open(b'{');
        json.key("body").string(body.name());
        json.key("belongs_to").string(belongs_to.name());
        json.key("in_sect").truth(in_sect);
        json.key("halb").truth(halb);
        json.key("hayz").truth(hayz);
        json.close(b'}');
    }
    json.close(b']');
    json.close(b'}');
}

/// Writes `balance`: how the bodies are shared out among elements, modes and polarities.
pub(super) fn write_balance(json: &mut Json, query: &CastQuery, cast: &Cast) {
    let balance = Balance::of(cast.scene.bodies.iter().take(query.told).map(|seen| seen.place.at[0]));
    json.key("balance").open(b'{');
    json.key("elements").open(b'{');
    for element in Element::ALL {
        write_share(json.key(element.name()), query, balance.element(element));
    }
    json.close(b'}');
    json.key("modes").open(b'{');
    for mode in Mode::ALL {
        write_share(json.key(mode.name()), query, balance.mode(mode));
    }
    json.close(b'}');
    json.key("polarities").open(b'{');
    for polarity in Polarity::ALL {
        write_share(json.key(polarity.name()), query, balance.polarity(polarity));
    }
    json.close(b'}');
    json.close(b'}');
}

fn write_share(json: &mut Json, query: &CastQuery, members: &[usize]) {
    json.open(b'[');
    for member in members {
        json.string(&query.sky.bodies[*member].name());
    }
    json.close(b']');
}

/// Writes `dignities` of the bodies that may have some.
pub(super) fn write_dignities(json: &mut Json, query: &ChartQuery, cast: &Cast) {
    let sect = cast.sect(&query.cast);
    json.key("dignities").open(b'[');
    for (_, body, longitude_deg) in cast.known(&query.cast) {
        let Some(dignities) = Dignities::of(body, longitude_deg, sect, query.tables) else { continue };
        json.open(b'{');
        json.key("body").string(body.name());
        write_set(json.key("dignities"), dignities.has);
        if !dignities.undecided.is_empty() {
            write_set(json.key("undecided"), dignities.undecided);
        }
        match dignities.score() {
            Some(score) => json.key("score").integer(score.into()),
            None => json.key("score").null(),
        }
        write_rulers(json.key("rulers"), &PlaceRulers::of(longitude_deg, sect, query.tables));
        json.close(b'}');
    }
    json.close(b']');
}

/// Writes who has dignities at a place, whoever is there.
fn write_rulers(json: &mut Json, rulers: &PlaceRulers) {
    fn one(json: &mut Json, body: Option<Body>) {
        match body {
            Some(body) => json.string(body.name()),
            None => json.null(),
        }
    }
    let PlaceRulers { domicile, exaltation, triplicity, participating, term, face } = *rulers;
    json.open(b'{');
    json.key("domicile").string(domicile.name());
    one(json.key("exaltation"), exaltation);
    json.key("triplicity").open(b'{');
    json.key("day").string(triplicity.day.name());
    json.key("night").string(triplicity.night.name());
    one(json.key("participating"), participating);
    json.close(b'}');
    one(json.key("term"), term);
    json.key("face").string(face.name());
    json.close(b'}');
}

/// Writes `receptions` between the bodies that may have dignities.
pub(super) fn write_receptions(json: &mut Json, query: &ChartQuery, cast: &Cast) {
    let sect = cast.sect(&query.cast);
    let known: Vec<_> =
        cast.known(&query.cast).map(|(_, body, longitude_deg)| (body, longitude_deg)).collect();
    json.key("receptions").open(b'[');
    for reception in receptions(&known, DignitySet::ESSENTIAL, sect, query.tables) {
        json.open(b'{');
        json.key("a").string(known[reception.a].0.name());
        json.key("b").string(known[reception.b].0.name());
        json.key("mutual").truth(reception.is_mutual());
        write_set(json.key("a_in_b"), reception.a_in_b);
        write_set(json.key("b_in_a"), reception.b_in_a);
        json.close(b'}');
    }
    json.close(b']');
}

fn write_set(json: &mut Json, set: DignitySet) {
    json.open(b'[');
    for dignity in set.iter() {
        json.string(dignity.name());
    }
    json.close(b']');
}

/// Writes `antiscia`: the bodies mirrored in the solstices, and in the equinoxes, and who stands there.
pub(super) fn write_antiscia(json: &mut Json, query: &CastQuery, cast: &Cast) {
    let decimals = decimals(query.sky.precision, Unit::Degrees);
    let longitudes: Vec<Varying> = cast.scene.bodies.iter().take(query.told).map(Seen::longitude).collect();
    let contacts = antiscia::within(&longitudes, antiscia::ORB_DEG);
    json.key("antiscia").open(b'[');
    for (nth, (body, longitude)) in query.bodies().iter().zip(&longitudes).enumerate() {
        json.open(b'{');
        json.key("body").string(&body.name());
        number(json.key("antiscion"), along(antiscion(*longitude).value, decimals).0, decimals);
        number(json.key("contra_antiscion"), along(contra_antiscion(*longitude).value, decimals).0, decimals);
        json.key("contacts").open(b'[');
        // Who stands in another's mirror image has it in its own.
        for contact in contacts.iter().filter(|contact| contact.a == nth || contact.b == nth) {
            let other = if contact.a == nth { contact.b } else { contact.a };
            json.open(b'{');
            json.key("body").string(&query.bodies()[other].name());
            json.key("contra").truth(contact.contra);
            number(json.key("orb"), contact.orb_deg, decimals);
            let is_known = [nth, other].into_iter().all(|nth| cast.knows(Point::Body(query.bodies()[nth])));
            write_movement(json, contact.movement, is_known);
            json.close(b'}');
        }
        json.close(b']');
        json.close(b'}');
    }
    json.close(b']');
}
