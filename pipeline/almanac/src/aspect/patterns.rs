//! Figures that aspects make together.
//!
//! | pattern | what makes it |
//! | --- | --- |
//! | grand trine | three points, each in trine to both others |
//! | kite | a grand trine, and a point opposite to one corner and in sextile to the others |
//! | T-square | two points in opposition, and one in square to both |
//! | grand cross | two oppositions, whose ends are in square |
//! | yod | two points in sextile, and one in quincunx to both |
//! | mystic rectangle | two oppositions, whose ends are in sextile and in trine by turns |
//! | grand sextile | two grand trines, whose corners are opposite and in sextile |
//! | stellium | some points in one sign, or within one arc |
//!
//! They are made of the aspects that were found, with the orbs that these were found by: a yod is there only if quincunxes were
//! looked for. Each is told once; what is part of a greater one with a name is told as that alone: the grand trine of a
//! kite, T-squares of a grand cross, and all that is in a grand sextile. A stellium in a sign is not told again as one in an
//! arc. Angles and other points take part as they are given, but for stellia, which are of what is no angle; and of what is one
//! thing by several reckonings, as the mean and the true node are, a stellium counts one.
//!
//! Whether something is part of a greater figure follows from the aspects of its own points: no two figures are compared.

use std::collections::BTreeSet;

use super::{Aspect, Found, Matrix, Placed};
use crate::error::Error;
use crate::frames::wrap_deg;
use crate::zodiac::{Element, InSign, Mode, Sign};

#[cfg(test)]
mod tests;

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternKind {
    /// Six points in a ring of sextiles.
    GrandSextile,
    /// A grand trine with a fourth point opposite to a corner.
    Kite,
    /// Three points in trine.
    GrandTrine,
    /// Four points in square.
    GrandCross,
    /// An opposition, and what is in square to both ends.
    TSquare,
    /// Two oppositions in sextile and trine.
    MysticRectangle,
    /// A sextile, and what is in quincunx to both ends.
    Yod,
    /// Points together.
    Stellium,
}

/// What a point is in a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// One like the others.
    Corner,
    /// That to which the others tend: in square or in quincunx to both ends of the base, or where a kite's sextiles meet.
    Apex,
    /// An end of the opposition or sextile that the apex looks at.
    Base,
    /// The corner of a kite that is opposite to its apex.
    Tail,
    /// One of the other two corners of a kite.
    Wing,
}

/// A figure that is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Its points, by their places among those given, with what each is in it: the apex first, then the tail or the base; corners
    /// round the figure, the first of the points first; a stellium's along the zodiac.
    pub members: Vec<(usize, Role)>,
    /// The element of all corners of a grand trine, with a kite's tail and wings, if they have one.
    pub element: Option<Element>,
    /// The mode of all points of a T-square or a grand cross, if they have one.
    pub mode: Option<Mode>,
    /// The sign of all points of a stellium, if they are in one.
    pub sign: Option<Sign>,
}

/// How many points make a stellium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stellia {
    /// In one sign; none are looked for without.
    pub in_sign: Option<usize>,
    /// Within an arc of so many degrees, likewise.
    pub in_arc: Option<(usize, f64)>,
}

impl Default for Stellia {
    /// Four in a sign, or three within 8°.
    fn default() -> Stellia {
        Stellia { in_sign: Some(4), in_arc: Some((3, 8.0)) }
    }
}

impl PatternKind {
    /// Every one, in the order in which they are told.
    pub const ALL: [PatternKind; 8] = [
        PatternKind::GrandSextile,
        PatternKind::Kite,
        PatternKind::GrandTrine,
        PatternKind::GrandCross,
        PatternKind::TSquare,
        PatternKind::MysticRectangle,
        PatternKind::Yod,
        PatternKind::Stellium,
    ];

    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PatternKind::GrandSextile => "grand_sextile",
            PatternKind::Kite => "kite",
            PatternKind::GrandTrine => "grand_trine",
            PatternKind::GrandCross => "grand_cross",
            PatternKind::TSquare => "t_square",
            PatternKind::MysticRectangle => "mystic_rectangle",
            PatternKind::Yod => "yod",
            PatternKind::Stellium => "stellium",
        }
    }
}

impl Role {
    /// The word, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Corner => "corner",
            Role::Apex => "apex",
            Role::Base => "base",
            Role::Tail => "tail",
            Role::Wing => "wing",
        }
    }
}

/// All figures of one chart, from its points and the aspects found of them ([`super::Aspects::within`]), kind by kind and then in
/// the order of their points.
///
/// # Errors
/// [`Error::TooManyPatterns`] where there are more than `most`: of orbs so wide that nearly any points make a figure.
pub fn patterns(
    points: &[Placed],
    found: &[Found],
    stellia: &Stellia,
    most: usize,
) -> Result<Vec<Pattern>, Error> {
    let graph = Graph::of(points, found);
    let mut all = Told { patterns: Vec::new(), most };
    let trines = graph.grand_trines();
    all.add(graph.grand_sextiles(&trines))?;
    all.add(graph.kites(&trines))?;
    let alone =
        trines.iter().filter(|trine| !graph.is_in_kite(**trine) && !graph.is_in_grand_sextile(**trine));
    all.add(alone.map(|trine| Pattern::of_corners(PatternKind::GrandTrine, trine)))?;
    all.add(graph.grand_crosses())?;
    all.add(graph.t_squares())?;
    all.add(graph.rectangles())?;
    all.add(graph.yods())?;
    for pattern in &mut all.patterns {
        pattern.name_signs(&graph.signs);
    }
    all.add(together(points, &graph.signs, stellia).into_iter())?;
    Ok(all.patterns)
}

/// Figures, as many as there may be.
struct Told {
    patterns: Vec<Pattern>,
    most: usize,
}

impl Told {
    /// Adds some, one after the other, so that no more are looked for than there may be.
    fn add(&mut self, patterns: impl Iterator<Item = Pattern>) -> Result<(), Error> {
        for pattern in patterns {
            if self.patterns.len() == self.most {
                return Err(Error::TooManyPatterns { most: self.most });
            }
            self.patterns.push(pattern);
        }
        Ok(())
    }
}

impl Pattern {
    fn new(kind: PatternKind, members: Vec<(usize, Role)>) -> Pattern {
        Pattern { kind, members, element: None, mode: None, sign: None }
    }

    fn of_corners(kind: PatternKind, corners: &[usize]) -> Pattern {
        Pattern::new(kind, corners.iter().map(|&point| (point, Role::Corner)).collect())
    }

    /// An apex and the two that it looks at.
    fn of_apex(kind: PatternKind, apex: usize, base: [usize; 2]) -> Pattern {
        let members = [(apex, Role::Apex), (base[0], Role::Base), (base[1], Role::Base)];
        Pattern::new(kind, members.to_vec())
    }

    fn is_part_of(&self, other: &Pattern) -> bool {
        self.members.iter().all(|(point, _)| other.members.iter().any(|(member, _)| member == point))
    }

    /// Says what the signs of its points have in common.
    fn name_signs(&mut self, signs: &[Option<Sign>]) {
        let of = |role: Option<Role>| {
            let members = self.members.iter().filter(move |member| Some(member.1) != role);
            members.map(|&(point, _)| signs[point])
        };
        match self.kind {
            PatternKind::GrandTrine | PatternKind::Kite => {
                self.element = shared(of(Some(Role::Apex)).map(|sign| sign.map(Sign::element)));
            }
            PatternKind::GrandCross | PatternKind::TSquare => {
                self.mode = shared(of(None).map(|sign| sign.map(Sign::mode)));
            }
            _ => {}
        }
    }
}

/// What all have, if they have one.
fn shared<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// Points joined by aspects.
struct Graph {
    signs: Vec<Option<Sign>>,
    aspects: Matrix,
    /// The other ends of each point's trines, sextiles, oppositions, squares and quincunxes, in order.
    ends: Vec<[Vec<usize>; 5]>,
}

/// The aspects of which figures are made.
const MADE_OF: [Aspect; 5] =
    [Aspect::Trine, Aspect::Sextile, Aspect::Opposition, Aspect::Square, Aspect::Quincunx];

impl Graph {
    fn of(points: &[Placed], found: &[Found]) -> Graph {
        let count = points.len();
        let sign = |point: &Placed| {
            let longitude_deg = point.longitude.value;
            longitude_deg.is_finite().then(|| InSign::of(longitude_deg).sign)
        };
        let aspects = Matrix::of(count, found);
        let ends =
            |a: usize| MADE_OF.map(|of| (0..count).filter(|b| aspects.get(a, *b) == Some(of)).collect());
        let ends = (0..count).map(ends).collect();
        Graph { signs: points.iter().map(sign).collect(), aspects, ends }
    }

    fn are(&self, aspect: Aspect, a: usize, b: usize) -> bool {
        self.aspects.get(a, b) == Some(aspect)
    }

    /// What a point has an aspect with.
    fn ends(&self, aspect: Aspect, a: usize) -> &[usize] {
        MADE_OF.iter().position(|of| *of == aspect).map_or(&[], |nth| &self.ends[a][nth])
    }

    /// Pairs of points with an aspect, each once.
    fn pairs(&self, aspect: Aspect) -> impl Iterator<Item = [usize; 2]> {
        (0..self.ends.len())
            .flat_map(move |a| self.ends(aspect, a).iter().filter(move |b| a < **b).map(move |b| [a, *b]))
    }

    /// What has an aspect with both points of a pair.
    fn apexes(&self, aspect: Aspect, [a, b]: [usize; 2]) -> impl Iterator<Item = usize> {
        self.ends(aspect, a).iter().copied().filter(move |apex| self.are(aspect, *apex, b))
    }

    fn grand_trines(&self) -> Vec<[usize; 3]> {
        let third = |[a, b]: [usize; 2]| {
            self.apexes(Aspect::Trine, [a, b]).filter(move |c| b < *c).map(move |c| [a, b, c])
        };
        self.pairs(Aspect::Trine).flat_map(third).collect()
    }

    /// What is opposite to a corner of a grand trine and in sextile to its others.
    fn kite_apexes(&self, tail: usize, wings: [usize; 2]) -> impl Iterator<Item = usize> {
        let is_apex =
            move |apex: &usize| wings.into_iter().all(|wing| self.are(Aspect::Sextile, *apex, wing));
        self.ends(Aspect::Opposition, tail).iter().copied().filter(is_apex)
    }

    fn is_in_kite(&self, trine: [usize; 3]) -> bool {
        corners(trine).into_iter().any(|(tail, wings)| self.kite_apexes(tail, wings).next().is_some())
    }

    /// The grand trines that make a grand sextile with one, whose points are opposite to its corners in their order.
    fn across(&self, [a, b, c]: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
        let trine = move |p: usize, q: usize| self.are(Aspect::Trine, p, q);
        self.kite_apexes(a, [b, c]).flat_map(move |p| {
            let seconds = self.kite_apexes(b, [a, c]).filter(move |q| trine(p, *q));
            seconds.flat_map(move |q| {
                let thirds = self.kite_apexes(c, [a, b]).filter(move |r| trine(p, *r) && trine(q, *r));
                thirds.map(move |r| [p, q, r])
            })
        })
    }

    fn is_in_grand_sextile(&self, trine: [usize; 3]) -> bool {
        self.across(trine).next().is_some()
    }

    /// Grand sextiles, from the grand trine with the first of the six points.
    fn grand_sextiles(&self, trines: &[[usize; 3]]) -> impl Iterator<Item = Pattern> {
        trines.iter().flat_map(move |&[a, b, c]| {
            let across = self.across([a, b, c]).filter(move |across| across.iter().all(|point| a < *point));
            // Round the ring: from a corner, past the one that is opposite to the last, to the next.
            across.map(move |[p, q, r]| Pattern::of_corners(PatternKind::GrandSextile, &[a, r, b, p, c, q]))
        })
    }

    /// Kites that are no part of a grand sextile.
    fn kites(&self, trines: &[[usize; 3]]) -> impl Iterator<Item = Pattern> {
        trines.iter().copied().flat_map(corners).flat_map(move |(tail, wings)| {
            let [left, right] = wings;
            let is_alone =
                move |apex: &usize| !self.across([tail, left, right]).any(|[across, ..]| across == *apex);
            self.kite_apexes(tail, wings).filter(is_alone).map(move |apex| {
                let [left, right] = wings.map(|wing| (wing, Role::Wing));
                let members = vec![(apex, Role::Apex), (tail, Role::Tail), left, right];
                Pattern::new(PatternKind::Kite, members)
            })
        })
    }

    /// Two oppositions, each pair once, whose ends are in these aspects: the first end of one to the first of the other, and to its
    /// second; the others likewise, the other way round.
    fn crossed(&self, [to_first, to_second]: [Aspect; 2]) -> impl Iterator<Item = [usize; 4]> {
        self.pairs(Aspect::Opposition).flat_map(move |[a, b]| {
            let firsts = self.ends(to_first, a).iter().filter(move |c| a < **c);
            firsts.flat_map(move |&c| {
                let others = self.ends(Aspect::Opposition, c).iter().copied().filter(move |d| a < *d);
                others
                    // Where both ways are alike, one of the two would be the other once more.
                    .filter(move |d| to_first != to_second || c < *d)
                    .filter(move |d| self.are(to_second, a, *d))
                    .filter(move |d| self.are(to_second, b, c) && self.are(to_first, b, *d))
                    .map(move |d| [a, c, b, d])
            })
        })
    }

    fn grand_crosses(&self) -> impl Iterator<Item = Pattern> {
        let crosses = self.crossed([Aspect::Square; 2]);
        crosses.map(|corners| Pattern::of_corners(PatternKind::GrandCross, &corners))
    }

    /// Mystic rectangles that are no part of a grand sextile: there a point in trine to two that are in sextile is the third corner
    /// of the one's grand trine.
    fn rectangles(&self) -> impl Iterator<Item = Pattern> {
        let is_alone = move |&[a, c, b, d]: &[usize; 4]| {
            // From `a` it is a sextile to `c` and a trine to `d`.
            let mut thirds = self.apexes(Aspect::Trine, [a, d]);
            !thirds.any(|third| self.across([a, d, third]).any(|[of_a, of_d, _]| (of_a, of_d) == (b, c)))
        };
        let rectangles = self.crossed([Aspect::Sextile, Aspect::Trine]).filter(is_alone);
        rectangles.map(|corners| Pattern::of_corners(PatternKind::MysticRectangle, &corners))
    }

    /// T-squares that are no part of a grand cross.
    fn t_squares(&self) -> impl Iterator<Item = Pattern> {
        let of = move |base: [usize; 2]| {
            let crosses = move |apex: usize| {
                let others = self.ends(Aspect::Opposition, apex).iter();
                others.copied().any(|other| base.into_iter().all(|end| self.are(Aspect::Square, end, other)))
            };
            let apexes = self.apexes(Aspect::Square, base).filter(move |apex| !crosses(*apex));
            apexes.map(move |apex| Pattern::of_apex(PatternKind::TSquare, apex, base))
        };
        self.pairs(Aspect::Opposition).flat_map(of)
    }

    fn yods(&self) -> impl Iterator<Item = Pattern> {
        let of = move |base| {
            let apexes = self.apexes(Aspect::Quincunx, base);
            apexes.map(move |apex| Pattern::of_apex(PatternKind::Yod, apex, base))
        };
        self.pairs(Aspect::Sextile).flat_map(of)
    }
}

/// Each corner of a grand trine, with the other two.
const fn corners([a, b, c]: [usize; 3]) -> [(usize, [usize; 2]); 3] {
    [(a, [b, c]), (b, [a, c]), (c, [a, b])]
}

/// Points that count each: of a group all together are one.
fn distinct(points: &[Placed], members: &[usize]) -> usize {
    let groups: BTreeSet<u8> = members.iter().filter_map(|&point| points[point].group).collect();
    members.iter().filter(|&&point| points[point].group.is_none()).count() + groups.len()
}

/// Stellia.
fn together(points: &[Placed], signs: &[Option<Sign>], stellia: &Stellia) -> Vec<Pattern> {
    let longitude = |point: usize| wrap_deg(points[point].longitude.value);
    let mut along: Vec<usize> =
        (0..points.len()).filter(|&point| signs[point].is_some() && !points[point].is_angle).collect();
    along.sort_by(|a, b| longitude(*a).total_cmp(&longitude(*b)).then(a.cmp(b)));
    let stellium = |members: &[usize]| {
        let mut pattern = Pattern::of_corners(PatternKind::Stellium, members);
        pattern.sign = shared(members.iter().map(|&point| signs[point]));
        pattern
    };
    let mut found: Vec<Pattern> = Vec::new();
    if let Some(least) = stellia.in_sign {
        for members in
            along.chunk_by(|a, b| signs[*a] == signs[*b]).filter(|members| distinct(points, members) >= least)
        {
            found.push(stellium(members));
        }
    }
    let Some((least, arc_deg)) = stellia.in_arc else { return found };
    // For each first one all that follow it within the arc.
    let count = along.len();
    let arcs: Vec<Pattern> = (0..count)
        .filter_map(|first| {
            let from = longitude(along[first]);
            let is_within = |nth: &usize| wrap_deg(longitude(along[nth % count]) - from) <= arc_deg;
            let more = (first + 1..first + count).take_while(is_within).count();
            let members: Vec<_> = (first..=first + more).map(|nth| along[nth % count]).collect();
            (distinct(points, &members) >= least).then(|| stellium(&members))
        })
        .collect();
    for (nth, arc) in arcs.iter().enumerate() {
        // Of those that are parts of each other, which are the same, the first is told.
        let is_in = |(other, whole): (usize, &Pattern)| {
            other != nth && arc.is_part_of(whole) && (other < nth || !whole.is_part_of(arc))
        };
        if !arcs.iter().enumerate().any(is_in) && !found.iter().any(|other| arc.is_part_of(other)) {
            found.push(arc.clone());
        }
    }
    found
}
