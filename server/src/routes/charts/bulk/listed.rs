//! A list of charts that is there as a whole: which bytes each of them has.

use std::ops::Range;

use bytes::Bytes;
use serde::de::IgnoredAny;

use crate::wire::problem::{Code, Problem};
use crate::wire::upload::{Batch, Cut};

/// What to send instead of what is no list.
const EXAMPLE: &str = r#"send a list of charts, such as [{"date": …, "lat": 48.4, "lon": 10}], or a chart a line with `Content-Type: application/x-ndjson`"#;

/// How much of it is looked at before others have their turn.
const LOOK_BYTES: usize = 256 * 1024;

/// A list of charts. Where its elements stand is found as they are taken: there may be half as many as the body has bytes.
pub(super) struct Listed {
    body: Bytes,
    count: usize,
    /// How many of them are handed on.
    taken: usize,
    scan: Scan,
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
        match list {
            Ok(list) => Ok(Listed { body, count: list.len(), taken: 0, scan: Scan::default() }),
            Err(error) => {
                let what = match error.classify() {
                    serde_json::error::Category::Eof => "the body ends in the middle of its JSON",
                    serde_json::error::Category::Data => "the body is no list of JSON",
                    _ => "the body is not JSON",
                };
                let detail = format!("{what}: line {}, column {}", error.line(), error.column());
                Err(Problem::new(Code::MalformedBody, detail).hint(EXAMPLE))
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The next elements.
    pub(super) fn cut(&mut self, wanted: usize) -> Cut {
        let mut batch = Batch::default();
        let until = self.scan.at.saturating_add(LOOK_BYTES);
        while self.taken < self.count && !batch.has(wanted) {
            let Some(element) = self.scan.next(&self.body, until) else { break };
            batch.add(self.taken as u64, self.body[element].trim_ascii());
            self.taken += 1;
        }
        if !batch.is_empty() {
            Cut::Lines(batch)
        } else if self.taken < self.count {
            Cut::NotYet
        } else {
            Cut::End
        }
    }
}

/// How far a list that is known to be JSON has been looked through.
#[derive(Default)]
struct Scan {
    at: usize,
    /// Where the element begins that is looked at.
    begun: usize,
    /// How many lists and objects stand open.
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl Scan {
    /// Where the next element stands, with the blanks about it; `None` if it does not end before a byte. An empty list has one, of
    /// nothing.
    fn next(&mut self, list: &[u8], until: usize) -> Option<Range<usize>> {
        while let Some(byte) = list.get(self.at).filter(|_| self.at < until) {
            let at = self.at;
            self.at += 1;
            if self.is_text {
                self.is_text = self.is_escaped || *byte != b'"';
                self.is_escaped = !self.is_escaped && *byte == b'\\';
                continue;
            }
            let is_end = self.depth == 1 && matches!(byte, b',' | b']');
            match byte {
                b'"' => self.is_text = true,
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if is_end {
                return Some(std::mem::replace(&mut self.begun, self.at)..at);
            }
            // The list itself begins.
            if self.depth == 1 && self.begun == 0 {
                self.begun = self.at;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::upload::MOST_LINE_BYTES;

    /// The elements of a list by their numbers, as often as it takes; of one that is too long, nothing.
    fn elements(list: &str) -> Vec<Option<String>> {
        let mut listed = Listed::read(Bytes::copy_from_slice(list.as_bytes())).unwrap();
        let mut found = Vec::new();
        loop {
            match listed.cut(2) {
                Cut::Lines(batch) => {
                    for line in batch.lines() {
                        assert_eq!(line.number, found.len() as u64);
                        found.push(line.text.map(|text| String::from_utf8(text.to_vec()).unwrap()));
                    }
                }
                Cut::NotYet => {}
                Cut::End => break,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(found.len(), listed.count());
        found
    }

    #[test]
    fn elements_are_found_whatever_is_in_them() {
        for (list, expected) in [
            ("[]", &[][..]),
            (" [ ] ", &[]),
            ("[1]", &["1"]),
            (r#"[{"a": [1, 2]}, {"b": "],[\\"}]"#, &[r#"{"a": [1, 2]}"#, r#"{"b": "],[\\"}"#]),
            (r#"[ "\"," , null,[[]] ]"#, &[r#""\",""#, "null", "[[]]"]),
            ("[1,2,3,4,[5,[6]]]", &["1", "2", "3", "4", "[5,[6]]"]),
        ] {
            let found: Vec<_> = elements(list).into_iter().map(Option::unwrap).collect();
            assert_eq!(found, expected, "{list}");
        }
        // Others have their turn before the end of what takes long.
        let blanks = " ".repeat(3 * LOOK_BYTES);
        let apart = format!("[{blanks}1{blanks},{blanks}2]");
        assert_eq!(elements(&apart), [Some("1".to_owned()), Some("2".to_owned())]);
        let mut listed = Listed::read(Bytes::from(apart)).unwrap();
        assert!(matches!(listed.cut(2), Cut::NotYet));
    }

    #[test]
    fn an_element_is_no_longer_than_a_line() {
        let text = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
        let (fits, long) = (text(MOST_LINE_BYTES), text(MOST_LINE_BYTES + 1));
        assert_eq!(elements(&format!("[ {fits} ,{long},1]")), [Some(fits), None, Some("1".to_owned())]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for body in ["", "{}", "7", "[", "[1,]", "[1 2]", "[1]]", "[{\"a\"}]", "nonsense", "[\"\u{1}\"]"] {
            let problem = Listed::read(Bytes::copy_from_slice(body.as_bytes())).err().unwrap();
            assert!(problem.code == Code::MalformedBody && problem.hint.is_some(), "{body}");
        }
    }
}
