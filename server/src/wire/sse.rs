//! Server-sent events, as HTML has them: lines of fields, and an empty line behind each event.

use bytes::Bytes;

/// A comment, which clients pass over: word that the connection is still there.
pub(crate) const SILENCE: Bytes = Bytes::from_static(b":\n\n");

/// An event. Neither its name nor its id may have a line break. The id is what a client that was cut off sends in
/// `Last-Event-ID` when it asks again.
pub(crate) fn event(name: &str, id: &str, data: &[u8]) -> Bytes {
    let mut event = format!("event: {name}\nid: {id}\n").into_bytes();
    for line in data.split(|byte| *byte == b'\n') {
        event.extend_from_slice(b"data: ");
        event.extend_from_slice(line);
        event.push(b'\n');
    }
    event.push(b'\n');
    event.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_its_fields_and_ends_with_an_empty_line() {
        assert_eq!(
            event("sky", "2026-03-20T14:46:00Z", b"{}"),
            "event: sky\nid: 2026-03-20T14:46:00Z\ndata: {}\n\n"
        );
        // What has several lines arrives as several.
        assert_eq!(event("a", "1", b"x\n\ny"), "event: a\nid: 1\ndata: x\ndata: \ndata: y\n\n");
        assert!(SILENCE.starts_with(b":") && SILENCE.ends_with(b"\n\n"));
    }
}
