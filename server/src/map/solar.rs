//! The map of an eclipse of the Sun.

use orrery_almanac::eclipses::elements::Cone;
use orrery_almanac::eclipses::path::{
    CentralPoint, Curve, CurveName, Density, Path, Point, central_point, outline,
};
use orrery_format::TtDay;
use orrery_format::eclipse::{ROTATION_DEG_PER_S, SolarEclipse, SolarKind};

use super::place::Place;
use super::ring::around_smaller_side;
use super::seen::seen;
use super::{Beat, DAY_S, Feature, Map, Shape, Sight, Subject, What, When};

/// At how many instants outlines are told of at most.
const MOST_INSTANTS: u32 = 400;

/// Parts of the time that the umbra is on the ground, when what it sweeps over is told by outlines.
const SWEEPS: u32 = 60;

/// Points of two limits are one within this, seconds …
const SAME_S: f64 = 1e-3;
/// … and degrees: a metre.
const SAME_DEG: f64 = 1e-5;

impl Map {
    /// The map of an eclipse of the Sun, with ΔT in seconds then.
    ///
    /// Outlines and points of the central line are told of at each instant of a beat while the penumbra is on the Earth; of one
    /// some times as slow if there would be more than four hundred.
    #[must_use]
    pub(crate) fn of_solar(eclipse: &SolarEclipse, delta_t_s: f64, beat: Beat) -> Map {
        Solar { eclipse, delta_t_s, density: Density::default() }.map(beat)
    }
}

struct Solar<'a> {
    eclipse: &'a SolarEclipse,
    delta_t_s: f64,
    density: Density,
}

impl Solar<'_> {
    fn map(&self, beat: Beat) -> Map {
        let path = Path::of(&self.eclipse.elements, &self.density);
        let instants = instants(self.eclipse, beat);
        let mut features = Vec::new();
        features.extend(self.central_line(&path));
        let umbral_path = self.umbral_path(&path);
        features.extend(umbral_path.clone());
        let lobes = path.lobes.iter().flat_map(|lobe| &lobe.curves);
        let curves = path.umbral_limits.iter().chain(&path.penumbral_limits).chain(lobes);
        features.extend(curves.chain(&path.maximum_on_horizon).filter_map(|curve| self.line(curve)));
        for cone in [Cone::Penumbra, Cone::Umbra] {
            features.extend(instants.iter().filter_map(|&tt| self.outline(cone, tt)));
        }
        features.extend(instants.iter().filter_map(|&tt| self.central_point(tt)));
        features.push(self.greatest());
        let umbra = if umbral_path.is_empty() { self.swept() } else { umbral_path };
        let umbra = umbra.into_iter().filter_map(|feature| match feature.shape {
            Shape::Area(ring) => Some(ring),
            Shape::Line(_) | Shape::Point(_) => None,
        });
        let umbra = umbra.collect();
        let seen = seen(&path, |points| self.places(points));
        Map {
            features,
            subject: Subject::Solar { kind: self.kind(), seen, umbra, beat },
            middle: self.greatest_place(),
        }
    }

    fn place(&self, point: &Point) -> Place {
        Place { longitude_deg: point.longitude_deg(self.delta_t_s), latitude_deg: point.latitude_deg }
    }

    fn places(&self, points: &[Point]) -> Vec<Place> {
        points.iter().map(|point| self.place(point)).collect()
    }

    fn line(&self, curve: &Curve) -> Option<Feature> {
        let along = [curve.points.first()?.tt, curve.points.last()?.tt];
        let shape = Shape::Line(self.places(&curve.points));
        Some(Feature { what: What::Curve(curve.name), shape, when: When::Along(along), sight: None })
    }

    fn central_line(&self, path: &Path) -> Option<Feature> {
        let along = [path.central.first()?.point.tt, path.central.last()?.point.tt];
        let places = path.central.iter().map(|central| self.place(&central.point)).collect();
        Some(Feature {
            what: What::CentralLine,
            shape: Shape::Line(places),
            when: When::Along(along),
            sight: None,
        })
    }

    /// The places between the limits of the umbra, where there are both. At sunrise and sunset, where the limits end, it is closed by
    /// the ends of the central line. Where an annular eclipse becomes total, it has no width: there, one part ends and another begins.
    ///
    /// Limits are off by a kilometre at most: of a path that is no wider, they may cross.
    fn umbral_path(&self, path: &Path) -> Vec<Feature> {
        let limit = |name: CurveName| {
            let mut limits = path.umbral_limits.iter().filter(move |curve| curve.name == name);
            limits.next().filter(|_| limits.next().is_none()).map(|curve| curve.points.as_slice())
        };
        let limits = [limit(CurveName::NorthernUmbralLimit), limit(CurveName::SouthernUmbralLimit)];
        let ends = [path.central.first(), path.central.last()];
        let ([Some(mut north), Some(mut south)], [Some(first), Some(last)]) = (limits, ends) else {
            return Vec::new();
        };
        let mut features = Vec::new();
        let mut start = first.point;
        while let Some([nth_north, nth_south]) = meeting(north, south) {
            let (north_part, north_rest) = north.split_at(nth_north);
            let (south_part, south_rest) = south.split_at(nth_south);
            let (Some((tip, north_rest)), Some((_, south_rest))) =
                (north_rest.split_first(), south_rest.split_first())
            else {
                break;
            };
            features.extend(self.part_of_path(start, north_part, south_part, *tip));
            (start, north, south) = (*tip, north_rest, south_rest);
        }
        features.extend(self.part_of_path(start, north, south, last.point));
        features
    }

    /// What lies between two limits from one place to another.
    fn part_of_path(&self, start: Point, north: &[Point], south: &[Point], end: Point) -> Option<Feature> {
        let around = north.iter().chain([&end]).chain(south.iter().rev()).chain([&start]);
        let ring = around_smaller_side(around.map(|point| self.place(point)).collect());
        (!ring.is_empty()).then_some(Feature {
            what: What::UmbralPath,
            shape: Shape::Area(ring),
            when: When::Along([start.tt, end.tt]),
            sight: None,
        })
    }

    fn outline(&self, cone: Cone, tt: TtDay) -> Option<Feature> {
        let Curve { name, points } = outline(&self.eclipse.elements, cone, tt, &self.density)?;
        let ring = around_smaller_side(self.places(&points));
        (!ring.is_empty()).then_some(Feature {
            what: What::Curve(name),
            shape: Shape::Area(ring),
            when: When::At(tt),
            sight: None,
        })
    }

    /// What the umbra sweeps over, by outlines that overlap: of a path that has not two limits.
    fn swept(&self) -> Vec<Feature> {
        let [first, .., last] = self.eclipse.umbra_jd_tt;
        let share = |nth: u32| f64::from(nth) / f64::from(SWEEPS);
        let instants = (0..=SWEEPS).map(|nth| TtDay(first + (last - first) * share(nth)));
        instants.filter_map(|tt| self.outline(Cone::Umbra, tt)).collect()
    }

    fn central_point(&self, tt: TtDay) -> Option<Feature> {
        let central = central_point(&self.eclipse.elements, tt)?;
        let CentralPoint { point, kind, duration_s, width_km, diameter_ratio, .. } = central;
        Some(Feature {
            what: What::CentralPoint,
            shape: Shape::Point(self.place(&point)),
            when: When::At(tt),
            sight: Some(Sight {
                duration_s: Some(duration_s),
                width_km,
                sun_altitude_deg: central.sun_altitude_deg,
                sun_azimuth_deg: central.sun_azimuth_deg,
                magnitude: diameter_ratio,
                kind: kind.name(),
            }),
        })
    }

    fn greatest_place(&self) -> Place {
        let SolarEclipse { latitude_deg, ephemeris_longitude_deg, .. } = *self.eclipse;
        Place { longitude_deg: ephemeris_longitude_deg + ROTATION_DEG_PER_S * self.delta_t_s, latitude_deg }
    }

    fn kind(&self) -> SolarKind {
        SolarKind::ALL.get(usize::from(self.eclipse.kind)).copied().unwrap_or(SolarKind::Partial)
    }

    fn greatest(&self) -> Feature {
        let eclipse = self.eclipse;
        let there_is = |value: f64| (!value.is_nan()).then_some(value);
        let kind = match self.kind() {
            // It is one or the other at each place.
            SolarKind::Hybrid if eclipse.magnitude >= 1.0 => SolarKind::Total,
            SolarKind::Hybrid => SolarKind::Annular,
            kind => kind,
        };
        Feature {
            what: What::GreatestEclipse,
            shape: Shape::Point(self.greatest_place()),
            when: When::At(TtDay(eclipse.greatest_jd_tt)),
            sight: Some(Sight {
                duration_s: there_is(eclipse.central_duration_s),
                width_km: there_is(eclipse.path_width_km),
                sun_altitude_deg: eclipse.sun_altitude_deg,
                sun_azimuth_deg: eclipse.sun_azimuth_deg,
                magnitude: eclipse.magnitude,
                kind: kind.name(),
            }),
        }
    }
}

/// Where two limits first meet at one place at one instant, which is a point of both: which point of each.
fn meeting(north: &[Point], south: &[Point]) -> Option<[usize; 2]> {
    let is_same = |a: &Point, b: &Point| {
        let turned_deg = a.ephemeris_longitude_deg - b.ephemeris_longitude_deg;
        let off_deg = (a.latitude_deg - b.latitude_deg).hypot((turned_deg + 180.0).rem_euclid(360.0) - 180.0);
        (a.tt.jd() - b.tt.jd()).abs() * DAY_S < SAME_S && off_deg < SAME_DEG
    };
    north.iter().enumerate().find_map(|(nth_north, tip)| {
        let nth_south = south.iter().position(|point| is_same(tip, point))?;
        Some([nth_north, nth_south])
    })
}

/// The instants between the first and the last contact of the penumbra with the Earth at which outlines are told of.
fn instants(eclipse: &SolarEclipse, beat: Beat) -> Vec<TtDay> {
    let [first, .., last] = eclipse.penumbra_jd_tt;
    let [from_s, to_s] = [first, last].map(|jd_tt| beat.seconds(TtDay(jd_tt)));
    let step_s = f64::from(beat.step_s.max(1));
    let longer = ((to_s - from_s) / (step_s * f64::from(MOST_INSTANTS))).ceil().max(1.0);
    let step_s = step_s * longer;
    let mut nth = (from_s / step_s).ceil();
    let mut instants = Vec::new();
    // Contacts are numbers, or there are no instants.
    while nth * step_s <= to_s {
        instants.push(TtDay(beat.origin.jd() + nth * step_s / DAY_S));
        nth += 1.0;
    }
    instants
}
