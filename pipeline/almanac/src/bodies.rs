//! The bodies by the names that requests and replies use: canonical names, aliases, sets, and what answers each.
//!
//! | set | members |
//! | --- | --- |
//! | (none given) | `sun moon mercury venus mars jupiter saturn uranus neptune pluto` |
//! | `luminaries` | `sun moon` |
//! | `planets` | `mercury venus mars jupiter saturn uranus neptune pluto` |
//! | `asteroids` | `chiron pholus ceres pallas juno vesta` |
//! | `nodes` | `mean_node true_node mean_south_node true_south_node` |
//! | `all` | the 24 named bodies: the ten, `nodes`, the four apsides, `asteroids` |
//!
//! `earth`, the Uranians and `asteroid:NUMBER` belong to no set: each has a meaning or a file only sometimes.
//!
//! In a list, sets may overlap with each other and with names; a body comes where it is first mentioned. Naming a body
//! twice, or once by an alias, is refused. Case and spaces around names do not matter.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::slice;
use std::str::FromStr;

use orrery_format::{Body, Center, Product, State};

use crate::error::{Error, shown};
use crate::frames::wrap_deg;
use crate::suggest;

/// A body that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WireBody {
    /// A body that a table can hold, itself.
    Tabulated(Body),
    /// The descending node opposite to the mean node.
    MeanSouthNode,
    /// The descending node opposite to the true node.
    TrueSouthNode,
    /// A hypothetical planet of the Hamburg school, answered live.
    Uranian(Uranian),
    /// A minor planet by its number, answered live where its file is there. [`WireBody::minor_planet`] makes it, since
    /// some numbers are named bodies.
    Asteroid(u32),
}

/// The hypothetical planets of the Hamburg school.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Uranian {
    /// Cupido.
    Cupido,
    /// Hades.
    Hades,
    /// Zeus.
    Zeus,
    /// Kronos.
    Kronos,
    /// Apollon.
    Apollon,
    /// Admetos.
    Admetos,
    /// Vulkanus.
    Vulkanus,
    /// Poseidon.
    Poseidon,
}

impl Uranian {
    /// Every one, in the order of their Swiss Ephemeris numbers.
    pub const ALL: [Uranian; 8] = [
        Uranian::Cupido,
        Uranian::Hades,
        Uranian::Zeus,
        Uranian::Kronos,
        Uranian::Apollon,
        Uranian::Admetos,
        Uranian::Vulkanus,
        Uranian::Poseidon,
    ];

    /// The canonical name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Uranian::Cupido => "cupido",
            Uranian::Hades => "hades",
            Uranian::Zeus => "zeus",
            Uranian::Kronos => "kronos",
            Uranian::Apollon => "apollon",
            Uranian::Admetos => "admetos",
            Uranian::Vulkanus => "vulkanus",
            Uranian::Poseidon => "poseidon",
        }
    }
}

/// What has to be done to the state that the base body's table or live call gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Derivation {
    /// Nothing.
    Itself,
    /// The opposite point of the sphere at the same distance.
    Antipode,
}

impl Derivation {
    /// The state of the derived body. It commutes with nutation and with the turn to the equator.
    #[inline]
    #[must_use]
    pub fn apply(self, base: State) -> State {
        match self {
            Derivation::Itself => base,
            Derivation::Antipode => State {
                longitude_deg: wrap_deg(base.longitude_deg + 180.0),
                latitude_deg: -base.latitude_deg,
                latitude_speed: -base.latitude_speed,
                ..base
            },
        }
    }
}

/// The greatest minor planet number that is taken: seven digits, which the names of Swiss Ephemeris' files end at.
pub const MAX_ASTEROID: u32 = 9_999_999;

const ASTEROID_PREFIX: &str = "asteroid:";

macro_rules! tabulated {
    ($($body:ident)*) => { [$(WireBody::Tabulated(Body::$body)),*] };
}

/// What is answered where no bodies are named: Sun to Pluto.
pub const DEFAULT: [WireBody; 10] =
    tabulated![Sun Moon Mercury Venus Mars Jupiter Saturn Uranus Neptune Pluto];

/// The set `luminaries`.
pub const LUMINARIES: [WireBody; 2] = tabulated![Sun Moon];

/// The set `planets`.
pub const PLANETS: [WireBody; 8] = tabulated![Mercury Venus Mars Jupiter Saturn Uranus Neptune Pluto];

/// The set `asteroids`.
pub const ASTEROIDS: [WireBody; 6] = tabulated![Chiron Pholus Ceres Pallas Juno Vesta];

/// The set `nodes`.
pub const NODES: [WireBody; 4] = [
    WireBody::Tabulated(Body::MeanNode),
    WireBody::Tabulated(Body::TrueNode),
    WireBody::MeanSouthNode,
    WireBody::TrueSouthNode,
];

/// The set `all`: the named bodies in their canonical order.
pub const ALL: [WireBody; 24] = {
    let [sun, moon, mercury, venus, mars, jupiter, saturn, uranus, neptune, pluto] = DEFAULT;
    let [mean_node, true_node, mean_south_node, true_south_node] = NODES;
    let [apogee, osculating, interpolated, perigee] =
        tabulated![MeanApogee OsculatingApogee InterpolatedApogee InterpolatedPerigee];
    let [chiron, pholus, ceres, pallas, juno, vesta] = ASTEROIDS;
    [
        sun,
        moon,
        mercury,
        venus,
        mars,
        jupiter,
        saturn,
        uranus,
        neptune,
        pluto,
        mean_node,
        true_node,
        mean_south_node,
        true_south_node,
        apogee,
        osculating,
        interpolated,
        perigee,
        chiron,
        pholus,
        ceres,
        pallas,
        juno,
        vesta,
    ]
};

/// The sets by name.
pub const SETS: [(&str, &[WireBody]); 5] = [
    ("luminaries", &LUMINARIES),
    ("planets", &PLANETS),
    ("asteroids", &ASTEROIDS),
    ("nodes", &NODES),
    ("all", &ALL),
];

/// Other names that are understood; replies use the canonical ones.
///
/// `north_node` is the true node. `rahu` and `ketu` are the mean nodes, which the Indian tradition that names them
/// reckons with. `lilith` and `black_moon` without an adjective are the mean apogee, as almanacs print it.
pub const ALIASES: [(&str, WireBody); 21] = [
    ("north_node", WireBody::Tabulated(Body::TrueNode)),
    ("true_north_node", WireBody::Tabulated(Body::TrueNode)),
    ("osculating_node", WireBody::Tabulated(Body::TrueNode)),
    ("mean_north_node", WireBody::Tabulated(Body::MeanNode)),
    ("rahu", WireBody::Tabulated(Body::MeanNode)),
    ("south_node", WireBody::TrueSouthNode),
    ("ketu", WireBody::MeanSouthNode),
    ("lilith", WireBody::Tabulated(Body::MeanApogee)),
    ("mean_lilith", WireBody::Tabulated(Body::MeanApogee)),
    ("black_moon", WireBody::Tabulated(Body::MeanApogee)),
    ("black_moon_lilith", WireBody::Tabulated(Body::MeanApogee)),
    ("mean_black_moon", WireBody::Tabulated(Body::MeanApogee)),
    ("true_lilith", WireBody::Tabulated(Body::OsculatingApogee)),
    ("osculating_lilith", WireBody::Tabulated(Body::OsculatingApogee)),
    ("true_black_moon", WireBody::Tabulated(Body::OsculatingApogee)),
    ("true_apogee", WireBody::Tabulated(Body::OsculatingApogee)),
    ("interpolated_lilith", WireBody::Tabulated(Body::InterpolatedApogee)),
    ("natural_apogee", WireBody::Tabulated(Body::InterpolatedApogee)),
    ("natural_perigee", WireBody::Tabulated(Body::InterpolatedPerigee)),
    ("vulcanus", WireBody::Uranian(Uranian::Vulkanus)),
    ("apollo", WireBody::Uranian(Uranian::Apollon)),
];

impl WireBody {
    /// The Sun.
    pub const SUN: WireBody = WireBody::Tabulated(Body::Sun);

    /// The Moon.
    pub const MOON: WireBody = WireBody::Tabulated(Body::Moon);

    /// The body of a minor planet's number. Those that have a name here are the named body, as Swiss Ephemeris takes
    /// them: 1 to 4 Ceres to Vesta, 2060 Chiron, 5145 Pholus, 134340 Pluto. `None` for 0 and beyond [`MAX_ASTEROID`].
    #[must_use]
    pub fn minor_planet(number: u32) -> Option<WireBody> {
        if !(1..=MAX_ASTEROID).contains(&number) {
            return None;
        }
        Some(match number {
            1 => WireBody::Tabulated(Body::Ceres),
            2 => WireBody::Tabulated(Body::Pallas),
            3 => WireBody::Tabulated(Body::Juno),
            4 => WireBody::Tabulated(Body::Vesta),
            2060 => WireBody::Tabulated(Body::Chiron),
            5145 => WireBody::Tabulated(Body::Pholus),
            134_340 => WireBody::Tabulated(Body::Pluto),
            number => WireBody::Asteroid(number),
        })
    }

    /// The canonical name.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            WireBody::Tabulated(body) => body.name(),
            WireBody::MeanSouthNode => "mean_south_node",
            WireBody::TrueSouthNode => "true_south_node",
            WireBody::Uranian(uranian) => uranian.name(),
            WireBody::Asteroid(number) => return Cow::Owned(format!("{ASTEROID_PREFIX}{number}")),
        })
    }

    /// The body whose state answers for this one, and what to do to it. For all but the south nodes it is the body
    /// itself.
    #[inline]
    #[must_use]
    pub fn base(self) -> (WireBody, Derivation) {
        match self {
            WireBody::MeanSouthNode => (WireBody::Tabulated(Body::MeanNode), Derivation::Antipode),
            WireBody::TrueSouthNode => (WireBody::Tabulated(Body::TrueNode), Derivation::Antipode),
            itself => (itself, Derivation::Itself),
        }
    }

    /// The body whose table answers, and what to do to its state; `None` for bodies without tables, which are live.
    #[inline]
    #[must_use]
    pub fn tabulated(self) -> Option<(Body, Derivation)> {
        match self.base() {
            (WireBody::Tabulated(body), derivation) => Some((body, derivation)),
            _ => None,
        }
    }

    /// Whether the body can be seen from the centre at all: not the centre from itself, nor the lunar nodes and apsides
    /// from anywhere but the Earth.
    #[must_use]
    pub fn exists_from(self, center: Center) -> bool {
        self.tabulated().is_none_or(|(body, _)| Product::Place(center, body).exists())
    }
}

impl fmt::Display for WireBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// One body by canonical name or alias; not a set.
impl FromStr for WireBody {
    type Err = Error;

    fn from_str(text: &str) -> Result<WireBody, Error> {
        match Entry::parse(text)? {
            Entry::Body(body) => Ok(body),
            Entry::Set(_) => Err(Error::SetForBody { name: shown(text.trim()) }),
        }
    }
}

/// What stands between two commas.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Entry {
    Body(WireBody),
    Set(&'static [WireBody]),
}

impl Entry {
    fn parse(text: &str) -> Result<Entry, Error> {
        let name = text.trim().to_ascii_lowercase();
        if name.is_empty() {
            return Err(Error::EmptyBody);
        }
        if let Some(number) = name.strip_prefix(ASTEROID_PREFIX) {
            let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            let number = if digits { number.parse().ok() } else { None };
            return number
                .and_then(WireBody::minor_planet)
                .map(Entry::Body)
                .ok_or_else(|| Error::AsteroidNumber { text: shown(text.trim()), max: MAX_ASTEROID });
        }
        canonical_names()
            .chain(ALIASES)
            .find(|(known, _)| *known == name)
            .map(|(_, body)| Entry::Body(body))
            .or_else(|| {
                SETS.into_iter().find(|(known, _)| *known == name).map(|(_, members)| Entry::Set(members))
            })
            .ok_or_else(|| Error::UnknownBody { name: shown(text.trim()), suggestion: suggestion(&name) })
    }
}

/// Every body that has a name of its own, named as in replies.
fn canonical_names() -> impl Iterator<Item = (&'static str, WireBody)> {
    let tabulated = Body::ALL.into_iter().map(|body| (body.name(), WireBody::Tabulated(body)));
    let south = [("mean_south_node", WireBody::MeanSouthNode), ("true_south_node", WireBody::TrueSouthNode)];
    let uranians = Uranian::ALL.into_iter().map(|body| (body.name(), WireBody::Uranian(body)));
    tabulated.chain(south).chain(uranians)
}

/// Every name by which one body is known, canonical ones first.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let aliases = ALIASES.into_iter().map(|(alias, _)| alias);
    canonical_names().map(|(name, _)| name).chain(aliases)
}

/// The name that a misspelt one was meant to be.
fn suggestion(name: &str) -> Option<String> {
    if let Some((prefix, number)) = name.split_once(':')
        && number.parse().is_ok_and(|number| WireBody::minor_planet(number).is_some())
        && suggest::nearest(prefix, ["asteroid"]).is_some()
    {
        return Some(format!("{ASTEROID_PREFIX}{number}"));
    }
    let sets = SETS.into_iter().map(|(set, _)| set);
    let aliases = ALIASES.into_iter().map(|(alias, _)| alias);
    suggest::nearest(name, canonical_names().map(|(name, _)| name).chain(sets).chain(aliases))
        .map(str::to_owned)
}

/// The bodies of a list of names separated by commas, such as `luminaries,mars,asteroid:433`.
///
/// # Errors
/// As [`from_names`].
pub fn parse_list(list: &str) -> Result<Vec<WireBody>, Error> {
    from_names(list.split(','))
}

/// The bodies of names, aliases and sets, in the order of first mention.
///
/// # Errors
/// [`Error::EmptyBody`] for no name or an empty one, [`Error::UnknownBody`] with the nearest name,
/// [`Error::AsteroidNumber`], and [`Error::RepeatedBody`] where a body or a set is named twice.
pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<WireBody>, Error> {
    let mut bodies = Vec::new();
    let mut mentioned = HashSet::new();
    let mut first_names: HashMap<Entry, &str> = HashMap::new();
    for name in names {
        let entry = Entry::parse(name)?;
        if let Some(first) = first_names.insert(entry, name) {
            return Err(Error::RepeatedBody { name: shown(name.trim()), first: shown(first.trim()) });
        }
        let members = match &entry {
            Entry::Body(body) => slice::from_ref(body),
            Entry::Set(members) => members,
        };
        bodies.extend(members.iter().copied().filter(|body| mentioned.insert(*body)));
    }
    if bodies.is_empty() { Err(Error::EmptyBody) } else { Ok(bodies) }
}
