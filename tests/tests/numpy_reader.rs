//! Hazard: a specification that suffices only for those who know the code. A reader of at most sixty lines of Python,
//! made from `format/SPEC.md` alone, must answer what the server answers, to the last bit.
//!
//! It runs under the interpreter that `ORRERY_PYTHON` names, by default `python3` or the system's, and needs numpy.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use orrery_format::event::EventRecord;
use orrery_format::manifest::BLOCKS_DIR;
use orrery_format::{Block, Body, Center, Dataset, Product, State, TtDay};
use orrery_tests::hostile::{around, conjunctions, segment_edges};
use orrery_tests::http::Client;
use orrery_tests::measure::angle_between;
use orrery_tests::programs::{Ended, Server};
use orrery_tests::random::Random;
use orrery_tests::{synthetic, tables, workspace};

/// How long the reader may be, lines.
const MOST_LINES: usize = 60;

/// The six quantities in the reader's order, by the server's names.
const QUANTITIES: [&str; 6] =
    ["longitude", "latitude", "distance", "longitude_speed", "latitude_speed", "distance_speed"];

/// How far from the Sun a segment counts as beside it, degrees.
const BESIDE_SUN_DEG: f64 = 3.0;

/// What is answered for one body at one instant: the six quantities; `None` where tables have no answer.
type Answered = Option<[f64; 6]>;

fn reader() -> PathBuf {
    workspace::root().join("tests/readers/positions.py")
}

/// The first interpreter that has numpy: what `ORRERY_PYTHON` names, or `python3` on the path, or the system's own, for
/// which distributions package numpy.
fn python() -> &'static OsString {
    static PYTHON: OnceLock<OsString> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let candidates = match std::env::var_os("ORRERY_PYTHON") {
            Some(named) => vec![named],
            None => vec!["python3".into(), "/usr/bin/python3".into()],
        };
        let has_numpy = |python: &OsString| {
            Command::new(python).args(["-c", "import numpy"]).output().is_ok_and(|output| output.status.success())
        };
        candidates.iter().find(|python| has_numpy(python)).cloned().unwrap_or_else(|| {
            panic!(
                "none of {candidates:?} has numpy: install python3-numpy, or name an interpreter that has it in ORRERY_PYTHON"
            )
        })
    })
}

/// Runs the reader, whose needs must be met.
fn run(dataset: &Path, jds: &[f64], bodies: &[Body]) -> Ended {
    let jds: Vec<String> = jds.iter().map(|jd| format!("{jd:?}")).collect();
    let mut arguments: Vec<OsString> = vec![reader().into(), dataset.into(), jds.join(",").into()];
    arguments.extend(bodies.iter().map(|body| body.name().into()));
    let output = Command::new(python()).args(&arguments).output();
    Ended::from(output.unwrap_or_else(|error| panic!("{}: {error}", python().display())))
}

/// What the reader answers, instant by instant, and at each for every body.
fn read(dataset: &Path, jds: &[f64], bodies: &[Body]) -> Vec<Answered> {
    let ended = run(dataset, jds, bodies);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "the reader failed");
    let answers: Vec<Answered> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect();
    assert_eq!(answers.len(), jds.len() * bodies.len(), "the reader has not answered everything");
    answers
}

/// What the server answers from its tables.
fn served(client: &Client, jd: f64, body: Body) -> Answered {
    let document = client.positions(&format!("jd_tt={jd:?}&bodies={}&precision=full", body.name()));
    let position = &document["positions"][0];
    let quantity = |name: &str| position[name].as_f64().unwrap_or_else(|| panic!("no {name}: {document}"));
    match position["source"].as_str() {
        Some("table") => Some(QUANTITIES.map(quantity)),
        Some("live") => None,
        _ => panic!("no source: {document}"),
    }
}

/// The first instants of the segments of split cells, read by `format/SPEC.md`, sections 2 and 3: they are the records
/// behind the cells.
fn split_starts(block: &Block) -> Vec<f64> {
    let bytes = block.mapping().bytes();
    let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
    let [records, count, cells] = [40, 48, 56].map(|at| word(at) as usize);
    let record_bytes = (word(64) & u64::from(u32::MAX)) as usize;
    (cells..count).map(|record| f64::from_bits(word(records + record * record_bytes))).collect()
}

/// How far a body stands from the Sun in longitude; `None` for the Sun, and where tables have no answer.
fn elongation_deg(dataset: &Dataset, body: Body, jd: f64) -> Option<f64> {
    let longitude = |body| Some(dataset.state(body, Center::Geo, TtDay(jd)).ok()?.value.longitude_deg);
    (body != Body::Sun).then_some(())?;
    Some(angle_between(longitude(body)?, longitude(Body::Sun)?).abs())
}

/// Every bit, and the sign of zero too.
fn same(a: Answered, b: Answered) -> bool {
    a.map(|quantities| quantities.map(f64::to_bits)) == b.map(|quantities| quantities.map(f64::to_bits))
}

#[test]
fn the_reader_is_short() {
    let path = reader();
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().count();
    assert!(lines <= MOST_LINES, "{} has {lines} lines, more than {MOST_LINES}", path.display());
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{} has long lines", path.display());
}

#[test]
fn the_reader_answers_as_the_server() {
    let dataset = tables::shared();
    let server = Server::start(tables::shared_dir(), &workspace::ephemeris_path());
    let client = server.client();
    let nutation_edges = segment_edges(&dataset, Product::Nutation, 12);
    let (mut compared, mut without_answer, mut refused) = (0, 0, 0);
    let (mut beside_sun, mut elsewhere) = (0, 0);
    for body in Body::ALL {
        let product = Product::Place(Center::Geo, body);
        let Some((start, end)) = dataset.span_jd(product) else { continue };
        let mut random = Random::of(&format!("numpy {product}"));
        let blocks: Vec<&Block> =
            dataset.blocks().iter().filter(|block| block.product() == product).collect();
        // The blocks' own edges are among them, and so are the first instants outside.
        let mut jds: Vec<f64> = segment_edges(&dataset, product, 9).into_iter().flat_map(around).collect();
        jds.extend(nutation_edges.iter().flat_map(|&jd| [jd.next_down(), jd, jd.next_up()]));
        jds.extend((0..6).map(|_| random.between(start, end)));
        jds.extend([start - 30_000.0, end + 30_000.0]);
        let (near, far): (Vec<f64>, Vec<f64>) = blocks
            .iter()
            .copied()
            .flat_map(split_starts)
            .partition(|&jd| elongation_deg(&dataset, body, jd).is_some_and(|deg| deg < BESIDE_SUN_DEG));
        for (starts, tally) in [(near, &mut beside_sun), (far, &mut elsewhere)] {
            for _ in 0..starts.len().min(4) {
                jds.extend(around(*random.pick(&starts)));
                *tally += 1;
            }
        }
        if matches!(body, Body::Mercury | Body::Venus | Body::Jupiter | Body::Pluto) {
            let nearest = conjunctions(&dataset, body).into_iter().filter(|(_, apart)| *apart < 0.3).take(4);
            jds.extend(nearest.flat_map(|(jd, _)| around(jd)));
        }
        for segment in
            blocks.iter().flat_map(|block| block.segments()).filter(|segment| !segment.accepted).take(3)
        {
            let (start, end) = (segment.start_jd, segment.end_jd);
            refused += 1;
            jds.extend([start.next_down(), start, start + (end - start) / 2.0, end.next_down(), end]);
        }
        let answers = read(tables::shared_dir(), &jds, &[body]);
        for (jd, found) in jds.into_iter().zip(answers) {
            let expected = served(&client, jd, body);
            assert!(same(found, expected), "{body} at {jd:?}: the reader {found:?}, the server {expected:?}");
            compared += 1;
            without_answer += usize::from(found.is_none());
        }
    }
    println!(
        "{compared} places are the same bits; {without_answer} without an answer, {refused} refused segments, \
         {beside_sun} starts in split cells beside the Sun, {elsewhere} elsewhere"
    );
    assert!(compared > 1_000 && without_answer > 40, "{compared}, {without_answer}");
    assert!(beside_sun > 40 && elsewhere > 40, "{beside_sun}, {elsewhere}");
}

/// Sections 3 and 4 where the ephemeris hardly goes: cells of thirty segments, every ninth segment refused, components
/// with no tail.
#[test]
fn the_reader_answers_as_the_library_on_synthetic_tables() {
    let dir = workspace::scratch();
    let bodies = [Body::Sun, Body::Moon, Body::Mars, Body::Pluto];
    let groups = [[4, 4, 4], [8, 8, 8], [0, 0, 0], [1, 0, 3]];
    let mut products = vec![(Product::Nutation, [2, 1, 0])];
    products
        .extend(bodies.iter().zip(groups).map(|(&body, groups)| (Product::Place(Center::Geo, body), groups)));
    synthetic::publish(dir.path(), &products);
    let dataset = Dataset::open(dir.path()).unwrap_or_else(|error| panic!("{error}"));
    let segments = dataset.blocks().iter().flat_map(Block::segments);
    let mut jds: Vec<f64> = segments
        .flat_map(|segment| {
            let middle = segment.start_jd + (segment.end_jd - segment.start_jd) / 2.0;
            [
                segment.start_jd.next_down(),
                segment.start_jd,
                middle,
                segment.end_jd.next_down(),
                segment.end_jd,
            ]
        })
        .collect();
    jds.extend([0.0, -1e9, f64::MAX]);
    let mut answers = read(dir.path(), &jds, &bodies).into_iter();
    let (mut answered, mut without_answer) = (0, 0);
    for jd in jds {
        for body in bodies {
            let expected =
                dataset.true_state(body, Center::Geo, TtDay(jd)).ok().map(|answer| quantities(&answer.value));
            let found = answers.next().flatten();
            assert!(
                same(found, expected),
                "{body} at {jd:?}: the reader {found:?}, the library {expected:?}"
            );
            if found.is_some() { answered += 1 } else { without_answer += 1 }
        }
    }
    println!("{answered} places are the same bits, {without_answer} have no answer");
    assert!(answered > 1_000 && without_answer > 200, "{answered}, {without_answer}");
}

fn quantities(state: &State) -> [f64; 6] {
    [
        state.longitude_deg,
        state.latitude_deg,
        state.distance_au,
        state.longitude_speed,
        state.latitude_speed,
        state.distance_speed,
    ]
}

#[test]
fn the_reader_refuses_what_it_does_not_know() {
    let dir = workspace::scratch();
    let products = [(Product::Nutation, [2, 1, 0]), (Product::Place(Center::Geo, Body::Mars), [2, 1, 1])];
    let manifest = synthetic::publish(dir.path(), &products);
    let jd = synthetic::SPAN.0;
    assert!(read(dir.path(), &[jd], &[Body::Mars])[0].is_some());
    let absent = run(dir.path(), &[jd], &[Body::Mars, Body::Venus]);
    assert!(absent.code == Some(1) && absent.err.contains("geo/venus"), "{absent:?}");
    // Another layout version: byte 8 of a block.
    let path = dir.path().join(BLOCKS_DIR).join(&manifest.blocks[1].file);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8] += 1;
    std::fs::write(&path, bytes).unwrap();
    let foreign = run(dir.path(), &[jd], &[Body::Mars]);
    assert!(foreign.code == Some(1) && foreign.err.contains("layout version"), "{foreign:?}");
}

/// Numbers of an entry in the order of `format/SPEC.md`, section 16; `None` for NaN.
fn told(numbers: impl IntoIterator<Item = f64>) -> Vec<Option<f64>> {
    numbers.into_iter().map(|number| (!number.is_nan()).then_some(number)).collect()
}

#[test]
fn lists_are_read_from_the_specification_alone() {
    let dir = workspace::scratch();
    synthetic::publish(dir.path(), &[(Product::Nutation, [2, 1, 0])]);
    synthetic::publish_lists(dir.path());
    let read = |name: &str, start: f64, end: f64| -> Vec<Vec<Option<f64>>> {
        let output = Command::new(python())
            .arg(workspace::root().join("tests/readers/lists.py"))
            .arg(dir.path())
            .args([name.to_owned(), format!("{start:?}"), format!("{end:?}")])
            .output();
        let ended = Ended::from(output.unwrap());
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "the reader failed");
        ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (start, end) = synthetic::SPAN;
    let events: Vec<_> = synthetic::events()
        .into_iter()
        .map(|EventRecord { jd_tt, end_jd_tt, value, kind, body, partner, detail }| {
            told([jd_tt, end_jd_tt, value, kind.into(), body.into(), partner.into(), detail.into()])
        })
        .collect();
    assert_eq!(read("almanac", start, end), events);
    let middle = events[30][0].unwrap();
    let after: Vec<_> = events.iter().filter(|event| event[0].unwrap() >= middle).cloned().collect();
    assert!(after.len() > 20);
    assert_eq!(read("almanac", middle, end), after);
    let lunar: Vec<_> = synthetic::lunar_eclipses()
        .into_iter()
        .map(|it| {
            let first = [it.greatest_jd_tt, it.gamma, it.umbral_magnitude, it.penumbral_magnitude];
            let place = [it.latitude_deg, it.ephemeris_longitude_deg];
            let last = [it.saros.into(), it.saros_member.into(), it.kind.into()];
            told([&first[..], &place, &it.penumbra_jd_tt, &it.umbra_jd_tt, &last].concat())
        })
        .collect();
    assert_eq!(read("lunar_eclipses", start, end), lunar);
    let solar: Vec<_> = synthetic::solar_eclipses()
        .into_iter()
        .map(|it| {
            let first = [it.greatest_jd_tt, it.gamma, it.magnitude, it.obscuration];
            let place =
                [it.latitude_deg, it.ephemeris_longitude_deg, it.sun_altitude_deg, it.sun_azimuth_deg];
            let path = [it.central_duration_s, it.path_width_km];
            let own = it.elements;
            let time = [own.t0_jd_tt, own.reach_h];
            let last = [it.saros.into(), it.saros_member.into(), it.kind.into()];
            let contacts = [&it.penumbra_jd_tt[..], &it.umbra_jd_tt, &it.axis_jd_tt].concat();
            let axis = [&own.x[..], &own.y, &own.d_deg, &own.mu_deg].concat();
            let cones = [&own.l1[..], &own.l2, &own.tan_f1, &own.tan_f2].concat();
            told([&first[..], &place, &path, &contacts, &time, &axis, &cones, &last].concat())
        })
        .collect();
    assert_eq!(read("solar_eclipses", start, end), solar);
}
