//! The measure of what HTTP itself costs: the server's own stack with a reply that is there already.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use hyper_util::service::TowerToHyperService;
use orrery_server::{Limits, serve_with};
use orrery_tests::http::Reply;
use orrery_tests::programs::Server;
use serde::{Deserialize, Serialize};
use warp::Filter;

/// The name on the command line under which the server starts; no bench, and not listed with them.
pub(crate) const SUBCOMMAND: &str = "constant-server";

/// A reply to be given to everybody, as it travels to the process that gives it.
#[derive(Serialize, Deserialize)]
struct Constant {
    headers: Vec<(String, String)>,
    body: String,
}

/// Starts a server whose every reply is this one: its bytes, its header fields.
pub(crate) fn start(reply: &Reply, processor: usize) -> Result<Server> {
    ensure!(reply.status == 200, "no reply to repeat: {reply:?}");
    // hyper itself adds these to every reply, and did so to this one.
    let added = [DATE, CONTENT_LENGTH, CONNECTION];
    let headers = reply.headers.iter().filter(|(name, _)| added.iter().all(|added| added != name.as_str()));
    let constant = Constant { headers: headers.cloned().collect(), body: reply.body.clone() };
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &processor.to_string()]).arg(std::env::current_exe()?).arg(SUBCOMMAND);
    let (from, mut into) = std::io::pipe()?;
    into.write_all(&serde_json::to_vec(&constant)?)?;
    drop(into);
    Ok(Server::run(command.stdin(Stdio::from(from))))
}

/// The server itself: reads the reply from stdin, prints where it listens, and gives that reply until it is killed.
pub(crate) fn serve() -> Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let constant: Constant = serde_json::from_str(&text).context("no reply on stdin")?;
    let mut headers = HeaderMap::new();
    for (name, value) in &constant.headers {
        headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let mut reply = Response::new(Bytes::from(constant.body));
    *reply.headers_mut() = headers;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("a constant reply on http://{}", listener.local_addr()?);
        let service = TowerToHyperService::new(warp::service(warp::any().map(move || reply.clone())));
        serve_with(listener, &Limits::default(), service, || (), std::future::pending()).await;
        Ok(())
    })
}
