//! The same rows, read back from every format, are the same.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMillisecondType, UInt8Type};
use arrow_array::{Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::text::decimal::{self, NUMBER_BYTES};

/// A cell as a reader finds it: numbers as their text reads.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Nothing,
    Number(f64),
    Word(String),
    Truth(bool),
}

/// A table of random shape, and its rows in some batches.
fn tables() -> impl Strategy<Value = (Layout, Vec<Batch>)> {
    let shape = (
        any::<[bool; 2]>(),
        proptest::sample::subsequence(columns(), 0..=8),
        proptest::sample::subsequence(
            vec!["sun", "moon", "mean_apogee", "asteroid:433", "asteroid:2060"],
            1..=5,
        ),
        proptest::collection::vec(0_usize..6, 0..4),
        prop_oneof![Just(None), (0_u8..=15).prop_map(Some)],
    );
    shape.prop_flat_map(|([utc, jd_ut], mut columns, bodies, batches, precision)| {
        if let (Some(decimals), Some(column)) = (precision, columns.first_mut())
            && let Holds::Number { decimals: old, .. } = &mut column.holds
        {
            *old = Some(decimals);
        }
        let layout = layout(TimeColumns { utc, jd_ut, calendar: None }, &bodies, columns);
        let batches: Vec<_> = batches.into_iter().map(|instants| batch(&layout, instants)).collect();
        (Just(layout), batches)
    })
}

fn batch(layout: &Layout, instants: usize) -> impl Strategy<Value = Batch> + use<> {
    let rows = instants * layout.bodies.len();
    let bytes = |end: u8| {
        let byte = prop_oneof![6 => 0..end, 1 => Just(NOTHING)];
        proptest::collection::vec(byte, rows)
    };
    let cells: Vec<BoxedStrategy<Cells>> = layout
        .columns
        .iter()
        .map(|column| match column.holds {
            Holds::Number { wraps, .. } => {
                let number = if wraps {
                    prop_oneof![8 => 0.0..360.0, 1 => Just(360.0_f64.next_down()), 1 => Just(f64::NAN)]
                        .boxed()
                } else {
                    let any = any::<u64>().prop_map(f64::from_bits);
                    prop_oneof![8 => -40.0..40.0, 1 => -3e6..3e6, 1 => any, 1 => Just(-0.0)].boxed()
                };
                proptest::collection::vec(number, rows).prop_map(Cells::Numbers).boxed()
            }
            Holds::Word(words) => bytes(words.len() as u8).prop_map(Cells::Words).boxed(),
            Holds::Truth => bytes(2).prop_map(Cells::Truths).boxed(),
            Holds::Count => bytes(NOTHING).prop_map(Cells::Counts).boxed(),
        })
        .collect();
    let days = || proptest::collection::vec(-3.2e6..8e6, instants);
    let time = layout.time;
    let readings = proptest::collection::vec((-3_200_000_i64..8_000_000, 0_u32..86_400_000), instants);
    (days(), days(), readings, cells).prop_map(move |(jd_tt, jd_ut, readings, cells)| Batch {
        jd_tt,
        jd_ut: if time.jd_ut { jd_ut } else { Vec::new() },
        utc: readings.into_iter().filter(|_| time.utc).map(|(day, part)| utc(day, part)).collect(),
        cells,
    })
}

/// What a reader is to find: for each row its instant, its body and its cells; numbers rounded as texts are, or not.
fn expected(layout: &Layout, batches: &[Batch], rounded: bool) -> Vec<Vec<Found>> {
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.instants() * layout.bodies.len() {
            let (instant, body) = (row / layout.bodies.len(), row % layout.bodies.len());
            let mut found = Vec::new();
            if layout.time.utc {
                let text = batch.utc[instant].to_iso(Subsecond::Millisecond, None, &LeapSeconds::built_in());
                let day = batch.utc[instant].day().0 as f64;
                found.push(if rounded { Found::Word(text) } else { Found::Number(day) });
            }
            if layout.time.jd_ut {
                found.push(Found::Number(batch.jd_ut[instant]));
            }
            found.push(Found::Number(batch.jd_tt[instant]));
            found.push(Found::Word(layout.bodies[body].clone()));
            for (cells, column) in batch.cells.iter().zip(&layout.columns) {
                found.push(cell(cells, column, row, rounded));
            }
            rows.push(found);
        }
    }
    rows
}

fn cell(cells: &Cells, column: &Column, row: usize, rounded: bool) -> Found {
    match (cells, column.holds) {
        (Cells::Numbers(numbers), Holds::Number { decimals, wraps, .. }) => {
            let value = numbers[row];
            match decimals {
                _ if !value.is_finite() => Found::Nothing,
                Some(decimals) if rounded => {
                    let mut text = [0; NUMBER_BYTES];
                    let length = decimal::rounded(value, decimals, &mut text);
                    let value: f64 = std::str::from_utf8(&text[..length]).unwrap().parse().unwrap();
                    Found::Number(if wraps && value >= 360.0 { 0.0 } else { value })
                }
                _ => Found::Number(value),
            }
        }
        (Cells::Words(bytes), Holds::Word(words)) => {
            words.get(usize::from(bytes[row])).map_or(Found::Nothing, |word| Found::Word((*word).into()))
        }
        (Cells::Truths(bytes), _) if bytes[row] < 2 => Found::Truth(bytes[row] == 1),
        (Cells::Counts(bytes), _) if bytes[row] < NOTHING => Found::Number(bytes[row].into()),
        _ => Found::Nothing,
    }
}

fn found(value: &Value) -> Found {
    match value {
        Value::Null => Found::Nothing,
        Value::Bool(truth) => Found::Truth(*truth),
        Value::Number(number) => Found::Number(number.as_f64().unwrap()),
        Value::String(word) => Found::Word(word.clone()),
        other => panic!("{other} is no cell"),
    }
}

fn names(layout: &Layout) -> Vec<&str> {
    let time = [(layout.time.utc, "utc"), (layout.time.jd_ut, "jd_ut"), (true, "jd_tt"), (true, "body")];
    let time = time.into_iter().filter_map(|(told, name)| told.then_some(name));
    time.chain(layout.columns.iter().map(|column| column.name)).collect()
}

fn from_ndjson(layout: &Layout, text: &str) -> Vec<Vec<Found>> {
    let row = |line: &str| {
        let object: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        assert_eq!(object.len(), names(layout).len());
        names(layout).iter().map(|name| found(&object[*name])).collect()
    };
    text.lines().map(row).collect()
}

fn from_csv(layout: &Layout, text: &str) -> Vec<Vec<Found>> {
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap().split(',').collect::<Vec<_>>(), names(layout));
    let field = |text: &str| match text {
        "" => Found::Nothing,
        "true" | "false" => Found::Truth(text == "true"),
        _ => text.parse().map_or_else(|_| Found::Word(text.into()), Found::Number),
    };
    lines.map(|line| line.split(',').map(field).collect()).collect()
}

fn from_json(layout: &Layout, text: &str) -> Vec<Vec<Found>> {
    let document: Value = serde_json::from_str(text).unwrap();
    assert_eq!(document["query"], serde_json::from_str::<Value>(&head().query).unwrap());
    assert_eq!(document["provenance"], serde_json::from_str::<Value>(&head().provenance).unwrap());
    let mut rows = Vec::new();
    for instant in 0..document["jd_tt"].as_array().unwrap().len() {
        for body in &layout.bodies {
            let cell = |name: &&str| match *name {
                "body" => Found::Word(body.clone()),
                "utc" | "jd_ut" | "jd_tt" => found(&document[*name][instant]),
                _ => found(&document["bodies"][body][*name][instant]),
            };
            rows.push(names(layout).iter().map(cell).collect());
        }
    }
    rows
}

fn from_arrow(layout: &Layout, stream: &[u8]) -> Vec<Vec<Found>> {
    let reader = StreamReader::try_new(Cursor::new(stream), None).unwrap();
    let rows = |batch: RecordBatch| {
        assert_eq!(batch.num_columns(), names(layout).len());
        (0..batch.num_rows())
            .map(|row| batch.columns().iter().map(|column| from_column(column, row)).collect())
            .collect::<Vec<_>>()
    };
    reader.flat_map(|batch| rows(batch.unwrap())).collect()
}

fn from_column(column: &dyn Array, row: usize) -> Found {
    if column.is_null(row) {
        return Found::Nothing;
    }
    match column.data_type() {
        DataType::Float64 => Found::Number(column.as_primitive::<Float64Type>().value(row)),
        DataType::UInt8 => Found::Number(column.as_primitive::<UInt8Type>().value(row).into()),
        DataType::Boolean => Found::Truth(column.as_boolean().value(row)),
        // The text is another matter; the day is the same.
        DataType::Timestamp(..) => {
            let milliseconds = column.as_primitive::<TimestampMillisecondType>().value(row);
            Found::Number((milliseconds.div_euclid(86_400_000) + 2_440_588) as f64)
        }
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let words: &StringArray = dictionary.values().as_string();
            Found::Word(words.value(dictionary.normalized_keys()[row]).into())
        }
        other => panic!("{other} is no kind of column"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn every_format_tells_the_same_rows((layout, batches) in tables()) {
        let rounded = expected(&layout, &batches, true);
        prop_assert_eq!(&from_ndjson(&layout, &text(Format::Ndjson, &layout, &batches)), &rounded);
        prop_assert_eq!(&from_csv(&layout, &text(Format::Csv, &layout, &batches)), &rounded);
        prop_assert_eq!(&from_json(&layout, &text(Format::Json, &layout, &batches)), &rounded);
        let exact = expected(&layout, &batches, false);
        prop_assert_eq!(&from_arrow(&layout, &whole(Format::Arrow, &layout, &batches)), &exact);
    }
}
