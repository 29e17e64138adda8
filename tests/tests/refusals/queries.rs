//! Query strings of `/v1/positions`: each kind of refusal by name, with the remedy.

use orrery_tests::programs::Server;
use orrery_tests::workspace;
use serde_json::json;

use crate::{INTERFACE, Refusal, about, refusal};

pub(crate) const PARAMETERS: &str = "known are date, jd, jd_tt, calendar, tz, lat, lon, alt, bodies, center, \
                                     frame, equinox, zodiac, ayanamsa, place, coordinates, source, \
                                     allow_moshier, precision, fields, pressure, temperature, format";
const AMPERSANDS: &str = "separate parameters by single ampersands: date=2026-03-20&bodies=sun";
const ISO: &str = "write it as 2026-03-20T14:33:00Z";
const EXISTING: &str = "give a date and time that exist in the calendar used";
const JD: &str = "give a decimal number, such as jd=2461120.5";
const DECIMALS: &str = "give precision=0 to precision=15, or precision=full";
const ASTEROID: &str = "give its number, such as asteroid:433";
const REACH: &str = "which reach from 1200-01-01 (JD 2159357.5) to 2999-12-31 (JD 2816787.4999999995)";

/// Compares the refusal of a query with what it should be.
#[track_caller]
pub(crate) fn refuse(server: &Server, query: &str, refusal: Refusal) {
    refusal.is_at("/v1/positions", &server.client().get(&format!("/v1/positions?{query}")));
}

#[test]
fn what_cannot_be_read_is_said_to_be_so() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    refuse(
        "date=%",
        refusal(
            "malformed_query",
            "% has a % that no two hexadecimal digits follow",
            "write a percent sign as %25",
        ),
    );
    refuse(
        "date=%zz",
        refusal(
            "malformed_query",
            "%zz has a % that no two hexadecimal digits follow",
            "write a percent sign as %25",
        ),
    );
    refuse(
        "date=%ff",
        refusal("malformed_query", "%ff is not UTF-8 once decoded", "percent-encode the bytes of UTF-8"),
    );
    for query in ["&", "=1", "jd=1&&jd_tt=2", "jd=1&"] {
        refuse(query, refusal("malformed_query", "the query string has a part without a name", AMPERSANDS));
    }
    for (name, hint) in [
        ("bodis", "did you mean bodies?"),
        ("Bodies", "did you mean bodies?"),
        ("timezon", "did you mean timezone?"),
        ("colour", PARAMETERS),
        ("house_system", PARAMETERS),
    ] {
        let detail = format!("{name} is no parameter of this resource");
        refuse(&format!("{name}=sun"), about(name, "unknown_parameter", &detail, hint));
    }
    for (path, hint) in
        [("/v1/dataset", "known are format"), ("/health/ready", "this resource takes no parameters")]
    {
        about("jd", "unknown_parameter", "jd is no parameter of this resource", hint)
            .is_at(path, &server.client().get(&format!("{path}?jd=1")));
    }
    // What could not be shown is shown escaped.
    refuse("%00=1", about("\\0", "unknown_parameter", "\\0 is no parameter of this resource", PARAMETERS));
    let once = "give each parameter once; lists are separated by commas";
    refuse("jd=2461120&jd=2461120", about("jd", "repeated_parameter", "jd is given twice", once));
    for (query, alias, name) in [
        ("jd=2461120&jd_ut=2461120", "jd_ut", "jd"),
        ("lon=1&lng=2", "lng", "lon"),
        ("tz=lmt&timezone=lmt", "timezone", "tz"),
    ] {
        let detail = format!("{alias} is another name of {name}, which is given already");
        refuse(query, about(name, "repeated_parameter", &detail, once));
    }
    for (query, name) in [
        ("jd=", "jd"),
        ("jd_ut=", "jd"),
        ("date=", "date"),
        ("bodies=", "bodies"),
        ("bodies", "bodies"),
        ("tz=", "tz"),
    ] {
        let detail = format!("{name} has no value");
        refuse(query, about(name, "empty_parameter", &detail, "give it a value, or leave it out"));
    }
    for query in ["bodies=sun,,moon", "bodies=,", "bodies=sun,"] {
        refuse(
            query,
            about(
                "bodies",
                "empty_parameter",
                "the list of bodies has an empty entry: give names separated by single commas, or leave bodies out for the \
                 ten from sun to pluto",
                "separate names by single commas, or leave bodies out",
            ),
        );
    }
    refuse(
        "fields=longitude,",
        about(
            "fields",
            "empty_parameter",
            "the list of fields has an empty entry",
            "separate names by single commas, or leave fields out for the usual ones",
        ),
    );
}

#[test]
fn values_that_cannot_be_read_are_repeated_with_an_example() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    for (query, shown) in [
        ("NaN", "NaN"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("-inf", "-inf"),
        ("%2Binf", "+inf"),
        ("twelve", "twelve"),
        ("0x10", "0x10"),
        ("1e400", "1e400"),
        ("2461120,5", "2461120,5"),
        ("%F0%9F%8C%99", "🌙"),
    ] {
        let detail = |name: &str| format!("{name} is {shown}, which is no finite number");
        refuse(&format!("jd={query}"), about("jd", "invalid_value", &detail("jd"), JD));
        refuse(
            &format!("jd_tt={query}"),
            about("jd_tt", "invalid_value", &detail("jd_tt"), &JD.replace("jd=", "jd_tt=")),
        );
        refuse(
            &format!("date=2026-03-20&tz=lmt&lon={query}"),
            about("lon", "invalid_value", &detail("lon"), "give a decimal number, such as lon=13.4"),
        );
    }
    for value in ["99", "16", "-1", "1.5", "many"] {
        let detail = format!("{value} is no number of decimals");
        refuse(&format!("precision={value}"), about("precision", "invalid_value", &detail, DECIMALS));
    }
    for (date, shown, character, expected) in [
        ("tomorrow", "tomorrow", 1, "a year of four digits, such as 2026 or -0043"),
        ("20.03.2026", "20.03.2026", 1, "a year of four digits, such as 2026 or -0043"),
        ("2026-03", "2026-03", 8, "- and the day"),
        ("2026-03-20T12:00:00%00Z", "2026-03-20T12:00:00\\0Z", 20, "Z, an offset such as +02:00, or the end"),
        (
            "99999-01-01",
            "99999-01-01",
            5,
            "- and the month (years of more than four digits need a sign, such as +12026)",
        ),
    ] {
        let detail =
            format!("cannot read the date `{shown}` at character {character}: expected {expected}; {ISO}");
        refuse(&format!("date={date}"), about("date", "invalid_value", &detail, ISO));
    }
}

#[test]
fn words_that_are_none_bring_those_that_are() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    for (name, value, hint) in [
        ("source", "tables", "did you mean source=table?"),
        ("source", "sun", "give source=auto or table or live"),
        ("frame", "equatoriall", "did you mean frame=equatorial?"),
        ("calendar", "mayan", "give calendar=gregorian or julian"),
        ("allow_moshier", "yes", "give allow_moshier=true or false"),
        ("center", "centre", "give center=geo or topo or helio or bary"),
        ("place", "aparent", "did you mean place=apparent?"),
        ("format", "jsn", "did you mean format=json?"),
    ] {
        let detail = format!("{value} is no value of {name}");
        refuse(&format!("{name}={value}"), about(name, "unknown_value", &detail, hint));
    }
    let field = |name: &str, hint: &str| {
        let detail = format!("{name} is no field of a position");
        refuse(&format!("fields=sign,{name}"), about("fields", "unknown_value", &detail, hint));
    };
    field("longitud", "did you mean longitude?");
    field(
        "colour",
        "known are body, default, all, longitude, latitude, distance, longitude_speed, latitude_speed, distance_speed, \
         sign, sign_longitude, decan, retrograde, out_of_bounds, elongation, phase_angle, illuminated_fraction, \
         apparent_diameter, magnitude, light_time, source",
    );
    for name in ["sign", "body"] {
        let detail = format!("{name} is named twice");
        refuse(
            &format!("fields={name},{name}"),
            about("fields", "repeated_field", &detail, "name each field once"),
        );
    }
    for query in ["plutto", "sun,plutto", "Plutto"] {
        let name = query.trim_start_matches("sun,");
        let detail = format!("unknown body `{name}`: did you mean `pluto`?");
        refuse(&format!("bodies={query}"), about("bodies", "unknown_body", &detail, "did you mean pluto?"));
    }
    for name in ["asteroid:x", "asteroid:0", "asteroid:-1", "asteroid:99999999"] {
        let detail = format!(
            "`{name}` names no minor planet: give its number, such as asteroid:433 for Eros, from 1 to 9999999"
        );
        refuse(&format!("bodies={name}"), about("bodies", "unknown_body", &detail, ASTEROID));
    }
    refuse(
        "bodies=moon,sun,sun",
        about("bodies", "repeated_body", "`sun` repeats `sun`: name each body once", "name each body once"),
    );
    refuse(
        "bodies=true_node,north_node",
        about(
            "bodies",
            "repeated_body",
            "`north_node` repeats `true_node`: name each body once",
            "name each body once",
        ),
    );
}

#[test]
fn dates_and_places_that_are_none_are_named() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    let noon = "date=2026-03-20T14:33";
    refuse(
        &format!("{noon}&tz=Europe/Berlim"),
        about(
            "tz",
            "unknown_zone",
            "unknown time zone `Europe/Berlim`: did you mean `Europe/Berlin`?",
            "did you mean Europe/Berlin?",
        ),
    );
    for (zone, shown) in [("%2B02:00", "+02:00"), ("UTC%2B2", "UTC+2")] {
        let detail = format!(
            "tz takes a zone name, not the offset `{shown}`: write the offset at the end of the date"
        );
        let hint = "write the offset at the end of the date, with %2B for +";
        refuse(&format!("{noon}&tz={zone}"), about("tz", "unknown_zone", &detail, hint));
    }
    refuse(
        noon,
        about(
            "date",
            "zone_missing",
            "the time of day has no zone: end it with Z or an offset such as +02:00, or give tz=Area/City",
            "end the date with Z or an offset such as +02:00, or add tz=Area/City, or tz=lmt with lon",
        ),
    );
    for (date, detail) in [
        ("2023-02-30", "2023-02-30 does not exist: that month has 28 days in the gregorian calendar"),
        ("2026-13-01", "month 13 does not exist: give 1 to 12"),
        ("2026-03-20T25:00:00Z", "hour 25 does not exist: give 0 to 23"),
        (
            "2015-12-31T23:59:60Z",
            "2015-12-31T23:59:60Z is no leap second: they end the days of the leap-second table, at 23:59:60 UTC; give \
             second 0 to 59",
        ),
    ] {
        refuse(&format!("date={date}"), about("date", "no_such_date", detail, EXISTING));
    }
    refuse(
        "date=1582-10-10",
        about(
            "date",
            "no_such_date",
            "1582-10-10 was skipped when the Gregorian calendar followed the Julian: name one with calendar=gregorian or \
             calendar=julian",
            "add calendar=gregorian or calendar=julian",
        ),
    );
    for (name, value, shown) in [
        ("jd", "1e300", "1e300"),
        ("jd", "-1e300", "-1e300"),
        ("jd", "-6e6", "-6000000"),
        ("jd_tt", "1e7", "10000000"),
    ] {
        for source in ["auto", "table", "live"] {
            let detail = format!(
                "julian day {shown} cannot be answered: {name} takes a number from -5600000 to 9100000"
            );
            refuse(
                &format!("{name}={value}&source={source}"),
                about(name, "out_of_range", &detail, "give a number within that range"),
            );
        }
    }
    refuse(
        &format!("{noon}&tz=lmt&lon=181"),
        about(
            "lon",
            "out_of_range",
            "longitude 181 is outside −180 to 180 degrees, east positive",
            "give a number within that range",
        ),
    );
}

#[test]
fn what_only_another_source_could_answer_or_none_is_said_to_be_so() {
    workspace::require_narrow_files();
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    for (query, detail) in [
        ("jd=2451545&bodies=sun,cupido", "cupido: not tabulated in this dataset"),
        (
            "date=1500-01-01&bodies=sun",
            "the instant's ΔT: outside the tables, which reach from JD 2378495 to 2597645 (UT1)",
        ),
        (
            "jd_tt=2597700&bodies=sun",
            "the instant's ΔT: outside the tables, which reach from JD 2378495 to 2597645 (UT1)",
        ),
    ] {
        refuse(
            &format!("{query}&source=table"),
            about("source", "table_only", detail, "source=auto answers it live, and says so"),
        );
    }
    refuse(
        "bodies=asteroid:433&jd=2451545",
        about(
            "bodies",
            "outside_ephemeris",
            "asteroid:433 has no ephemeris file on this server",
            "leave it out of bodies; the operator can put ast0/se00433s.se1 into the ephemeris directory",
        ),
    );
    let wide = "the operator can fetch more files with scripts/fetch-data --wide";
    for (query, body, first) in [
        ("date=1100-01-01&bodies=sun", "sun", "allow_moshier=true admits the analytical model"),
        ("date=-0500-01-01&bodies=sun", "sun", "allow_moshier=true admits the analytical model"),
        ("date=1100-01-01&bodies=ceres&allow_moshier=true", "ceres", "give an instant within that range"),
        ("date=3500-01-01&bodies=sun&allow_moshier=true", "sun", "give an instant within that range"),
    ] {
        let detail = format!("{body} lies outside the ephemeris files, {REACH}");
        refuse(query, about("date", "outside_ephemeris", &detail, &format!("{first}; {wide}")));
    }
}

#[test]
fn a_local_time_that_is_none_or_two_comes_with_both_instants() {
    let server = Server::shared();
    let client = server.client();
    let hint = "give one of the candidates as the date, without tz";
    for (date, code, detail) in [
        (
            "2026-03-29T02:30:00",
            "local_time_gap",
            "2026-03-29T02:30:00 does not exist in Europe/Berlin, whose clocks were put forward over it: give \
             2026-03-29T00:30:00Z or 2026-03-29T01:30:00Z",
        ),
        (
            "2026-10-25T02:30:00",
            "local_time_fold",
            "2026-10-25T02:30:00 happened twice in Europe/Berlin, whose clocks were put back: give 2026-10-25T00:30:00Z or \
             2026-10-25T01:30:00Z",
        ),
    ] {
        let reply = client.get(&format!("/v1/positions?date={date}&tz=Europe/Berlin"));
        let refusal = about("date", code, detail, hint);
        let mut wanted = refusal.document();
        let candidates = [("00:30:00", 7200), ("01:30:00", 3600)].map(|(hour, utc_offset_s)| {
            let utc = format!("{}T{hour}.000Z", &date[..10]);
            // What the candidate says of its instant is what asking for it says.
            let time = &client.positions(&format!("date={utc}&bodies=sun"))["time"];
            json!({"utc": utc, "jd_ut": time["jd_ut"], "jd_tt": time["jd_tt"], "utc_offset_s": utc_offset_s})
        });
        wanted["candidates"] = json!(candidates);
        assert_eq!(reply.problem(422, code), wanted);
        INTERFACE.with_borrow_mut(|interface| interface.assert_refusal(&reply, code));
        // As an end of a range: given with its offset it is answered, and days go on by the zone's clock.
        let range = |start: &str| {
            format!("/v1/ephemeris?start={start}&stop=2026-11-02&step=1d&bodies=sun&tz=Europe/Berlin")
        };
        let reply = client.get(&range(date));
        wanted["parameter"] = json!("start");
        wanted["hint"] = json!("give one of the candidates in its place");
        assert_eq!(reply.problem(422, code), wanted);
        assert_eq!(client.get(&range(candidates[0]["utc"].as_str().unwrap())).status, 200);
    }
}
