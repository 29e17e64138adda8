//! What a dataset, a block file or a list file holds, for people.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use orrery_almanac::calendar::DayNumber;
use orrery_almanac::events::{Event, EventType};
use orrery_format::event::EventRecord;
use orrery_format::header::Fields;
use orrery_format::list::Entry;
use orrery_format::list::layout::ListFields;
use orrery_format::{AnyList, Block, Check, Manifest};

use crate::error::PipelineError;
use crate::scope::Scope;

/// Describes a dataset directory, a block file or a list file.
///
/// # Errors
/// When it is none of them, or damaged.
pub fn inspect(path: &Path) -> Result<String, PipelineError> {
    if !path.is_file() {
        return describe_dataset(path);
    }
    let mut magic = [0; ListFields::MAGIC.len()];
    let begins = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    // A file that is shorter than that is no block either, which is told then.
    if begins.is_ok() && magic == ListFields::MAGIC { describe_list(path) } else { describe_block(path) }
}

fn describe_dataset(dir: &Path) -> Result<String, PipelineError> {
    let manifest = Manifest::read(dir)?;
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "dataset     {}", dir.display());
    let _ = writeln!(text, "generation  {}", manifest.generation);
    let _ = writeln!(text, "source      {}", manifest.source.ephemeris);
    let _ = writeln!(
        text,
        "built by    {}, layout version {}",
        manifest.source.pipeline, manifest.layout_version
    );
    if let Some(entry) = &manifest.scope {
        // Of bodies that this program does not know it knows the names alone.
        let scope = Scope::of_entry(entry).map_or_else(|_| format!("{entry:?}"), |scope| scope.to_string());
        let _ = writeln!(text, "to have     {scope}");
    }
    for file in &manifest.source.files {
        let _ = writeln!(text, "  {:<24} {:>9} bytes  {}", file.name, file.bytes, &file.blake3[..16]);
    }
    let _ = writeln!(
        text,
        "\n{:<26} {:>11} {:>11} {:>4} {:>8} {:>9} {:>10} {:>9} {:>7}",
        "product", "from JD", "to JD", "", "blocks", "segments", "bytes", "error ″", "live %"
    );
    for product in manifest.blocks.chunk_by(|a, b| a.product == b.product) {
        let (first, last) = (&product[0], &product[product.len() - 1]);
        let days = |block: &orrery_format::manifest::BlockEntry| block.end_jd - block.start_jd;
        let total: f64 = product.iter().map(days).sum();
        let live: f64 = product.iter().map(|block| block.live_share_percent * days(block) / total).sum();
        let _ = writeln!(
            text,
            "{:<26} {:>11} {:>11} {:>4} {:>8} {:>9} {:>10} {:>9.6} {:>7.4}",
            first.product,
            first.start_jd,
            last.end_jd,
            first.time_scale,
            product.len(),
            product.iter().map(|block| block.segments).sum::<u64>(),
            product.iter().map(|block| block.bytes).sum::<u64>(),
            product.iter().map(|block| block.max_error_arcsec).fold(0.0, f64::max),
            live,
        );
    }
    if !manifest.lists.is_empty() {
        let _ = writeln!(
            text,
            "\n{:<26} {:>11} {:>11} {:>4} {:>8} {:>20}",
            "list", "from JD", "to JD", "", "entries", "bytes"
        );
    }
    for list in &manifest.lists {
        let _ = writeln!(
            text,
            "{:<26} {:>11} {:>11} {:>4} {:>8} {:>20}",
            list.name, list.start_jd_tt, list.end_jd_tt, "tt", list.entries, list.bytes
        );
    }
    let bytes = manifest.blocks.iter().map(|block| block.bytes);
    let bytes: u64 = bytes.chain(manifest.lists.iter().map(|list| list.bytes)).sum();
    let _ = writeln!(
        text,
        "\n{} blocks, {} lists, {:.1} MB",
        manifest.blocks.len(),
        manifest.lists.len(),
        bytes as f64 / 1e6
    );
    Ok(text)
}

fn describe_list(path: &Path) -> Result<String, PipelineError> {
    let list = AnyList::open(path, Check::EveryByte)?;
    let about = list.about();
    let date = |jd: f64| DayNumber((jd + 0.5).floor() as i64).civil(None);
    let (start, end) = (about.start_jd_tt(), about.end_jd_tt());
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "list        {}", path.display());
    let _ = writeln!(text, "name        {}", about.name().name());
    let _ = writeln!(text, "span        JD {start} to {end} tt ({} to {})", date(start), date(end));
    let _ = writeln!(text, "bytes       {}", about.file_bytes());
    let _ = writeln!(text, "blake3      {}", blake3::Hash::from(about.content_hash()).to_hex());
    let _ = writeln!(text, "entries     {}", about.entries());
    if let AnyList::Almanac(almanac) = &list {
        let records = almanac.entries().iter().map(EventRecord::native);
        let kinds: Vec<Option<EventType>> =
            records.map(|record| Event::of_record(&record).map(|event| event.what.of())).collect();
        for kind in EventType::ALL {
            let count = kinds.iter().filter(|it| **it == Some(kind)).count();
            if count > 0 {
                let _ = writeln!(text, "  {:<22} {count:>6}", kind.name());
            }
        }
    }
    let _ = writeln!(text, "recipe      {}", about.recipe());
    Ok(text)
}

fn describe_block(path: &Path) -> Result<String, PipelineError> {
    let block = Block::open(path, Check::EveryByte)?;
    let lengths = || block.segments().map(|segment| segment.end_jd - segment.start_jd);
    let (worst_arcsec, worst_distance) = block.max_error();
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "block       {}", path.display());
    let _ = writeln!(text, "product     {}", block.product());
    let _ = writeln!(
        text,
        "span        JD {} to {} {}",
        block.start_jd(),
        block.end_jd(),
        block.product().time_scale()
    );
    let _ = writeln!(text, "bytes       {}", block.file_bytes());
    let _ = writeln!(text, "blake3      {}", blake3::Hash::from(block.content_hash()).to_hex());
    let _ = writeln!(
        text,
        "segments    {}, {:.4} to {:.4} days",
        lengths().count(),
        lengths().fold(f64::INFINITY, f64::min),
        lengths().fold(0.0, f64::max)
    );
    let _ = writeln!(text, "audited     {worst_arcsec}″ at most, {} promised", block.promise_arcsec());
    let _ = writeln!(text, "            {worst_distance:e} of the third component, relative");
    let _ = writeln!(text, "left live   {:.6} days", block.refused_days());
    for segment in block.segments().filter(|segment| !segment.accepted) {
        let orrery_format::block::Segment { start_jd, end_jd, error_arcsec, error_distance, .. } = segment;
        let _ = writeln!(text, "  JD {start_jd} to {end_jd}: {error_arcsec}″, distance {error_distance:e}");
    }
    let _ = writeln!(text, "recipe      {}", block.recipe());
    Ok(text)
}
