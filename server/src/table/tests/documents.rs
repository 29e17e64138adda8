//! What each text looks like, to the byte.

use super::*;

/// Two instants of two bodies: everything there, and then nothing.
fn two_by_two(time: TimeColumns) -> (Layout, Batch) {
    let layout = layout(time, &["sun", "asteroid:433"], columns());
    let mut batch = Batch::new(&layout);
    batch.jd_tt = vec![2_461_120.106_25, 2_451_545.0];
    if time.jd_ut {
        batch.jd_ut = vec![2_461_120.105_45, 2_451_544.999_25];
    }
    if time.utc {
        batch.utc = vec![utc(2_461_120, 52_380_007), utc(2_451_545, 0)];
    }
    batch.cells = vec![
        Cells::Numbers(vec![359.999_999_999_9, 12.5, -0.0, f64::NAN]),
        Cells::Numbers(vec![1.0, 0.983_327_123_456_789, -1e-13, f64::INFINITY]),
        Cells::Numbers(vec![499.0, 15_000.123_45, 0.000_4, f64::NEG_INFINITY]),
        Cells::Numbers(vec![-26.74, 1e-7, -0.0, f64::NAN]),
        Cells::Words(vec![0, 2, 1, NOTHING]),
        Cells::Truths(vec![0, 1, 1, NOTHING]),
        Cells::Counts(vec![0, 12, 254, NOTHING]),
        Cells::Words(vec![0, 1, 0, NOTHING]),
    ];
    (layout, batch)
}

const ALL: TimeColumns = TimeColumns { utc: true, jd_ut: true, calendar: None };
const TT: TimeColumns = TimeColumns { utc: false, jd_ut: false, calendar: None };

#[test]
fn ndjson_has_an_object_a_line() {
    let (layout, batch) = two_by_two(ALL);
    let expected = concat!(
        r#"{"utc":"2026-03-20T14:33:00.007Z","jd_ut":2461120.10545,"jd_tt":2461120.10625,"body":"sun","longitude":0.0,"#,
        r#""distance":1.0,"light_time":499.0,"magnitude":-26.74,"sign":"aries","retrograde":false,"house":0,"#,
        r#""source":"table"}"#,
        "\n",
        r#"{"utc":"2026-03-20T14:33:00.007Z","jd_ut":2461120.10545,"jd_tt":2461120.10625,"body":"asteroid:433","#,
        r#""longitude":12.5,"distance":0.983327123457,"light_time":15000.123,"magnitude":0.0000001,"sign":"gemini","#,
        r#""retrograde":true,"house":12,"source":"live"}"#,
        "\n",
        r#"{"utc":"2000-01-01T00:00:00.000Z","jd_ut":2451544.99925,"jd_tt":2451545.0,"body":"sun","longitude":0.0,"#,
        r#""distance":0.0,"light_time":0.0,"magnitude":0.0,"sign":"taurus","retrograde":true,"house":254,"#,
        r#""source":"table"}"#,
        "\n",
        r#"{"utc":"2000-01-01T00:00:00.000Z","jd_ut":2451544.99925,"jd_tt":2451545.0,"body":"asteroid:433","#,
        r#""longitude":null,"distance":null,"light_time":null,"magnitude":null,"sign":null,"retrograde":null,"#,
        r#""house":null,"source":null}"#,
        "\n",
    );
    assert_eq!(text(Format::Ndjson, &layout, &[batch]), expected);
    let (layout, batch) = two_by_two(TT);
    let lines = text(Format::Ndjson, &layout, &[batch]);
    assert!(lines.starts_with(r#"{"jd_tt":2461120.10625,"body":"sun","longitude":0.0,"#), "{lines}");
}

#[test]
fn csv_has_a_header_and_plain_fields() {
    let (layout, batch) = two_by_two(ALL);
    let expected = "\
utc,jd_ut,jd_tt,body,longitude,distance,light_time,magnitude,sign,retrograde,house,source
2026-03-20T14:33:00.007Z,2461120.10545,2461120.10625,sun,0.0,1.0,499.0,-26.74,aries,false,0,table
2026-03-20T14:33:00.007Z,2461120.10545,2461120.10625,asteroid:433,12.5,0.983327123457,15000.123,0.0000001,gemini,true,12,live
2000-01-01T00:00:00.000Z,2451544.99925,2451545.0,sun,0.0,0.0,0.0,0.0,taurus,true,254,table
2000-01-01T00:00:00.000Z,2451544.99925,2451545.0,asteroid:433,,,,,,,,
";
    assert_eq!(text(Format::Csv, &layout, &[batch]), expected);
    for (time, head, row) in [
        (TT, "jd_tt,body,", "2461120.10625,sun,"),
        (TimeColumns { utc: true, ..TT }, "utc,jd_tt,body,", "2026-03-20T14:33:00.007Z,2461120.10625,sun,"),
        (TimeColumns { jd_ut: true, ..TT }, "jd_ut,jd_tt,body,", "2461120.10545,2461120.10625,sun,"),
    ] {
        let (layout, batch) = two_by_two(time);
        let text = text(Format::Csv, &layout, &[batch]);
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with(head), "{text}");
        assert!(lines.next().unwrap().starts_with(row), "{text}");
    }
}

#[test]
fn json_has_a_list_for_each_column_of_each_body() {
    let (layout, batch) = two_by_two(ALL);
    let expected = concat!(
        r#"{"query":{"bodies":["sun"],"note":"ünï"},"utc":["2026-03-20T14:33:00.007Z","2000-01-01T00:00:00.000Z"],"#,
        r#""jd_ut":[2461120.10545,2451544.99925],"jd_tt":[2461120.10625,2451545.0],"bodies":{"sun":{"#,
        r#""longitude":[0.0,0.0],"distance":[1.0,0.0],"light_time":[499.0,0.0],"magnitude":[-26.74,0.0],"#,
        r#""sign":["aries","taurus"],"retrograde":[false,true],"house":[0,254],"source":["table","table"]},"#,
        r#""asteroid:433":{"longitude":[12.5,null],"distance":[0.983327123457,null],"light_time":[15000.123,null],"#,
        r#""magnitude":[0.0000001,null],"sign":["gemini",null],"retrograde":[true,null],"house":[12,null],"#,
        r#""source":["live",null]}},"provenance":{"source":"table"}}"#,
    );
    assert_eq!(text(Format::Json, &layout, &[batch]), expected);
}

#[test]
fn tables_without_rows_bodies_or_columns_are_whole() {
    let empty = layout(ALL, &["sun"], columns());
    let none = [Batch::new(&empty)];
    for batches in [&[][..], &none[..]] {
        assert_eq!(text(Format::Ndjson, &empty, batches), "");
        assert_eq!(text(Format::Csv, &empty, batches).lines().count(), 1);
        let json: serde_json::Value = serde_json::from_str(&text(Format::Json, &empty, batches)).unwrap();
        assert_eq!((&json["jd_tt"], &json["utc"]), (&serde_json::json!([]), &serde_json::json!([])));
        assert_eq!(json["bodies"]["sun"]["source"], serde_json::json!([]));
    }
    let bare = layout(TT, &["sun", "moon"], Vec::new());
    let mut batch = Batch::new(&bare);
    batch.jd_tt = vec![0.5];
    assert_eq!(
        text(Format::Ndjson, &bare, std::slice::from_ref(&batch)),
        "{\"jd_tt\":0.5,\"body\":\"sun\"}\n{\"jd_tt\":0.5,\"body\":\"moon\"}\n"
    );
    assert_eq!(text(Format::Csv, &bare, std::slice::from_ref(&batch)), "jd_tt,body\n0.5,sun\n0.5,moon\n");
    assert!(text(Format::Json, &bare, &[batch]).contains(r#""jd_tt":[0.5],"bodies":{"sun":{},"moon":{}},"#));
    let nobody = layout(TT, &[], columns());
    let mut batch = Batch::new(&nobody);
    batch.jd_tt = vec![0.5, 1.5];
    assert_eq!(text(Format::Csv, &nobody, std::slice::from_ref(&batch)).lines().count(), 1);
    assert_eq!(text(Format::Ndjson, &nobody, std::slice::from_ref(&batch)), "");
    assert!(text(Format::Json, &nobody, &[batch]).contains(r#""jd_tt":[0.5,1.5],"bodies":{},"#));
}

#[test]
fn instants_of_all_years_are_iso_8601() {
    let leaps = LeapSeconds::built_in();
    for calendar in [None, Some(Calendar::Gregorian), Some(Calendar::Julian)] {
        let layout = layout(TimeColumns { utc: true, jd_ut: false, calendar }, &["sun"], Vec::new());
        let mut batch = Batch::new(&layout);
        batch.utc =
            vec![utc(-3_000_000, 1), utc(1_705_427, 43_200_000), utc(2_299_160, 0), utc(6_000_000, 999)];
        batch.jd_tt = vec![0.0; 4];
        let expected: Vec<String> =
            batch.utc.iter().map(|utc| utc.to_iso(Subsecond::Millisecond, calendar, &leaps)).collect();
        assert!(expected[0].starts_with("-1") && expected[3].starts_with("+1"), "{expected:?}");
        let csv = text(Format::Csv, &layout, std::slice::from_ref(&batch));
        let ours: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(ours, expected);
        let json: serde_json::Value = serde_json::from_str(&text(Format::Json, &layout, &[batch])).unwrap();
        assert_eq!(json["utc"], serde_json::json!(expected));
    }
}

#[test]
fn a_long_document_comes_in_pieces() {
    let layout = layout(ALL, &["sun", "moon", "mars"], columns());
    let mut batches = Vec::new();
    for nth in 0..20_i32 {
        let mut batch = Batch::new(&layout);
        let instants = 500 + nth;
        batch.jd_tt = (0..instants).map(|n| f64::from(n) + f64::from(nth) / 32.0).collect();
        batch.jd_ut.clone_from(&batch.jd_tt);
        batch.utc = (0..instants).map(|n| utc(n.into(), 0)).collect();
        for cells in &mut batch.cells {
            match cells {
                Cells::Numbers(numbers) => {
                    *numbers = (0..instants * 3).map(|n| f64::from(n % 7919) / 23.0).collect();
                }
                Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes) => {
                    *bytes = (0..instants * 3).map(|n| (n % 2) as u8).collect();
                }
            }
        }
        batches.push(batch);
    }
    let json = pieces(Format::Json, &layout, &batches);
    let longest = json.iter().map(Vec::len).max().unwrap();
    assert!(json.len() > 10 && longest < 256 * 1024, "{} pieces, {longest} bytes", json.len());
    let one: serde_json::Value = serde_json::from_slice(&json.concat()).unwrap();
    assert_eq!(one["jd_tt"].as_array().unwrap().len(), 20 * 500 + 190);
    assert_eq!(one["bodies"]["mars"]["source"].as_array().unwrap().len(), 20 * 500 + 190);
    let csv = text(Format::Csv, &layout, &batches);
    assert_eq!(csv.lines().count(), 1 + 3 * (20 * 500 + 190));
}

#[test]
fn a_batch_has_a_good_length() {
    for format in [Format::Json, Format::Ndjson, Format::Csv, Format::Arrow] {
        let instants = |bodies: usize| {
            let names = vec!["sun"; bodies];
            Encoder::new(format, Arc::new(layout(ALL, &names, columns())), head()).instants_per_batch()
        };
        assert!((200..=4096).contains(&instants(1)), "{format:?}: {}", instants(1));
        assert!(instants(10).abs_diff(instants(1) / 10) <= 1);
        assert_eq!(instants(10_000), 1);
    }
}

#[test]
fn rows_that_do_not_fit_are_refused() {
    let (layout, good) = two_by_two(ALL);
    let refused = |spoil: &dyn Fn(&mut Batch)| {
        for format in [Format::Json, Format::Ndjson, Format::Csv, Format::Arrow] {
            let mut batch = good.clone();
            spoil(&mut batch);
            let mut encoder = Encoder::new(format, Arc::new(layout.clone()), head());
            assert!(encoder.batch(&mut batch, &mut Chunk::new()).is_err(), "{format:?}");
        }
    };
    refused(&|batch| batch.jd_tt.push(1.0));
    refused(&|batch| batch.jd_ut.clear());
    refused(&|batch| batch.utc.truncate(1));
    refused(&|batch| drop(batch.cells.pop()));
    refused(&|batch| batch.cells[0] = Cells::Numbers(vec![1.0]));
    refused(&|batch| batch.cells[0] = Cells::Counts(vec![1; 4]));
    refused(&|batch| batch.cells[4] = Cells::Words(vec![3; 4]));
    refused(&|batch| batch.cells[5] = Cells::Truths(vec![2; 4]));
}
