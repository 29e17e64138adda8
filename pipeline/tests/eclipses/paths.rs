//! Paths and local circumstances of every eclipse of six centuries, as tables have them: whether what is drawn is what is seen there.

use std::time::Instant;

use orrery_format::eclipse::{SolarEclipse, SolarKind};
use rayon::prelude::*;

use super::{consistency, tables};

/// Why an eclipse is one of the few that are always looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oddity {
    Hybrid,
    /// The axis misses the Earth and the umbra does not.
    WithoutAxis,
    /// With an axis and a single limit of the umbra.
    OneLimit,
    /// The axis comes to within 3° of a pole.
    Polar,
    /// The penumbra or the axis only just touches the Earth.
    Grazing,
    /// The penumbra is wholly on the Earth for less than half an hour.
    HardlyWithin,
}

fn oddity(eclipse: &SolarEclipse) -> Option<Oddity> {
    let lasts = |[from, to]: [f64; 2]| (to - from) * 24.0;
    let [_, p2, p3, _] = eclipse.penumbra_jd_tt;
    let axis_h = lasts(eclipse.axis_jd_tt);
    if eclipse.kind == SolarKind::Hybrid as u8 {
        Some(Oddity::Hybrid)
    } else if eclipse.kind != SolarKind::Partial as u8 && axis_h.is_nan() {
        Some(Oddity::WithoutAxis)
    } else if !axis_h.is_nan() && eclipse.umbra_jd_tt[1].is_nan() {
        Some(Oddity::OneLimit)
    } else if eclipse.magnitude < 0.02 || axis_h < 0.5 {
        Some(Oddity::Grazing)
    } else if lasts([p2, p3]) < 0.5 {
        Some(Oddity::HardlyWithin)
    } else {
        (eclipse.latitude_deg.abs() > 87.0).then_some(Oddity::Polar)
    }
}

/// Each point of each curve of an eclipse, against the local circumstances there and beside it. All 1425 with
/// `ORRERY_EXHAUSTIVE=1`; else all that are odd in some way, and one in eight of the others.
#[test]
fn curves_and_local_circumstances_agree() {
    const ONE_IN: usize = 8;
    // At one of the instants looked at in 1976 the penumbra hangs over the limb by so little that its lines miss the ground beside
    // the one that leads straight out from the Earth's centre, but not there.
    const HANGING_OVER: f64 = 2_442_897.933_5;
    let is_exhaustive = std::env::var_os("ORRERY_EXHAUSTIVE").is_some_and(|value| value == "1");
    let mut odd: Vec<(Oddity, usize)> = Vec::new();
    let mut chosen: Vec<&SolarEclipse> = Vec::new();
    for (nth, eclipse) in tables::solar().iter().enumerate() {
        let oddity = oddity(eclipse);
        if let Some(oddity) = oddity {
            match odd.iter_mut().find(|(other, _)| *other == oddity) {
                Some((_, count)) => *count += 1,
                None => odd.push((oddity, 1)),
            }
        }
        let is_hanging_over = (eclipse.greatest_jd_tt - HANGING_OVER).abs() < 0.01;
        if is_exhaustive || oddity.is_some() || is_hanging_over || nth % ONE_IN == 0 {
            chosen.push(eclipse);
        }
    }
    let begun = Instant::now();
    let reports: Vec<_> =
        chosen.par_iter().map(|eclipse| (eclipse, consistency::check(&eclipse.elements))).collect();
    let (mut points, mut widths, mut complaints) = (0, 0, Vec::new());
    for (eclipse, report) in &reports {
        points += report.points;
        widths += report.widths;
        let jd_tt = eclipse.greatest_jd_tt;
        complaints.extend(report.complaints.iter().map(|complaint| format!("{jd_tt}: {complaint}")));
        // What the search has decided by contacts is what is drawn.
        let limits = report.path.umbral_limits.len();
        let [has_axis, has_umbra] =
            [eclipse.axis_jd_tt[0], eclipse.umbra_jd_tt[0]].map(|first| !first.is_nan());
        if has_axis == report.path.central.is_empty() || !has_umbra && limits > 0 {
            complaints.push(format!("{jd_tt}: {limits} limits, axis {has_axis}, umbra {has_umbra}"));
        }
        if has_umbra && limits == 2 && eclipse.umbra_jd_tt[1].is_nan() {
            complaints.push(format!("{jd_tt}: two limits, but the umbra is never wholly on the Earth"));
        }
    }
    eprintln!(
        "{} eclipses, {points} points, {widths} widths in {:.0} s; of all, odd are {odd:?}",
        chosen.len(),
        begun.elapsed().as_secs_f64()
    );
    assert_eq!(complaints, [""; 0]);
    assert!(odd.len() == 6 && chosen.len() > 200 && widths > 4000, "{odd:?} {}", chosen.len());
}
