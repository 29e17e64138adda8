//! Hazard: a document that is compressed into something else, under the tag of another coding, or for those who did not ask.

use std::io::Read;

use orrery_tests::programs::Server;

/// A reply whose body may be any bytes.
struct Coded {
    head: String,
    body: Vec<u8>,
}

impl Coded {
    fn ask(server: &Server, method: &str, target: &str, fields: &str) -> Coded {
        let mut connection = server.client().connect();
        let request = format!("{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n");
        connection.send(request.as_bytes());
        let bytes = connection.rest();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Coded { head, body: bytes[end..].to_vec() }
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.split("\r\n").filter_map(|line| line.split_once(": "));
        fields.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn status(&self) -> &str {
        &self.head[9..12]
    }

    fn decoded(&self) -> Vec<u8> {
        let (mut out, body) = (Vec::new(), self.body.as_slice());
        match self.field("content-encoding") {
            None => out.extend_from_slice(body),
            Some("gzip") => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut out).unwrap()),
            Some("br") => drop(brotli::Decompressor::new(body, 4096).read_to_end(&mut out).unwrap()),
            Some("zstd") => out = zstd::stream::decode_all(body).unwrap(),
            Some(other) => panic!("{other}"),
        }
        out
    }
}

#[test]
fn documents_are_the_same_in_every_coding_and_known_again_in_each() {
    let server = Server::shared();
    for (target, vary) in [
        ("/openapi.json", "accept-encoding"),
        ("/v1/dataset", "accept, accept-encoding"),
        ("/docs/swagger-ui-bundle.js", "accept-encoding"),
        ("/docs/swagger-ui.css", "accept-encoding"),
    ] {
        let plain = Coded::ask(&server, "GET", target, "");
        assert_eq!((plain.status(), plain.field("content-encoding")), ("200", None), "{target}");
        assert_eq!(plain.field("vary"), Some(vary), "{target}");
        let mut tags = vec![plain.field("etag").unwrap().to_owned()];
        for coding in ["gzip", "br", "zstd"] {
            let asking = format!("accept-encoding: {coding}\r\n");
            let coded = Coded::ask(&server, "GET", target, &asking);
            assert_eq!((coded.status(), coded.field("content-encoding")), ("200", Some(coding)), "{target}");
            assert_eq!((coded.field("vary"), coded.decoded() == plain.body), (Some(vary), true), "{target}");
            assert!(coded.body.len() * 2 < plain.body.len(), "{target} {coding}: {}", coded.body.len());
            assert_eq!(coded.field("content-type"), plain.field("content-type"), "{target}");
            let head = Coded::ask(&server, "HEAD", target, &asking);
            assert_eq!((head.body.len(), head.field("content-length")), (0, coded.field("content-length")));
            tags.push(coded.field("etag").unwrap().to_owned());
        }
        for (nth, tag) in tags.iter().enumerate() {
            assert!(!tags[..nth].contains(tag), "{tag} twice");
            let known = Coded::ask(&server, "GET", target, &format!("if-none-match: {tag}\r\n"));
            assert_eq!((known.status(), known.field("etag")), ("304", Some(tag.as_str())), "{target}");
        }
        let best = Coded::ask(&server, "GET", target, "accept-encoding: gzip, deflate, br, zstd\r\n");
        assert_eq!(best.field("content-encoding"), Some("zstd"), "{target}");
    }
}

#[test]
fn what_is_small_is_never_compressed() {
    let server = Server::shared();
    for target in ["/v1/positions?jd=2461120", "/status", "/health/live", "/favicon.svg", "/v1/position"] {
        let asked = Coded::ask(&server, "GET", target, "accept-encoding: zstd, br, gzip\r\n");
        assert_eq!(asked.field("content-encoding"), None, "{target}");
        assert!(asked.field("vary").is_none_or(|vary| !vary.contains("encoding")), "{target}");
    }
}
