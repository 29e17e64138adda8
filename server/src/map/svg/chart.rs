//! The chart: the whole Earth in plate carrée, with any meridian in the middle.

use super::super::cut;
use super::super::place::{HALF_TURN_DEG, POLE_DEG, Place, TURN_DEG};
use super::coast;
use super::thin::thinned;
use super::{CHART, WIDTH};
use crate::svg::{Document, OWN};

/// Units of the drawing in a degree.
const UNITS: f64 = WIDTH / TURN_DEG;
/// From one line of the graticule to the next, degrees.
const GRID_DEG: f64 = 30.0;
/// How far from the meridian of Greenwich the land's path reaches at most, degrees.
const LAND_DEG: f64 = 200.0;

/// Where on the drawing the Earth is.
pub(super) struct Chart {
    /// The longitude in the middle, degrees, −180 to 180.
    middle_deg: f64,
    /// Where the north pole is, units from the top.
    top: f64,
}

impl Chart {
    pub(super) fn new(middle_deg: f64, top: f64) -> Chart {
        Chart { middle_deg: middle_deg - TURN_DEG * Place::turn_of(middle_deg), top }
    }

    /// What is used by reference: the land, and the edge that nothing is drawn beyond.
    pub(super) fn define(&self, whole: &mut Document) {
        whole.raw("<defs>\n<clipPath id=\"").raw(OWN).raw("-chart\">");
        whole.rect("edge", [0.0, self.top], [WIDTH, CHART]);
        whole.raw("</clipPath>\n<path id=\"").raw(OWN).raw("-land\" fill-rule=\"evenodd\" d=\"");
        whole.raw(&coast::PATH).raw("\"/>\n</defs>\n");
    }

    /// Begins what is drawn within the edge.
    pub(super) fn open(body: &mut Document) {
        body.raw("<g clip-path=\"url(#").raw(OWN).raw("-chart)\">\n");
    }

    /// Ends it, with the edge around it.
    pub(super) fn close(&self, body: &mut Document) {
        body.raw("</g>\n");
        body.rect("frame", [0.0, self.top], [WIDTH, CHART]);
    }

    /// Sea, land and graticule. `class` may say more of their colours.
    pub(super) fn ground(&self, class: &str, body: &mut Document) {
        body.rect(&format!("sea {class}"), [0.0, self.top], [WIDTH, CHART]);
        let scale = UNITS / coast::UNITS_A_DEGREE;
        for turn in [-1.0, 0.0, 1.0] {
            let [x, y] =
                self.planar(&Place { longitude_deg: TURN_DEG * turn - self.middle_deg, latitude_deg: 0.0 });
            if x + LAND_DEG * UNITS > 0.0 && x - LAND_DEG * UNITS < WIDTH {
                body.raw("<use class=\"land ")
                    .raw(class)
                    .raw("\" xlink:href=\"#")
                    .raw(OWN)
                    .raw("-land\" transform=\"translate(");
                body.number(x).raw(" ").number(y).raw(") scale(").number(scale).raw(")\"/>\n");
            }
        }
        self.graticule(body);
    }

    fn graticule(&self, body: &mut Document) {
        let [west, east] = [self.middle_deg - HALF_TURN_DEG, self.middle_deg + HALF_TURN_DEG];
        let place = |longitude_deg: f64, latitude_deg: f64| {
            self.planar(&Place { longitude_deg: longitude_deg - self.middle_deg, latitude_deg })
        };
        let between = |from: f64, to: f64| {
            let count = ((to - from) / GRID_DEG).ceil() as u32;
            let first = (from / GRID_DEG).ceil() * GRID_DEG;
            (0..count)
                .map(move |nth| first + GRID_DEG * f64::from(nth))
                .filter(move |at| from < *at && *at < to)
        };
        let meridians = between(west, east).map(|at| vec![place(at, POLE_DEG), place(at, -POLE_DEG)]);
        let parallels = between(-POLE_DEG, POLE_DEG)
            .filter(|at| *at != 0.0)
            .map(|at| vec![place(west, at), place(east, at)]);
        body.path("grid", &meridians.chain(parallels).collect::<Vec<_>>(), false);
        body.path("grid equator", &[vec![place(west, 0.0), place(east, 0.0)]], false);
    }

    /// Where a place is on the drawing, its longitude counted from the middle.
    fn planar(&self, place: &Place) -> [f64; 2] {
        let Place { longitude_deg, latitude_deg } = place;
        [UNITS * (longitude_deg + HALF_TURN_DEG), self.top + UNITS * (POLE_DEG - latitude_deg)]
    }

    fn centred(&self, places: &[Place]) -> Vec<Place> {
        places.iter().map(|place| place.eastward(-self.middle_deg)).collect()
    }

    fn drawn(&self, pieces: &[Vec<Place>]) -> Vec<Vec<[f64; 2]>> {
        let piece =
            |piece: &Vec<Place>| thinned(&piece.iter().map(|place| self.planar(place)).collect::<Vec<_>>());
        pieces.iter().map(piece).collect()
    }

    /// Where a place is on the drawing.
    pub(super) fn point(&self, place: &Place) -> [f64; 2] {
        let place = place.eastward(-self.middle_deg);
        self.planar(&place.eastward(-TURN_DEG * Place::turn_of(place.longitude_deg)))
    }

    /// The pieces of a curve.
    pub(super) fn line(&self, places: &[Place]) -> Vec<Vec<[f64; 2]>> {
        self.drawn(&cut::line(&self.centred(places)))
    }

    /// The pieces of what is on the left of a closed curve.
    pub(super) fn area(&self, ring: &[Place]) -> Vec<Vec<[f64; 2]>> {
        self.drawn(&cut::area(&self.centred(ring)))
    }

    /// The chart itself as a piece.
    pub(super) fn whole(&self) -> Vec<[f64; 2]> {
        let [top, bottom] = [self.top, self.top + CHART];
        vec![[0.0, top], [WIDTH, top], [WIDTH, bottom], [0.0, bottom]]
    }
}

/// A veil of an opacity over parts: where they overlap, there is none.
pub(super) fn veil(body: &mut Document, parts: &[Vec<[f64; 2]>], opacity: f64) {
    body.raw("<path class=\"veil\"").attribute("fill-opacity", opacity).raw(" fill-rule=\"evenodd\"");
    body.data(parts, true);
    body.raw("/>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(longitude_deg: f64, latitude_deg: f64) -> Place {
        Place { longitude_deg, latitude_deg }
    }

    #[test]
    fn the_middle_is_in_the_middle_and_the_edge_at_the_edge() {
        for middle in [-180.0, -77.0, 0.0, 170.0, 185.0, 550.0] {
            let chart = Chart::new(middle, 10.0);
            let [x, y] = chart.point(&place(middle, 0.0));
            assert!((x - 360.0).abs() < 1e-9 && y == 190.0, "{middle} {x} {y}");
            let [x, y] = chart.point(&place(middle - 100.0, 90.0));
            assert!((x - 160.0).abs() < 1e-9 && y == 10.0, "{middle} {x} {y}");
            let crossing = [place(middle + 170.0, 5.0), place(middle + 190.0, 5.0)];
            let ends: Vec<_> = chart.line(&crossing).into_iter().flatten().map(|[x, _]| x.round()).collect();
            assert_eq!(ends, [700.0, 720.0, 0.0, 20.0], "{middle}");
        }
    }

    /// The lines of the graticule are those of Greenwich's meridians, wherever the middle is.
    #[test]
    fn the_graticule_is_of_full_degrees() {
        let mut body = Document::default();
        Chart::new(10.0, 0.0).graticule(&mut body);
        let text = body.end();
        assert_eq!(text.matches('M').count(), 12 + 5);
        assert!(text.contains("M340 0L340 360"), "{text}");
        assert!(text.contains("M0 180L720 180"), "{text}");
    }
}
