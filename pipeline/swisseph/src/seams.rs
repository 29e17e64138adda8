//! What the headers of `.se1` files tell, and where their polynomials join.
//!
//! The files hold Chebyshev polynomials over equal segments, body by body. Where two segments join, a position jumps:
//! by 0.0008″ (Moon) to 0.003″ (Ceres), and by arcseconds in the Moon's osculating points. A fit or a difference quotient that
//! straddles such a seam is wrong. This module reads the joints from the headers alone, without the C library.

pub use crate::header::HeaderFault;

use crate::directory::EphemerisDir;
use crate::era::Era;

/// A body as the ephemeris files number it (`SEI_…` in `sweph.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceBody {
    /// The barycentre of Earth and Moon. Every geocentric place feels its seams.
    EarthMoonBarycenter,
    /// The Moon, geocentric.
    Moon,
    /// Mercury.
    Mercury,
    /// Venus.
    Venus,
    /// Mars.
    Mars,
    /// Jupiter.
    Jupiter,
    /// Saturn.
    Saturn,
    /// Uranus.
    Uranus,
    /// Neptune.
    Neptune,
    /// Pluto.
    Pluto,
    /// The Sun as seen from the barycentre.
    SunBarycentric,
    /// (2060) Chiron.
    Chiron,
    /// (5145) Pholus.
    Pholus,
    /// (1) Ceres.
    Ceres,
    /// (2) Pallas.
    Pallas,
    /// (3) Juno.
    Juno,
    /// (4) Vesta.
    Vesta,
    /// An asteroid with a file of its own.
    Asteroid(u32),
}

const FIRST_ASTEROID_ID: i32 = 10_000;

impl SourceBody {
    /// The body of an id in a file, or `None` where the C library has no slot for it.
    #[must_use]
    pub fn from_id(id: i32) -> Option<SourceBody> {
        Some(match id {
            0 => SourceBody::EarthMoonBarycenter,
            1 => SourceBody::Moon,
            2 => SourceBody::Mercury,
            3 => SourceBody::Venus,
            4 => SourceBody::Mars,
            5 => SourceBody::Jupiter,
            6 => SourceBody::Saturn,
            7 => SourceBody::Uranus,
            8 => SourceBody::Neptune,
            9 => SourceBody::Pluto,
            10 => SourceBody::SunBarycentric,
            12 => SourceBody::Chiron,
            13 => SourceBody::Pholus,
            14 => SourceBody::Ceres,
            15 => SourceBody::Pallas,
            16 => SourceBody::Juno,
            17 => SourceBody::Vesta,
            _ if id > FIRST_ASTEROID_ID => SourceBody::Asteroid((id - FIRST_ASTEROID_ID) as u32),
            _ => return None,
        })
    }

    /// The kind of file that holds the body.
    #[must_use]
    pub fn file_kind(self) -> FileKind {
        match self {
            SourceBody::Moon => FileKind::Moon,
            SourceBody::Chiron
            | SourceBody::Pholus
            | SourceBody::Ceres
            | SourceBody::Pallas
            | SourceBody::Juno
            | SourceBody::Vesta => FileKind::MainAsteroids,
            SourceBody::Asteroid(number) => FileKind::Asteroid(number),
            _ => FileKind::Planets,
        }
    }
}

/// What an ephemeris file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// `sepl…`: the planets, the Earth and the Sun.
    Planets,
    /// `semo…`: the Moon.
    Moon,
    /// `seas…`: Chiron, Pholus, Ceres, Pallas, Juno and Vesta.
    MainAsteroids,
    /// `se00433.se1` or `se00433s.se1`: one numbered asteroid.
    Asteroid(u32),
}

impl FileKind {
    /// The kinds of files that come in 600-year blocks.
    pub const MAIN: [FileKind; 3] = [FileKind::Planets, FileKind::Moon, FileKind::MainAsteroids];

    /// The first letters of the names of files in 600-year blocks.
    pub(crate) fn stem(self) -> Option<&'static str> {
        match self {
            FileKind::Planets => Some("sepl"),
            FileKind::Moon => Some("semo"),
            FileKind::MainAsteroids => Some("seas"),
            FileKind::Asteroid(_) => None,
        }
    }

    /// Kind and block that a main file's name stands for.
    pub(crate) fn of_main_file(name: &str) -> Option<(FileKind, Era)> {
        let stem = name.strip_suffix(".se1")?;
        FileKind::MAIN.iter().find_map(|kind| {
            let suffix = stem.strip_prefix(kind.stem()?)?;
            Some((*kind, Era::from_suffix(suffix)?))
        })
    }
}

/// The segments of one body in one file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BodySegments {
    /// The body.
    pub body: SourceBody,
    /// Start of the first segment, Julian day TT; may lie before the file's own start.
    pub start_jd: f64,
    /// End of the last segment, Julian day TT; may lie after the file's own end.
    pub end_jd: f64,
    /// Length of a segment, days.
    pub segment_days: f64,
    /// Chebyshev terms a coordinate.
    pub terms: u8,
}

impl BodySegments {
    /// Start and end of the segment in which the C library places a date (`get_new_segment` in `sweph.c`), Julian days TT.
    /// Meant for dates within the file.
    #[must_use]
    pub fn segment_at(&self, jd_tt: f64) -> (f64, f64) {
        let index = ((jd_tt - self.start_jd) / self.segment_days).trunc();
        let start = self.start_jd + index * self.segment_days;
        (start, start + self.segment_days)
    }

    /// Days from a date to the nearest joint of two segments.
    pub(crate) fn distance_to_seam(&self, jd_tt: f64) -> f64 {
        let segments = (jd_tt - self.start_jd) / self.segment_days;
        (segments - segments.round()).abs() * self.segment_days
    }
}

/// What the header of one `.se1` file says.
#[derive(Clone, Debug, PartialEq)]
pub struct EphemerisFile {
    /// File name, as the header records it: `sepl_18.se1`.
    pub name: String,
    /// What it is for.
    pub kind: FileKind,
    /// Number of the JPL ephemeris it was made from: 431 for DE431.
    pub de_number: i32,
    /// First date it may be used for, Julian day TT.
    pub start_jd: f64,
    /// Last date it may be used for, Julian day TT.
    pub end_jd: f64,
    /// Length in bytes, recorded and found.
    pub size_bytes: u64,
    /// The bodies in it, in their order in the file.
    pub bodies: Vec<BodySegments>,
}

impl EphemerisFile {
    /// Reads a header: `bytes` are the file's first ones (16 KiB hold any header), `size_bytes` its whole length.
    ///
    /// Every size, count and reference that the C reader relies on is checked, beside the recorded length and the
    /// checksum, so that a file accepted here cannot make it read or write out of bounds.
    ///
    /// # Errors
    /// The first fault found, in the order in which the C library meets them.
    pub fn parse(name: &str, bytes: &[u8], size_bytes: u64) -> Result<EphemerisFile, HeaderFault> {
        crate::header::parse(name, bytes, size_bytes)
    }

    /// The segments of a body, if the file holds it.
    #[must_use]
    pub fn segments(&self, body: SourceBody) -> Option<&BodySegments> {
        self.bodies.iter().find(|segments| segments.body == body)
    }
}

impl EphemerisDir {
    /// The seams of a body of the main files from `start_jd` to `end_jd`, both included, in ascending order, Julian days
    /// TT: every joint of two segments, by the file that is valid at the date, and every change from one file to the next.
    ///
    /// They are dates of the source body itself. A place seen from elsewhere feels them one light time later, and those of
    /// [`SourceBody::EarthMoonBarycenter`] at once.
    pub fn seams(&self, body: SourceBody, start_jd: f64, end_jd: f64) -> impl Iterator<Item = f64> + '_ {
        let kind = body.file_kind();
        // False for bounds that are no numbers, too.
        let in_order = start_jd <= end_jd;
        self.eras().iter().filter(move |_| in_order).flat_map(move |files| {
            let era = files.era;
            let from = era.start_jd().max(start_jd);
            let to = era.end_jd().min(end_jd);
            let change = (self.files_of(era.previous()).is_some()
                && start_jd <= era.start_jd()
                && era.start_jd() <= end_jd)
                .then_some(era.start_jd());
            let joints = files
                .get(kind)
                .and_then(|file| file.segments(body))
                .filter(|_| from <= to)
                .into_iter()
                .flat_map(move |segments| {
                    let first = ((from - segments.start_jd) / segments.segment_days).ceil().max(1.0) as i64;
                    let last_inner =
                        ((segments.end_jd - segments.start_jd) / segments.segment_days).round() as i64 - 1;
                    // One either way: the quotient may be rounded across the joint itself.
                    ((first - 1).max(1)..=last_inner)
                        .map(|index| segments.start_jd + index as f64 * segments.segment_days)
                        .skip_while(move |seam| *seam < from)
                        .take_while(move |seam| *seam <= to)
                        .filter(move |seam| era.start_jd() < *seam && *seam < era.end_jd())
                });
            change.into_iter().chain(joints)
        })
    }
}
