//! Whether what several machines make by shares is to the byte what one machine makes, all tables and lists of it.

use anyhow::Result;

use super::{beside_programs, pipeline, published};
use crate::figure::figure;
use crate::settings::Settings;

/// Machines.
const SHARES: usize = 3;

pub(super) fn run(settings: &Settings) -> Result<()> {
    let root = beside_programs()?;
    let (whole, merged) = (root.path().join("whole"), root.path().join("merged"));
    let (alone, _) = pipeline(settings, "build", &whole, &[])?;
    let mut shares = Vec::new();
    let mut longest: f64 = 0.0;
    for nth in 1..=SHARES {
        let share = root.path().join(format!("share-{nth}"));
        let (took, _) = pipeline(settings, "build", &share, &["--shard", &format!("{nth}/{SHARES}")])?;
        longest = longest.max(took.as_secs_f64());
        shares.push(share.display().to_string());
    }
    let shares: Vec<&str> = shares.iter().map(String::as_str).collect();
    let (merging, _) = pipeline(settings, "merge", &merged, &shares)?;
    let (files, theirs) = (published(&whole)?, published(&merged)?);
    let is_equal = files.len() == theirs.len()
        && files.iter().zip(&theirs).try_fold(true, |all, (file, theirs)| -> Result<bool> {
            let same_name = file.strip_prefix(&whole)? == theirs.strip_prefix(&merged)?;
            Ok(all && same_name && std::fs::read(file)? == std::fs::read(theirs)?)
        })?;
    println!(
        "{} files; whole {:.1} s, the longest of {SHARES} shares {longest:.1} s, merging {:.1} s",
        files.len(),
        alone.as_secs_f64(),
        merging.as_secs_f64(),
    );
    figure("shard_merge_equal", f64::from(u8::from(is_equal)), "1 is equal");
    figure("shard_longest_seconds", longest, "s");
    Ok(())
}
