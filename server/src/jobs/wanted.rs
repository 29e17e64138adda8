//! What a job is to ask: read out of what is posted, and kept with the job.

use bytes::Bytes;
use http::header::HeaderValue;
use http::{Method, Uri};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::wire::problem::{Code, Problem, nearest, shown};
use crate::wire::request::Request;

/// The members of what is posted.
const METHOD: &str = "method";
const PATH: &str = "path";
const BODY: &str = "body";
const ACCEPT: &str = "accept";
const MEMBERS: [&str; 4] = [METHOD, PATH, BODY, ACCEPT];

/// What to post in place of what is none.
const EXAMPLE: &str =
    r#"send an object such as {"path": "/v1/ephemeris?start=1900-01-01&stop=2000-01-01&step=1h&format=csv"}"#;

/// The request that a job makes, but for its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// `GET` or `POST`.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) accept: Option<String>,
}

/// What is posted: the request with its body.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) wanted: Wanted,
    pub(crate) body: Option<Bytes>,
}

impl Wanted {
    /// The request, with its body; `None` where it could not be made.
    pub(crate) fn request(&self, body: Option<Bytes>) -> Option<Request> {
        let method = if self.method == "POST" { Method::POST } else { Method::GET };
        let accept = self.accept.as_deref().map(HeaderValue::from_str).transpose().ok()?;
        Some(Request::own(method, self.path.parse().ok()?, accept, body))
    }
}

impl Posted {
    /// Reads it.
    ///
    /// # Errors
    /// 400 where it is no JSON object, or a member of it cannot be read; 422 where it could be no request.
    pub(crate) fn read(text: &Bytes) -> Result<Posted, Problem> {
        let (mut method, mut path, mut body, mut accept) = (None, None, None, None);
        for (name, value) in members(text)? {
            let slot = match name.as_str() {
                METHOD => &mut method,
                PATH => &mut path,
                BODY => &mut body,
                ACCEPT => &mut accept,
                _ => return Err(unknown(&name)),
            };
            if slot.replace(value).is_some() {
                return Err(Problem::new(Code::RepeatedParameter, format!("{name} is given twice"))
                    .parameter(name)
                    .hint("give each member once"));
            }
        }
        let method = method.map_or_else(|| Ok("GET".to_owned()), |text| string(METHOD, &text))?;
        if !["GET", "POST"].contains(&method.as_str()) {
            return Err(Problem::new(
                Code::UnknownValue,
                format!("{} is no method of a job", shown(&method)),
            )
            .parameter(METHOD)
            .hint("give method as GET or POST, or leave it out for GET"));
        }
        let path = path.ok_or_else(|| {
            Problem::new(Code::MissingParameter, "the job has no path").parameter(PATH).hint(EXAMPLE)
        })?;
        let path = string(PATH, &path)?;
        let is_target = path.starts_with('/') && !path.contains('#') && path.parse::<Uri>().is_ok();
        if !is_target {
            return Err(Problem::new(
                Code::InvalidValue,
                format!("{} is no path of this server", shown(path.split('?').next().unwrap_or_default())),
            )
            .parameter(PATH)
            .hint("give path and query as a request line has them, percent-encoded, such as /v1/events?types=season"));
        }
        let accept = accept.map(|text| string(ACCEPT, &text)).transpose()?;
        if accept.as_deref().is_some_and(|accept| HeaderValue::from_str(accept).is_err()) {
            return Err(Problem::new(Code::InvalidValue, "accept is no value of a header field")
                .parameter(ACCEPT)
                .hint("give media types, such as text/csv"));
        }
        if body.is_some() && method == "GET" {
            return Err(Problem::new(Code::Contradiction, "a GET has no body").parameter(BODY).hint(
                "give method as POST, or put parameters into the path's query and leave the body out",
            ));
        }
        Ok(Posted { wanted: Wanted { method, path, accept }, body })
    }

    /// A problem of the request that the job would make, told of the job: its parameter is named by where it stands.
    pub(crate) fn told_of(&self, mut problem: Problem) -> Problem {
        if let Some(parameter) = problem.parameter.take() {
            let within = match &*parameter {
                ACCEPT => return problem.parameter(ACCEPT),
                _ if self.body.is_some() => BODY,
                _ => PATH,
            };
            return problem.parameter(format!("{within}.{parameter}"));
        }
        problem.parameter(if self.body.is_some() { BODY } else { PATH })
    }
}

fn unknown(name: &str) -> Problem {
    let problem = Problem::new(Code::UnknownParameter, format!("a job has no member {}", shown(name)))
        .parameter(shown(name));
    match nearest(name, MEMBERS) {
        Some(meant) => problem.hint(format!("did you mean {meant}?")),
        None => problem.hint(format!("a job has {}", MEMBERS.join(", "))),
    }
}

/// The text that a member is.
fn string(name: &'static str, value: &[u8]) -> Result<String, Problem> {
    serde_json::from_slice::<String>(value).map_err(|_| {
        Problem::new(Code::InvalidValue, format!("{name} is no text"))
            .parameter(name)
            .hint(format!("give {name} as a text in quotes"))
    })
}

/// The members of a JSON object, each with its value as it stands there: a body may be long, and is read by whom it is for.
fn members(text: &Bytes) -> Result<Vec<(String, Bytes)>, Problem> {
    if text.is_empty() {
        return Err(Problem::new(Code::MalformedBody, "the body is empty").hint(EXAMPLE));
    }
    serde_json::from_slice::<IgnoredAny>(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::new(Code::MalformedBody, format!("the body is not JSON: line {line}, column {column}"))
            .hint(EXAMPLE)
    })?;
    let mut scanner = Scanner { text, at: 0 };
    scanner.skip_space();
    if scanner.peek() != Some(b'{') {
        return Err(Problem::new(Code::MalformedBody, "the body is no JSON object").hint(EXAMPLE));
    }
    scanner.at += 1;
    let mut members = Vec::new();
    while let Some(name) = scanner.value() {
        // A name that is half of a surrogate pair can be no text.
        let name = serde_json::from_slice(&name)
            .map_err(|_| Problem::new(Code::MalformedBody, "a member's name is no text").hint(EXAMPLE))?;
        let Some(value) = scanner.value() else { break };
        members.push((name, value));
    }
    Ok(members)
}

/// Finds where values begin and end in JSON that is known to be right.
struct Scanner<'a> {
    text: &'a Bytes,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips what stands between values.
    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')) {
            self.at += 1;
        }
    }

    /// The next value; `None` at the end of the object.
    fn value(&mut self) -> Option<Bytes> {
        self.skip_space();
        let (from, mut depth) = (self.at, 0_usize);
        loop {
            match self.peek()? {
                b'"' => self.skip_string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => break,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            if depth == 0 {
                break;
            }
        }
        (self.at > from).then(|| self.text.slice(from..self.at))
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn read(text: &str) -> Result<Posted, Problem> {
        Posted::read(&Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn what_is_posted_is_a_request() {
        let posted = read(r#" {"path" : "/v1/events?a=b"} "#).unwrap();
        let wanted = Wanted { method: "GET".into(), path: "/v1/events?a=b".into(), accept: None };
        assert_eq!((posted.wanted, posted.body), (wanted, None));
        let body = r#"{ "jd": [1, 2.5e3], "a\"}": "\\" , "b": {"c": [[]]}}"#;
        let text = format!(r#"{{"accept":"text/csv","body":{body},"method":"POST","path":"/v1/positions"}}"#);
        let posted = read(&text).unwrap();
        assert_eq!(posted.body.as_deref(), Some(body.as_bytes()));
        let request = posted.wanted.request(posted.body).unwrap();
        assert_eq!((request.method(), request.path()), (&Method::POST, "/v1/positions"));
        assert_eq!(request.headers()[ACCEPT], "text/csv");
    }

    #[test]
    fn what_can_be_no_request_is_refused_by_name() {
        for (text, code, parameter) in [
            ("", Code::MalformedBody, None),
            ("{", Code::MalformedBody, None),
            ("[]", Code::MalformedBody, None),
            ("\"/v1/events\"", Code::MalformedBody, None),
            ("{} {}", Code::MalformedBody, None),
            ("{}", Code::MissingParameter, Some("path")),
            (r#"{"paht": "/"}"#, Code::UnknownParameter, Some("paht")),
            (r#"{"path": "/", "p\u0061th": "/"}"#, Code::RepeatedParameter, Some("path")),
            (r#"{"path": 1}"#, Code::InvalidValue, Some("path")),
            (r#"{"path": null}"#, Code::InvalidValue, Some("path")),
            (r#"{"path": "v1/events"}"#, Code::InvalidValue, Some("path")),
            (r#"{"path": "http://x/v1/events"}"#, Code::InvalidValue, Some("path")),
            (r#"{"path": "/v1/events#a"}"#, Code::InvalidValue, Some("path")),
            (r#"{"path": "/v1/events?a=\r\nb"}"#, Code::InvalidValue, Some("path")),
            (r#"{"path": "/v1/ events"}"#, Code::InvalidValue, Some("path")),
            (r#"{"path": "/", "method": "get"}"#, Code::UnknownValue, Some("method")),
            (r#"{"path": "/", "method": "DELETE"}"#, Code::UnknownValue, Some("method")),
            (r#"{"path": "/", "accept": "a\nb"}"#, Code::InvalidValue, Some("accept")),
            (r#"{"path": "/", "body": {}}"#, Code::Contradiction, Some("body")),
        ] {
            let problem = read(text).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, parameter), "{text}");
            assert!(problem.hint.is_some(), "{text}");
        }
        // Nothing that is nested so deep goes to the end of the stack.
        let deep = format!("{{\"body\":{}", "[".repeat(1_000_000));
        assert_eq!(read(&deep).unwrap_err().code, Code::MalformedBody);
    }

    #[test]
    fn what_is_wrong_with_the_request_is_told_of_the_job() {
        let told = |text: &str, problem: Problem| read(text).unwrap().told_of(problem).parameter.clone();
        let problem = || Problem::new(Code::UnknownBody, "no");
        let (get, post) = (r#"{"path": "/x"}"#, r#"{"path": "/x", "method": "POST", "body": {}}"#);
        assert_eq!(told(get, problem().parameter("bodies")).as_deref(), Some("path.bodies"));
        assert_eq!(told(post, problem().parameter("jd[2]")).as_deref(), Some("body.jd[2]"));
        assert_eq!(told(get, problem()).as_deref(), Some("path"));
        assert_eq!(told(post, problem()).as_deref(), Some("body"));
        assert_eq!(told(get, problem().parameter("accept")).as_deref(), Some("accept"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_member_is_found_as_it_stands(
            given in prop::collection::btree_map(any::<String>(), any_json(), 0..8),
            is_spaced in any::<bool>(),
        ) {
            let object = Value::Object(given.clone().into_iter().collect());
            let text = if is_spaced { serde_json::to_vec_pretty(&object) } else { serde_json::to_vec(&object) };
            let found = members(&Bytes::from(text.unwrap())).unwrap();
            prop_assert_eq!(found.len(), given.len());
            for (name, value) in found {
                prop_assert_eq!(&serde_json::from_slice::<Value>(&value).unwrap(), &given[&name]);
            }
        }
    }
}
