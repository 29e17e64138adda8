//! Tables of every kind, written and read back.

use orrery_almanac::{Calendar, DayNumber, LeapSeconds, Subsecond, TimeOfDay, Utc};

use super::*;

mod arrow;
mod documents;
mod round_trip;

const SIGNS: &[&str] = &["aries", "taurus", "gemini"];

const SOURCES: &[&str] = &["table", "live"];

/// A column of each kind, all of which may lack cells.
fn columns() -> Vec<Column> {
    let number = |name, unit, decimals, wraps| {
        let holds = Holds::Number { unit, decimals, wraps };
        Column { name, holds, optional: true, about: "a quantity" }
    };
    let other = |name, holds| Column { name, holds, optional: true, about: "a property" };
    vec![
        number("longitude", "deg", Some(9), true),
        number("distance", "au", Some(12), false),
        number("light_time", "s", Some(3), false),
        number("magnitude", "mag", None, false),
        other("sign", Holds::Word(SIGNS)),
        other("retrograde", Holds::Truth),
        other("house", Holds::Count),
        other("source", Holds::Word(SOURCES)),
    ]
}

fn layout(time: TimeColumns, bodies: &[&str], columns: Vec<Column>) -> Layout {
    Layout { time, bodies: bodies.iter().map(ToString::to_string).collect(), columns }
}

fn head() -> Head {
    Head {
        query: r#"{"bodies":["sun"],"note":"ünï"}"#.into(),
        provenance: r#"{"source":"table"}"#.into(),
        generation: "g-0001".into(),
    }
}

fn utc(day: i64, milliseconds: u32) -> Utc {
    let seconds = milliseconds / 1000;
    let [hour, minute, second] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(|part| part as u8);
    let time = TimeOfDay::new(hour, minute, second, milliseconds % 1000 * 1_000_000).unwrap();
    Utc::new(DayNumber(day), time).unwrap()
}

/// A table as it is sent, begun, written batch by batch and ended; each piece by itself.
fn pieces(format: Format, layout: &Layout, batches: &[Batch]) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(format, Arc::new(layout.clone()), head());
    let mut pieces = Vec::new();
    let mut piece = |write: &mut dyn FnMut(&mut Chunk) -> bool| {
        let mut out = Chunk::new();
        let more = write(&mut out);
        pieces.push(out.into_bytes().to_vec());
        more
    };
    piece(&mut |out| {
        encoder.begin(out).unwrap();
        false
    });
    for batch in batches {
        let mut batch = batch.clone();
        piece(&mut |out| {
            encoder.batch(&mut batch, out).unwrap();
            false
        });
        assert_eq!(batch.instants(), 0);
        assert!(batch.cells.iter().all(|cells| cells.len() == 0));
    }
    while piece(&mut |out| encoder.end(out).unwrap()) {}
    pieces
}

fn whole(format: Format, layout: &Layout, batches: &[Batch]) -> Vec<u8> {
    pieces(format, layout, batches).concat()
}

fn text(format: Format, layout: &Layout, batches: &[Batch]) -> String {
    String::from_utf8(whole(format, layout, batches)).unwrap()
}
