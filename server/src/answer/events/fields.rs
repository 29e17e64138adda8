//! What is told of an event: its members, by name, in the order in which they are written.

use orrery_almanac::events::{EventType, Partner, What};
use orrery_almanac::{Instant, WireBody};

use super::eclipses::COLUMNS as ECLIPSE_COLUMNS;
use crate::query::{EventsQuery, Shape, Unit};
use crate::wire::problem::Problem;

/// A member of an event.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
}

/// What a member holds.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Word(&'static str),
    Body(WireBody),
    Text(String),
    /// An angle on a circle, degrees.
    Circle(f64),
    /// Any other quantity.
    Number(f64, Unit),
    Whole(i16),
    Truth(bool),
    Instant(Instant),
    /// Coefficients of a polynomial, as they are.
    Coefficients(Vec<f64>),
    /// Members of its own.
    Members(Vec<Field>),
    /// Several things of one kind.
    List(Vec<Value>),
    Nothing,
}

/// A column of a table of events: a member, or a member of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column(pub(crate) &'static str);

/// The members of each kind of event, beside `type` and `at`, in the order in which they are told.
pub(crate) const MEMBERS: [(EventType, &[&str]); EventType::ALL.len()] = [
    (EventType::Ingress, &["body", "sign", "from_sign", "retrograde"]),
    (EventType::NakshatraIngress, &["body", "nakshatra", "from_nakshatra", "retrograde"]),
    (EventType::Station, &["body", "retrograde", "longitude"]),
    (
        EventType::Aspect,
        &["body", "partner", "point", "aspect", "angle", "longitude", "partner_longitude", "begin", "end"],
    ),
    (EventType::Lunation, &["phase", "longitude"]),
    (EventType::VoidOfCourse, &["end", "last_body", "last_aspect", "sign", "next_sign"]),
    (EventType::Apsis, &["body", "apsis", "distance"]),
    (EventType::NodeCrossing, &["body", "node", "longitude"]),
    (EventType::GreatestLatitude, &["body", "extreme", "latitude"]),
    (EventType::GreatestDeclination, &["body", "extreme", "declination"]),
    (EventType::OutOfBounds, &["body", "side", "end"]),
    (EventType::Season, &["season", "longitude"]),
    (EventType::SolarTerm, &["term", "longitude"]),
    (EventType::Conjunction, &["body", "kind", "longitude"]),
    (EventType::Opposition, &["body", "longitude"]),
    (EventType::GreatestElongation, &["body", "side", "elongation"]),
    (EventType::Cazimi, &["body", "end"]),
    (EventType::Combustion, &["body", "end"]),
    (EventType::Transit, &["body", "greatest", "separation", "c1", "c2", "c3", "c4"]),
    (EventType::Occultation, &["body", "greatest", "gamma", "end"]),
    (EventType::Parallel, &["body", "partner", "parallel", "declination"]),
    (EventType::Crossing, &["body", "minus", "quantity", "value", "way"]),
    (EventType::Eclipse, &["id", "kind", "eclipse", "gamma", "magnitude", "saros", "lat", "lon"]),
];

/// The columns of a table of the events of a query: what any of them has, each once.
pub(crate) fn columns(query: &EventsQuery) -> Vec<Column> {
    if query.shape == Shape::Eclipses {
        return ECLIPSE_COLUMNS.map(Column).to_vec();
    }
    let mut columns = Vec::new();
    for (kind, members) in MEMBERS {
        if query.types.contains(&kind) {
            for name in members {
                if !columns.contains(&Column(name)) {
                    columns.push(Column(name));
                }
            }
        }
    }
    columns
}

/// The seasons, by the quarter of the circle.
pub(crate) const SEASONS: [&str; 4] =
    ["march_equinox", "june_solstice", "september_equinox", "december_solstice"];

/// Turns Julian days of TT into instants.
pub(in crate::answer) type Dated<'a, E = Problem> = dyn FnMut(f64) -> Result<Instant, E> + 'a;

/// The members of an event.
pub(super) fn fields(what: &What, dated: &mut Dated<'_>) -> Result<Vec<Field>, Problem> {
    let mut members = Members { fields: Vec::with_capacity(9), dated };
    members.tell(what)?;
    Ok(members.fields)
}

struct Members<'a, 'd> {
    fields: Vec<Field>,
    dated: &'a mut Dated<'d>,
}

impl Members<'_, '_> {
    fn put(&mut self, name: &'static str, value: Value) -> &mut Self {
        self.fields.push(Field { name, value });
        self
    }

    fn body(&mut self, body: WireBody) -> &mut Self {
        self.put("body", Value::Body(body))
    }

    fn longitude(&mut self, longitude_deg: f64) -> &mut Self {
        self.put("longitude", Value::Circle(longitude_deg))
    }

    fn degrees(&mut self, name: &'static str, value: f64) -> &mut Self {
        self.put(name, Value::Number(value, Unit::Degrees))
    }

    /// An instant, or nothing beyond what is known.
    fn instant(&mut self, name: &'static str, jd_tt: Option<f64>) -> Result<&mut Self, Problem> {
        let value = match jd_tt {
            Some(jd_tt) => Value::Instant((self.dated)(jd_tt)?),
            None => Value::Nothing,
        };
        Ok(self.put(name, value))
    }

    fn tell(&mut self, what: &What) -> Result<(), Problem> {
        match *what {
            What::Ingress { body, sign, from, retrograde } => {
                self.body(body)
                    .put("sign", Value::Word(sign.name()))
                    .put("from_sign", Value::Word(from.name()));
                self.put("retrograde", Value::Truth(retrograde));
            }
            What::NakshatraIngress { body, nakshatra, from, retrograde } => {
                self.body(body).put("nakshatra", Value::Word(nakshatra.name()));
                self.put("from_nakshatra", Value::Word(from.name()))
                    .put("retrograde", Value::Truth(retrograde));
            }
            What::Station { body, retrograde, longitude_deg } => {
                self.body(body).put("retrograde", Value::Truth(retrograde)).longitude(longitude_deg);
            }
            What::Aspect { a, b, aspect, longitude_deg, partner_longitude_deg, within } => {
                self.body(a);
                match b {
                    Partner::Body(b) => self.put("partner", Value::Body(b)),
                    Partner::Point(point) => self.put("point", Value::Circle(point)),
                };
                self.put("aspect", Value::Word(aspect.name())).degrees("angle", aspect.angle_deg());
                self.longitude(longitude_deg).put("partner_longitude", Value::Circle(partner_longitude_deg));
                if let Some([begin, end]) = within {
                    self.instant("begin", begin)?.instant("end", end)?;
                }
            }
            What::Lunation { phase, longitude_deg } => {
                self.put("phase", Value::Word(phase.name())).longitude(longitude_deg);
            }
            What::VoidOfCourse { end_jd_tt, last, sign, next } => {
                self.instant("end", Some(end_jd_tt))?;
                let (body, aspect) = match last {
                    Some((body, aspect)) => (Value::Body(body), Value::Word(aspect.name())),
                    None => (Value::Nothing, Value::Nothing),
                };
                self.put("last_body", body).put("last_aspect", aspect);
                self.put("sign", Value::Word(sign.name())).put("next_sign", Value::Word(next.name()));
            }
            What::Apsis { body, apsis, distance_au } => {
                self.body(body).put("apsis", Value::Word(apsis.name()));
                self.put("distance", Value::Number(distance_au, Unit::Au));
            }
            What::NodeCrossing { body, ascending, longitude_deg } => {
                let node = if ascending { "ascending" } else { "descending" };
                self.body(body).put("node", Value::Word(node)).longitude(longitude_deg);
            }
            What::GreatestLatitude { body, maximum, latitude_deg } => {
                self.body(body).put("extreme", extreme(maximum)).degrees("latitude", latitude_deg);
            }
            What::GreatestDeclination { body, maximum, declination_deg } => {
                self.body(body).put("extreme", extreme(maximum)).degrees("declination", declination_deg);
            }
            What::OutOfBounds { body, north, end_jd_tt } => {
                self.body(body).put("side", Value::Word(if north { "north" } else { "south" }));
                self.instant("end", end_jd_tt)?;
            }
            What::Parallel { a, b, contra, declination_deg } => {
                let name = if contra { "contraparallel" } else { "parallel" };
                self.body(a).put("partner", Value::Body(b)).put("parallel", Value::Word(name));
                self.degrees("declination", declination_deg);
            }
            What::Crossing { body, minus, quantity, value, way } => {
                self.body(body).put("minus", minus.map_or(Value::Nothing, Value::Body));
                self.put("quantity", Value::Word(quantity.name()))
                    .put("value", Value::Number(value, Unit::Au));
                self.put("way", Value::Word(way.name()));
            }
            _ => self.tell_of_sun(what)?,
        }
        Ok(())
    }

    /// Tells of what bodies do beside the Sun, and of the Sun itself.
    fn tell_of_sun(&mut self, what: &What) -> Result<(), Problem> {
        match *what {
            What::Season { longitude_deg } => {
                let season = SEASONS[usize::from(longitude_deg / 90) % SEASONS.len()];
                self.put("season", Value::Word(season)).longitude(longitude_deg.into());
            }
            What::SolarTerm { term, longitude_deg } => {
                self.put("term", Value::Word(term.name())).longitude(longitude_deg.into());
            }
            What::Conjunction { body, kind, longitude_deg } => {
                self.body(body).put("kind", kind.map_or(Value::Nothing, |kind| Value::Word(kind.name())));
                self.longitude(longitude_deg);
            }
            What::Opposition { body, longitude_deg } => {
                self.body(body).longitude(longitude_deg);
            }
            What::GreatestElongation { body, east, elongation_deg } => {
                self.body(body).put("side", Value::Word(if east { "east" } else { "west" }));
                self.degrees("elongation", elongation_deg);
            }
            What::Cazimi { body, end_jd_tt } | What::Combustion { body, end_jd_tt } => {
                self.body(body).instant("end", end_jd_tt)?;
            }
            What::Transit { body, contacts, greatest_jd_tt, separation_deg } => {
                self.body(body)
                    .instant("greatest", Some(greatest_jd_tt))?
                    .degrees("separation", separation_deg);
                for (name, contact) in ["c1", "c2", "c3", "c4"].into_iter().zip(contacts) {
                    self.instant(name, contact)?;
                }
            }
            What::Occultation { body, greatest_jd_tt, gamma, end_jd_tt } => {
                self.body(body).instant("greatest", Some(greatest_jd_tt))?;
                self.put("gamma", Value::Number(gamma, Unit::Degrees)).instant("end", Some(end_jd_tt))?;
            }
            _ => {}
        }
        Ok(())
    }
}

const fn extreme(maximum: bool) -> Value {
    Value::Word(if maximum { "maximum" } else { "minimum" })
}
