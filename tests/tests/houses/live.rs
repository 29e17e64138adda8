//! Skies of instants, in zodiacs.

use std::collections::BTreeMap;

use orrery_almanac::ayanamsa::SiderealDate;
use orrery_almanac::horizon::SIDEREAL_DEG_PER_DAY;
use orrery_almanac::stars::{Observer, Sight};
use orrery_almanac::{Ayanamsa, HouseSystem, LocalSky, Precession, Varying};
use orrery_format::TtDay;
use orrery_swisseph::{
    LiveAyanamsa, LiveBody, LiveCenter, LiveFrame, LivePlane, LiveReference, LiveSectorMethod, LiveSite,
    LiveSky, Session,
};
use orrery_tests::measure::angle_between;
use orrery_tests::random::Random;
use orrery_tests::workspace;

use super::{beside, promise_deg};

/// What is beside ayanamsas' formulas the sidereal time of two ways through the library, degrees.
const INSTANT_DEG: f64 = 1e-8;

/// Modes that go by formulas alone, and the four frames.
const AYANAMSAS: [&str; 9] = [
    "fagan_bradley",
    "lahiri",
    "raman",
    "krishnamurti",
    "hipparchos",
    "j2000",
    "j1900",
    "b1950",
    "skydram_mardyks",
];

/// An instant and a site, as the library knows them.
struct Instant {
    sky: LocalSky,
    nutation: Varying,
    obliquity: Varying,
    precession: Precession,
}

impl Instant {
    fn of(session: &mut Session, jd_ut: f64, site: LiveSite) -> Instant {
        let jd_tt = jd_ut + session.delta_t_s(jd_ut).unwrap() / 86_400.0;
        let [dpsi, deps, mean] = session.nutation(jd_tt).unwrap();
        let equatorial = LiveFrame {
            reference: LiveReference::TrueOfDate,
            plane: LivePlane::Equator,
            ..LiveFrame::default()
        };
        let [_, declination, ..] = session.framed(LiveBody::Sun, LiveCenter::Geo, equatorial, jd_tt).unwrap();
        let armc = session.apparent_sidereal_time_deg(jd_ut).unwrap() + site.longitude_deg;
        Instant {
            sky: LocalSky {
                armc: Varying::new(armc, SIDEREAL_DEG_PER_DAY),
                latitude_deg: site.latitude_deg,
                obliquity: Varying::constant(mean + deps),
                sun_declination: Some(Varying::constant(declination)),
            },
            nutation: Varying::constant(dpsi),
            obliquity: Varying::constant(mean),
            precession: Precession::to(TtDay(jd_tt)),
        }
    }

    fn zodiac(&self, ayanamsa: Ayanamsa) -> SiderealDate {
        let nobody = || -> Result<Observer, ()> { Err(()) };
        ayanamsa.zodiac().at(&self.precession, self.obliquity, Sight::Apparent, nobody).unwrap().unwrap()
    }
}

fn site(latitude_deg: f64, longitude_deg: f64) -> LiveSite {
    LiveSite { latitude_deg, longitude_deg, altitude_m: 0.0 }
}

#[test]
fn houses_of_instants_are_the_librarys() {
    let mut session = workspace::session();
    let mut random = Random::of("houses of instants");
    let mut worst: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for nth in 0..120 {
        let jd_ut = random.between(2_378_500.0, 2_597_600.0);
        let site = site(random.between(-66.0, 66.0), random.between(-180.0, 180.0));
        let instant = Instant::of(&mut session, jd_ut, site);
        let zodiac: Option<Ayanamsa> = (nth % 4 > 0).then(|| random.pick(&AYANAMSAS).parse().unwrap());
        for system in HouseSystem::ALL {
            let mode = zodiac.map(|ayanamsa| LiveAyanamsa::Mode(ayanamsa.number().unwrap()));
            let live = session.houses(jd_ut, site, system.letter(), mode).unwrap();
            let houses = match zodiac {
                None => instant.sky.houses(system),
                Some(ayanamsa) => {
                    instant.sky.sidereal_houses(system, &instant.zodiac(ayanamsa), instant.nutation)
                }
            }
            .unwrap();
            let is_frame = zodiac.is_some_and(Ayanamsa::is_frame);
            match system {
                // The library counts signs from the node of the frame's ecliptic: none of the zodiac's.
                HouseSystem::WholeSign if is_frame => continue,
                // For a shifted zodiac it loses the case of the letter, and answers `I`.
                HouseSystem::SunshineMakransky if zodiac.is_some() && !is_frame => continue,
                _ => (),
            }
            let name = format!(
                "{} {}",
                system,
                if is_frame {
                    "frame"
                } else if zodiac.is_some() {
                    "shift"
                } else {
                    ""
                }
            );
            for pair in beside(&houses, &live) {
                let worst = worst.entry(name.clone()).or_default();
                if pair.apart_deg.is_nan() || pair.apart_deg > worst.0 {
                    *worst = (pair.apart_deg, jd_ut);
                }
            }
        }
    }
    for (name, worst) in &worst {
        println!("{name:<30} {:.1e}° at {}", worst.0, worst.1);
    }
    for (name, worst) in &worst {
        let system: HouseSystem = name.split(' ').next().unwrap().parse().unwrap();
        let promise = promise_deg(system, 0.0).max(INSTANT_DEG);
        assert!(worst.0 <= promise, "{name}: {worst:?}");
    }
}

/// Speeds in a zodiac are derivatives too: of the library's own cusps a second before and after, by the ayanamsa, nutation and
/// obliquity of then.
#[test]
fn speeds_in_zodiacs_are_derivatives() {
    const STEP_DAYS: f64 = 1e-4;
    let mut session = workspace::session();
    let mut random = Random::of("speeds of houses in zodiacs");
    for name in AYANAMSAS {
        let ayanamsa: Ayanamsa = name.parse().unwrap();
        let jd_ut = random.between(2_378_500.0, 2_597_600.0);
        let site = site(random.between(-60.0, 60.0), random.between(-180.0, 180.0));
        let [before, at, after] =
            [-1.0, 0.0, 1.0].map(|steps| Instant::of(&mut session, jd_ut + steps * STEP_DAYS, site));
        let rate = |of: fn(&Instant) -> f64| (of(&after) - of(&before)) / (2.0 * STEP_DAYS);
        let armc_rate = angle_between(after.sky.armc.value, before.sky.armc.value) / (2.0 * STEP_DAYS);
        let sky = LocalSky {
            armc: Varying::new(at.sky.armc.value, armc_rate),
            obliquity: Varying::new(at.sky.obliquity.value, rate(|it| it.sky.obliquity.value)),
            sun_declination: at.sky.sun_declination.map(|declination| {
                let rate = rate(|it| it.sky.sun_declination.unwrap().value);
                Varying::new(declination.value, rate)
            }),
            ..at.sky
        };
        let nutation = Varying::new(at.nutation.value, rate(|it| it.nutation.value));
        let obliquity = Varying::new(at.obliquity.value, rate(|it| it.obliquity.value));
        let moving = Instant { sky, nutation, obliquity, ..at };
        for system in HouseSystem::ALL {
            let of = |instant: &Instant| {
                let zodiac = instant.zodiac(ayanamsa);
                instant.sky.sidereal_houses(system, &zodiac, instant.nutation).unwrap()
            };
            let [before, now, after] = [of(&before), of(&moving), of(&after)];
            for (nth, cusp) in now.cusps().iter().enumerate() {
                let way = angle_between(after.cusps()[nth].value, before.cusps()[nth].value);
                let quotient = way / (2.0 * STEP_DAYS);
                // Differences of second order, and eight digits of the library's instants.
                let allowed = 2e-4 + 2e-6 * cusp.rate.abs();
                assert!(
                    (quotient - cusp.rate).abs() < allowed,
                    "{system} in {name} at {jd_ut}: cusp {nth}, {quotient} is not {}",
                    cusp.rate
                );
            }
        }
    }
}

/// The geometric sectors of an instant are those of its numbers.
#[test]
fn gauquelin_sectors_are_house_positions() {
    let mut session = workspace::session();
    let mut random = Random::of("sectors");
    for _ in 0..60 {
        let jd_ut = random.between(2_378_500.0, 2_597_600.0);
        let site = site(random.between(-89.0, 89.0), random.between(-180.0, 180.0));
        let instant = Instant::of(&mut session, jd_ut, site);
        let sky = LiveSky {
            armc_deg: instant.sky.armc.value,
            latitude_deg: site.latitude_deg,
            obliquity_deg: instant.sky.obliquity.value,
            sun_declination_deg: None,
        };
        let jd_tt = jd_ut + session.delta_t_s(jd_ut).unwrap() / 86_400.0;
        for body in [LiveBody::Sun, LiveBody::Moon, LiveBody::Pluto] {
            let [longitude, latitude, ..] =
                session.framed(body, LiveCenter::Geo, LiveFrame::default(), jd_tt).unwrap();
            for (method, latitude) in
                [(LiveSectorMethod::WithLatitude, latitude), (LiveSectorMethod::WithoutLatitude, 0.0)]
            {
                let sector = session.gauquelin_sector(body, method, jd_ut, site).unwrap().unwrap();
                let position = sky.house_position('G', longitude, latitude).unwrap();
                assert!((sector - position).abs() < 1e-8, "{body:?} {jd_ut} {site:?}: {sector} {position}");
            }
        }
    }
}

/// A point of the ecliptic is in the house that it is said to be in.
#[test]
fn house_positions_of_the_ecliptic_are_in_their_houses() {
    /// A thousandth of an arcsecond is added to some positions, so that cusps are in their houses.
    const BESIDE_DEG: f64 = 1e-3;
    let mut random = Random::of("house positions");
    let mut tallies: BTreeMap<HouseSystem, [usize; 2]> = BTreeMap::new();
    for _ in 0..500 {
        let (armc, latitude_deg) = (random.between(0.0, 360.0), random.between(-66.0, 66.0));
        let declination = random.between(-23.0, 23.0);
        let ours = LocalSky {
            armc: Varying::constant(armc),
            latitude_deg,
            obliquity: Varying::constant(23.44),
            sun_declination: Some(Varying::constant(declination)),
        };
        let its = LiveSky {
            armc_deg: armc,
            latitude_deg,
            obliquity_deg: 23.44,
            sun_declination_deg: Some(declination),
        };
        for system in HouseSystem::ALL {
            let houses = ours.houses(system).unwrap();
            let longitude = random.between(0.0, 360.0);
            match system {
                HouseSystem::Sripati | HouseSystem::SunshineMakransky => {
                    assert!(its.house_position(system.letter(), longitude, 0.0).is_err());
                    continue;
                }
                // Where the ecliptic passes the zenith on the other side, azimuths run against the houses.
                HouseSystem::Horizontal if latitude_deg.abs() < 23.5 => continue,
                _ => (),
            }
            if houses.cusps().iter().any(|cusp| angle_between(cusp.value, longitude).abs() < BESIDE_DEG) {
                continue;
            }
            let position = its.house_position(system.letter(), longitude, 0.0).unwrap();
            let tally = tallies.entry(system).or_default();
            tally[usize::from(position as u8 != houses.house_of(longitude))] += 1;
        }
    }
    assert!(tallies.len() == HouseSystem::ALL.len() - 2, "{tallies:?}");
    let elsewhere: Vec<_> = tallies.iter().filter(|(_, [_, others])| *others > 0).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}
