//! Putting sentences together: as many of the most important ones as there is room for.

use super::fact::Fact;

/// Most characters of a brief, counted as Unicode counts them.
pub(crate) const MOST_CHARS: usize = 800;

/// Text made of sentences.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Brief {
    pub(crate) text: String,
    /// The facts that it tells, by their places in the list, in its order, each with its sentence.
    pub(crate) told: Vec<(usize, String)>,
}

/// Composes a text of a heading and of the sentences of facts. What is dated stands in the order of time; for what there is no
/// room, the least important fact is left out, then the next, and no sentence is cut.
pub(crate) fn compose(heading: String, facts: &[Fact], sentence: impl Fn(&Fact) -> String) -> Brief {
    let mut told: Vec<(usize, String)> =
        facts.iter().enumerate().map(|(nth, fact)| (nth, sentence(fact))).collect();
    told.retain(|(_, sentence)| !sentence.is_empty());
    let jd_tt = |fact: &Fact| fact.at.map_or(0.0, |at| at.instant.tt.jd());
    // The most important first, of equal ones the earlier.
    told.sort_by(|(a, _), (b, _)| {
        let (one, other) = (&facts[*a], &facts[*b]);
        let by_time = || jd_tt(one).total_cmp(&jd_tt(other));
        other.importance.cmp(&one.importance).then_with(by_time).then(a.cmp(b))
    });
    let mut chars = heading.chars().count();
    let fitting = told.iter().take_while(|(_, sentence)| {
        chars += 1 + sentence.chars().count();
        chars <= MOST_CHARS
    });
    let fitting = fitting.count();
    told.truncate(fitting);
    told.sort_by(|(a, _), (b, _)| {
        let (one, other) = (&facts[*a], &facts[*b]);
        let by_part = one.matter.part().cmp(&other.matter.part());
        by_part
            .then_with(|| jd_tt(one).total_cmp(&jd_tt(other)))
            // The Moon is void of course with the aspect that is her last.
            .then(one.matter.is_void().cmp(&other.matter.is_void()))
            .then(other.importance.cmp(&one.importance))
            .then(a.cmp(b))
    });
    let mut text = heading;
    for (_, sentence) in &told {
        text.push(' ');
        text.push_str(sentence);
    }
    Brief { text, told }
}
