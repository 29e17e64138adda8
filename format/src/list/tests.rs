use std::path::PathBuf;

use proptest::prelude::*;
use rkyv::deserialize;

use super::*;
use crate::eclipse::Elements;
use crate::event::NO_BODY;
use crate::layout::{CHECKED_BYTES, LAYOUT_VERSION};

const SPAN: (f64, f64) = (2_451_545.0, 2_451_910.0);

fn event(jd_tt: f64) -> EventRecord {
    EventRecord {
        jd_tt,
        end_jd_tt: if jd_tt % 2.0 < 1.0 { jd_tt + 0.25 } else { f64::NAN },
        value: jd_tt / 7.0,
        kind: jd_tt as u16,
        body: 3,
        partner: NO_BODY,
        detail: 0x0102,
    }
}

fn events(count: usize) -> Vec<EventRecord> {
    // Some at the same instant.
    (0..count).map(|nth| event(SPAN.0 + (nth / 2) as f64 * 1.25)).collect()
}

fn solar(greatest_jd_tt: f64) -> SolarEclipse {
    let elements = Elements {
        t0_jd_tt: greatest_jd_tt.round(),
        reach_h: 4.0,
        x: [0.5; 6],
        y: [-0.25; 6],
        d_deg: [11.0; 4],
        mu_deg: [75.0; 4],
        l1: [0.54; 5],
        l2: [-0.008; 5],
        tan_f1: [0.0046; 2],
        tan_f2: [0.0047; 2],
    };
    SolarEclipse {
        greatest_jd_tt,
        gamma: 0.34,
        magnitude: 1.03,
        obscuration: 1.0,
        latitude_deg: 37.0,
        ephemeris_longitude_deg: -87.0,
        sun_altitude_deg: 64.0,
        sun_azimuth_deg: 198.0,
        central_duration_s: 160.0,
        path_width_km: 114.0,
        penumbra_jd_tt: [1.0, f64::NAN, f64::NAN, 2.0],
        umbra_jd_tt: [1.25, 1.5, 1.625, 1.75],
        axis_jd_tt: [1.25, 1.75],
        elements,
        saros: 145,
        saros_member: 22,
        kind: 2,
    }
}

fn lunar(greatest_jd_tt: f64) -> LunarEclipse {
    LunarEclipse {
        greatest_jd_tt,
        gamma: -0.3,
        umbral_magnitude: 1.2,
        penumbral_magnitude: 2.1,
        latitude_deg: 5.0,
        ephemeris_longitude_deg: 100.0,
        penumbra_jd_tt: [1.0, 2.0],
        umbra_jd_tt: [1.25, 1.5, 1.625, 1.75],
        saros: 130,
        saros_member: 34,
        kind: 2,
    }
}

struct Scratch {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

impl Scratch {
    fn new(bytes: &[u8]) -> Scratch {
        let dir = tempfile::tempdir().unwrap();
        let scratch = Scratch { path: dir.path().join("almanac.orrery"), _dir: dir };
        scratch.write(bytes);
        scratch
    }

    fn write(&self, bytes: &[u8]) {
        std::fs::write(&self.path, bytes).unwrap();
    }
}

/// The header's own hash made right again, and the archive's with it.
fn reseal(bytes: &mut [u8]) {
    let payload = *blake3::hash(&bytes[HEADER_BYTES..]).as_bytes();
    bytes[192..224].copy_from_slice(&payload);
    let check = blake3::hash(&bytes[..CHECKED_BYTES]);
    bytes[CHECKED_BYTES..HEADER_BYTES].copy_from_slice(&check.as_bytes()[..16]);
}

/// Bits of a record, so that NaN is NaN.
fn bits(record: &EventRecord) -> ([u64; 3], [u16; 4]) {
    let EventRecord { jd_tt, end_jd_tt, value, kind, body, partner, detail } = *record;
    ([jd_tt, end_jd_tt, value].map(f64::to_bits), [kind, body, partner, detail])
}

fn back(entries: &[<EventRecord as Archive>::Archived]) -> Vec<EventRecord> {
    entries.iter().map(|entry| deserialize::<_, rancor::Error>(entry).unwrap()).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let written = events(101);
    let bytes = encode(SPAN, written.clone(), "{\"a\":1}".into()).unwrap();
    assert_eq!(bytes, encode(SPAN, written.clone(), "{\"a\":1}".into()).unwrap(), "not the same bytes twice");
    let scratch = Scratch::new(&bytes);
    for check in [Check::Structure, Check::EveryByte] {
        let list = List::<EventRecord>::open(&scratch.path, check).unwrap();
        assert!(back(list.entries()).iter().map(bits).eq(written.iter().map(bits)));
        let about = list.about();
        assert_eq!((about.start_jd_tt(), about.end_jd_tt()), SPAN);
        assert_eq!((about.name(), about.entries(), about.recipe()), (ListName::Almanac, 101, "{\"a\":1}"));
        assert_eq!(about.recipe_hash(), *blake3::hash(b"{\"a\":1}").as_bytes());
        assert_eq!(about.entries_at(), HEADER_BYTES, "entries do not stand first");
        // In place, not copied.
        let file = about.mapping().bytes().as_ptr_range();
        assert!(file.contains(&list.entries().as_ptr().cast()));
    }
}

#[test]
fn eclipses_are_read_back_and_kinds_are_not_confused() {
    let suns = vec![solar(SPAN.0), solar(SPAN.0 + 177.0)];
    let moons = vec![lunar(SPAN.0 + 15.0)];
    let scratch = Scratch::new(&encode(SPAN, suns.clone(), "s".into()).unwrap());
    let list = List::<SolarEclipse>::open(&scratch.path, Check::EveryByte).unwrap();
    let read: SolarEclipse = deserialize::<_, rancor::Error>(&list.entries()[1]).unwrap();
    // NaN is not itself, so the words tell.
    assert_eq!(format!("{read:?}"), format!("{:?}", suns[1]));
    let other = List::<LunarEclipse>::open(&scratch.path, Check::Structure).unwrap_err().to_string();
    assert!(other.contains("at byte 80") && other.contains("solar_eclipses"), "{other}");
    assert!(matches!(AnyList::open(&scratch.path, Check::EveryByte).unwrap(), AnyList::SolarEclipses(_)));

    scratch.write(&encode(SPAN, moons.clone(), "m".into()).unwrap());
    let list = List::<LunarEclipse>::open(&scratch.path, Check::EveryByte).unwrap();
    let read: LunarEclipse = deserialize::<_, rancor::Error>(&list.entries()[0]).unwrap();
    assert_eq!(read, moons[0]);
    assert!(matches!(AnyList::open(&scratch.path, Check::EveryByte).unwrap(), AnyList::LunarEclipses(_)));
}

#[test]
fn an_empty_list_has_nothing_at_any_time() {
    let scratch = Scratch::new(&encode::<EventRecord>(SPAN, Vec::new(), String::new()).unwrap());
    let list = List::<EventRecord>::open(&scratch.path, Check::EveryByte).unwrap();
    assert!(list.entries().is_empty() && list.range(f64::MIN..f64::MAX).is_empty());
    assert_eq!(list.first_at_or_after(SPAN.0), 0);
}

proptest! {
    #[test]
    fn searches_find_what_a_scan_finds(days in prop::collection::vec(0_u32..365 * 4, 0..60), from in -8..380 * 4_i32, to in -8..380 * 4_i32) {
        let mut days = days;
        days.sort_unstable();
        let written: Vec<_> = days.iter().map(|&day| event(SPAN.0 + f64::from(day) / 4.0)).collect();
        let scratch = Scratch::new(&encode(SPAN, written.clone(), String::new()).unwrap());
        let list = List::<EventRecord>::open(&scratch.path, Check::EveryByte).unwrap();
        let [from, to] = [from, to].map(|quarter| SPAN.0 + f64::from(quarter) / 4.0);
        let scanned: Vec<_> = written.iter().filter(|it| from <= it.jd_tt && it.jd_tt < to).map(bits).collect();
        prop_assert_eq!(back(list.range(from..to)).iter().map(bits).collect::<Vec<_>>(), scanned);
        let first = written.iter().position(|it| it.jd_tt >= from).unwrap_or(written.len());
        prop_assert_eq!(list.first_at_or_after(from), first);
        prop_assert!(list.range(f64::NAN..to).is_empty() || to > SPAN.0);
        prop_assert!(list.range(from..f64::NAN).is_empty());
    }
}

#[test]
fn entries_that_make_no_list_are_not_written() {
    let refused = |span: (f64, f64), entries: Vec<EventRecord>| {
        encode(span, entries, String::new()).expect_err("written").to_string()
    };
    let at = |jd_tt: f64| event(jd_tt);
    assert!(refused(SPAN, vec![at(SPAN.0 + 2.0), at(SPAN.0 + 1.0)]).contains("entry 1 comes before"));
    for outside in [SPAN.0.next_down(), SPAN.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(
            refused(SPAN, vec![at(SPAN.0), EventRecord { jd_tt: outside, ..at(SPAN.0) }])
                .contains("entry 1 lies")
        );
    }
    for end in [SPAN.0 - 1.0, f64::INFINITY] {
        let ends = EventRecord { end_jd_tt: end, ..at(SPAN.0) };
        assert!(refused(SPAN, vec![ends]).contains("entry 0 ends before"));
    }
    for span in [(SPAN.1, SPAN.0), (SPAN.0, SPAN.0), (f64::NAN, SPAN.1), (SPAN.0, f64::INFINITY)] {
        assert!(refused(span, Vec::new()).contains("no span"));
    }
    let error = encode(SPAN, vec![at(0.0)], String::new()).unwrap_err();
    assert!(error.path().is_none() && error.to_string().starts_with("list almanac: "), "{error}");
}

#[test]
fn eclipses_of_unknown_kinds_are_refused() {
    for kind in 0..=u8::MAX {
        let sun =
            encode(SPAN, vec![solar(SPAN.0), SolarEclipse { kind, ..solar(SPAN.0 + 1.0) }], "{}".into());
        let moon = encode(SPAN, vec![LunarEclipse { kind, ..lunar(SPAN.0) }], "{}".into());
        for (written, kinds, nth) in [(sun, 4, 1), (moon, 3, 0)] {
            match written {
                Ok(_) => assert!(kind < kinds, "{kind}"),
                Err(error) => {
                    let fault = format!("entry {nth} is of an unknown kind");
                    assert!(kind >= kinds && error.to_string().contains(&fault), "{kind}: {error}");
                }
            }
        }
    }
    // The same in a file.
    let good = encode(SPAN, vec![solar(SPAN.0), solar(SPAN.0 + 1.0)], "{}".into()).unwrap();
    let scratch = Scratch::new(&good);
    let at = HEADER_BYTES + 456;
    let mut bytes = good;
    bytes[at + 452] = 4;
    reseal(&mut bytes);
    scratch.write(&bytes);
    let error = AnyList::open(&scratch.path, Check::EveryByte).unwrap_err().to_string();
    assert!(error.contains(&format!("at byte {at}: entry 1 is of an unknown kind")), "{error}");
    assert!(AnyList::open(&scratch.path, Check::Structure).is_ok());
}

#[test]
fn disorder_in_a_file_is_named_with_its_byte() {
    let good = encode(SPAN, events(20), "{}".into()).unwrap();
    let scratch = Scratch::new(&good);
    for (nth, field, value, what) in [
        (7, 0, SPAN.0, "entry 7 comes before"),
        (0, 0, SPAN.0 - 1.0, "entry 0 lies outside"),
        (19, 0, SPAN.1, "entry 19 lies outside"),
        (3, 0, f64::NAN, "entry 3 lies outside"),
        (4, 8, 0.0, "entry 4 ends before"),
        (5, 8, f64::NEG_INFINITY, "entry 5 ends before"),
    ] {
        let mut bytes = good.clone();
        let at = HEADER_BYTES + 32 * nth;
        bytes[at + field..at + field + 8].copy_from_slice(&value.to_le_bytes());
        reseal(&mut bytes);
        scratch.write(&bytes);
        let error = List::<EventRecord>::open(&scratch.path, Check::EveryByte).unwrap_err().to_string();
        assert!(error.contains(what) && error.contains(&format!("at byte {at}:")), "{error}");
        // Without the order checked a search finds something or other, and nothing breaks.
        let list = List::<EventRecord>::open(&scratch.path, Check::Structure).unwrap();
        let _ = list.range(SPAN.0 + 1.0..SPAN.1).len();
    }
}

/// Opens damaged bytes in all ways; with every byte checked they must be refused, unless they were sealed again.
fn try_bytes(scratch: &Scratch, bytes: &[u8], sealed: bool, what: &str) -> bool {
    scratch.write(bytes);
    let every_byte = AnyList::open(&scratch.path, Check::EveryByte);
    assert!(sealed || every_byte.is_err(), "{what}: passed with every byte checked");
    if let Err(error) = &every_byte {
        assert!(error.to_string().contains("almanac.orrery"), "{what}: {error}");
    }
    match AnyList::open(&scratch.path, Check::Structure) {
        Ok(AnyList::Almanac(list)) => {
            for jd_tt in [f64::NAN, f64::MIN, SPAN.0, SPAN.0 + 3.0, SPAN.1, f64::MAX] {
                let _ = (list.first_at_or_after(jd_tt), list.range(jd_tt..SPAN.1).len());
            }
            let _ = back(list.entries());
            true
        }
        Ok(_) => panic!("{what}: another list"),
        Err(_) => false,
    }
}

#[test]
fn every_bit_and_every_length() {
    let good = encode(SPAN, events(9), "{\"recipe\":true}".into()).unwrap();
    let scratch = Scratch::new(&good);
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            try_bytes(&scratch, &bytes, false, &format!("bit {bit} of byte {at}"));
        }
        try_bytes(&scratch, &good[..at], false, &format!("cut to {at}"));
    }
    try_bytes(&scratch, &[&good[..], b"\n"].concat(), false, "a byte longer");
}

#[test]
fn ill_will_with_right_hashes_breaks_nothing() {
    const WORST: [u64; 10] = [
        0,
        1,
        u64::MAX,
        u64::MAX / 2,
        1 << 63,
        0x7fff_ffff_7fff_ffff,
        0x7ff8_0000_0000_0000,
        0x7ff0_0000_0000_0000,
        0xfff0_0000_0000_0000,
        0x4330_0000_0000_0000,
    ];
    let good = encode(SPAN, events(9), "{\"recipe\":true}".into()).unwrap();
    let scratch = Scratch::new(&good);
    let mut passed = 0;
    for at in (0..good.len() - 8).step_by(4) {
        for worst in WORST {
            let mut bytes = good.clone();
            bytes[at..at + 8].copy_from_slice(&worst.to_le_bytes());
            reseal(&mut bytes);
            passed +=
                usize::from(try_bytes(&scratch, &bytes, true, &format!("{worst:x} at byte {at}, sealed")));
        }
    }
    // Values and reserved bytes may be anything; lengths and places may not.
    assert!(passed > 100, "{passed}");
    for at in (16..64).step_by(8) {
        for worst in WORST {
            let mut bytes = good.clone();
            bytes[at..at + 8].copy_from_slice(&worst.to_le_bytes());
            reseal(&mut bytes);
            assert!(!try_bytes(&scratch, &bytes, true, "lengths"), "{worst:x} at byte {at} passed");
        }
    }
}

#[test]
fn blocks_lists_and_other_versions_are_told_apart() {
    let good = encode(SPAN, events(3), String::new()).unwrap();
    let scratch = Scratch::new(&good);
    assert!(
        crate::Block::open(&scratch.path, Check::EveryByte)
            .unwrap_err()
            .to_string()
            .contains("no Orrery block")
    );
    let mut bytes = good.clone();
    bytes[..8].copy_from_slice(&<crate::layout::BlockFields as crate::header::Fields>::MAGIC);
    scratch.write(&bytes);
    assert!(
        AnyList::open(&scratch.path, Check::EveryByte).unwrap_err().to_string().contains("no Orrery list")
    );
    let mut bytes = good.clone();
    bytes[8..12].copy_from_slice(&(LAYOUT_VERSION + 1).to_le_bytes());
    scratch.write(&bytes);
    let error = AnyList::open(&scratch.path, Check::EveryByte).unwrap_err();
    assert!(matches!(error, FormatError::Version { found, .. } if found == LAYOUT_VERSION + 1), "{error}");
    let mut bytes = good;
    bytes[80..87].copy_from_slice(b"almanak");
    reseal(&mut bytes);
    scratch.write(&bytes);
    let error = AnyList::open(&scratch.path, Check::EveryByte).unwrap_err().to_string();
    assert!(error.contains("unknown list") && error.contains("at byte 80"), "{error}");
}

#[test]
fn names_are_found_again() {
    for list in ListName::ALL {
        assert_eq!(ListName::from_name(list.name()), Some(list));
        assert!(list.name().len() <= 32);
    }
    assert_eq!(ListName::from_name("almanacs"), None);
    assert!(ListName::ALL.is_sorted());
}
