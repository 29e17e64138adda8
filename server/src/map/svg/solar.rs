//! The drawing of an eclipse of the Sun.

use orrery_almanac::eclipses::path::CurveName;
use orrery_format::TtDay;
use orrery_format::eclipse::SolarKind;

use super::super::place::Place;
use super::super::{Beat, DAY_S, Feature, Shape, What, When};
use super::chart::Chart;
use super::label::Labels;
use super::legend::{Legend, Sign};
use crate::svg::Document;

/// Steps from one outline to the next, seconds, of which the shortest is taken that gives not too many.
const STEPS_S: [f64; 4] = [300.0, 600.0, 900.0, 1800.0];
/// More outlines than these are too many for a drawing.
const MOST_OUTLINES: f64 = 12.0;
/// The radius of the mark at the greatest eclipse.
const MARK: f64 = 5.5;
/// The radius of the marks of instants.
const TICK: f64 = 2.2;

/// What is drawn.
pub(super) struct Drawing<'a> {
    pub(super) features: &'a [Feature],
    /// Where anything of the eclipse is seen: closed curves.
    pub(super) seen: &'a [Vec<Place>],
    /// Where it is total or annular: closed curves.
    pub(super) umbra: &'a [Vec<Place>],
    pub(super) kind: SolarKind,
    /// Which instants the features are told of.
    pub(super) beat: Beat,
    pub(super) chart: &'a Chart,
}

impl Drawing<'_> {
    pub(super) fn draw(
        &self,
        body: &mut Document,
        legend: &mut Legend,
        dated: &mut dyn FnMut(TtDay) -> String,
    ) {
        let chart = self.chart;
        let mut labels = Labels::default();
        Chart::open(body);
        chart.ground("", body);
        // One opacity for all, however they overlap.
        body.raw("<g class=\"seen\">\n");
        for ring in self.seen {
            body.path("whole", &chart.area(ring), true);
        }
        body.raw("</g>\n");
        legend.tell(Sign::Area("seen"), "eclipse is seen");
        self.penumbra(body, legend);
        self.umbra(body, legend);
        let greatest = self.greatest();
        if let Some((place, _)) = greatest {
            labels.mark(chart.point(place), MARK);
        }
        self.instants(body, &mut labels, dated);
        if let Some((place, tt)) = greatest {
            body.circle("mark", chart.point(place), MARK);
            legend.tell(Sign::Mark("mark", MARK), format!("greatest eclipse, {}", dated(tt)));
        }
        chart.close(body);
    }

    fn greatest(&self) -> Option<(&Place, TtDay)> {
        self.features.iter().find_map(|feature| match (feature.what, &feature.shape, feature.when) {
            (What::GreatestEclipse, Shape::Point(place), When::At(tt)) => Some((place, tt)),
            _ => None,
        })
    }

    /// The borders of what is seen, and outlines.
    fn penumbra(&self, body: &mut Document, legend: &mut Legend) {
        let step_s = self.step_s();
        for Feature { what, shape, when, .. } in self.features {
            let (class, words) = match (what, when) {
                (What::Curve(CurveName::PenumbralOutline), When::At(tt))
                    if self.beat.is_multiple(*tt, step_s) =>
                {
                    ("outline", format!("penumbra every {} min", (step_s / 60.0).round()))
                }
                (What::Curve(CurveName::MaximumAtSunrise | CurveName::MaximumAtSunset), _) => {
                    ("greatest-line", "greatest at sunrise or sunset".to_owned())
                }
                (
                    What::Curve(
                        CurveName::NorthernPenumbralLimit
                        | CurveName::SouthernPenumbralLimit
                        | CurveName::BeginsAtSunrise
                        | CurveName::EndsAtSunrise
                        | CurveName::BeginsAtSunset
                        | CurveName::EndsAtSunset,
                    ),
                    _,
                ) => ("border", "limit; begins or ends at sunrise or sunset".to_owned()),
                _ => continue,
            };
            if let Shape::Line(places) | Shape::Area(places) = shape {
                body.path(class, &self.chart.line(places), false);
                legend.tell(Sign::Line(class), words);
            }
        }
    }

    fn umbra(&self, body: &mut Document, legend: &mut Legend) {
        for ring in self.umbra {
            body.path("umbra", &self.chart.area(ring), true);
        }
        if !self.umbra.is_empty() {
            let words = match self.kind {
                SolarKind::Hybrid => "annular or total",
                kind => kind.name(),
            };
            legend.tell(Sign::Area("umbra"), words);
        }
        for Feature { what, shape, .. } in self.features {
            if let (What::CentralLine, Shape::Line(places)) = (what, shape) {
                body.path("central", &self.chart.line(places), false);
            }
        }
    }

    /// Marks of the central line, and when it is there.
    fn instants(&self, body: &mut Document, labels: &mut Labels, dated: &mut dyn FnMut(TtDay) -> String) {
        let step_s = self.step_s();
        let central: Vec<([f64; 2], TtDay)> = self
            .features
            .iter()
            .filter_map(|feature| match (feature.what, &feature.shape, feature.when) {
                (What::CentralPoint, Shape::Point(place), When::At(tt)) => {
                    Some((self.chart.point(place), tt))
                }
                _ => None,
            })
            .collect();
        for (nth, (at, tt)) in central.iter().enumerate() {
            if !self.beat.is_multiple(*tt, step_s) {
                continue;
            }
            body.circle("tick", *at, TICK);
            let neighbour = |nth: usize| central.get(nth).map_or(*at, |(at, _)| *at);
            let [before, after] = [neighbour(nth.saturating_sub(1)), neighbour(nth + 1)];
            labels.write(body, *at, TICK + 5.0, beside(before, after), &dated(*tt));
        }
    }

    /// From one instant that is drawn to the next, seconds: a multiple of what the features have.
    fn step_s(&self) -> f64 {
        let [_, _, _, longest] = STEPS_S;
        let instants: Vec<f64> = self
            .features
            .iter()
            .filter_map(|feature| match (feature.what, feature.when) {
                (What::Curve(CurveName::PenumbralOutline), When::At(tt)) => Some(tt.jd()),
                _ => None,
            })
            .collect();
        let [first, second, .., last] = instants.as_slice() else { return longest };
        let [step_s, all_s] = [second, last].map(|jd| ((jd - first) * DAY_S).round().max(1.0));
        let few = STEPS_S.into_iter().find(|few| all_s / few <= MOST_OUTLINES).unwrap_or(longest);
        step_s * (few / step_s).ceil()
    }
}

/// The direction, up rather than down, that is square to the way from one point to another.
fn beside(from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
    let [east, south] = [to[0] - from[0], to[1] - from[1]];
    let length = east.hypot(south);
    // Those on two edges of the chart tell no direction.
    if length == 0.0 || length > 0.5 * super::WIDTH {
        return [0.0, -1.0];
    }
    let upward = if east > 0.0 { 1.0 } else { -1.0 };
    [upward * south / length, -upward * east / length]
}
