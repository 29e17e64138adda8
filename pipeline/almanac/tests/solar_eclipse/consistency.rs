//! Whether paths and local circumstances that follow from the same elements agree, for any elements.

use orrery_almanac::Site;
use orrery_almanac::eclipses::elements::{Cone, FundamentalPlane, Standpoint, hours};
use orrery_almanac::eclipses::local::{Kind, Local, local};
use orrery_almanac::eclipses::path::{
    CentralPoint, Curve, CurveName, Density, Path, Point, central_point, outline,
};
use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

const EARTH_KM: f64 = 6378.137;
const POLAR: f64 = 1.0 - 1.0 / 298.257;
const SECOND_H: f64 = 1.0 / 3600.0;
/// What the shadow moves, in equatorial radii, while a Julian day in one double stands still: 40 µs.
const INSTANT: f64 = 2e-8;

/// The vector to a place at sea level, by geographic latitude and ephemeris longitude.
fn place(latitude_deg: f64, longitude_deg: f64) -> [f64; 3] {
    let ((sin_b, cos_b), (sin_l, cos_l)) =
        (latitude_deg.to_radians().sin_cos(), longitude_deg.to_radians().sin_cos());
    let c = 1.0 / (cos_b * cos_b + POLAR * POLAR * sin_b * sin_b).sqrt();
    [c * cos_b * cos_l, c * cos_b * sin_l, c * POLAR * POLAR * sin_b]
}

fn site(latitude_deg: f64, longitude_deg: f64) -> Site {
    Site { latitude_deg, longitude_deg, altitude_m: 0.0 }
}

fn distance_km(a: &Point, b: &Point) -> f64 {
    let [a, b] = [a, b].map(|point| place(point.latitude_deg, point.ephemeris_longitude_deg));
    let square: f64 = (0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum();
    square.sqrt() * EARTH_KM
}

/// What does not agree, and how much was looked at.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) complaints: Vec<String>,
    pub(crate) points: usize,
    pub(crate) widths: usize,
    pub(crate) path: Path,
}

impl Report {
    fn expect(&mut self, holds: bool, complaint: impl FnOnce() -> String) {
        if !holds {
            self.complaints.push(complaint());
        }
    }
}

struct Check<'a> {
    elements: &'a Elements,
    report: Report,
}

/// Looks at every point of every curve of an eclipse.
pub(crate) fn check(elements: &Elements) -> Report {
    let path = Path::of(elements, &Density::default());
    let mut check = Check { elements, report: Report::default() };
    check.central(&path.central);
    check.widths(&path.central);
    for curve in path.umbral_limits.iter().chain(&path.penumbral_limits) {
        check.limit(curve);
    }
    for lobe in &path.lobes {
        for curve in &lobe.curves {
            check.horizon(curve);
        }
        check.closed("a lobe", &lobe.outline());
        let ends = lobe.curves.iter().zip(lobe.curves.iter().cycle().skip(1));
        for (before, after) in ends {
            let meet = before.points.last().zip(after.points.first()).map(|(a, b)| distance_km(a, b));
            check
                .report
                .expect(meet.is_some_and(|km| km < 1e-6), || format!("parts of a lobe part {meet:?}"));
        }
    }
    for curve in &path.maximum_on_horizon {
        check.maximum(curve);
    }
    check.topology(&path);
    check.borders(&path);
    check.outlines();
    check.report.path = path;
    check.report
}

impl Check<'_> {
    fn local(&self, latitude_deg: f64, longitude_deg: f64) -> Option<Local> {
        local(self.elements, &site(latitude_deg, longitude_deg), 0.0)
    }

    fn standpoint(&self, point: &Point) -> Standpoint {
        let place = place(point.latitude_deg, point.ephemeris_longitude_deg);
        FundamentalPlane::at(self.elements, hours(self.elements, point.tt)).standpoint(&place)
    }

    /// Seconds from an instant to another.
    fn apart(a: TtDay, b: TtDay) -> f64 {
        (b.jd() - a.jd()) * 86_400.0
    }

    fn dense(&mut self, what: &str, points: &[Point]) {
        self.report.points += points.len();
        self.report.expect(points.len() >= 2, || format!("{what} is no curve"));
        for pair in points.windows(2) {
            let [a, b] = pair else { continue };
            let km = distance_km(a, b);
            self.report.expect(km < 112.5, || format!("{what}: {km} km from {a:?} to {b:?}"));
            let turn = (b.ephemeris_longitude_deg - a.ephemeris_longitude_deg).abs();
            let is_polar = a.latitude_deg.abs().max(b.latitude_deg.abs()) > 89.9;
            self.report.expect(turn < 30.0 || is_polar, || format!("{what} jumps: {a:?} {b:?}"));
        }
    }

    fn closed(&mut self, what: &str, points: &[Point]) {
        let ends = points.first().zip(points.last()).map(|(a, b)| distance_km(a, b));
        self.report.expect(ends.is_some_and(|km| km < 1e-6), || format!("{what} is open by {ends:?} km"));
    }

    fn central(&mut self, line: &[CentralPoint]) {
        if line.is_empty() {
            return;
        }
        self.dense("the central line", &line.iter().map(|central| central.point).collect::<Vec<_>>());
        for central in line {
            let point = &central.point;
            let here = self.standpoint(point);
            // Where the axis grazes the ground, a rounding of the height is a long way on it.
            self.report.expect(here.distance() < INSTANT, || {
                format!("off the axis by {}: {central:?}", here.distance())
            });
            self.report.expect(central.sun_altitude_deg > -1e-3, || format!("at night: {central:?}"));
            let radius = here.radius(Cone::Umbra);
            if radius.abs() < 1e-7 {
                continue;
            }
            let Some(found) = self.local(point.latitude_deg, point.ephemeris_longitude_deg) else {
                self.report.expect(false, || format!("nothing on the central line: {central:?}"));
                continue;
            };
            self.report.expect(found.kind == central.kind, || format!("{:?} but {central:?}", found.kind));
            let late = Self::apart(point.tt, found.maximum.tt);
            self.report.expect(late.abs() < 1e-3, || format!("maximum {late} s late: {central:?}"));
            let longer = found.central_duration_s - central.duration_s;
            self.report.expect(longer.abs() < 1e-3, || format!("lasts {longer} s longer: {central:?}"));
            let higher = found.maximum.altitude_deg - central.sun_altitude_deg;
            self.report.expect(higher.abs() < 1e-4, || format!("{higher}° higher: {central:?}"));
        }
    }

    /// The width of the path is how far one walks from one limit to the other.
    fn widths(&mut self, line: &[CentralPoint]) {
        // Beyond that the axis sweeps over the ground in seconds.
        for central in line.iter().filter(|central| central.sun_altitude_deg > 0.5).step_by(3) {
            let walked_km = walked_width_km(self.elements, central);
            let agree = match (walked_km, central.width_km) {
                (Some(walked), Some(told)) => (walked - told).abs() < 1e-3 * told + 1e-6,
                (walked, told) => walked.is_none() && told.is_none(),
            };
            self.report.expect(agree, || format!("{walked_km:?} km wide: {central:?}"));
            self.report.widths += usize::from(central.width_km.is_some());
        }
    }

    /// On a limit the cone only touches; 100 metres and 2 metres to one side of it are inside, to the other outside.
    fn limit(&mut self, curve: &Curve) {
        self.dense(curve.name.name(), &curve.points);
        let cone = match curve.name {
            CurveName::NorthernUmbralLimit | CurveName::SouthernUmbralLimit => Cone::Umbra,
            _ => Cone::Penumbra,
        };
        for (nth, point) in curve.points.iter().enumerate() {
            let here = self.standpoint(point);
            let touch = here.outside(cone);
            self.report.expect(touch.abs() < 1e-11, || format!("{:?} off by {touch}: {point:?}", curve.name));
            let rate = here.outside_rate(cone);
            self.report
                .expect(rate.abs() < 1e-8, || format!("{:?} not deepest, {rate}: {point:?}", curve.name));
            let radius_km = here.radius(cone).abs() * EARTH_KM;
            // North of the path the axis passes on the right.
            let ([u, v], [u_rate, v_rate]) = (here.offset, here.motion);
            let is_north =
                matches!(curve.name, CurveName::NorthernUmbralLimit | CurveName::NorthernPenumbralLimit);
            let is_right = u_rate * v - v_rate * u < 0.0;
            self.report.expect(is_right == is_north || radius_km < 1e-3, || {
                format!("{:?} on the wrong side: {point:?}", curve.name)
            });
            let (before, after) = (nth.saturating_sub(1), (nth + 1).min(curve.points.len() - 1));
            if radius_km < 0.5 || nth == 0 || after == nth {
                continue;
            }
            for km in [0.1, 0.002] {
                let sides = self.beside(&curve.points[before], point, &curve.points[after], km);
                let inside = sides.map(|found| match cone {
                    Cone::Penumbra => found.is_some(),
                    Cone::Umbra => found.is_some_and(|found| found.kind != Kind::Partial),
                });
                self.report.expect(inside[0] != inside[1], || {
                    format!("{:?} does not divide {inside:?} within {km} km: {point:?}", curve.name)
                });
            }
        }
    }

    /// What is seen so many km beside a point of a curve.
    fn beside(&self, before: &Point, point: &Point, after: &Point, km: f64) -> [Option<Local>; 2] {
        let (lat, lon) = (point.latitude_deg.to_radians(), point.ephemeris_longitude_deg.to_radians());
        let east = [-lon.sin(), lon.cos(), 0.0];
        let north = [-lat.sin() * lon.cos(), -lat.sin() * lon.sin(), lat.cos()];
        let [a, b] = [before, after].map(|point| place(point.latitude_deg, point.ephemeris_longitude_deg));
        let along = |axis: &[f64; 3]| -> f64 { (0..3).map(|c| (b[c] - a[c]) * axis[c]).sum() };
        let (e, n) = (along(&east), along(&north));
        let length = e.hypot(n);
        [1.0, -1.0].map(|way| {
            let at = place(point.latitude_deg, point.ephemeris_longitude_deg);
            let (to_east, to_north) = (-way * n / length * km / EARTH_KM, way * e / length * km / EARTH_KM);
            let [x, y, z]: [f64; 3] =
                std::array::from_fn(|c| at[c] + to_east * east[c] + to_north * north[c]);
            let latitude = (z / (POLAR * POLAR)).atan2(x.hypot(y)).to_degrees();
            self.local(latitude, y.atan2(x).to_degrees())
        })
    }

    /// On the horizon, at the very contact that the curve is named for.
    fn horizon(&mut self, curve: &Curve) {
        self.dense(curve.name.name(), &curve.points);
        let last = curve.points.len() - 1;
        for (nth, point) in curve.points.iter().enumerate() {
            let outside = self.standpoint(point).outside(Cone::Penumbra);
            self.report
                .expect(outside.abs() < INSTANT, || format!("{:?} off by {outside}: {point:?}", curve.name));
            let (altitude, rate) = self.altitude(point);
            self.report
                .expect(altitude.abs() < 1e-6, || format!("{:?} at {altitude}°: {point:?}", curve.name));
            // At its ends a curve becomes another.
            if nth == 0 || nth == last {
                continue;
            }
            let is_rising = matches!(curve.name, CurveName::BeginsAtSunrise | CurveName::EndsAtSunrise);
            self.report.expect((rate > 0.0) == is_rising, || format!("{:?} {rate}: {point:?}", curve.name));
            let Some(found) = self.local(point.latitude_deg, point.ephemeris_longitude_deg) else {
                // Beside the end of a limit contacts are so near to each other that rounding decides.
                let rate = self.standpoint(point).outside_rate(Cone::Penumbra);
                self.report.expect(rate.abs() < 1e-5, || format!("nothing on {:?}: {point:?}", curve.name));
                continue;
            };
            let is_beginning = matches!(curve.name, CurveName::BeginsAtSunrise | CurveName::BeginsAtSunset);
            let contact = if is_beginning { found.first } else { found.fourth };
            let late = Self::apart(point.tt, contact.tt);
            // Where the limbs hardly meet, the contact moves fast.
            let certain = 1e-3 + 1e-10 / self.standpoint(point).outside_rate(Cone::Penumbra).abs() / SECOND_H;
            self.report.expect(late.abs() < certain, || format!("{:?} {late} s off: {point:?}", curve.name));
        }
    }

    /// Altitude of the Sun, degrees, and its change in a minute.
    fn altitude(&self, point: &Point) -> (f64, f64) {
        let (lat, lon) = (point.latitude_deg.to_radians(), point.ephemeris_longitude_deg.to_radians());
        let sine = |minutes: f64| {
            let plane = FundamentalPlane::at(self.elements, hours(self.elements, point.tt) + minutes / 60.0);
            let (d, h) = (plane.declination[0], plane.hour_angle[0] + lon);
            lat.sin() * d.sin() + lat.cos() * d.cos() * h.cos()
        };
        (sine(0.0).asin().to_degrees(), (sine(0.01) - sine(-0.01)) / 0.02)
    }

    fn maximum(&mut self, curve: &Curve) {
        self.dense(curve.name.name(), &curve.points);
        let last = curve.points.len() - 1;
        for (nth, point) in curve.points.iter().enumerate() {
            let (altitude, rate) = self.altitude(point);
            self.report
                .expect(altitude.abs() < 1e-6, || format!("{:?} at {altitude}°: {point:?}", curve.name));
            if nth == 0 || nth == last {
                continue;
            }
            let is_rising = curve.name == CurveName::MaximumAtSunrise;
            self.report.expect((rate > 0.0) == is_rising, || format!("{:?} {rate}: {point:?}", curve.name));
            let magnitude = self.standpoint(point).partial_magnitude();
            self.report.expect(magnitude > -1e-9, || format!("{:?} {magnitude}: {point:?}", curve.name));
            let Some(found) = self.local(point.latitude_deg, point.ephemeris_longitude_deg) else {
                self.report.expect(magnitude < 1e-9, || format!("nothing on {:?}: {point:?}", curve.name));
                continue;
            };
            let late = Self::apart(point.tt, found.maximum.tt);
            // At the very limit of annularity the maximum is put between the inner contacts.
            self.report.expect(late.abs() < 1e-2, || format!("{:?} {late} s off: {point:?}", curve.name));
        }
    }

    /// Limits end on lobes, where what begins becomes what ends.
    fn topology(&mut self, path: &Path) {
        let vertices: Vec<Point> = path
            .lobes
            .iter()
            .flat_map(|lobe| lobe.curves.iter().filter_map(|curve| curve.points.first().copied()))
            .collect();
        let mut ends: Vec<Point> = Vec::new();
        for curve in &path.penumbral_limits {
            ends.extend(curve.points.first().into_iter().chain(curve.points.last()));
        }
        for end in &ends {
            let nearest =
                vertices.iter().map(|vertex| distance_km(vertex, end)).fold(f64::INFINITY, f64::min);
            self.report
                .expect(nearest < 0.01, || format!("a limit ends {nearest} km off the lobes: {end:?}"));
        }
        let is_beginning =
            |curve: &Curve| matches!(curve.name, CurveName::BeginsAtSunrise | CurveName::BeginsAtSunset);
        let changes: usize = path
            .lobes
            .iter()
            .map(|lobe| {
                let nexts = lobe.curves.iter().cycle().skip(1);
                lobe.curves.iter().zip(nexts).filter(|(a, b)| is_beginning(a) != is_beginning(b)).count()
            })
            .sum();
        self.report.expect(changes == ends.len(), || {
            format!("{changes} changes on lobes, {} ends of limits", ends.len())
        });
        self.report.expect(matches!(path.lobes.len(), 1 | 2), || format!("{} lobes", path.lobes.len()));
        for limits in [&path.penumbral_limits, &path.umbral_limits] {
            let is_double = limits.windows(2).any(|pair| pair[0].name == pair[1].name);
            self.report.expect(!is_double, || format!("{} limits, two of them of one name", limits.len()));
        }
        self.report.expect(!path.penumbral_limits.is_empty(), || "no limit of the penumbra".to_owned());
        if !path.central.is_empty() {
            self.report.expect(!path.umbral_limits.is_empty(), || "a path without limits".to_owned());
        }
    }

    /// Whoever goes from a place with the maximum by day to one without it crosses one of the curves.
    fn borders(&mut self, path: &Path) {
        let curves = || path.penumbral_limits.iter().chain(&path.maximum_on_horizon);
        let sees = |at: [f64; 3]| {
            let [x, y, z] = at;
            let latitude = (z / POLAR).atan2(x.hypot(y)).to_degrees();
            let longitude = y.atan2(x).to_degrees();
            let is_seen =
                self.local(latitude, longitude).is_some_and(|found| found.maximum.altitude_deg > 0.0);
            (is_seen, Point { tt: TtDay(0.0), latitude_deg: latitude, ephemeris_longitude_deg: longitude })
        };
        let spread = spiral(400);
        let looks: Vec<bool> = spread.iter().map(|&at| sees(at).0).collect();
        let mut complaints = Vec::new();
        for (nth, pair) in spread.windows(2).enumerate() {
            let [mut inside, mut outside] = [pair[0], pair[1]];
            if looks[nth] == looks[nth + 1] {
                continue;
            }
            if !looks[nth] {
                (inside, outside) = (outside, inside);
            }
            for _ in 0..30 {
                let middle = unit(std::array::from_fn(|c| inside[c] + outside[c]));
                if sees(middle).0 {
                    inside = middle;
                } else {
                    outside = middle;
                }
            }
            let (_, at) = sees(inside);
            let nearest = curves()
                .flat_map(|curve| &curve.points)
                .map(|point| distance_km(point, &at))
                .fold(f64::INFINITY, f64::min);
            if nearest > 60.0 {
                complaints.push(format!("a border without a curve, {nearest} km off: {at:?}"));
            }
        }
        self.report.complaints.extend(complaints);
    }

    /// Outlines hold what is inside their cone by day, and nothing else.
    fn outlines(&mut self) {
        for (cone, step) in [(Cone::Penumbra, 0.37), (Cone::Umbra, 0.31)] {
            let mut at = -self.elements.reach_h;
            while at < self.elements.reach_h {
                self.outline(cone, at);
                at += step;
            }
        }
    }

    fn outline(&mut self, cone: Cone, at: f64) {
        let tt = TtDay(self.elements.t0_jd_tt + at / 24.0);
        let at = hours(self.elements, tt);
        let plane = FundamentalPlane::at(self.elements, at);
        let outline = outline(self.elements, cone, tt, &Density::default());
        let [x, y] = plane.axis;
        let mut border: Vec<[f64; 2]> = Vec::new();
        if let Some(curve) = &outline {
            self.dense(curve.name.name(), &curve.points);
            self.closed(curve.name.name(), &curve.points);
            for point in &curve.points {
                let here = self.standpoint(point);
                let (altitude, _) = self.altitude(point);
                let outside = here.outside(cone);
                self.report.expect(altitude > -1e-6, || format!("{:?} by night: {point:?}", curve.name));
                let holds = outside.abs() < INSTANT || (outside < 0.0 && altitude.abs() < 1e-6);
                self.report.expect(holds, || format!("{:?} off by {outside}: {point:?}", curve.name));
                border.push([x - here.offset[0], y - here.offset[1]]);
            }
        }
        // Places all over the cone and a little beyond it.
        let radius = plane.section(cone).radius.abs();
        for nth in 0..60 {
            let (far, angle) = (1.3 * radius * (f64::from(nth) / 60.0).sqrt(), 2.4 * f64::from(nth));
            let [xi, eta] = [x + far * angle.sin(), y + far * angle.cos()];
            // The ground below, for a sphere squeezed to the plane's ellipse.
            let Some((latitude, longitude)) = below(&plane, xi, eta) else { continue };
            let here = plane.standpoint(&place(latitude, longitude));
            let at = [x - here.offset[0], y - here.offset[1]];
            let is_inside = here.outside(cone) < 0.0;
            // A polygon cuts corners; near the border it does not tell.
            let unsure = here.distance() - here.radius(cone).abs();
            if unsure.abs() < 0.01 * radius || at[0].hypot(at[1]) > 0.99 {
                continue;
            }
            self.report.expect(encloses(&border, at) == is_inside, || {
                format!("{cone:?} {at:?}: inside {is_inside}, {} points of {tt:?}", border.len())
            });
        }
    }
}

/// How wide the path is at a point of the central line, km, by walking over the ground to both sides, square to the line, until a
/// partial eclipse is seen. `None` where the way leads into the night, and where both ends are on the same side of the path.
fn walked_width_km(elements: &Elements, central: &CentralPoint) -> Option<f64> {
    const STEP_KM: f64 = 4.0;
    let vector = |point: &Point| place(point.latitude_deg, point.ephemeris_longitude_deg);
    let start = vector(&central.point);
    let beside = |seconds: f64| {
        let tt = TtDay(central.point.tt.jd() + seconds / 86_400.0);
        central_point(elements, tt).map_or(start, |found| vector(&found.point))
    };
    let (before, after) = (beside(-0.5), beside(0.5));
    let way: [f64; 3] = std::array::from_fn(|c| after[c] - before[c]);
    let zenith = [start[0], start[1], start[2] / (POLAR * POLAR)];
    let across = unit(std::array::from_fn(|c| {
        let [d, e] = [(c + 1) % 3, (c + 2) % 3];
        zenith[d] * way[e] - zenith[e] * way[d]
    }));
    // So far over the ground: where the line from the centre to that side comes out of it.
    let ground = |km: f64| -> [f64; 3] {
        let beside: [f64; 3] = std::array::from_fn(|c| start[c] + (km / EARTH_KM).tan() * across[c]);
        let [x, y, z] = beside;
        let size = (x * x + y * y + z * z / (POLAR * POLAR)).sqrt();
        beside.map(|part| part / size)
    };
    let seen = |km: f64| {
        let [x, y, z] = ground(km);
        let latitude = (z / (POLAR * POLAR)).atan2(x.hypot(y)).to_degrees();
        local(elements, &site(latitude, y.atan2(x).to_degrees()), 0.0)
    };
    let is_night = |km: f64| seen(km).is_none_or(|found| found.maximum.altitude_deg < 0.0);
    let is_central = |km: f64| seen(km).is_some_and(|found| found.kind != Kind::Partial);
    // Whether the axis passes on the right of a place.
    let is_north = |km: f64| {
        let at = seen(km).map_or(0.0, |found| hours(elements, found.maximum.tt));
        let Standpoint { offset: [u, v], motion: [u_rate, v_rate], .. } =
            FundamentalPlane::at(elements, at).standpoint(&ground(km));
        u_rate * v - v_rate * u < 0.0
    };
    let mut width_km = 0.0;
    let mut sides = [false; 2];
    for (sign, side) in [-1.0, 1.0].into_iter().zip(&mut sides) {
        let (mut inside, mut outside) = (0.0, sign * STEP_KM);
        while is_central(outside) {
            if is_night(outside) {
                return None;
            }
            (inside, outside) = (outside, outside + sign * STEP_KM);
            if outside.abs() > 5000.0 {
                return None;
            }
        }
        for _ in 0..40 {
            let middle = f64::midpoint(inside, outside);
            if is_central(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        if is_night(outside) {
            return None;
        }
        *side = is_north(outside);
        // Chords of a tenth of a degree are as long as their arcs.
        let parts = (inside.abs() / 10.0).ceil().max(1.0) as u32;
        let mut last = start;
        for nth in 1..=parts {
            let next = ground(inside * f64::from(nth) / f64::from(parts));
            width_km += (0..3).map(|c| (next[c] - last[c]).powi(2)).sum::<f64>().sqrt() * EARTH_KM;
            last = next;
        }
    }
    // A path as narrow as nothing has no sides.
    (sides[0] != sides[1] || width_km < 1e-5).then_some(width_km)
}

/// Geographic latitude and ephemeris longitude of the day side below a point of the plane, by iteration of the height.
fn below(plane: &FundamentalPlane, xi: f64, eta: f64) -> Option<(f64, f64)> {
    let ([d, _], [mu, _]) = (plane.declination, plane.hour_angle);
    let mut zeta = (1.0 - xi * xi - eta * eta).max(0.0).sqrt();
    for _ in 0..60 {
        let z = eta * d.cos() + zeta * d.sin();
        let left = 1.0 - xi * xi - eta * eta - (1.0 / (POLAR * POLAR) - 1.0) * z * z;
        if left <= 0.0 {
            return None;
        }
        zeta = left.sqrt();
    }
    let z = eta * d.cos() + zeta * d.sin();
    let meridional = zeta * d.cos() - eta * d.sin();
    let latitude = (z / (POLAR * POLAR)).atan2(xi.hypot(meridional));
    Some((latitude.to_degrees(), (xi.atan2(meridional) - mu).to_degrees()))
}

/// Whether a polygon encloses a point of the plane.
fn encloses(border: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let crosses = |pair: &&[[f64; 2]]| {
        let [[ax, ay], [bx, by]] = [pair[0], pair[1]];
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    };
    border.windows(2).filter(crosses).count() % 2 == 1
}

fn unit(vector: [f64; 3]) -> [f64; 3] {
    let length = vector.iter().map(|c| c * c).sum::<f64>().sqrt();
    vector.map(|c| c / length)
}

/// So many directions, evenly spread over a sphere along a spiral.
fn spiral(count: u32) -> Vec<[f64; 3]> {
    let at = |nth: u32| {
        let z = 1.0 - (2.0 * f64::from(nth) + 1.0) / f64::from(count);
        let (sin, cos) = (f64::from(nth) * 0.35).sin_cos();
        let beside = (1.0 - z * z).sqrt();
        [beside * cos, beside * sin, z]
    };
    (0..count).map(at).collect()
}
