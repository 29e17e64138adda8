//! Which files answer a query, and how far around it nothing jumps.

use crate::body::{LiveBody, Source};
use crate::directory::EphemerisDir;
use crate::era::Era;
use crate::seams::{BodySegments, EphemerisFile, FileKind, SourceBody};

/// Calls within this many days of a block's start may reach into the block before: light from 1,700 au.
const ERA_MARGIN_DAYS: f64 = 10.0;
/// Nearer than this to a joint of segments, in days, a call is made on fresh state. Light time follows from the distance
/// to much better than this fifth of a second.
const SEAM_TOLERANCE_DAYS: f64 = 2e-6;
/// While a stencil is passed through, light time changes by less than this many days.
const LIGHT_TIME_GUARD_DAYS: f64 = 1e-4;

/// The files that answer a body at a date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cover {
    /// Index of the block among the directory's.
    pub(crate) era_index: usize,
    era: Era,
    /// First and last date that a call may have here, Julian days TT.
    start_jd: f64,
    end_jd: f64,
    /// Light must have set out at this date or later, Julian day TT.
    light_from_jd: f64,
    /// Segments of the Earth, the Moon and the body, as far as the place depends on them.
    segments: [Option<BodySegments>; 3],
}

impl Cover {
    /// The files that answer a body at a date, if they are here; `own` is the body's own file, if it has one.
    pub(crate) fn find(
        files: &EphemerisDir,
        body: LiveBody,
        own: Option<&EphemerisFile>,
        jd_tt: f64,
    ) -> Option<Cover> {
        let kinds = main_kinds(body);
        let era = Era::containing(jd_tt)?;
        let era_index = files.era_index(era)?;
        let main = files.eras().get(era_index)?;
        let (mut start_jd, mut end_jd) = main.usable(kinds);
        let mut light_from_jd =
            if files.files_of(era.previous()).is_some() { f64::NEG_INFINITY } else { start_jd };
        if let Some((own_start, own_end)) = own_limits(body, own) {
            start_jd = start_jd.max(own_start);
            end_jd = end_jd.min(own_end);
            light_from_jd = light_from_jd.max(own_start);
        }
        if !(start_jd..=end_jd).contains(&jd_tt) {
            return None;
        }
        let segments = |source: SourceBody| {
            let kind = source.file_kind();
            if kinds.contains(&kind) { main.get(kind)?.segments(source).copied() } else { None }
        };
        let of_body = body.source_body().and_then(|source| match own {
            Some(own) => own.segments(source).copied(),
            None => segments(source),
        });
        let segments = [segments(SourceBody::EarthMoonBarycenter), segments(SourceBody::Moon), of_body];
        Some(Cover { era_index, era, start_jd, end_jd, light_from_jd, segments })
    }

    /// Whether a call at a date may leave files of the block before open.
    pub(crate) fn is_beginning(&self, jd_tt: f64) -> bool {
        jd_tt < self.era.start_jd() + ERA_MARGIN_DAYS
    }

    /// Whether light that set out at a date did so before any file begins.
    pub(crate) fn precedes(&self, emitted_jd: f64) -> bool {
        emitted_jd < self.light_from_jd
    }

    /// Whether light received at a date may have set out before any file begins.
    pub(crate) fn light_may_precede(&self, jd_tt: f64) -> bool {
        jd_tt < self.light_from_jd + ERA_MARGIN_DAYS
    }

    /// Whether a date lies on a joint of segments, or so near that rounding decides on which side.
    pub(crate) fn near_seam(&self, jd_tt: f64) -> bool {
        self.segments.iter().flatten().any(|segments| segments.distance_to_seam(jd_tt) < SEAM_TOLERANCE_DAYS)
    }

    /// The longest stretch around a date within which no instant that the library evaluates crosses a seam.
    pub(crate) fn smooth_stretch(&self, jd_tt: f64, light_days: f64) -> (f64, f64) {
        let delay = light_days + LIGHT_TIME_GUARD_DAYS;
        let advance = light_days - LIGHT_TIME_GUARD_DAYS;
        let emitted = jd_tt - light_days;
        let era_start = self.era.start_jd();
        let mut low = self.start_jd.max(self.light_from_jd + delay);
        let mut high = self.end_jd;
        // Light that set out before the block did so in another file, whose own joints are far from its end.
        let same_era = emitted >= era_start;
        if same_era {
            low = low.max(era_start + delay);
        } else {
            high = high.min(era_start + advance);
        }
        for segments in self.segments.iter().flatten() {
            let (start, end) = segments.segment_at(jd_tt);
            low = low.max(start);
            high = high.min(end);
            if same_era {
                let (start, end) = segments.segment_at(emitted);
                low = low.max(start + delay);
                high = high.min(end + advance);
            }
        }
        (low.min(jd_tt), high.max(jd_tt))
    }
}

/// First and last date that the files here can answer a body for, Julian days TT.
pub(crate) fn reach(files: &EphemerisDir, body: LiveBody, own: Option<&EphemerisFile>) -> (f64, f64) {
    let (start_jd, end_jd) = files.reach(main_kinds(body));
    let (own_start, own_end) = own_limits(body, own).unwrap_or((start_jd, end_jd));
    (start_jd.max(own_start), end_jd.min(own_end))
}

/// The main files that a body's place depends on.
fn main_kinds(body: LiveBody) -> &'static [FileKind] {
    match body.source() {
        Source::Theory => &[],
        Source::Moon => &[FileKind::Moon],
        Source::Planets | Source::OwnFile(_) => &[FileKind::Planets, FileKind::Moon],
        Source::MainAsteroids => &FileKind::MAIN,
    }
}

/// Dates of a body's own file; or those within which the library admits Chiron and Pholus, whose orbits are chaotic
/// (`CHIRON_START` and so on in `sweph.h`). Julian days TT.
fn own_limits(body: LiveBody, own: Option<&EphemerisFile>) -> Option<(f64, f64)> {
    match (body, own) {
        (_, Some(own)) => Some((own.start_jd, own.end_jd)),
        (LiveBody::Chiron, None) => Some((1_967_601.5, 3_419_437.5)),
        (LiveBody::Pholus, None) => Some((640_648.5, 4_390_617.5)),
        _ => None,
    }
}
