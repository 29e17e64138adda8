//! Bodies and stars that are on the angles at once.

use bytes::Bytes;
use orrery_almanac::parans::{Course, Day, Exact, Paran, Passage, exact, within};
use orrery_almanac::rise_set::Span;
use orrery_almanac::{Angularity, Equatorial, Instant};
use orrery_format::{TtDay, UtDay};

use crate::answer::evaluate::no_number;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::render::{decimals, number, write_by_clock, write_time};
use crate::app::Generation;
use crate::query::{ParansQuery, Unit, When, Where};
use crate::text::json::Json;

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &ParansQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let asked = query.asked();
    let [start, end] = query.ends();
    let [start, end] = [ground.scene(asked, start)?, ground.scene(asked, end)?];
    let ends = [start.instant, end.instant];
    let Some(sidereal) = start.charted.sidereal_time else { return Err(no_number(ends[0].tt).into()) };
    let days = ends[1].ut.jd() - ends[0].ut.jd();
    let places = start.charted.equatorial.iter().zip(&end.charted.equatorial);
    let mut courses: Vec<Course> = places.map(|(start, end)| Course::between(start, end, days)).collect();
    let moving = courses.len();
    if let Some(stars) = &query.stars {
        // Within half of a day no star moves by more than a fraction of an arcsecond.
        let noon = TtDay(f64::midpoint(ends[0].tt.jd(), ends[1].tt.jd()));
        let places = ground.stars(stars, When::Tt(noon))?;
        courses.extend(places.iter().map(|place| {
            let [right_ascension_deg, declination_deg, _] = place.at;
            Course::fixed(&Equatorial { right_ascension_deg, declination_deg, ..Equatorial::default() })
        }));
    }
    let day = Day {
        span: Span { start: ends[0].ut, end: ends[1].ut },
        longitude_deg: query.longitude_deg.unwrap_or_default(),
        greenwich_sidereal_deg: sidereal,
    };
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    let mut writer = Writer { json: &mut json, query, generation: ground.generation, ends };
    writer.write_day();
    match query.at {
        Where::Latitude { latitude_deg, orb_deg } => {
            writer.write_parans(&within(&courses, &day, latitude_deg, orb_deg, moving));
        }
        Where::Anywhere => {
            let mut found = exact(&courses, moving, &day);
            found.sort_by(|a, b| a.latitude_deg.total_cmp(&b.latitude_deg));
            writer.write_exact(&found);
        }
    }
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

struct Writer<'a> {
    json: &'a mut Json,
    query: &'a ParansQuery,
    generation: &'a Generation,
    /// The beginning and the end of the day.
    ends: [Instant; 2],
}

impl Writer<'_> {
    /// Writes `time` and `day`.
    fn write_day(&mut self) {
        let ParansQuery { time, day, .. } = self.query;
        write_time(self.json, time, &self.ends[0], &self.generation.leaps);
        self.json.key("day").open(b'{');
        if let Some(number) = day.number {
            self.json.key("date").string(&number.civil(time.calendar).to_string());
        }
        for (name, at) in ["start", "end"].into_iter().zip(&self.ends) {
            write_by_clock(self.json.key(name), time, at, &self.generation.leaps);
        }
        self.json.close(b'}');
    }

    fn write_parans(&mut self, parans: &[Paran]) {
        self.json.key("parans").open(b'[');
        for Paran { first, second, orb_deg } in parans {
            self.json.open(b'{');
            for (name, Passage { body, angularity, ut }) in [("first", first), ("second", second)] {
                self.open_point(name, *body, *angularity);
                self.write_at(*ut);
                self.json.close(b'}');
            }
            self.write_degrees("orb", *orb_deg);
            self.json.close(b'}');
        }
        self.json.close(b']');
    }

    fn write_exact(&mut self, parans: &[Exact]) {
        self.json.key("exact").open(b'[');
        for Exact { bodies, angularities, latitude_deg, ut } in parans {
            self.json.open(b'{');
            for (name, (body, angularity)) in
                ["first", "second"].into_iter().zip(bodies.iter().zip(angularities))
            {
                self.open_point(name, *body, *angularity);
                self.json.close(b'}');
            }
            self.write_degrees("latitude", *latitude_deg);
            self.write_at(*ut);
            self.json.close(b'}');
        }
        self.json.close(b']');
    }

    /// Begins the object of a body or a star on an angle.
    fn open_point(&mut self, member: &'static str, nth: usize, angularity: Angularity) {
        let bodies = &self.query.sky.bodies;
        self.json.key(member).open(b'{');
        match (bodies.get(nth), &self.query.stars) {
            (None, Some(stars)) => {
                self.json.key("kind").string("star");
                let place = stars.stars().get(nth - bodies.len());
                self.json.key("name").string(place.map_or("", |place| stars.catalogue.handle(*place)));
            }
            (body, _) => {
                self.json.key("kind").string("body");
                self.json.key("name").string(&body.map(|body| body.name()).unwrap_or_default());
            }
        }
        self.json.key("angularity").string(angularity.name());
    }

    fn write_degrees(&mut self, name: &'static str, degrees: f64) {
        number(self.json.key(name), degrees, decimals(self.query.sky.precision, Unit::Degrees));
    }

    /// Writes an instant of the day, or right behind it.
    fn write_at(&mut self, ut: UtDay) {
        let [start, end] = &self.ends;
        let share = (ut.jd() - start.ut.jd()) / (end.ut.jd() - start.ut.jd());
        let delta_t_s = start.delta_t_s + share * (end.delta_t_s - start.delta_t_s);
        let at = Instant { ut, tt: TtDay(ut.jd() + delta_t_s / DAY_S), delta_t_s };
        write_by_clock(self.json.key("at"), &self.query.time, &at, &self.generation.leaps);
    }
}
