//! Hazard: streams that only our own reader reads. `pyarrow`, `pandas` and `DuckDB` are given replies as they are, and must find in
//! them what the JSON columns say; what the README shows of them must run.

use std::process::Command;
use std::sync::OnceLock;

use orrery_tests::programs::{Ended, Server};
use orrery_tests::workspace;

/// An interpreter that has the three.
fn python() -> &'static str {
    static PYTHON: OnceLock<String> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let ended =
            Ended::from(Command::new(workspace::root().join("scripts/table-readers")).output().unwrap());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out.trim().to_owned()
    })
}

fn run(arguments: &[&str]) -> Ended {
    let output = Command::new(python()).args(arguments).output();
    let ended = Ended::from(output.unwrap_or_else(|error| panic!("{}: {error}", python())));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended
}

#[test]
fn every_format_is_read_as_it_is() {
    let server = Server::shared();
    let reader = workspace::root().join("tests/readers/tables.py");
    let address = format!("http://{}", server.address);
    for query in [
        "start=2026-01-01&stop=2026-03-01&step=6h&bodies=planets",
        // Years before and after those of four digits, and a body that is live.
        "start=-0100-01-01&stop=-0099-01-01&step=1mo&bodies=sun,cupido&allow_moshier=true",
        "start=jd_tt:2451545&stop=jd_tt:2451546&step=1000&bodies=moon&frame=ecliptic",
    ] {
        let ended = run(&[reader.to_str().unwrap(), &address, query]);
        println!("{query}: {}", ended.out.trim());
    }
}

#[test]
fn what_the_readme_shows_runs() {
    let server = Server::shared();
    let readme = std::fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let mut shown = 0;
    for block in readme.split("```python\n").skip(1) {
        let code = block.split("```").next().unwrap();
        let code = code.replace("127.0.0.1:8080", &server.address.to_string());
        let checks = "assert len(frame) == positions.num_rows == 8 * 87673\n\
                      assert positions.schema.field('longitude').metadata[b'unit'] == b'deg'\n\
                      assert str(frame['body'].dtype) == 'category', frame.dtypes\n\
                      assert str(frame['utc'].dtype).startswith('datetime64'), frame.dtypes\n";
        let ended = run(&["-c", &format!("{code}\n{checks}")]);
        // DuckDB shows a row for each body.
        for body in ["mercury", "neptune"] {
            assert!(ended.out.contains(body), "{}", ended.out);
        }
        shown += 1;
    }
    assert_eq!(shown, 1, "the README shows how tables are read");
}
