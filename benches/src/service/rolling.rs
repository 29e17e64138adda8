//! How long it takes to move a dataset to another day: the next one, and one on which another month begins, which moves the
//! windows.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use orrery_almanac::calendar::CivilDate;
use orrery_format::Manifest;
use orrery_pipeline::lists::window;

use super::{beside_programs, pipeline, published};
use crate::figure::figure;
use crate::settings::Settings;

/// How often each is measured; the middle counts.
const MONTHS: u32 = 5;

pub(super) fn run(settings: &Settings) -> Result<()> {
    let root = beside_programs()?;
    copy(&settings.datasets, root.path())?;
    let first = window::today();
    let (mut months, mut days) = (Vec::new(), Vec::new());
    for nth in 1..=MONTHS {
        let day = month_on(first, nth);
        let before = Manifest::read(root.path())?.generation;
        months.push(roll(settings, root.path(), day)?);
        let after = Manifest::read(root.path())?.generation;
        ensure!(before != after, "{day} has brought nothing new");
        // The same month: nothing is to be done, which has to be found out.
        days.push(roll(settings, root.path(), CivilDate { day: 2, ..day })?);
        ensure!(Manifest::read(root.path())?.generation == after, "the second day has brought something new");
    }
    println!("to another month {months:.2?} s, to another day of it {days:.2?} s");
    figure("roll_seconds", crate::http::throughput::median(months), "s");
    figure("roll_nothing_seconds", crate::http::throughput::median(days), "s");
    Ok(())
}

/// Moves to a day; seconds.
fn roll(settings: &Settings, out: &Path, day: CivilDate) -> Result<f64> {
    let (took, _) = pipeline(settings, "roll", out, &["--today", &day.to_string()])?;
    Ok(took.as_secs_f64())
}

/// The first day of the month that is so many months on.
fn month_on(day: CivilDate, months: u32) -> CivilDate {
    let month = u32::from(day.month) - 1 + months;
    CivilDate { year: day.year + (month / 12) as i32, month: (month % 12 + 1) as u8, day: 1 }
}

/// Everything that is published.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in published(from)? {
        let target = to.join(file.strip_prefix(from)?);
        std::fs::create_dir_all(target.parent().context("a file in no directory")?)?;
        std::fs::copy(&file, &target).with_context(|| format!("copying {}", file.display()))?;
    }
    Ok(())
}
