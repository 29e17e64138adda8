//! Hazard: a description of the interface that the server does not keep. Every example and every refusal is asked of the
//! real program, and status, header fields and body are held against what `/openapi.json` says; and every member that it
//! promises must have been seen in some reply.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jsonschema::{Draft, Validator};
use orrery_tests::http::{Client, Reply};
use orrery_tests::programs::Server;
use orrery_tests::workspace;
use serde_json::{Map, Value, json};

/// Where the document's and the README's commands expect a server.
const ADDRESS: &str = "http://127.0.0.1:8080";

/// Header fields that HTTP itself needs, or that any file of the program carries; nobody has to document them.
const PLAIN_FIELDS: [&str; 7] = [
    "date",
    "connection",
    "content-length",
    "content-type",
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
];

/// The document, and a client to hold the server to it.
struct Interface {
    document: Value,
    client: Client,
    /// Members of named schemas, and header fields, that replies had.
    seen: BTreeSet<String>,
    /// Validators of the schemas at pointers, made when they are first needed.
    validators: RefCell<HashMap<String, Rc<Validator>>>,
    _server: Arc<Server>,
}

/// Part of a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl Interface {
    fn fetch() -> Interface {
        let server = Server::shared();
        let client = server.client();
        let reply = client.get("/openapi.json");
        assert_eq!(reply.status, 200);
        Interface {
            document: reply.json(),
            client,
            seen: BTreeSet::new(),
            validators: RefCell::default(),
            _server: server,
        }
    }

    /// What a JSON pointer into the document leads to, references followed.
    fn at(&self, pointer: &str) -> (String, &Value) {
        let found = self.document.pointer(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}"));
        match found.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.at(reference.strip_prefix('#').unwrap()),
            None => (pointer.to_owned(), found),
        }
    }

    /// A validator of the schema at a pointer.
    fn validator(&self, pointer: &str) -> Rc<Validator> {
        if let Some(known) = self.validators.borrow().get(pointer) {
            return Rc::clone(known);
        }
        let root = json!({"$ref": format!("#{pointer}"), "paths": self.document["paths"], "components": self.document["components"]});
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let made = Rc::new(options.build(&root).unwrap_or_else(|error| panic!("{pointer}: {error}")));
        self.validators.borrow_mut().insert(pointer.to_owned(), Rc::clone(&made));
        made
    }

    fn assert_valid(&self, pointer: &str, value: &Value, what: &str) {
        let validator = self.validator(pointer);
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|fault| format!("{} at {}", fault, fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{what}: {faults:#?} in {value:#}");
    }

    /// Paths of the operations.
    fn paths(&self) -> Vec<String> {
        self.document["paths"].as_object().unwrap().keys().cloned().collect()
    }

    fn operation(&self, path: &str) -> &Value {
        &self.document["paths"][path]["get"]
    }

    /// The commands in the description of an operation.
    fn commands(&self, path: &str) -> Vec<String> {
        commands(self.operation(path)["description"].as_str().unwrap())
    }

    /// Asks, and holds the reply to what is said of the operation at the target's path.
    fn ask(&mut self, target: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.client.send("GET", target, fields);
        let path = target.split('?').next().unwrap();
        let pointer = format!("/paths/{}/get/responses/{}", escaped(path), reply.status);
        assert!(self.document.pointer(&pointer).is_some(), "{target}: {} is not documented", reply.status);
        self.assert_kept(&pointer, &reply, target);
        reply
    }

    /// Holds a reply to what is said at a pointer.
    fn assert_kept(&mut self, pointer: &str, reply: &Reply, what: &str) {
        let (pointer, promised) = self.at(pointer);
        let promised = promised.clone();
        let headers = promised["headers"].as_object().cloned().unwrap_or_default();
        for name in headers.keys() {
            let (field, header) = self.at(&format!("{pointer}/headers/{}", escaped(name)));
            match reply.header(&name.to_ascii_lowercase()) {
                Some(value) => {
                    let value = Value::from(value);
                    self.assert_valid(&format!("{field}/schema"), &value, &format!("{what}: {name}"));
                    self.seen.insert(format!("{pointer} {name}"));
                }
                None => assert_eq!(header["required"], false, "{what}: no {name} in {reply:?}"),
            }
        }
        for (name, _) in &reply.headers {
            let documented = headers.keys().any(|known| known.eq_ignore_ascii_case(name));
            assert!(documented || PLAIN_FIELDS.contains(&name.as_str()), "{what}: {name} is not documented");
        }
        let Some(content) = promised["content"].as_object() else {
            assert_eq!(reply.body, "", "{what}: a body is not documented");
            return;
        };
        let media_type =
            reply.header("content-type").unwrap_or_else(|| panic!("{what}: no type in {reply:?}"));
        assert!(content.contains_key(media_type), "{what}: {media_type} is not documented");
        let schema = format!("{pointer}/content/{}/schema", escaped(media_type));
        let body = reply.json();
        self.assert_valid(&schema, &body, what);
        self.witness(&schema, &body);
    }

    /// Notes which members of which schemas a valid value has.
    fn witness(&mut self, pointer: &str, value: &Value) {
        let (pointer, schema) = self.at(pointer);
        let schema = schema.clone();
        for kind in ["anyOf", "allOf"] {
            for index in 0..schema[kind].as_array().map_or(0, Vec::len) {
                let branch = format!("{pointer}/{kind}/{index}");
                if self.validator(&branch).is_valid(value) {
                    self.witness(&branch, value);
                }
            }
        }
        if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
            for (name, member) in members {
                if properties.contains_key(name) {
                    let property = format!("{pointer}/properties/{name}");
                    self.seen.insert(property.clone());
                    self.witness(&property, member);
                }
            }
        }
        if let (Some(items), true) = (value.as_array(), schema["items"].is_object()) {
            for item in items {
                self.witness(&format!("{pointer}/items"), item);
            }
        }
    }
}

/// The targets of the commands in a text.
fn commands(text: &str) -> Vec<String> {
    let commands = text.lines().filter_map(|line| line.strip_prefix("curl '")?.split('\'').next());
    commands
        .map(|url| url.strip_prefix(ADDRESS).unwrap_or_else(|| panic!("another server: {url}")).to_owned())
        .collect()
}

/// Calls for each object in a value, with its pointer.
fn each_object(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(pointer, members);
            for (name, member) in members {
                each_object(member, &format!("{pointer}/{}", escaped(name)), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_object(item, &format!("{pointer}/{index}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn the_document_is_sound() {
    let interface = Interface::fetch();
    let document = &interface.document;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["license"]["identifier"], "AGPL-3.0-only");
    assert_eq!(document["info"].get("contact"), None);
    assert_eq!(document["servers"], json!([{"url": "/"}]));
    let mut ids = BTreeSet::new();
    for path in interface.paths() {
        let operation = interface.operation(&path);
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
        assert!(operation["summary"].as_str().unwrap().len() > 10, "{path}");
        assert!(!interface.commands(&path).is_empty(), "{path} has no example");
        let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
        assert!(tags.contains(&&operation["tags"][0]), "{path}");
        let item = document["paths"][&path].as_object().unwrap();
        assert_eq!(item.keys().collect::<Vec<_>>(), ["get"], "{path}: HEAD goes without saying");
    }
    let (mut referred, mut schemas) = (BTreeSet::new(), Vec::new());
    each_object(document, "", &mut |pointer, members| {
        if let Some(reference) = members.get("$ref") {
            let target = reference.as_str().unwrap().strip_prefix('#').unwrap();
            assert!(document.pointer(target).is_some(), "{pointer} leads nowhere: {target}");
            referred.insert(target.to_owned());
        }
        if pointer.ends_with("/schema")
            || pointer.rsplit_once('/').is_some_and(|(to, _)| to == "/components/schemas")
        {
            schemas.push(pointer.to_owned());
        }
        if members.get("type").is_some_and(|kind| kind == "object") && !pointer.contains("/allOf/") {
            assert!(
                members.contains_key("additionalProperties"),
                "{pointer} does not say what else it may hold"
            );
        }
        if pointer.contains("/responses/") && members.contains_key("content") {
            assert!(!members["description"].as_str().unwrap().is_empty(), "{pointer}");
        }
    });
    for (kind, components) in document["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys() {
            // What no operation meets, for whoever writes a client of all of it.
            let meets = !["NotFound", "MethodNotAllowed"].contains(&name.as_str());
            assert!(
                !meets || referred.contains(&format!("/components/{kind}/{name}")),
                "nobody refers to {kind}/{name}"
            );
        }
    }
    assert!(schemas.len() > 40, "{schemas:?}");
    for pointer in schemas {
        interface.validator(&pointer);
    }
    // What a schema gives as an example, it takes.
    each_object(document, "", &mut |pointer, members| {
        let values = members.get("examples").and_then(Value::as_array).into_iter().flatten();
        for value in values.chain(members.get("default").filter(|_| !pointer.ends_with("/properties"))) {
            interface.assert_valid(pointer, value, pointer);
        }
    });
}

#[test]
fn every_example_is_answered_as_documented() {
    let mut interface = Interface::fetch();
    for path in interface.paths() {
        for target in interface.commands(&path) {
            let reply = interface.ask(&target, &[]);
            assert_eq!(reply.status, 200, "{target}: {reply:?}");
            let head = interface.client.send("HEAD", &target, &[]);
            assert_eq!((head.status, head.body.as_str()), (200, ""), "{target}");
            let names =
                |reply: &Reply| reply.headers.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
            assert_eq!(names(&head), names(&reply), "{target}");
            let Some(tag) = reply.header("etag") else { continue };
            let kept = reply.header("cache-control") != Some("no-store");
            let again = interface.ask(&target, &[("if-none-match", tag)]);
            assert_eq!(again.status, if kept { 304 } else { 200 }, "{target}");
            assert_eq!(interface.ask(&target, &[("if-none-match", "\"another\"")]).status, 200, "{target}");
        }
    }
    // Frames, sources and all fields, so that each member is met; and a 304 whose source is not known.
    for target in [
        "/v1/positions?bodies=all&frame=equatorial&date=1990-05-17T06:30:00Z",
        "/v1/positions?bodies=all&calendar=julian&date=1990-05-17T06:30:00Z&precision=full",
        "/v1/positions?bodies=sun,cupido&jd=2451545&precision=2",
        "/v1/positions?bodies=sun,ceres&jd=2300000",
        "/v1/positions?bodies=sun,mars&jd=1000000&allow_moshier=true&equinox=mean",
        "/v1/positions?bodies=sun&jd=1000000&allow_moshier=true&frame=equatorial",
        "/v1/positions?date=2024-07-01T12:00:00&tz=Asia/Kolkata&frame=equatorial&fields=declination,source",
        "/v1/positions?bodies=sun&date=2024-07-01&source=table&fields=body",
    ] {
        let reply = interface.ask(target, &[]);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        let tag = reply.header("etag").unwrap().to_owned();
        assert_eq!(interface.ask(target, &[("if-none-match", &tag), ("x-request-id", "mine")]).status, 304);
    }
    let mut unseen = Vec::new();
    each_object(&interface.document, "", &mut |pointer, members| {
        let properties = members.get("properties").and_then(Value::as_object);
        let refusal = ["Problem", "Candidate"].iter().any(|name| pointer.ends_with(name));
        for name in
            properties.into_iter().flat_map(Map::keys).filter(|_| !refusal && !pointer.contains("/allOf/"))
        {
            let property = format!("{pointer}/properties/{name}");
            unseen.extend(Some(property).filter(|property| !interface.seen.contains(property)));
        }
        if pointer.ends_with("/responses/200") || pointer.ends_with("/responses/304") {
            for name in members["headers"].as_object().unwrap().keys() {
                let field = format!("{pointer} {name}");
                unseen.extend(Some(field).filter(|field| !interface.seen.contains(field)));
            }
        }
    });
    assert!(unseen.is_empty(), "documented, and in no reply: {unseen:#?}");
}

#[test]
fn the_sample_of_a_reply_is_the_reply_to_its_query() {
    let mut interface = Interface::fetch();
    let mut sample = interface.document["components"]["schemas"]["Positions"]["examples"][0].clone();
    // Their names are of this dataset's content.
    sample["provenance"]["blocks"] = json!([]);
    let query: Vec<_> = sample["query"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| format!("{name}={}", written(value)))
        .collect();
    let target = format!("/v1/positions?{}", query.join("&"));
    let reply = interface.ask(&target, &[]).json();
    assert_shown(&sample, &reply, &target);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&sample["positions"][0]),
        names(&reply["positions"][0]),
        "the sample leaves something out"
    );
}

/// A value as a query string writes it.
fn written(value: &Value) -> String {
    match value {
        Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>().join(","),
        Value::String(text) => text.replace('+', "%2B"),
        other => other.to_string(),
    }
}

#[test]
fn every_value_that_is_documented_is_understood() {
    let mut interface = Interface::fetch();
    for path in interface.paths() {
        let parameters = interface.operation(&path)["parameters"].as_array().unwrap().clone();
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let lists = ["examples", "enum"].map(|list| schema[list].as_array().cloned().unwrap_or_default());
            for value in lists.iter().flatten().chain(schema.get("default")) {
                let text = written(value);
                // Some need company, without which they contradict the rest; all can be read.
                let reply = interface.ask(&format!("{path}?{name}={text}"), &[]);
                assert!([200, 422].contains(&reply.status), "{name}={text}: {reply:?}");
            }
        }
    }
}

#[test]
fn dates_are_read_as_the_pattern_says() {
    let interface = Interface::fetch();
    let parameters = interface.operation("/v1/positions")["parameters"].as_array().unwrap();
    let at = parameters.iter().position(|parameter| parameter["name"] == "date").unwrap();
    let pattern = interface.validator(&format!("/paths/~1v1~1positions/get/parameters/{at}/schema"));
    let (mut taken, mut refused) = (0, 0);
    for year in ["2026", "-0043", "+12026", "12026", "+1234567", "２０２６"] {
        for day in ["-03-20", "-3-20", "-03-2", "0320", "-13-40"] {
            for time in ["", "T", "t14:33", " 14:33:00", "T14:33:", "T14:33:00,25", "T14:33:00."] {
                for offset in ["", "z", "+02:00", "-0330", "+2", "UTC"] {
                    let date = format!("{year}{day}{time}{offset}");
                    let encoded = date.replace('+', "%2B").replace(' ', "%20");
                    let reply = interface.client.get(&format!("/v1/positions?bodies=sun&date={encoded}"));
                    if pattern.is_valid(&Value::from(date.as_str())) {
                        // It can be read, though it may be no date at all.
                        assert!([200, 422].contains(&reply.status), "{date}: {reply:?}");
                        taken += 1;
                    } else {
                        assert!([400, 422].contains(&reply.status), "{date}: {reply:?}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(taken > 50 && refused > 500, "{taken} {refused}");
}

#[test]
fn every_refusal_is_the_documented_problem() {
    let mut interface = Interface::fetch();
    let mut codes = BTreeSet::new();
    let mut refused = |reply: Reply, status: u16, target: &str| {
        assert_eq!(reply.status, status, "{target}: {reply:?}");
        codes.insert(reply.json()["code"].as_str().unwrap().to_owned());
    };
    for (query, status) in [
        ("bodis=sun", 400),
        ("jd=1&jd=1", 400),
        ("jd=1&jd_ut=1", 400),
        ("jd=", 400),
        ("jd=nan", 400),
        ("jd=1e999", 400),
        ("date=yesterday", 400),
        ("date=%ff", 400),
        ("date=%", 400),
        ("=&&=", 400),
        ("precision=16", 400),
        ("bodies=sun,,moon", 400),
        ("bodies=%00%0d%0a", 422),
        ("bodies=plutto", 422),
        ("bodies=sun,sun", 422),
        ("bodies=earth", 422),
        ("bodies=asteroid:99942", 422),
        ("fields=sign,sign", 422),
        ("fields=declination", 422),
        ("frame=%F0%9F%AA%90", 422),
        ("center=helio", 422),
        ("ayanamsa=lahiri", 422),
        ("lat=52&lon=13", 422),
        ("date=2026-03-20&jd=2461120.5", 422),
        ("date=2026-03-20T14:33", 422),
        ("date=2023-02-30", 422),
        ("date=2026-03-29T02:30&tz=Europe/Berlin", 422),
        ("date=2026-10-25T02:30&tz=Europe/Berlin", 422),
        ("date=2500-10-25T02:30&tz=Europe/Berlin", 422),
        ("date=2026-03-20T14:33&tz=Europe/Berlim", 422),
        ("jd=1e300", 422),
        ("jd=0", 422),
        ("jd=2451545&bodies=cupido&source=table", 409),
        ("source=table&allow_moshier=true", 422),
        ("format=csv", 406),
        ("format=jsn", 422),
    ] {
        let target = format!("/v1/positions?{query}");
        let reply = interface.ask(&target, &[]);
        if reply.status != 200 {
            refused(reply, status, &target);
        }
    }
    for path in interface.paths() {
        refused(interface.ask(&format!("{path}?colour=red"), &[]), 400, &path);
        refused(interface.ask(&format!("{path}?{}", "a".repeat(70_000)), &[]), 414, &path);
        refused(interface.ask(&path, &[("content-length", "2")]), 400, &path);
        refused(interface.ask(&path, &[("content-length", "99999999")]), 413, &path);
        refused(interface.ask(&path, &[("x-long", &"y".repeat(300_000))]), 431, &path);
    }
    for path in ["/v1/positions", "/v1/dataset"] {
        refused(interface.ask(path, &[("accept", "text/csv")]), 406, path);
    }
    for (method, target, status, response) in [
        ("GET", "/v1/position", 404, "NotFound"),
        ("GET", "/v1/positions/", 404, "NotFound"),
        ("GET", "/%00", 404, "NotFound"),
        ("POST", "/v1/positions", 405, "MethodNotAllowed"),
        ("DELETE", "/openapi.json", 405, "MethodNotAllowed"),
        ("PATCH", "/docs", 405, "MethodNotAllowed"),
    ] {
        let reply = interface.client.send(method, target, &[]);
        interface.assert_kept(&format!("/components/responses/{response}"), &reply, target);
        refused(reply, status, target);
    }
    // All that a client can bring about by itself; the rest is a server's without files, without time, or at its end.
    let (_, problem) = interface.at("/components/schemas/Problem");
    let documented = problem["properties"]["code"]["enum"].as_array().unwrap();
    let elsewhere = [
        "malformed_request",
        "request_timeout",
        "live_unavailable",
        "internal",
        "busy",
        "time_limit",
        "draining",
    ];
    let missed: Vec<_> = documented
        .iter()
        .map(|code| code.as_str().unwrap())
        .filter(|code| !codes.contains(*code) && !elsewhere.contains(code))
        .collect();
    assert!(missed.is_empty(), "documented, and given by no reply: {missed:?}");
    for member in ["parameter", "hint", "candidates"] {
        assert!(
            interface.seen.contains(&format!("/components/schemas/Problem/properties/{member}")),
            "{member}"
        );
    }
}

#[test]
fn the_readme_shows_what_is_answered() {
    let mut interface = Interface::fetch();
    let readme = std::fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let mut blocks = readme.split("```").skip(1).step_by(2).peekable();
    let (mut asked, mut shown) = (0, 0);
    while let Some(block) = blocks.next() {
        let Some(block) = block.strip_prefix("sh\n") else { continue };
        for target in commands(block) {
            let reply = interface.ask(&target, &[]);
            asked += 1;
            let Some(json) = blocks.peek().and_then(|block| block.strip_prefix("json\n")) else { continue };
            // What was left out is said to be.
            let json = json.replace(", …", "").replace('…', "");
            let promised: Value =
                serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
            assert_shown(&promised, &reply.json(), &target);
            shown += 1;
        }
    }
    assert!(asked >= 2 && shown >= 2, "{asked} {shown}");
}

/// Whether a value has all that the README shows of it.
fn assert_shown(promised: &Value, found: &Value, what: &str) {
    match (promised, found) {
        (Value::Object(members), Value::Object(found)) => {
            for (name, member) in members {
                let found = found.get(name).unwrap_or_else(|| panic!("{what} has no {name}"));
                assert_shown(member, found, &format!("{what}/{name}"));
            }
        }
        (Value::Array(items), Value::Array(found)) => {
            assert!(items.is_empty() || items.len() == found.len(), "{what}");
            for (index, (item, found)) in items.iter().zip(found).enumerate() {
                assert_shown(item, found, &format!("{what}/{index}"));
            }
        }
        (Value::Number(number), Value::Number(found)) => {
            let (number, found) = (number.as_f64().unwrap(), found.as_f64().unwrap());
            assert!((number - found).abs() < 1e-6, "{what}: {number} is {found}");
        }
        _ => assert_eq!(promised, found, "{what}"),
    }
}

#[test]
fn the_browser_of_the_interface_needs_nothing_from_elsewhere() {
    let server = Server::shared();
    let client = server.client();
    let page = client.get("/docs");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let linked: Vec<_> = page.body.split('"').filter(|text| text.starts_with("docs/")).collect();
    assert!(linked.len() >= 4, "{}", page.body);
    for path in linked.iter().map(|path| format!("/{path}")).chain(["/docs".to_owned()]) {
        let reply = client.get(&path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(!reply.body.contains("unpkg.com") && !reply.body.contains("jsdelivr"), "{path}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("http"), "{policy}");
        let tag = reply.header("etag").unwrap();
        let again = client.send("GET", &path, &[("if-none-match", tag)]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        let head = client.send("HEAD", &path, &[]);
        assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", Some(tag)), "{path}");
        assert_eq!(head.header("content-length"), Some(reply.body.len().to_string().as_str()), "{path}");
    }
}
