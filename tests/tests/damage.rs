//! Hazard: bytes that are not what was written, by a failing disk, a broken transfer or ill will. Everything outside the
//! records is changed bit by bit and cut at every length, the records at samples and with the worst numbers there are:
//! with every byte checked each is refused; with the structure alone checked each is refused or harmless.

use std::path::{Path, PathBuf};

use orrery_almanac::eclipses::{Eclipse, Lunation};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::event::EventRecord;
use orrery_format::kernel::Kernel;
use orrery_format::layout::{CHECKED_BYTES, HEADER_BYTES, LAYOUT_VERSION, LINE_BYTES, record_bytes};
use orrery_format::list::Entry;
use orrery_format::list::encode as encode_list;
use orrery_format::manifest::{BLOCKS_DIR, BlockEntry, LISTS_DIR, ListEntry, MANIFEST_FILE};
use orrery_format::{
    AnyList, Block, Body, Center, Check, Columns, Dataset, FormatError, List, ListName, Manifest, Product,
    TtDay,
};
use orrery_pipeline::verify::{Options, verify};
use orrery_tests::random::Random;
use orrery_tests::{programs, synthetic, tables, workspace};

const PRODUCT: Product = Product::Place(Center::Geo, Body::Mars);
const GROUPS: [u8; 3] = [2, 1, 1];
const RECORD_BYTES: usize = record_bytes(GROUPS);

/// A dataset of one small block that is overwritten again and again.
struct Victim {
    dir: tempfile::TempDir,
    path: PathBuf,
    good: Vec<u8>,
    /// Where the records are in the file.
    records: std::ops::Range<usize>,
    jds: Vec<f64>,
    answers: Vec<[u64; 6]>,
}

/// What became of damaged files whose structure alone was checked. Some answer otherwise than before: that check is for
/// files whose bytes somebody has hashed.
#[derive(Clone, Copy, Debug, Default)]
struct Fates {
    refused: usize,
    unnoticed: usize,
    other_answers: usize,
}

impl Victim {
    fn new() -> Victim {
        let dir = workspace::scratch();
        let manifest = synthetic::publish(dir.path(), &[(PRODUCT, GROUPS)]);
        let path = Manifest::block_path(dir.path(), &manifest.blocks[0]);
        let good = std::fs::read(&path).unwrap();
        let block = Block::open(&path, Check::EveryByte).unwrap();
        let start = block.records().as_ptr() as usize - block.mapping().bytes().as_ptr() as usize;
        let records = start..start + LINE_BYTES * block.records().len();
        let (first, end) = synthetic::SPAN;
        let mut jds: Vec<f64> = (0..120).map(|i| first + (end - first) * f64::from(i) / 120.0).collect();
        for segment in block.segments() {
            let start = segment.start_jd;
            jds.extend([start.next_down(), start, start + (segment.end_jd - start) / 2.0]);
        }
        jds.extend([end.next_down(), end, f64::NAN, f64::INFINITY]);
        drop(block);
        let mut victim = Victim { dir, path, good, records, jds, answers: Vec::new() };
        victim.answers = victim.ask(&Dataset::open(victim.dir.path()).unwrap());
        victim
    }

    /// All answers of the single path, NaN for a miss; the batch path is asked as well, and whatever else reads records.
    fn ask(&self, dataset: &Dataset) -> Vec<[u64; 6]> {
        let single = self.jds.iter().map(|&jd| {
            dataset.components_at(PRODUCT, jd).map_or([f64::NAN.to_bits(); 6], |components| {
                let ([a, b, c], [d, e, f]) = (components.value, components.rate);
                [a, b, c, d, e, f].map(f64::to_bits)
            })
        });
        let single: Vec<_> = single.collect();
        let mut columns = vec![vec![0.0; self.jds.len()]; 6];
        let [a, b, c, d, e, f] = columns.as_mut_slice() else { unreachable!("six columns") };
        let mut missed = Vec::new();
        dataset.fill(PRODUCT, &self.jds, &mut Columns { values: [a, b, c], rates: [d, e, f] }, &mut missed);
        for &jd in &self.jds {
            // Neither may panic, whatever they tell.
            let _ = dataset.locate(PRODUCT, jd);
            let _ = dataset.state(Body::Mars, Center::Geo, orrery_format::TtDay(jd));
        }
        for block in dataset.blocks() {
            let _ = (
                block.max_error(),
                block.refused_days(),
                block.segments().count(),
                block.segment_at(self.jds[7]),
            );
        }
        single
    }

    /// Puts damaged bytes in the file's place and tries both ways of opening it.
    ///
    /// `sealed` bytes have hashes that match them, as only ill will makes them, and may pass for good.
    fn try_bytes(&self, bytes: &[u8], what: &str, sealed: bool, fates: &mut Fates) {
        std::fs::write(&self.path, bytes).unwrap();
        let every_byte = Block::open(&self.path, Check::EveryByte);
        assert!(sealed || every_byte.is_err(), "{what}: passed with every byte checked");
        if let Err(error) = every_byte {
            let text = error.to_string();
            assert!(text.contains("geo-mars.orrery"), "{what}: {text}");
        }
        // Ill will would have to write the manifest too.
        assert!(
            bytes == self.good || Dataset::open(self.dir.path()).is_err(),
            "{what}: passed as the block that the manifest lists"
        );
        match Dataset::open_with(self.dir.path(), Check::Structure) {
            Err(error) => {
                assert!(
                    error.to_string().contains(".orrery") || error.to_string().contains(MANIFEST_FILE),
                    "{what}: {error}"
                );
                fates.refused += 1;
            }
            Ok(mut dataset) => {
                fates.unnoticed += 1;
                let mut answers = Vec::new();
                for kernel in Kernel::available() {
                    dataset = dataset.with_kernel(kernel);
                    answers = self.ask(&dataset);
                }
                fates.other_answers += usize::from(answers != self.answers);
            }
        }
    }

    /// The header's own hash made right again.
    fn reseal(bytes: &mut [u8]) {
        let check = blake3::hash(&bytes[..CHECKED_BYTES]);
        bytes[CHECKED_BYTES..HEADER_BYTES].copy_from_slice(&check.as_bytes()[..HEADER_BYTES - CHECKED_BYTES]);
    }

    /// Bytes of header and metadata: everything outside the records.
    fn outside_records(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.good.len()).filter(|at| !self.records.contains(at))
    }
}

#[test]
fn every_bit_of_header_and_metadata() {
    let victim = Victim::new();
    let mut fates = Fates::default();
    for at in victim.outside_records() {
        for bit in 0..8 {
            let mut bytes = victim.good.clone();
            bytes[at] ^= 1 << bit;
            victim.try_bytes(&bytes, &format!("bit {bit} of byte {at}"), false, &mut fates);
        }
    }
    println!("{} bytes of {}, every bit: {fates:?}", victim.outside_records().count(), victim.good.len());
}

#[test]
fn every_bit_of_a_header_that_was_sealed_again() {
    let victim = Victim::new();
    let mut fates = Fates::default();
    for at in 0..CHECKED_BYTES {
        for bit in 0..8 {
            let mut bytes = victim.good.clone();
            bytes[at] ^= 1 << bit;
            Victim::reseal(&mut bytes);
            victim.try_bytes(&bytes, &format!("bit {bit} of byte {at}, sealed"), true, &mut fates);
        }
    }
    // Fields of eight bytes with the worst numbers: lengths and places that overflow, dates that are none.
    for at in (0..CHECKED_BYTES).step_by(8) {
        for worst in WORST {
            let mut bytes = victim.good.clone();
            bytes[at..at + 8].copy_from_slice(&worst.to_le_bytes());
            Victim::reseal(&mut bytes);
            victim.try_bytes(&bytes, &format!("{worst:x} at byte {at}, sealed"), true, &mut fates);
        }
    }
    println!("headers sealed again: {fates:?}");
}

/// Numbers of eight bytes that hurt as lengths, as indices, as pairs of halves, or as doubles.
const WORST: [u64; 12] = [
    0,
    1,
    u64::MAX,
    u64::MAX / 2,
    1 << 63,
    0x7fff_ffff_7fff_ffff,
    0x8000_0000_8000_0000,
    0x7ff8_0000_0000_0000,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7fef_ffff_ffff_ffff,
    0x4330_0000_0000_0000,
];

#[test]
fn records_with_flipped_bits_and_with_the_worst_numbers() {
    let victim = Victim::new();
    let mut fates = Fates::default();
    let mut random = Random(7);
    for _ in 0..2_000 {
        let at = victim.records.start + random.below(victim.records.len());
        let mut bytes = victim.good.clone();
        bytes[at] ^= 1 << random.below(8);
        victim.try_bytes(&bytes, &format!("a bit of byte {at}, in the records"), false, &mut fates);
    }
    for at in victim.records.clone().step_by(8) {
        // Heads hold dates and, for split cells, indices: there each of the worst numbers, elsewhere one.
        let is_head = (at - victim.records.start) % RECORD_BYTES < LINE_BYTES;
        let worst = if is_head { WORST.to_vec() } else { vec![*random.pick(&WORST)] };
        for worst in worst {
            let mut bytes = victim.good.clone();
            bytes[at..at + 8].copy_from_slice(&worst.to_le_bytes());
            if bytes != victim.good {
                victim.try_bytes(
                    &bytes,
                    &format!("{worst:x} at byte {at}, in the records"),
                    false,
                    &mut fates,
                );
            }
        }
    }
    println!("records: {fates:?}");
}

#[test]
fn metadata_with_the_worst_numbers() {
    let victim = Victim::new();
    let mut fates = Fates::default();
    for at in victim
        .outside_records()
        .filter(|at| at % 4 == 0 && *at >= HEADER_BYTES && at + 8 <= victim.good.len())
    {
        for worst in WORST {
            let mut bytes = victim.good.clone();
            bytes[at..at + 8].copy_from_slice(&worst.to_le_bytes());
            if bytes != victim.good {
                victim.try_bytes(&bytes, &format!("{worst:x} at byte {at}"), false, &mut fates);
            }
        }
    }
    println!("wild numbers in the metadata: {fates:?}");
}

#[test]
fn files_cut_short_or_grown() {
    let victim = Victim::new();
    let mut fates = Fates::default();
    let lengths = victim.outside_records().chain(victim.records.clone().step_by(61));
    for length in lengths {
        victim.try_bytes(&victim.good[..length], &format!("cut to {length} bytes"), false, &mut fates);
    }
    for more in [1, 7, 64, 4096] {
        let grown = [victim.good.as_slice(), &vec![0; more]].concat();
        victim.try_bytes(&grown, &format!("{more} bytes longer"), false, &mut fates);
    }
    // A header that says that the cut was meant.
    for length in (HEADER_BYTES..victim.good.len()).step_by(5) {
        let mut bytes = victim.good[..length].to_vec();
        bytes[16..24].copy_from_slice(&(length as u64).to_le_bytes());
        bytes[32..40].copy_from_slice(&((length - HEADER_BYTES) as u64).to_le_bytes());
        Victim::reseal(&mut bytes);
        victim.try_bytes(&bytes, &format!("cut to {length} bytes, sealed"), true, &mut fates);
    }
    assert_eq!(fates.unnoticed, 0, "{fates:?}");
    println!("cut and grown: {fates:?}");
}

#[test]
fn a_foreign_layout_version_is_named_with_ours() {
    let victim = Victim::new();
    for version in [0, LAYOUT_VERSION + 1, u32::MAX] {
        let mut bytes = victim.good.clone();
        bytes[8..12].copy_from_slice(&version.to_le_bytes());
        Victim::reseal(&mut bytes);
        std::fs::write(&victim.path, &bytes).unwrap();
        for check in [Check::Structure, Check::EveryByte] {
            let error = Block::open(&victim.path, check).unwrap_err();
            let text = error.to_string();
            assert!(matches!(error, FormatError::Version { found, .. } if found == version), "{text}");
            assert!(
                text.contains(&format!("version {version}")) && text.contains("orrery-pipeline build"),
                "{text}"
            );
            assert!(text.contains(&format!("version {LAYOUT_VERSION}")), "{text}");
        }
    }
}

/// Publishes a manifest that matches its own name.
fn publish(dir: &Path, blocks: Vec<BlockEntry>) -> String {
    let manifest = synthetic::manifest(blocks);
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
    let error = Dataset::open(dir).expect_err("a manifest that is none").to_string();
    assert!(Dataset::open_with(dir, Check::Structure).is_err());
    error
}

#[test]
fn a_manifest_that_is_none() {
    let victim = Victim::new();
    let dir = victim.dir.path();
    let path = dir.join(MANIFEST_FILE);
    let good = std::fs::read(&path).unwrap();
    for length in 0..good.len() {
        std::fs::write(&path, &good[..length]).unwrap();
        let error = Dataset::open(dir).expect_err("cut").to_string();
        assert!(
            error.contains(MANIFEST_FILE) && error.contains("orrery-pipeline build"),
            "{length}: {error}"
        );
    }
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(Dataset::open(dir).is_err(), "byte {at} of the manifest changed, and it was opened");
    }
    for garbage in [&b"garbage"[..], b"{}", b"[]", b"null", b"\xff\xfe\x00", &b"[".repeat(100_000)] {
        std::fs::write(&path, garbage).unwrap();
        let error = Dataset::open(dir).expect_err("garbage").to_string();
        assert!(error.contains(MANIFEST_FILE), "{error}");
    }
    std::fs::remove_file(&path).unwrap();
    let error = Dataset::open(dir).unwrap_err();
    assert!(
        matches!(error, FormatError::NoDataset { .. }) && error.to_string().contains("orrery-pipeline build"),
        "{error}"
    );
    std::fs::create_dir(&path).unwrap();
    assert!(Dataset::open(dir).is_err());
}

#[test]
fn a_manifest_of_another_layout_names_both_versions() {
    let victim = Victim::new();
    let path = victim.dir.path().join(MANIFEST_FILE);
    let good = std::fs::read_to_string(&path).unwrap();
    let line = format!("\"layout_version\": {LAYOUT_VERSION}");
    assert!(good.contains(&line));
    std::fs::write(&path, good.replace(&line, "\"layout_version\": 77")).unwrap();
    let error = Dataset::open(victim.dir.path()).unwrap_err().to_string();
    assert!(error.contains("version 77") && error.contains(&format!("version {LAYOUT_VERSION}")), "{error}");
}

#[test]
fn a_manifest_that_does_not_fit_its_blocks() {
    let victim = Victim::new();
    let dir = victim.dir.path();
    let entry = Manifest::read(dir).unwrap().blocks.remove(0);
    let with = |change: &dyn Fn(&mut BlockEntry)| {
        let mut changed = entry.clone();
        change(&mut changed);
        publish(dir, vec![changed])
    };
    let missing = with(&|entry| entry.file = "geo-venus.orrery".into());
    assert!(missing.contains("geo-venus.orrery"), "{missing}");
    // Out of the folder of blocks, by every road there is.
    let outside = workspace::scratch();
    let elsewhere = outside.path().join("geo-mars.orrery");
    std::fs::copy(&victim.path, &elsewhere).unwrap();
    std::fs::copy(&victim.path, dir.join("geo-mars.orrery")).unwrap();
    let absolute = elsewhere.to_str().unwrap().to_owned();
    let above = format!("../../{}/geo-mars.orrery", outside.path().file_name().unwrap().to_str().unwrap());
    let names: [&str; 9] = [
        &absolute,
        &above,
        "../geo-mars.orrery",
        "./geo-mars.orrery",
        "..",
        ".",
        "",
        "geo-mars.orrery/",
        "geo-mars.orrery\0",
    ];
    for name in names {
        let refused = with(&|entry| entry.file = name.to_owned());
        assert!(refused.contains("no file name"), "{name:?}: {refused}");
    }
    assert!(with(&|entry| entry.product = "geo/venus".into()).contains("another block"));
    assert!(with(&|entry| entry.start_jd += 36_525.0).contains("another block"));
    assert!(with(&|entry| entry.end_jd -= 1.0).contains("another block"));
    assert!(publish(dir, vec![entry.clone(), entry.clone()]).contains("do not follow each other"));
    // The hash is of every byte, so it is met when every byte is read.
    let mut other = entry.clone();
    other.blake3 = blake3::hash(b"another file").to_hex().to_string();
    std::fs::write(dir.join(MANIFEST_FILE), synthetic::manifest(vec![other]).to_bytes()).unwrap();
    let error = Dataset::open(dir).unwrap_err().to_string();
    assert!(error.contains("geo-mars.orrery"), "{error}");
}

/// A dataset from the ephemeris, small: nutation, the Earth's rotation and the mean node over a century.
fn one_body() -> tempfile::TempDir {
    let dir = workspace::scratch();
    tables::build_small(dir.path(), (1900, 2000), &[Body::MeanNode]);
    dir
}

fn files_of(dir: &Path) -> Vec<PathBuf> {
    let mut files = vec![dir.join(MANIFEST_FILE)];
    files.extend(std::fs::read_dir(dir.join(BLOCKS_DIR)).unwrap().map(|entry| entry.unwrap().path()));
    files.sort();
    files
}

#[test]
fn verify_passes_on_the_tables() {
    let ended = programs::pipeline([
        "verify".as_ref(),
        tables::shared_dir().as_os_str(),
        "--ephe".as_ref(),
        workspace::ephemeris_path().as_os_str(),
    ]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("sound") && !ended.out.contains("NOT"), "{ended:?}");
    assert_eq!(ended.err, "");
    print!("{}", ended.out);
}

#[test]
fn verify_names_the_file_after_any_byte_is_changed() {
    let dir = one_body();
    let check = || {
        verify(&Options {
            dir: dir.path().to_owned(),
            ephe: workspace::ephemeris_path(),
            samples: 20,
            seed: 1,
        })
        .map(|report| report.faults)
    };
    assert_eq!(check().unwrap(), Vec::<String>::new());
    let mut random = Random(11);
    let mut changes = 0;
    for path in files_of(dir.path()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let good = std::fs::read(&path).unwrap();
        let mut places: Vec<usize> = (0..60).map(|_| random.below(good.len())).collect();
        places.extend([0, 1, good.len() / 2, good.len() - 2, good.len() - 1]);
        places.extend((0..good.len().min(HEADER_BYTES)).step_by(9));
        for at in places {
            let mut bytes = good.clone();
            bytes[at] = bytes[at].wrapping_add(1 + random.below(255) as u8);
            std::fs::write(&path, bytes).unwrap();
            let faults = check().unwrap_or_else(|error| panic!("byte {at} of {name}: {error}"));
            assert!(faults.iter().any(|fault| fault.contains(name)), "byte {at} of {name}: {faults:?}");
            changes += 1;
        }
        // The program says the same, and ends with 1.
        let mut bytes = good.clone();
        let at = random.below(good.len());
        bytes[at] ^= 0x10;
        std::fs::write(&path, bytes).unwrap();
        let ephe = workspace::ephemeris_path();
        let ended = programs::pipeline([
            "verify".as_ref(),
            dir.path().as_os_str(),
            "--ephe".as_ref(),
            ephe.as_os_str(),
        ]);
        assert_eq!(ended.code, Some(1), "byte {at} of {name}: {ended:?}");
        assert!(
            ended.err.contains(name) && ended.out.contains("NOT sound"),
            "byte {at} of {name}: {ended:?}"
        );
        std::fs::write(&path, good).unwrap();
    }
    assert_eq!(check().unwrap(), Vec::<String>::new());
    println!("{changes} changes, each with its file named");
}

#[test]
fn verify_names_what_is_missing_or_swapped() {
    let dir = one_body();
    let ephe = workspace::ephemeris_path();
    let run = || {
        programs::pipeline(["verify".as_ref(), dir.path().as_os_str(), "--ephe".as_ref(), ephe.as_os_str()])
    };
    let blocks: Vec<PathBuf> = files_of(dir.path())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "orrery"))
        .collect();
    let aside = dir.path().join("aside");
    // One block gone.
    std::fs::rename(&blocks[0], &aside).unwrap();
    let ended = run();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(blocks[0].file_name().unwrap().to_str().unwrap()), "{ended:?}");
    // Another whole block in its place.
    std::fs::copy(&blocks[1], &blocks[0]).unwrap();
    let ended = run();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(blocks[0].file_name().unwrap().to_str().unwrap()), "{ended:?}");
    std::fs::rename(&aside, &blocks[0]).unwrap();
    assert_eq!(run().code, Some(0));
    // No dataset at all.
    std::fs::remove_file(dir.path().join(MANIFEST_FILE)).unwrap();
    let ended = run();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("orrery-pipeline build"), "{ended:?}");
}

#[test]
fn a_damaged_block_is_built_again() {
    let dir = one_body();
    let manifest = Manifest::read(dir.path()).unwrap();
    let path = Manifest::block_path(dir.path(), &manifest.blocks[2]);
    let good = std::fs::read(&path).unwrap();
    let mut bytes = good.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(Dataset::open(dir.path()).is_err());
    let outcome = tables::build_small(dir.path(), (1900, 2000), &[Body::MeanNode]);
    assert_eq!((outcome.computed, outcome.reused), (1, 2));
    assert_eq!(std::fs::read(&path).unwrap(), good);
    assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
    Dataset::open(dir.path()).unwrap();
}

/// Faults that a verification finds.
fn faults(dir: &Path, samples: u32) -> Vec<String> {
    let options = Options { dir: dir.to_owned(), ephe: workspace::ephemeris_path(), samples, seed: 1 };
    verify(&options).unwrap_or_else(|error| panic!("{error}")).faults
}

#[test]
fn verify_names_a_list_after_any_byte_is_changed() {
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), tables::TODAY);
    assert_eq!(faults(dir.path(), 50), Vec::<String>::new());
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(manifest.lists.len(), ListName::ALL.len());
    // The program says the same, and ends with 1.
    let verified = || {
        let ephe = workspace::ephemeris_path();
        programs::pipeline(["verify".as_ref(), dir.path().as_os_str(), "--ephe".as_ref(), ephe.as_os_str()])
    };
    let mut random = Random(13);
    for list in &manifest.lists {
        let path = Manifest::list_path(dir.path(), list);
        let name = list.file.as_str();
        let good = std::fs::read(&path).unwrap();
        let mut places: Vec<usize> = (0..40).map(|_| random.below(good.len())).collect();
        places.extend([0, 1, good.len() / 2, good.len() - 2, good.len() - 1]);
        places.extend((0..HEADER_BYTES).step_by(9));
        for at in places {
            let mut bytes = good.clone();
            bytes[at] = bytes[at].wrapping_add(1 + random.below(255) as u8);
            std::fs::write(&path, bytes).unwrap();
            let found = faults(dir.path(), 1);
            assert!(found.iter().any(|fault| fault.contains(name)), "byte {at} of {name}: {found:?}");
            assert!(Dataset::open(dir.path()).unwrap_err().to_string().contains(name), "byte {at} of {name}");
        }
        let ended = verified();
        assert!(
            ended.code == Some(1) && ended.err.contains(name) && ended.out.contains("NOT sound"),
            "{ended:?}"
        );
        std::fs::write(&path, &good[..good.len() - 8]).unwrap();
        assert!(verified().err.contains(name));
        std::fs::remove_file(&path).unwrap();
        assert!(verified().err.contains(name));
        std::fs::write(&path, &good).unwrap();
    }
    let ended = verified();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for told in ["3 lists", "solar_eclipses: ", "lunar_eclipses: ", "almanac: 200 events compared"] {
        assert!(ended.out.contains(told), "no {told:?}: {ended:?}");
    }
}

/// Publishes one list alone that says something else, with hashes that are right; entries are put in order again.
fn publish_otherwise<T: Entry>(
    dir: &Path,
    at: fn(&T) -> f64,
    change: impl FnOnce(&mut Vec<T>, &mut String),
) -> String {
    let manifest = Manifest::read(dir).unwrap();
    let listed = manifest.lists.iter().find(|list| list.name == T::LIST.name()).unwrap();
    let list = List::<T>::open(&Manifest::list_path(dir, listed), Check::EveryByte).unwrap();
    let about = list.about();
    let mut recipe = about.recipe().to_owned();
    let mut entries: Vec<T> = list.entries().iter().map(T::native).collect();
    change(&mut entries, &mut recipe);
    entries.sort_by(|a, b| at(a).total_cmp(&at(b)));
    let bytes = encode_list((about.start_jd_tt(), about.end_jd_tt()), entries, recipe).unwrap();
    let file = format!("{}-otherwise.orrery", T::LIST.name());
    let path = dir.join(LISTS_DIR).join(&file);
    std::fs::write(&path, bytes).unwrap();
    let list = AnyList::open(&path, Check::EveryByte).unwrap();
    let entry = ListEntry::of(&file, list.about());
    let manifest = Manifest::new(manifest.source, manifest.blocks, vec![entry]);
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
    Dataset::open(dir).unwrap();
    file
}

/// What is done to the entries of a list.
type Change<'c, T> = Box<dyn Fn(&mut Vec<T>) + 'c>;

fn event_jd_tt(event: &EventRecord) -> f64 {
    event.jd_tt
}

#[test]
fn verify_tells_an_almanac_that_is_not_the_skys() {
    const SECOND: f64 = 1.0 / 86_400.0;
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), tables::TODAY);
    let good = std::fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
    let moved = |kind: usize, seconds: f64| {
        move |entries: &mut Vec<EventRecord>| {
            for entry in entries.iter_mut().filter(|entry| usize::from(entry.kind) == kind) {
                entry.jd_tt += seconds * SECOND;
            }
        }
    };
    let changes: Vec<(&str, Change<'_, EventRecord>, &str)> = vec![
        ("ingresses late by 40 s", Box::new(moved(0, 40.0)), "from the source"),
        ("nakshatras late by a tenth of a second", Box::new(moved(1, 0.1)), "from the source"),
        ("lunations late by a tenth of a second", Box::new(moved(4, 0.1)), "from the source"),
        ("voids early by a second", Box::new(moved(5, -1.0)), "from the source"),
        ("apsides late by ten minutes", Box::new(moved(6, 600.0)), "from the source"),
        ("nodes late by a second", Box::new(moved(7, 1.0)), "from the source"),
        ("latitudes early by twenty minutes", Box::new(moved(8, -1_200.0)), "from the source"),
        ("declinations late by twenty minutes", Box::new(moved(9, 1_200.0)), "from the source"),
        ("out of bounds late by ten seconds", Box::new(moved(10, 10.0)), "from the source"),
        (
            "stations the other way round",
            Box::new(|entries| entries.iter_mut().filter(|it| it.kind == 2).for_each(|it| it.detail ^= 1)),
            "from the source",
        ),
        ("no ingresses", Box::new(|entries| entries.retain(|it| it.kind != 0)), "is missing"),
        ("no nakshatras", Box::new(|entries| entries.retain(|it| it.kind != 1)), "is missing"),
        (
            "nakshatras twice",
            Box::new(|entries| {
                let again: Vec<_> = entries.iter().filter(|it| it.kind == 1).copied().collect();
                entries.extend(again.into_iter().map(|it| EventRecord { jd_tt: it.jd_tt + 0.1, ..it }));
            }),
            "has no such event more",
        ),
        ("all twice", Box::new(|entries| entries.extend(entries.clone())), "has no such event more"),
        (
            "signs that are no neighbours",
            Box::new(|entries| {
                let ingresses = entries.iter_mut().filter(|it| it.kind == 0 && it.detail >> 10 == 0);
                // Left is the sign opposite to the one that was left: the border is the right one all the same.
                for entry in ingresses {
                    let (sign, from) = (entry.detail & 31, (entry.detail >> 5) & 31);
                    entry.detail = sign | (((from + 6) % 12) << 5);
                }
            }),
            "does not belong into an almanac",
        ),
        (
            "nakshatras of the Sun",
            Box::new(|entries| entries.iter_mut().filter(|it| it.kind == 1).for_each(|it| it.body = 0)),
            "does not belong into an almanac",
        ),
        (
            "latitudes of Mars",
            Box::new(|entries| entries.iter_mut().filter(|it| it.kind == 8).for_each(|it| it.body = 4)),
            "does not belong into an almanac",
        ),
        ("no events", Box::new(|entries| entries.iter_mut().for_each(|it| it.kind = 22)), "is no event"),
        (
            "events of other almanacs",
            Box::new(|entries| {
                entries.iter_mut().filter(|it| it.kind == 4).for_each(|it| (it.kind, it.detail) = (14, 0));
            }),
            "does not belong into an almanac",
        ),
    ];
    for (what, change, says) in changes {
        let file = publish_otherwise(dir.path(), event_jd_tt, |entries, _| {
            let span = (entries[0].jd_tt, entries[entries.len() - 1].jd_tt);
            change(entries);
            entries.retain(|entry| (span.0..=span.1).contains(&entry.jd_tt));
        });
        let found = faults(dir.path(), 3_000);
        assert!(found.iter().any(|fault| fault.contains(says) && fault.contains(&file)), "{what}: {found:?}");
        std::fs::write(dir.path().join(MANIFEST_FILE), &good).unwrap();
    }
    // Derived from tables that are not these.
    publish_otherwise(dir.path(), event_jd_tt, |_, recipe| {
        *recipe = recipe.replace("\"geo/moon\"", "\"geo/mars\"");
    });
    let found = faults(dir.path(), 1);
    assert!(found.iter().any(|fault| fault.contains("derived from other blocks")), "{found:?}");
    std::fs::write(dir.path().join(MANIFEST_FILE), &good).unwrap();
    assert_eq!(faults(dir.path(), 300), Vec::<String>::new());
}

/// A part of an eclipse, and a change of it, a small one that rounding does not make.
type Nudge<T> = (&'static str, fn(&mut T));

fn up(number: &mut f64) {
    // Of instants nine milliseconds, of all else a ten-millionth.
    let is_instant = *number > 2e6;
    *number = if number.is_nan() {
        0.0
    } else if is_instant {
        *number + 1e-7
    } else {
        *number + 1e-7 * number.abs().max(1.0)
    };
}

const OF_THE_SUN: [Nudge<SolarEclipse>; 26] = [
    ("greatest_jd_tt", |it| up(&mut it.greatest_jd_tt)),
    ("gamma", |it| up(&mut it.gamma)),
    ("magnitude", |it| up(&mut it.magnitude)),
    ("obscuration", |it| up(&mut it.obscuration)),
    ("latitude_deg", |it| up(&mut it.latitude_deg)),
    ("ephemeris_longitude_deg", |it| up(&mut it.ephemeris_longitude_deg)),
    ("sun_altitude_deg", |it| up(&mut it.sun_altitude_deg)),
    ("sun_azimuth_deg", |it| up(&mut it.sun_azimuth_deg)),
    ("central_duration_s", |it| up(&mut it.central_duration_s)),
    ("path_width_km", |it| up(&mut it.path_width_km)),
    ("penumbra_jd_tt", |it| up(&mut it.penumbra_jd_tt[3])),
    ("umbra_jd_tt", |it| up(&mut it.umbra_jd_tt[1])),
    ("axis_jd_tt", |it| up(&mut it.axis_jd_tt[0])),
    ("t0_jd_tt", |it| up(&mut it.elements.t0_jd_tt)),
    ("reach_h", |it| up(&mut it.elements.reach_h)),
    ("x", |it| up(&mut it.elements.x[5])),
    ("y", |it| up(&mut it.elements.y[0])),
    ("d_deg", |it| up(&mut it.elements.d_deg[3])),
    ("mu_deg", |it| up(&mut it.elements.mu_deg[1])),
    ("l1", |it| up(&mut it.elements.l1[4])),
    ("l2", |it| up(&mut it.elements.l2[2])),
    ("tan_f1", |it| up(&mut it.elements.tan_f1[1])),
    ("tan_f2", |it| up(&mut it.elements.tan_f2[0])),
    ("saros", |it| it.saros += 1),
    ("saros_member", |it| it.saros_member += 1),
    ("kind", |it| it.kind = (it.kind + 1) % 4),
];

const OF_THE_MOON: [Nudge<LunarEclipse>; 11] = [
    ("greatest_jd_tt", |it| up(&mut it.greatest_jd_tt)),
    ("gamma", |it| up(&mut it.gamma)),
    ("umbral_magnitude", |it| up(&mut it.umbral_magnitude)),
    ("penumbral_magnitude", |it| up(&mut it.penumbral_magnitude)),
    ("latitude_deg", |it| up(&mut it.latitude_deg)),
    ("ephemeris_longitude_deg", |it| up(&mut it.ephemeris_longitude_deg)),
    ("penumbra_jd_tt", |it| up(&mut it.penumbra_jd_tt[1])),
    ("umbra_jd_tt", |it| up(&mut it.umbra_jd_tt[2])),
    ("saros", |it| it.saros -= 1),
    ("saros_member", |it| it.saros_member = 0),
    ("kind", |it| it.kind = (it.kind + 1) % 3),
];

fn assert_eclipses_are_told<T: Entry + Eclipse>(dir: &Path, nudges: &[Nudge<T>], moved: fn(T, TtDay) -> T) {
    let good = std::fs::read(dir.join(MANIFEST_FILE)).unwrap();
    let told = |change: &dyn Fn(&mut Vec<T>)| {
        let file = publish_otherwise::<T>(dir, |it| it.greatest().jd(), |entries, _| change(entries));
        let found = faults(dir, 20);
        std::fs::write(dir.join(MANIFEST_FILE), &good).unwrap();
        assert!(found.iter().all(|fault| fault.contains(&file)), "{found:?}");
        found
    };
    assert_eq!(told(&|_| ()), Vec::<String>::new(), "the list as it is");
    // Each part of another eclipse, and so each told by itself.
    let found = told(&|entries| {
        for ((_, nudge), entry) in nudges.iter().zip(entries.iter_mut().skip(100)) {
            nudge(entry);
        }
    });
    for (name, _) in nudges {
        assert!(
            found.iter().any(|fault| fault.contains(&format!(": {name} of the eclipse"))),
            "{name}: {found:?}"
        );
    }
    let by_tables = found.iter().filter(|fault| fault.contains("by the tables"));
    assert_eq!(by_tables.count(), nudges.len(), "{found:?}");
    // As many as there should be, but not the right ones; one of them twice.
    let found = told(&|entries| {
        // Two months after one there is none.
        let missing = entries.remove(20);
        let Lunation(number) =
            Lunation::within(&(missing.greatest()..TtDay(missing.greatest().jd() + 0.1)), T::PHASE)
                .next()
                .unwrap();
        entries.push(moved(missing, Lunation(number + 2).phase(T::PHASE)));
        let late = entries.remove(40);
        let days_later = TtDay(late.greatest().jd() + 3.0);
        entries.push(moved(late, days_later));
        entries.remove(60);
        entries.push(entries[80].clone());
    });
    let count = |text: &str| found.iter().filter(|fault| fault.contains(text)).count();
    assert!(count("is missing, by the tables") == 3 && count("the tables have no eclipse") == 1, "{found:?}");
    assert!(count("the Moon is not") == 1 && count("is listed twice") == 1, "{found:?}");
    // None at all: told by the source, too.
    let found = told(&|entries| entries.clear());
    let missing =
        |whose: &str| found.iter().filter(|fault| fault.contains(&format!("is missing, by {whose}"))).count();
    assert!(missing("the tables") > 200 && missing("the source") > 8, "{found:?}");
}

#[test]
fn verify_tells_eclipses_that_are_not_the_tables() {
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), tables::TODAY);
    assert_eclipses_are_told::<SolarEclipse>(dir.path(), &OF_THE_SUN, |it, greatest| SolarEclipse {
        greatest_jd_tt: greatest.jd(),
        ..it
    });
    assert_eclipses_are_told::<LunarEclipse>(dir.path(), &OF_THE_MOON, |it, greatest| LunarEclipse {
        greatest_jd_tt: greatest.jd(),
        ..it
    });
}

#[test]
fn a_manifest_that_does_not_fit_its_lists() {
    let victim = Victim::new();
    let dir = victim.dir.path();
    let good = synthetic::publish_lists(dir);
    assert_eq!(Dataset::open(dir).unwrap().lists().len(), 3);
    let publish = |lists: Vec<ListEntry>| {
        let manifest = Manifest::new(good.source.clone(), good.blocks.clone(), lists);
        std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
        (Dataset::open(dir), Dataset::open_with(dir, Check::Structure))
    };
    let refused = |lists: Vec<ListEntry>| {
        let (every_byte, structure) = publish(lists);
        let error = every_byte.expect_err("lists that are not listed so").to_string();
        assert!(structure.is_err(), "{error}");
        error
    };
    let with = |change: &dyn Fn(&mut ListEntry)| {
        let mut lists = good.lists.clone();
        change(&mut lists[2]);
        refused(lists)
    };
    assert!(with(&|list| list.name = "solar_eclipses".into()).contains("another list"));
    assert!(with(&|list| list.start_jd_tt += 1.0).contains("another list"));
    assert!(with(&|list| list.end_jd_tt -= 1.0).contains("another list"));
    assert!(with(&|list| list.entries += 1).contains("another list"));
    assert!(with(&|list| list.bytes += 1).contains("another list"));
    assert!(with(&|list| list.recipe = "0".repeat(64)).contains("another list"));
    assert!(with(&|list| list.file = "nowhere.orrery".into()).contains("nowhere.orrery"));
    for name in ["../blocks/geo-mars.orrery", "", ".", "/almanac.orrery"] {
        assert!(with(&|list| list.file = name.into()).contains("no file name"), "{name:?}");
    }
    // A block is no list.
    std::fs::copy(&victim.path, dir.join(LISTS_DIR).join("geo-mars.orrery")).unwrap();
    assert!(with(&|list| list.file = "geo-mars.orrery".into()).contains("no Orrery list"));
    let [solar, lunar, almanac] = <[ListEntry; 3]>::try_from(good.lists.clone()).unwrap();
    assert!(refused(vec![almanac.clone(), almanac.clone()]).contains("twice"));
    assert!(refused(vec![lunar.clone(), solar.clone()]).contains("out of order"));
    // The hash is of every byte, so it is met when every byte is read.
    let mut other = almanac.clone();
    other.blake3 = blake3::hash(b"another file").to_hex().to_string();
    assert!(publish(vec![other]).0.unwrap_err().to_string().contains("almanac.orrery"));
    // Any of them may be missing.
    for lists in [vec![], vec![solar.clone()], vec![lunar.clone()], vec![solar, almanac]] {
        let (every_byte, structure) = publish(lists.clone());
        let (dataset, _) = (every_byte.unwrap(), structure.unwrap());
        let has = |name: &str| lists.iter().any(|list| list.name == name);
        assert_eq!(dataset.solar_eclipses().is_some(), has("solar_eclipses"));
        assert_eq!(dataset.lunar_eclipses().is_some(), has("lunar_eclipses"));
        assert_eq!(dataset.almanac().is_some(), has("almanac"));
    }
}
