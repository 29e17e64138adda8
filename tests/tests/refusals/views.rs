//! Queries whose parameters can be read one by one, and not together: what contradicts itself or means nothing, and
//! places, airs and zodiacs that are none.

use orrery_tests::programs::Server;

use crate::queries::refuse;
use crate::{Refusal, about};

const ONE_INSTANT: &str = "give one of date, jd and jd_tt; without any it is now";
const PLACE: &str = "give lat and lon in degrees, north and east positive, and alt in metres if it matters";
const NO_PLACE: &str = "add center=topo for places seen from there, or leave it out";

#[test]
fn what_contradicts_itself_or_means_nothing_is_named() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    for (query, parameter, detail, hint) in [
        ("jd=2461120&date=2026-03-20", "jd", "date and jd both give the instant", ONE_INSTANT),
        ("jd=2461120&jd_tt=2461120", "jd_tt", "jd and jd_tt both give the instant", ONE_INSTANT),
        (
            "date=2026-03-20T14:33Z&tz=Europe/Berlin",
            "tz",
            "tz says how to read a local time, and the date names its own offset",
            "leave tz out, or give a local date and time without Z and offset",
        ),
        (
            "jd=2461120.5&tz=Europe/Berlin",
            "tz",
            "tz says how to read a local time, and a Julian day is no local time",
            "leave tz out, or give a local date and time without Z and offset",
        ),
        (
            "date=2026-03-20&lon=13",
            "lon",
            "lon places an observer or a local mean time, and there is neither",
            "add center=topo and lat for places seen from there, or tz=lmt, or leave lon out",
        ),
        (
            "date=2026-03-20T01:00&tz=lmt",
            "lon",
            "tz=lmt needs the longitude of the place: give lon, in degrees, east positive",
            "add lon, in degrees, east positive",
        ),
        ("lat=50", "lat", "lat places an observer, and center=geo has none", NO_PLACE),
        ("latitude=50", "lat", "lat places an observer, and center=geo has none", NO_PLACE),
        ("center=helio&alt=50", "alt", "alt places an observer, and center=helio has none", NO_PLACE),
        ("center=topo", "lat", "the observer's place lacks lat", PLACE),
        ("center=topo&lat=50", "lon", "the observer's place lacks lon", PLACE),
        (
            "ayanamsa=lahiri",
            "ayanamsa",
            "ayanamsa is where a sidereal zodiac begins, and the tropical one begins at the equinox",
            "add zodiac=sidereal, or leave ayanamsa out",
        ),
        (
            "zodiac=sidereal",
            "ayanamsa",
            "a sidereal zodiac begins somewhere, and there are many opinions where",
            "add ayanamsa=lahiri, as Indian astrologers mostly do, or ayanamsa=fagan_bradley, as Western ones; \
             /v1/ayanamsas lists all",
        ),
        (
            "zodiac=sidereal&ayanamsa=lahiri&equinox=j2000",
            "equinox",
            "equinox=j2000 and zodiac=sidereal both say where ecliptic longitudes are counted from",
            "leave equinox out, or zodiac and ayanamsa; ayanamsa=j2000 counts from the equinox of J2000.0 on its ecliptic",
        ),
        (
            "fields=sign&frame=equatorial",
            "fields",
            "frame=equatorial has no sign",
            "ask with frame=ecliptic for it",
        ),
        ("fields=x", "fields", "coordinates=spherical has no x", "ask with coordinates=rectangular for it"),
        ("fields=azimuth", "fields", "center=geo has no azimuth", "ask with center=topo, lat and lon for it"),
        (
            "fields=magnitude&center=helio",
            "fields",
            "center=helio has no magnitude",
            "ask with center=geo or center=topo for it",
        ),
        (
            "fields=nakshatra",
            "fields",
            "zodiac=tropical has no nakshatra",
            "ask with zodiac=sidereal and an ayanamsa for it",
        ),
        (
            "center=topo&lat=50&lon=13&pressure=1000",
            "pressure",
            "pressure bends light near the horizon, and nothing that depends on it is asked for",
            "for altitudes with center=topo, lat and lon, add apparent_altitude to fields; or leave it out",
        ),
        (
            "source=table&allow_moshier=true",
            "allow_moshier",
            "allow_moshier concerns live answers, and source=table forbids them",
            "leave one of them out",
        ),
    ] {
        refuse(query, about(parameter, "contradiction", detail, hint));
    }
    for (query, detail) in [
        ("bodies=earth", "earth has no place from center=geo"),
        ("bodies=mars,true_node&center=helio", "true_node has no place from center=helio"),
    ] {
        let hint = "leave it out of bodies, or choose another center";
        refuse(query, about("bodies", "meaningless", detail, hint));
    }
}

#[test]
fn places_and_airs_that_are_none_bring_their_ranges() {
    let server = Server::shared();
    for (query, parameter, detail, hint) in [
        ("lat=-90.5&lon=13", "lat", "lat is -90.5", "give lat from -90 to 90 degrees"),
        ("lat=50&lon=181", "lon", "lon is 181", "give lon from -180 to 180 degrees"),
        ("lat=50&lon=13&alt=25001", "alt", "alt is 25001", "give alt from -500 to 25000 metres"),
        (
            "lat=50&lon=13&fields=apparent_altitude&pressure=1201",
            "pressure",
            "pressure is 1201",
            "give pressure from 0 to 1200 hPa",
        ),
        (
            "lat=50&lon=13&fields=apparent_altitude&temperature=-300",
            "temperature",
            "temperature is -300",
            "give temperature from -100 to 60 degrees Celsius",
        ),
    ] {
        let query = format!("center=topo&{query}");
        refuse(&server, &query, about(parameter, "out_of_range", detail, hint));
    }
}

#[test]
fn ayanamsas_that_are_none_bring_those_that_are() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    for (ayanamsa, detail, hint) in [
        ("lahirri", "unknown ayanamsa `lahirri`: did you mean `lahiri`?", "did you mean lahiri?"),
        (
            "47",
            "no ayanamsa has the number 47: give 0 to 46, or user:T0,AYAN_T0 for one of your own",
            "give a name such as lahiri, a number from 0 to 46, or user:T0,AYAN_T0; /v1/ayanamsas lists all",
        ),
    ] {
        let query = format!("zodiac=sidereal&ayanamsa={ayanamsa}");
        refuse(&query, about("ayanamsa", "unknown_value", detail, hint));
    }
    refuse(
        "zodiac=sidereal&ayanamsa=user:2415020",
        about(
            "ayanamsa",
            "invalid_value",
            "`user:2415020` defines no ayanamsa: give the epoch as a Julian day TT from -5600000 to 9100000 and the ayanamsa \
             then in degrees, such as user:2415020,22.46",
            "give the epoch as a Julian day TT and the ayanamsa then, such as user:2415020,22.46",
        ),
    );
}
