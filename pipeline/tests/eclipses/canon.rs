//! Every eclipse of 1800 to 2399 against NASA's canons. Eclipse predictions by Fred Espenak, NASA's GSFC.

use orrery_almanac::eclipses::{Eclipse, Lunation, saros};
use orrery_format::eclipse::{LunarEclipse, LunarKind, ROTATION_DEG_PER_S, SolarEclipse, SolarKind};
use orrery_pipeline::live::Live;

use super::elements::horner;
use super::live;
use super::published::{Row, published};

const FLATTENING: f64 = 1.0 / 298.257;

/// The rows of one of the canons that are of these six centuries.
fn canon(name: &str) -> Option<Vec<Row>> {
    let mut rows = published(name)?;
    rows.retain(|row| row.year() >= 1800);
    Some(rows)
}

/// The greatest difference of one quantity from what is published, and where.
struct Worst {
    name: &'static str,
    bound: f64,
    seen: f64,
    date: String,
    count: u32,
}

impl Worst {
    /// Of a quantity that is published to a unit: by so much more than half of it may the two differ.
    fn new(name: &'static str, unit: f64, beyond: f64) -> Worst {
        Worst { name, bound: 0.5 * unit + beyond, seen: 0.0, date: String::new(), count: 0 }
    }

    fn see(&mut self, row: &Row, difference: f64) {
        self.count += 1;
        if difference.is_nan() || difference.abs() > self.seen {
            (self.seen, self.date) = (difference.abs(), row.text("date").to_owned());
        }
    }

    fn check(&self) {
        let Worst { name, bound, seen, date, count } = self;
        eprintln!("{name}: {seen:.5} on {date}, of {bound:.5} allowed ({count} compared)");
        // A NaN is within no bound.
        assert!(seen <= bound && *count > 0, "{name} differs by {seen} on {date}, more than {bound}");
    }
}

/// The difference of two angles in degrees, −180 to 180.
fn apart_deg(a: f64, b: f64) -> f64 {
    (a - b + 180.0).rem_euclid(360.0) - 180.0
}

/// The place of greatest eclipse as the canon has it where the axis misses the Earth: that of a sphere's limb in the direction
/// of the axis, its latitude not made geographic. Latitude, ephemeris longitude, azimuth of the Sun, degrees. (We tell the
/// point of the ellipsoid that is nearest to the axis.)
fn on_sphere(eclipse: &SolarEclipse) -> [f64; 3] {
    let elements = &eclipse.elements;
    let hours = (eclipse.greatest_jd_tt - elements.t0_jd_tt) * 24.0;
    let (x, y) = (horner(&elements.x, hours), horner(&elements.y, hours));
    let (sin_d, cos_d) = horner(&elements.d_deg, hours).to_radians().sin_cos();
    let (east, up) = (x / x.hypot(y), y / x.hypot(y));
    let latitude = (up * cos_d).asin();
    let hour_angle = east.atan2(-up * sin_d);
    let azimuth =
        (-cos_d * hour_angle.sin()).atan2(sin_d * latitude.cos() - cos_d * latitude.sin() * hour_angle.cos());
    let longitude_deg = hour_angle.to_degrees() - horner(&elements.mu_deg, hours);
    [latitude.to_degrees(), longitude_deg, azimuth.to_degrees()]
}

/// The width of the path as the canon has it (Meeus, *Elements of Solar Eclipses*): of a shadow of this radius over a ground
/// that is even across the path and square to the Earth's radius. (We tell how far the limits on the ellipsoid are apart.)
fn width_on_even_ground_km(eclipse: &SolarEclipse) -> f64 {
    let elements = &eclipse.elements;
    let hours = (eclipse.greatest_jd_tt - elements.t0_jd_tt) * 24.0;
    let rate = |coefficients: &[f64]| {
        let terms = coefficients.iter().enumerate().skip(1).rev();
        terms.fold(0.0, |sum, (power, part)| sum * hours + power as f64 * part)
    };
    let (sin_d, cos_d) = horner(&elements.d_deg, hours).to_radians().sin_cos();
    let (xi, eta) = (horner(&elements.x, hours), horner(&elements.y, hours));
    let latitude = ((1.0 - FLATTENING) * eclipse.latitude_deg.to_radians().tan()).atan();
    let hour_angle = (horner(&elements.mu_deg, hours) + eclipse.ephemeris_longitude_deg).to_radians();
    let zeta = (1.0 - FLATTENING) * latitude.sin() * sin_d + latitude.cos() * hour_angle.cos() * cos_d;
    let (turn, tilt) = (rate(&elements.mu_deg).to_radians(), rate(&elements.d_deg).to_radians());
    let east = rate(&elements.x) - turn * (zeta * cos_d - eta * sin_d);
    let north = rate(&elements.y) - (turn * xi * sin_d - tilt * zeta);
    let along = (xi * east + eta * north) / east.hypot(north);
    let radius = horner(&elements.l2, hours) - zeta * horner(&elements.tan_f2, hours);
    2.0 * radius.abs() * 6_378.137 / zeta.hypot(along)
}

/// What even ground makes of a path's width, for each height of the Sun: next to nothing where it is high, and a tenth where the
/// shadow reaches far over the ground. (That ours is the distance of the limits, the walk from one to the other shows, in the
/// tests of paths.)
#[test]
fn widths_are_those_of_even_ground_under_a_high_sun() {
    // Degrees of altitude from, and the most by which the two widths differ, in parts of the canon's.
    let bounds = [(60.0, 0.001), (30.0, 0.007), (15.0, 0.04), (0.0, 0.12)];
    let mut worst = [0.0_f64; 4];
    let mut counts = [0; 4];
    for eclipse in live::solar().iter().filter(|eclipse| !eclipse.path_width_km.is_nan()) {
        let off = eclipse.path_width_km / width_on_even_ground_km(eclipse) - 1.0;
        let nth = bounds.iter().position(|(from, _)| eclipse.sun_altitude_deg >= *from).unwrap();
        counts[nth] += 1;
        worst[nth] = worst[nth].max(off.abs());
    }
    for ((from, bound), (worst, count)) in bounds.iter().zip(worst.iter().zip(counts)) {
        eprintln!("{count} paths under a Sun of {from}° and more: widths within {worst:.5} of the canon's");
        assert!(worst < bound && count > 10, "{worst} from {from}°");
    }
    // The two are not the same by another name.
    assert!(worst[3] > 0.05, "{worst:?}");
}

#[test]
fn the_suns_are_those_of_the_canon() {
    let Some(rows) = canon("nasa_canon_solar_1600_2399.csv") else { return };
    let found = live::solar();
    assert_eq!((rows.len(), found.len()), (1425, 1425));
    // What is more than rounding comes from other ephemerides, and for widths from how much they change near the horizon.
    let mut greatest = Worst::new("solar TD, s", 1.0, 1.0);
    let mut gamma = Worst::new("solar gamma", 1e-4, 5e-5);
    let mut partial = Worst::new("solar magnitude, partial", 1e-4, 9e-5);
    let mut central = Worst::new("solar magnitude, total and annular", 1e-4, 5e-5);
    let mut latitude = Worst::new("solar latitude, deg", 0.1, 0.01);
    let mut longitude = Worst::new("solar longitude, deg of arc", 0.1, 0.02);
    let mut altitude = Worst::new("solar altitude, deg", 1.0, 0.02);
    let mut azimuth = Worst::new("solar azimuth, deg of arc", 1.0, 0.02);
    let mut aside = Worst::new("place on the horizon from the canon's on a sphere, deg", 0.0, 0.25);
    let mut duration = Worst::new("central duration, s", 1.0, 0.3);
    let mut width = Worst::new("path width by even ground, km", 1.0, 0.75);
    for (row, eclipse) in rows.iter().zip(found) {
        let date = row.text("date");
        let kind = SolarKind::ALL[usize::from(eclipse.kind)];
        let code = ["P", "A", "T", "H"][usize::from(eclipse.kind)];
        assert!(row.text("type").starts_with(code), "{date}: {kind:?}, not {}", row.text("type"));
        assert_eq!(f64::from(eclipse.saros), row.value("saros"), "{date}");
        greatest.see(row, (eclipse.greatest_jd_tt - row.greatest_jd_tt()) * 86_400.0);
        gamma.see(row, eclipse.gamma - row.value("gamma"));
        let is_central = !eclipse.axis_jd_tt[0].is_nan();
        let is_partial = kind == SolarKind::Partial;
        (if is_partial { &mut partial } else { &mut central })
            .see(row, eclipse.magnitude - row.value("magnitude"));
        let ours = [eclipse.latitude_deg, eclipse.ephemeris_longitude_deg, eclipse.sun_azimuth_deg];
        let [latitude_deg, ephemeris_longitude_deg, azimuth_deg] =
            if is_central { ours } else { on_sphere(eclipse) };
        let cosine = latitude_deg.to_radians().cos();
        let there = ephemeris_longitude_deg + ROTATION_DEG_PER_S * row.value("deltat_s");
        latitude.see(row, latitude_deg - row.value("lat"));
        longitude.see(row, apart_deg(there, row.value("lon")) * cosine);
        altitude.see(row, eclipse.sun_altitude_deg - row.value("sun_alt"));
        let high = eclipse.sun_altitude_deg.to_radians().cos();
        azimuth.see(row, apart_deg(azimuth_deg, row.value("sun_az")) * high);
        aside.see(row, (latitude_deg - ours[0]).hypot(apart_deg(ephemeris_longitude_deg, ours[1]) * cosine));
        // Where the axis misses the Earth, the canon has no duration, and we have one if the umbra does not miss it.
        assert_eq!(is_partial, eclipse.central_duration_s.is_nan(), "{date}");
        assert_eq!(is_central, row.number("central_dur_s").is_some(), "{date}");
        if let Some(published) = row.number("central_dur_s") {
            duration.see(row, eclipse.central_duration_s - published);
        }
        // Both have a width at the same places, although the canon asks how many limits there are and we look for them.
        assert_eq!(eclipse.path_width_km.is_nan(), row.number("path_width_km").is_none(), "{date}");
        if let Some(published) = row.number("path_width_km") {
            width.see(row, width_on_even_ground_km(eclipse) - published);
        }
        // Codes of paths with one limit: n and s with a central line, + and − without.
        let has_one_limit = row.text("type").ends_with(['n', 's', '+', '-']);
        let is_wholly_on_earth = !eclipse.umbra_jd_tt[1].is_nan();
        assert_eq!(!is_partial && !is_wholly_on_earth, has_one_limit, "{date}");
    }
    let all =
        [greatest, gamma, partial, central, latitude, longitude, altitude, azimuth, aside, duration, width];
    all.iter().for_each(Worst::check);
}

#[test]
fn the_moons_are_those_of_the_canon() {
    let Some(rows) = canon("nasa_canon_lunar_1600_2399.csv") else { return };
    let found = live::lunar();
    assert_eq!((rows.len(), found.len()), (1446, 1446));
    // The canon's magnitudes and durations leave the geometry of angles by what grows with the cube of the distance from the
    // axis: 2e-4 at the edge of the penumbra; and a graze makes minutes of it.
    let mut greatest = Worst::new("lunar TD, s", 1.0, 3.5);
    let mut gamma = Worst::new("lunar gamma", 1e-4, 1.2e-4);
    let mut umbral = Worst::new("umbral magnitude", 1e-4, 4e-4);
    let mut penumbral = Worst::new("penumbral magnitude", 1e-4, 4e-4);
    let mut latitude = Worst::new("lunar latitude, deg", 1.0, 0.02);
    let mut longitude = Worst::new("lunar longitude, deg", 1.0, 0.02);
    let mut durations = [
        Worst::new("penumbral duration, min", 0.1, 0.13),
        Worst::new("partial duration, min", 0.1, 0.05),
        Worst::new("total duration, min", 0.1, 0.05),
    ];
    let mut grazes = Worst::new("duration of a graze (penumbral, partial or total), min", 0.1, 1.0);
    for (row, eclipse) in rows.iter().zip(found) {
        let date = row.text("date");
        let kind = LunarKind::ALL[usize::from(eclipse.kind)];
        let code = ["N", "P", "T"][usize::from(eclipse.kind)];
        assert!(row.text("type").starts_with(code), "{date}: {kind:?}, not {}", row.text("type"));
        assert_eq!(f64::from(eclipse.saros), row.value("saros"), "{date}");
        greatest.see(row, (eclipse.greatest_jd_tt - row.greatest_jd_tt()) * 86_400.0);
        gamma.see(row, eclipse.gamma - row.value("gamma"));
        umbral.see(row, eclipse.umbral_magnitude - row.value("um_mag"));
        penumbral.see(row, eclipse.penumbral_magnitude - row.value("pen_mag"));
        latitude.see(row, eclipse.latitude_deg - row.value("lat"));
        let there = eclipse.ephemeris_longitude_deg + ROTATION_DEG_PER_S * row.value("deltat_s");
        longitude.see(row, apart_deg(there, row.value("lon")));
        let [first, second, third, last] = eclipse.umbra_jd_tt;
        let [begin, end] = eclipse.penumbra_jd_tt;
        let depths = [eclipse.penumbral_magnitude, eclipse.umbral_magnitude, eclipse.umbral_magnitude - 1.0];
        let spans = [(begin, end), (first, last), (second, third)];
        let names = ["pen_dur_min", "par_dur_min", "tot_dur_min"];
        for nth in 0..3 {
            let minutes = (spans[nth].1 - spans[nth].0) * 1440.0;
            assert_eq!(minutes.is_nan(), row.number(names[nth]).is_none(), "{date}: {}", names[nth]);
            if let Some(published) = row.number(names[nth]) {
                let is_graze = depths[nth] < 0.1;
                (if is_graze { &mut grazes } else { &mut durations[nth] }).see(row, minutes - published);
            }
        }
    }
    let all = [greatest, gamma, umbral, penumbral, latitude, longitude, grazes];
    all.iter().chain(&durations).for_each(Worst::check);
}

/// How many eclipses of a canon are the first of their series, and how many the last; they are that here too.
fn ends<T: Eclipse>(name: &str, source: &mut Live) -> [u32; 2] {
    let mut counts = [0; 2];
    for row in canon(name).unwrap_or_default() {
        let at = Lunation(row.value("lunation") as i32);
        let mut member = || saros::member::<T, _>(source, at).unwrap();
        if row.text("type").ends_with('b') {
            assert_eq!(member(), 1, "{}", row.text("date"));
            counts[0] += 1;
        }
        if row.text("type").ends_with('e') {
            assert!(member() > 65, "{}", row.text("date"));
            let next = T::of(source, Lunation(at.0 + saros::SAROS)).unwrap();
            assert!(next.is_none(), "{}", row.text("date"));
            counts[1] += 1;
        }
    }
    counts
}

/// The first of a series are those that the canon marks so, and after the last there is none.
#[test]
fn series_begin_and_end_where_the_canon_says() {
    let mut source = live::open();
    let counts = [
        ends::<SolarEclipse>("nasa_canon_solar_1600_2399.csv", &mut source),
        ends::<LunarEclipse>("nasa_canon_lunar_1600_2399.csv", &mut source),
    ];
    // None where there are no published values.
    assert!(counts == [[0; 2]; 2] || counts.iter().flatten().all(|count| *count > 10), "{counts:?}");
    eprintln!("series that begin and end, of the Sun and of the Moon: {counts:?}");
}
