//! Hazard: what is drawn over something else, is not there, is no number, or breaks the document. Figures are hostile: any
//! longitudes, crowds, houses of any width, names that are markup, aspects of points that are not there.

use std::collections::HashSet;

use orrery_almanac::aspect::Aspect;
use orrery_almanac::bodies::{Uranian, WireBody, parse_list};
use orrery_almanac::houses::Angle;
use proptest::prelude::*;

use super::{Connection, Division, Figure, Glyph, Layout, Point};
use crate::svg::{Theme, assert_well_formed};

/// What the wheel of a usual chart takes at most, and its sheet, bytes.
const MOST_WHEEL: usize = 40 * 1024;
const MOST_SHEET: usize = 60 * 1024;

fn point(body: WireBody, longitude_deg: f64, longitude_speed: f64) -> Point {
    Point {
        glyph: Glyph::Body(body),
        name: body.name().into_owned(),
        longitude_deg,
        range_deg: None,
        longitude_speed: Some(longitude_speed),
        house: Some(1),
    }
}

/// Points of so many bodies, each the step further.
fn row(bodies: &str, begin_deg: f64, step_deg: f64) -> Vec<Point> {
    let bodies = parse_list(bodies).expect("bodies");
    let speed = |nth: usize| if nth.is_multiple_of(3) { -0.5 } else { 1.0 };
    bodies
        .iter()
        .enumerate()
        .map(|(nth, body)| point(*body, begin_deg + step_deg * nth as f64, speed(nth)))
        .collect()
}

fn division(ascendant_deg: f64, step_deg: f64, count: usize) -> Division {
    Division {
        cusps_deg: (0..count).map(|nth| ascendant_deg + step_deg * nth as f64).collect(),
        runs_forward: step_deg > 0.0,
        ascendant_deg,
        mc_deg: ascendant_deg - 85.0,
    }
}

/// A usual chart: the ten, the node, ascendant and midheaven, with the aspects of the usual orbs.
fn usual() -> Figure {
    let mut points =
        row("sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto,true_node", 83.5, 41.3);
    for (angle, longitude_deg) in [(Angle::Ascendant, 192.3), (Angle::Mc, 107.3)] {
        points.push(Point {
            glyph: Glyph::Angle(angle),
            name: angle.name().into(),
            longitude_deg,
            range_deg: None,
            longitude_speed: None,
            house: None,
        });
    }
    let mut connections = Vec::new();
    for to in 0..points.len() {
        for from in 0..to {
            let apart = (points[from].longitude_deg - points[to].longitude_deg).rem_euclid(360.0);
            let orb = |aspect: &Aspect| apart.min(360.0 - apart) - aspect.angle_deg();
            if let Some(aspect) = Aspect::ALL[..5].iter().find(|aspect| orb(aspect).abs() < 6.0) {
                let (orb_deg, applying) = (orb(aspect), Some(from % 2 == 0));
                connections.push(Connection { from, to, aspect: *aspect, orb_deg, applying });
            }
        }
    }
    let lot = point(WireBody::SUN, 12.5, 0.0);
    Figure {
        title: "A <title> & \"more\"".into(),
        lines: vec!["14 June 1992, 15:42".into(), "Placidus".into()],
        points,
        lots: vec![Point { glyph: Glyph::Fortune, name: "Lot of fortune".into(), ..lot }],
        division: Some(division(192.3, 30.0, 12)),
        outer: None,
        connections,
    }
}

fn figures() -> impl Strategy<Value = Figure> {
    let longitude = || prop_oneof![8 => 0.0..360.0_f64, 4 => 100.0..103.0_f64, 1 => prop::num::f64::ANY];
    let names = prop_oneof!["[a-z]{1,12}", Just("<&\">'\u{0}\u{7}]]>".to_owned()), Just(String::new())];
    let glyph = prop_oneof![
        6 => (0..24_usize).prop_map(|nth| Glyph::Body(parse_list("all").expect("bodies")[nth])),
        1 => (1..9_999_999_u32).prop_map(|number| Glyph::Body(WireBody::Asteroid(number))),
        1 => (0..Angle::COUNT).prop_map(|nth| Glyph::Angle(Angle::ALL[nth])),
        1 => "[ -~]{0,3}".prop_map(|name| Glyph::lettered(&name)),
        1 => Just(Glyph::Fortune),
    ];
    let point = (
        glyph,
        names.clone(),
        (longitude(), prop::option::weighted(0.1, [longitude(), longitude()])),
        prop::option::of(prop::num::f64::ANY),
        prop::option::of(any::<u8>()),
    )
        .prop_map(|(glyph, name, (longitude_deg, range_deg), longitude_speed, house)| Point {
            glyph,
            name,
            longitude_deg,
            range_deg,
            longitude_speed,
            house,
        });
    let points = |most: usize| prop::collection::vec(point.clone(), 0..most);
    let division = (prop::collection::vec(longitude(), 0..37), any::<bool>(), longitude(), longitude())
        .prop_map(|(cusps_deg, runs_forward, ascendant_deg, mc_deg)| Division {
            cusps_deg,
            runs_forward,
            ascendant_deg,
            mc_deg,
        });
    let connection = (
        0..30_usize,
        0..30_usize,
        0..Aspect::ALL.len(),
        prop_oneof![9 => -9.0..9.0_f64, 1 => prop::num::f64::ANY],
        any::<Option<bool>>(),
    )
        .prop_map(|(from, to, aspect, orb_deg, applying)| Connection {
            from,
            to,
            aspect: Aspect::ALL[aspect],
            orb_deg,
            applying,
        });
    (
        (names.clone(), prop::collection::vec(names, 0..4)),
        (points(40), points(8)),
        prop::option::of(division),
        prop::option::of(points(30)),
        prop::collection::vec(connection, 0..60),
    )
        .prop_map(|((title, lines), (points, lots), division, outer, connections)| Figure {
            title,
            lines,
            points,
            lots,
            division,
            outer,
            connections,
        })
}

/// Every document of a figure.
fn documents(figure: &Figure, theme: Theme) -> [String; 4] {
    let [landscape, portrait] = Layout::ALL.map(|layout| figure.sheet(theme, layout));
    [figure.wheel(theme, Layout::Landscape), figure.grid(theme), landscape, portrait]
}

/// What attributes of a name are.
fn values<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!(" {name}=\"");
    text.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn assert_sound(text: &str) {
    assert_well_formed(text);
    let ids = values(text, "id");
    let mut known: HashSet<&str> = HashSet::new();
    assert!(ids.iter().all(|id| known.insert(id)), "{ids:?}");
    let used: HashSet<&str> =
        values(text, "xlink:href").iter().filter_map(|href| href.strip_prefix('#')).collect();
    let glyphs: HashSet<&str> = ids.iter().copied().filter(|id| id.contains("-g-")).collect();
    assert_eq!(used, glyphs);
    for name in ["x", "y", "cx", "cy", "r", "width", "height", "font-size", "stroke-width", "stroke-opacity"]
    {
        for value in values(text, name) {
            let number: f64 = value.parse().expect("a number");
            assert!(number.is_finite() && number.abs() < 20_000.0, "{name} {value}");
        }
    }
    for data in values(text, "d").into_iter().chain(values(text, "transform")) {
        assert!(!data.contains("NaN") && !data.contains("inf"), "{data}");
    }
    for outside in ["<script", "http://", "https://", "url(", "@import", "<image", "<foreignObject"] {
        let own = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"];
        let count = own.iter().filter(|name| name.starts_with(outside)).count();
        assert_eq!(text.matches(outside).count(), count, "{outside}");
    }
}

/// A box: left, top, right, bottom.
type Around = [f64; 4];

/// What labels of bodies take: each with a part of the group of bodies.
fn boxes(group: &str) -> Vec<Vec<Around>> {
    let number = |line: &str, name: &str| {
        values(line, name).first().map(|value| value.parse::<f64>().expect("a number"))
    };
    let of_line = |line: &str| -> Option<Around> {
        let [x, y] = [number(line, "x")?, number(line, "y")?];
        if line.starts_with("<use") {
            // Glyphs leave a tenth of their grid free.
            let size = number(line, "width")?;
            return Some([x + 0.1 * size, y + 0.1 * size, x + 0.9 * size, y + 0.9 * size]);
        }
        // Two digits, and what stands behind them.
        let size = number(line, "font-size")?;
        let half = 0.5 * (2.0 * 0.58 + 0.36) * size;
        line.starts_with("<text").then_some([x - half, y - 0.72 * size, x + half, y])
    };
    let bodies = group.split("<g class=\"body ").skip(1);
    bodies.map(|body| body.lines().filter_map(of_line).collect()).collect()
}

fn assert_apart(text: &str, class: &str) -> usize {
    let Some((_, group)) = text.split_once(&format!("<g class=\"{class}\"")) else { return 0 };
    // A group of bodies ends with two ends, an empty one with its own.
    let (_, members) = group.split_once('>').expect("a tag");
    let end = if members.starts_with("\n</g>") { 0 } else { members.find("</g>\n</g>").expect("an end") };
    let bodies = boxes(&members[..end]);
    for (nth, body) in bodies.iter().enumerate() {
        for other in &bodies[nth + 1..] {
            for a in body {
                for b in other {
                    let over = |low: usize| (a[low + 2].min(b[low + 2]) - a[low].max(b[low])).max(0.0);
                    let [wide, high] = [over(0), over(1)];
                    assert!(wide <= 0.35 || high <= 0.35, "{a:?} {b:?}");
                }
            }
        }
    }
    bodies.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn hostile_figures_are_drawn_soundly(figure in figures(), theme in 0..Theme::ALL.len()) {
        for text in documents(&figure, Theme::ALL[theme]) {
            assert_sound(&text);
        }
        let is_drawn = |point: &&Point| point.longitude_deg.is_finite();
        let inner = figure.drawn().filter(is_drawn).filter(|point| !figure.is_axis(point)).count();
        let outer = figure.outer.iter().flatten().filter(is_drawn).count();
        for layout in Layout::ALL {
            let wheel = figure.wheel(Theme::Light, layout);
            prop_assert_eq!(assert_apart(&wheel, "bodies inner"), inner);
            prop_assert_eq!(assert_apart(&wheel, "bodies outer"), outer);
            prop_assert_eq!(figure.wheel(Theme::Light, layout), wheel);
        }
    }
}

#[test]
fn a_usual_chart_is_small_and_told() {
    let figure = usual();
    let [wheel, grid, landscape, portrait] = documents(&figure, Theme::Auto);
    assert!(wheel.len() < MOST_WHEEL && landscape.len() < MOST_SHEET, "{} {}", wheel.len(), landscape.len());
    for text in [&wheel, &grid, &landscape, &portrait] {
        assert_sound(text);
        assert!(text.contains("-title\">A &lt;title&gt; &amp; &quot;more&quot;</title>"));
        assert!(
            text.contains("sun 23°30′ Gemini, retrograde, house 1")
                && text.contains("Ascendant 12°18′ Libra")
        );
        assert!(text.contains("class=\"orrery auto\"") && text.contains("prefers-color-scheme:dark"));
    }
    assert!(wheel.contains("role=\"img\"") && !wheel.contains("aspect-grid"));
    let connections = figure.connections.len();
    assert!(connections >= 12, "{connections}");
    assert_eq!(wheel.matches("<path class=\"aspect ").count(), connections);
    assert_eq!(grid.matches("<g role=\"listitem\"").count(), connections);
    assert_eq!(landscape.matches("<g role=\"listitem\" class=\"body ").count(), figure.points.len() + 1);
    // Lists have items and nothing else that a screen reader would look for more in.
    for (text, lists) in [(&wheel, 0), (&grid, 1), (&landscape, 2), (&portrait, 2)] {
        assert_eq!(text.matches("role=\"list\"").count(), lists);
        assert!(
            ["row", "table", "cell", "header"].iter().all(|role| !text.contains(&format!("role=\"{role}")))
        );
        assert_eq!(text.matches("role=\"listitem\"").count(), text.matches("aria-label=\"").count() - lists);
    }
    // What its signs mean is said where they are.
    for (text, lines, cells) in [(&wheel, 1, 0), (&grid, 0, 1), (&landscape, 1, 1), (&portrait, 1, 1)] {
        assert_eq!(text.matches(">Lines: whole while an aspect applies").count(), lines);
        assert_eq!(text.matches(">Grid: orbs in degrees; a applies,").count(), cells);
    }
    // Axes, each with its letters outside; and no body's label is an axis'.
    for name in ["ascendant", "mc", "descendant", "ic"] {
        assert_eq!(wheel.matches(&format!("class=\"axis {name}\"")).count(), 1);
        assert_eq!(wheel.matches(&format!("-g-{name}\" x=")).count(), 1);
    }
    for house in 1..=12 {
        assert!(wheel.contains(&format!(">{house}</text>")), "{house}");
    }
}

/// Lots make no aspects, so that a grid has neither rows nor columns for them.
#[test]
fn grids_are_of_what_takes_part_in_aspects() {
    let figure = usual();
    let grid = figure.grid(Theme::Light);
    assert_eq!(grid.matches("<g class=\"point\"").count(), figure.points.len());
    assert!(!grid.contains("<title>Lot of fortune</title>") && grid.contains("Lot of fortune 12°30′ Aries"));
    let sheet = figure.sheet(Theme::Light, Layout::Landscape);
    assert!(sheet.contains("class=\"body fortune\""));
}

/// What is somewhere between two longitudes is drawn as an arc, and told so.
#[test]
fn what_is_in_a_range_is_drawn_nowhere_else() {
    let mut points = row("sun,moon", 80.0, 105.0);
    points[1] = Point { range_deg: Some([179.25, 191.4]), longitude_speed: None, ..points[1].clone() };
    let figure = Figure { points, division: None, lots: Vec::new(), connections: Vec::new(), ..usual() };
    for layout in Layout::ALL {
        let text = figure.sheet(Theme::Light, layout);
        assert_sound(&text);
        assert_eq!(text.matches("<path class=\"place\"").count(), 1, "that of the Sun");
        assert_eq!(
            text.matches("moon 29°15′ Virgo to 11°24′ Libra").count(),
            3,
            "described, pointed at, listed"
        );
        assert!(!text.contains("05°00′ Libra") && text.contains(">to</text>"));
        let arc = text.split("<path class=\"range\" d=\"M").nth(1).and_then(|rest| rest.split('"').next());
        let numbers: Vec<f64> =
            arc.expect("an arc").split(['L', ' ']).map(|number| number.parse().expect("a number")).collect();
        let middle: f64 = values(&text, "cx")[0].parse().expect("a number");
        let at = |nth: usize| (middle - numbers[nth + 1]).atan2(numbers[nth] - middle).to_degrees() + 180.0;
        for (told, nth) in [(179.25, 0), (191.4, numbers.len() - 2)] {
            assert!(
                (at(nth) - told).rem_euclid(360.0).min((told - at(nth)).rem_euclid(360.0)) < 0.01,
                "{told}"
            );
        }
    }
}

/// How far what is somewhere in a range is from an exact aspect is neither told, nor shaded, nor seen in a line.
#[test]
fn what_is_in_a_range_has_no_orbs() {
    let mut points = row("sun,moon,mars", 10.0, 120.4);
    points[1] = Point { range_deg: Some([123.0, 137.0]), longitude_speed: None, ..points[1].clone() };
    let connection =
        |to: usize| Connection { from: 0, to, aspect: Aspect::Trine, orb_deg: 0.4, applying: None };
    let connections = vec![connection(1), connection(2)];
    let figure = Figure { points, division: None, lots: Vec::new(), connections, ..usual() };
    let [wheel, grid, ..] = documents(&figure, Theme::Light);
    for text in [&wheel, &grid] {
        assert_sound(text);
        assert!(text.contains("sun trine moon, orb unknown") && text.contains("sun trine mars, orb 0.40°"));
    }
    assert_eq!(grid.matches(">0.4</text>").count(), 1);
    assert_eq!(grid.matches("<rect class=\"near\"").count(), 1);
    let drawn: Vec<f64> = wheel
        .lines()
        .filter(|line| line.starts_with("<path class=\"aspect "))
        .map(|line| values(line, "stroke-width")[0].parse().expect("a number"))
        .collect();
    let [unknown, close] = drawn[..] else { panic!("{drawn:?}") };
    assert!(unknown < 0.5 * close, "{drawn:?}");
}

/// On a telephone of 390 pixels nothing that is written is smaller than ten of them.
#[test]
fn a_usual_chart_is_legible_on_a_narrow_screen() {
    const SCREEN: f64 = 390.0;
    const LEAST: f64 = 10.0;
    let single = usual();
    let double = Figure { outer: Some(single.points.clone()), ..single.clone() };
    for figure in [&single, &double] {
        for text in
            [figure.sheet(Theme::Light, Layout::Portrait), figure.wheel(Theme::Light, Layout::Portrait)]
        {
            let width =
                values(&text, "viewBox")[0].split(' ').nth(2).and_then(|width| width.parse::<f64>().ok());
            let shrunk = SCREEN / width.expect("a width");
            let mut scale = 1.0;
            let mut written = 0;
            for line in text.lines() {
                if line.starts_with("<g transform=\"translate(") {
                    let told = line.split("scale(").nth(1).and_then(|rest| rest.split(')').next());
                    scale = told.map_or(1.0, |told| told.parse().expect("a scale"));
                }
                // Heading and legend stand beside the groups.
                let scale = if line.contains("class=\"told\"") { 1.0 } else { scale };
                for size in values(line, "font-size") {
                    let pixels = shrunk * scale * size.parse::<f64>().expect("a size");
                    assert!(pixels >= LEAST, "{pixels}: {line}");
                    written += 1;
                }
            }
            assert!(written > 30, "{written}");
        }
    }
}

/// Several can stand in one page.
#[test]
fn no_two_charts_share_an_id() {
    let figure = usual();
    let other = Figure { title: "Another".into(), ..figure.clone() };
    let [one, two] = [&figure, &other].map(|figure| figure.sheet(Theme::Auto, Layout::Landscape));
    let ids: HashSet<&str> = values(&one, "id").into_iter().collect();
    assert!(ids.len() > 20 && values(&two, "id").iter().all(|id| !ids.contains(id)));
}

#[test]
fn without_houses_aries_is_on_the_left() {
    let figure = Figure { division: None, points: row("sun", 0.0, 0.0), ..usual() };
    let text = figure.wheel(Theme::Print, Layout::Landscape);
    assert!(!text.contains("class=\"houses\"") && text.contains("No houses"));
    // The Sun's mark at 0° of Aries is left of the middle, and at its height.
    let [middle, ..] = values(&text, "cx")[..] else { panic!("no circle") };
    let mark = text
        .split("<path class=\"place\" d=\"M")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a mark");
    let numbers: Vec<f64> = mark.split(['L', ' ']).map(|number| number.parse().expect("a number")).collect();
    assert_eq!([numbers[1], numbers[3]].map(|y| format!("{y}")), [middle, middle]);
    assert!(numbers[0] < numbers[2] && numbers[2] < middle.parse().expect("a number"));
}

#[test]
fn a_crowd_is_legible() {
    let mut points = row("all", 10.0, 17.0);
    for (nth, point) in points.iter_mut().take(8).enumerate() {
        point.longitude_deg = 271.0 + 0.4 * nth as f64;
    }
    for division in [None, Some(division(15.0, 30.0, 12)), Some(division(15.0, -10.0, 36))] {
        let figure =
            Figure { points: points.clone(), division, outer: Some(points.clone()), ..Figure::default() };
        let single = Figure { outer: None, ..figure.clone() };
        for (figure, layout) in
            [&single, &figure].into_iter().flat_map(|one| Layout::ALL.map(|layout| (one, layout)))
        {
            let text = figure.wheel(Theme::Dark, layout);
            assert_eq!(assert_apart(&text, "bodies inner"), 24);
            // None had to be made smaller.
            let group = text.split("<g class=\"bodies inner\"").nth(1).expect("a group");
            let size: f64 = values(group, "font-size")[0].parse().expect("a number");
            assert!(size >= 14.0, "{size}");
        }
    }
}

#[test]
fn every_glyph_is_drawn_within_its_grid() {
    let bodies = parse_list("all")
        .expect("bodies")
        .into_iter()
        .chain([WireBody::Tabulated(orrery_format::Body::Earth)]);
    let uranians = Uranian::ALL.into_iter().map(WireBody::Uranian);
    let glyphs = bodies.chain(uranians).chain([433, 136_199].map(WireBody::Asteroid)).map(Glyph::Body);
    let glyphs = glyphs
        .chain(orrery_almanac::zodiac::Sign::ALL.map(Glyph::Sign))
        .chain(Aspect::ALL.map(Glyph::Aspect));
    let glyphs: Vec<Glyph> = glyphs
        .chain(Angle::ALL.map(Glyph::Angle))
        .chain([Glyph::Fortune, Glyph::Retrograde, Glyph::lettered("eros")])
        .collect();
    let mut names = HashSet::new();
    for glyph in glyphs {
        assert!(names.insert(glyph.name()), "{glyph:?}");
        let mut used = super::glyph::Glyphs::default();
        let mut body = crate::svg::Document::default();
        used.put(&mut body, "glyph", glyph, [0.0; 2], 24.0);
        let mut whole = crate::svg::Document::default();
        used.define(&mut whole);
        let text = whole.end();
        let strokes = values(&text, "d");
        assert!(
            !strokes.is_empty() && strokes.iter().all(|data| data.starts_with('M') && data.len() > 5),
            "{glyph:?} {text}"
        );
        for data in strokes {
            let numbers = data
                .split(|letter: char| letter.is_ascii_alphabetic() || letter == ' ')
                .filter(|part| !part.is_empty());
            for number in numbers {
                let number: f64 = number.parse().unwrap_or(f64::NAN);
                assert!((0.0..=24.0).contains(&number), "{glyph:?} {data}");
            }
        }
    }
}
