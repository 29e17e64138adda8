//! What who runs the service asks of it: how soon it has moved to another day, what it does when it is asked for ten times what
//! it can, whether several machines make what one makes, and whether it reaches its targets.

mod overload;
mod rolling;
mod shards;
mod targets;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use orrery_format::Manifest;
use orrery_format::manifest::MANIFEST_FILE;

use crate::building::program;
use crate::http::load;
use crate::settings::Settings;

/// The parts, in the order in which they run when none is named.
pub(crate) const PARTS: [&str; 4] = ["roll", "overload", "shards", "targets"];

/// Runs these parts, or all.
pub(crate) fn run(settings: &Settings, parts: &[String]) -> Result<()> {
    settings.current_dataset()?;
    load::check()?;
    for part in PARTS.into_iter().filter(|part| parts.is_empty() || parts.iter().any(|it| it == part)) {
        match part {
            "roll" => rolling::run(settings)?,
            "overload" => overload::run(settings)?,
            "shards" => shards::run(settings)?,
            _ => targets::run(settings)?,
        }
    }
    Ok(())
}

/// Runs the pipeline as the service does, and says how long it took and what it printed.
fn pipeline(
    settings: &Settings,
    command: &str,
    out: &Path,
    arguments: &[&str],
) -> Result<(Duration, String)> {
    let begun = Instant::now();
    let output = Command::new(program("orrery-pipeline")?)
        .args([command, "--out"])
        .arg(out)
        .arg("--ephe")
        .arg(&settings.ephe)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .context("starting the pipeline")?;
    ensure!(output.status.success(), "{command} failed: {}", output.status);
    Ok((begun.elapsed(), String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// Where the files of the generation published in a directory are, its manifest first.
fn published(dir: &Path) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(dir)?;
    let blocks = manifest.blocks.iter().map(|block| Manifest::block_path(dir, block));
    let lists = manifest.lists.iter().map(|list| Manifest::list_path(dir, list));
    Ok([dir.join(MANIFEST_FILE)].into_iter().chain(blocks).chain(lists).collect())
}

/// A directory beside the programs, so that it is on the same disk as what users build.
fn beside_programs() -> Result<tempfile::TempDir> {
    let program = program("orrery-pipeline")?;
    let target = program.parent().context("the program lies in no directory")?;
    Ok(tempfile::Builder::new().prefix("bench-service-").tempdir_in(target)?)
}
