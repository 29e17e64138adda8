//! A share of a build, for machines that build together: blocks alone, which nobody reads before they are merged.
//!
//! How a plan is divided follows from the plan and the number of shares, so that each machine knows its own without asking the
//! others. A share's directory says which it is of what, in `shard.json`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use orrery_format::manifest::ScopeEntry;
use serde::{Deserialize, Serialize};

use crate::build::{Options, Sources, missing};
use crate::error::PipelineError;
use crate::plan::BlockPlan;
use crate::store::Store;

/// Name of the file that says what a directory has a share of.
pub const SHARD_FILE: &str = "shard.json";

/// One share of so many, such as `2/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which, from 1 on.
    pub nth: u16,
    /// Of how many.
    pub of: u16,
}

impl Shard {
    /// Its blocks of a plan.
    ///
    /// The costliest block goes first, each to the share that has least to do by then, and the first one of these.
    #[must_use]
    pub fn of(self, plans: &[BlockPlan]) -> Vec<&BlockPlan> {
        let mut own: Vec<usize> = Vec::new();
        let mut costs = vec![0; usize::from(self.of)];
        let mut order: Vec<usize> = (0..plans.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(plans[index].expected_cost()));
        for index in order {
            let Some(least) = (0..costs.len()).min_by_key(|&share| costs[share]) else { break };
            costs[least] += plans[index].expected_cost();
            if least + 1 == usize::from(self.nth) {
                own.push(index);
            }
        }
        own.sort_unstable();
        own.into_iter().map(|index| &plans[index]).collect()
    }

    /// Every share of so many.
    pub fn all(of: u16) -> impl Iterator<Item = Shard> {
        (1..=of).map(move |nth| Shard { nth, of })
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u16>().ok().filter(|_| is_number)
        };
        let numbers = text.split_once('/').and_then(|(nth, of)| Some((number(nth)?, number(of)?)));
        match numbers {
            Some((nth, of)) if (1..=of).contains(&nth) => Ok(Shard { nth, of }),
            Some((_, of)) if of > 0 => {
                Err(format!("of {of} shares the first is 1/{of} and the last {of}/{of}: there is no {text}"))
            }
            _ => Err(format!("{text:?} is no share such as 2/3, the second of three ({} at most)", u16::MAX)),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.nth, self.of)
    }
}

/// What a directory has a share of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    /// Which share.
    pub(crate) shard: Shard,
    /// What the whole is to have.
    pub(crate) scope: ScopeEntry,
    /// BLAKE3 of the recipes of all its blocks, hexadecimal.
    pub(crate) plan: String,
}

impl Note {
    /// What a share of a plan says.
    fn of(shard: Shard, scope: ScopeEntry, plans: &[BlockPlan]) -> Note {
        Note { shard, scope, plan: identity(plans) }
    }

    fn to_bytes(&self) -> Vec<u8> {
        // Numbers and strings always serialise.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// What a directory says.
    pub(crate) fn read(dir: &Path) -> Result<Note, PipelineError> {
        let path = dir.join(SHARD_FILE);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(PipelineError::Shards(format!(
                    "{}: there is no {SHARD_FILE}, so this is no share of a build; `orrery-pipeline build --shard 1/3 --out {0}` \
                     makes one",
                    dir.display()
                )));
            }
            Err(error) => return Err(PipelineError::io(&path, "reading")(error)),
        };
        let note: Result<Note, _> = serde_json::from_slice(&text);
        let note = note.ok().filter(|note| (1..=note.shard.of).contains(&note.shard.nth));
        note.ok_or_else(|| {
            let what = "it does not say which share this is; run `orrery-pipeline build --shard` with --out here again";
            PipelineError::Shards(format!("{}: {what}", path.display()))
        })
    }
}

/// What tells one plan from another.
pub(crate) fn identity(plans: &[BlockPlan]) -> String {
    let mut hasher = blake3::Hasher::new();
    for plan in plans {
        hasher.update(&plan.recipe_hash);
    }
    hasher.finalize().to_hex().to_string()
}

/// What building a share came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The share, such as `2/3`.
    pub shard: String,
    /// Blocks computed now.
    pub computed: usize,
    /// Blocks found there.
    pub reused: usize,
    /// Bytes of all blocks of the share.
    pub bytes: u64,
    /// Wall time, seconds.
    pub seconds: f64,
}

/// Computes the blocks of a share that are missing, and publishes nothing.
///
/// # Errors
/// As [`crate::build::build`].
pub fn build_shard(options: &Options, shard: Shard) -> Result<Outcome, PipelineError> {
    let sources = Sources::open(options)?;
    let store = Store::lock(&options.out)?;
    let note = Note::of(shard, options.scope.to_entry(), sources.plans());
    store.put_beside(SHARD_FILE, &note.to_bytes())?;
    let own = shard.of(sources.plans());
    let mut at_hand = sources.at_hand(&store)?;
    let work = missing(own.iter().copied(), &at_hand);
    let computed = work.len();
    if computed > 0 {
        at_hand.extend(sources.workshop(options, &store, &work)?.compute(work)?);
    }
    let entries = own.iter().filter_map(|plan| at_hand.get(&plan.recipe_hash));
    Ok(Outcome {
        shard: shard.to_string(),
        computed,
        reused: own.len() - computed,
        bytes: entries.map(|entry| entry.bytes).sum(),
        seconds: sources.seconds(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use orrery_almanac::CivilDate;

    use super::*;
    use crate::inputs::Inputs;
    use crate::plan::plan;
    use crate::scope::Scope;

    fn planned() -> Vec<BlockPlan> {
        let inputs = Inputs { swiss_ephemeris: "2".into(), de_numbers: Vec::new(), files: Vec::new() };
        plan(&Scope::full(), CivilDate { year: 2026, month: 11, day: 22 }, &inputs).unwrap()
    }

    #[test]
    fn shares_divide_a_plan_evenly_and_leave_nothing() {
        let plans = planned();
        let cost = |share: &[&BlockPlan]| share.iter().map(|plan| plan.expected_cost()).sum::<u64>();
        let all = cost(&plans.iter().collect::<Vec<_>>());
        let costliest = plans.iter().map(BlockPlan::expected_cost).max().unwrap();
        for of in [1, 2, 3, 7, 64, plans.len() as u16, plans.len() as u16 + 5, 1000] {
            let shares: Vec<Vec<&BlockPlan>> = Shard::all(of).map(|shard| shard.of(&plans)).collect();
            let different: HashSet<[u8; 32]> = shares.iter().flatten().map(|plan| plan.recipe_hash).collect();
            assert_eq!((shares.iter().map(Vec::len).sum(), different.len()), (plans.len(), plans.len()));
            let most = shares.iter().map(|share| cost(share)).max().unwrap();
            assert!(most <= all / u64::from(of) + costliest, "{of} shares: {most} of {all}");
            for share in &shares {
                let starts = share.iter().map(|plan| plans.iter().position(|it| it.recipe == plan.recipe));
                assert!(starts.is_sorted(), "in the order of the plan");
            }
        }
        // Of a few, none has a tenth more to do than another.
        let loads: Vec<u64> = Shard::all(4).map(|shard| cost(&shard.of(&plans))).collect();
        let (least, most) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
        assert!(most * 10 <= least * 11, "{loads:?}");
    }

    #[test]
    fn shares_are_read_strictly() {
        for (text, nth, of) in [("1/1", 1, 1), ("2/3", 2, 3), ("65535/65535", 65_535, 65_535)] {
            assert_eq!(text.parse(), Ok(Shard { nth, of }));
            assert_eq!(Shard { nth, of }.to_string(), text);
        }
        for (text, hint) in [
            ("0/3", "the first is 1/3"),
            ("4/3", "the last 3/3"),
            ("0/0", "2/3"),
            ("1/0", "2/3"),
            ("x", "2/3"),
            ("", "2/3"),
            ("/", "2/3"),
            ("1", "2/3"),
            ("1/", "2/3"),
            ("/3", "2/3"),
            ("1/3/5", "2/3"),
            ("-1/3", "2/3"),
            ("+1/3", "2/3"),
            ("1 / 3", "2/3"),
            ("1.0/3", "2/3"),
            ("1/65536", "65535 at most"),
        ] {
            let message = text.parse::<Shard>().unwrap_err();
            assert!(message.contains(hint) && message.contains(text), "{text:?}: {message}");
        }
    }

    #[test]
    fn a_note_reads_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let says = || Note::read(dir.path()).unwrap_err().to_string();
        assert!(says().contains("no share of a build") && says().contains("build --shard 1/3"), "{}", says());
        let plans = planned();
        let note = Note::of(Shard { nth: 2, of: 3 }, Scope::full().to_entry(), &plans);
        let path = dir.path().join(SHARD_FILE);
        std::fs::write(&path, note.to_bytes()).unwrap();
        assert_eq!(Note::read(dir.path()).unwrap(), note);
        assert_ne!(identity(&plans), identity(&plans[1..]));
        for text in ["", "{}", "2/3", r#"{"shard":{"nth":0,"of":3}}"#] {
            std::fs::write(&path, text).unwrap();
            assert!(says().contains(SHARD_FILE) && says().contains("build --shard"), "{}", says());
        }
        let none = Note { shard: Shard { nth: 4, of: 3 }, ..note };
        std::fs::write(&path, none.to_bytes()).unwrap();
        assert!(says().contains("which share"), "{}", says());
    }
}
