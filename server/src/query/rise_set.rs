//! What `/v1/rise-set` is asked: which days of whose clock, where, of which bodies, and what counts as the horizon.

use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::Site;
use orrery_almanac::horizon::Atmosphere;
use orrery_almanac::rise_set::{self, Limb, Threshold};

use super::days::{Day, Days};
use super::params::Params;
use super::rising::Rising;
use super::view::site;
use super::word::words;
use super::{Air, Fields, Observer, SkyQuery, TimeQuery, View};
use crate::wire::problem::{Code, Problem};

/// Apparent altitudes that a skyline may have, degrees.
pub(crate) const SKYLINES_DEG: (f64, f64) = (-5.0, 60.0);

words! {
    /// Which point of a disc has to cross the horizon.
    Disc for "limb" {
        /// The first to appear and the last to vanish.
        Upper = "upper",
        Center = "center",
        /// The last to appear and the first to vanish.
        Lower = "lower",
    }
}

words! {
    /// What the air does at the horizon.
    Refraction for "refraction" {
        /// It lifts by 34′, as almanacs have it.
        Standard = "standard",
        /// What its pressure and temperature make of it.
        Air = "air",
        /// Nothing.
        None = "none",
    }
}

/// The altitude that counts as the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Skyline {
    /// An apparent altitude, degrees.
    At(f64),
    /// The open sea, as it is seen from the observer's height.
    Sea,
}

/// Everything that `/v1/rise-set` was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RiseSetQuery {
    /// The first moment of the first day, and how that day was given.
    pub(crate) time: TimeQuery,
    /// How many days were asked for.
    pub(crate) length: u16,
    pub(crate) days: Vec<Day>,
    /// The bodies and who may answer, as for a position seen from the place.
    pub(crate) sky: Arc<SkyQuery>,
    pub(crate) site: Site,
    pub(crate) wanted: Rising,
    pub(crate) limb: Disc,
    pub(crate) refraction: Refraction,
    pub(crate) skyline: Skyline,
}

impl RiseSetQuery {
    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<RiseSetQuery, Problem> {
        let missing = ["lat", "lon"].into_iter().find(|name| params.get(name).is_none());
        if let Some(name) = missing {
            return Err(Problem::new(Code::MissingParameter, format!("{name} is missing"))
                .parameter(name)
                .hint("give the place: lat and lon in degrees, north and east positive, and alt in metres"));
        }
        let site = site(params)?;
        let (refraction, skyline) = (params.word::<Refraction>()?, skyline(params, &site)?);
        let view = View { observer: Observer::Topo(site), ..View::default() };
        let air = Air::read(params)?;
        if let Some(name) = air.first_named()
            && refraction != Refraction::Air
            && skyline != Skyline::Sea
        {
            return Err(Problem::new(
                Code::Contradiction,
                format!("{name} is of the air, and refraction={} does not ask for it", refraction.name()),
            )
            .parameter(name)
            .hint("give refraction=air, or leave it out"));
        }
        let sky = SkyQuery::with(params, view, Fields::NONE, air)?;
        let Days { time, length, each: days } = Days::parse(params, Some(site), now)?;
        let wanted = Rising::parse(params.get("events"), &sky.bodies)?;
        let of_horizon = ["limb", "refraction", "horizon", "dip", "pressure", "temperature"];
        if let Some(name) =
            of_horizon.into_iter().find(|name| !wanted.has_horizon() && params.get(name).is_some())
        {
            return Err(Problem::new(
                Code::Contradiction,
                format!("{name} is of the horizon, and events has neither rise nor set"),
            )
            .parameter(name)
            .hint("add rise or set to events, or leave it out"));
        }
        Ok(RiseSetQuery {
            time,
            length,
            days,
            sky: Arc::new(sky),
            site,
            wanted,
            limb: params.word()?,
            refraction,
            skyline,
        })
    }

    /// The level that rising and setting are told of.
    pub(crate) fn horizon(&self) -> Threshold {
        let air = self.sky.air.at(&self.site);
        Threshold {
            limb: match self.limb {
                Disc::Upper => Limb::Upper,
                Disc::Center => Limb::Centre,
                Disc::Lower => Limb::Lower,
            },
            refraction: match self.refraction {
                Refraction::Standard => rise_set::Refraction::Standard,
                Refraction::Air => rise_set::Refraction::Air(air),
                Refraction::None => rise_set::Refraction::None,
            },
            horizon_deg: self.skyline.altitude_deg(&air, &self.site),
        }
    }
}

impl Skyline {
    fn altitude_deg(self, air: &Atmosphere, site: &Site) -> f64 {
        match self {
            Skyline::At(altitude_deg) => altitude_deg,
            Skyline::Sea => air.dip_deg(site.altitude_m),
        }
    }
}

fn skyline(params: &Params<'_>, site: &Site) -> Result<Skyline, Problem> {
    let (given, sea) = (params.number("horizon")?, params.truth("dip")?.unwrap_or_default());
    let (least, most) = SKYLINES_DEG;
    match (given, sea) {
        (Some(_), true) => Err(Problem::new(
            Code::Contradiction,
            "dip asks for the horizon of the open sea, and horizon says how high it is",
        )
        .parameter("dip")
        .hint("leave one of them out")),
        (None, true) if site.altitude_m <= 0.0 => {
            Err(Problem::new(Code::Contradiction, "the horizon of the sea dips for who stands above it")
                .parameter("dip")
                .hint("add alt, the height above the sea in metres, or leave dip out"))
        }
        (None, true) => Ok(Skyline::Sea),
        (Some(altitude_deg), false) if !(least..=most).contains(&altitude_deg) => {
            Err(Problem::new(Code::OutOfRange, format!("horizon is {altitude_deg}"))
                .parameter("horizon")
                .hint(format!("give horizon from {least} to {most} degrees")))
        }
        (given, false) => Ok(Skyline::At(given.unwrap_or_default())),
    }
}
