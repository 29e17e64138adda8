//! How bodies look, against examples in print. The comparison with the live source is in the tests package.

use orrery_almanac::phenomena::{Sight, horizontal_parallax_deg, out_of_bounds};
use orrery_almanac::{Earth, Vector, WireBody};
use orrery_format::{Body, State, TtDay};

const KM_PER_AU: f64 = 149_597_870.7;
const J2000: TtDay = TtDay(2_451_545.0);

fn place(longitude_deg: f64, latitude_deg: f64, distance_au: f64) -> State {
    State { longitude_deg, latitude_deg, distance_au, ..State::default() }
}

/// An Earth that rests, from where the Sun is seen at a place.
fn resting(sun: &State) -> Earth {
    let from_sun = -Vector::from(sun);
    Earth { position: from_sun, velocity: Vector::default(), from_sun }
}

fn sight(body: Body, seen: &State) -> Sight {
    Sight::new(WireBody::Tabulated(body), seen)
}

/// The magnitude of a body at distances from the Sun and the Earth, au, and a phase angle, degrees.
fn magnitude(body: Body, (sun_au, earth_au, phase_deg): (f64, f64, f64), tt: TtDay) -> Option<f64> {
    let seen = place(0.0, 0.0, earth_au);
    let (sin, cos) = phase_deg.to_radians().sin_cos();
    let from_sun = Vector::new([sun_au * cos - earth_au, sun_au * sin, 0.0], [0.0; 3]);
    let earth = Earth { position: from_sun, velocity: Vector::default(), from_sun };
    let sight = sight(body, &seen);
    let sunlit = sight.sunlit(&seen, &earth);
    let found_deg = sunlit.unwrap().phase.angle_deg;
    // The Sun bends light by up to half a thousandth of a degree.
    assert!((found_deg - phase_deg).abs() < 1e-3, "{body}: {found_deg}");
    sight.magnitude(sunlit.as_ref(), tt)
}

fn assert_near(found: f64, given: f64, within: f64) {
    assert!((found - given).abs() <= within, "{found} is not {given}");
}

#[test]
fn the_moon_and_venus_as_meeus_has_them() {
    // Astronomical Algorithms, example 48.a: 1992 April 12.
    let moon = place(133.167_265, -3.229_126, 368_409.7 / KM_PER_AU);
    let sun = place(22.339_57, 0.0, 149_971_520.0 / KM_PER_AU);
    assert_near(sight(Body::Moon, &moon).elongation_deg(&sight(Body::Sun, &sun)), 110.7929, 3e-4);
    let phase = sight(Body::Moon, &moon).sunlit(&moon, &resting(&sun)).unwrap().phase;
    assert_near(phase.angle_deg, 69.0756, 3e-4);
    assert_near(phase.illuminated_fraction, 0.6786, 5e-5);

    // Example 41.a: Venus on 1992 December 20, by its three distances alone.
    let (sun_au, earth_au, between_au): (f64, f64, f64) = (0.724_604, 0.910_947, 0.983_824);
    let cosine =
        (earth_au * earth_au + between_au * between_au - sun_au * sun_au) / (2.0 * earth_au * between_au);
    let (venus, sun) = (place(0.0, 0.0, earth_au), place(cosine.acos().to_degrees(), 0.0, between_au));
    let phase = sight(Body::Venus, &venus).sunlit(&venus, &resting(&sun)).unwrap().phase;
    assert_near(phase.angle_deg, 72.96, 5e-3);
    assert_near(phase.illuminated_fraction, 0.647, 5e-4);
}

#[test]
fn planets_as_mallama_and_hilton_have_them() {
    // The cases that come with their program: r, Δ, phase angle, V.
    for (body, case, given) in [
        (Body::Mercury, (0.310_295_423_552, 1.321_826_436_257_54, 1.1677), -2.477),
        (Body::Mercury, (0.413_629_222_334, 0.926_448_087_186_13, 90.1662), 0.181),
        (Body::Mercury, (0.448_947_624_811, 0.560_049_732_178_83, 178.7284), 7.167),
        (Body::Venus, (0.722_722_540_169, 1.716_074_895_540_51, 1.3232), -3.917),
        (Body::Venus, (0.721_480_714_554, 0.377_625_112_062_78, 124.1348), -4.916),
        (Body::Venus, (0.726_166_592_736, 0.288_895_824_206_42, 179.1845), -3.090),
        (Body::Jupiter, (5.446_231_815_414, 6.449_858_674_590_88, 0.2446), -1.667),
        (Body::Jupiter, (4.957_681_473_205, 3.953_930_781_360_13, 0.3431), -2.934),
    ] {
        assert_near(magnitude(body, case, J2000).unwrap(), given, 6e-4);
    }
    // 1970 November 23.
    let case = (30.322_109_867_761, 31.309_161_009_821_4, 0.0549);
    assert_near(magnitude(Body::Neptune, case, TtDay(2_440_913.5)).unwrap(), 7.997, 6e-4);
}

#[test]
fn a_minor_planet_at_one_au_fully_lit_has_its_absolute_magnitude() {
    for (body, given) in [(Body::Ceres, 3.34), (Body::Vesta, 3.20), (Body::Chiron, 6.5)] {
        assert_near(magnitude(body, (1.0, 1.0, 1e-9), J2000).unwrap(), given, 2e-3);
        // Six magnitudes fainter, or less, at a right angle.
        let beside = magnitude(body, (1.0, 1.0, 90.0), J2000).unwrap();
        assert!((2.0..6.0).contains(&(beside - given)), "{body}: {beside}");
    }
}

#[test]
fn what_a_formula_gives_no_number_for_has_no_magnitude() {
    for body in [Body::Moon, Body::Juno] {
        assert!(magnitude(body, (0.9, 0.1, 179.9), J2000).is_some());
        assert_eq!(magnitude(body, (0.9, 0.1, 180.0), J2000), None);
    }
}

#[test]
fn the_sun_and_the_earth_as_seen_from_each_other() {
    let sun = place(100.0, 0.0, 1.0);
    let seen = sight(Body::Sun, &sun);
    assert_eq!(seen.sunlit(&sun, &resting(&sun)), None);
    assert_near(seen.magnitude(None, J2000).unwrap(), -26.86, 1e-12);
    assert_near(seen.light_time_s().unwrap(), 499.004_784, 1e-6);
    assert_near(seen.apparent_diameter_deg().unwrap() * 3600.0, 1919.3, 0.1);
    assert_eq!(seen.elongation_deg(&seen), 0.0);
    // Twice the solar parallax, of the mean radius.
    let earth = sight(Body::Earth, &sun).apparent_diameter_deg().unwrap() * 3600.0;
    assert_near(earth, 2.0 * 8.794_14 * 6_371.008_4 / 6_378.136_6, 1e-4);
}

#[test]
fn discs_and_parallaxes_grow_with_nearness_and_end_at_the_surface() {
    let far = place(0.0, 0.0, 385_000.0 / KM_PER_AU);
    assert_near(sight(Body::Moon, &far).apparent_diameter_deg().unwrap(), 0.517_16, 1e-5);
    let earth = resting(&place(90.0, 0.0, 1.0));
    assert_near(horizontal_parallax_deg(&far, &earth).unwrap(), 0.949_239, 1e-6);
    let within = place(0.0, 0.0, 1_000.0 / KM_PER_AU);
    assert_eq!(sight(Body::Moon, &within).apparent_diameter_deg(), Some(180.0));
    assert_eq!(horizontal_parallax_deg(&within, &earth), None);
}

#[test]
fn bounds_are_the_obliquity_on_both_sides() {
    assert!(!out_of_bounds(23.43, 23.44) && !out_of_bounds(-23.44, 23.44));
    assert!(out_of_bounds(28.5, 23.44) && out_of_bounds(-23.45, 23.44));
}
