//! Events, calendars of the Moon and eclipses that are asked for amiss.

use orrery_tests::programs::Server;
use orrery_tests::workspace;

use crate::{Refusal, about};

const REACH: &str = "the tables and ephemeris files, which reach from 1200-01-02 to 2999-12-30";

/// Compares the refusal of a target with what it should be.
#[track_caller]
fn refuse(path: &str, query: &str, refusal: Refusal) {
    // An eclipse's name is a part of the path.
    let documented = match path.strip_prefix("/v1/eclipses/").map(|rest| rest.split_once('/')) {
        None => path.to_owned(),
        Some(None) => "/v1/eclipses/{id}".to_owned(),
        Some(Some((_, last))) => format!("/v1/eclipses/{{id}}/{last}"),
    };
    refusal.is_at(&documented, &Server::shared().client().get(&format!("{path}?{query}")));
}

#[test]
fn ranges_that_are_backward_or_beyond_say_what_is_there() {
    workspace::require_narrow_files();
    for path in ["/v1/events", "/v1/moon/phases", "/v1/moon/void-of-course", "/v1/eclipses"] {
        let earlier = "give the earlier of the two as start";
        let backward = format!("stop is before start: {earlier}");
        refuse(path, "start=2026-02-01&stop=2026-01-01", about("stop", "out_of_range", &backward, earlier));
        for (query, name) in [
            ("start=1100-01-01&stop=2026-01-01", "start"),
            ("start=2026-01-01&stop=3001-01-01", "stop"),
            ("before=3001-01-01&count=1", "before"),
            ("after=3001-01-01", "after"),
        ] {
            let detail = format!("{name} lies outside {REACH}");
            let hint = format!("give {name} from 1200-01-02 to 2999-12-30");
            refuse(path, query, about(name, "outside_ephemeris", &detail, &hint));
        }
        // A year that the calendar has and the ephemeris has not.
        let detail = format!("start lies outside {REACH}");
        let hint = "give start from 1200-01-02 to 2999-12-30";
        if path != "/v1/events" {
            refuse(path, "year=9999", about("start", "outside_ephemeris", &detail, hint));
        }
        let spans = "give start and stop, or after with count, or before with count";
        refuse(path, "start=2026-01-01", about("stop", "missing_parameter", "stop is missing", spans));
        refuse(
            path,
            "start=2026-01-01&stop=2026-02-01&before=2026-03-01",
            about("before", "contradiction", "start and stop and before exclude one another", spans),
        );
        refuse(
            path,
            "before=2026-01-01&count=5&limit=3",
            about(
                "limit",
                "contradiction",
                "what comes before an instant is told in one reply, as many as count says",
                "leave it out, and give count",
            ),
        );
        let hint = "give count from 1 to 100000";
        refuse(path, "count=0", about("count", "out_of_range", "count is 0", hint));
        for cursor in ["x", "4142c754e59fb4fa-1-2", "4142c754e59fb4fa-1-2-6bde0f63-0"] {
            let detail = format!("{cursor} is no cursor");
            let hint = "give next_cursor of a reply as it came, or leave cursor out to begin";
            refuse(path, &format!("cursor={cursor}"), about("cursor", "invalid_value", &detail, hint));
        }
    }
    refuse(
        "/v1/moon/calendar",
        "start=2026-02-01&stop=2026-01-01",
        about(
            "stop",
            "out_of_range",
            "stop is before start: give the earlier of the two as start",
            "give the earlier of the two as start",
        ),
    );
    refuse(
        "/v1/moon/calendar",
        "start=2026-02-01&stop=2026-02-01",
        about(
            "stop",
            "out_of_range",
            "start and stop are one day, and stop is not included",
            "give the day after the last as stop",
        ),
    );
    refuse(
        "/v1/moon/calendar",
        "start=2026-01-01&stop=2028-01-01",
        about("stop", "out_of_range", "these are 730 days", "ask for 366 days at most"),
    );
    refuse(
        "/v1/moon/calendar",
        "year=2026&month=13",
        about("month", "out_of_range", "month is 13", "give month from 1 to 12"),
    );
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let server = Server::shared();
    let page = server.client().get("/v1/moon/phases?year=2026&limit=2").json();
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    for path in ["/v1/moon/void-of-course", "/v1/moon/phases", "/v1/eclipses"] {
        // Of another resource, and of the same for another year.
        let reply = server.client().get(&format!("{path}?year=2027&limit=2&cursor={cursor}"));
        let document = reply.problem(422, "contradiction");
        assert_eq!(document["parameter"], "cursor", "{path}: {document}");
    }
}

#[test]
fn events_that_are_none_are_named() {
    let events = |query: &str, refusal: Refusal| refuse("/v1/events", query, refusal);
    events(
        "types=ingres",
        about("types", "unknown_value", "ingres is no type of event", "did you mean ingress?"),
    );
    events(
        "types=station,station",
        about("types", "repeated_event", "station is named twice", "name each type once"),
    );
    events(
        "types=ingress,,station",
        about(
            "types",
            "empty_parameter",
            "the list of types has an empty entry",
            "separate names by single commas",
        ),
    );
    events(
        "types=station&bodies=sun",
        about(
            "bodies",
            "meaningless",
            "station cannot happen to the bodies that were asked for",
            "name other bodies, or leave station out of types",
        ),
    );
    for (orb, what) in [("-1", "-1"), ("16", "16"), ("-0.001", "-0.001")] {
        let detail = format!("orb is {what}");
        events(
            &format!("types=aspect&orb={orb}"),
            about("orb", "out_of_range", &detail, "give orb from 0 to 15 degrees"),
        );
    }
    events(
        "types=lunation&orb=1",
        about(
            "orb",
            "contradiction",
            "orb concerns no type that is asked for",
            "leave it out, or add to types one of aspect",
        ),
    );
    events(
        "types=aspect&points=400",
        about("points", "out_of_range", "400 is no longitude of a point", "give degrees from 0 to below 360"),
    );
}

#[test]
fn points_pairs_and_zodiacs_that_make_no_sense_are_named() {
    let events = |query: &str, refusal: Refusal| refuse("/v1/events", query, refusal);
    let points: Vec<_> = (0..=100).map(|point| point.to_string()).collect();
    events(
        &format!("types=aspect&points={}", points.join(",")),
        about("points", "out_of_range", "there are more than 100 points", "give 100 points at most"),
    );
    events(
        "types=aspect&points=15,210,15.0",
        about("points", "repeated_event", "the point 15 is named twice", "name each point once"),
    );
    events(
        "types=aspect,parallel&points=15",
        about(
            "points",
            "contradiction",
            "points stand in the place of pairs of bodies, and parallels are of pairs",
            "add with for the partners of parallels, or leave parallel out of types, or points out",
        ),
    );
    events(
        "types=aspect&bodies=true_node,true_south_node",
        about(
            "bodies",
            "meaningless",
            "aspect cannot happen to the bodies that were asked for",
            "name other bodies, or leave aspect out of types",
        ),
    );
    for bodies in ["bodies=sun&minus=sun", "bodies=true_node&minus=south_node"] {
        events(
            &format!("types=crossing&quantity=longitude&value=90&{bodies}"),
            about(
                "bodies",
                "meaningless",
                "crossing cannot happen to the bodies that were asked for",
                "name other bodies, or leave crossing out of types",
            ),
        );
    }
    events(
        "types=ingress&nakshatra_ayanamsa=lahiri",
        about(
            "nakshatra_ayanamsa",
            "contradiction",
            "nakshatra_ayanamsa concerns no type that is asked for",
            "leave it out, or add to types one of nakshatra_ingress",
        ),
    );
    events(
        "types=nakshatra_ingress&nakshatra_ayanamsa=99",
        about(
            "nakshatra_ayanamsa",
            "unknown_value",
            "no ayanamsa has the number 99: give 0 to 46, or user:T0,AYAN_T0 for one of your own",
            "give a name such as lahiri, a number from 0 to 46, or user:T0,AYAN_T0; /v1/ayanamsas lists all",
        ),
    );
    events(
        "types=crossing",
        about(
            "quantity",
            "missing_parameter",
            "quantity is missing",
            "types=crossing takes quantity and value, such as quantity=declination&value=20",
        ),
    );
    events(
        "types=crossing&quantity=longitud&value=1",
        about(
            "quantity",
            "unknown_value",
            "longitud is no value of quantity",
            "did you mean quantity=longitude?",
        ),
    );
    events(
        "types=aspect&with=earth",
        about("with", "meaningless", "earth has no place from the Earth", "leave it out of with"),
    );
}

#[test]
fn eclipses_that_are_none_and_places_that_are_none_are_named() {
    const ID: &str = "write it as solar-2026-08-12 or lunar-2026-03-03: /v1/eclipses lists them";
    for rest in ["", "/local", "/path"] {
        let place = if rest == "/local" { "lat=50&lon=10" } else { "" };
        for name in ["sun-2026-08-12", "solar", "2026-08-12", "solar-2026-8-12"] {
            let detail = format!("{name} is no name of an eclipse");
            let path = format!("/v1/eclipses/{name}{rest}");
            refuse(&path, place, about("id", "unknown_eclipse", &detail, ID));
        }
        refuse(
            &format!("/v1/eclipses/lunar-2024-04-08{rest}"),
            place,
            about(
                "id",
                "unknown_eclipse",
                "there is no lunar eclipse on that day",
                "the nearest are lunar-2024-03-25 and lunar-2024-09-18; days are those of TT, in which it is greatest",
            ),
        );
    }
    let local = "/v1/eclipses/solar-2024-04-08/local";
    for (query, parameter, detail, hint) in [
        ("lat=90.1&lon=0", "lat", "lat is 90.1", "give lat from -90 to 90 degrees"),
        ("lat=-91&lon=0", "lat", "lat is -91", "give lat from -90 to 90 degrees"),
        ("lat=0&lon=181", "lon", "lon is 181", "give lon from -180 to 180 degrees"),
    ] {
        refuse(local, query, about(parameter, "out_of_range", detail, hint));
    }
    for (query, name) in [("lon=0", "lat"), ("lat=0", "lon"), ("", "lat")] {
        let hint = "give the place: lat and lon in degrees, north and east positive, and alt in metres";
        refuse(local, query, about(name, "missing_parameter", &format!("{name} is missing"), hint));
    }
}
