//! The drawing of an eclipse of the Moon: the darker a place is, the less of the eclipse is seen there.

use orrery_almanac::eclipses::visibility::LunarContact;
use orrery_format::TtDay;

use super::super::place::Place;
use super::super::{Feature, Shape, What, When};
use super::chart::{self, Chart};
use super::label::Labels;
use super::legend::{Legend, Sign};
use crate::svg::Document;

/// What veils of all contacts hide together, as a part of the light.
const DARKEST: f64 = 0.72;
/// The radius of the mark where the Moon is in the zenith.
const MARK: f64 = 7.0;

/// Which labels are written first: the rest where they leave room.
const FIRST: [LunarContact; 6] = [
    LunarContact::P1,
    LunarContact::P4,
    LunarContact::U1,
    LunarContact::U4,
    LunarContact::U2,
    LunarContact::U3,
];

/// Draws a map's features.
pub(super) fn draw(
    features: &[Feature],
    chart: &Chart,
    body: &mut Document,
    legend: &mut Legend,
    dated: &mut dyn FnMut(TtDay) -> String,
) {
    let areas: Vec<(LunarContact, &[Place])> = features
        .iter()
        .filter_map(|feature| match (feature.what, &feature.shape) {
            (What::MoonUp(contact), Shape::Area(ring)) => Some((contact, ring.as_slice())),
            _ => None,
        })
        .collect();
    Chart::open(body);
    chart.ground("lit", body);
    let opacity = 1.0 - (1.0 - DARKEST).powf(1.0 / areas.len().max(1) as f64);
    for (_, ring) in &areas {
        // All but where the Moon is up.
        let mut pieces = chart.area(ring);
        pieces.push(chart.whole());
        chart::veil(body, &pieces, opacity);
    }
    legend.tell(Sign::Veiled(0.0), "all of it is seen");
    legend.tell(Sign::Veiled(1.0 - (1.0 - DARKEST).sqrt()), "a part");
    legend.tell(Sign::Veiled(DARKEST), "nothing");
    let mut labels = Labels::default();
    for Feature { what, shape, when, .. } in features {
        if let (What::SublunarPoint, Shape::Point(place), When::At(tt)) = (what, shape, when) {
            let at = chart.point(place);
            labels.mark(at, MARK);
            body.circle("moon", at, MARK);
            legend
                .tell(Sign::Mark("moon", MARK), format!("in the zenith at greatest eclipse, {}", dated(*tt)));
        }
    }
    for (contact, ring) in &areas {
        let class = if *contact == LunarContact::Greatest { "greatest-contact" } else { "contact" };
        body.path(class, &chart.line(ring), false);
    }
    legend.tell(Sign::Line("contact"), "moonrise (west) and moonset (east) at a contact");
    legend.tell(Sign::Line("greatest-contact"), "at greatest eclipse");
    for first in FIRST {
        for (_, ring) in areas.iter().filter(|(contact, _)| *contact == first) {
            for at in at_equator(ring) {
                labels.write(body, chart.point(&at), 2.0, [1.0, 0.0], &first.name().to_uppercase());
            }
        }
    }
    chart.close(body);
}

/// Where a closed curve crosses the equator.
fn at_equator(ring: &[Place]) -> impl Iterator<Item = Place> {
    ring.windows(2).filter_map(|pair| {
        let &[a, b] = pair else { return None };
        let is_north = |place: Place| place.latitude_deg >= 0.0;
        let share = a.latitude_deg / (a.latitude_deg - b.latitude_deg);
        let longitude_deg = a.longitude_deg + share * (b.longitude_deg - a.longitude_deg);
        (is_north(a) != is_north(b)).then_some(Place { longitude_deg, latitude_deg: 0.0 })
    })
}
