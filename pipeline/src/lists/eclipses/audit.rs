//! Do lists of eclipses say what the live source says? A random sample of them is found again in the source, and in a few random
//! stretches of time the source is searched for what the lists may have missed.

use orrery_almanac::eclipses::{
    Lunation, Phase, lunar_eclipse_of, lunar_eclipses, solar_eclipse_of, solar_eclipses,
};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::list::Entry;
use orrery_format::{Dataset, List, TtDay};

use crate::error::PipelineError;
use crate::live::{Live, Unknown};
use crate::verify::Instants;

/// What an eclipse from tables may differ by from one of the source, which are within a millisecond and 2e-8 mostly: seconds of
/// the instant, Earth radii of gamma, and magnitudes.
const ALLOWED_S: f64 = 0.05;
const ALLOWED_RADII: f64 = 1e-6;
const ALLOWED_MAGNITUDE: f64 = 1e-5;

/// Stretches of time that the source is searched in, and the days of each.
const SEARCHES: usize = 3;
const SEARCH_DAYS: f64 = 730.0;

/// Days around an eclipse in which there is no other of its kind.
const ALONE_DAYS: f64 = 10.0;

/// What an audit met.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub faults: Vec<String>,
    /// Eclipses found again in the source.
    pub compared: usize,
    /// Eclipses that the source was found to have in the random stretches.
    pub searched: usize,
    /// Largest difference of an instant, seconds.
    pub worst_s: f64,
}

/// What is compared of an eclipse.
#[derive(Clone, Copy, Debug)]
struct Compared {
    jd_tt: f64,
    gamma: f64,
    magnitude: f64,
    kind: u8,
}

impl From<&SolarEclipse> for Compared {
    fn from(it: &SolarEclipse) -> Compared {
        Compared { jd_tt: it.greatest_jd_tt, gamma: it.gamma, magnitude: it.magnitude, kind: it.kind }
    }
}

impl From<&LunarEclipse> for Compared {
    fn from(it: &LunarEclipse) -> Compared {
        Compared { jd_tt: it.greatest_jd_tt, gamma: it.gamma, magnitude: it.umbral_magnitude, kind: it.kind }
    }
}

/// Audits the lists of eclipses that a dataset has: so many random entries of each, and a few random stretches.
///
/// # Errors
/// When the source cannot be asked.
pub fn audit(
    dataset: &Dataset,
    live: &mut Live,
    samples: u32,
    seed: u64,
) -> Result<Option<Findings>, PipelineError> {
    let mut findings = Findings::default();
    let lists = (dataset.solar_eclipses(), dataset.lunar_eclipses());
    if let Some(list) = lists.0 {
        let of = |live: &mut Live, lunation| solar_eclipse_of(live, lunation);
        let all = |live: &mut Live, range| solar_eclipses(live, range);
        findings.list(list, live, (samples, seed), Phase::New, of, all)?;
    }
    if let Some(list) = lists.1 {
        let of = |live: &mut Live, lunation| lunar_eclipse_of(live, lunation);
        let all = |live: &mut Live, range| lunar_eclipses(live, range);
        findings.list(list, live, (samples, seed), Phase::Full, of, all)?;
    }
    Ok((lists.0.is_some() || lists.1.is_some()).then_some(findings))
}

impl Findings {
    fn list<T: Entry>(
        &mut self,
        list: &List<T>,
        live: &mut Live,
        (samples, seed): (u32, u64),
        phase: Phase,
        of: impl Fn(&mut Live, Lunation) -> Result<Option<T>, Unknown>,
        all: impl Fn(&mut Live, std::ops::Range<TtDay>) -> Result<Vec<T>, Unknown>,
    ) -> Result<(), PipelineError>
    where
        for<'t> Compared: From<&'t T>,
    {
        let about = list.about();
        let name = about.name().name();
        let unanswered =
            |unknown: Unknown| PipelineError::Underivable { list: name, what: unknown.to_string() };
        let mut random = Instants::of(seed, name);
        let entries = list.entries();
        for _ in 0..(samples as usize).min(entries.len()) {
            let nth = random.between(0.0, entries.len() as f64) as usize;
            let Some(own) = entries.get(nth).map(T::native).map(|entry| Compared::from(&entry)) else {
                continue;
            };
            let around = TtDay(own.jd_tt - ALONE_DAYS)..TtDay(own.jd_tt + ALONE_DAYS);
            let mut found = None;
            for lunation in Lunation::within(&around, phase) {
                found = found.or(of(live, lunation).map_err(unanswered)?);
            }
            self.compare(&format!("{name}, entry {nth}"), own, found.as_ref().map(Compared::from));
        }
        for _ in 0..SEARCHES {
            let (start, end) = (about.start_jd_tt(), about.end_jd_tt());
            let from = random.between(start, (end - SEARCH_DAYS).max(start));
            let range = from..(from + SEARCH_DAYS).min(end);
            let found = all(live, TtDay(range.start)..TtDay(range.end)).map_err(unanswered)?;
            let listed = list.range(range.clone()).len();
            self.searched += found.len();
            if found.len() != listed {
                self.faults.push(format!(
                    "{name}: {listed} from JD {} to {}, and the source has {}; build again",
                    range.start,
                    range.end,
                    found.len()
                ));
            }
        }
        Ok(())
    }

    fn compare(&mut self, what: &str, own: Compared, found: Option<Compared>) {
        self.compared += 1;
        let Some(found) = found else {
            self.faults.push(format!("{what}: the source has no eclipse at JD {}; build again", own.jd_tt));
            return;
        };
        let apart_s = (own.jd_tt - found.jd_tt).abs() * 86_400.0;
        self.worst_s = self.worst_s.max(apart_s);
        let is_near = apart_s <= ALLOWED_S
            && (own.gamma - found.gamma).abs() <= ALLOWED_RADII
            && (own.magnitude - found.magnitude).abs() <= ALLOWED_MAGNITUDE;
        if !is_near || own.kind != found.kind {
            self.faults.push(format!("{what} is {own:?}, and the source has {found:?}; build again"));
        }
    }
}
