//! Every centre, place, plane, equinox, zodiac and kind of coordinates, at any instant.

use proptest::strategy::Just;

use crate::instants::{jd, jd_beyond, view};
use crate::sky::Sky;

#[test]
fn every_frame_is_the_librarys() {
    let sky = Sky::open();
    sky.hold("by tables where they can", 5_000, &(view(), jd()), |(view, jd)| {
        sky.compare(&view, "auto", jd).map(|_| ())
    });
}

#[test]
fn every_frame_is_the_librarys_live() {
    let sky = Sky::open();
    sky.hold("live", 1_500, &(view(), jd()), |(view, jd)| sky.compare(&view, "live", jd).map(|_| ()));
}

#[test]
fn every_frame_is_the_librarys_where_no_tables_reach() {
    let sky = Sky::open();
    sky.hold("beyond the tables", 1_000, &(view(), jd_beyond(), Just("auto")), |(view, jd, source)| {
        let reply = sky.compare(&view, source, jd)?;
        // All is live, nutation and the Earth's rotation too.
        let source = &reply["provenance"]["source"];
        if source == "live" { Ok(()) } else { Err(format!("{} at {jd:?} is {source}", view.query())) }
    });
}
