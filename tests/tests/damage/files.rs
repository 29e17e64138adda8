//! One file of a block, changed and cut.

use std::path::PathBuf;

use orrery_format::kernel::Kernel;
use orrery_format::layout::{CHECKED_BYTES, HEADER_BYTES, LAYOUT_VERSION, LINE_BYTES, record_bytes};
use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{Block, Body, Center, Check, Columns, Dataset, FormatError, Manifest, Product};
use orrery_tests::random::Random;
use orrery_tests::{synthetic, workspace};

const PRODUCT: Product = Product::Place(Center::Geo, Body::Mars);
const GROUPS: [u8; 3] = [2, 1, 1];
const RECORD_BYTES: usize = record_bytes(GROUPS);

/// A dataset of one small block that is overwritten again and again.
pub(crate) struct Victim {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) path: PathBuf,
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
    pub(crate) fn new() -> Victim {
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
