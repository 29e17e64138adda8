//! Views, sites and instants to be drawn from.

use std::ops::Range;
use std::sync::OnceLock;

use orrery_format::{Body, Center, Product};
use orrery_swisseph::{LiveAyanamsa, LiveCenter, LivePlace, LivePlane, LiveReference, LiveSite, LiveView};
use orrery_tests::hostile::{self, around};
use orrery_tests::views::View;
use orrery_tests::{tables, workspace};
use proptest::prelude::*;
use proptest::sample::select;

/// Julian days TT that the files of `scripts/fetch-data` answer, 1201 to 2998.
pub(crate) const FILES_JD: (f64, f64) = (2_159_800.0, 2_816_300.0);

/// Edges and seams of each table, of each kind.
const OF_EACH: usize = 12;

/// Instants within the tables at which they go wrong if they do anywhere.
pub(crate) fn hostile_jds() -> &'static [f64] {
    static ALL: OnceLock<Vec<f64>> = OnceLock::new();
    ALL.get_or_init(|| {
        let (dataset, files) = (tables::shared(), workspace::ephemeris());
        let mut all = Vec::new();
        for product in tables::products(&dataset) {
            let mut near = hostile::segment_edges(&dataset, product, OF_EACH);
            if let Product::Place(center, body) = product {
                near.extend(hostile::seams(&dataset, &files, center, body, OF_EACH));
                if center == Center::Geo && matches!(body, Body::Mercury | Body::Mars | Body::Jupiter) {
                    near.extend(hostile::stations(&dataset, body).into_iter().step_by(20));
                }
            }
            all.extend(near.into_iter().flat_map(around));
        }
        all.retain(|jd| tables::span_tt().contains(jd));
        assert!(all.len() > 10_000, "only {} hostile instants", all.len());
        all
    })
}

/// Instants within the tables, a third of them hostile, and some of their first and last days and on both sides of their
/// ends.
pub(crate) fn jd() -> impl Strategy<Value = f64> {
    let Range { start, end } = tables::span_tt();
    let at_ends = prop_oneof![2 => select(tables::ends_tt()), 1 => start..start + 1.0, 1 => end - 1.0..end];
    prop_oneof![8 => start..end, 4 => select(hostile_jds()), 1 => at_ends]
}

/// Instants before and after the tables that the files answer, some of them as near as can be.
pub(crate) fn jd_beyond() -> impl Strategy<Value = f64> {
    let Range { start, end } = tables::span_tt();
    let mut near = tables::ends_tt();
    near.retain(|jd| !(start..end).contains(jd));
    prop_oneof![4 => FILES_JD.0..start, 4 => end..FILES_JD.1, 1 => select(near)]
}

/// A number of a range, its ends and naught more often than by chance.
fn number(low: f64, high: f64) -> impl Strategy<Value = f64> {
    prop_oneof![6 => low..high, 1 => Just(low), 1 => Just(high), 1 => Just(0.0)]
}

/// Any place on the Earth that a query may name, poles and mountains often.
pub(crate) fn site() -> impl Strategy<Value = LiveSite> {
    (number(-90.0, 90.0), number(-180.0, 180.0), number(-500.0, 25_000.0)).prop_map(
        |(latitude_deg, longitude_deg, altitude_m)| LiveSite { latitude_deg, longitude_deg, altitude_m },
    )
}

/// One of the 47, or a user's.
pub(crate) fn ayanamsa() -> impl Strategy<Value = LiveAyanamsa> {
    let user = (FILES_JD.0..FILES_JD.1, -360.0..360.0_f64)
        .prop_map(|(t0_jd_tt, ayanamsa_t0_deg)| LiveAyanamsa::User { t0_jd_tt, ayanamsa_t0_deg });
    prop_oneof![4 => (0_u8..47).prop_map(LiveAyanamsa::Mode), 1 => user]
}

fn center() -> impl Strategy<Value = LiveCenter> {
    prop_oneof![
        Just(LiveCenter::Geo),
        site().prop_map(LiveCenter::Topo),
        Just(LiveCenter::Helio),
        Just(LiveCenter::Bary),
    ]
}

/// Any view without contradiction.
pub(crate) fn view() -> impl Strategy<Value = View> {
    let seen = (center(), select(&[LivePlace::Apparent, LivePlace::Astrometric, LivePlace::True][..]))
        .prop_map(|(center, place)| LiveView { center, place });
    let plane = select(&[LivePlane::Ecliptic, LivePlane::Equator][..]);
    let equinox = select(
        &[LiveReference::TrueOfDate, LiveReference::MeanOfDate, LiveReference::J2000, LiveReference::Icrs][..],
    );
    let zodiac = prop_oneof![3 => Just(None), 1 => ayanamsa().prop_map(Some)];
    (seen, plane, equinox, zodiac, any::<bool>()).prop_map(|(seen, plane, equinox, ayanamsa, rectangular)| {
        let is_double = ayanamsa.is_some()
            && plane == LivePlane::Ecliptic
            && matches!(equinox, LiveReference::J2000 | LiveReference::Icrs);
        // Both would say where longitudes are counted from.
        let equinox = if is_double { LiveReference::TrueOfDate } else { equinox };
        View { seen, plane, equinox, ayanamsa, rectangular }
    })
}
