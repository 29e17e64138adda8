//! Days of `/v1/rise-set` without a place, events that nothing has, horizons that there are not.

use orrery_tests::programs::Server;

use crate::{Refusal, about};

const PLACE: &str = "give the place: lat and lon in degrees, north and east positive, and alt in metres";
const DAYS: &str = "give a whole number from 1 to 366";
const HORIZONS: &str = "give horizon from -5 to 60 degrees";
const SEA: &str = "the horizon of the sea dips for who stands above it";
const HEIGHT: &str = "add alt, the height above the sea in metres, or leave dip out";
const AIR: &str = "give refraction=air, or leave it out";
const ONCE: &str = "name each event once";
const NO_SUN: &str = "add sun to bodies, or leave it out of events";

/// Compares the refusal of a query with what it should be.
#[track_caller]
fn refuse(server: &Server, query: &str, refusal: Refusal) {
    refusal.is_at("/v1/rise-set", &server.client().get(&format!("/v1/rise-set?{query}")));
}

/// The same of a query about a place.
#[track_caller]
fn refuse_there(server: &Server, query: &str, refusal: Refusal) {
    refuse(server, &format!("lat=50&lon=10&{query}"), refusal);
}

#[test]
fn nothing_rises_without_a_place() {
    let server = Server::shared();
    for (query, missing) in
        [("", "lat"), ("lon=10", "lat"), ("lat=50", "lon"), ("lat=50&alt=100&tz=lmt", "lon")]
    {
        let detail = format!("{missing} is missing");
        refuse(&server, query, about(missing, "missing_parameter", &detail, PLACE));
    }
    for (query, parameter, detail, hint) in [
        ("lat=91&lon=10", "lat", "lat is 91", "give lat from -90 to 90 degrees"),
        ("lat=50&lon=-181", "lon", "lon is -181", "give lon from -180 to 180 degrees"),
    ] {
        refuse(&server, query, about(parameter, "out_of_range", detail, hint));
    }
    // The place is the observer's.
    refuse_there(
        &server,
        "center=topo",
        about(
            "center",
            "unknown_parameter",
            "center is no parameter of this resource",
            "known are lat, lon, alt, date, jd, jd_tt, calendar, tz, days, bodies, events, limb, refraction, horizon, dip, \
             pressure, temperature, source, allow_moshier, precision, format",
        ),
    );
}

#[test]
fn events_that_are_none_or_come_twice_are_named() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse_there(&server, query, refusal);
    for (events, again) in [("rise,rise", "rise"), ("all,set,all", "all")] {
        let detail = format!("{again} is named twice");
        refuse(&format!("events={events}"), about("events", "repeated_event", &detail, ONCE));
    }
    for (query, name) in [
        ("events=rise,civil_dawn&bodies=moon", "civil_dawn"),
        ("events=twilights&bodies=moon,venus", "twilights"),
    ] {
        let detail = format!("{name} is of the Sun alone");
        refuse(query, about("events", "contradiction", &detail, NO_SUN));
    }
    for (name, hint) in [
        ("rises", "did you mean rise?"),
        (
            "sunrise",
            "known are rise, set, upper_transit, lower_transit, civil_dawn, civil_dusk, nautical_dawn, nautical_dusk, \
             astronomical_dawn, astronomical_dusk, transits, twilights, all",
        ),
    ] {
        let detail = format!("{name} is no event");
        refuse(&format!("events=set,{name}"), about("events", "unknown_value", &detail, hint));
    }
    refuse(
        "events=rise,",
        about(
            "events",
            "empty_parameter",
            "the list of events has an empty entry",
            "separate names by single commas, or leave events out for all",
        ),
    );
}

#[test]
fn days_that_are_none_or_too_many_are_named() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse_there(&server, query, refusal);
    for days in ["0", "367", "-1", "1.5", "week"] {
        let detail = format!("days is {days}");
        refuse(&format!("days={days}"), about("days", "out_of_range", &detail, DAYS));
    }
    // Samoa went to bed on a Thursday and rose on a Saturday.
    for time in ["", "T12:00"] {
        refuse(
            &format!("date=2011-12-30{time}&tz=Pacific/Apia"),
            about(
                "date",
                "no_such_date",
                "the clocks of Pacific/Apia skipped 2011-12-30",
                "give the day before or after",
            ),
        );
    }
}

#[test]
fn horizons_and_airs_that_contradict_one_another_are_named() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse_there(&server, query, refusal);
    for horizon in ["-6", "60.5"] {
        let detail = format!("horizon is {horizon}");
        refuse(&format!("horizon={horizon}"), about("horizon", "out_of_range", &detail, HORIZONS));
    }
    for height in ["", "&alt=0", "&alt=-100"] {
        refuse(&format!("dip=true{height}"), about("dip", "contradiction", SEA, HEIGHT));
    }
    refuse(
        "dip=true&alt=100&horizon=1",
        about(
            "dip",
            "contradiction",
            "dip asks for the horizon of the open sea, and horizon says how high it is",
            "leave one of them out",
        ),
    );
    for (query, name, refraction) in [
        ("pressure=1000", "pressure", "standard"),
        ("pressure=1000&refraction=standard", "pressure", "standard"),
        ("temperature=20&refraction=none", "temperature", "none"),
    ] {
        let detail = format!("{name} is of the air, and refraction={refraction} does not ask for it");
        refuse(query, about(name, "contradiction", &detail, AIR));
    }
    // What the horizon is does not matter where nothing crosses it.
    for (name, value) in [("limb", "lower"), ("refraction", "none"), ("horizon", "1")] {
        let detail = format!("{name} is of the horizon, and events has neither rise nor set");
        let hint = "add rise or set to events, or leave it out";
        refuse(&format!("events=transits&{name}={value}"), about(name, "contradiction", &detail, hint));
    }
    for (query, name, hint) in [
        ("limb=top", "limb", "give limb=upper or center or lower"),
        ("refraction=true", "refraction", "give refraction=standard or air or none"),
    ] {
        let detail = format!("{} is no value of {name}", query.trim_start_matches(&format!("{name}=")));
        refuse(query, about(name, "unknown_value", &detail, hint));
    }
}
