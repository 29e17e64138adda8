//! Hazard: a text that reads well and is not true. Each sentence is held to the lists of events that the same server tells,
//! on days that are known for what happened on them.

mod facts;
mod interface;
mod languages;

use std::sync::Arc;

use orrery_tests::http::Client;
use orrery_tests::programs::Server;
use serde_json::Value;

/// A server to ask for briefs.
struct Asked {
    client: Client,
    _server: Arc<Server>,
}

impl Asked {
    fn open() -> Asked {
        let server = Server::shared();
        Asked { client: server.client(), _server: server }
    }

    fn text(&self, query: &str) -> String {
        let reply = self.client.get(&format!("/v1/brief?{query}"));
        assert_eq!(reply.status, 200, "{query}: {reply:?}");
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"), "{query}");
        assert!(reply.body.chars().count() <= 800, "{query}: {}", reply.body);
        reply.body
    }

    fn json(&self, target: &str) -> Value {
        let reply = self.client.get(target);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        reply.json()
    }

    fn brief(&self, query: &str) -> Value {
        self.json(&format!("/v1/brief?{query}&format=json"))
    }
}

/// Whether a text has all of these.
fn assert_told(text: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} is not in: {text}");
    }
}
