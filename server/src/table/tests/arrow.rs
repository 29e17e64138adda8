//! The stream, read by the reader of the same library. What other readers make of it is checked over HTTP.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int16Type, Int32Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::{MessageHeader, root_as_message};
use arrow_schema::DataType;

use super::*;

fn read(stream: &[u8]) -> (arrow_schema::SchemaRef, Vec<RecordBatch>) {
    let reader = StreamReader::try_new(Cursor::new(stream), None).unwrap();
    (reader.schema(), reader.map(|batch| batch.unwrap()).collect())
}

/// The kinds of messages in a stream.
fn messages(mut stream: &[u8]) -> Vec<MessageHeader> {
    let mut kinds = Vec::new();
    loop {
        let (head, rest) = stream.split_at(8);
        assert_eq!(head[..4], [0xff; 4]);
        let length = u32::from_le_bytes(head[4..].try_into().unwrap()) as usize;
        if length == 0 {
            assert!(rest.is_empty());
            return kinds;
        }
        let message = root_as_message(&rest[..length]).unwrap();
        kinds.push(message.header_type());
        stream = &rest[length + message.bodyLength() as usize..];
    }
}

#[test]
fn the_schema_says_what_everything_is() {
    let mut columns = columns();
    columns[7].optional = false;
    let layout = layout(TimeColumns { utc: true, jd_ut: true, calendar: None }, &["sun"], columns);
    let stream = whole(Format::Arrow, &layout, &[]);
    let (schema, batches) = read(&stream);
    assert!(batches.is_empty());
    assert_eq!(schema.metadata().get("orrery.query"), Some(&head().query));
    assert_eq!(schema.metadata().get("orrery.provenance"), Some(&head().provenance));
    assert_eq!(schema.metadata().get("orrery.generation"), Some(&head().generation));
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(
        names,
        [
            "utc",
            "jd_ut",
            "jd_tt",
            "body",
            "longitude",
            "distance",
            "light_time",
            "magnitude",
            "sign",
            "retrograde",
            "house",
            "source"
        ]
    );
    let optional: Vec<bool> = schema.fields().iter().map(|field| field.is_nullable()).collect();
    let [no, yes] = [false, true];
    assert_eq!(optional, [no, no, no, no, yes, yes, yes, yes, yes, yes, yes, no]);
    let told = |name: &str, key: &str| schema.field_with_name(name).unwrap().metadata().get(key).cloned();
    assert_eq!(told("longitude", "unit").as_deref(), Some("deg"));
    assert_eq!(told("magnitude", "description").as_deref(), Some("a quantity"));
    for (name, scale) in
        [("utc", Some("UTC")), ("jd_ut", Some("UT1")), ("jd_tt", Some("TT")), ("longitude", None)]
    {
        assert_eq!(told(name, "time_scale").as_deref(), scale);
    }
    // The same table is the same bytes: its entity tag says so.
    assert!((0..5).all(|_| whole(Format::Arrow, &layout, &[]) == stream));
}

#[test]
fn dictionaries_are_sent_once() {
    let layout = layout(TimeColumns::default(), &["sun", "moon"], columns());
    let batches: Vec<Batch> = [2, 5, 1]
        .map(|instants: usize| {
            let mut batch = Batch::new(&layout);
            batch.jd_tt = vec![0.5; instants];
            for cells in &mut batch.cells {
                match cells {
                    Cells::Numbers(numbers) => numbers.resize(instants * 2, 1.0),
                    Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes) => {
                        bytes.resize(instants * 2, 1);
                    }
                }
            }
            batch
        })
        .into();
    let kinds = messages(&whole(Format::Arrow, &layout, &batches));
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    assert_eq!(
        [MessageHeader::Schema, MessageHeader::DictionaryBatch, MessageHeader::RecordBatch].map(count),
        [1, 3, 3]
    );
}

#[test]
fn many_bodies_have_longer_keys() {
    for (bodies, key) in
        [(1, DataType::Int16), (300, DataType::Int16), (32_767, DataType::Int16), (32_768, DataType::Int32)]
    {
        let names: Vec<String> = (0..bodies).map(|number| format!("asteroid:{number}")).collect();
        let layout = Layout { time: TimeColumns::default(), bodies: names.clone(), columns: Vec::new() };
        let mut batch = Batch::new(&layout);
        batch.jd_tt = vec![1.5, 2.5];
        let (schema, batches) = read(&whole(Format::Arrow, &layout, &[batch]));
        let DataType::Dictionary(by, _) = schema.field_with_name("body").unwrap().data_type() else {
            panic!("bodies are words");
        };
        assert_eq!(**by, key);
        let column = batches[0].column_by_name("body").unwrap();
        let keys: Vec<usize> = if key == DataType::Int16 {
            column.as_dictionary::<Int16Type>().keys().values().iter().map(|key| *key as usize).collect()
        } else {
            column.as_dictionary::<Int32Type>().keys().values().iter().map(|key| *key as usize).collect()
        };
        assert!(keys.iter().copied().eq((0..bodies).chain(0..bodies)));
        let values = column.as_any_dictionary().values().as_string::<i32>();
        assert_eq!(values.value(bodies - 1), names[bodies - 1]);
    }
}

#[test]
fn numbers_keep_every_bit_and_nothing_is_null() {
    let layout = layout(TimeColumns::default(), &["sun"], columns()[..1].to_vec());
    let mut batch = Batch::new(&layout);
    let numbers = [359.999_999_999_9, f64::NAN, -0.0, 1.0 / 3.0, f64::INFINITY];
    batch.jd_tt = vec![0.25; numbers.len()];
    batch.cells[0] = Cells::Numbers(numbers.to_vec());
    let (_, batches) = read(&whole(Format::Arrow, &layout, &[batch]));
    let column = batches[0].column_by_name("longitude").unwrap().as_primitive::<Float64Type>();
    for (row, number) in numbers.into_iter().enumerate() {
        assert_eq!(column.is_valid(row), number.is_finite());
        if number.is_finite() {
            assert_eq!(column.value(row).to_bits(), number.to_bits());
        }
    }
}

#[test]
fn instants_are_counted_from_1970_on() {
    let layout = layout(TimeColumns { utc: true, ..TimeColumns::default() }, &["sun"], Vec::new());
    let leap = Utc::new(DayNumber(2_457_754), TimeOfDay::new(23, 59, 60, 250_000_000).unwrap()).unwrap();
    let instants = [
        (utc(2_440_588, 0), 0),
        (utc(2_440_587, 86_399_999), -1),
        (utc(2_461_120, 52_380_007), 1_774_017_180_007),
        // 2017-01-01 begins a second later.
        (leap, 1_483_228_800_250),
        (utc(0, 43_200_000), -2_440_588 * 86_400_000 + 43_200_000),
    ];
    let mut batch = Batch::new(&layout);
    batch.utc = instants.map(|(utc, _)| utc).to_vec();
    batch.jd_tt = vec![0.0; instants.len()];
    let (_, batches) = read(&whole(Format::Arrow, &layout, &[batch]));
    let column = batches[0].column_by_name("utc").unwrap().as_primitive::<TimestampMillisecondType>();
    assert_eq!(column.values().to_vec(), instants.map(|(_, milliseconds)| milliseconds));
}

#[test]
fn nothing_where_there_must_be_something_is_refused() {
    let mut columns = columns();
    columns[0].optional = false;
    let layout = layout(TimeColumns::default(), &["sun"], columns[..1].to_vec());
    let mut batch = Batch::new(&layout);
    batch.jd_tt = vec![0.0];
    batch.cells[0] = Cells::Numbers(vec![f64::NAN]);
    let mut encoder = Encoder::new(Format::Arrow, Arc::new(layout), head());
    assert!(matches!(encoder.batch(&mut batch, &mut Chunk::new()), Err(TableError::Arrow(_))));
}

#[test]
fn columns_come_back_with_their_memory() {
    let layout = layout(TimeColumns::default(), &["sun"], columns());
    let mut encoder = Encoder::new(Format::Arrow, Arc::new(layout.clone()), head());
    let mut batch = Batch::new(&layout);
    let mut places = Vec::new();
    for _ in 0..3 {
        batch.jd_tt.resize(1000, 0.5);
        for cells in &mut batch.cells {
            match cells {
                Cells::Numbers(numbers) => numbers.resize(1000, 1.0),
                Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes) => bytes.resize(1000, 1),
            }
        }
        encoder.batch(&mut batch, &mut Chunk::new()).unwrap();
        let Cells::Numbers(numbers) = &batch.cells[0] else { panic!("the first column has numbers") };
        assert!(numbers.capacity() >= 1000);
        places.push(numbers.as_ptr());
    }
    assert!(places.iter().all(|place| *place == places[0]));
}
