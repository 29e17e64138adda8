//! How near the tables are to live Swiss Ephemeris: at random instants, and where they would fail first.

use anyhow::{Result, ensure};
use orrery_format::{Body, Center, Dataset, Product};
use orrery_swisseph::EphemerisDir;
use rayon::prelude::*;

use crate::comparison::{Findings, SpeedGap, Stretch, Worst, compare, compare_speeds};
use crate::evaluation::geocentric;
use crate::figure::figure;
use crate::noise;

/// Random instants of each geocentric body, of nutation and of the Earth's rotation.
const RANDOM: usize = 100_000;

/// Random instants of each other product.
const RANDOM_ELSEWHERE: usize = 20_000;

/// Hostile instants that each geocentric body has at least.
const LEAST_HOSTILE: usize = 10_000;

/// Random instants at which the speeds of each body are compared.
const RANDOM_SPEEDS: usize = 4_000;

/// Stretches over which the source's own noise is measured.
const STRETCHES: usize = 1_000;

/// Stretches listed for a product that breaks its promise.
const MOST_LISTED: usize = 40;

/// The one body whose source is noisier than the promise.
const NOISY: Body = Body::InterpolatedPerigee;

/// Runs all comparisons, prints tables, and notes figures.
pub(crate) fn run(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    let mut products: Vec<Product> = geocentric().map(|body| Product::Place(Center::Geo, body)).collect();
    let bodies = products.len();
    for center in [Center::Helio, Center::Bary] {
        products
            .extend(Body::ALL.map(|body| Product::Place(center, body)).into_iter().filter(|p| p.exists()));
    }
    products.extend([Product::Nutation, Product::EarthRotation]);
    let findings: Vec<Findings> = products
        .par_iter()
        .with_max_len(1)
        .map(|&product| {
            let geocentric = !matches!(product, Product::Place(Center::Helio | Center::Bary, _));
            compare(dataset, dir, product, if geocentric { RANDOM } else { RANDOM_ELSEWHERE })
        })
        .collect::<Result<_>>()?;

    print_findings(&findings);
    print_broken(&findings);
    for found in &findings[..bodies] {
        let Product::Place(_, body) = found.product else { continue };
        ensure!(found.hostile >= LEAST_HOSTILE, "{body}: only {} hostile instants were found", found.hostile);
        figure(&format!("max_error_arcsec_lon_{body}"), found.worst[0].size, "arcsec");
        figure(&format!("max_error_arcsec_lat_{body}"), found.worst[1].size, "arcsec");
        figure(&format!("live_share_percent_{body}"), found.live_share_percent, "percent");
    }
    let quiet = |center: Center| {
        findings.iter().filter(
            move |found| matches!(found.product, Product::Place(of, body) if of == center && body != NOISY),
        )
    };
    figure("max_error_arcsec_lon", largest(quiet(Center::Geo), 0), "arcsec");
    figure("max_error_arcsec_lat", largest(quiet(Center::Geo), 1), "arcsec");
    figure("max_error_distance_relative", largest(quiet(Center::Geo), 2), "relative");
    for center in [Center::Helio, Center::Bary] {
        figure(&format!("max_error_arcsec_lon_{center}"), largest(quiet(center), 0), "arcsec");
        figure(&format!("max_error_arcsec_lat_{center}"), largest(quiet(center), 1), "arcsec");
        figure(&format!("max_error_distance_relative_{center}"), largest(quiet(center), 2), "relative");
    }
    let of = |product: Product| findings.iter().filter(move |found| found.product == product);
    figure(
        "max_error_arcsec_nutation",
        largest(of(Product::Nutation), 0).max(largest(of(Product::Nutation), 1)),
        "arcsec",
    );
    figure("max_error_s_delta_t", largest(of(Product::EarthRotation), 0), "s");
    figure("max_error_arcsec_sidereal_time", largest(of(Product::EarthRotation), 1), "arcsec");

    noises(dataset, dir)?;
    speeds(dataset, dir)
}

/// The largest deviation of a component; NaN if one is.
fn largest<'f>(findings: impl Iterator<Item = &'f Findings>, component: usize) -> f64 {
    findings
        .map(|found| found.worst[component].size)
        .fold(0.0, |largest, size| if size > largest || size.is_nan() { size } else { largest })
}

fn print_findings(findings: &[Findings]) {
    println!(
        "{:<26} {:>7} {:>7} {:>7} {:>10}  {:>9}  {:>9} {:<12} {:>9} {:<12} {:>8} {:<12}",
        "table", "random", "hostile", "refused", "live %", "99.9 %", "lon ″", "", "lat ″", "", "distance", ""
    );
    for found in findings {
        let Findings { product, random, hostile, refused, live_share_percent, usual, .. } = found;
        let [first, second, third] = found.worst;
        let seconds = if *product == Product::EarthRotation { " (ΔT s, sidereal ″)" } else { "" };
        println!(
            "{:<26} {random:>7} {hostile:>7} {refused:>7} {live_share_percent:>10.6}  {usual:>9.7}  {} {} {:>8.1e} {:<12}{seconds}",
            product.to_string(),
            sized(first),
            sized(second),
            third.size,
            if third.size > 0.0 { third.at.kind.name() } else { "" },
        );
    }
}

fn sized(worst: Worst) -> String {
    format!("{:>9.7} {:<12}", worst.size, if worst.size > 0.0 { worst.at.kind.name() } else { "" })
}

/// Lists where the promise is broken, and for each product its worst instants.
fn print_broken(findings: &[Findings]) {
    println!();
    for found in findings {
        let [first, second, third] = found.worst.map(|worst| worst.at.jd);
        println!("{:<26} worst at JD {first:?}, {second:?}, {third:?}", found.product.to_string());
    }
    println!();
    for found in findings.iter().filter(|found| !found.broken.is_empty()) {
        let Findings { product, broken, .. } = found;
        let instants: usize = broken.iter().map(|stretch| stretch.instants).sum();
        println!("{product}: {instants} instants break the promise, in {} stretches", broken.len());
        for Stretch { first, last_jd, instants, worst: [lon, lat, distance] } in
            broken.iter().take(MOST_LISTED)
        {
            let seconds = (last_jd - first.jd) * 86_400.0;
            println!(
                "  JD {:?} and {seconds:.1} s from it: {instants} ({}), {lon:.7}″ {lat:.7}″ {distance:.1e}",
                first.jd,
                first.kind.name()
            );
        }
    }
}

/// The source's own noise where it is largest. (Bodies with many seams are left out: a jump is no noise.)
fn noises(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    for body in [Body::Moon, Body::InterpolatedApogee, NOISY] {
        let noise = noise::measure(dataset, dir, body, STRETCHES)?;
        println!(
            "the source's own noise, {:<22} {:.7}″ rms, {:.7}″ at most",
            body.name(),
            noise.rms,
            noise.max
        );
        if body == NOISY {
            figure(&format!("source_noise_arcsec_{body}"), noise.max, "arcsec");
        }
    }
    Ok(())
}

/// Speeds against Swiss Ephemeris' own and against derivatives of its positions.
fn speeds(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    let bodies: Vec<Body> = geocentric().collect();
    let gaps: Vec<SpeedGap> = bodies
        .par_iter()
        .with_max_len(1)
        .map(|&body| compare_speeds(dataset, dir, body, RANDOM_SPEEDS))
        .collect::<Result<_>>()?;
    println!();
    println!(
        "speed_gap_arcsec_per_day: the tables' speeds against Swiss Ephemeris' own (not derivatives of its positions), and"
    );
    println!("against difference quotients of live positions; longitude and latitude ″/day, distance au/day");
    println!(
        "{:<22} {:>9} {:>9} {:>9}   {:>9} {:>9} {:>9}   {:>9} {:>9} {:>9}",
        "body",
        "lon rms",
        "lat rms",
        "dist rms",
        "lon max",
        "lat max",
        "dist max",
        "quot. lon",
        "lat",
        "dist"
    );
    for gap in gaps {
        let row = |[lon, lat, dist]: [f64; 3]| format!("{lon:>9.5} {lat:>9.5} {dist:>9.1e}");
        println!("{:<22} {}   {}   {}", gap.body.name(), row(gap.rms), row(gap.max), row(gap.derivative_max));
    }
    Ok(())
}
