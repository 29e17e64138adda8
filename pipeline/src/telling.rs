//! What the program says of an outcome: sentences for people, or an object on one line for programs.

use std::process::ExitCode;

use orrery_format::ListName;
use orrery_pipeline::lists::{almanac, eclipses};
use orrery_pipeline::merge::Merged;
use orrery_pipeline::remote::{publish, pull};
use orrery_pipeline::roll::Rolled;
use orrery_pipeline::store::Pruned;
use orrery_pipeline::{build, shard, verify};
use serde::Serialize;
use serde_json::json;

use crate::cli::Report;

impl Report {
    /// The last line for who reads JSON, or lines for who reads text.
    fn say(self, told: &impl Serialize, text: impl FnOnce() -> String) {
        match self {
            // Numbers, strings and lists always serialise.
            Report::Json => println!("{}", serde_json::to_string(told).unwrap_or_default()),
            Report::Text => println!("{}", text()),
        }
    }

    /// Tells what a build came to.
    pub(crate) fn built(self, outcome: &build::Outcome) {
        note_dropped(outcome);
        self.say(outcome, || published(outcome));
    }

    /// Tells what building a share came to.
    pub(crate) fn shared(self, outcome: &shard::Outcome) {
        self.say(outcome, || {
            let shard::Outcome { shard, computed, reused, bytes, seconds } = outcome;
            format!(
                "share {shard}: {computed} blocks computed, {reused} reused, {:.1} MB ({seconds:.1} s); nothing is published \
                 before `orrery-pipeline merge` has all shares",
                *bytes as f64 / 1e6
            )
        });
    }

    /// Tells what rolling came to.
    pub(crate) fn rolled(self, rolled: &Rolled) {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            outcome: &'a build::Outcome,
            pruned_files: usize,
            pruned_bytes: u64,
            not_pruned: Option<String>,
        }
        let Rolled { outcome, pruned } = rolled;
        note_dropped(outcome);
        let not_pruned = pruned.as_ref().err().map(ToString::to_string);
        if let Some(why) = &not_pruned {
            eprintln!("note: files of earlier generations are not removed: {why}");
        }
        let pruned = pruned.as_ref().copied().unwrap_or_default();
        let told = Told { outcome, pruned_files: pruned.files, pruned_bytes: pruned.bytes, not_pruned };
        self.say(&told, || match pruned.files {
            0 => published(outcome),
            files => {
                format!("{}\nremoved {files} files, {:.1} MB", published(outcome), pruned.bytes as f64 / 1e6)
            }
        });
    }

    /// Tells what merging came to.
    pub(crate) fn merged(self, merged: &Merged) {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            outcome: &'a build::Outcome,
            taken: usize,
        }
        let Merged { outcome, taken } = merged;
        note_dropped(outcome);
        self.say(&Told { outcome, taken: *taken }, || {
            format!("{taken} blocks taken from shares\n{}", published(outcome))
        });
    }

    /// Tells what publishing at a location came to.
    pub(crate) fn sent(self, to: &str, outcome: &publish::Outcome) {
        if let Some(why) = &outcome.not_removed {
            eprintln!("note: what is to go from {to} is not all removed: {why}");
        }
        self.say(outcome, || sent(outcome));
    }

    /// Tells what pulling from a location came to.
    pub(crate) fn pulled(self, outcome: &pull::Outcome) {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            outcome: &'a pull::Outcome,
            pruned_files: usize,
            pruned_bytes: u64,
            not_pruned: Option<String>,
        }
        let not_pruned = outcome.pruned.as_ref().err().map(ToString::to_string);
        if let Some(why) = &not_pruned {
            eprintln!("note: files of earlier generations are not removed: {why}");
        }
        let pruned = outcome.pruned.as_ref().copied().unwrap_or_default();
        let told = Told { outcome, pruned_files: pruned.files, pruned_bytes: pruned.bytes, not_pruned };
        self.say(&told, || pulled(outcome, pruned));
    }

    /// Tells what verifying came to, and how to end.
    pub(crate) fn verified(self, seed: u64, seconds: f64, report: &verify::Report) -> ExitCode {
        let verify::Report { faults, blocks, lists, bytes, compared, almanac, eclipses, worst } = report;
        let is_sound = faults.is_empty();
        for fault in faults {
            eprintln!("fault: {fault}");
        }
        let worst = worst.as_ref().map(|(arcsec, what)| json!({ "arcsec": arcsec, "at": what }));
        let almanac =
            almanac.as_ref().map(|almanac::audit::Findings { compared, searched, worst, .. }| {
                let worst: serde_json::Map<_, _> =
                    worst.iter().map(|(kind, arcsec)| (kind.name().to_owned(), json!(arcsec))).collect();
                json!({ "compared": compared, "searched": searched, "worst_arcsec": worst })
            });
        let of_eclipses = |(list, findings): &(ListName, eclipses::audit::Findings)| {
            let eclipses::audit::Findings { derived, searched, compared, worst_s, .. } = findings;
            let told =
                json!({ "derived": derived, "searched": searched, "compared": compared, "worst_s": worst_s });
            (list.name().to_owned(), told)
        };
        let eclipses: serde_json::Map<_, _> = eclipses.iter().map(of_eclipses).collect();
        let told = json!({
            "sound": is_sound,
            "blocks": blocks,
            "lists": lists,
            "bytes": bytes,
            "compared": compared,
            "worst": worst,
            "almanac": almanac,
            "eclipses": eclipses,
            "faults": faults,
            "seed": seed,
            "seconds": seconds,
        });
        self.say(&told, || audited(seed, report));
        if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Says which products readers no longer have.
fn note_dropped(outcome: &build::Outcome) {
    if !outcome.dropped.is_empty() {
        eprintln!(
            "note: no longer published, since neither --bodies nor the years asked for it: {}; their files are kept \
             and reused when they are asked for again",
            outcome.dropped.join(" ")
        );
    }
}

/// What a build came to, in a line.
fn published(outcome: &build::Outcome) -> String {
    let build::Outcome { generation, computed, reused, lists_derived, lists_reused, seconds, .. } = outcome;
    let megabytes = outcome.bytes as f64 / 1e6;
    if outcome.unchanged && *computed + *lists_derived > 0 {
        format!(
            "mended generation {generation}, which was published: {computed} blocks computed, {reused} reused, \
             {lists_derived} lists derived, {lists_reused} reused, {megabytes:.1} MB ({seconds:.1} s)"
        )
    } else if outcome.unchanged {
        format!(
            "nothing to do: generation {generation} is published, {reused} blocks, {lists_reused} lists, {megabytes:.1} MB \
             ({seconds:.2} s)"
        )
    } else {
        format!(
            "published generation {generation}: {computed} blocks computed, {reused} reused, {lists_derived} lists derived, \
             {lists_reused} reused, {megabytes:.1} MB ({seconds:.1} s)"
        )
    }
}

/// What publishing at a location came to, in a line, and what was removed there, in another.
fn sent(outcome: &publish::Outcome) -> String {
    let publish::Outcome { generation, uploaded, bytes, present, seconds, .. } = outcome;
    let megabytes = *bytes as f64 / 1e6;
    let moved = match (outcome.unchanged, *uploaded) {
        (true, 0) => {
            format!("nothing to do: generation {generation} is published, {present} files ({seconds:.2} s)")
        }
        (true, _) => format!(
            "mended generation {generation}, which was published: {uploaded} files uploaded, {megabytes:.1} MB, {present} were \
             there ({seconds:.1} s)"
        ),
        (false, _) => format!(
            "published generation {generation}: {uploaded} files uploaded, {megabytes:.1} MB, {present} were there \
             ({seconds:.1} s)"
        ),
    };
    let publish::Removed { files, bytes, generations } = outcome.removed;
    if generations + files == 0 {
        return moved;
    }
    format!("{moved}\nremoved {generations} generations, {files} files, {:.1} MB", bytes as f64 / 1e6)
}

/// What pulling from a location came to, in a line, and what was removed here, in another.
fn pulled(outcome: &pull::Outcome, pruned: Pruned) -> String {
    let pull::Outcome { generation, fetched, bytes, reused, seconds, .. } = outcome;
    let megabytes = *bytes as f64 / 1e6;
    let resumed = match outcome.resumed_bytes {
        0 => String::new(),
        bytes => format!(" and {:.1} MB of an earlier run", bytes as f64 / 1e6),
    };
    let moved = match (outcome.unchanged, *fetched) {
        (true, 0) => {
            let sound = if outcome.checked { ", every byte of them sound" } else { "" };
            format!(
                "nothing new: generation {generation} is published, {reused} files{sound} ({seconds:.2} s)"
            )
        }
        (true, _) => format!(
            "mended generation {generation}, which was pulled: {fetched} files fetched, {megabytes:.1} MB{resumed}, {reused} \
             were here ({seconds:.1} s)"
        ),
        (false, _) => format!(
            "pulled generation {generation}: {fetched} files fetched, {megabytes:.1} MB{resumed}, {reused} were here \
             ({seconds:.1} s)"
        ),
    };
    if pruned.files == 0 {
        return moved;
    }
    format!("{moved}\nremoved {} files, {:.1} MB", pruned.files, pruned.bytes as f64 / 1e6)
}

/// What verifying came to, in lines.
fn audited(seed: u64, report: &verify::Report) -> String {
    let worst = report.worst.as_ref().map(|(arcsec, what)| format!(", worst {arcsec:.6}″ ({what})"));
    let mut lines = vec![format!(
        "{} blocks, {} lists, {:.1} MB read, {} instants compared with the source (seed {seed}){}",
        report.blocks,
        report.lists,
        report.bytes as f64 / 1e6,
        report.compared,
        worst.unwrap_or_default(),
    )];
    if let Some(almanac::audit::Findings { compared, searched, worst, .. }) = &report.almanac {
        let worst = worst.iter().map(|(kind, arcsec)| format!("{} {arcsec:.6}″", kind.name()));
        let worst: Vec<String> = worst.collect();
        lines.push(format!(
            "almanac: {compared} events compared with the source, {searched} found in it on random days; worst {}",
            worst.join(", ")
        ));
    }
    for (list, findings) in &report.eclipses {
        let eclipses::audit::Findings { derived, searched, compared, worst_s, .. } = findings;
        lines.push(format!(
            "{}: {derived} derived again, {compared} compared with the source, which was asked about {searched} lunations; \
             worst {worst_s:.6} s",
            list.name()
        ));
    }
    lines.push(if report.faults.is_empty() { "sound" } else { "NOT sound" }.to_owned());
    lines.join("\n")
}
