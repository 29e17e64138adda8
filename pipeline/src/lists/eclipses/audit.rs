//! Is a list of eclipses what the tables give, and do the tables have the source's eclipses? Every eclipse is derived again and
//! compared part by part. A random sample of them, and all lunations of a few random stretches of time, are looked at in the
//! source.

use std::collections::{BTreeMap, BTreeSet};

use orrery_almanac::eclipses::{Eclipse, Lunation};
use orrery_format::{Dataset, List, TtDay};

use super::parts::Part;
use super::{Eclipses, Listed};
use crate::error::PipelineError;
use crate::lists::Derivation;
use crate::live::{Live, Unknown};
use crate::verify::Instants;

/// Stretches of time that the source is searched in, and the days of each.
const SEARCHES: usize = 3;
const SEARCH_DAYS: f64 = 730.0;

/// What an audit of a list met.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub faults: Vec<String>,
    /// Eclipses that the tables were found to have.
    pub derived: usize,
    /// Lunations that the source was asked about.
    pub searched: usize,
    /// Eclipses that the source was found to have in them.
    pub compared: usize,
    /// Largest difference of an instant of greatest eclipse from the source's, seconds.
    pub worst_s: f64,
}

/// Audits a list of eclipses: all of it against the tables, and against the source so many random entries and a few random
/// stretches.
///
/// # Errors
/// When tables or source do not answer.
pub fn audit<T: Listed>(
    list: &List<T>,
    dataset: &Dataset,
    live: &mut Live,
    samples: u32,
    seed: u64,
) -> Result<Findings, PipelineError> {
    let mut findings = Findings::default();
    let about = list.about();
    let span = (about.start_jd_tt(), about.end_jd_tt());
    let listed = findings.by_lunation(list.entries().iter().map(T::native));
    let derived = findings.by_lunation(Eclipses::<T>::entries(dataset, live, span, span)?);
    findings.derived = derived.len();
    findings.compare(&listed, &derived, "the tables", Part::is_same);

    let mut random = Instants::of(seed, about.name().name());
    let all: Vec<Lunation> = listed.keys().copied().collect();
    let chosen = random.some_of(samples as usize, all.len());
    let mut searched: BTreeSet<Lunation> =
        chosen.into_iter().filter_map(|nth| all.get(nth).copied()).collect();
    for _ in 0..SEARCHES {
        let start = random.between(span.0, (span.1 - SEARCH_DAYS).max(span.0));
        let end = (start + SEARCH_DAYS).min(span.1);
        searched.extend(Lunation::within(&(TtDay(start)..TtDay(end)), T::PHASE));
    }
    findings.searched = searched.len();
    let unanswered =
        |unknown: Unknown| PipelineError::Underivable { list: T::LIST.name(), what: unknown.to_string() };
    let mut found = BTreeMap::new();
    for lunation in &searched {
        let eclipse = T::of(live, *lunation).map_err(unanswered)?;
        let inside = eclipse.filter(|eclipse| (span.0..span.1).contains(&eclipse.greatest().jd()));
        found.extend(inside.map(|eclipse| (*lunation, eclipse)));
    }
    findings.compared = found.len();
    for (lunation, source) in &found {
        if let Some(own) = listed.get(lunation) {
            let apart_s = 86_400.0 * (own.greatest().jd() - source.greatest().jd()).abs();
            findings.worst_s = findings.worst_s.max(apart_s);
        }
    }
    let of_these = listed.into_iter().filter(|(lunation, _)| searched.contains(lunation)).collect();
    findings.compare(&of_these, &found, "the source", Part::is_near);
    Ok(findings)
}

impl Findings {
    /// Eclipses by their lunations, of which each has one at most.
    fn by_lunation<T: Eclipse>(&mut self, entries: impl IntoIterator<Item = T>) -> BTreeMap<Lunation, T> {
        let mut all = BTreeMap::new();
        for entry in entries {
            let greatest = entry.greatest();
            let at = greatest..TtDay(greatest.jd().next_up());
            match Lunation::within(&at, T::PHASE).next() {
                None => self.faults.push(format!("at JD {} the Moon is not {:?}", greatest.jd(), T::PHASE)),
                Some(lunation) => {
                    if all.insert(lunation, entry).is_some() {
                        self.faults.push(format!("the eclipse at JD {} is listed twice", greatest.jd()));
                    }
                }
            }
        }
        all
    }

    /// What is listed against what it should be.
    fn compare<T: Listed>(
        &mut self,
        listed: &BTreeMap<Lunation, T>,
        expected: &BTreeMap<Lunation, T>,
        whose: &str,
        agree: impl Fn(&Part, &Part) -> bool,
    ) {
        for (lunation, own) in listed {
            let jd_tt = own.greatest().jd();
            let Some(other) = expected.get(lunation) else {
                self.faults.push(format!("at JD {jd_tt} {whose} have no eclipse"));
                continue;
            };
            for (part, other) in own.parts().iter().zip(&other.parts()) {
                if !agree(part, other) {
                    let (name, own, other) = (part.name, &part.numbers, &other.numbers);
                    self.faults.push(format!(
                        "{name} of the eclipse at JD {jd_tt} is {own:?}, by {whose} it is {other:?}"
                    ));
                }
            }
        }
        for (_, missing) in expected.iter().filter(|(lunation, _)| !listed.contains_key(lunation)) {
            self.faults.push(format!("the eclipse at JD {} is missing, by {whose}", missing.greatest().jd()));
        }
    }
}
