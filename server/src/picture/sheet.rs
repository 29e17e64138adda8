//! Sheets: the heading, with the wheel, the tables of positions and the grid of aspects, or one of them alone.

use super::figure::{Connection, Figure};
use super::glyph::Glyphs;
use super::style::LOOK;
use super::table::Table;
use super::{grid, wheel, words};
use crate::svg::{BOLD, Document, Root, Theme, fitting, wrapped};

/// About everything.
const MARGIN: f64 = 14.0;
/// Between the parts.
const GAP: f64 = 28.0;
/// The size of the title, and of the lines under it, with the way from one to the next.
const TITLE: f64 = 25.0;
const LINE: f64 = 15.5;
const LEADING: f64 = 1.42;
/// The width of what is read on a telephone.
const NARROW: f64 = 720.0;
/// How many times as large tables are there, and grids at most.
const ENLARGED: f64 = 1.75;
/// A grid that is no wider stands beside the wheel, where it may be so many times as large as by itself.
const BESIDE: f64 = 640.0;
const SMALLER: [f64; 4] = [1.0, 0.92, 0.85, 0.78];
/// How far what is beside the wheel may reach below it, as a part of the wheel's height.
const BELOW: f64 = 0.3;

/// How the parts of a sheet stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Side by side.
    #[default]
    Landscape,
    /// Under each other.
    Portrait,
}

impl Layout {
    /// Every one.
    pub(crate) const ALL: [Layout; 2] = [Layout::Landscape, Layout::Portrait];

    /// The name, as requests spell it.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Layout::Landscape => "landscape",
            Layout::Portrait => "portrait",
        }
    }

    /// How many times as large as usual the heading is.
    const fn heading(self) -> f64 {
        match self {
            Layout::Landscape => 1.0,
            Layout::Portrait => 1.35,
        }
    }
}

/// What a drawing on a sheet is.
#[derive(Clone, Debug)]
enum Part<'a> {
    Wheel(Layout),
    Table(Table<'a>),
    Grid,
}

/// A part, where it is, and how many times as large as it is by itself.
#[derive(Clone, Debug)]
struct Placed<'a> {
    part: Part<'a>,
    at: [f64; 2],
    scale: f64,
}

impl Figure {
    /// The wheel alone, as an SVG document: what is written is larger in portrait.
    #[must_use]
    pub(crate) fn wheel(&self, theme: Theme, layout: Layout) -> String {
        let scale = match layout {
            Layout::Landscape => 1.0,
            Layout::Portrait => NARROW / wheel::side(self, layout),
        };
        self.document(
            "img",
            theme,
            layout.heading(),
            &[Placed { part: Part::Wheel(layout), at: [0.0; 2], scale }],
        )
    }

    /// The grid of aspects alone, as an SVG document.
    #[must_use]
    pub(crate) fn grid(&self, theme: Theme) -> String {
        self.document(SEVERAL, theme, 1.0, &[Placed { part: Part::Grid, at: [0.0; 2], scale: 1.0 }])
    }

    /// Wheel, positions and aspects, as an SVG document.
    #[must_use]
    pub(crate) fn sheet(&self, theme: Theme, layout: Layout) -> String {
        let parts = match layout {
            Layout::Landscape => self.landscape(),
            Layout::Portrait => self.portrait(),
        };
        self.document(SEVERAL, theme, layout.heading(), &parts)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        match &self.outer {
            Some(outer) => vec![Table::of("inside", self.drawn()), Table::of("outside", outer.iter())],
            None => vec![Table::of("positions", self.drawn())],
        }
    }

    /// Tables right of the wheel, and the grid under them, or, where it is too large, under all.
    fn landscape(&self) -> Vec<Placed<'_>> {
        let side = wheel::side(self, Layout::Landscape);
        let left = side + GAP;
        let mut placed = vec![Placed { part: Part::Wheel(Layout::Landscape), at: [0.0; 2], scale: 1.0 }];
        let tables = self.tables();
        let [mut width, mut height] = [0.0_f64; 2];
        for table in &tables {
            width += table.size()[0] + if width > 0.0 { GAP } else { 0.0 };
            height = height.max(table.size()[1]);
        }
        let mut aside = 0.0;
        let mut under = None;
        if !grid::is_empty(self) {
            let fitting = |scale: &f64| self.beside([width, height], *scale);
            let lowest = side * (1.0 + BELOW);
            let found =
                SMALLER.iter().find_map(|scale| fitting(scale).filter(|(.., bottom)| *bottom <= lowest));
            if let Some((x, y, scale, _)) = found {
                aside = x;
                placed.push(Placed { part: Part::Grid, at: [left, y], scale });
            } else {
                under = Some(Part::Grid);
            }
        }
        let right = left + aside + width;
        let mut x = left + aside;
        for table in tables {
            let width = table.size()[0];
            placed.push(Placed { part: Part::Table(table), at: [x, 0.0], scale: 1.0 });
            x += width + GAP;
        }
        if let Some(part) = under {
            let scale = (right / grid::size(self)[0]).min(1.0);
            placed.push(Placed { part, at: [0.0, side.max(height) + GAP], scale });
        }
        placed
    }

    /// Where tables of a size begin, from the left, and the grid, from the top, if it has a scale and they share the room beside
    /// the wheel; with that scale, and where it ends. The stairs of a triangle may have tables over them.
    fn beside(&self, [width, height]: [f64; 2], scale: f64) -> Option<(f64, f64, f64, f64)> {
        let own = grid::size(self).map(|length| scale * length);
        let aside = (own[0] - width).max(0.0);
        let stairs = if self.outer.is_some() { 0.0 } else { (aside - GAP).max(0.0) };
        let top = (height + GAP - stairs).max(0.0);
        (own[0] <= BESIDE.max(width)).then_some((aside, top, scale, top + own[1]))
    }

    /// All in one column.
    fn portrait(&self) -> Vec<Placed<'_>> {
        let scale = NARROW / wheel::side(self, Layout::Portrait);
        let mut placed = vec![Placed { part: Part::Wheel(Layout::Portrait), at: [0.0; 2], scale }];
        let mut y = NARROW + GAP;
        for table in self.tables() {
            let [width, height] = table.size();
            let scale = (NARROW / width).min(ENLARGED);
            placed.push(Placed { part: Part::Table(table), at: [0.5 * (NARROW - scale * width), y], scale });
            y += scale * height + GAP;
        }
        if !grid::is_empty(self) {
            let scale = (NARROW / grid::size(self)[0]).min(ENLARGED);
            placed.push(Placed {
                part: Part::Grid,
                at: [0.5 * (NARROW - scale * grid::size(self)[0]), y],
                scale,
            });
        }
        placed
    }

    fn size_of(&self, part: &Part) -> [f64; 2] {
        match part {
            Part::Wheel(layout) => [wheel::side(self, *layout); 2],
            Part::Table(table) => table.size(),
            Part::Grid => grid::size(self),
        }
    }

    /// A document of parts under a heading that is so many times as large as usual.
    fn document(&self, role: &str, theme: Theme, enlarged: f64, parts: &[Placed]) -> String {
        let mut size = [0.0_f64; 2];
        for Placed { part, at, scale } in parts {
            let own = self.size_of(part);
            for axis in [0, 1] {
                size[axis] = size[axis].max(at[axis] + scale * own[axis]);
            }
        }
        let width = size[0].max(NARROW / 2.0) + 2.0 * MARGIN;
        let [lines, legend] = [&self.lines, &self.legend(parts)].map(|lines| rows(lines, enlarged, width));
        let head = self.heading_height(&lines, enlarged);
        let legend_height = enlarged * LEADING * LINE * legend.len() as f64;
        let apart = if legend.is_empty() { 0.0 } else { MARGIN };
        let height = head + size[1] + apart + legend_height + 2.0 * MARGIN;
        let mut body = Document::default();
        let mut glyphs = Glyphs::default();
        self.heading(&lines, enlarged, width - 2.0 * MARGIN, &mut body);
        for Placed { part, at, scale } in parts {
            body.raw("<g transform=\"translate(")
                .number(at[0] + MARGIN)
                .raw(" ")
                .number(at[1] + head + MARGIN);
            body.raw(")");
            if *scale != 1.0 {
                body.raw(" scale(").number(*scale).raw(")");
            }
            body.raw("\">\n");
            match part {
                Part::Wheel(layout) => wheel::draw(self, *layout, &mut body, &mut glyphs),
                Part::Table(table) => table.draw(&mut body, &mut glyphs),
                Part::Grid => grid::draw(self, &mut body, &mut glyphs),
            }
            body.raw("</g>\n");
        }
        told(&legend, enlarged, width - 2.0 * MARGIN, height - MARGIN - legend_height, &mut body);
        let mut whole = Document::start(&Root { role, class: &LOOK.classes(theme) }, [width, height]);
        whole.titled(&self.title, &self.description());
        whole.raw("<style>\n").raw(&LOOK.sheet(theme)).raw("</style>\n");
        glyphs.define(&mut whole);
        whole.rect("paper", [0.0; 2], [width, height]);
        whole.append(&body);
        whole.end()
    }

    fn heading_height(&self, lines: &[String], enlarged: f64) -> f64 {
        let title = if self.title.is_empty() { 0.0 } else { TITLE };
        enlarged * LEADING * (title + LINE * lines.len() as f64)
    }

    fn heading(&self, lines: &[String], enlarged: f64, width: f64, body: &mut Document) {
        let mut y = MARGIN;
        if !self.title.is_empty() {
            y += enlarged * TITLE;
            let size = fitting(&self.title, BOLD * width, enlarged * TITLE);
            body.text("title", [MARGIN, y], "start", Some(size), &self.title);
            y += enlarged * TITLE * (LEADING - 1.0);
        }
        told(lines, enlarged, width, y, body);
    }

    /// What signs mean that explain themselves to few: of the lines and of the grid, where there are any.
    fn legend(&self, parts: &[Placed]) -> Vec<String> {
        let mut legend = Vec::new();
        let is_told =
            |connection: &Connection| self.ends(connection).is_some() && connection.applying.is_some();
        if self.connections.iter().any(is_told) {
            if parts.iter().any(|placed| matches!(placed.part, Part::Wheel(_))) {
                legend.push(words::OF_LINES.to_owned());
            }
            if parts.iter().any(|placed| matches!(placed.part, Part::Grid)) {
                legend.push(words::of_grid());
            }
        }
        legend
    }
}

/// Lines in rows that a document of a width has room for.
fn rows(lines: &[String], enlarged: f64, width: f64) -> Vec<String> {
    let most = (width - 2.0 * MARGIN) / (enlarged * LINE);
    lines.iter().flat_map(|line| wrapped(line, most)).collect()
}

/// Writes lines under each other, the first one under a height.
fn told(lines: &[String], enlarged: f64, width: f64, top: f64, body: &mut Document) {
    let mut y = top;
    for line in lines {
        y += enlarged * LINE;
        body.text("told", [MARGIN, y], "start", Some(fitting(line, width, enlarged * LINE)), line);
        y += enlarged * LINE * (LEADING - 1.0);
    }
}

/// What a document of several parts is to screen readers: they may go into it.
const SEVERAL: &str = "graphics-document";
