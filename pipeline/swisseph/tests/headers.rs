//! Headers of ephemeris files, whole, cut and flipped, and files of single asteroids.

mod support;

use std::collections::BTreeSet;

use orrery_swisseph::{
    EphemerisDir, EphemerisFile, FileKind, HeaderFault, LiveBody, LiveCenter, LiveError, Session, SourceBody,
};
use support::{Random, directory_of, ephemeris, ephemeris_path, on_new_thread};

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(ephemeris_path().join(name)).unwrap()
}

#[test]
fn the_headers_say_what_they_are_known_to_say() {
    let files = ephemeris();
    let moon = files.file_at(FileKind::Moon, 2_451_545.0).unwrap();
    assert_eq!((moon.name.as_str(), moon.de_number), ("semo_18.se1", 431));
    let segments = moon.segments(SourceBody::Moon).unwrap();
    assert_eq!(segments.start_jd, 2_378_487.555_370_702);
    assert!((segments.segment_days - 27.554_551_430_949_1).abs() < 1e-12);
    let planets = files.file_at(FileKind::Planets, 2_451_545.0).unwrap();
    assert_eq!(planets.bodies.len(), 10);
    let earth = planets.segments(SourceBody::EarthMoonBarycenter).unwrap();
    assert_eq!(earth.start_jd, 2_378_495.580_455_287);
    let asteroids = files.file_at(FileKind::MainAsteroids, 2_451_545.0).unwrap();
    assert_eq!(asteroids.segments(SourceBody::Pallas).unwrap().segment_days, 500.0);
}

#[test]
fn seams_are_all_joints_of_the_valid_files_and_the_changes_between_them() {
    let directory = directory_of(&support::NINE_FILES);
    let files = EphemerisDir::open(directory.path()).unwrap();
    let seams: Vec<f64> = files.seams(SourceBody::Moon, 2_378_400.5, 2_378_600.5).collect();
    assert!(seams.is_sorted() && seams.contains(&2_378_496.5), "{seams:?}");
    // Up to the change by the old file's grid, from it on by the new one's.
    let grid = |start: f64, days: f64, jd: f64| ((jd - start) / days).rem_euclid(1.0);
    for seam in seams.iter().filter(|seam| **seam != 2_378_496.5) {
        let offset = if *seam < 2_378_496.5 {
            grid(2_159_346.179_425_162_3, 27.554_557_530_528_79, *seam)
        } else {
            grid(2_378_487.555_370_702, 27.554_551_430_949_1, *seam)
        };
        assert!(!(1e-7..=1.0 - 1e-7).contains(&offset), "{seam} {offset}");
    }
    assert_eq!(seams.len(), 9);
    // A span that begins and ends on seams has both.
    let earth: Vec<f64> = files.seams(SourceBody::EarthMoonBarycenter, 2_451_545.0, 2_453_545.0).collect();
    let again: Vec<f64> = files.seams(SourceBody::EarthMoonBarycenter, earth[0], earth[3]).collect();
    assert_eq!(again, earth[..4]);
    let one: Vec<f64> = files.seams(SourceBody::EarthMoonBarycenter, earth[1], earth[1]).collect();
    assert_eq!(one, [earth[1]]);
    assert_eq!(files.seams(SourceBody::Moon, 2_500_000.0, 2_400_000.0).count(), 0);
    assert_eq!(files.seams(SourceBody::Moon, f64::NAN, f64::NAN).count(), 0);
    let all = files.seams(SourceBody::Moon, f64::NEG_INFINITY, f64::INFINITY).count();
    assert!((23_800..24_000).contains(&all), "{all}");
}

#[test]
fn a_header_cut_anywhere_is_refused() {
    for name in ["sepl_18.se1", "semo_18.se1", "seas_18.se1"] {
        let bytes = bytes_of(name);
        let size = bytes.len() as u64;
        assert!(EphemerisFile::parse(name, &bytes, size).is_ok());
        // The planets' header is the longest; where another ends, its segments begin.
        let header = (0..8_000).find(|end| EphemerisFile::parse(name, &bytes[..*end], size).is_ok()).unwrap();
        for end in 0..header {
            let error = EphemerisFile::parse(name, &bytes[..end], size).unwrap_err();
            assert_eq!(error, HeaderFault::Cut { have: end });
        }
        for cut in [header as u64, size - 1, size + 1, 0, u64::MAX] {
            let error = EphemerisFile::parse(name, &bytes, cut).unwrap_err();
            assert!(matches!(error, HeaderFault::Length { .. }), "{error}");
        }
    }
}

#[test]
fn flipped_bits_never_panic_and_are_found_where_the_checksum_reaches() {
    let mut random = Random(42);
    for name in ["sepl_18.se1", "semo_18.se1", "seas_18.se1"] {
        let bytes = bytes_of(name);
        let whole = EphemerisFile::parse(name, &bytes, bytes.len() as u64).unwrap();
        // Up to the checksum itself every single bit counts.
        let checked = if name.starts_with("semo") { 152 } else { 162 };
        for bit in 0..checked * 8 {
            let mut flipped = bytes[..8_000].to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let parsed = EphemerisFile::parse(name, &flipped, bytes.len() as u64);
            // Letter case of the recorded name does not count, but the checksum sees it.
            assert!(parsed.is_err(), "{name} bit {bit}");
        }
        for _ in 0..20_000 {
            let mut flipped = bytes[..8_000].to_vec();
            for _ in 0..=random.below(6) {
                let bit = random.below(4_000 * 8);
                flipped[bit / 8] ^= 1 << (bit % 8);
            }
            if let Ok(parsed) = EphemerisFile::parse(name, &flipped, bytes.len() as u64) {
                assert_eq!((parsed.start_jd, parsed.end_jd), (whole.start_jd, whole.end_jd));
            }
        }
        for _ in 0..2_000 {
            let noise: Vec<u8> = (0..random.below(2_000)).map(|_| random.next() as u8).collect();
            assert!(EphemerisFile::parse(name, &noise, noise.len() as u64).is_err());
        }
    }
}

/// Turns the Ceres of `seas_18.se1` into a file of asteroid 433, as the library's own files of single asteroids are laid out.
fn asteroid_file() -> Vec<u8> {
    let main = bytes_of("seas_18.se1");
    // Three lines, byte order, length, DE number, two dates, the count and six ids, then the checksum and five constants.
    let text = main.windows(2).enumerate().filter(|(_, pair)| pair == b"\r\n").nth(2).unwrap().0 + 2;
    let mut at = text + 4 + 4 + 4 + 16 + 2 + 12 + 4 + 40;
    let mut entry = Vec::new();
    // Chiron, Pholus, Ceres: constants of 90 bytes each, for none has a reference ellipse.
    for _ in 0..3 {
        entry = main[at..at + 90].to_vec();
        at += 90;
    }
    let read = |offset: usize| i32::from_le_bytes(main[offset..offset + 4].try_into().unwrap());
    let index = i32::from_le_bytes(entry[..4].try_into().unwrap()) as usize;

    let mut header = b"SWISSEPH  1\r\nse00433s.se1\r\ncopyright\r\n".to_vec();
    header.extend_from_slice(b"   433 Eros               E. Bowell         10.31  0.46 0.92  16.8\r\n");
    header.extend_from_slice(&main[text..text + 4]);
    let length_at = header.len();
    header.extend_from_slice(&[0; 4]);
    header.extend_from_slice(&main[text + 8..text + 28]);
    header.extend_from_slice(&(1_i16 + 256).to_le_bytes());
    header.extend_from_slice(&10_433_i32.to_le_bytes());
    header.extend_from_slice(&[b' '; 30]);
    let sum_at = header.len();
    header.extend_from_slice(&[0; 4]);
    header.extend_from_slice(&main[at - 3 * 90 - 40..at - 3 * 90]);
    let entry_at = header.len();
    header.extend_from_slice(&entry);

    // The whole old file follows, so that every old offset moves by the same amount.
    let moved = header.len();
    let mut file = header;
    file.extend_from_slice(&main);
    file[entry_at..entry_at + 4].copy_from_slice(&((index + moved) as i32).to_le_bytes());
    for segment in 0..220 {
        let place = index + 3 * segment;
        let old = read(place) as u32 & 0x00ff_ffff;
        let new = (old + moved as u32).to_le_bytes();
        file[moved + place..moved + place + 3].copy_from_slice(&new[..3]);
    }
    let length = file.len() as i32;
    file[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    let sum = crc32(&file[..sum_at]);
    file[sum_at..sum_at + 4].copy_from_slice(&sum.to_le_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ (u32::from(*byte) << 24), |crc, _| (crc << 1) ^ (0x04c1_1db7 * (crc >> 31)))
    })
}

#[test]
fn an_asteroid_with_a_file_is_answered_from_it() {
    let directory = directory_of(&["sepl_18.se1", "semo_18.se1", "seas_18.se1", "seleapsec.txt"]);
    std::fs::create_dir(directory.path().join("ast0")).unwrap();
    let path = directory.path().join("ast0/se00433s.se1");
    std::fs::write(&path, asteroid_file()).unwrap();
    on_new_thread(|| {
        let files = EphemerisDir::open(directory.path()).unwrap();
        assert!(files.files().iter().any(|file| file.name == "ast0/se00433s.se1"));
        let mut session = Session::open(&files).unwrap();
        let mut random = Random(433);
        let mut places = BTreeSet::new();
        for _ in 0..200 {
            let jd = random.between(2_380_000.5, 2_597_000.5);
            // An asteroid shares its slot in the library with the Uranians.
            if random.below(3) == 0 {
                session.position(LiveBody::Cupido, LiveCenter::Geo, jd).unwrap();
            }
            for center in support::CENTERS {
                let found = session.state(LiveBody::Asteroid(433), center, jd, false).unwrap();
                assert_eq!(found, session.state(LiveBody::Ceres, center, jd, false).unwrap());
                places.insert(found.0.longitude_deg.to_bits());
            }
        }
        assert!(places.len() > 500);
        let error = session.position(LiveBody::Asteroid(433), LiveCenter::Geo, 2_378_400.5).unwrap_err();
        assert!(matches!(error, LiveError::OutsideFiles { .. }), "{error}");
    });

    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
    on_new_thread(|| {
        let mut session = Session::open(&EphemerisDir::open(directory.path()).unwrap()).unwrap();
        let error = session.position(LiveBody::Asteroid(433), LiveCenter::Geo, 2_451_545.0).unwrap_err();
        assert!(matches!(error, LiveError::BadFile { .. }), "{error}");
    });
}
