//! How fast eclipses are found, and what a place sees of them, beside live Swiss Ephemeris in the same run; and whether those that
//! are found are those of NASA's canons.

use std::hint::black_box;

use anyhow::{Result, bail, ensure};
use orrery_almanac::Site;
use orrery_almanac::calendar::CivilDate;
use orrery_almanac::eclipses::local::local;
use orrery_almanac::eclipses::path::{Density, Path};
use orrery_almanac::eclipses::{TabulatedLuminaries, lunar_eclipses, solar_eclipses};
use orrery_format::eclipse::{LunarEclipse, ROTATION_DEG_PER_S, SolarEclipse};
use orrery_format::{Body, Center, Dataset, Product, TtDay, UtDay};
use orrery_swisseph::{EphemerisDir, LiveLunarKind, LiveSearch, LiveSite, LiveSolarKind, Session};
use orrery_tests::published;
use orrery_tests::random::Random;

use crate::evaluation::nanoseconds;
use crate::figure::figure;

/// Eclipses at places that the tables tell.
const PLACES: usize = 2_000;

/// Of these the live source is asked for so many.
const LIVE_PLACES: usize = 100;

/// Eclipses of either kind that the live source finds, one after the other.
const LIVE_ECLIPSES: usize = 100;

/// Days of the searches of the tables: a century.
const SEARCH_DAYS: f64 = 36_525.0;

/// Seconds by which an eclipse of the canon and one found are the same.
const SAME_S: f64 = 60.0;

/// Runs all measurements.
pub(crate) fn run(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    let Some((start, end)) = dataset.span_jd(Product::Place(Center::Geo, Body::Sun)) else { return Ok(()) };
    let mut session = Session::open(dir)?;
    let span = TtDay(start + 1.0)..TtDay(end - 1.0);
    let mut tables = TabulatedLuminaries(dataset);
    let solar = solar_eclipses(&mut tables, span.clone())?;
    let lunar = lunar_eclipses(&mut tables, span)?;
    println!("{} eclipses of the Sun, {} of the Moon in the tables", solar.len(), lunar.len());
    search(dataset, &mut session, 0.5 * (start + end) - 0.5 * SEARCH_DAYS)?;
    places(dataset, &mut session, &solar)?;
    let chosen: Vec<&SolarEclipse> = solar.iter().step_by(10).collect();
    let ns = nanoseconds(chosen.len(), || {
        let points =
            chosen.iter().map(|eclipse| Path::of(&eclipse.elements, &Density::default()).lobes.len());
        black_box(points.sum::<usize>());
    });
    figure("eclipse_path_us", ns / 1e3, "us");
    compare_with_canon(&solar, &lunar)
}

/// Every eclipse of a century from the tables, and some of its beginning by the library.
fn search(dataset: &Dataset, session: &mut Session, start: f64) -> Result<()> {
    let span = TtDay(start)..TtDay(start + SEARCH_DAYS);
    let mut tables = TabulatedLuminaries(dataset);
    let count =
        solar_eclipses(&mut tables, span.clone())?.len() + lunar_eclipses(&mut tables, span.clone())?.len();
    let by_tables = nanoseconds(count, || {
        let solar = solar_eclipses(&mut tables, span.clone()).map_or(0, |found| found.len());
        let lunar = lunar_eclipses(&mut tables, span.clone()).map_or(0, |found| found.len());
        black_box(solar + lunar);
    });
    let mut failed = None;
    let by_library = nanoseconds(2 * LIVE_ECLIPSES, || {
        failed = failed.take().or(asked_for_all(session, start).err());
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let (us, live_us) = (by_tables / 1e3, by_library / 1e3);
    println!("search     table {us:7.2} us  live {live_us:9.1} us  {:6.0} times", live_us / us);
    figure("eclipse_search_us", us, "us");
    figure("eclipse_search_live_us", live_us, "us");
    figure("eclipse_search_speedup", live_us / us, "times");
    Ok(())
}

/// As a user of the C library goes through eclipses: each search begins at the last one's maximum.
fn asked_for_all(session: &mut Session, start: f64) -> Result<()> {
    let (mut solar, mut lunar) = (start, start);
    for _ in 0..LIVE_ECLIPSES {
        let found = session.plain_solar_eclipse(&LiveSolarKind::ALL, LiveSearch::Forward, solar)?;
        solar = found.shadow.maximum_jd_ut;
        lunar = session.plain_lunar_eclipse(&LiveLunarKind::ALL, LiveSearch::Forward, lunar)?.maximum_jd_ut;
    }
    Ok(())
}

/// An eclipse at a place.
struct Seen<'a> {
    eclipse: &'a SolarEclipse,
    site: Site,
    delta_t_s: f64,
}

impl Seen<'_> {
    /// A day before the eclipse is greatest, a Julian day UT1.
    fn before(&self) -> f64 {
        self.eclipse.greatest_jd_tt - self.delta_t_s / 86_400.0 - 1.0
    }

    fn by_library(&self, session: &mut Session) -> Result<f64> {
        let Site { latitude_deg, longitude_deg, altitude_m } = self.site;
        let site = LiveSite { latitude_deg, longitude_deg, altitude_m };
        Ok(session.plain_local_solar_eclipse(site, LiveSearch::Forward, self.before())?.maximum.jd_ut)
    }
}

/// All that places see of an eclipse, from its elements as the tables gave them, and by the library's search.
fn places(dataset: &Dataset, session: &mut Session, solar: &[SolarEclipse]) -> Result<()> {
    let mut random = Random::of("places under the shadow");
    let mut seen = Vec::new();
    while seen.len() < PLACES {
        let eclipse = random.pick(solar);
        let delta_t_s = dataset.delta_t_s(UtDay(eclipse.greatest_jd_tt))?;
        let site = Site {
            latitude_deg: (eclipse.latitude_deg + random.between(-30.0, 30.0)).clamp(-89.0, 89.0),
            longitude_deg: eclipse.ephemeris_longitude_deg
                + ROTATION_DEG_PER_S * delta_t_s
                + random.between(-30.0, 30.0),
            altitude_m: 0.0,
        };
        let site = Site { longitude_deg: (site.longitude_deg + 180.0).rem_euclid(360.0) - 180.0, ..site };
        // Well over the horizon, so that both have the same eclipse.
        if local(&eclipse.elements, &site, delta_t_s).is_some_and(|found| found.maximum.altitude_deg > 10.0) {
            seen.push(Seen { eclipse, site, delta_t_s });
        }
    }
    let few = &seen[..LIVE_PLACES];
    for place in few {
        let apart = place.by_library(session)? - place.before() - 1.0;
        ensure!(apart.abs() < 0.3, "the library finds another eclipse, {apart} days away");
    }
    let by_tables = nanoseconds(seen.len(), || {
        let found =
            seen.iter().filter_map(|place| local(&place.eclipse.elements, &place.site, place.delta_t_s));
        black_box(found.map(|found| found.maximum.magnitude).sum::<f64>());
    });
    let by_library = nanoseconds(few.len(), || {
        black_box(few.iter().filter_map(|place| place.by_library(session).ok()).sum::<f64>());
    });
    let (us, live_us) = (by_tables / 1e3, by_library / 1e3);
    println!("at a place table {us:7.2} us  live {live_us:9.1} us  {:6.0} times", live_us / us);
    figure("local_eclipse_us", us, "us");
    figure("local_eclipse_live_us", live_us, "us");
    figure("local_eclipse_speedup", live_us / us, "times");
    Ok(())
}

/// An eclipse as the canons have it.
struct Published {
    greatest_jd_tt: f64,
    /// What its code begins with.
    kind: char,
}

/// Which eclipses of the canons there are, and which there are besides, from 1800 to 2399.
fn compare_with_canon(solar: &[SolarEclipse], lunar: &[LunarEclipse]) -> Result<()> {
    let solar: Vec<Published> =
        solar.iter().map(|it| Published::new(it.greatest_jd_tt, ['P', 'A', 'T', 'H'], it.kind)).collect();
    let lunar: Vec<Published> =
        lunar.iter().map(|it| Published::new(it.greatest_jd_tt, ['N', 'P', 'T', '?'], it.kind)).collect();
    let (mut all, mut matched, mut other_kind, mut worst_s) = (0_usize, 0_usize, 0_usize, 0.0_f64);
    for (name, found) in
        [("nasa_canon_solar_1600_2399.csv", solar), ("nasa_canon_lunar_1600_2399.csv", lunar)]
    {
        let Some(rows) = published::rows(name) else {
            println!("left out: comparison with NASA's canons, which are not here");
            return Ok(());
        };
        let canon: Vec<Published> = rows
            .iter()
            .map(|row| Published::read(row))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .filter(|eclipse| eclipse.greatest_jd_tt >= FIRST_JD)
            .collect();
        let in_years = |eclipse: &&Published| (FIRST_JD..END_JD).contains(&eclipse.greatest_jd_tt);
        let is_besides = |eclipse: &&Published| !canon.iter().any(|other| eclipse.off_s(other) < SAME_S);
        let besides = found.iter().filter(in_years).filter(is_besides).count();
        all += canon.len() + besides;
        for eclipse in &canon {
            let Some(same) = found.iter().find(|other| eclipse.off_s(other) < SAME_S) else { continue };
            matched += 1;
            other_kind += usize::from(same.kind != eclipse.kind);
            worst_s = worst_s.max(eclipse.off_s(same));
        }
        println!("{name}: {} eclipses, and {besides} found besides", canon.len());
    }
    figure("eclipses_matched_percent", 100.0 * matched as f64 / all as f64, "%");
    figure("eclipses_of_other_kind", other_kind as f64, "eclipses");
    figure("eclipses_worst_td_s", worst_s, "s");
    Ok(())
}

/// 1800-01-01 and 2400-01-01, 0h.
const FIRST_JD: f64 = 2_378_496.5;
const END_JD: f64 = 2_597_641.5;

impl Published {
    fn new(greatest_jd_tt: f64, kinds: [char; 4], kind: u8) -> Published {
        Published { greatest_jd_tt, kind: kinds.get(usize::from(kind)).copied().unwrap_or('?') }
    }

    /// How far apart two are, seconds.
    fn off_s(&self, other: &Published) -> f64 {
        (self.greatest_jd_tt - other.greatest_jd_tt).abs() * 86_400.0
    }

    /// A row of either canon: date and terrestrial time of greatest eclipse in the second and third column, the kind in the seventh.
    fn read(row: &[String]) -> Result<Published> {
        let cell = |column: usize| row.get(column).map_or("", String::as_str);
        let numbers = |column: usize, by: char| -> Result<Vec<u32>> {
            Ok(cell(column).split(by).map(str::parse).collect::<Result<_, _>>()?)
        };
        let (date, time) = (numbers(1, '-')?, numbers(2, ':')?);
        let (&[year, month, day], &[hour, minute, second]) = (&date[..], &time[..]) else {
            bail!("{row:?} is no eclipse");
        };
        let civil =
            CivilDate { year: i32::try_from(year)?, month: u8::try_from(month)?, day: u8::try_from(day)? };
        let seconds = f64::from(hour * 3600 + minute * 60 + second);
        Ok(Published {
            greatest_jd_tt: civil.day_number(None)?.midnight_jd() + seconds / 86_400.0,
            kind: cell(6).chars().next().unwrap_or('?'),
        })
    }
}
