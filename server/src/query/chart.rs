//! What a chart is asked for: what it is cast of, which parts are told, and by which rules aspects are found.

use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::aspect::{self, Aspect, Aspects, OrbRule, Orbs, PTOLEMAIC, Point};
use orrery_almanac::dignities::{Rulers, Tables, Terms, Triplicities};
use orrery_almanac::lots::{self, Book};
use orrery_almanac::{Angle, WireBody};

use super::cast::{CastQuery, Placed};
use super::drawing::{Drawing, Picture};
use super::lots::{Lots, USUAL_LOTS};
use super::params::Params;
use crate::wire::problem::{Code, Problem, nearest, shown};

mod parts;

pub(crate) use parts::{ASPECTED, Part, Parts, RULED};

/// The angles that take part in aspects unasked.
pub(crate) const USUAL_ANGLES: [Angle; 2] = [Angle::Ascendant, Angle::Mc];

/// Everything that `/v1/chart` was asked.
#[derive(Clone, Debug)]
pub(crate) struct ChartQuery {
    pub(crate) cast: CastQuery,
    pub(crate) parts: Parts,
    pub(crate) rules: AspectRules,
    /// Whether it is told when aspects are exact, and whether they come to it.
    pub(crate) perfection: bool,
    /// Which tables dignities are taken from.
    pub(crate) tables: Tables,
    /// The lots that are told; `None` where none can be.
    pub(crate) lots: Option<Lots>,
    /// How it is drawn, where it is.
    pub(crate) drawing: Option<Drawing>,
}

/// Which aspects are looked for, and between what.
#[derive(Clone, Debug)]
pub(crate) struct AspectRules {
    pub(crate) aspects: Vec<Aspect>,
    /// What was given of orbs, as it was understood.
    pub(crate) orbs: Orbs,
    /// The angles that take part.
    pub(crate) angles: Vec<Angle>,
    /// The same, ready to be used.
    pub(crate) ready: Arc<Aspects>,
}

impl ChartQuery {
    /// Reads the parameters, of a chart that is drawn or told; `book` has the lots that can be named, and `now` is what they mean
    /// without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        drawing: Option<Drawing>,
        book: &Arc<Book>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<ChartQuery, Problem> {
        let is_grid = drawing.as_ref().is_some_and(|drawing| drawing.picture == Picture::Grid);
        // Nothing else stands in a grid.
        let parts = if is_grid { Parts::of([Part::Aspects]) } else { Parts::parse(params.get("include"))? };
        parts.check(params)?;
        let query = ChartQuery::of(params, parts, Placed::Needed, now)?;
        Ok(query.with_lots(params, book, USUAL_LOTS)?.drawn(drawing))
    }

    /// The same for certain parts, of which none are lots.
    pub(crate) fn of(
        params: &Params<'_>,
        parts: Parts,
        placed: Placed,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<ChartQuery, Problem> {
        let cast = CastQuery::new(params, placed, now)?;
        let rules = AspectRules::new(params, cast.division.is_some())?;
        ChartQuery::ruled(params, parts, cast, rules)
    }

    /// The same of what is cast already, with aspects by these rules.
    pub(super) fn ruled(
        params: &Params<'_>,
        parts: Parts,
        mut cast: CastQuery,
        rules: AspectRules,
    ) -> Result<ChartQuery, Problem> {
        cast.also(&needed(parts));
        let perfection = params.truth("perfection")?.unwrap_or(true);
        let tables = tables(params)?;
        Ok(ChartQuery { cast, parts, rules, perfection, tables, lots: None, drawing: None })
    }

    /// The same with lots, where they are among its parts. `usual` are those that are told unasked.
    pub(crate) fn with_lots(
        mut self,
        params: &Params<'_>,
        book: &Arc<Book>,
        usual: &str,
    ) -> Result<ChartQuery, Problem> {
        if self.parts.has(Part::Lots) {
            self.lots = Lots::parse(params, book, usual, &mut self.cast)?;
        }
        Ok(self)
    }

    /// Whether anything is looked for beyond the instant: when aspects are exact, and the new or full Moon before.
    pub(crate) fn searches(&self) -> bool {
        let is_exact_told = self.perfection && self.parts.has(Part::Aspects);
        let lots = self.lots.as_ref().map(|lots| lots.selection.points());
        is_exact_told || lots.is_some_and(|points| points.contains(&lots::Point::Syzygy))
    }

    /// The same as a picture, if one is asked for.
    pub(crate) fn drawn(self, drawing: Option<Drawing>) -> ChartQuery {
        ChartQuery { drawing, ..self }
    }
}

/// Reads `rulers`, `triplicities` and `terms`.
fn tables(params: &Params<'_>) -> Result<Tables, Problem> {
    let rulers = params.choice("rulers", &Rulers::ALL.map(|it| (it.name(), it)))?;
    let triplicities = params.choice("triplicities", &Triplicities::ALL.map(|it| (it.name(), it)))?;
    let terms = params.choice("terms", &Terms::ALL.map(|it| (it.name(), it)))?;
    Ok(Tables {
        rulers: rulers.unwrap_or_default(),
        triplicities: triplicities.unwrap_or_default(),
        terms: terms.unwrap_or_default(),
    })
}

/// The bodies that parts are made of, whether or not they are asked for.
fn needed(parts: Parts) -> Vec<WireBody> {
    let mut needed = Vec::new();
    // By the Sun it is day or night, which triplicities and terms may depend on.
    if [Part::Moon, Part::Sect, Part::Dignities, Part::Receptions].into_iter().any(|part| parts.has(part)) {
        needed.push(WireBody::SUN);
    }
    if parts.has(Part::Moon) {
        needed.push(WireBody::MOON);
    }
    needed
}

/// The parameters of aspects' rules.
pub(super) const RULES: [&str; 4] = ["aspects", "orbs", "orb_by", "angles"];

impl AspectRules {
    /// Reads [`RULES`].
    pub(crate) fn new(params: &Params<'_>, has_angles: bool) -> Result<AspectRules, Problem> {
        let aspects = match params.get("aspects") {
            Some(list) => aspect::parse_list(list)?,
            None => PTOLEMAIC.to_vec(),
        };
        let rule = params.get("orb_by").map(str::parse::<OrbRule>).transpose()?.unwrap_or_default();
        let orbs = match params.get("orbs") {
            Some(text) => Orbs::parse(rule, text)?,
            None => Orbs::new(rule),
        };
        let angles = angles(params.get("angles"), has_angles)?;
        let ready = Arc::new(Aspects::new(&aspects, &orbs));
        Ok(AspectRules { aspects, orbs, angles, ready })
    }
}

impl AspectRules {
    /// Reads the same with one orb for every aspect that has none of its own in `orbs`.
    pub(crate) fn with_orb(
        params: &Params<'_>,
        has_angles: bool,
        orb_deg: f64,
    ) -> Result<AspectRules, Problem> {
        let rules = AspectRules::new(params, has_angles)?;
        let orbs = rules.orbs.otherwise(orb_deg);
        let ready = Arc::new(Aspects::new(&rules.aspects, &orbs));
        Ok(AspectRules { orbs, ready, ..rules })
    }
}

/// Reads the angles that take part in aspects; `none` leaves all of them out.
fn angles(list: Option<&str>, has_angles: bool) -> Result<Vec<Angle>, Problem> {
    let Some(list) = list else {
        return Ok(if has_angles { USUAL_ANGLES.to_vec() } else { Vec::new() });
    };
    if list.trim() == "none" {
        return Ok(Vec::new());
    }
    let mut angles = Vec::new();
    for name in list.split(',').map(str::trim) {
        let Ok(Point::Angle(angle)) = name.parse::<Point>() else { return Err(unknown_angle(name)) };
        if angles.contains(&angle) {
            return Err(Problem::new(Code::RepeatedField, format!("{} is named twice", shown(name)))
                .parameter("angles")
                .hint("name each angle once"));
        }
        angles.push(angle);
    }
    if !has_angles {
        return Err(Problem::new(Code::Contradiction, "angles are those of a place, and there is none")
            .parameter("angles")
            .hint("leave angles out, or give lat and lon and the time of day"));
    }
    Ok(angles)
}

fn unknown_angle(name: &str) -> Problem {
    let problem = Problem::new(Code::UnknownValue, format!("{} is no angle of a chart", shown(name)))
        .parameter("angles");
    match nearest(name, Angle::ALL.into_iter().map(Angle::name).chain(["none"])) {
        Some(name) => problem.hint(format!("did you mean {name}?")),
        None => problem.hint("give names such as ascendant,mc, or none; bodies are named by bodies"),
    }
}
