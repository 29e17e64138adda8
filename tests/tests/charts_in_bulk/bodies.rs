//! What is sent: lists and lines, in every coding, whole and broken.

use std::io::{Read, Write};

use orrery_tests::programs::Server;
use serde_json::{Value, json};

use super::{NDJSON, Told, random_lines, refusal};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn br(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    brotli::CompressorReader::new(bytes, 4096, 5, 20).read_to_end(&mut encoded).unwrap();
    encoded
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 1).unwrap()
}

/// What codes.
type Encode = fn(&[u8]) -> Vec<u8>;

/// The names of the codings, and what codes in them.
const CODINGS: [(&str, Encode); 3] = [("gzip", gzip), ("br", br), ("zstd", zstd)];

#[test]
fn lists_and_lines_are_told_as_either() {
    let server = Server::shared();
    let lines = random_lines(2, 50);
    let query = "include=positions";
    let list = format!("[{}]", lines.trim_end().replace('\n', ",\n"));
    let told = Told::lines(&server, query, &lines);
    let without = |values: &[Value], name: &str| -> Vec<Value> {
        let mut values = values.to_vec();
        for value in &mut values {
            value.as_object_mut().unwrap().remove(name).unwrap_or_else(|| panic!("no {name}"));
        }
        values
    };
    let expected = without(&told, "line");
    let document = Told::json(&server, query, &list);
    assert_eq!((document.status, document.field("content-type")), (200, Some("application/json")));
    assert_eq!(document.field("cache-control"), Some("no-store"));
    let charts = document.document();
    let charts = charts.as_array().unwrap();
    assert!(charts.iter().enumerate().all(|(nth, chart)| chart["index"] == nth), "out of order");
    assert_eq!(without(charts, "index"), expected);
    let of_list = Told::json(&server, &format!("{query}&format=ndjson"), &list);
    assert_eq!(without(&of_list.each(), "index"), expected);
    let accepting = Told::ask(&server, query, NDJSON, "accept: application/json\r\n", lines.as_bytes());
    assert_eq!(without(accepting.document().as_array().unwrap(), "line"), expected);
    for media_type in ["application/ndjson", "application/jsonl; charset=utf-8"] {
        let told = Told::ask(&server, query, media_type, "", lines.as_bytes());
        assert_eq!(without(&told.each(), "line"), expected, "{media_type}");
    }
}

#[test]
fn a_list_is_a_list_of_no_more_than_it_may_have() {
    let server = Server::shared();
    assert_eq!(Told::json(&server, "", "[]").text(), "[]");
    assert_eq!(Told::json(&server, "format=ndjson", " [ ] ").text(), "");
    let told = Told::json(
        &server,
        "include=houses",
        r#"[{"jd": 1, "x": "],["}, 7, {"jd": 2451545, "lat": 1, "lon": 1, "id": "]"}]"#,
    );
    let charts = told.document();
    assert_eq!(charts[0]["error"]["code"], "unknown_parameter");
    assert_eq!((&charts[1]["error"]["code"], &charts[1]["index"]), (&json!("malformed_body"), &json!(1)));
    assert_eq!((&charts[2]["id"], charts[2]["houses"].is_object()), (&json!("]"), true));
    for body in ["", "{}", r#"{"jd": 2451545, "lat": 1, "lon": 1}"#, "[1,]", "[", "nonsense"] {
        assert_eq!(Told::json(&server, "", body).code(), (400, "malformed_body".to_owned()), "{body}");
    }
    let many = |count: usize| vec!["{}"; count];
    let list = |count| format!("[{}]", many(count).join(","));
    assert_eq!(Told::json(&server, "", &list(1000)).document().as_array().unwrap().len(), 1000);
    let refused = Told::json(&server, "", &list(1001));
    assert_eq!(refused.code(), (422, "out_of_range".to_owned()));
    assert!(refused.document()["detail"].as_str().unwrap().contains("1000"), "{}", refused.text());
    assert_eq!(Told::json(&server, "format=ndjson", &list(1001)).each().len(), 1001);
    let lines = Told::ask(&server, "format=json", NDJSON, "", many(1001).join("\n").as_bytes());
    assert_eq!(lines.code(), (422, "out_of_range".to_owned()));
    // Nor has it more bytes than may be held of it.
    let wide = "lat=50&lon=10&jd=2451545&bodies=all&aspects=all&angles=ascendant,mc,descendant,ic,vertex&include=all&perfection=false&\
                fields=all&precision=full&lots=all&orbs=conjunction:30,opposition:30,trine:30,square:30,sextile:30";
    let one = Told::json(&server, wide, "[{}]").body.len();
    let count = ((64 << 20) / one + 1).min(1000);
    assert!(count < 1000, "a chart has only {one} bytes");
    let refused = Told::json(&server, wide, &list(count));
    assert_eq!(refused.code(), (422, "out_of_range".to_owned()));
    assert!(refused.document()["detail"].as_str().unwrap().contains("67108864 bytes"), "{}", refused.text());
    // One that is longer than a line may be costs the others nothing.
    let long =
        format!(r#"[{{"jd": 2451545, "lat": 1, "lon": 1}}, {{"bodies": "{}"}}, 7]"#, "x".repeat(70_000));
    let told = Told::json(&server, "include=houses", &long).document();
    assert!(told[0]["houses"].is_object(), "{}", told[0]);
    assert_eq!(
        (&told[1]["index"], &told[1]["error"]["code"]),
        (&json!(1), &json!("body_too_large")),
        "{}",
        told[1]
    );
    assert_eq!(told[2]["error"]["code"], "malformed_body");
    for media_type in ["text/csv", "application/x-www-form-urlencoded"] {
        let refused = Told::ask(&server, "", media_type, "", b"{}");
        assert_eq!(refused.code(), (415, "unsupported_media_type".to_owned()));
        let hint = refused.document()["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains(NDJSON) && hint.contains("application/json"), "{hint}");
    }
}

#[test]
fn the_operator_says_how_much_a_document_has() {
    let server = Server::with_settings("[limits]\njson_charts = 2\njson_charts_bytes = 65536\n");
    assert_eq!(Told::json(&server, "", "[{}, {}]").document().as_array().unwrap().len(), 2);
    let refused = Told::json(&server, "", "[{}, {}, {}]");
    assert_eq!(refused.code(), (422, "out_of_range".to_owned()));
    assert!(
        refused.document()["detail"].as_str().unwrap().contains("2 charts and 65536 bytes"),
        "{}",
        refused.text()
    );
    let wide = "lat=50&lon=10&jd=2451545&bodies=all&include=all&aspects=all&fields=all&precision=full&lots=all&perfection=false";
    assert_eq!(Told::json(&server, wide, "[{}, {}]").code(), (422, "out_of_range".to_owned()));
}

#[test]
fn lines_are_read_and_told_in_every_coding() {
    let server = Server::shared();
    let lines = random_lines(3, 400);
    let plain = Told::ask(&server, "include=positions", NDJSON, "", lines.as_bytes()).text();
    assert_eq!(plain.lines().count(), 400);
    for (name, encode) in CODINGS {
        let fields = format!("content-encoding: {name}\r\naccept-encoding: {name}\r\n");
        let told = Told::ask(&server, "include=positions", NDJSON, &fields, &encode(lines.as_bytes()));
        assert_eq!((told.status, told.field("content-encoding")), (200, Some(name)));
        let mut decoded = String::new();
        let body = told.body.as_slice();
        match name {
            "gzip" => flate2::read::GzDecoder::new(body).read_to_string(&mut decoded).unwrap(),
            "br" => brotli::Decompressor::new(body, 4096).read_to_string(&mut decoded).unwrap(),
            _ => zstd::stream::read::Decoder::new(body).unwrap().read_to_string(&mut decoded).unwrap(),
        };
        assert!(decoded == plain, "{name} changes something");
    }
    // Members of gzip one after the other are one stream.
    let (first, second) = lines.split_at(lines.len() / 2);
    let members = [gzip(first.as_bytes()), gzip(second.as_bytes())].concat();
    let told = Told::ask(&server, "include=positions", NDJSON, "content-encoding: gzip\r\n", &members);
    assert!(told.text() == plain, "two members are not one body");
}

#[test]
fn a_body_that_breaks_off_is_told_of_in_its_place() {
    let server = Server::shared();
    let lines = random_lines(4, 2000);
    for (name, encode) in CODINGS {
        let encoded = encode(lines.as_bytes());
        let fields = format!("content-encoding: {name}\r\n");
        for (what, broken) in [
            ("cut", encoded[..encoded.len() * 3 / 4].to_vec()),
            ("followed", [encoded.as_slice(), b"x"].concat()),
        ] {
            let told = Told::ask(&server, "include=houses", NDJSON, &fields, &broken).each();
            let (last, charts) = told.split_last().unwrap();
            let (line, code, parameter) = refusal(last);
            assert_eq!((code, parameter), ("malformed_body", Some("content-encoding")), "{name} {what}");
            assert!(line > charts.len() as u64 && charts.len() > 100, "{name} {what}: {line}");
            assert!(charts.iter().all(|chart| chart["houses"].is_object()), "{name} {what}");
        }
        // What is broken from its beginning is refused as a whole.
        let told = Told::ask(&server, "", NDJSON, &fields, b"no such stream at all");
        assert_eq!(told.code(), (400, "malformed_body".to_owned()), "{name}");
    }
    let told = Told::ask(&server, "", NDJSON, "content-encoding: deflate\r\n", b"x");
    assert_eq!(told.code(), (415, "unsupported_coding".to_owned()));
}

#[test]
fn little_that_becomes_much_and_nothing_is_not_read_to_its_end() {
    let server = Server::shared();
    let chart = b"{\"jd\": 2451545, \"lat\": 50, \"lon\": 10}\n";
    for ((name, encode), filling) in CODINGS.into_iter().zip([b'\n', b'x', b'x']) {
        let fields = format!("content-encoding: {name}\r\n");
        let body = [chart.to_vec(), vec![filling; 33 << 20]].concat();
        let told = Told::ask(&server, "include=houses", NDJSON, &fields, &encode(&body)).each();
        assert_eq!(told.len(), 2, "{name}");
        assert!(told[0]["houses"].is_object());
        assert_eq!(refusal(&told[1]).1, "body_too_large", "{name}");
    }
    // What is not too much is one long line, and one refusal.
    let body = [chart.to_vec(), vec![b'x'; 8 << 20], b"\n".to_vec(), chart.to_vec()].concat();
    let told =
        Told::ask(&server, "include=houses", NDJSON, "content-encoding: gzip\r\n", &gzip(&body)).each();
    assert_eq!(told.len(), 3);
    assert_eq!(refusal(&told[1]), (2, "body_too_large", None));
    assert_eq!(told[2]["line"], 3);
}
