//! How long a build takes, how long one with nothing to do, and how large the tables are.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use orrery_format::{Center, Manifest, Product};

use crate::figure::figure;
use crate::settings::Settings;

/// Builds everything into a new directory, then once more.
pub(crate) fn run(settings: &Settings) -> Result<()> {
    let pipeline = program("orrery-pipeline")?;
    let target = pipeline.parent().context("the program lies in no directory")?;
    // Beside the programs, so that it is on the same disk as what users build.
    let out = tempfile::Builder::new().prefix("bench-build-").tempdir_in(target)?;
    let (seconds, said) = build(&pipeline, settings, out.path())?;
    print!("{said}");
    figure("build_seconds", seconds, "s");

    // The quickest of several: what disturbs a run only makes it longer.
    let mut quickest = f64::INFINITY;
    for _ in 0..5 {
        let (seconds, said) = build(&pipeline, settings, out.path())?;
        ensure!(said.starts_with("nothing to do"), "a second build found something to do: {said}");
        quickest = quickest.min(seconds);
    }
    figure("rebuild_nothing_seconds", quickest, "s");

    let manifest = Manifest::read(out.path())?;
    let megabytes = |wanted: fn(Product) -> bool| {
        let products =
            manifest.blocks.iter().filter(|entry| Product::from_name(&entry.product).is_some_and(wanted));
        products.map(|entry| entry.bytes).sum::<u64>() as f64 / 1e6
    };
    figure(
        "dataset_megabytes",
        megabytes(|product| !matches!(product, Product::Place(Center::Helio | Center::Bary, _))),
        "MB",
    );
    figure("dataset_total_megabytes", megabytes(|_| true), "MB");
    Ok(())
}

/// A program of the project that was built with this one.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    ensure!(path.is_file(), "{} is not there; run scripts/bench, which builds it", path.display());
    Ok(path)
}

/// Runs the pipeline as a user does; seconds, and what it printed.
fn build(pipeline: &Path, settings: &Settings, out: &Path) -> Result<(f64, String)> {
    let begun = Instant::now();
    let output = Command::new(pipeline)
        .args(["build", "--out"])
        .arg(out)
        .arg("--ephe")
        .arg(&settings.ephe)
        .args(["--from", "1800", "--to", "2400"])
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting {}", pipeline.display()))?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(output.status.success(), "the build failed: {}", output.status);
    Ok((seconds, String::from_utf8_lossy(&output.stdout).into_owned()))
}
