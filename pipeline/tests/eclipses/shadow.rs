//! Contacts and places against a search over the ellipsoid's surface that knows nothing of outlines, planes or roots.

use orrery_format::eclipse::{Elements, SolarEclipse, SolarKind};

use super::elements::horner;
use super::live;

const FLATTENING: f64 = 1.0 / 298.257;

/// The fundamental coordinates of a place by its reduced latitude and its hour angle from the axis, radians.
fn surface(elements: &Elements, hours: f64, reduced: f64, angle: f64) -> [f64; 3] {
    let (sin_d, cos_d) = horner(&elements.d_deg, hours).to_radians().sin_cos();
    let (beside, north) = (reduced.cos(), (1.0 - FLATTENING) * reduced.sin());
    let (east, towards) = (beside * angle.sin(), beside * angle.cos());
    [east, north * cos_d - towards * sin_d, north * sin_d + towards * cos_d]
}

/// How deep a point is in a cone.
fn depth(elements: &Elements, hours: f64, [xi, eta, zeta]: [f64; 3], cone: Cone) -> f64 {
    let apart = (horner(&elements.x, hours) - xi).hypot(horner(&elements.y, hours) - eta);
    let radius = match cone {
        Cone::Penumbra => horner(&elements.l1, hours) - zeta * horner(&elements.tan_f1, hours),
        Cone::Umbra => (horner(&elements.l2, hours) - zeta * horner(&elements.tan_f2, hours)).abs(),
        Cone::Axis => 0.0,
    };
    radius - apart
}

#[derive(Clone, Copy, Debug)]
enum Cone {
    Penumbra,
    Umbra,
    Axis,
}

/// The deepest that any point of the Earth is in a cone; below zero where all are outside. A grid, and then ever smaller
/// steps from its best points.
fn deepest(elements: &Elements, hours: f64, cone: Cone) -> f64 {
    let value = |at: [f64; 2]| depth(elements, hours, surface(elements, hours, at[0], at[1]), cone);
    let mut best = ([0.0, 0.0], f64::NEG_INFINITY);
    for row in -40..=40 {
        for column in -40..=40 {
            let at = [f64::from(row) * 0.039, f64::from(column) * 0.045];
            if value(at) > best.1 {
                best = (at, value(at));
            }
        }
    }
    let mut step = 0.05;
    while step > 1e-9 {
        let mut is_better = false;
        for direction in 0..16 {
            let (sin, cos) = (f64::from(direction) * std::f64::consts::TAU / 16.0).sin_cos();
            let at = [best.0[0] + step * sin, best.0[1] + step * cos];
            if value(at) > best.1 {
                best = (at, value(at));
                is_better = true;
            }
        }
        if !is_better {
            step *= 0.5;
        }
    }
    best.1
}

/// Some of the eclipses of six centuries, and all whose umbra or axis only just touches.
fn chosen() -> Vec<&'static SolarEclipse> {
    let is_odd =
        |eclipse: &SolarEclipse| (0.97..1.03).contains(&eclipse.gamma.abs()) || eclipse.gamma.abs() > 1.5;
    let all = live::solar().iter().enumerate();
    all.filter(|(nth, eclipse)| nth % 16 == 0 || is_odd(eclipse)).map(|(_, eclipse)| eclipse).collect()
}

fn hours(eclipse: &SolarEclipse, jd_tt: f64) -> f64 {
    (jd_tt - eclipse.elements.t0_jd_tt) * 24.0
}

/// A fiftieth of a second before the first contact nothing of the Earth is in the cone, and as much after it something is; so for the
/// last. The axis is a cone without width, and only touches.
#[test]
fn outer_contacts_are_those_of_surface_and_cone() {
    const MOMENT_H: f64 = 0.02 / 3600.0;
    let mut count = 0;
    for eclipse in chosen() {
        let elements = &eclipse.elements;
        let [p1, _, _, p4] = eclipse.penumbra_jd_tt;
        let [u1, _, _, u4] = eclipse.umbra_jd_tt;
        for (first, last, cone) in [(p1, p4, Cone::Penumbra), (u1, u4, Cone::Umbra)] {
            if first.is_nan() {
                assert!(deepest(elements, hours(eclipse, eclipse.greatest_jd_tt), cone) < 1e-9);
                continue;
            }
            let within = |at: f64| deepest(elements, hours(eclipse, at), cone);
            // A graze that is shorter has no such moment to spare.
            let margin = MOMENT_H.min(6.0 * (last - first)) / 24.0;
            assert!(within(first - margin) < 0.0 && within(first + margin) > 0.0, "{cone:?} {eclipse:?}");
            assert!(within(last + margin) < 0.0 && within(last - margin) > 0.0, "{cone:?} {eclipse:?}");
            count += 1;
        }
    }
    assert!(count > 120, "{count}");
}

/// All of a cone falls on the Earth between the inner contacts and at no other time: its rim, seen from the Moon, is before
/// the Earth, which is to say that each line of its surface meets the ellipsoid.
#[test]
fn inner_contacts_are_those_of_surface_and_cone() {
    const MOMENT_H: f64 = 0.02 / 3600.0;
    // Whether each of many lines of the cone's surface comes within the ellipsoid where it is nearest to its centre.
    let rim_meets = |elements: &Elements, at: f64, cone: Cone| {
        let (sin_d, cos_d) = horner(&elements.d_deg, at).to_radians().sin_cos();
        let (l, tan) = match cone {
            Cone::Penumbra => (horner(&elements.l1, at), horner(&elements.tan_f1, at)),
            _ => (horner(&elements.l2, at), horner(&elements.tan_f2, at)),
        };
        (0..3600).all(|nth| {
            let (sin, cos) = (f64::from(nth) * std::f64::consts::TAU / 3600.0).sin_cos();
            // Along a line, what is 1 on the ellipsoid is a parabola, of which three values tell the least.
            let point = |zeta: f64| {
                let radius = l - zeta * tan;
                [horner(&elements.x, at) + radius * cos, horner(&elements.y, at) + radius * sin, zeta]
            };
            let size = |zeta: f64| {
                let [xi, eta, zeta] = point(zeta);
                let north = (eta * cos_d + zeta * sin_d) / (1.0 - FLATTENING);
                let towards = zeta * cos_d - eta * sin_d;
                xi * xi + towards * towards + north * north
            };
            let (a, b, c) = (size(-0.5), size(0.0), size(0.5));
            let bend = a - 2.0 * b + c;
            let zeta = 0.25 * (a - c) / bend;
            size(zeta) <= 1.0
        })
    };
    let mut count = 0;
    for eclipse in chosen() {
        let elements = &eclipse.elements;
        for (contacts, cone) in [(eclipse.penumbra_jd_tt, Cone::Penumbra), (eclipse.umbra_jd_tt, Cone::Umbra)]
        {
            let [first, second, third, last] = contacts;
            let greatest = hours(eclipse, eclipse.greatest_jd_tt);
            if second.is_nan() {
                assert!(!rim_meets(elements, greatest, cone), "{cone:?} {eclipse:?}");
                continue;
            }
            assert!(first < second && second < third && third < last);
            let margin = MOMENT_H.min(6.0 * (third - second));
            let [second, third] = [second, third].map(|jd_tt| hours(eclipse, jd_tt));
            assert!(
                !rim_meets(elements, second - margin, cone) && rim_meets(elements, second + margin, cone)
            );
            assert!(!rim_meets(elements, third + margin, cone) && rim_meets(elements, third - margin, cone));
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn the_axis_is_on_the_earth_between_its_contacts() {
    const MOMENT_H: f64 = 0.02 / 3600.0;
    let mut count = 0;
    for eclipse in live::solar() {
        let elements = &eclipse.elements;
        let [first, last] = eclipse.axis_jd_tt;
        let is_on_earth = |at: f64| {
            // The ellipsoid's outline along the axis is an ellipse.
            let narrow = 1.0
                - FLATTENING * (2.0 - FLATTENING) * horner(&elements.d_deg, at).to_radians().cos().powi(2);
            horner(&elements.x, at).powi(2) + horner(&elements.y, at).powi(2) / narrow <= 1.0
        };
        if first.is_nan() {
            assert!(!is_on_earth(hours(eclipse, eclipse.greatest_jd_tt)));
            continue;
        }
        let margin = MOMENT_H.min(6.0 * (last - first));
        let [first, last] = [first, last].map(|jd_tt| hours(eclipse, jd_tt));
        assert!(!is_on_earth(first - margin) && is_on_earth(first + margin), "{eclipse:?}");
        assert!(!is_on_earth(last + margin) && is_on_earth(last - margin), "{eclipse:?}");
        // Where it enters and leaves, a grid of the surface has points as near to it as its steps are.
        if count % 100 == 0 {
            assert!(deepest(elements, first, Cone::Axis) > -1e-6, "{eclipse:?}");
        }
        count += 1;
    }
    assert!(count > 850, "{count}");
}

/// Nowhere on the Earth is an eclipse without axis deeper at its greatest instant than at the place told, and the axis goes
/// through that of others.
#[test]
fn the_place_of_greatest_eclipse_is_nearest_to_the_axis() {
    for eclipse in chosen() {
        let elements = &eclipse.elements;
        let at = hours(eclipse, eclipse.greatest_jd_tt);
        let mu_deg = horner(&elements.mu_deg, at);
        let reduced = ((1.0 - FLATTENING) * eclipse.latitude_deg.to_radians().tan()).atan();
        let angle = (mu_deg + eclipse.ephemeris_longitude_deg).to_radians();
        let here = depth(elements, at, surface(elements, at, reduced, angle), Cone::Axis);
        let nearest = deepest(elements, at, Cone::Axis);
        assert!(here <= 0.0 && here > nearest - 1e-7, "{here} {nearest} {eclipse:?}");
        // An instant as a Julian day is known to 20 µs, in which the axis moves by 3e-9.
        let is_central = here > -1e-8;
        assert_eq!(is_central, eclipse.sun_altitude_deg > 1e-6, "{eclipse:?}");
        assert!(is_central || eclipse.sun_altitude_deg.abs() < 1e-6);
        let x = horner(&elements.x, at).hypot(horner(&elements.y, at));
        assert!(
            (x - eclipse.gamma.abs()).abs() < 1e-12
                && eclipse.gamma.signum() == horner(&elements.y, at).signum()
        );
        for aside in [-0.05, 0.05] {
            let beside = horner(&elements.x, at + aside).hypot(horner(&elements.y, at + aside));
            assert!(beside > x, "{eclipse:?}");
        }
    }
}

/// Kinds by a walk along the central line, step by step.
#[test]
fn kinds_are_what_the_central_line_shows() {
    let mut counts = [0; 4];
    let mut decided = 0;
    let mut narrowest = (f64::INFINITY, 0.0);
    for eclipse in live::solar() {
        let kind = SolarKind::ALL[usize::from(eclipse.kind)];
        counts[usize::from(eclipse.kind)] += 1;
        let [first, last] = eclipse.axis_jd_tt.map(|jd_tt| hours(eclipse, jd_tt));
        if first.is_nan() {
            assert_eq!(kind == SolarKind::Partial, eclipse.umbra_jd_tt[0].is_nan());
            continue;
        }
        let elements = &eclipse.elements;
        let e2 = FLATTENING * (2.0 - FLATTENING);
        let radii = (0..=400).map(|nth| {
            let at = first + (last - first) * f64::from(nth) / 400.0;
            let (x, y) = (horner(&elements.x, at), horner(&elements.y, at));
            let (sin_d, cos_d) = horner(&elements.d_deg, at).to_radians().sin_cos();
            // The higher of the two roots of the ellipsoid's equation along the axis; at its ends, both are one.
            let second = e2 / (1.0 - e2);
            let (a, b) = (1.0 + second * sin_d * sin_d, second * y * cos_d * sin_d);
            let c = x * x + y * y + second * (y * cos_d).powi(2) - 1.0;
            let zeta = (-b + (b * b - a * c).max(0.0).sqrt()) / a;
            horner(&elements.l2, at) - zeta * horner(&elements.tan_f2, at)
        });
        let (least, most) =
            radii.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), r| (low.min(r), high.max(r)));
        let expected = if most < 0.0 {
            SolarKind::Total
        } else if least >= 0.0 {
            SolarKind::Annular
        } else {
            SolarKind::Hybrid
        };
        // Steps miss what lasts less than one of them, and a root what the instants of the ends are off.
        if least.abs() > 1e-7 && most.abs() > 1e-6 {
            assert_eq!(kind, expected, "{least} {most} {eclipse:?}");
            decided += 1;
            let margin = least.abs().min(most.abs());
            if margin < narrowest.0 {
                narrowest = (margin, eclipse.greatest_jd_tt);
            }
        }
    }
    eprintln!(
        "partial, annular, total, hybrid: {counts:?}; {decided} decided by steps, by {narrowest:?} at least"
    );
    assert!(decided > 900, "{decided}");
    assert!(counts.iter().all(|count| *count > 40));
}
