//! Visual magnitudes. [`super::Sight::magnitude`] says whose formulas they are.

use orrery_format::time::J2000_JD;
use orrery_format::{Body, TtDay};

use super::sunlit::Sunlit;
use crate::light::SPEED_OF_LIGHT;
use crate::space::dot;
use crate::topocentric::{AU_M, EARTH_RADIUS_M};

/// The Sun's magnitude at one au (dtv-Atlas Astronomie).
const SUN: f64 = -26.86;

/// The phase angle at which Allen's and Samaha's formulas for the Moon meet, degrees.
const MOON_JOINT_DEG: f64 = 147.138_546_5;

/// The Sun at a distance, au.
pub(super) fn sun(distance_au: f64) -> f64 {
    // As its disc: twice as far is a quarter of the light.
    SUN + 5.0 * distance_au.log10()
}

/// A body by the light of the Sun that it sends on, seen at a place and distance, au, from the observer.
pub(super) fn reflected(
    body: Body,
    seen: [f64; 3],
    distance_au: f64,
    sunlit: &Sunlit,
    tt: TtDay,
) -> Option<f64> {
    let i = sunlit.phase.angle_deg;
    let polynomial = |coefficients: &[f64]| coefficients.iter().rev().fold(0.0, |sum, c| sum * i + c);
    let at_one_au = match body {
        Body::Moon => moon(i),
        Body::Mercury => {
            polynomial(&[-0.613, 6.3280e-2, -1.6336e-3, 3.3644e-5, -3.4265e-7, 1.6893e-9, -3.0334e-12])
        }
        Body::Venus if i <= 163.7 => polynomial(&[-4.384, -1.044e-3, 3.687e-4, -2.814e-6, 8.938e-9]),
        Body::Venus => polynomial(&[236.058_28, -2.819_14, 8.390_34e-3]),
        Body::Mars if i <= 50.0 => polynomial(&[-1.601, 2.267e-2, -1.302e-4]),
        Body::Mars => polynomial(&[-0.367, -2.573e-2, 3.445e-4]),
        Body::Jupiter => polynomial(&[-9.395, -3.7e-4, 6.16e-4]),
        Body::Saturn => saturn(i, ring_tilt_sine(seen, distance_au, sunlit, tt)),
        // 0.05 stands for the term of the latitude below the Earth, which runs from 0 to 0.07.
        Body::Uranus => polynomial(&[-7.110, 6.587e-3, 1.045e-4]) - 0.05,
        Body::Neptune => neptune(tt),
        Body::Pluto => -1.0,
        Body::Chiron => asteroid(i, 6.5, 0.15),
        Body::Pholus => asteroid(i, 7.0, 0.15),
        Body::Ceres => asteroid(i, 3.34, 0.12),
        Body::Pallas => asteroid(i, 4.13, 0.11),
        Body::Juno => asteroid(i, 5.33, 0.32),
        Body::Vesta => asteroid(i, 3.20, 0.32),
        Body::Sun
        | Body::Earth
        | Body::MeanNode
        | Body::TrueNode
        | Body::MeanApogee
        | Body::OsculatingApogee
        | Body::InterpolatedApogee
        | Body::InterpolatedPerigee => return None,
    };
    Some(at_one_au + 5.0 * (distance_au * sunlit.distance_au).log10())
}

/// The Moon one au from the Sun and from the observer, at a phase angle in degrees.
fn moon(i: f64) -> f64 {
    // Both formulas are for a distance of one radius of the Earth.
    let radii_of_au = 5.0 * (AU_M / EARTH_RADIUS_M).log10();
    let at_one_radius = if i <= MOON_JOINT_DEG {
        -21.62 + 0.026 * i + 4e-9 * i.powi(4)
    } else {
        -4.5444 - 7.5 * (180.0 - i).log10()
    };
    at_one_radius + radii_of_au
}

/// Saturn and its rings, which are seen at an inclination of a given sine.
fn saturn(i: f64, tilt_sine: f64) -> f64 {
    -8.914 - 1.825 * tilt_sine + 0.026 * i - 0.378 * tilt_sine * (-2.25 * i).exp()
}

/// The sine of the mean of the inclinations of Saturn's rings to the line of sight and to the Sun's light (Meeus,
/// *Astronomical Algorithms*, 45, for the mean ecliptic and equinox of date).
fn ring_tilt_sine(seen: [f64; 3], distance_au: f64, sunlit: &Sunlit, tt: TtDay) -> f64 {
    let centuries = (tt.jd() - distance_au / SPEED_OF_LIGHT - J2000_JD) / 36_525.0;
    let inclination_deg = 28.075_216 + (-0.012_998 + 0.000_004 * centuries) * centuries;
    let node_deg = 169.508_470 + (1.394_681 + 0.000_412 * centuries) * centuries;
    let ((sin_i, cos_i), (sin_n, cos_n)) =
        (inclination_deg.to_radians().sin_cos(), node_deg.to_radians().sin_cos());
    let pole = [sin_i * sin_n, -sin_i * cos_n, cos_i];
    let to_observer = (dot(&pole, &seen) / distance_au).asin();
    let to_sun = (dot(&pole, &sunlit.from_sun) / sunlit.distance_au).asin();
    f64::midpoint(to_observer, to_sun).sin().abs()
}

/// Neptune, which grew brighter from 1980 to 2000. Mallama and Hilton have 0.0054 a year; 0.0055 joins without a step.
fn neptune(tt: TtDay) -> f64 {
    const FIRST_JD: f64 = 2_444_239.5;
    const LAST_JD: f64 = 2_451_544.5;
    if tt.jd() < FIRST_JD {
        -6.89
    } else if tt.jd() <= LAST_JD {
        -6.89 - 0.0055 * (tt.jd() - FIRST_JD) / 365.25
    } else {
        -7.0
    }
}

/// A minor planet of absolute magnitude H and slope parameter G, at a phase angle in degrees.
fn asteroid(i: f64, h: f64, g: f64) -> f64 {
    let tangent = (i.to_radians() / 2.0).tan();
    let phi_1 = (-3.33 * tangent.powf(0.63)).exp();
    let phi_2 = (-1.87 * tangent.powf(1.22)).exp();
    h - 2.5 * ((1.0 - g) * phi_1 + g * phi_2).log10()
}
