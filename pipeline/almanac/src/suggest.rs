//! The known name that a misspelt one was meant to be.

/// Longer texts are no slip of the finger, and comparing them costs time.
const LONGEST: usize = 48;

/// The name nearest to `given`, if one is near enough to be meant: at most a third of its letters differ (a swap of
/// neighbours counts once). Names are compared without regard to case.
#[must_use]
pub fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = given.chars().count();
    if length == 0 || length > LONGEST {
        return None;
    }
    let given = given.to_ascii_lowercase();
    let allowed = (length / 3).max(1);
    names
        .into_iter()
        .map(|name| {
            let lower = name.to_ascii_lowercase();
            let edits = strsim::damerau_levenshtein(&given, &lower);
            (edits, strsim::jaro_winkler(&given, &lower), name)
        })
        .filter(|(edits, ..)| *edits <= allowed)
        // Fewest edits; among those the one that begins alike; among those the first.
        .min_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))
        .map(|(.., name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let names = ["pluto", "mercury", "moon", "mars"];
        assert_eq!(nearest("plutto", names), Some("pluto"));
        assert_eq!(nearest("Mecrury", names), Some("mercury"));
        assert_eq!(nearest("mon", names), Some("moon"));
        assert_eq!(nearest("eris", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest(&"m".repeat(60_000), names), None);
    }
}
