//! What a service manager is told: `sd_notify`, as systemd hears it.

use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Mutex};

use orrery_tests::processes::signal;
use orrery_tests::programs::{self, Server};
use orrery_tests::{tables, workspace};

use crate::wait_until;

#[test]
fn the_manager_hears_of_start_reload_life_and_stop() {
    let scratch = workspace::scratch();
    let path = scratch.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(length) = socket.recv(&mut bytes) {
            noted.lock().unwrap().push(String::from_utf8_lossy(&bytes[..length]).into_owned());
        }
    });
    let mut command = programs::command("orrery-server");
    command.args(["--listen", "127.0.0.1:0", "--log-level", "warn", "--workers", "2", "--datasets"]);
    command.arg(tables::shared_dir()).arg("--ephe").arg(workspace::ephemeris_path());
    let server = Server::run(command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "200000"));
    let count =
        |what: &str| heard.lock().unwrap().iter().filter(|it| it.lines().any(|line| line == what)).count();
    let told_of = |what: &str| heard.lock().unwrap().iter().any(|it| it.contains(what));
    wait_until("READY=1", || count("READY=1") == 1);
    wait_until("a status", || told_of("STATUS=2 of 2 workers serve generation "));
    wait_until("signs of life", || count("WATCHDOG=1") >= 5);
    signal(server.pid(), "HUP");
    wait_until("the end of reloading", || count("READY=1") == 2);
    {
        let heard = heard.lock().unwrap();
        let reloading = heard.iter().position(|it| it.contains("RELOADING=1")).unwrap();
        assert!(heard[reloading].contains("MONOTONIC_USEC="), "{heard:?}");
        let ready = heard.iter().rposition(|it| it.contains("READY=1")).unwrap();
        assert!(reloading < ready, "{heard:?}");
        assert!(heard.iter().all(|it| !it.contains("STOPPING")), "{heard:?}");
    }
    signal(server.pid(), "TERM");
    wait_until("STOPPING=1", || count("STOPPING=1") == 1);
}
