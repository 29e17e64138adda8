//! How fast a chart is made from tables, beside the same made live in the same run, and beside kerykeion.
//!
//! A chart is ten bodies on the true ecliptic of date with their speeds, twelve houses by Placidus with theirs, the angles, in which house
//! each body is, all major aspects of bodies, ascendant and midheaven, and the sixteen lots of the tradition. Live, bodies and houses are
//! what a user of the C library asks it for; what follows from them is the same.

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use orrery_almanac::aspect::{Aspects, OrbRule, Orbs, PTOLEMAIC, Point};
use orrery_almanac::lots::{self, Book, Selection};
use orrery_almanac::sect::Sect;
use orrery_almanac::{Angle, HouseSystem, Houses, LocalSky, Site, Varying, WireBody, frames, horizon};
use orrery_format::{Body, Center, Dataset, Product, TtDay, UtDay};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{EphemerisDir, LiveSky, Session};
use orrery_tests::random::Random;
use orrery_tests::tables::TEN_BODIES;

use crate::evaluation::nanoseconds;
use crate::figure::figure;
use crate::http::peer::{Installed, peers};

/// Charts from tables.
const CHARTS: usize = 5_000;

/// Of these so many are made live too.
const LIVE_CHARTS: usize = 250;

/// Charts of kerykeion's.
const PEER_CHARTS: usize = 100;

/// Places where every system divides the sky, degrees from the equator.
const MOST_LATITUDE_DEG: f64 = 60.0;

/// What a chart is of.
struct Birth {
    site: Site,
    ut: UtDay,
}

/// What charts are made by.
struct Rules {
    orbs: Orbs,
    aspects: Aspects,
    lots: Selection,
}

/// What a chart was found to have, so that none of it is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Made {
    houses: usize,
    aspects: usize,
    lots: usize,
}

/// Runs all measurements.
pub(crate) fn run(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    let Some((start, end)) = dataset.span_jd(Product::Place(Center::Geo, Body::Sun)) else { return Ok(()) };
    let mut session = Session::open(dir)?;
    let mut random = Random::of("births");
    let births: Vec<Birth> = (0..CHARTS)
        .map(|_| Birth {
            site: Site {
                latitude_deg: random.between(-MOST_LATITUDE_DEG, MOST_LATITUDE_DEG),
                longitude_deg: random.between(-180.0, 180.0),
                altitude_m: 0.0,
            },
            ut: UtDay(random.between(start + 1.0, end - 1.0)),
        })
        .collect();
    let book = Book::read(&[("data/lots.toml", include_str!("../../data/lots.toml"))])?;
    let orbs = Orbs::new(OrbRule::Aspect);
    let rules =
        Rules { aspects: Aspects::new(&PTOLEMAIC, &orbs), orbs, lots: Arc::new(book).select("traditional")? };
    let few = &births[..LIVE_CHARTS];
    for birth in few {
        let (ours, theirs) = (by_tables(dataset, &rules, birth), live(&mut session, &rules, birth)?);
        // A body next to a cusp, or an aspect next to its orb, may be on either side.
        let apart = ours.aspects.abs_diff(theirs.aspects) + ours.houses.abs_diff(theirs.houses);
        ensure!(ours.lots == 16 && theirs.lots == 16 && apart <= 2, "{ours:?} and {theirs:?}");
    }
    let table = nanoseconds(births.len(), || {
        for birth in &births {
            black_box(by_tables(dataset, &rules, birth));
        }
    });
    let library = nanoseconds(few.len(), || {
        for birth in few {
            let _ = black_box(live(&mut session, &rules, birth));
        }
    });
    figure("chart_us", table / 1e3, "us");
    figure("chart_live_us", library / 1e3, "us");
    figure("chart_speedup", library / table, "times");
    let peer = kerykeion()?;
    figure("chart_kerykeion_us", peer, "us");
    figure("chart_vs_kerykeion", peer * 1e3 / table, "times");
    Ok(())
}

fn by_tables(dataset: &Dataset, rules: &Rules, birth: &Birth) -> Made {
    let Ok(delta_t_s) = dataset.delta_t_s(birth.ut) else { return Made::default() };
    let tt = TtDay(birth.ut.jd() + delta_t_s / 86_400.0);
    let (Ok(nutation), Ok(sidereal_deg)) = (dataset.nutation(tt), dataset.mean_sidereal_time_deg(birth.ut))
    else {
        return Made::default();
    };
    let nutation = nutation.value;
    let greenwich = horizon::apparent_sidereal_time(sidereal_deg, &nutation);
    let sky = LocalSky {
        armc: Varying::new((greenwich.value + birth.site.longitude_deg).rem_euclid(360.0), greenwich.rate),
        latitude_deg: birth.site.latitude_deg,
        obliquity: Varying::new(nutation.true_obliquity_deg(), nutation.true_obliquity_speed()),
        sun_declination: None,
    };
    let Ok(houses) = sky.houses(HouseSystem::Placidus) else { return Made::default() };
    let place = |body| {
        // Nutation is known already.
        let mean = dataset.state(body, Center::Geo, tt).map(|answer| answer.value).unwrap_or_default();
        let state = frames::true_equinox(&mean, &nutation);
        Varying::new(state.longitude_deg, state.longitude_speed)
    };
    made(rules, &houses, TEN_BODIES.map(place))
}

/// The same by what a user of the C library asks it for.
fn live(session: &mut Session, rules: &Rules, birth: &Birth) -> Result<Made> {
    let delta_t_s = session.delta_t_s(birth.ut.jd())?;
    let jd_tt = birth.ut.jd() + delta_t_s / 86_400.0;
    let [dpsi_deg, deps_deg, mean_obliquity_deg] = session.nutation(jd_tt)?;
    let sidereal_deg = session.mean_sidereal_time_deg(birth.ut.jd())?;
    let obliquity_deg = mean_obliquity_deg + deps_deg;
    let sky = LiveSky {
        armc_deg: (sidereal_deg + dpsi_deg * obliquity_deg.to_radians().cos() + birth.site.longitude_deg)
            .rem_euclid(360.0),
        latitude_deg: birth.site.latitude_deg,
        obliquity_deg,
        sun_declination_deg: None,
    };
    let divided = sky.houses('P')?;
    let cusps =
        divided.cusps_deg.iter().zip(divided.cusp_speeds).map(|(cusp, speed)| Varying::new(*cusp, speed));
    let angle = |nth: usize, opposite: bool| {
        let turn = if opposite { 180.0 } else { 0.0 };
        Varying::new((divided.angles_deg[nth] + turn).rem_euclid(360.0), divided.angle_speeds[nth])
    };
    let angles = Angle::ALL.map(|which| match which {
        Angle::Ascendant => angle(0, false),
        Angle::Mc => angle(1, false),
        Angle::Descendant => angle(0, true),
        Angle::Ic => angle(1, true),
        Angle::Vertex => angle(3, false),
        Angle::AntiVertex => angle(3, true),
        Angle::EquatorialAscendant => angle(4, false),
        Angle::CoAscendantKoch => angle(5, false),
        Angle::CoAscendantMunkasey => angle(6, false),
        Angle::PolarAscendant => angle(7, false),
    });
    let houses = Houses::new(HouseSystem::Placidus, cusps, angles, angle(2, false));
    let mut places = [Varying::default(); TEN_BODIES.len()];
    for (place, body) in places.iter_mut().zip(TEN_BODIES) {
        let [longitude_deg, _, _, speed, ..] = session.plain_call(live_body(body), jd_tt)?;
        *place = Varying::new(longitude_deg, speed);
    }
    Ok(made(rules, &houses, places))
}

/// What follows from places and houses.
fn made(rules: &Rules, houses: &Houses, places: [Varying; TEN_BODIES.len()]) -> Made {
    let bodies = TEN_BODIES.map(WireBody::Tabulated);
    let angles = [Angle::Ascendant, Angle::Mc];
    let mut points = Vec::with_capacity(bodies.len() + angles.len());
    points.extend(bodies.iter().zip(places).map(|(body, place)| rules.orbs.place(Point::Body(*body), place)));
    points.extend(angles.map(|angle| rules.orbs.place(Point::Angle(angle), houses.angle(angle))));
    // The half of the ecliptic behind the ascendant has risen.
    let behind_deg = (houses.angle(Angle::Ascendant).value - places[0].value).rem_euclid(360.0);
    let sect = if behind_deg <= 180.0 { Sect::Day } else { Sect::Night };
    let lots = rules.lots.evaluate(Some(sect), |point| match point {
        lots::Point::Body(body) => bodies.iter().position(|other| *other == body).map(|nth| places[nth]),
        lots::Point::Angle(angle) => Some(houses.angle(angle)),
        lots::Point::Cusp(house) => houses.cusps().get(usize::from(house) - 1).copied(),
        lots::Point::Syzygy => None,
    });
    Made {
        houses: places.iter().map(|place| usize::from(houses.house_of(place.value))).sum(),
        aspects: rules.aspects.within(&points).len(),
        lots: lots.iter().filter(|lot| lot.is_ok()).count(),
    }
}

/// Microseconds that kerykeion takes for a chart with its aspects.
fn kerykeion() -> Result<f64> {
    let output = Command::new(Installed::install()?.python())
        .arg(peers().join("kerykeion_charts.py"))
        .arg(PEER_CHARTS.to_string())
        .output()
        .context("starting Python")?;
    ensure!(output.status.success(), "kerykeion: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().with_context(|| format!("kerykeion says {text:?}"))
}
