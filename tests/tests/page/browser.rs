//! Chromium without a window, driven as the W3C has it, and by Chromium's own commands where it has none.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use orrery_tests::workspace;
use serde_json::{Value, json};
use url::Url;

/// How long to wait for what ought to happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A browser of its own, with an empty profile; it ends when it is dropped.
pub(crate) struct Browser {
    client: Client,
    session: String,
    driver: Driver,
    _profile: tempfile::TempDir,
}

/// `chromedriver`.
struct Driver {
    child: Child,
    /// Kept open: it would end at the next thing it says into a pipe that nobody holds.
    _output: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Driver {
    fn start() -> Driver {
        let child =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap_or_else(|error| {
            panic!("chromedriver cannot be run: {error}; scripts/set-up --tests installs it, and chromium")
        });
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let port = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok())
            .expect("chromedriver says where it listens");
        Driver { child, _output: output, address: ([127, 0, 0, 1], port).into() }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    pub(crate) async fn open() -> Browser {
        let driver = Driver::start();
        let profile = workspace::scratch();
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,900",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let Value::Object(capabilities) = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }) else {
            unreachable!("a literal object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{}", driver.address))
            .await
            .unwrap_or_else(|error| {
                panic!("chromium does not start: {error}; scripts/set-up --tests installs it")
            });
        let session = client.session_id().await.unwrap().unwrap();
        Browser { client, session, driver, _profile: profile }
    }

    pub(crate) async fn go(&self, address: SocketAddr) {
        self.visit(address, "/").await;
    }

    /// Opens another page of the server.
    pub(crate) async fn visit(&self, address: SocketAddr, path: &str) {
        self.client.goto(&format!("http://{address}{path}")).await.unwrap();
    }

    /// What a script returns.
    pub(crate) async fn js(&self, script: &str) -> Value {
        self.js_of(script, &[]).await
    }

    /// The same with arguments.
    pub(crate) async fn js_of(&self, script: &str, arguments: &[Value]) -> Value {
        self.client
            .execute(script, arguments.to_vec())
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&self, expression: &str) {
        let begun = Instant::now();
        while self.js(&format!("return Boolean({expression})")).await != true {
            if begun.elapsed() > PATIENCE {
                let said = self.js("return document.body.innerText.slice(0, 1500)").await;
                panic!("never: {expression}; the page says {said}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The text of an element, as it is in the document.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.textContent ?? null";
        let text = self.js_of(script, &[selector.into()]).await;
        text.as_str().unwrap_or_else(|| panic!("there is no {selector}")).to_owned()
    }

    /// Clicks as a hand does: what is hidden or covered cannot be.
    pub(crate) async fn click(&self, selector: &str) {
        let element = self.client.find(Locator::Css(selector)).await;
        element.unwrap_or_else(|error| panic!("{selector}: {error}")).click().await.unwrap();
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Types a date and a time, as a picker would leave them.
    pub(crate) async fn pick(&self, utc: &str) {
        let script = "const when = document.getElementById('when'); when.value = arguments[0]; \
                      when.dispatchEvent(new Event('input'))";
        self.js_of(script, &[utc.into()]).await;
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn chromium(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.client.issue_cmd(Own { path: "goog/cdp/execute", body }).await.unwrap()
    }

    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.chromium("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Has the system prefer things, such as `prefers-color-scheme: dark`.
    pub(crate) async fn prefer(&self, features: &[(&str, &str)]) {
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.chromium("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// What the console says since it was last asked: errors, warnings and refused loads.
    pub(crate) async fn console(&self) -> Vec<String> {
        let log =
            self.client.issue_cmd(Own { path: "se/log", body: json!({"type": "browser"}) }).await.unwrap();
        log.as_array().unwrap().iter().map(|entry| entry["message"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its session; chromedriver alone would leave it running. There is nobody to tell if it fails.
        let Ok(mut driver) = TcpStream::connect(self.driver.address) else { return };
        let request =
            format!("DELETE /session/{} HTTP/1.1\r\nhost: {}\r\n\r\n", self.session, self.driver.address);
        let _ = driver.set_read_timeout(Some(PATIENCE));
        let _ = driver.write_all(request.as_bytes()).and_then(|()| driver.read(&mut [0; 64]));
    }
}

/// A command that is Chromium's own.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
