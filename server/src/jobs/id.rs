//! What a job is known by: a capability, for who knows it may read and end the job.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};

/// 128 random bits, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct JobId(u128);

/// How an id is written.
pub(crate) const FORM: &str = "^[0-9a-f]{32}$";

impl JobId {
    /// One that nobody can guess.
    ///
    /// # Errors
    /// The system gives no random bits.
    pub(crate) fn new() -> io::Result<JobId> {
        let mut bits = [0; 16];
        File::open("/dev/urandom")?.read_exact(&mut bits)?;
        Ok(JobId(u128::from_ne_bytes(bits)))
    }

    /// The id that is written so, and not otherwise: it becomes part of a path.
    pub(crate) fn parse(text: &str) -> Option<JobId> {
        let is_plain = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_plain { u128::from_str_radix(text, 16).ok().map(JobId) } else { None }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Who knows an id may read what it is of: logs have the beginning alone, by which an operator finds the folder.
impl fmt::Debug for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}…", self.0 >> 96)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_32_digits_and_nothing_else() {
        let id = JobId::new().unwrap();
        assert_eq!(JobId::parse(&id.to_string()), Some(id));
        assert_ne!(JobId::new().unwrap(), id);
        assert_eq!(JobId(7).to_string(), format!("{}7", "0".repeat(31)));
        assert_eq!(format!("{:?}", JobId(0xabcd << 112)), "abcd0000…");
        let long = "a".repeat(33);
        for strange in ["", "..", "../../../../../../../../etc/passwd", &long, &long[..31], "+1"] {
            assert_eq!(JobId::parse(strange), None, "{strange}");
        }
        for strange in ["A".repeat(32), format!("+{}", "1".repeat(31)), "/".repeat(32), "é".repeat(16)] {
            assert_eq!(JobId::parse(&strange), None, "{strange}");
        }
    }
}
