//! From a query to the kinds of events that are looked for, and to the tables that they are looked for in.

use orrery_almanac::Ayanamsa;
use orrery_almanac::WireBody;
use orrery_almanac::events::{EventType, Events, Finder};
use orrery_almanac::motion::Ephemeris;
use orrery_format::{Body, Center, Product};

use crate::query::EventsQuery;

/// The events of a query, each kind of each body in order of time. Eclipses are not among them.
pub(super) fn kinds<'e, E: Ephemeris>(finder: &Finder<'e, E>, query: &EventsQuery) -> Vec<Events<'e, E::Error>> {
    let mut found: Vec<Events<'e, E::Error>> = Vec::new();
    for &kind in &query.types {
        let bodies = || query.bodies_of(kind);
        match kind {
            EventType::Ingress => found.extend(bodies().map(|body| finder.ingresses(body))),
            EventType::NakshatraIngress => {
                found.extend(bodies().map(|body| finder.nakshatra_ingresses(body, query.nakshatras_in)));
            }
            EventType::Station => found.extend(bodies().map(|body| finder.stations(body))),
            EventType::Aspect => {
                let of_pair = |(a, b)| finder.aspects(a, b, &query.aspects, query.orb_deg);
                found.extend(query.pairs().into_iter().map(of_pair));
                for body in bodies() {
                    let to_point = |point| finder.aspects_to_point(body, point, &query.aspects, query.orb_deg);
                    found.extend(query.points.iter().copied().map(to_point));
                }
            }
            EventType::Lunation => found.push(finder.lunations()),
            EventType::VoidOfCourse => found.push(finder.voids(&query.sky.bodies, &query.aspects)),
            EventType::Apsis => found.extend(bodies().map(|body| finder.apsides(body))),
            EventType::NodeCrossing => found.extend(bodies().map(|body| finder.node_crossings(body))),
            EventType::GreatestLatitude => found.extend(bodies().map(|body| finder.greatest_latitudes(body))),
            EventType::GreatestDeclination => {
                found.extend(bodies().map(|body| finder.greatest_declinations(body)));
            }
            EventType::OutOfBounds => {
                found.extend(bodies().flat_map(|body| [true, false].map(|north| finder.out_of_bounds(body, north))));
            }
            EventType::Season => found.push(finder.seasons()),
            EventType::SolarTerm => found.push(finder.solar_terms()),
            EventType::Conjunction => found.extend(bodies().map(|body| finder.conjunctions(body))),
            EventType::Opposition => found.extend(bodies().map(|body| finder.oppositions(body))),
            EventType::GreatestElongation => {
                found.extend(bodies().map(|body| finder.greatest_elongations(body)));
            }
            EventType::Cazimi => found.extend(bodies().map(|body| finder.cazimi(body, query.cazimi_deg))),
            EventType::Combustion => {
                found.extend(bodies().map(|body| finder.combustions(body, query.combustion_deg)));
            }
            EventType::Transit => found.extend(bodies().map(|body| finder.transits(body))),
            EventType::Occultation => found.extend(bodies().map(|body| finder.occultations(body))),
            EventType::Parallel => {
                let of_pair = |(a, b)| [false, true].map(|contra| finder.parallels(a, b, contra));
                found.extend(query.pairs().into_iter().flat_map(of_pair));
            }
            EventType::Crossing => {
                if let Some((quantity, value, minus)) = query.measured {
                    let of_body = |body| finder.crossings_of(quantity, body, minus, value);
                    found.extend(bodies().filter(|body| Some(*body) != minus).filter_map(of_body));
                }
            }
            EventType::Eclipse => {}
        }
    }
    found
}

/// The tables that the events of a query are looked for in; `None` where no table has one of the bodies.
pub(crate) fn products(query: &EventsQuery) -> Option<Vec<Product>> {
    let geo = |body| Product::Place(Center::Geo, body);
    let mut products = vec![Product::Nutation];
    let mut add = |product| {
        if !products.contains(&product) {
            products.push(product);
        }
    };
    let mut place = |center, body: WireBody| -> Option<()> {
        add(Product::Place(center, body.tabulated()?.0));
        Some(())
    };
    for &kind in &query.types {
        // Most kinds that are not of bodies alone are of the Sun and the Moon.
        if !matches!(kind, EventType::Ingress | EventType::Station | EventType::Aspect | EventType::NakshatraIngress) {
            for body in [Body::Sun, Body::Moon] {
                place(Center::Geo, WireBody::Tabulated(body));
            }
        }
        for body in query.bodies_of(kind) {
            let is_of_sun = kind == EventType::Apsis
                && !matches!(body, WireBody::Tabulated(Body::Sun | Body::Moon));
            place(if is_of_sun { Center::Helio } else { Center::Geo }, body)?;
        }
        if kind == EventType::VoidOfCourse {
            query.sky.bodies.iter().try_for_each(|body| place(Center::Geo, *body))?;
        }
        if matches!(kind, EventType::Aspect | EventType::Parallel) {
            query.with.iter().flatten().try_for_each(|body| place(Center::Geo, *body))?;
        }
        if let Some((.., Some(minus))) = query.measured {
            place(Center::Geo, minus)?;
        }
    }
    let zodiacs = [query.sky.view.ayanamsa(), Some(query.nakshatras_in)];
    if zodiacs.into_iter().flatten().any(Ayanamsa::is_anchored) {
        add(Product::Place(Center::Bary, Body::Earth));
        add(geo(Body::Sun));
        add(geo(Body::Moon));
    }
    Some(products)
}
