//! Hazard: a picture that is another chart's, that breaks in a reader, or that ignores what was asked. The real program draws, and
//! what it draws is held against what it tells in JSON.

use orrery_tests::http::{Client, Reply};
use orrery_tests::interface::Interface;
use orrery_tests::programs::Server;
use serde_json::{Value, json};

const NATAL: &str = "date=2010-06-01T06:30&tz=Europe/Berlin&lat=52.52&lon=13.4";

fn post(client: &Client, target: &str, body: &Value) -> Reply {
    let body = body.to_string();
    client.raw(
        format!(
            "POST {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    )
}

fn picture(client: &Client, target: &str) -> String {
    let reply = client.get(target);
    assert_drawn(&reply, target);
    reply.body
}

fn assert_drawn(reply: &Reply, what: &str) {
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("image/svg+xml")),
        "{what}: {reply:?}"
    );
    assert_well_formed(&reply.body);
    for foreign in ["<script", "href=\"http", "url(", "<image", "NaN", "style=\""] {
        assert!(!reply.body.contains(foreign), "{what}: {foreign}");
    }
}

/// Every element ends in its parent, attributes are quoted, and what is no markup has none of its letters.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let body =
        svg.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").expect("a declaration").trim_start();
    assert!(body.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{}", &body[..80]);
    let mut parts = body.split('<');
    assert_eq!(parts.next(), Some(""));
    for part in parts {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("<{part} has no end"));
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else {
            assert!(tag.matches('"').count() % 2 == 0, "{tag}");
            if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap());
            }
        }
        assert!(open.last().is_some() || text.trim().is_empty(), "{text} is outside");
        for reference in text.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;", "quot;"].iter().any(|known| reference.starts_with(known)),
                "{text}"
            );
        }
    }
    assert!(open.is_empty(), "{open:?} are open");
}

/// Width and height of the outermost element.
fn size(svg: &str) -> [f64; 2] {
    let view = svg.split_once("viewBox=\"").unwrap().1.split_once('"').unwrap().0;
    let numbers: Vec<f64> = view.split(' ').map(|number| number.parse().unwrap()).collect();
    [numbers[2], numbers[3]]
}

/// What a picture says of itself to those who cannot see it.
fn said(svg: &str) -> &str {
    svg.split_once("<desc").unwrap().1.split_once('>').unwrap().1.split_once("</desc>").unwrap().0
}

const SIGNS: [&str; 12] = [
    "Aries",
    "Taurus",
    "Gemini",
    "Cancer",
    "Leo",
    "Virgo",
    "Libra",
    "Scorpio",
    "Sagittarius",
    "Capricorn",
    "Aquarius",
    "Pisces",
];

/// Degrees and minutes in the sign, cut: `10°35′ Gemini`.
fn read(longitude_deg: f64) -> String {
    let minutes = (longitude_deg.rem_euclid(30.0) * 60.0 + 1e-6).floor() as u32;
    format!("{:02}°{:02}′ {}", minutes / 60, minutes % 60, SIGNS[(longitude_deg / 30.0) as usize])
}

fn longitude(of: &Value) -> f64 {
    of["longitude"].as_f64().unwrap()
}

/// The numbers of the first path that begins so.
fn path(svg: &str, begin: &str) -> Vec<f64> {
    let (_, rest) = svg.split_once(begin).unwrap_or_else(|| panic!("{begin} is not there"));
    let (_, data) = rest.split_once(" d=\"").unwrap();
    let numbers = data.split('"').next().unwrap().split(['M', 'L', ' ']).filter(|part| !part.is_empty());
    numbers.map(|number| number.parse().unwrap()).collect()
}

/// The longitude at which something is drawn on a wheel: signs run counter-clockwise from the one that is left.
fn drawn_at(svg: &str, [x, y]: [f64; 2], left_deg: f64) -> f64 {
    let number = |name: &str| -> f64 {
        let (_, rest) = svg.split_once(&format!("<circle class=\"rim\" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let middle = number("cx");
    (left_deg + 180.0 + (middle - y).atan2(x - middle).to_degrees()).rem_euclid(360.0)
}

fn assert_at(drawn: f64, told: f64, what: &str) {
    let off = (drawn - told + 180.0).rem_euclid(360.0) - 180.0;
    assert!(off.abs() < 0.02, "{what} is drawn at {drawn} and told at {told}");
}

/// Marks of bodies and ends of lines are where JSON has them.
#[test]
fn what_is_drawn_is_where_it_is_told() {
    let server = Server::shared();
    let client = server.client();
    for more in ["", "&house_system=whole_sign&bodies=all", "&zodiac=sidereal&ayanamsa=lahiri"] {
        let told = client.get(&format!("/v1/chart?{NATAL}{more}")).json();
        let svg = picture(&client, &format!("/v1/chart?{NATAL}{more}&format=svg&picture=wheel"));
        let left = told["houses"]["ascendant"].as_f64().unwrap();
        let mut places: Vec<(String, f64)> =
            vec![("ascendant".to_owned(), left), ("mc".to_owned(), told["houses"]["mc"].as_f64().unwrap())];
        for position in told["positions"].as_array().unwrap() {
            let body = position["body"].as_str().unwrap();
            let (_, group) = svg.split_once(&format!("<g class=\"body {}", body.replace('_', "-"))).unwrap();
            let place = path(group, "<path class=\"place\"");
            assert_at(drawn_at(&svg, [place[0], place[1]], left), longitude(position), body);
            assert_at(drawn_at(&svg, [place[2], place[3]], left), longitude(position), body);
            places.push((body.to_owned(), longitude(position)));
        }
        let of = |name: &str| places.iter().find(|(known, _)| known == name).unwrap().1;
        let aspects = told["aspects"].as_array().unwrap();
        for aspect in aspects {
            let [a, b] = ["a", "b"].map(|name| aspect[name].as_str().unwrap());
            let words = |name: &str| if name == "mc" { "Midheaven".to_owned() } else { worded(name) };
            let title =
                format!("<title>{} {} {}, orb", words(a), aspect["aspect"].as_str().unwrap(), words(b));
            let (before, _) = svg.split_once(&title).unwrap_or_else(|| panic!("{title} is not there"));
            let line = path(&before[before.rfind("<path class=\"aspect ").unwrap()..], "<path");
            let [.., x, y] = line[..] else { panic!("{line:?}") };
            assert_at(drawn_at(&svg, [line[0], line[1]], left), of(a), &title);
            assert_at(drawn_at(&svg, [x, y], left), of(b), &title);
        }
        assert!(aspects.len() > 8, "{}", aspects.len());
    }
}

fn worded(name: &str) -> String {
    let spaced = name.replace('_', " ");
    spaced[..1].to_uppercase() + &spaced[1..]
}

#[test]
fn what_is_drawn_is_what_is_told() {
    let server = Server::shared();
    let client = server.client();
    for query in [
        NATAL.to_owned(),
        format!("{NATAL}&zodiac=sidereal&ayanamsa=lahiri&house_system=whole_sign"),
        format!("{NATAL}&bodies=all&aspects=all"),
        "date=1990-06-01&tz=Europe/Berlin&time_known=false".to_owned(),
        "date=2001-06-21T12:00:00Z&lat=69.65&lon=18.96&fallback=porphyry".to_owned(),
    ] {
        let told = client.get(&format!("/v1/chart?{query}")).json();
        let svg = picture(&client, &format!("/v1/chart?{query}&format=svg"));
        let said = said(&svg);
        // Where the time is unknown, the Moon is somewhere between two longitudes.
        let range = told["moon"].get("range").map(|range| ["from", "to"].map(|end| longitude(&range[end])));
        for position in told["positions"].as_array().unwrap() {
            let body = position["body"].as_str().unwrap();
            let at = range.filter(|_| body == "moon");
            let at = at.map_or_else(|| vec![position["longitude"].as_f64().unwrap()], Vec::from);
            let at: Vec<String> = at.into_iter().map(read).collect();
            let mut words = format!("{} {}", worded(body), at.join(" to "));
            if position["retrograde"] == true {
                words.push_str(", retrograde");
            }
            if let Some(house) = position["house"].as_u64() {
                words.extend([", house ", &house.to_string()]);
            }
            assert!(said.contains(&words), "{query}: {words} is not in {said}");
        }
        let aspects = told["aspects"].as_array().unwrap();
        for aspect in aspects {
            let [a, b] = ["a", "b"].map(|name| match aspect[name].as_str().unwrap() {
                "mc" => "Midheaven".to_owned(),
                name => worded(name),
            });
            // How it stands to what is somewhere between two longitudes is not known.
            let is_known = range.is_none() || ["a", "b"].iter().all(|name| aspect[name] != "moon");
            let phase = match aspect["applying"].as_bool().filter(|_| is_known) {
                Some(true) => ", applying",
                Some(false) => ", separating",
                None => "",
            };
            let orb = format!("{:.2}°", aspect["orb"].as_f64().unwrap());
            let orb = if is_known { orb.as_str() } else { "unknown" };
            let words = format!("{a} {} {b}, orb {orb}{phase}", aspect["aspect"].as_str().unwrap());
            let at = said.find(&words).unwrap_or_else(|| panic!("{query}: {words} is not in {said}"));
            let next = said[at + words.len()..].chars().next();
            assert!(matches!(next, Some(';' | '.')), "{query}: more is said than {words}");
        }
        assert_eq!(said.matches(", orb ").count(), aspects.len(), "{query}");
        assert_eq!(said.contains("No houses"), told.get("houses").is_none(), "{query}");
    }
}

#[test]
fn the_heading_says_what_was_asked() {
    let server = Server::shared();
    let client = server.client();
    for (query, lines) in [
        (
            NATAL,
            &[
                "1 June 2010, 06:30 Europe/Berlin (UTC+02:00)",
                "52°31′N 13°24′E",
                "Placidus houses · tropical zodiac",
            ][..],
        ),
        (
            "date=1850-06-01T12:00:30&tz=lmt&lat=-33.9&lon=-70.5&center=topo&house_system=equal_mc",
            &[
                "1 June 1850, 12:00:30 local mean time (UTC−04:42)",
                "33°54′S 70°30′W, bodies as seen there",
                "Equal (from the midheaven) houses · tropical zodiac",
            ],
        ),
        (
            "date=2001-06-21T12:00:00%2B03:00&lat=69.65&lon=18.96&fallback=porphyry&zodiac=sidereal&ayanamsa=fagan_bradley",
            &[
                "21 June 2001, 12:00 UTC+03:00",
                "Porphyry houses, for Placidus fails here · sidereal zodiac, Fagan Bradley",
            ],
        ),
        ("jd_tt=2451545&lat=0&lon=0", &["1 January 2000, 11:58:56 UTC"]),
        (
            "date=-0043-03-15T12:00Z&lat=41.9&lon=12.5&allow_moshier=true",
            &["15 March 44 BC (Julian), 12:00 UTC"],
        ),
        (
            "date=1990-06-01&tz=Europe/Berlin&time_known=false",
            &["1 June 1990, time unknown: places at midday, Europe/Berlin", "Tropical zodiac"],
        ),
        // Without a zone it is the day of the date's own offset, or Greenwich's.
        (
            "date=2000-01-01T00:00%2B05:30&time_known=false",
            &["1 January 2000, time unknown: places at midday, UTC+05:30"],
        ),
        ("date=2000-01-01&time_known=false", &["1 January 2000, time unknown: places at midday, UTC"]),
    ] {
        let svg = picture(&client, &format!("/v1/chart?{query}&format=svg"));
        for line in lines {
            assert!(svg.contains(&format!(">{line}</t")), "{query}: {line} is not in {}", &svg[..900]);
        }
    }
}

#[test]
fn the_same_question_has_the_same_bytes_and_its_own_tag() {
    let server = Server::shared();
    let client = server.client();
    let mut tags = Vec::new();
    for target in [
        format!("/v1/chart?{NATAL}&format=svg"),
        format!("/v1/chart?{NATAL}&format=svg&picture=wheel"),
        format!("/v1/chart?{NATAL}&format=svg&picture=grid"),
        format!("/v1/chart?{NATAL}&format=svg&theme=dark"),
        format!("/v1/chart?{NATAL}&format=svg&theme=print"),
        format!("/v1/chart?{NATAL}&format=svg&layout=portrait"),
        format!("/v1/chart?{NATAL}&format=svg&title=One"),
        format!("/v1/chart?{NATAL}&format=svg&title=Two"),
        format!("/v1/chart?{NATAL}&format=svg&angles=none"),
        format!("/v1/chart?{NATAL}"),
        format!("/v1/aspects?{NATAL}&format=svg"),
        format!("/v1/aspects?{NATAL}&format=svg&picture=wheel&layout=portrait"),
    ] {
        let reply = client.get(&target);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        assert_eq!(reply.header("x-ephemeris-source"), Some("table"), "{target}");
        assert_eq!(reply.header("cache-control"), Some("private, max-age=3600"), "{target}");
        assert_eq!(client.get(&target).body, reply.body, "{target}");
        let tag = reply.header("etag").unwrap().to_owned();
        let again = client.send("GET", &target, &[("if-none-match", &tag)]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{target}");
        assert!(!tags.contains(&tag), "{target} shares its tag");
        tags.push(tag);
    }
    // What is accepted chooses it as `format` does.
    let target = format!("/v1/chart?{NATAL}");
    let accepted = client.send("GET", &target, &[("accept", "image/svg+xml")]);
    assert_drawn(&accepted, "accepted");
    assert_eq!(accepted.header("etag"), Some(&*tags[0]));
    assert_eq!(accepted.body, client.get(&format!("{target}&format=svg")).body);
}

#[test]
fn pictures_themes_and_layouts_differ_as_they_should() {
    let server = Server::shared();
    let client = server.client();
    let drawn = |more: &str| picture(&client, &format!("/v1/chart?{NATAL}&format=svg&{more}"));
    let [sheet, wheel, grid] = ["sheet", "wheel", "grid"].map(|name| drawn(&format!("picture={name}")));
    for (svg, parts) in [(&sheet, [true; 3]), (&wheel, [true, false, false]), (&grid, [false, false, true])] {
        let found = ["class=\"bodies inner\"", "aria-label=\"positions\"", "class=\"aspect-grid\""]
            .map(|part| svg.contains(part));
        assert_eq!(found, parts);
    }
    let [landscape, portrait] = ["landscape", "portrait"].map(|name| size(&drawn(&format!("layout={name}"))));
    assert!(landscape[0] > landscape[1] && portrait[0] < portrait[1], "{landscape:?} {portrait:?}");
    assert!(drawn("theme=auto").contains("prefers-color-scheme:dark"));
    for theme in ["light", "dark", "print"] {
        let svg = drawn(&format!("theme={theme}"));
        assert!(svg.contains(&format!("class=\"orrery {theme}\"")) && !svg.contains("prefers-color-scheme"));
    }
    // Of aspects the grid is what is usual, with a place or without.
    let aspects = picture(&client, "/v1/aspects?date=2001-03-20T14:46:00Z&format=svg");
    assert!(aspects.contains("class=\"aspect-grid\"") && !aspects.contains("class=\"bodies"));
}

#[test]
fn titles_are_text_and_nothing_else() {
    let server = Server::shared();
    let client = server.client();
    let body = |title: &str| json!({"date": "2010-06-01T06:30", "tz": "Europe/Berlin", "lat": 52.52, "lon": 13.4, "format": "svg", "title": title});
    let hostile = r#"</title><script>alert("1")</script> & 'más' ☉ ]]>"#;
    let reply = post(&client, "/v1/chart", &body(hostile));
    assert_drawn(&reply, hostile);
    let written = "&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'más' ☉ ]]&gt;";
    assert_eq!(reply.body.matches(written).count(), 2, "as the title, and over the picture");
    assert_eq!(reply.header("etag"), None);
    // One that is as long as it may be is drawn smaller, not past the edge.
    assert_drawn(&post(&client, "/v1/chart", &body(&"W".repeat(120))), "a long one");
    for title in ["W".repeat(121), "two\nlines".to_owned(), "a\u{7}bell".to_owned()] {
        let problem = post(&client, "/v1/chart", &body(&title)).problem(422, "out_of_range");
        assert_eq!(problem["parameter"], "title", "{title:?}");
    }
}

#[test]
fn what_would_be_ignored_is_refused() {
    let server = Server::shared();
    let client = server.client();
    for (target, code, parameter) in [
        (format!("/v1/chart?{NATAL}&picture=wheel"), "contradiction", "picture"),
        (format!("/v1/chart?{NATAL}&theme=dark&format=json"), "contradiction", "theme"),
        (format!("/v1/aspects?{NATAL}&layout=portrait"), "contradiction", "layout"),
        (format!("/v1/aspects?{NATAL}&layout=portrait&format=svg"), "contradiction", "layout"),
        (format!("/v1/chart?{NATAL}&title=x"), "contradiction", "title"),
        (format!("/v1/chart?{NATAL}&format=svg&include=houses"), "contradiction", "include"),
        (format!("/v1/chart?{NATAL}&format=svg&precision=3"), "contradiction", "precision"),
        (format!("/v1/chart?{NATAL}&format=svg&fields=sign"), "contradiction", "fields"),
        (format!("/v1/chart?{NATAL}&format=svg&perfection=true"), "contradiction", "perfection"),
        (format!("/v1/chart?{NATAL}&format=svg&terms=lilly"), "contradiction", "terms"),
        (format!("/v1/chart?{NATAL}&format=svg&picture=weel"), "unknown_value", "picture"),
        (format!("/v1/chart?{NATAL}&format=svg&theme=blue"), "unknown_value", "theme"),
    ] {
        let problem = client.get(&target).problem(422, code);
        assert_eq!(problem["parameter"], parameter, "{target}");
        assert!(problem["hint"].is_string(), "{target}");
    }
    let reply = client.get(&format!("/v1/chart?{NATAL}&format=csv"));
    assert_eq!(reply.problem(406, "not_acceptable")["parameter"], "format");
    let polar = client.get("/v1/chart?date=2001-06-21T12:00:00Z&lat=89&lon=0&format=svg");
    assert_eq!((polar.status, &polar.json()["parameter"]), (422, &json!("house_system")));
    let pair = |more: Value| {
        let mut body = json!({
            "first": {"date": "2010-06-01T06:30", "tz": "Europe/Berlin", "lat": 52.52, "lon": 13.4},
            "second": {"date": "1985-02-18T20:30", "tz": "Asia/Tokyo", "lat": 35.68, "lon": 139.69, "precision": 3},
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&client, "/v1/synastry", &body)
    };
    assert_eq!(pair(json!({})).status, 200);
    assert_eq!(pair(json!({"format": "svg"})).problem(422, "contradiction")["parameter"], "second.precision");
    assert_eq!(pair(json!({"theme": "dark"})).problem(422, "contradiction")["parameter"], "theme");
}

#[test]
fn two_charts_are_drawn_about_each_other() {
    let server = Server::shared();
    let client = server.client();
    let mut body = json!({
        "first": {"date": "2010-06-01T06:30", "tz": "Europe/Berlin", "lat": 52.52, "lon": 13.4},
        "second": {"date": "1985-02-18", "tz": "Asia/Tokyo", "time_known": false},
    });
    let told = post(&client, "/v1/synastry", &body).json();
    body["format"] = "svg".into();
    let reply = post(&client, "/v1/synastry", &body);
    assert_drawn(&reply, "two charts");
    assert!(reply.body.contains("class=\"bodies outer\"") && reply.body.contains(">Two charts</title>"));
    for line in [
        "Inside: 1 June 2010, 06:30 Europe/Berlin (UTC+02:00) · 52°31′N 13°24′E",
        "Outside: 18 February 1985, time unknown: places at midday, Asia/Tokyo",
    ] {
        assert!(reply.body.contains(&format!(">{line}</text>")), "{line}");
    }
    let said = said(&reply.body);
    assert_eq!(said.matches(", orb ").count(), told["aspects"].as_array().unwrap().len());
    // The second's bodies are told in the houses that they are drawn in.
    let (_, around) = said.split_once("Around it: ").unwrap();
    let overlays = told["overlays"]["second_in_first"].as_array().unwrap();
    for (position, overlay) in told["second"]["positions"].as_array().unwrap().iter().zip(overlays) {
        assert_eq!(position["body"], overlay["body"]);
        let body = worded(position["body"].as_str().unwrap());
        // That one could be in two houses.
        if body == "Moon" {
            let second = client.get("/v1/chart?date=1985-02-18&tz=Asia/Tokyo&time_known=false").json();
            let range = &second["moon"]["range"];
            let [from, to] = ["from", "to"].map(|end| read(longitude(&range[end])));
            assert!(around.contains(&format!("{body} {from} to {to};")), "{around}");
            continue;
        }
        let words = format!("{body} {}", read(longitude(position)));
        let (_, rest) = around.split_once(&words).unwrap_or_else(|| panic!("{words} is not in {around}"));
        let own = rest.split(';').next().unwrap();
        let house = format!("house {}", overlay["house"]);
        assert!(own.split(['.', ',']).any(|part| part.trim() == house), "{words}{own}: {house}");
    }
    assert_eq!(post(&client, "/v1/synastry", &body).body, reply.body);
    for (picture, has_wheel) in [("wheel", true), ("grid", false)] {
        body["picture"] = picture.into();
        let reply = post(&client, "/v1/synastry", &body);
        assert_drawn(&reply, picture);
        assert_eq!(reply.body.contains("class=\"bodies outer\""), has_wheel, "{picture}");
    }
}

#[test]
fn the_documentation_draws_what_it_shows() {
    let mut interface = Interface::fetch();
    let mut drawn = 0;
    for path in ["/v1/chart", "/v1/aspects"] {
        for target in interface.commands(path) {
            let reply = interface.ask(&target, &[]);
            assert_eq!(reply.status, 200, "{target}: {reply:?}");
            if target.contains("format=svg") {
                assert_drawn(&reply, &target);
                drawn += 1;
            }
        }
    }
    for path in ["/v1/chart", "/v1/synastry"] {
        for body in interface.posts(path) {
            let reply = interface.post(path, &body);
            assert_eq!(reply.status, 200, "{body}: {reply:?}");
            if body.contains("\"svg\"") {
                assert_drawn(&reply, &body);
                drawn += 1;
            }
        }
    }
    assert_eq!(drawn, 4);
}
