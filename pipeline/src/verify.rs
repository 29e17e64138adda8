//! Is a dataset what it says? Every byte against its hash, every structure, and random samples of tables and lists against the
//! source.

use std::path::PathBuf;

use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{AnyList, Block, Check, Dataset, Manifest, Miss, Product};
use orrery_swisseph::{EphemerisDir, Session};

use crate::audit::Deviation;
use crate::error::PipelineError;
use crate::inputs::Inputs;
use crate::lists::audit::{self as list_audit, Findings};
use crate::lists::eclipses;
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
    /// Random instants for each product, and random entries for each list.
    pub samples: u32,
    /// What the instants follow from: the same seed gives the same ones.
    pub seed: u64,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every fault, with its file or instant.
    pub faults: Vec<String>,
    /// Blocks read.
    pub blocks: usize,
    /// Lists read.
    pub lists: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Instants compared with the source.
    pub compared: usize,
    /// What the audit of the almanac met, if there is one; its faults are among the others.
    pub almanac: Option<Findings>,
    /// What the audit of the lists of eclipses met, if there are any; its faults are among the others.
    pub eclipses: Option<eclipses::audit::Findings>,
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
    for entry in &manifest.blocks {
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
    match Dataset::open(&options.dir) {
        Ok(dataset) => {
            if let Err(error) = audit(options, &dataset, &mut report) {
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

/// Compares random instants of every product, and random entries of every list, with the source.
fn audit(options: &Options, dataset: &Dataset, report: &mut Report) -> Result<(), PipelineError> {
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
    let mut products: Vec<Product> = dataset.blocks().iter().map(Block::product).collect();
    products.dedup();
    for product in products {
        let Some((start, end)) = dataset.span_jd(product) else { continue };
        let mut instants = Instants::new(options.seed, product);
        for _ in 0..options.samples {
            let jd = instants.between(start, end);
            let Some(table) = table_at(dataset, product, jd) else { continue };
            let source = Sampler::new(&mut session, product)
                .at(jd)
                .map_err(PipelineError::live(format!("{product} at JD {jd}")))?;
            let deviation = Deviation::between(product, table, source.components);
            report.compared += 1;
            let (index, _) =
                dataset.locate(product, jd).map_err(|miss| PipelineError::Usage(miss.to_string()))?;
            let promise = dataset.blocks()[index as usize].promise_arcsec();
            let what = format!("{product} at JD {jd}");
            if !deviation.meets(promise, PROMISE_DISTANCE) {
                report.faults.push(format!(
                    "{}: {what} is {}″ and {:e} of its distance from the source, {promise}″ and {PROMISE_DISTANCE:e} are promised; \
                     build again",
                    options.dir.join(MANIFEST_FILE).display(),
                    deviation.arcsec,
                    deviation.distance
                ));
            }
            if report.worst.as_ref().is_none_or(|(worst, _)| deviation.arcsec > *worst) {
                report.worst = Some((deviation.arcsec, what));
            }
        }
    }
    let mut live = Live::new(session);
    if let Some(findings) = eclipses::audit::audit(dataset, &mut live, options.samples, options.seed)? {
        let dir = options.dir.display();
        report.faults.extend(findings.faults.iter().map(|fault| format!("{dir}: {fault}")));
        report.eclipses = Some(findings);
    }
    if let (Some(almanac), Some(entry)) =
        (dataset.almanac(), dataset.manifest().lists.iter().find(|entry| entry.name == "almanac"))
    {
        let path = Manifest::list_path(&options.dir, entry);
        let findings = list_audit::audit(almanac, live, options.samples, options.seed)?;
        report.faults.extend(findings.faults.iter().map(|fault| format!("{}: {fault}", path.display())));
        report.almanac = Some(findings);
    }
    Ok(())
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

    /// The next one, start ≤ jd < end.
    pub fn between(&mut self, start: f64, end: f64) -> f64 {
        let mut bytes = [0; 8];
        self.stream.fill(&mut bytes);
        let fraction = (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64;
        (start + (end - start) * fraction).min(end.next_down())
    }
}
