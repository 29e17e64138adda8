//! What the server says of itself in `/openapi.json`, and whether its replies keep it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::http::{Client, Reply};
use crate::programs::Server;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

/// Where the document's and the README's commands expect a server.
const ADDRESS: &str = "http://127.0.0.1:8080";

/// An eclipse for where the document has a place for one's name.
const SOME_ECLIPSE: &str = "solar-2026-08-12";

/// The id of a job in the document's commands, in whose place one is put that is there.
const DOCUMENTED_JOB: &str = "5f0c6a8e2b9d4713a1e0c7d25b8f9634";

/// What that job asks for.
const JOB: &str = r#"{"path": "/v1/positions?jd=2451545&bodies=sun"}"#;

/// Header fields that HTTP itself needs; nobody has to document them.
const PLAIN_FIELDS: [&str; 5] =
    ["date", "content-encoding", "content-length", "content-type", "transfer-encoding"];

/// The words of `sign`, from 0° of the zodiac on.
pub const SIGNS: [&str; 12] = [
    "aries",
    "taurus",
    "gemini",
    "cancer",
    "leo",
    "virgo",
    "libra",
    "scorpio",
    "sagittarius",
    "capricorn",
    "aquarius",
    "pisces",
];

/// What the document is called among schemas.
const SCHEMAS: &str = "urn:orrery:openapi";

/// The document, and a client to hold the server to it.
pub struct Interface {
    /// `/openapi.json`.
    pub document: Value,
    /// Asks the server that it is from.
    pub client: Client,
    /// Members of named schemas, and header fields, that replies had.
    pub seen: BTreeSet<String>,
    /// The schemas of the document, for validators to refer to.
    schemas: Registry<'static>,
    /// Validators of the schemas at pointers, made when they are first needed.
    validators: RefCell<HashMap<String, Rc<Validator>>>,
    /// A job that is done, posted when it is first needed.
    job: OnceCell<String>,
    _server: Arc<Server>,
}

/// Part of a JSON pointer.
pub fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl Interface {
    /// That of the shared server.
    pub fn fetch() -> Interface {
        let server = Server::shared();
        let client = server.client();
        let reply = client.get("/openapi.json");
        assert_eq!(reply.status, 200);
        let document = reply.json();
        let schemas = json!({"paths": document["paths"], "components": document["components"]});
        let schemas = Registry::new().draft(Draft::Draft202012).add(SCHEMAS, schemas).unwrap();
        Interface {
            document,
            schemas: schemas.prepare().unwrap(),
            client,
            seen: BTreeSet::new(),
            validators: RefCell::default(),
            job: OnceCell::new(),
            _server: server,
        }
    }

    /// What a JSON pointer into the document leads to, references followed.
    pub fn at(&self, pointer: &str) -> (String, &Value) {
        let found = self.document.pointer(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}"));
        match found.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.at(reference.strip_prefix('#').unwrap()),
            None => (pointer.to_owned(), found),
        }
    }

    /// A validator of the schema at a pointer.
    pub fn validator(&self, pointer: &str) -> Rc<Validator> {
        if let Some(known) = self.validators.borrow().get(pointer) {
            return Rc::clone(known);
        }
        // A fragment has no braces.
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        let root = json!({"$ref": format!("{SCHEMAS}#{fragment}")});
        let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(&self.schemas);
        let made = Rc::new(options.build(&root).unwrap_or_else(|error| panic!("{pointer}: {error}")));
        self.validators.borrow_mut().insert(pointer.to_owned(), Rc::clone(&made));
        made
    }

    /// Fails unless a value is what the schema at a pointer allows.
    pub fn assert_valid(&self, pointer: &str, value: &Value, what: &str) {
        let validator = self.validator(pointer);
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|fault| format!("{} at {}", fault, fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{what}: {faults:#?} in {value:#}");
    }

    /// A path of each operation that reads, with a name where the document has a place for one.
    pub fn paths(&self) -> Vec<String> {
        let paths = self.document["paths"].as_object().unwrap();
        let read = paths.iter().filter(|(_, item)| item.get("get").is_some());
        read.map(|(path, _)| {
            let id = if path.starts_with("/v1/jobs/") { self.job() } else { SOME_ECLIPSE };
            path.replace("{id}", id)
        })
        .collect()
    }

    /// The paths where something can be posted.
    pub fn posted_paths(&self) -> Vec<String> {
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().filter(|(_, item)| item.get("post").is_some()).map(|(path, _)| path.clone()).collect()
    }

    /// The id of a job that is done.
    pub fn job(&self) -> &str {
        self.job.get_or_init(|| {
            let head = "POST /v1/jobs HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
            let posted =
                self.client.raw(format!("{head}content-length: {}\r\n\r\n{JOB}", JOB.len()).as_bytes());
            assert_eq!(posted.status, 202, "{posted:?}");
            let id = posted.json()["id"].as_str().unwrap().to_owned();
            let begun = Instant::now();
            loop {
                let job = self.client.get(&format!("/v1/jobs/{id}")).json();
                if job["state"] == "done" {
                    return id;
                }
                assert!(begun.elapsed() < Duration::from_mins(1), "{job}");
                std::thread::sleep(Duration::from_millis(20));
            }
        })
    }

    /// What the document calls the path of a target.
    pub fn template<'t>(&'t self, path: &'t str) -> &'t str {
        let paths = self.document["paths"].as_object().unwrap();
        let matches = |known: &&String| {
            let pairs = known.split('/').zip(path.split('/'));
            known.split('/').count() == path.split('/').count()
                && pairs.into_iter().all(|(known, part)| known == part || known == "{id}")
        };
        paths.keys().find(matches).map_or(path, String::as_str)
    }

    /// What the document says of a path.
    pub fn item(&self, path: &str) -> &Value {
        &self.document["paths"][self.template(path)]
    }

    /// What the document says of GET at a path.
    pub fn operation(&self, path: &str) -> &Value {
        &self.item(path)["get"]
    }

    /// What can be posted at a path: the bodies of the commands in the operation's description.
    pub fn posts(&self, path: &str) -> Vec<String> {
        let Some(operation) = self.item(path).get("post") else { return Vec::new() };
        let text = operation["description"].as_str().unwrap();
        let bodies = text.lines().filter_map(|line| line.split_once(" --json '")?.1.strip_suffix('\''));
        bodies.map(str::to_owned).collect()
    }

    /// Posts a body, and holds it and the reply to what is said of the operation.
    pub fn post(&mut self, path: &str, body: &str) -> Reply {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        let taken = format!("/paths/{}/post/requestBody/content/application~1json/schema", escaped(path));
        let sent = serde_json::from_str(body).unwrap();
        self.assert_valid(&taken, &sent, body);
        self.witness(&taken, &sent);
        let reply = self.client.raw(request.as_bytes());
        let pointer = format!("/paths/{}/post/responses/{}", escaped(path), reply.status);
        self.assert_kept(&pointer, &reply, body);
        reply
    }

    /// Posts lines that are answered with a document, and holds the reply to what is said of the operation.
    pub fn post_lines(&mut self, path: &str, lines: &str) -> Reply {
        let length = lines.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-ndjson\r\n\
             accept: application/json\r\ncontent-length: {length}\r\n\r\n{lines}"
        );
        let taken = self.at(&format!("/paths/{}/post/requestBody/content", escaped(path))).1;
        assert!(taken.get("application/x-ndjson").is_some(), "{path}: lines are not documented");
        let reply = self.client.raw(request.as_bytes());
        let pointer = format!("/paths/{}/post/responses/{}", escaped(path), reply.status);
        self.assert_kept(&pointer, &reply, lines);
        reply
    }

    /// The commands in the description of an operation.
    pub fn commands(&self, path: &str) -> Vec<String> {
        let text = self.operation(path)["description"].as_str().unwrap();
        if text.contains(DOCUMENTED_JOB) {
            return commands(&text.replace(DOCUMENTED_JOB, self.job()));
        }
        commands(text)
    }

    /// Asks, and holds the reply to what is said of the operation at the target's path.
    pub fn ask(&mut self, target: &str, fields: &[(&str, &str)]) -> Reply {
        self.ask_of(self.client, target, fields)
    }

    /// The same of another server, which says the same of itself.
    pub fn ask_of(&mut self, client: Client, target: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = client.send("GET", target, fields);
        let path = target.split('?').next().unwrap();
        let pointer = format!("/paths/{}/get/responses/{}", escaped(self.template(path)), reply.status);
        assert!(self.lists(path, reply.status), "{target}: {} is not documented", reply.status);
        self.assert_kept(&pointer, &reply, target);
        reply
    }

    /// Holds a refusal to what is said of its status, whatever was asked.
    pub fn assert_refusal(&mut self, reply: &Reply, what: &str) {
        let responses = self.document["components"]["responses"].as_object().unwrap();
        let of_status = |response: &Value| {
            let schema = &response["content"]["application/problem+json"]["schema"];
            schema["allOf"][1]["properties"]["status"]["enum"] == json!([reply.status])
        };
        let name = responses.iter().find(|(_, response)| of_status(response)).map(|(name, _)| name.clone());
        let name = name.unwrap_or_else(|| panic!("{what}: no refusal with {} is documented", reply.status));
        self.assert_kept(&format!("/components/responses/{name}"), reply, what);
    }

    /// Whether the operation at a path is said to be replied to with a status.
    pub fn lists(&self, path: &str, status: u16) -> bool {
        self.operation(path)["responses"].get(status.to_string()).is_some()
    }

    /// Holds a reply to what is said at a pointer.
    pub fn assert_kept(&mut self, pointer: &str, reply: &Reply, what: &str) {
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
        if content[media_type].get("schema").is_none() {
            // Rows that are no JSON document; other tests read them.
            return;
        }
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
        if let (Some(members), true) = (value.as_object(), schema["additionalProperties"].is_object()) {
            for member in members.values() {
                self.witness(&format!("{pointer}/additionalProperties"), member);
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
pub fn commands(text: &str) -> Vec<String> {
    let commands = text.lines().filter_map(|line| line.strip_prefix("curl '")?.split('\'').next());
    commands
        .map(|url| url.strip_prefix(ADDRESS).unwrap_or_else(|| panic!("another server: {url}")).to_owned())
        .collect()
}
