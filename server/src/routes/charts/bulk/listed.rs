//! A list of charts that is there as a whole: which bytes each of them has.

use std::ops::Range;

use bytes::Bytes;
use serde::de::IgnoredAny;

use crate::wire::problem::{Code, Problem};
use crate::wire::upload::{Batch, Cut};

/// What to send instead of what is no list.
const EXAMPLE: &str = r#"send a list of charts, such as [{"date": …, "lat": 48.4, "lon": 10}], or a chart a line with `Content-Type: application/x-ndjson`"#;

/// A list of charts.
pub(super) struct Listed {
    body: Bytes,
    /// Where each of its elements stands.
    elements: Vec<Range<usize>>,
    /// How many of them are handed on.
    taken: usize,
}

impl Listed {
    /// Reads it.
    ///
    /// # Errors
    /// 400 where it is no list of JSON.
    pub(super) fn read(body: Bytes) -> Result<Listed, Problem> {
        if body.is_empty() {
            return Err(Problem::new(Code::MalformedBody, "the body is empty").hint(EXAMPLE));
        }
        let list: Result<Vec<IgnoredAny>, _> = serde_json::from_slice(&body);
        if let Err(error) = list {
            let what = match error.classify() {
                serde_json::error::Category::Eof => "the body ends in the middle of its JSON",
                serde_json::error::Category::Data => "the body is no list of JSON",
                _ => "the body is not JSON",
            };
            let detail = format!("{what}: line {}, column {}", error.line(), error.column());
            return Err(Problem::new(Code::MalformedBody, detail).hint(EXAMPLE));
        }
        let elements = elements(&body);
        Ok(Listed { body, elements, taken: 0 })
    }

    pub(super) fn count(&self) -> usize {
        self.elements.len()
    }

    /// The next elements.
    pub(super) fn cut(&mut self, wanted: usize) -> Cut {
        let mut batch = Batch::default();
        while let Some(element) = self.elements.get(self.taken)
            && !batch.has(wanted)
        {
            batch.add(self.taken as u64, &self.body[element.clone()]);
            self.taken += 1;
        }
        if batch.is_empty() { Cut::End } else { Cut::Lines(batch) }
    }
}

/// Where the elements stand of a list that is known to be JSON.
fn elements(list: &[u8]) -> Vec<Range<usize>> {
    let mut elements = Vec::new();
    let (mut depth, mut begun) = (0_usize, 0);
    let (mut is_text, mut is_escaped) = (false, false);
    let mut end = |begun: usize, end: usize| {
        if !list[begun..end].trim_ascii().is_empty() {
            elements.push(begun..end);
        }
    };
    for (at, byte) in list.iter().enumerate() {
        if is_text {
            is_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => is_text = true,
            b'[' | b'{' => {
                depth += 1;
                if depth == 1 {
                    begun = at + 1;
                }
            }
            b']' | b'}' => {
                if depth == 1 {
                    end(begun, at);
                }
                depth = depth.saturating_sub(1);
            }
            b',' if depth == 1 => {
                end(begun, at);
                begun = at + 1;
            }
            _ => {}
        }
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_whatever_is_in_them() {
        for (list, found) in [
            ("[]", &[][..]),
            (" [ ] ", &[]),
            ("[1]", &["1"]),
            (r#"[{"a": [1, 2]}, {"b": "],[\\"}]"#, &[r#"{"a": [1, 2]}"#, r#" {"b": "],[\\"}"#]),
            (r#"[ "\"," , null,[[]] ]"#, &[r#" "\"," "#, " null", "[[]] "]),
        ] {
            let listed = Listed::read(Bytes::from_static(list.as_bytes())).unwrap();
            let texts: Vec<_> = listed.elements.iter().map(|element| &list[element.clone()]).collect();
            assert_eq!(texts, found, "{list}");
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for body in ["", "{}", "7", "[", "[1,]", "[1 2]", "[1]]", "[{\"a\"}]", "nonsense", "[\"\u{1}\"]"] {
            let problem = Listed::read(Bytes::copy_from_slice(body.as_bytes())).err().unwrap();
            assert!(problem.code == Code::MalformedBody && problem.hint.is_some(), "{body}");
        }
    }
}
