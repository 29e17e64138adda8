//! Lots, or Arabic parts: places in the zodiac that are reckoned from others, such as that of fortune, which is as far from the
//! ascendant as the Moon is from the Sun.
//!
//! A [`Book`] of lots is read from text in TOML, of which the repository's `data/lots.toml` is one; a user's own may stand beside it,
//! and use what is in the others:
//!
//! ```toml
//! [[lot]]
//! name = "eros"
//! aliases = ["love"]
//! sets = ["hermetic"]
//! day = "ascendant + venus - spirit"
//! night = "ascendant + spirit - venus"    # as by day where it is left out
//! source = "Paulus Alexandrinus, Introduction, 23"
//! about = "What one desires."
//! ```
//!
//! | in a formula | means |
//! | --- | --- |
//! | `sun`, `true_node`, `asteroid:433` … | a body's longitude |
//! | `ascendant`, `mc`, `vertex` … | an angle's |
//! | `cusp_8` | that of a house's cusp |
//! | `ruler_2` | that of the planet, of the seven, that rules the sign which the cusp of a house is in |
//! | `syzygy` | that of the new or full Moon before birth, of the Moon then |
//! | `spirit` … | another lot, by name or alias |
//! | `15.5` | degrees |
//! | `+ - * / ( )` | what they mean elsewhere |
//! | `arc(a, b)` | the shorter way between two places, 0 to 180 |
//!
//! Longitudes are numbers 0 ≤ λ < 360, reckoning is with plain numbers, and what comes out is brought back onto the circle.
//! All that can be wrong with a formula is found when the book is read; only what depends on the chart is left for
//! [`Selection::evaluate`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use orrery_format::Body;

use crate::bodies::WireBody;
use crate::dignities::{PLANETS, Rulers};
use crate::error::{Error, shown};
use crate::frames::wrap_deg;
use crate::houses::Angle;
use crate::sect::Sect;
use crate::suggest;
use crate::vector::Varying;
use crate::zodiac::InSign;

mod book;
mod formula;

pub use book::{Book, Lot};
pub use formula::ARC;
use formula::{Op, STACK};

/// The set that every lot is in.
const ALL: &str = "all";

/// Something in a chart that lots are reckoned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// A body.
    Body(WireBody),
    /// An angle.
    Angle(Angle),
    /// The cusp of a house, 1 to 12.
    Cusp(u8),
    /// The new or full Moon before birth: the place of the Moon at it.
    Syzygy,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::Body(body) => write!(f, "{body}"),
            Point::Angle(angle) => write!(f, "{angle}"),
            Point::Cusp(house) => write!(f, "cusp_{house}"),
            Point::Syzygy => f.write_str(book::SYZYGY),
        }
    }
}

/// Some lots of a book, with what has to be reckoned for them, in an order in which it can be.
#[derive(Clone, Debug)]
pub struct Selection {
    book: Arc<Book>,
    /// Which lots were asked for, by their places among the steps, with their places in the book.
    asked: Vec<(u16, u16)>,
    /// Of which lot of the book each step is.
    needed: Vec<u16>,
    steps: Vec<Step>,
    /// What steps do; lots are meant by their step, points by their place in `points`.
    ops: Vec<Op>,
    points: Vec<Point>,
    /// Where in `points` the seven planets are, if the ruler of a house is wanted.
    planets: [u16; PLANETS.len()],
}

/// The reckoning of one lot: pieces of [`Selection::ops`].
#[derive(Clone, Copy, Debug)]
struct Step {
    day: (u32, u32),
    night: (u32, u32),
    /// Whether day and night differ.
    is_sectarian: bool,
}

/// Why a lot comes to nothing.
#[derive(Clone, Copy)]
enum Fault {
    Lacks(Point),
    LacksSect,
    DividesByZero,
    TooGreat,
}

impl Book {
    /// The lots of a list of names, aliases and sets separated by commas, such as `hermetic,father`; each once, where it is first
    /// mentioned. Every book has the set `all`.
    ///
    /// # Errors
    /// [`Error::UnknownLot`] with the nearest name, or [`Error::EmptyLot`].
    pub fn select(self: &Arc<Book>, list: &str) -> Result<Selection, Error> {
        let mut asked = Vec::new();
        let mut mentioned = BTreeSet::new();
        for entry in list.split(',') {
            let name = entry.trim().to_ascii_lowercase();
            if name.is_empty() {
                return Err(Error::EmptyLot);
            }
            let is_meant = |lot: &Lot| name == ALL || lot.sets.contains(&name);
            let members: Vec<u16> = match self.number_of(&name) {
                Some(lot) => vec![lot],
                None => (0_u16..)
                    .zip(self.lots())
                    .filter(|(_, lot)| is_meant(lot))
                    .map(|(number, _)| number)
                    .collect(),
            };
            if members.is_empty() && name != ALL {
                let suggestion = suggest::nearest(&name, self.names().chain(self.sets()));
                return Err(Error::UnknownLot {
                    name: shown(entry.trim()),
                    suggestion: suggestion.map(str::to_owned),
                });
            }
            asked.extend(members.into_iter().filter(|lot| mentioned.insert(*lot)));
        }
        Ok(self.selection(&asked))
    }

    /// What has to be reckoned for lots of the book.
    fn selection(self: &Arc<Book>, asked: &[u16]) -> Selection {
        let mut is_needed = vec![false; self.lots().len()];
        for lot in asked {
            is_needed[usize::from(*lot)] = true;
        }
        for lot in self.order().iter().rev() {
            if is_needed[usize::from(*lot)] {
                for op in self.programs(*lot).into_iter().flatten() {
                    if let Op::Lot(other) = op {
                        is_needed[usize::from(*other)] = true;
                    }
                }
            }
        }
        let mut selection = Selection {
            book: Arc::clone(self),
            asked: Vec::new(),
            needed: Vec::new(),
            steps: Vec::new(),
            ops: Vec::new(),
            points: Vec::new(),
            planets: [0; PLANETS.len()],
        };
        let mut step_of = vec![0_u16; self.lots().len()];
        for lot in self.order().iter().filter(|lot| is_needed[usize::from(**lot)]) {
            step_of[usize::from(*lot)] = selection.steps.len() as u16;
            selection.needed.push(*lot);
            let [day, night] = self.programs(*lot);
            let is_sectarian = day != night;
            let day = selection.append(day, self.points(), &step_of);
            let night = if is_sectarian { selection.append(night, self.points(), &step_of) } else { day };
            selection.steps.push(Step { day, night, is_sectarian });
        }
        if selection.ops.iter().any(|op| matches!(op, Op::Ruler(_))) {
            selection.planets =
                PLANETS.map(|planet| selection.place_of(Point::Body(WireBody::Tabulated(planet))));
        }
        selection.asked = asked.iter().map(|lot| (step_of[usize::from(*lot)], *lot)).collect();
        selection
    }
}

impl Selection {
    /// Adds a program of the book, and what it is reckoned from.
    fn append(&mut self, program: &[Op], points: &[Point], step_of: &[u16]) -> (u32, u32) {
        let begin = self.ops.len() as u32;
        for op in program {
            let op = match *op {
                Op::Point(point) => Op::Point(self.place_of(points[usize::from(point)])),
                Op::Ruler(cusp) => Op::Ruler(self.place_of(points[usize::from(cusp)])),
                Op::Lot(lot) => Op::Lot(step_of[usize::from(lot)]),
                op => op,
            };
            self.ops.push(op);
        }
        (begin, self.ops.len() as u32)
    }

    fn place_of(&mut self, point: Point) -> u16 {
        let known = self.points.iter().position(|known| *known == point);
        known.unwrap_or_else(|| {
            self.points.push(point);
            self.points.len() - 1
        }) as u16
    }

    /// The lots, in the order in which they were asked for.
    #[must_use]
    pub fn lots(&self) -> impl ExactSizeIterator<Item = &Lot> {
        self.asked.iter().map(|(_, lot)| &self.book.lots()[usize::from(*lot)])
    }

    /// The lots with those that they are reckoned from, each once: on the formulas of these all that is found depends.
    pub fn needed(&self) -> impl Iterator<Item = &Lot> {
        self.needed.iter().map(|lot| &self.book.lots()[usize::from(*lot)])
    }

    /// What the lots are reckoned from, each once; all seven planets where the ruler of a house is wanted.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Longitudes of the lots in degrees with their changes a day, in the order in which they were asked for, of a chart whose sect and points
    /// are given as far as they are known: longitudes in degrees with their changes a day. Each point is asked for once.
    ///
    /// # Errors
    /// For each lot by itself [`Error::LotLacks`] where something that it needs is not known, or [`Error::LotFails`] where it divides by
    /// zero or becomes greater than numbers can be.
    pub fn evaluate(
        &self,
        sect: Option<Sect>,
        mut point: impl FnMut(Point) -> Option<Varying>,
    ) -> Vec<Result<Varying, Error>> {
        // What is no number is not known; wrapping would make it 0.
        let known = |place: Varying| place.value.is_finite() && place.rate.is_finite();
        let wrapped = |place: Varying| Varying::new(wrap_deg(place.value), place.rate);
        let points = self.points.iter();
        let given: Vec<_> =
            points.map(|wanted| point(*wanted).filter(|place| known(*place)).map(wrapped)).collect();
        let mut stack = [Varying::default(); STACK];
        let mut found: Vec<Result<Varying, Fault>> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let (begin, end) = match sect {
                Some(Sect::Night) => step.night,
                None if step.is_sectarian => {
                    found.push(Err(Fault::LacksSect));
                    continue;
                }
                Some(Sect::Day) | None => step.day,
            };
            let program = &self.ops[begin as usize..end as usize];
            found.push(self.run(program, &given, &found, &mut stack));
        }
        self.asked
            .iter()
            .map(|(step, lot)| found[usize::from(*step)].map_err(|fault| self.error(*lot, fault)))
            .collect()
    }

    /// Runs one program. The stack is as deep as any program that the parser lets through needs.
    fn run(
        &self,
        program: &[Op],
        given: &[Option<Varying>],
        lots: &[Result<Varying, Fault>],
        stack: &mut [Varying; STACK],
    ) -> Result<Varying, Fault> {
        let known = |place: usize| given[place].ok_or(Fault::Lacks(self.points[place]));
        let mut top = 0;
        for op in program {
            let value = match *op {
                Op::Degrees(degrees) => Varying::constant(degrees),
                Op::Point(place) => known(usize::from(place))?,
                Op::Ruler(cusp) => known(usize::from(self.planets[ruler(known(usize::from(cusp))?)]))?,
                Op::Lot(step) => lots[usize::from(step)]?,
                Op::Negate => {
                    top -= 1;
                    -stack[top]
                }
                Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Arc => {
                    top -= 2;
                    let (a, b) = (stack[top], stack[top + 1]);
                    match *op {
                        Op::Add => a + b,
                        Op::Subtract => a - b,
                        Op::Multiply => a * b,
                        Op::Divide if b.value == 0.0 => return Err(Fault::DividesByZero),
                        Op::Divide => a / b,
                        _ => arc(a, b),
                    }
                }
            };
            stack[top] = value;
            top += 1;
        }
        let Varying { value, rate } = stack[0];
        if value.is_finite() && rate.is_finite() {
            Ok(Varying::new(wrap_deg(value), rate))
        } else {
            Err(Fault::TooGreat)
        }
    }

    fn error(&self, lot: u16, fault: Fault) -> Error {
        let is_own = self.book.is_own(lot);
        let lot = self.book.lots()[usize::from(lot)].name.clone();
        let lacks = |lot, needs| Error::LotLacks { lot, needs, is_own };
        match fault {
            Fault::Lacks(point) => lacks(lot, format!("`{point}`")),
            Fault::LacksSect => lacks(lot, "to know whether it is day".to_owned()),
            Fault::DividesByZero => Error::LotFails { lot, why: "divides by zero", is_own },
            Fault::TooGreat => Error::LotFails { lot, why: "is greater than numbers can be", is_own },
        }
    }
}

/// Which of the seven planets rules the sign that a cusp is in.
fn ruler(cusp: Varying) -> usize {
    let ruler: Body = Rulers::Traditional.ruler(InSign::of(cusp.value).sign);
    PLANETS.iter().position(|planet| *planet == ruler).unwrap_or_default()
}

/// The shorter way between two places.
fn arc(a: Varying, b: Varying) -> Varying {
    let between = b - a;
    let ahead = wrap_deg(between.value);
    if ahead <= 180.0 {
        Varying::new(ahead, between.rate)
    } else {
        Varying::new(360.0 - ahead, -between.rate)
    }
}
