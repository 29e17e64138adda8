//! What places see of eclipses of the Sun, from tables: against the C library's own search, and against published contacts.
//!
//! The library has other constants: a Moon of 1738.15 km for all contacts, 0.084 % less of its diameter for the inner ones, and a
//! Sun of 696,000 km. Elements are brought to those. And its places are up to 300 m aside ([`where_the_library_stands`]), which is
//! most of what would be left otherwise: 0.4 km, or three quarters of a second.

use orrery_almanac::eclipses::elements::{Cone, FundamentalPlane, Standpoint, hours};
use orrery_almanac::eclipses::local::{HORIZON_DEG, Kind, Local, Phase, local};
use orrery_almanac::horizon::{Atmosphere, apparent_sidereal_time, standard_pressure_hpa};
use orrery_almanac::rise_set::{Limb, Refraction, Threshold};
use orrery_almanac::{Site, Varying};
use orrery_format::eclipse::{Elements, ROTATION_DEG_PER_S, SolarEclipse};
use orrery_format::{TtDay, UtDay};
use orrery_swisseph::{LiveContact, LiveError, LiveLocalSolarEclipse, LiveSearch, LiveSite, LiveSolarKind};

use super::live;
use super::published::published;
use super::tables;

const EARTH_KM: f64 = 6_378.137;
const SECOND: f64 = 1.0 / 86_400.0;

/// Elements for discs of other sizes, km: of the Moon for the outer and for the inner contacts, and of the Sun.
fn with_radii(elements: &Elements, outer_km: f64, inner_km: f64, sun_km: f64) -> Elements {
    // The canon's, in equatorial radii of the Earth.
    let (penumbra, umbra) = (0.272_488, 0.272_281);
    let sun = (959.63_f64 / 3600.0).to_radians() * 149_597_870.7 / EARTH_KM;
    let sine = |tangent: f64| tangent / (1.0 + tangent * tangent).sqrt();
    // How far Sun and Moon are apart, and the Moon from the fundamental plane.
    let apart = (sun + penumbra) / sine(elements.tan_f1[0]);
    let height = (elements.l1[0] - penumbra) / elements.tan_f1[0];
    let [more_sun, more_outer, more_inner] =
        [sun_km / EARTH_KM - sun, outer_km / EARTH_KM - penumbra, inner_km / EARTH_KM - umbra];
    let mut changed = *elements;
    changed.l1[0] += more_outer + height * (more_sun + more_outer) / apart;
    changed.l2[0] += -more_inner + height * (more_sun - more_inner) / apart;
    changed.tan_f1[0] += (more_sun + more_outer) / apart;
    changed.tan_f2[0] += (more_sun - more_inner) / apart;
    changed
}

fn delta_t_s(jd_tt: f64) -> f64 {
    let about = |delta_t_s: f64| tables::tables().delta_t_s(UtDay(jd_tt - delta_t_s * SECOND)).unwrap();
    about(about(0.0))
}

/// A site so far from where the eclipse is greatest, degrees of a great circle, in a direction (radians from the north).
fn site_beside(eclipse: &SolarEclipse, delta_t_s: f64, far_deg: f64, way: f64) -> Site {
    let (sin_lat, cos_lat) = eclipse.latitude_deg.to_radians().sin_cos();
    let ((sin_far, cos_far), (sin_way, cos_way)) = (far_deg.to_radians().sin_cos(), way.sin_cos());
    let latitude = (sin_lat * cos_far + cos_lat * sin_far * cos_way).clamp(-1.0, 1.0).asin();
    let east = (sin_way * sin_far).atan2(cos_lat * cos_far - sin_lat * sin_far * cos_way);
    let longitude_deg = eclipse.ephemeris_longitude_deg + ROTATION_DEG_PER_S * delta_t_s + east.to_degrees();
    Site {
        latitude_deg: latitude.to_degrees(),
        longitude_deg: (longitude_deg + 180.0).rem_euclid(360.0) - 180.0,
        altitude_m: 3000.0 * (way * 7.0).fract(),
    }
}

/// Where the library's observer at a site is: its Earth turns about the mean pole, by mean sidereal time, and so it stands up to
/// 300 m beside the site that turns about the true pole.
fn where_the_library_stands(site: &Site, jd_tt: f64) -> Site {
    let nutation = tables::tables().nutation(TtDay(jd_tt)).unwrap().value;
    let ut = UtDay(jd_tt - delta_t_s(jd_tt) * SECOND);
    let mean_deg = tables::tables().mean_sidereal_time_deg(ut).unwrap();
    let turned = apparent_sidereal_time(mean_deg, &nutation).value + site.longitude_deg;
    let (sin, cos) = turned.to_radians().sin_cos();
    let towards = nutation.dpsi_deg * nutation.true_obliquity_deg().to_radians().sin();
    // Nutation in declination and right ascension, without what sidereal time has of it (Meeus, Astronomical Algorithms, 23.1).
    Site {
        latitude_deg: site.latitude_deg + towards * cos + nutation.deps_deg * sin,
        longitude_deg: site.longitude_deg
            + site.latitude_deg.to_radians().tan() * (towards * sin - nutation.deps_deg * cos),
        ..*site
    }
}

/// The fractional part of multiples of irrational numbers, which fill the unit square evenly.
fn even(nth: usize) -> [f64; 2] {
    [0.754_877_666, 0.569_840_291].map(|step: f64| (0.5 + step * nth as f64).fract())
}

/// What is compared, and by how much it may differ.
const BOUNDS: [(&str, f64); 11] = [
    ("outer contacts, km", 0.15),
    ("inner contacts, km", 0.05),
    // What the library's sidereal time has of ΔT.
    ("outer contacts before 1850 and after 2050, km", 0.3),
    ("inner contacts before 1850 and after 2050, km", 0.3),
    ("maximum, s", 1.0),
    ("altitude, deg", 0.003),
    ("azimuth, deg of arc", 0.003),
    ("magnitude", 6e-5),
    ("obscuration", 6e-5),
    ("ratio of diameters", 8e-5),
    ("altitude of the Sun where its lower limb rises, deg", 0.01),
];

/// The greatest differences, and where.
#[derive(Debug, Default)]
struct Worst {
    seen: [(f64, usize, String); BOUNDS.len()],
}

impl Worst {
    fn see(&mut self, name: &str, off: f64, pair: &Pair) {
        let nth = BOUNDS.iter().position(|(other, _)| *other == name).unwrap();
        let (worst, count, place) = &mut self.seen[nth];
        *count += 1;
        if off.is_nan() || off.abs() > *worst {
            (*worst, *place) = (off.abs(), pair.place());
        }
    }

    fn check(&self) {
        for ((name, bound), (worst, count, place)) in BOUNDS.iter().zip(&self.seen) {
            eprintln!("{name}: {worst:.6} of {bound} allowed ({count} compared), {place}");
            // A NaN is within no bound.
            assert!(worst <= bound && *count > 80, "{name}");
        }
    }
}

/// An eclipse at a site, as we and the library have it.
struct Pair<'a> {
    eclipse: &'a SolarEclipse,
    /// With discs as large as the library's.
    elements: Elements,
    site: Site,
    /// Where the library has it.
    beside: Site,
    delta_t_s: f64,
    ours: Local,
    theirs: LiveLocalSolarEclipse,
}

impl Pair<'_> {
    fn place(&self) -> String {
        format!("{} at {:?}", self.eclipse.greatest_jd_tt, self.site)
    }

    fn tt(&self, jd_ut: f64) -> TtDay {
        TtDay(jd_ut + self.delta_t_s * SECOND)
    }

    fn standpoint(&self, tt: TtDay) -> Standpoint {
        let plane = FundamentalPlane::at(&self.elements, hours(&self.elements, tt));
        plane.standpoint(&vector(&self.beside, self.delta_t_s))
    }

    /// How far the border of the shadow goes over the place in what two contacts are apart, km: where it only grazes it, a
    /// little of that is seconds.
    fn off_km(&self, ours: &Phase, theirs: &LiveContact, cone: Cone) -> f64 {
        let late_h = (ours.tt.jd() - self.tt(theirs.jd_ut).jd()) * 24.0;
        let here = self.standpoint(ours.tt);
        late_h * here.outside_rate(cone) / here.distance() * EARTH_KM
    }

    fn compare_contacts(&self, worst: &mut Worst) {
        let Pair { ours, theirs, .. } = self;
        let is_now = (2_396_758.5..2_469_807.5).contains(&self.eclipse.greatest_jd_tt);
        let [outer, inner] = if is_now { [0, 1] } else { [2, 3] }.map(|nth: usize| BOUNDS[nth].0);
        for (ours, theirs) in [(&ours.first, &theirs.first), (&ours.fourth, &theirs.fourth)] {
            // Of a graze theirs are minutes off, and sometimes the one before the other.
            if self.ours.maximum.magnitude > 0.05 {
                worst.see(outer, self.off_km(ours, theirs, Cone::Penumbra), self);
            }
            // From a height it has the Sun up for longer.
            if ours.altitude_deg.abs() > 3.0 {
                assert_eq!(ours.is_up, theirs.is_visible, "{}: {ours:?} {theirs:?}", self.place());
            }
        }
        if let ([Some(second), Some(third)], [Some(their_second), Some(their_third)]) =
            ([&ours.second, &ours.third], [&theirs.second, &theirs.third])
        {
            // Its few steps do not reach the contacts of a short one.
            if ours.central_duration_s > 60.0 {
                worst.see(inner, self.off_km(second, their_second, Cone::Umbra), self);
                worst.see(inner, self.off_km(third, their_third, Cone::Umbra), self);
            }
        } else {
            // The sizes of the Moon that it takes for one question and another put the limit a kilometre and a half apart.
            let here = self.standpoint(ours.maximum.tt);
            let inside_km = (here.radius(Cone::Umbra).abs() - here.distance()) * EARTH_KM;
            let is_one = ours.second.is_none() == theirs.second.is_none();
            assert!(is_one || inside_km.abs() < 2.0, "{inside_km} {}", self.place());
        }
    }

    fn compare_maximum(&self, worst: &mut Worst) {
        let Pair { ours, theirs, .. } = self;
        // Below the horizon something else stands for it.
        if ours.maximum.altitude_deg < 1.0 {
            return;
        }
        // Theirs is when the centres are nearest, which is some seconds from when most is covered.
        let at = self.tt(theirs.maximum.jd_ut);
        worst.see("maximum, s", (self.nearest_h() - hours(&self.elements, at)) * 3600.0, self);
        let seen = theirs.circumstances.covering;
        let [altitude_deg, azimuth_deg] = sun_deg(&self.elements, &self.site, self.delta_t_s, at);
        worst.see("altitude, deg", altitude_deg - seen.horizontal.true_altitude_deg, self);
        let turned = azimuth_deg - seen.horizontal.azimuth_deg;
        let on_sky = altitude_deg.to_radians().cos();
        worst.see("azimuth, deg of arc", (turned - 360.0 * (turned / 360.0).round()) * on_sky, self);
        // The Moon is as large for these as for the outer contacts.
        let whole = with_radii(&self.eclipse.elements, 1738.15, 1738.15, 696_000.0);
        let Some(Local { kind, maximum, .. }) = local(&whole, &self.beside, self.delta_t_s) else { return };
        // From where the axis passes half a degree aside, the Moon is so much further away.
        worst.see("ratio of diameters", maximum.diameter_ratio - seen.diameter_ratio, self);
        let their_kind = match theirs.circumstances.kind {
            LiveSolarKind::Annular => Kind::Annular,
            LiveSolarKind::Total => Kind::Total,
            LiveSolarKind::Partial | LiveSolarKind::Hybrid => Kind::Partial,
        };
        if kind == their_kind {
            worst.see("magnitude", maximum.magnitude - theirs.circumstances.magnitude, self);
            // In a total phase theirs is the square of the ratio.
            worst.see("obscuration", maximum.obscuration - seen.obscuration.min(1.0), self);
        } else {
            let here = self.standpoint(ours.maximum.tt);
            let inside_km = (here.radius(Cone::Umbra).abs() - here.distance()) * EARTH_KM;
            assert!(inside_km.abs() < 3.0, "{}: {kind:?} {their_kind:?} {inside_km}", self.place());
        }
    }

    /// When the two centres are nearest, by ever smaller steps from the maximum.
    fn nearest_h(&self) -> f64 {
        let place = vector(&self.beside, self.delta_t_s);
        let apart = |at: f64| {
            let here = FundamentalPlane::at(&self.elements, at).standpoint(&place);
            here.distance() / (here.radius(Cone::Penumbra) + here.radius(Cone::Umbra))
        };
        let (mut at, mut step) = (hours(&self.elements, self.ours.maximum.tt), 0.01);
        while step > 1e-6 {
            let best = [at - step, at, at + step].into_iter().min_by(|a, b| apart(*a).total_cmp(&apart(*b)));
            let best = best.unwrap_or(at);
            if best == at {
                step *= 0.5;
            }
            at = best;
        }
        at
    }

    fn compare_suns(&self, worst: &mut Worst) {
        let suns = [(self.theirs.sunrise_jd_ut, true), (self.theirs.sunset_jd_ut, false)];
        for (jd_ut, is_rising) in suns {
            let Some(jd_ut) = jd_ut else { continue };
            let tt = self.tt(jd_ut);
            // Theirs is the lower limb's, in air of 0 °C, ours the upper limb's.
            let air = Atmosphere::new(standard_pressure_hpa(self.site.altitude_m), 0.0).unwrap();
            let lower = Threshold { limb: Limb::Lower, refraction: Refraction::Air(air), horizon_deg: 0.0 };
            let level_deg = lower.centre_airless_deg(Varying::constant(0.2666)).value;
            let [altitude_deg, _] = sun_deg(&self.elements, &self.site, self.delta_t_s, tt);
            worst.see(BOUNDS[10].0, altitude_deg - level_deg, self);
            let ours = self.ours.crossings().find(|crossing| crossing.is_rising == is_rising);
            if let Some(ours) = ours {
                assert_eq!(ours.phase.tt.jd() < tt.jd(), is_rising, "{}", self.place());
                assert!((ours.phase.altitude_deg - HORIZON_DEG).abs() < 1e-8);
            }
        }
    }
}

#[test]
fn places_see_what_the_library_finds() {
    let mut session = live::session();
    let mut worst = Worst::default();
    let (mut kinds, mut unseen, mut passed_over) = ([0_usize; 3], 0, 0);
    for (nth, eclipse) in tables::solar().iter().enumerate() {
        let delta_t_s = delta_t_s(eclipse.greatest_jd_tt);
        // One in four anywhere about; the others on the path or beside it, if there is one.
        let most_deg = if eclipse.central_duration_s.is_nan() || nth % 4 == 0 { 70.0 } else { 1.5 };
        let [far, way] = even(nth);
        let site = site_beside(eclipse, delta_t_s, most_deg * far, std::f64::consts::TAU * way);
        let elements = with_radii(&eclipse.elements, 1738.15, 1738.15 * 0.999_16, 696_000.0);
        let Site { latitude_deg, longitude_deg, altitude_m } = site;
        let start = eclipse.greatest_jd_tt - delta_t_s * SECOND - 1.0;
        let theirs = match session.local_solar_eclipse(
            LiveSite { latitude_deg, longitude_deg, altitude_m },
            LiveSearch::Forward,
            start,
        ) {
            Err(LiveError::OutsideFiles { .. }) => continue,
            answer => answer.unwrap(),
        };
        let is_same = (theirs.maximum.jd_ut - start - 1.0).abs() < 0.3;
        let beside = where_the_library_stands(&site, eclipse.greatest_jd_tt);
        let Some(ours) = local(&elements, &beside, delta_t_s) else {
            assert!(!is_same, "{site:?} {}: nothing, but {theirs:?}", eclipse.greatest_jd_tt);
            unseen += 1;
            continue;
        };
        // The library asks whether a contact or the maximum is above the horizon, by the Sun's centre and its own air.
        let contacts = [Some(ours.first), ours.second, Some(ours.maximum), ours.third, Some(ours.fourth)];
        let altitudes = contacts.iter().flatten().map(|phase| phase.altitude_deg);
        let highest = altitudes.fold(f64::NEG_INFINITY, f64::max);
        if !is_same {
            assert!(highest < -0.3, "{site:?}: the library has no {ours:?} but {theirs:?}");
            passed_over += 1;
            continue;
        }
        assert!(highest > -3.0, "{site:?}: the library has {theirs:?}, but {ours:?}");
        kinds[ours.kind as usize] += 1;
        let pair = Pair { eclipse, elements, site, beside, delta_t_s, ours, theirs };
        pair.compare_contacts(&mut worst);
        pair.compare_maximum(&mut worst);
        pair.compare_suns(&mut worst);
    }
    eprintln!(
        "partial, annular, total: {kinds:?}; {unseen} unseen, {passed_over} passed over by the library"
    );
    worst.check();
    assert!(kinds.iter().all(|count| *count > 150) && unseen > 100, "{kinds:?} {unseen}");
}

/// Altitude of the Sun, and its azimuth from north through east, by spherical trigonometry.
fn sun_deg(elements: &Elements, site: &Site, delta_t_s: f64, tt: TtDay) -> [f64; 2] {
    let plane = FundamentalPlane::at(elements, hours(elements, tt));
    let (sin_d, cos_d) = plane.declination[0].sin_cos();
    let (sin_lat, cos_lat) = site.latitude_deg.to_radians().sin_cos();
    let angle = plane.hour_angle[0] + (site.longitude_deg - ROTATION_DEG_PER_S * delta_t_s).to_radians();
    let altitude = (sin_lat * sin_d + cos_lat * cos_d * angle.cos()).asin();
    let azimuth = (-cos_d * angle.sin()).atan2(sin_d * cos_lat - cos_d * sin_lat * angle.cos());
    [altitude, azimuth].map(f64::to_degrees)
}

/// From the centre of the Earth to a site, which turns with it.
fn vector(site: &Site, delta_t_s: f64) -> [f64; 3] {
    let (sin, cos) = site.latitude_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = (site.longitude_deg - ROTATION_DEG_PER_S * delta_t_s).to_radians().sin_cos();
    let squeeze = (1.0 - 1.0 / 298.257_f64).powi(2);
    let (radius, height) =
        (1.0 / (cos * cos + squeeze * sin * sin).sqrt(), site.altitude_m / 1000.0 / EARTH_KM);
    let beside = (radius + height) * cos;
    [beside * cos_lon, beside * sin_lon, (radius * squeeze + height) * sin]
}

/// Fred Espenak, eclipsewise.com, from the ephemerides of JPL, UTC to the second.
#[test]
fn published_contacts_are_met() {
    // TT less UTC since 2017, seconds.
    const TT_UTC_S: f64 = 69.184;
    let Some(rows) = published("ae_local_solar_eclipse.csv") else { return };
    let mut worst_s = 0.0_f64;
    for row in &rows {
        let instant = |name: &str| {
            let text = row.text(name);
            (text != "-").then(|| {
                let numbers: Vec<u32> =
                    text.split(['-', 'T', ':', 'Z']).filter_map(|part| part.parse().ok()).collect();
                let [year, month, day, hour, minute, second] = numbers[..] else { panic!("{text}") };
                let of_day = f64::from(hour * 3600 + minute * 60 + second) + TT_UTC_S;
                live::day(year as i32, month as u8, day as u8).jd() + of_day * SECOND
            })
        };
        let peak = instant("peak_utc").unwrap();
        let near = |eclipse: &&SolarEclipse| (eclipse.greatest_jd_tt - peak).abs() < 0.5;
        let eclipse = tables::solar().iter().find(near).unwrap();
        let site = Site { latitude_deg: row.value("lat"), longitude_deg: row.value("lon"), altitude_m: 0.0 };
        let found = local(&eclipse.elements, &site, delta_t_s(peak)).unwrap();
        let kind = match row.text("kind") {
            "T" => Kind::Total,
            "A" => Kind::Annular,
            _ => Kind::Partial,
        };
        assert_eq!(found.kind, kind);
        let told = [Some(found.first), found.second, Some(found.maximum), found.third, Some(found.fourth)];
        for (told, name) in told.into_iter().zip(["p1", "t1", "peak", "t2", "p2"]) {
            let published = instant(&format!("{name}_utc"));
            assert_eq!(told.is_some(), published.is_some(), "{name} of {peak}");
            let (Some(told), Some(published)) = (told, published) else { continue };
            worst_s = worst_s.max(((told.tt.jd() - published) / SECOND).abs());
            let altitude_deg = row.value(&format!("{name}_alt"));
            assert!((told.altitude_deg - altitude_deg).abs() < 0.55, "{name}: {}", told.altitude_deg);
        }
    }
    eprintln!("{} places: contacts within {worst_s:.1} s of the published ones", rows.len());
    assert!(rows.len() == 6 && worst_s < 5.0, "{worst_s}");
}

/// The cone of the penumbra is what a place is in from the first contact to the last; this is to hold for the elements of tables too.
#[test]
fn elements_of_tables_give_contacts_on_their_cones() {
    for (nth, eclipse) in tables::solar().iter().enumerate() {
        let [far, way] = even(nth);
        let site = site_beside(eclipse, 0.0, 70.0 * far, std::f64::consts::TAU * way);
        let Some(found) = local(&eclipse.elements, &site, 0.0) else { continue };
        let place = vector(&site, 0.0);
        for (contact, cone) in [
            (Some(found.first), Cone::Penumbra),
            (found.second, Cone::Umbra),
            (found.third, Cone::Umbra),
            (Some(found.fourth), Cone::Penumbra),
        ] {
            let Some(contact) = contact else { continue };
            let here = FundamentalPlane::at(&eclipse.elements, hours(&eclipse.elements, contact.tt))
                .standpoint(&place);
            // A tenth of a millisecond of the shadow's way.
            assert!((here.distance() - here.radius(cone).abs()).abs() < 3e-8, "{cone:?} {contact:?}");
        }
    }
}
