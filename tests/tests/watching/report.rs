//! `orrery-server report`, of a server that runs and where none does.

use std::net::TcpListener;

use orrery_tests::programs::{self, Ended, Server};
use serde_json::Value;

use crate::{LIVE, SUN};

fn report(arguments: &[&str]) -> Ended {
    programs::command("orrery-server").arg("report").args(arguments).output().unwrap().into()
}

#[test]
fn a_report_is_what_the_server_tells_in_words_or_as_json() {
    let server = Server::shared();
    for target in [SUN, LIVE, "/nowhere"] {
        let _ = server.client().get(target);
    }
    let url = format!("http://{}", server.address);
    let told = report(&["--url", &url]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    for part in [
        url.as_str(),
        "Health ",
        "Targets of service",
        "99 of 100 replies within",
        "/v1/positions",
        "(no such path)",
    ] {
        assert!(told.out.contains(part), "{part} is not in\n{}", told.out);
    }
    println!("{}", told.out);
    let told = report(&["--url", &format!("{url}/"), "--format", "json"]);
    let document: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(document["status"]["generation"], server.ask("/status")["generation"]);
    assert_eq!(document["targets"].as_array().unwrap().len(), 4);
}

#[test]
fn where_nobody_listens_the_remedy_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = report(&["--url", &format!("http://{gone}")]);
    assert_eq!((told.code, told.out.as_str()), (Some(1), ""), "{told:?}");
    assert!(told.err.contains("give --url the address that it printed"), "{told:?}");
    assert_eq!(report(&["--format", "pdf"]).code, Some(2));
}
