//! Is a dataset what it says? Every byte against its hash, every structure, lists of eclipses against the tables that they are
//! derived from, and random samples of tables and lists against the source. Or, in a time that does not grow with the dataset,
//! the same of a few random blocks: night after night all have their turn.

use std::path::{Path, PathBuf};

use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{AnyList, Block, Check, Dataset, List, ListName, Manifest, Miss, Product};
use orrery_swisseph::{EphemerisDir, Session};

use crate::audit::Deviation;
use crate::error::PipelineError;
use crate::inputs::Inputs;
use crate::lists::eclipses::Listed;
use crate::lists::{almanac, eclipses};
use crate::live::Live;
use crate::recipe::PROMISE_DISTANCE;
use crate::sample::Sampler;

/// What to verify.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub dir: PathBuf,
    /// The directory of ephemeris files that the sample is audited against.
    pub ephe: PathBuf,
    /// Random instants for each product, or for each block that is drawn, and random entries for each list.
    pub samples: u32,
    /// How many blocks are drawn to be read and compared, of the others no more than the structure being looked at; `None`
    /// for all.
    pub sample_blocks: Option<usize>,
    /// What the instants, and the blocks that are drawn, follow from: the same seed gives the same ones.
    pub seed: u64,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every fault, with its file or instant.
    pub faults: Vec<String>,
    /// Blocks read in full.
    pub blocks: usize,
    /// Lists read.
    pub lists: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Instants compared with the source.
    pub compared: usize,
    /// What the audit of the almanac met, if there is one; its faults are among the others.
    pub almanac: Option<almanac::audit::Findings>,
    /// What the audits of the lists of eclipses met that there are; their faults are among the others.
    pub eclipses: Vec<(ListName, eclipses::audit::Findings)>,
    /// Largest deviation of a table met, and where.
    pub worst: Option<(f64, String)>,
}

/// Verifies a dataset. Faults do not stop it: each is named in the report.
///
/// # Errors
/// When there is no dataset at all.
pub fn verify(options: &Options) -> Result<Report, PipelineError> {
    let mut report = Report::default();
    let manifest = match Manifest::read(&options.dir) {
        Ok(manifest) => manifest,
        Err(error @ orrery_format::FormatError::NoDataset { .. }) => return Err(error.into()),
        Err(error) => {
            report.faults.push(error.to_string());
            return Ok(report);
        }
    };
    let drawn = options.sample_blocks.map(|count| drawn(options.seed, count, manifest.blocks.len()));
    let is_read = |index: usize| drawn.as_ref().is_none_or(|drawn| drawn.binary_search(&index).is_ok());
    for (_, entry) in manifest.blocks.iter().enumerate().filter(|(index, _)| is_read(*index)) {
        let path = Manifest::block_path(&options.dir, entry);
        match Block::open(&path, Check::EveryByte) {
            Ok(block) => {
                report.blocks += 1;
                report.bytes += block.file_bytes() as u64;
                if blake3::Hash::from(block.content_hash()).to_hex().as_str() != entry.blake3 {
                    report.faults.push(format!("{}: not the file that the manifest names", path.display()));
                }
            }
            Err(error) => report.faults.push(error.to_string()),
        }
    }
    for entry in &manifest.lists {
        let path = Manifest::list_path(&options.dir, entry);
        match AnyList::open(&path, Check::EveryByte) {
            Ok(list) => {
                report.lists += 1;
                report.bytes += list.about().file_bytes() as u64;
                if blake3::Hash::from(list.about().content_hash()).to_hex().as_str() != entry.blake3 {
                    report.faults.push(format!("{}: not the file that the manifest names", path.display()));
                } else if !is_of_blocks(list.about().recipe(), &manifest) {
                    report.faults.push(format!(
                        "{}: derived from other blocks than the manifest names; build again",
                        path.display()
                    ));
                }
            }
            Err(error) => report.faults.push(error.to_string()),
        }
    }
    if !report.faults.is_empty() {
        return Ok(report);
    }
    let check = if drawn.is_some() { Check::Structure } else { Check::EveryByte };
    match Dataset::of(&options.dir, manifest, check) {
        Ok(dataset) => {
            if let Err(error) = audit(options, &dataset, drawn.as_deref(), &mut report) {
                report.faults.push(error.to_string());
            }
        }
        Err(error) => report.faults.push(error.to_string()),
    }
    Ok(report)
}

/// Whether every block that a list's recipe names is one of the generation.
fn is_of_blocks(recipe: &str, manifest: &Manifest) -> bool {
    let recipe = serde_json::from_str::<serde_json::Value>(recipe).unwrap_or_default();
    let is_there = |block: &serde_json::Value| {
        manifest.blocks.iter().any(|own| {
            block["product"] == *own.product
                && block["start_jd"] == own.start_jd
                && block["blake3"] == *own.blake3
        })
    };
    recipe["blocks"].as_array().is_some_and(|blocks| !blocks.is_empty() && blocks.iter().all(is_there))
}

/// Indices of so many blocks, ascending.
fn drawn(seed: u64, count: usize, blocks: usize) -> Vec<usize> {
    let mut drawn = Instants::of(seed, "blocks").some_of(count, blocks);
    drawn.sort_unstable();
    drawn
}

/// Compares random instants of every product, or of the blocks that are drawn, and random entries of every list, with the source.
fn audit(
    options: &Options,
    dataset: &Dataset,
    drawn: Option<&[usize]>,
    report: &mut Report,
) -> Result<(), PipelineError> {
    let dir =
        EphemerisDir::open(&options.ephe).map_err(PipelineError::live("reading the ephemeris files"))?;
    let inputs = Inputs::read(&dir)?;
    for file in &dataset.manifest().source.files {
        let same = |input: &&crate::inputs::InputFile| input.name == file.name && input.blake3 == file.blake3;
        if !inputs.files.iter().any(|input| same(&input)) {
            report.faults.push(format!(
                "{}: {} is not the file that the dataset was built from; build again, or bring the old file back",
                dir.path().join(&file.name).display(),
                file.name
            ));
        }
    }
    if !report.faults.is_empty() {
        return Ok(());
    }
    let mut session = Session::open(&dir).map_err(PipelineError::live("opening the source"))?;
    match drawn {
        None => {
            let mut products: Vec<Product> = dataset.blocks().iter().map(Block::product).collect();
            products.dedup();
            for product in products {
                if let Some(span) = dataset.span_jd(product) {
                    let instants = Instants::new(options.seed, product);
                    report.table(options, dataset, &mut session, (product, span), instants)?;
                }
            }
        }
        Some(drawn) => {
            for block in drawn.iter().filter_map(|&index| dataset.blocks().get(index)) {
                let (product, span) = (block.product(), (block.start_jd(), block.end_jd()));
                let instants = Instants::of(options.seed, &format!("{product} from JD {}", span.0));
                report.table(options, dataset, &mut session, (product, span), instants)?;
            }
        }
    }
    let mut live = Live::new(session);
    report.eclipses(options, dataset, dataset.solar_eclipses(), &mut live);
    report.eclipses(options, dataset, dataset.lunar_eclipses(), &mut live);
    if let Some(list) = dataset.almanac() {
        let audited = almanac::audit::audit(list, live, options.samples, options.seed);
        let path = path_of(dataset, ListName::Almanac);
        report.almanac = report.of_list(&path, audited, |findings| &findings.faults);
    }
    Ok(())
}

/// The file of a list that a dataset has.
fn path_of(dataset: &Dataset, name: ListName) -> PathBuf {
    let mut entries = dataset.manifest().lists.iter();
    let entry = entries.find(|entry| entry.name == name.name());
    entry.map_or_else(|| dataset.dir().to_owned(), |entry| Manifest::list_path(dataset.dir(), entry))
}

impl Report {
    /// Compares instants of a stretch of a product's table with the source.
    fn table(
        &mut self,
        options: &Options,
        dataset: &Dataset,
        session: &mut Session,
        (product, (start, end)): (Product, (f64, f64)),
        mut instants: Instants,
    ) -> Result<(), PipelineError> {
        for _ in 0..options.samples {
            let jd = instants.between(start, end);
            let Some(table) = table_at(dataset, product, jd) else { continue };
            let source = Sampler::new(session, product)
                .at(jd)
                .map_err(PipelineError::live(format!("{product} at JD {jd}")))?;
            let deviation = Deviation::between(product, table, source.components);
            self.compared += 1;
            let (index, _) =
                dataset.locate(product, jd).map_err(|miss| PipelineError::Usage(miss.to_string()))?;
            let promise = dataset.blocks()[index as usize].promise_arcsec();
            let what = format!("{product} at JD {jd}");
            if !deviation.meets(promise, PROMISE_DISTANCE) {
                self.faults.push(format!(
                    "{}: {what} is {}″ and {:e} of its distance from the source, {promise}″ and {PROMISE_DISTANCE:e} are promised; \
                     build again",
                    options.dir.join(MANIFEST_FILE).display(),
                    deviation.arcsec,
                    deviation.distance
                ));
            }
            if self.worst.as_ref().is_none_or(|(worst, _)| deviation.arcsec > *worst) {
                self.worst = Some((deviation.arcsec, what));
            }
        }
        Ok(())
    }

    /// Audits a list of eclipses, if there is one.
    fn eclipses<T: Listed>(
        &mut self,
        options: &Options,
        dataset: &Dataset,
        list: Option<&List<T>>,
        live: &mut Live,
    ) {
        let Some(list) = list else { return };
        let audited = eclipses::audit::audit(list, dataset, live, options.samples, options.seed);
        let findings = self.of_list(&path_of(dataset, T::LIST), audited, |findings| &findings.faults);
        self.eclipses.extend(findings.map(|findings| (T::LIST, findings)));
    }

    /// Takes the faults of an audited list over, each with the list's file. An audit that failed is a fault of its own list, and
    /// others go on.
    fn of_list<F>(
        &mut self,
        path: &Path,
        audited: Result<F, PipelineError>,
        faults: impl FnOnce(&F) -> &[String],
    ) -> Option<F> {
        let path = path.display();
        match audited {
            Ok(findings) => {
                // Under its recipe a list that is there is taken for right, so that a build alone would leave it.
                let told = |fault: &String| format!("{path}: {fault}; remove this file and build again");
                self.faults.extend(faults(&findings).iter().map(told));
                Some(findings)
            }
            Err(error) => {
                self.faults.push(format!("{path}: {error}"));
                None
            }
        }
    }
}

/// What the tables say of a product, as its components; nothing in a stretch that is left to the source.
fn table_at(dataset: &Dataset, product: Product, jd: f64) -> Option<[f64; 3]> {
    match dataset.components_at(product, jd) {
        Ok(components) => Some(components.value),
        Err(Miss::NotGoodEnough { .. }) => None,
        // An instant of the span that no table holds compares with nothing, which is a fault.
        Err(_) => Some([f64::NAN; 3]),
    }
}

/// Instants that look random and are the same for the same seed.
#[derive(Debug)]
pub struct Instants {
    stream: blake3::OutputReader,
}

impl Instants {
    /// The stream of a seed and a product.
    #[must_use]
    pub fn new(seed: u64, product: Product) -> Instants {
        Instants::of(seed, &product.to_string())
    }

    /// The stream of a seed and a name.
    #[must_use]
    pub fn of(seed: u64, name: &str) -> Instants {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        hasher.update(name.as_bytes());
        Instants { stream: hasher.finalize_xof() }
    }

    /// So many different numbers below a bound, in no order; all of them if there are no more.
    pub fn some_of(&mut self, count: usize, bound: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..bound).collect();
        let count = count.min(bound);
        for nth in 0..count {
            let other = self.between(nth as f64, bound as f64) as usize;
            all.swap(nth, other);
        }
        all.truncate(count);
        all
    }

    /// The next one, start ≤ jd < end.
    pub fn between(&mut self, start: f64, end: f64) -> f64 {
        let mut bytes = [0; 8];
        self.stream.fill(&mut bytes);
        let fraction = (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64;
        (start + (end - start) * fraction).min(end.next_down())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_that_fails_is_a_fault_of_its_list_alone() {
        let mut report = Report::default();
        let path = Path::new("lists/one.orrery");
        let failed = Err(PipelineError::Underivable { list: "one", what: "no answer".into() });
        assert!(report.of_list::<Vec<String>>(path, failed, |faults| faults).is_none());
        let found =
            report.of_list(Path::new("lists/two.orrery"), Ok(vec!["late".to_owned()]), |faults| faults);
        assert_eq!(found, Some(vec!["late".to_owned()]));
        let [first, second] = report.faults.as_slice() else { panic!("{:?}", report.faults) };
        assert!(first.starts_with("lists/one.orrery: ") && first.contains("no answer"), "{first}");
        assert!(second.starts_with("lists/two.orrery: late; ") && second.contains("build again"), "{second}");
    }

    #[test]
    fn night_after_night_every_block_is_drawn() {
        assert!(drawn(1, 0, 342).is_empty() && drawn(1, 5, 0).is_empty());
        assert_eq!(drawn(1, 999, 342), (0..342).collect::<Vec<_>>());
        assert_eq!(drawn(7, 8, 342), drawn(7, 8, 342));
        let nights: std::collections::BTreeSet<usize> =
            (0..365).flat_map(|night| drawn(night, 8, 342)).collect();
        assert!(nights.len() > 335 && drawn(3, 8, 342).is_sorted(), "{} blocks in a year", nights.len());
    }

    #[test]
    fn numbers_that_are_chosen_differ() {
        let mut instants = Instants::of(7, "chosen");
        for (count, bound) in [(0, 0), (5, 0), (0, 5), (3, 1000), (999, 1000), (1000, 1000), (2000, 1000)] {
            let chosen = instants.some_of(count, bound);
            let different: std::collections::BTreeSet<usize> = chosen.iter().copied().collect();
            assert_eq!((chosen.len(), different.len()), (count.min(bound), count.min(bound)));
            assert!(different.last().is_none_or(|last| *last < bound));
        }
        assert_ne!(instants.some_of(10, 1000), instants.some_of(10, 1000));
    }
}
