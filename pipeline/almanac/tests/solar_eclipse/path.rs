//! Paths of eclipses over the Earth, from elements that NASA published.

use orrery_almanac::eclipses::elements::Cone;
use orrery_almanac::eclipses::local::Kind;
use orrery_almanac::eclipses::path::{
    CentralPoint, Curve, CurveName, Density, Path, Point, central_point, greatest_duration, outline,
};
use orrery_format::TtDay;
use orrery_format::eclipse::{Elements, ROTATION_DEG_PER_S};

use crate::{canon, consistency};

const KM_PER_DEG: f64 = 111.2;

fn path(name: &str) -> Path {
    Path::of(&canon::eclipse(name).elements, &Density::default())
}

fn names(curves: &[Curve]) -> Vec<CurveName> {
    let mut names: Vec<CurveName> = curves.iter().map(|curve| curve.name).collect();
    names.sort_by_key(|name| name.name());
    names
}

#[test]
fn curves_and_local_circumstances_agree() {
    let mut widths = 0;
    for eclipse in canon::eclipses() {
        let report = consistency::check(&eclipse.elements);
        assert!(report.points > 40, "{}: {} points", eclipse.name, report.points);
        assert_eq!(report.complaints, [""; 0], "{}", eclipse.name);
        widths += report.widths;
    }
    assert!(widths > 500, "{widths}");
}

/// The two limits of the umbra, and the central line between them.
#[test]
fn a_total_and_an_annular_eclipse_have_two_limits() {
    for (name, kind, penumbral) in [
        ("2017-08-21", Kind::Total, 2),
        ("2024-04-08", Kind::Total, 2),
        ("2019-12-26", Kind::Annular, 2),
        ("2023-10-14", Kind::Annular, 2),
        ("2008-08-01", Kind::Total, 1),
        ("2021-06-10", Kind::Annular, 1),
        ("2015-03-20", Kind::Total, 1),
        ("2003-11-23", Kind::Total, 1),
    ] {
        let path = path(name);
        let both = [CurveName::NorthernUmbralLimit, CurveName::SouthernUmbralLimit];
        assert_eq!(names(&path.umbral_limits), both, "{name}");
        assert_eq!(path.penumbral_limits.len(), penumbral, "{name}");
        assert_eq!(path.lobes.len(), penumbral, "{name}");
        assert!(path.central.iter().all(|central| central.kind == kind), "{name}");
        assert!(path.central.is_sorted_by(|a, b| a.point.tt.jd() < b.point.tt.jd()));
    }
}

#[test]
fn a_partial_eclipse_has_one_limit_and_no_path() {
    for (name, limit) in [
        ("2022-10-25", CurveName::SouthernPenumbralLimit),
        ("2011-07-01", CurveName::NorthernPenumbralLimit),
        ("1935-01-05", CurveName::NorthernPenumbralLimit),
    ] {
        let path = path(name);
        assert!(path.central.is_empty() && path.umbral_limits.is_empty());
        assert_eq!(names(&path.penumbral_limits), [limit], "{name}");
        assert_eq!(path.lobes.len(), 1);
        assert_eq!(greatest_duration(&canon::eclipse(name).elements), None);
    }
}

/// The axis misses the Earth, but the umbra does not.
#[test]
fn a_non_central_eclipse_has_one_limit_of_the_umbra() {
    for name in ["2014-04-29", "1957-10-23", "1950-03-18"] {
        let path = path(name);
        assert!(path.central.is_empty(), "{name}");
        assert_eq!(names(&path.umbral_limits), [CurveName::NorthernUmbralLimit], "{name}");
    }
    // Here the axis just meets the Earth and one side of the umbra misses it.
    let grazing = path("2003-05-31");
    assert!(!grazing.central.is_empty());
    assert_eq!(names(&grazing.umbral_limits), [CurveName::SouthernUmbralLimit]);
}

/// Annular, total and annular again: the limits meet where it changes.
#[test]
fn a_hybrid_eclipse_changes_where_its_limits_meet() {
    for name in ["2005-04-08", "2023-04-20"] {
        let path = path(name);
        let kinds: Vec<Kind> = path.central.iter().map(|central| central.kind).collect();
        let mut runs = kinds.clone();
        runs.dedup();
        assert_eq!(runs, [Kind::Annular, Kind::Total, Kind::Annular], "{name}");
        let [a, b] = &path.umbral_limits[..] else { panic!("{}", path.umbral_limits.len()) };
        let tips: Vec<&CentralPoint> =
            path.central.iter().filter(|central| central.width_km.is_some_and(|km| km < 1e-5)).collect();
        assert_eq!(tips.len(), 2, "{name}");
        for tip in tips {
            assert!(tip.duration_s < 1e-4 && (tip.diameter_ratio - 1.0).abs() < 1e-8);
            for curve in [a, b] {
                let nearest =
                    curve.points.iter().map(|point| apart_km(point, &tip.point)).fold(f64::MAX, f64::min);
                assert!(nearest < 1e-3, "{name}: {nearest} km");
            }
        }
    }
}

/// Kilometres along a great circle of a sphere.
fn apart_km(a: &Point, b: &Point) -> f64 {
    let half = |from: f64, to: f64| (0.5 * (to - from).to_radians()).sin().powi(2);
    let [lat_a, lat_b] = [a, b].map(|point| point.latitude_deg.to_radians().cos());
    let square = half(a.latitude_deg, b.latitude_deg)
        + lat_a * lat_b * half(a.ephemeris_longitude_deg, b.ephemeris_longitude_deg);
    2.0 * square.sqrt().asin().to_degrees() * KM_PER_DEG
}

/// A row of NASA's "Path of the … Solar Eclipse": minutes of UT; latitude and longitude on the northern limit, on the southern limit
/// and on the central line.
type Row = (&'static str, f64, i32, [Option<[f64; 2]>; 3]);

const TABLES: &[Row] = &[
    (
        "2017-08-21",
        68.4,
        1010,
        [Some([41.495, -164.505]), Some([41.42, -161.4067]), Some([41.4867, -162.85])],
    ),
    ("2017-08-21", 68.4, 1080, [None, None, Some([40.8383, -98.305])]),
    ("2017-08-21", 68.4, 1200, [Some([13.66, -36.81]), Some([13.4767, -38.4683]), Some([13.5767, -37.6583])]),
    ("2017-08-21", 68.4, 1202, [None, Some([11.7667, -31.9917]), Some([11.57, -29.9367])]),
    ("2015-03-20", 67.7, 586, [Some([66.06, -10.283]), Some([63.123, -3.215]), Some([64.568, -6.422])]),
    ("2015-03-20", 67.7, 614, [Some([85.655, 3.503]), None, None]),
    ("2015-03-20", 67.7, 618, [None, Some([81.345, 31.868]), Some([87.733, 39.362])]),
];

#[test]
fn tables_of_paths_are_met() {
    let mut worst_km = 0.0_f64;
    for (name, delta_t_s, minutes, places) in TABLES {
        let eclipse = canon::eclipse(name);
        let fine = Density { most_deg: 0.02, off_km: 0.02 };
        let path = Path::of(&eclipse.elements, &fine);
        let days = (f64::from(*minutes) * 60.0 + delta_t_s) / 86_400.0;
        let tt = TtDay((eclipse.greatest_jd - 0.5).floor() + 0.5 + days);
        let limit =
            |name| path.umbral_limits.iter().find(|curve| curve.name == name).and_then(|curve| at(curve, tt));
        let found = [
            limit(CurveName::NorthernUmbralLimit),
            limit(CurveName::SouthernUmbralLimit),
            central_point(&eclipse.elements, tt).map(|central| central.point),
        ];
        for (found, place) in found.iter().zip(places) {
            let Some([latitude_deg, longitude_deg]) = *place else { continue };
            let ephemeris_longitude_deg = longitude_deg - delta_t_s * ROTATION_DEG_PER_S;
            let place = Point { tt, latitude_deg, ephemeris_longitude_deg };
            let km = apart_km(&found.expect("a point of the curve"), &place);
            worst_km = worst_km.max(km);
        }
    }
    // Tables give minutes of arc to one decimal. At sunrise and sunset a kilometre on the ground is a fraction of a second.
    println!("within {worst_km:.2} km of the tables");
    assert!(worst_km < 2.0, "{worst_km}");
}

/// The point of a curve at an instant.
fn at(curve: &Curve, tt: TtDay) -> Option<Point> {
    curve.points.windows(2).find_map(|pair| {
        let [a, b] = [pair[0], pair[1]];
        let share = (tt.jd() - a.tt.jd()) / (b.tt.jd() - a.tt.jd());
        let between = |from: f64, to: f64| from + share * (to - from);
        (0.0..=1.0).contains(&share).then(|| Point {
            tt,
            latitude_deg: between(a.latitude_deg, b.latitude_deg),
            ephemeris_longitude_deg: between(a.ephemeris_longitude_deg, b.ephemeris_longitude_deg),
        })
    })
}

#[test]
fn the_greatest_duration_is_the_greatest() {
    for eclipse in canon::eclipses() {
        let line = Path::of(&eclipse.elements, &Density::default()).central;
        let most = line.iter().map(|central| central.duration_s).fold(0.0, f64::max);
        match greatest_duration(&eclipse.elements) {
            Some(greatest) => {
                assert!(
                    greatest.duration_s >= most - 1e-4 && greatest.duration_s < most + 1.0,
                    "{}",
                    eclipse.name
                );
                let again = central_point(&eclipse.elements, greatest.point.tt).unwrap();
                assert!((again.duration_s - greatest.duration_s).abs() < 1e-3);
            }
            None => assert!(line.is_empty()),
        }
    }
}

#[test]
fn curves_are_as_dense_as_wished() {
    let elements = canon::eclipse("2024-04-08").elements;
    let count = |most_deg, off_km| {
        let path = Path::of(&elements, &Density { most_deg, off_km });
        let limits = path.umbral_limits.iter().chain(&path.penumbral_limits).chain(&path.maximum_on_horizon);
        let lobes = path.lobes.iter().map(|lobe| lobe.outline().len()).sum::<usize>();
        for curve in path.umbral_limits.iter().chain(&path.penumbral_limits) {
            for pair in curve.points.windows(2) {
                assert!(apart_km(&pair[0], &pair[1]) < 1.01 * KM_PER_DEG * most_deg, "{pair:?}");
            }
        }
        limits.map(|curve| curve.points.len()).sum::<usize>() + lobes + path.central.len()
    };
    let [coarse, usual, fine] = [count(5.0, 20.0), count(1.0, 1.0), count(0.1, 0.01)];
    assert!(2 * coarse < usual && 5 * usual < fine, "{coarse} {usual} {fine}");
    // What is no density is the finest there is, not one without end.
    assert!(count(1.0, f64::NAN) < 100_000);
}

#[test]
fn outlines_are_where_the_shadow_is() {
    let eclipse = canon::eclipse("2024-04-08");
    let at = |cone, hours: f64| {
        outline(&eclipse.elements, cone, TtDay(eclipse.elements.t0_jd_tt + hours / 24.0), &Density::default())
    };
    assert_eq!(at(Cone::Penumbra, -3.9), None);
    assert_eq!(at(Cone::Umbra, -3.0), None);
    assert!(at(Cone::Penumbra, -2.0).is_some());
    let umbra = at(Cone::Umbra, 0.3).unwrap();
    let line = central_point(&eclipse.elements, umbra.points[0].tt).unwrap();
    let far = umbra.points.iter().map(|point| apart_km(point, &line.point)).fold(0.0, f64::max);
    let width_km = line.width_km.unwrap();
    assert!(far > 0.5 * width_km && far < 1.5 * width_km, "{far} {width_km}");
}

#[test]
fn what_is_no_number_has_no_path() {
    let eclipse = canon::eclipse("2024-04-08");
    for elements in [
        Elements { x: [f64::NAN; 6], ..eclipse.elements },
        Elements { mu_deg: [f64::NAN; 4], ..eclipse.elements },
        Elements { l1: [f64::NAN; 5], l2: [f64::NAN; 5], ..eclipse.elements },
        Elements { x: [0.0; 6], y: [3.0, 0.0, 0.0, 0.0, 0.0, 0.0], ..eclipse.elements },
    ] {
        let path = Path::of(&elements, &Density::default());
        assert!(path.lobes.is_empty() && path.penumbral_limits.is_empty() && path.umbral_limits.is_empty());
    }
    let tt = TtDay(f64::NAN);
    assert_eq!(outline(&eclipse.elements, Cone::Penumbra, tt, &Density::default()), None);
    assert_eq!(central_point(&eclipse.elements, tt), None);
}

#[test]
fn names_are_distinct() {
    let mut names = CurveName::ALL.map(CurveName::name).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CurveName::ALL.len());
}
