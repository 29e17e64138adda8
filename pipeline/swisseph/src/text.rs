//! Text that passes to C and back.

use std::ffi::{CStr, c_char};

/// The C library writes up to 256 bytes of text; four times that leaves room for the places where it does not count.
pub(crate) const TEXT_BYTES: usize = 1024;

/// Room for text, all NULs.
pub(crate) const EMPTY: [c_char; TEXT_BYTES] = [0; TEXT_BYTES];

/// Text for C to read and write: its first bytes, and NULs to the end.
pub(crate) fn c_text(text: &str) -> [c_char; TEXT_BYTES] {
    let mut bytes = EMPTY;
    for (to, from) in bytes.iter_mut().take(TEXT_BYTES - 1).zip(text.bytes()) {
        *to = from as c_char;
    }
    bytes
}

/// Text that C has written: up to its NUL, whatever its bytes, on one line.
pub(crate) fn trimmed(text: &[c_char; TEXT_BYTES]) -> String {
    // One `u8` a `c_char`, whose sign differs between platforms.
    let bytes = text.map(|c| c as u8);
    let text = CStr::from_bytes_until_nul(&bytes).map(CStr::to_string_lossy).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_whatever_their_bytes() {
        let mut text = EMPTY;
        for (to, from) in text.iter_mut().zip(b" jd 1 \xff < lower;\n using \n") {
            *to = *from as c_char;
        }
        assert_eq!(trimmed(&text), "jd 1 \u{fffd} < lower; using");
        assert_eq!(trimmed(&[b'x' as c_char; TEXT_BYTES]), "");
    }
}
