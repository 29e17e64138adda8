//! The figures that a chart's aspects make.

use orrery_almanac::Error;
use orrery_almanac::aspect::patterns::{Stellia, patterns};

use super::written::Aspected;
use crate::text::json::Json;

/// Most figures of a chart: with any orbs that are in use there are some tens.
const MOST_PATTERNS: usize = 2_000;

/// Writes `patterns`: of the aspects that were looked for, by the orbs that they were looked for with.
pub(super) fn write(json: &mut Json, Aspected { points, placed, found }: &Aspected) -> Result<(), Error> {
    let patterns = patterns(placed, found, &Stellia::default(), MOST_PATTERNS)?;
    json.key("patterns").open(b'[');
    for pattern in patterns {
        json.open(b'{');
        json.key("pattern").string(pattern.kind.name());
        json.key("members").open(b'[');
        for (nth, role) in pattern.members {
            json.open(b'{');
            json.key("point").string(&points[nth].name());
            json.key("role").string(role.name());
            json.close(b'}');
        }
        json.close(b']');
        if let Some(element) = pattern.element {
            json.key("element").string(element.name());
        }
        if let Some(mode) = pattern.mode {
            json.key("mode").string(mode.name());
        }
        if let Some(sign) = pattern.sign {
            json.key("sign").string(sign.name());
        }
        json.close(b'}');
    }
    json.close(b']');
    Ok(())
}
