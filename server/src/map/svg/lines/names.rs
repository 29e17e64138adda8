//! What lines are called, and where on the drawing that stands.

use orrery_almanac::Angularity;

use super::super::{CHART, WIDTH};
use super::palette::Palette;
use super::{BOTTOM, Drawn, MARK, TOP};
use crate::answer::events::words;
use crate::svg::{Document, side_by_side};

/// The widths of bold letters, capitals and others, as parts of their size, in typefaces that are wide.
const LETTERS: [f64; 2] = [0.86, 0.68];
/// The height of capital letters and digits, likewise.
const HIGH: f64 = 0.72;
/// The distance that names keep from each other and from the edge.
const AWAY: f64 = 3.0;

/// A size of words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    /// The class of what is of that size.
    pub(super) class: &'static str,
    /// Of names on the chart, units.
    name: f64,
    /// Of text under it.
    pub(super) text: f64,
    /// How many lines are told of a place.
    pub(super) nearest: usize,
    /// Heights at which curves are named, as parts of the way from the equator to a pole: a name on each side of the equator, or
    /// the first that has room alone.
    sides: &'static [&'static [f64]],
}

impl Size {
    /// For a wide screen, and for a telephone's.
    pub(super) const BOTH: [Size; 2] = [
        Size {
            class: "wide",
            name: 12.0,
            text: 15.0,
            nearest: 4,
            sides: &[
                &[0.3, 0.4, 0.2, 0.5, 0.1, 0.57, 0.25, 0.35, 0.45],
                &[-0.3, -0.4, -0.2, -0.5, -0.1, -0.57, -0.25, -0.35, -0.45],
            ],
        },
        Size {
            class: "narrow",
            name: 20.0,
            text: 19.0,
            nearest: 3,
            sides: &[&[0.3, -0.3, 0.15, -0.15, 0.45, -0.45, 0.0, 0.55, -0.55]],
        },
    ];

    /// The width of words on the chart.
    fn width(self, words: &str) -> f64 {
        let [capital, small] = LETTERS;
        let letter = |letter: char| if letter.is_uppercase() { capital } else { small };
        self.name * words.chars().map(letter).sum::<f64>()
    }
}

/// How a body is told from others.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// Its letters.
    pub(super) code: String,
    /// The classes of its lines.
    pub(super) classes: String,
}

impl Named {
    /// Every body of a map.
    pub(super) fn all(bodies: &[String], palette: &Palette) -> Vec<Named> {
        let codes = codes(bodies).into_iter().enumerate();
        codes.map(|(nth, code)| Named { code, classes: palette.classes(nth) }).collect()
    }
}

/// One to four letters for each body, or the initials and the number of one that has a number, such as `A433`; where all of these are
/// taken, its place in the list. No two are the same, not even without capitals.
fn codes(bodies: &[String]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for name in bodies {
        let name = words(name);
        let parts: Vec<&str> = name.split(' ').collect();
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
        let in_short = |part: &&str| -> String {
            if is_number(part) { (*part).to_owned() } else { part.chars().take(1).collect() }
        };
        let initials: String = parts.iter().map(in_short).collect();
        let several = (parts.len() > 1).then(|| initials.to_uppercase());
        let shortened = |letters: usize| name.chars().filter(|letter| *letter != ' ').take(letters).collect();
        let mut candidates = several.into_iter().chain((2..=4).map(shortened));
        let is_free = |code: &String| codes.iter().all(|known| known.to_lowercase() != code.to_lowercase());
        let free = candidates.find(|code: &String| !code.is_empty() && is_free(code));
        codes.push(free.unwrap_or_else(|| (codes.len() + 1).to_string()));
    }
    codes
}

/// The names of one size.
pub(super) struct Names<'a> {
    size: Size,
    named: &'a [Named],
    /// The boxes that are taken: left, top, right and bottom.
    taken: Vec<[f64; 4]>,
}

impl Names<'_> {
    pub(super) fn new(size: Size, named: &[Named]) -> Names<'_> {
        Names { size, named, taken: Vec::new() }
    }

    fn code(&self, body: usize) -> &str {
        self.named.get(body).map_or("", |named| &named.code)
    }

    /// Begins what has a body's colour.
    fn open(&self, line: &Drawn, body: &mut Document) {
        let classes = self.named.get(line.body).map_or("", |named| &named.classes);
        body.raw("<g class=\"").raw(classes).raw("\">");
    }

    /// Names the lines of the upper meridian above the chart, and those of the lower one below it: of more than there is room for
    /// those of the first bodies.
    pub(super) fn above_and_below(&self, drawn: &[Drawn], body: &mut Document) {
        for (angularity, edge, outward) in
            [(Angularity::Culminating, TOP, -1.0), (Angularity::Anticulminating, BOTTOM, 1.0)]
        {
            let mut ends: Vec<(f64, &Drawn)> = drawn
                .iter()
                .filter(|line| line.angularity == angularity)
                .filter_map(|line| Some((line.at(edge)?, line)))
                .collect();
            let widths = ends.iter().map(|(_, line)| self.size.width(self.code(line.body)) + AWAY);
            let wide = widths.fold(AWAY, f64::max);
            ends.sort_by_key(|(_, line)| line.body);
            ends.truncate((WIDTH / wide) as usize);
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            let wanted: Vec<f64> = ends.iter().map(|(x, _)| *x).collect();
            let [near, far] = [2.0, 9.0].map(|away| edge + outward * away);
            let high = HIGH * self.size.name;
            let baseline = if outward < 0.0 { far - 2.0 } else { far + 2.0 + high };
            for ((x, line), placed) in ends.iter().zip(side_by_side(&wanted, wide, [0.0, WIDTH])) {
                self.open(line, body);
                body.path("lead", &[vec![[*x, edge], [*x, near], [placed, far]]], false);
                body.text("code", [placed, baseline], "middle", None, self.code(line.body));
                body.raw("</g>\n");
            }
        }
    }

    /// Names curves on themselves, where no other name is and other lines are away.
    pub(super) fn beside_curves(&mut self, drawn: &[Drawn], body: &mut Document) {
        for heights in self.size.sides {
            let rows = heights.iter().map(|height| {
                let y = f64::midpoint(TOP, BOTTOM) - 0.5 * CHART * height;
                (y, drawn.iter().map(|line| line.at(y)).collect())
            });
            let rows: Vec<(f64, Vec<Option<f64>>)> = rows.collect();
            let curves = drawn.iter().enumerate().filter(|(_, line)| !line.angularity.is_on_meridian());
            for (nth, line) in curves {
                let code = self.code(line.body).to_owned();
                let half = 0.5 * self.size.width(&code);
                let candidates = rows.iter().filter_map(|(y, crossings)| {
                    let x = crossings.get(nth).copied().flatten()?;
                    let others = crossings.iter().enumerate().filter(|(other, _)| *other != nth);
                    let away = others.filter_map(|(_, other)| Some((other.as_ref()? - x).abs()));
                    let clear = away.fold(f64::INFINITY, f64::min).min(2.0 * half);
                    let around = self.around([x, *y], half);
                    self.is_free(around).then_some((clear, [x, *y], around))
                });
                // The first of those that are as clear.
                let best = candidates.reduce(|best, next| if next.0 > best.0 { next } else { best });
                if let Some((_, at, around)) = best {
                    self.taken.push(around);
                    self.open(line, body);
                    self.write(at, &code, body);
                    body.raw("</g>\n");
                }
            }
        }
    }

    /// Names a place that is marked, on the side that has room.
    pub(super) fn beside_mark(&mut self, [x, y]: [f64; 2], label: &str, body: &mut Document) {
        let half = 0.5 * self.size.width(label);
        self.taken.push([x - MARK, y - MARK, x + MARK, y + MARK]);
        let away = MARK + 0.5 * HIGH * self.size.name + AWAY;
        let beside = MARK + AWAY + AWAY + half;
        for at in [[x + beside, y], [x - beside, y], [x, y - away], [x, y + away]] {
            let around = self.around(at, half);
            if self.is_free(around) {
                self.taken.push(around);
                self.write(at, label, body);
                return;
            }
        }
    }

    fn around(&self, [x, y]: [f64; 2], half: f64) -> [f64; 4] {
        let high = 0.5 * HIGH * self.size.name;
        [x - half, y - high, x + half, y + high]
    }

    fn is_free(&self, [left, top, right, bottom]: [f64; 4]) -> bool {
        let is_inside = left >= AWAY && right <= WIDTH - AWAY && top >= TOP + AWAY && bottom <= BOTTOM - AWAY;
        is_inside
            && self.taken.iter().all(|other| {
                left > other[2] + AWAY
                    || other[0] > right + AWAY
                    || top > other[3] + AWAY
                    || other[1] > bottom + AWAY
            })
    }

    /// Words around a point, with a halo that keeps them legible.
    fn write(&self, [x, y]: [f64; 2], words: &str, body: &mut Document) {
        let at = [x, y + 0.5 * HIGH * self.size.name];
        body.text("clear", at, "middle", None, words);
        body.text("code", at, "middle", None, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_has_its_own_letters() {
        let names = [
            "sun",
            "moon",
            "mercury",
            "mean_node",
            "mean_apogee",
            "saturn",
            "mars",
            "m",
            "",
            "mars",
            "marsh",
        ];
        let bodies = names.map(str::to_owned);
        let codes = codes(&bodies);
        assert_eq!(codes, ["Su", "Mo", "Me", "MN", "MA", "Sa", "Mar", "M", "9", "Mars", "11"]);
    }

    #[test]
    fn numbered_bodies_are_named_by_their_numbers() {
        let bodies = ["asteroid:433", "asteroid:4", "asteroid:43", "asteroid:136199"].map(str::to_owned);
        assert_eq!(codes(&bodies), ["A433", "A4", "A43", "A136199"]);
    }
}
