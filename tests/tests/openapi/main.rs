//! Hazard: a description of the interface that the server does not keep. Every example and every refusal is asked of the
//! real program, and status, header fields and body are held against what `/openapi.json` says; and every member that it
//! promises must have been seen in some reply.

mod readme;
mod refusals;
mod replies;

use std::collections::BTreeSet;

use orrery_tests::interface::{Interface, escaped};
use orrery_tests::programs::Server;
use serde_json::{Map, Value, json};

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
        let item = interface.item(&path).as_object().unwrap();
        let methods: Vec<_> = item.keys().map(String::as_str).collect();
        let known = [&["get"][..], &["get", "post"], &["delete", "get"]];
        assert!(known.contains(&&*methods), "{path}: HEAD goes without saying");
    }
    for path in interface.posted_paths() {
        let operation = &interface.item(&path)["post"];
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
        assert!(!interface.posts(&path).is_empty(), "{path} has no example of what is posted");
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
            let meets = !["NotFound", "MethodNotAllowed", "Options"].contains(&name.as_str());
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
