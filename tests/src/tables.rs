//! Tables from the ephemeris: the one dataset that all tests read, and small ones to be mistreated.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use orrery_almanac::CivilDate;
use orrery_format::manifest::{BLOCKS_DIR, BlockEntry};
use orrery_format::time::J2000_JD;
use orrery_format::{Body, Check, Dataset, Manifest, Product, UtDay};
use orrery_pipeline::PipelineError;
use orrery_pipeline::build::{Options, Outcome, build};
use orrery_pipeline::progress::Mode;
use orrery_pipeline::scope::Scope;

use crate::hostile::around;
use crate::workspace;

/// The day that the almanac of tables for tests is made around, whatever the clock says, so that the same tests have the same
/// tables on every day.
pub const TODAY: CivilDate = CivilDate { year: 2026, month: 11, day: 21 };

/// How long to wait for another test program that is building the shared tables.
const PATIENCE: Duration = Duration::from_mins(20);

/// The directory of the shared dataset, 1800 to 2400 and all bodies: built at first, reused while nothing it depends on
/// changes. Several test programs may ask at once; the store's lock lets one build and the others wait.
pub fn shared_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let out = workspace::target().join("test-dataset");
        let begun = Instant::now();
        let options = options(&out, Scope::full());
        let outcome = loop {
            match build(&options) {
                Err(PipelineError::Locked { .. }) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                other => {
                    break other.unwrap_or_else(|error| panic!("building the tables for the tests: {error}"));
                }
            }
        };
        if outcome.computed > 0 {
            eprintln!("shared dataset: {} blocks computed in {:.0} s", outcome.computed, outcome.seconds);
        }
        out
    })
}

/// The shared dataset, opened.
#[must_use]
pub fn shared() -> Dataset {
    Dataset::open(shared_dir()).unwrap_or_else(|error| panic!("{error}"))
}

/// Where the shared tables begin and end.
struct Ends {
    /// Places and nutation, Julian days TT.
    tt: Range<f64>,
    /// The Earth's rotation, Julian days UT1, and ΔT at both ends, days.
    ut: Range<f64>,
    delta_t_days: Range<f64>,
}

impl Ends {
    fn shared() -> &'static Ends {
        static ENDS: OnceLock<Ends> = OnceLock::new();
        ENDS.get_or_init(|| {
            let dataset =
                Dataset::open_with(shared_dir(), Check::Structure).unwrap_or_else(|error| panic!("{error}"));
            let rotation = dataset.span_jd(Product::EarthRotation).unwrap();
            let others = products(&dataset).into_iter().filter(|product| *product != Product::EarthRotation);
            let common = others.filter_map(|product| dataset.span_jd(product));
            let (start, end) = common.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1))).unwrap();
            let delta_t_days = |ut| dataset.delta_t_s(UtDay(ut)).unwrap() / 86_400.0;
            Ends {
                tt: start..end,
                ut: rotation.0..rotation.1,
                delta_t_days: delta_t_days(rotation.0)..delta_t_days(rotation.1.next_down()),
            }
        })
    }
}

/// Julian days TT at which the shared tables have every body and nutation.
#[must_use]
pub fn span_tt() -> Range<f64> {
    Ends::shared().tt.clone()
}

/// Julian days UT1 at which they have these and the Earth's rotation: by ΔT of 2400, some minutes before their end.
#[must_use]
pub fn span_ut() -> Range<f64> {
    let Ends { tt, ut, delta_t_days } = Ends::shared();
    ut.start.max(tt.start - delta_t_days.start)..ut.end.min(tt.end - delta_t_days.end)
}

/// The ends themselves as Julian days TT, those of the Earth's rotation by ΔT, with the doubles and seconds on both sides.
#[must_use]
pub fn ends_tt() -> Vec<f64> {
    let Ends { tt, ut, delta_t_days } = Ends::shared();
    let ends = [tt.start, tt.end, ut.start + delta_t_days.start, ut.end + delta_t_days.end];
    ends.into_iter().flat_map(around).collect()
}

/// How to build a scope into a directory, silently, on every core.
#[must_use]
pub fn options(out: &Path, scope: Scope) -> Options {
    Options {
        out: out.to_owned(),
        ephe: workspace::ephemeris_path(),
        scope,
        jobs: None,
        progress: Mode::None,
        today: TODAY,
    }
}

/// Builds a few bodies over some years.
pub fn build_small(out: &Path, years: (i32, i32), bodies: &[Body]) -> Outcome {
    let scope = Scope::of_years(years.0, years.1, Some(bodies.to_vec()));
    build(&options(out, scope)).unwrap_or_else(|error| panic!("{error}"))
}

/// Copies blocks of the shared tables into a dataset directory, so that a build there need not compute them.
pub fn copy_shared(out: &Path, wanted: impl Fn(&BlockEntry) -> bool) {
    let shared = Manifest::read(shared_dir()).unwrap_or_else(|error| panic!("{error}"));
    std::fs::create_dir_all(out.join(BLOCKS_DIR)).unwrap();
    for block in shared.blocks.iter().filter(|block| wanted(block)) {
        std::fs::copy(Manifest::block_path(shared_dir(), block), Manifest::block_path(out, block)).unwrap();
    }
}

/// Tables of the ten bodies that an almanac needs over 2000 to 2100, and the almanac of a day: blocks are copied from the
/// shared tables, so that nothing has to be computed.
pub fn build_with_almanac(out: &Path, today: CivilDate) -> Outcome {
    let scope = Scope::of_years(2001, 2100, Some(TEN_BODIES.to_vec()));
    copy_shared(out, |block| {
        let is_of_ten = match Product::from_name(&block.product) {
            Some(Product::Place(_, body)) => TEN_BODIES.contains(&body),
            _ => true,
        };
        is_of_ten && block.start_jd == J2000_JD
    });
    let options = Options { today, ..options(out, scope) };
    let outcome = build(&options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(outcome.computed, 0, "{outcome:?}");
    outcome
}

/// The bodies that an almanac needs.
pub const TEN_BODIES: [Body; 10] = [
    Body::Sun,
    Body::Moon,
    Body::Mercury,
    Body::Venus,
    Body::Mars,
    Body::Jupiter,
    Body::Saturn,
    Body::Uranus,
    Body::Neptune,
    Body::Pluto,
];

/// Every product that a dataset holds, in its order.
#[must_use]
pub fn products(dataset: &Dataset) -> Vec<Product> {
    let mut products: Vec<Product> = dataset.blocks().iter().map(orrery_format::Block::product).collect();
    products.dedup();
    products
}
