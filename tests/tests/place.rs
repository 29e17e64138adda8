//! Hazard: lines of bodies and parans that are right by their own trigonometry alone. On lines, bodies are held to `swe_azalt`;
//! moments of parans to the search for rise and set over tables, which asks for the body's place at each of them; and
//! latitudes to where the tables have bodies and stars then.

mod sky;

use orrery_almanac::astrocartography::lines;
use orrery_almanac::frames::{Equator, Equatorial, true_equinox};
use orrery_almanac::horizon::{Horizon, apparent_sidereal_time};
use orrery_almanac::parans::{Course, Day, exact, passages, within};
use orrery_almanac::rise_set::{self, Kind, Span, Threshold, Wanted};
use orrery_almanac::stars::{Catalogue, Sight};
use orrery_almanac::{Angularity, Varying};
use orrery_format::{Body, Center, Dataset, State, TtDay, UtDay};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveAtmosphere, LiveCenter, LiveDirection, LiveObserver, LiveSite};
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};

use sky::Sky;

const BODIES: [Body; 10] = [
    Body::Sun,
    Body::Moon,
    Body::Mercury,
    Body::Venus,
    Body::Mars,
    Body::Jupiter,
    Body::Saturn,
    Body::Uranus,
    Body::Neptune,
    Body::Pluto,
];
const SECOND: f64 = 1.0 / 86_400.0;

/// What the tables know of a moment.
struct Moment<'d> {
    dataset: &'d Dataset,
    ut: UtDay,
    tt: TtDay,
}

impl Moment<'_> {
    fn at(dataset: &Dataset, jd_ut: f64) -> Moment<'_> {
        let ut = UtDay(jd_ut);
        let tt = TtDay(jd_ut + dataset.delta_t_s(ut).unwrap() / 86_400.0);
        Moment { dataset, ut, tt }
    }

    /// A state on the mean ecliptic of date, on the true equator.
    fn turned(&self, state: &State) -> Equatorial {
        let nutation = self.dataset.nutation(self.tt).unwrap().value;
        Equator::true_of_date(&nutation).equatorial(&true_equinox(state, &nutation))
    }

    fn place(&self, body: Body) -> Equatorial {
        self.turned(&self.dataset.state(body, Center::Geo, self.tt).unwrap().value)
    }

    fn sidereal_deg(&self) -> Varying {
        let nutation = self.dataset.nutation(self.tt).unwrap().value;
        apparent_sidereal_time(self.dataset.mean_sidereal_time_deg(self.ut).unwrap(), &nutation)
    }
}

/// A body as seen from the Earth's centre, over the horizon of a place.
struct Over<'d> {
    dataset: &'d Dataset,
    body: Body,
    latitude_deg: f64,
    longitude_deg: f64,
}

impl rise_set::Sky for Over<'_> {
    type Error = std::convert::Infallible;

    fn sight(&mut self, ut: UtDay) -> Result<rise_set::Sight, Self::Error> {
        let moment = Moment::at(self.dataset, ut.jd());
        let horizon = Horizon::new(self.latitude_deg, self.longitude_deg, moment.sidereal_deg());
        Ok(rise_set::Sight::new(&horizon, &moment.place(self.body), 0.0))
    }
}

/// Well within the tables.
fn random_ut(random: &mut Random) -> f64 {
    random.between(tables::span_ut().start + 10.0, tables::span_ut().end - 10.0)
}

#[test]
fn on_lines_the_live_source_has_bodies_on_the_angles() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut random = Random::of("lines of bodies");
    let air = LiveAtmosphere { pressure_hpa: Some(1013.25), temperature_c: 10.0 };
    let (mut worst, mut count) = (0.0_f64, 0);
    for _ in 0..12 {
        let moment = Moment::at(&dataset, random_ut(&mut random));
        let places = BODIES.map(|body| moment.place(body));
        let [dpsi_deg, ..] = session.nutation(moment.tt.jd()).unwrap();
        for line in lines(&places, moment.sidereal_deg().value) {
            let body = live_body(BODIES[line.body()]);
            let [longitude, latitude, _] = session.position(body, LiveCenter::Geo, moment.tt.jd()).unwrap();
            let direction =
                LiveDirection::Ecliptic { longitude_deg: longitude + dpsi_deg, latitude_deg: latitude };
            for place in line.places(2.0).into_iter().chain([line.zenith()]) {
                let is_zenith = place == line.zenith();
                // At a pole itself all meridians meet.
                let most = if line.angularity().is_on_meridian() { 89.9 } else { 90.0 };
                let latitude_deg = place.latitude_deg.clamp(-most, most);
                let site = LiveSite { latitude_deg, longitude_deg: place.longitude_deg, altitude_m: 0.0 };
                let observer = LiveObserver { site, atmosphere: air };
                let seen = session.horizontal(observer, direction, moment.ut.jd()).unwrap();
                let (sin_azimuth, cos_azimuth) = seen.azimuth_deg.to_radians().sin_cos();
                let (sin, cos) = seen.true_altitude_deg.to_radians().sin_cos();
                let (sin_l, cos_l) = latitude_deg.to_radians().sin_cos();
                // Westward of the meridian, and toward the equator of the sky on this side of it.
                let (west, near) = (-cos * sin_azimuth, sin * cos_l - cos * cos_azimuth * sin_l);
                let off = match line.angularity() {
                    _ if is_zenith => cos,
                    Angularity::Culminating if near > -1e-6 => west,
                    Angularity::Anticulminating if near < 1e-6 => west,
                    Angularity::Rising if west < 1e-6 => sin,
                    Angularity::Setting if west > -1e-6 => sin,
                    other => panic!("{body:?} {other} {place:?}: {seen:?}"),
                };
                worst = worst.max(off.abs().to_degrees());
                count += 1;
            }
        }
    }
    println!("{count} places on lines: {:.1e}″ at most", worst * 3600.0);
    // Tables and the library's own sidereal time.
    assert!(worst * 3600.0 < 0.01 && count > 3_000, "{worst}° of {count}");
}

fn day(dataset: &Dataset, start: f64, longitude_deg: f64) -> Day {
    Day {
        span: Span { start: UtDay(start), end: UtDay(start + 1.0) },
        longitude_deg,
        greenwich_sidereal_deg: Moment::at(dataset, start).sidereal_deg(),
    }
}

fn courses(dataset: &Dataset, start: f64) -> Vec<Course> {
    let [begin, end] = [start, start + 1.0].map(|jd_ut| Moment::at(dataset, jd_ut));
    BODIES.iter().map(|body| Course::between(&begin.place(*body), &end.place(*body), 1.0)).collect()
}

#[test]
fn bodies_are_on_angles_when_a_search_in_tables_finds_them_there() {
    let dataset = tables::shared();
    let mut random = Random::of("moments of parans");
    let (mut worst, mut count, mut pairs) = ([0.0_f64; 2], 0, 0);
    for _ in 0..60 {
        let start = random_ut(&mut random);
        let (latitude_deg, longitude_deg) = (random.between(-62.0, 62.0), random.between(-180.0, 180.0));
        let day = day(&dataset, start, longitude_deg);
        let courses = courses(&dataset, start);
        let found = passages(&courses, &day, latitude_deg);
        for (nth, body) in BODIES.into_iter().enumerate() {
            let wanted = Wanted { thresholds: &[Threshold::airless_centre(0.0)], transits: true };
            let mut over = Over { dataset: &dataset, body, latitude_deg, longitude_deg };
            let Ok(searched) = rise_set::search(&mut over, latitude_deg, day.span, &wanted);
            let of = found.iter().filter(|passage| passage.body == nth);
            let ours: Vec<_> = of.map(|passage| (passage.angularity, passage.ut.jd())).collect();
            assert_eq!(ours.len(), searched.events.len(), "{body} {start} {latitude_deg}");
            for ((angularity, at), event) in ours.iter().zip(&searched.events) {
                let expected = match event.kind {
                    Kind::Rise(_) => Angularity::Rising,
                    Kind::Set(_) => Angularity::Setting,
                    Kind::UpperTransit => Angularity::Culminating,
                    Kind::LowerTransit => Angularity::Anticulminating,
                };
                assert_eq!(*angularity, expected, "{body} {start} {latitude_deg}");
                let late = (at - event.ut.jd()).abs() / SECOND;
                let of_moon = usize::from(body == Body::Moon);
                worst[of_moon] = worst[of_moon].max(late);
                count += 1;
            }
        }
        for paran in within(&courses, &day, latitude_deg, 1.0, BODIES.len()) {
            let minutes = (paran.second.ut.jd() - paran.first.ut.jd()) * 1440.0;
            assert!((0.0..4.0).contains(&minutes) && (paran.orb_deg - minutes / 3.989_34).abs() < 1e-3);
            pairs += 1;
        }
    }
    println!("{count} moments: {:.3} s at most, of the Moon {:.2} s; {pairs} parans", worst[0], worst[1]);
    assert!(worst[0] < 0.05 && worst[1] < 1.0, "{worst:?}");
    assert!(count > 2_000 && pairs > 100, "{count} {pairs}");
}

#[test]
fn at_exact_latitudes_tables_have_bodies_and_stars_on_both_angles() {
    let dataset = tables::shared();
    let path = workspace::ephemeris_path().join("sefstars.txt");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let catalogue = Catalogue::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    let bright: Vec<_> = catalogue
        .stars()
        .iter()
        .filter(|star| !star.names.is_empty() && star.magnitude.is_some_and(|magnitude| magnitude < 2.3))
        .collect();
    assert!(bright.len() > 60, "{}", bright.len());
    let mut random = Random::of("latitudes of parans");
    let (mut worst, mut of_moon, mut count) = (0.0_f64, 0.0_f64, 0);
    for _ in 0..5 {
        let start = random_ut(&mut random);
        let day = day(&dataset, start, random.between(-180.0, 180.0));
        let begin = Moment::at(&dataset, start);
        let sky = Sky::at(&dataset, begin.tt.jd());
        let stars: Vec<Equatorial> = bright
            .iter()
            .filter_map(|star| Some(begin.turned(&star.path.place(&sky.observer, Sight::Apparent)?)))
            .collect();
        let mut all = courses(&dataset, start);
        all.extend(stars.iter().map(Course::fixed));
        let found = exact(&all, BODIES.len(), &day);
        let pairs = 45 + BODIES.len() * stars.len();
        assert!(found.len().abs_diff(pairs * 6) < pairs / 4, "{} of {pairs} pairs", found.len());
        for exact in found.iter().step_by(7) {
            let moment = Moment::at(&dataset, exact.ut.jd());
            let horizon = Horizon::new(exact.latitude_deg, day.longitude_deg, moment.sidereal_deg());
            for (nth, angularity) in exact.bodies.into_iter().zip(exact.angularities) {
                let place = BODIES.get(nth).map(|body| moment.place(*body));
                let place = place.unwrap_or_else(|| stars[nth - BODIES.len()]);
                let [_, east, up] = horizon.direction(&place).at();
                let off = if angularity.is_on_meridian() { east } else { up }.asin().to_degrees().abs();
                if exact.bodies.contains(&1) {
                    of_moon = of_moon.max(off);
                } else {
                    worst = worst.max(off);
                }
                count += 1;
            }
        }
    }
    println!(
        "{count} bodies on angles: {:.2}″ off at most, with the Moon {:.2}″",
        worst * 3600.0,
        of_moon * 3600.0
    );
    // A star moves by aberration and nutation in a day, and the moment is a millisecond's.
    assert!(worst * 3600.0 < 1.0 && of_moon * 3600.0 < 5.0, "{worst} {of_moon}");
    assert!(count > 5_000, "{count}");
}
