//! What a reply depends on: put into its tag.
//!
//! Everything that is taken apart here is taken apart by name, so that whoever gives a query, an instant or a source
//! another member is asked by the compiler what it means for the tag.

use orrery_almanac::zone;
use orrery_almanac::{Calendar, CivilDate, Instant, Moment, Site, TimeOfDay, WireBody};
use orrery_format::{TtDay, UtDay};

use crate::answer::plan::{Origins, Resolved};
use crate::answer::render::RENDERING;
use crate::answer::tables::Extent;
use crate::answer::tag::{Ingredients, Tag};
use crate::app::Generation;
use crate::query::{Air, Given, Local, PositionsQuery, Precision, SkyQuery, TimeQuery, View, When};
use crate::wire::media::Format;

/// The tag of the reply to a query: of all that it depends on. `live` is the identity of the live source, if that takes
/// part.
pub(super) fn tag(
    generation: &Generation,
    query: &PositionsQuery,
    resolved: Option<&Resolved>,
    live: Option<&[u8; 32]>,
) -> Tag {
    let mut ingredients = Ingredients::new();
    ingredients.add(RENDERING);
    add_choices(&mut ingredients, query);
    ingredients.add(generation.prepared.identity);
    if let Some(resolved) = resolved {
        add_resolved(&mut ingredients, generation, query, resolved);
    } else {
        add_when(&mut ingredients, query.time.when);
        for body in &*query.sky.bodies {
            ingredients.add(number_of(*body));
        }
        // The tables may still answer some bodies, once ΔT is known: any block may take part.
        ingredients.add_bytes(generation.name().as_bytes());
    }
    if let Some(identity) = live {
        ingredients.add_bytes(identity);
    }
    ingredients.tag()
}

/// The tag of the reply to what is asked of an instant beside bodies. `written` is what the reply repeats of it, which is all
/// that was asked, as it was understood; `beside` what the reply depends on that no table holds.
pub(in crate::answer) fn inquiry_tag(
    generation: &Generation,
    written: &[u8],
    beside: &[u8],
    when: When,
    resolved: Option<&Resolved>,
    live: Option<&[u8; 32]>,
) -> Tag {
    let mut ingredients = Ingredients::new();
    ingredients.add(RENDERING);
    ingredients.add_bytes(written);
    ingredients.add_bytes(beside);
    ingredients.add(generation.prepared.identity);
    if let Some(Resolved { instant, origins }) = resolved {
        let Instant { ut: UtDay(ut), tt: TtDay(tt), delta_t_s: _ } = *instant;
        ingredients.add(ut.to_bits());
        ingredients.add(tt.to_bits());
        origins.each_block(|block| ingredients.add(generation.prepared.marks[block as usize]));
    } else {
        add_when(&mut ingredients, when);
        // The tables may still answer something, once ΔT is known.
        ingredients.add_bytes(generation.name().as_bytes());
    }
    if let Some(identity) = live {
        ingredients.add_bytes(identity);
    }
    ingredients.tag()
}

/// The tag of what is told of many instants: of all that it may depend on. `written` is what the reply repeats of the query,
/// which is all that was asked, as it was understood, but for the instants, which `whens` determine.
pub(crate) fn range_tag(
    generation: &Generation,
    written: impl AsRef<[u8]>,
    whens: impl IntoIterator<Item = When>,
    extent: &Extent,
    format: Format,
    live: Option<&[u8; 32]>,
) -> Tag {
    let mut ingredients = Ingredients::new();
    ingredients.add(RENDERING);
    ingredients.add(format as u64);
    ingredients.add_bytes(written.as_ref());
    for when in whens {
        add_when(&mut ingredients, when);
    }
    // What a zone's clocks show between them is the database's to say.
    ingredients.add_bytes(zone::DATABASE_VERSION.as_bytes());
    ingredients.add(generation.prepared.identity);
    extent.marks(generation).for_each(|mark| ingredients.add(mark));
    if let Some(identity) = live {
        ingredients.add_bytes(identity);
    }
    ingredients.tag()
}

/// All that a query asks for, but for the instant that it means and the bodies.
fn add_choices(ingredients: &mut Ingredients, query: &PositionsQuery) {
    let PositionsQuery { time, sky } = query;
    // The instant comes as soon as it is known to more than the query.
    let TimeQuery { when: _, given, calendar, local, lon_deg } = time;
    let calendar = match calendar {
        None => 0,
        Some(Calendar::Gregorian) => 1,
        Some(Calendar::Julian) => 2,
    };
    // What was given as a Julian day is the instant itself.
    let (given, moment) = match given {
        Given::Now => (0, None),
        Given::Date(moment) => (1, Some(moment)),
        Given::Jd(_) => (2, None),
        Given::JdTt(_) => (3, None),
    };
    let time = calendar | given << 2 | u64::from(local.is_some()) << 4 | u64::from(lon_deg.is_some()) << 5;
    add_sky(ingredients, sky, time);
    if let Some(moment) = moment {
        add_moment(ingredients, moment);
    }
    if let Some(Local { zone, offset }) = local {
        ingredients.add_bytes(zone.name().as_bytes());
        // What its clocks showed may change with the database of zones.
        ingredients.add(offset.nanoseconds_east().cast_unsigned());
    }
    if let Some(lon_deg) = lon_deg {
        ingredients.add(lon_deg.to_bits());
    }
}

/// What is asked of the sky, beside which eight bits have room.
fn add_sky(ingredients: &mut Ingredients, sky: &SkyQuery, beside: u64) {
    // Positions are of no chart.
    let SkyQuery { bodies, view, source, moshier, precision, fields, air, charted: _ } = sky;
    let View { observer, light, frame, equinox, zodiac, coordinates } = view;
    let precision = match precision {
        Precision::Decimals(decimals) => *decimals,
        Precision::Default => 254,
        Precision::Full => 255,
    };
    let choices = [
        observer.origin() as u64,
        *light as u64,
        *frame as u64,
        *equinox as u64,
        zodiac.kind() as u64,
        *coordinates as u64,
        *source as u64,
        u64::from(moshier.is_allowed()),
    ];
    let choices = choices.into_iter().fold(0, |all, choice| all << 2 | choice);
    ingredients.add(choices << 48 | u64::from(precision) << 40 | beside << 32 | u64::from(fields.bits()));
    ingredients.add(bodies.len() as u64);
    if let Some(Site { latitude_deg, longitude_deg, altitude_m }) = observer.site() {
        for number in [latitude_deg, longitude_deg, altitude_m] {
            ingredients.add(number.to_bits());
        }
    }
    let Air { pressure_hpa, temperature_c } = air;
    for (nth, given) in [pressure_hpa, temperature_c].into_iter().enumerate() {
        if let Some(number) = given {
            ingredients.add(nth as u64);
            ingredients.add(number.to_bits());
        }
    }
    if let Some(ayanamsa) = zodiac.ayanamsa() {
        ingredients.add_bytes(ayanamsa.to_string().as_bytes());
    }
}

/// A date as it was given, which the reply repeats.
fn add_moment(ingredients: &mut Ingredients, moment: &Moment) {
    let (CivilDate { year, month, day }, time, offset) = match *moment {
        Moment::Zoned { date, time, offset } => (date, time, offset.nanoseconds_east()),
        Moment::Local { date, time } => (date, time, i64::MAX),
        Moment::Day(date) => (date, TimeOfDay::MIDNIGHT, i64::MIN),
    };
    let [y0, y1, y2, y3] = year.to_le_bytes();
    ingredients.add(u64::from_le_bytes([y0, y1, y2, y3, month, day, time.hour(), time.minute()]));
    add_seconds(ingredients, time);
    ingredients.add(offset.cast_unsigned());
}

fn add_seconds(ingredients: &mut Ingredients, time: TimeOfDay) {
    ingredients.add(u64::from(time.second()) << 32 | u64::from(time.nanosecond()));
}

/// The instant by the tables, and what they answer from.
fn add_resolved(
    ingredients: &mut Ingredients,
    generation: &Generation,
    query: &PositionsQuery,
    resolved: &Resolved,
) {
    let Resolved { instant, origins } = resolved;
    // ΔT is what the block named below says of the instant.
    let Instant { ut: UtDay(ut), tt: TtDay(tt), delta_t_s: _ } = *instant;
    // That the ayanamsa is live is found out later, and follows from the rest.
    let Origins { bodies, aids, delta_t, live_ayanamsa: _, shares_tables: _ } = origins;
    ingredients.add(ut.to_bits());
    ingredients.add(tt.to_bits());
    // A body and its block in one: no other of either comes with the same sum, but by the chance of hashes.
    let mark = |block: u32| generation.prepared.marks[block as usize];
    for (body, origin) in query.sky.bodies.iter().zip(bodies) {
        ingredients.add(origin.block().map_or(0, mark).wrapping_add(number_of(*body)));
    }
    for block in aids.iter().flatten().filter_map(|origin| origin.block()).chain(delta_t.block()) {
        ingredients.add(mark(block));
    }
}

/// The instant before ΔT is known.
fn add_when(ingredients: &mut Ingredients, when: When) {
    match when {
        When::Utc(utc) => {
            ingredients.add(0);
            ingredients.add(utc.day().0.cast_unsigned());
            ingredients.add(u64::from(utc.time().hour()) << 8 | u64::from(utc.time().minute()));
            add_seconds(ingredients, utc.time());
        }
        When::Ut(UtDay(jd)) => {
            ingredients.add(1);
            ingredients.add(jd.to_bits());
        }
        When::Tt(TtDay(jd)) => {
            ingredients.add(2);
            ingredients.add(jd.to_bits());
        }
    }
}

/// A number that no other body has.
fn number_of(body: WireBody) -> u64 {
    match body {
        WireBody::Tabulated(body) => body as u64,
        WireBody::MeanSouthNode => 0x100,
        WireBody::TrueSouthNode => 0x101,
        WireBody::Uranian(uranian) => 0x200 + uranian as u64,
        WireBody::Asteroid(number) => 1 << 32 | u64::from(number),
    }
}
