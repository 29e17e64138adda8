//! The 600-year blocks by which the main ephemeris files are named.

use crate::seams::FileKind;

/// Years that one main ephemeris file covers (`NCTIES` in `sweph.h` is six centuries).
const ERA_YEARS: i32 = 600;

/// From this Julian day (1600-01-01) file names follow the Gregorian calendar, before it the Julian one
/// (`swi_gen_filename` in `swephlib.c`).
const GREGORIAN_FROM_YEAR: i32 = 1600;

/// Dates beyond this many days from the epoch of Julian days have no file; the bound keeps the arithmetic small.
const WILD_JD: f64 = 1e7;

/// One 600-year block: the period for which the library opens the files of one suffix, such as `_18`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Era(i32);

impl Era {
    /// The block that a date (Julian day, TT) belongs to; `None` for dates that are not finite or absurd.
    #[must_use]
    pub fn containing(jd_tt: f64) -> Option<Era> {
        if !jd_tt.is_finite() || jd_tt.abs() > WILD_JD {
            return None;
        }
        let guess = (jd_tt - 1_721_057.5) / 365.25 / f64::from(ERA_YEARS);
        let mut era = Era(guess.floor() as i32);
        while jd_tt < era.start_jd() {
            era = Era(era.0 - 1);
        }
        while jd_tt >= era.end_jd() {
            era = Era(era.0 + 1);
        }
        Some(era)
    }

    /// The block that a file's name ends in (`_18`, `m06`), or `None` where the suffix is no such block.
    pub(crate) fn from_suffix(suffix: &str) -> Option<Era> {
        let sign = match suffix.get(..1)? {
            "_" => 1,
            "m" => -1,
            _ => return None,
        };
        let digits = suffix.get(1..)?;
        if !(2..=3).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let century = sign * digits.parse::<i32>().ok()?;
        let centuries = ERA_YEARS / 100;
        (century % centuries == 0).then_some(Era(century / centuries))
    }

    /// First year of the block, astronomical count.
    #[must_use]
    pub fn start_year(self) -> i32 {
        self.0 * ERA_YEARS
    }

    /// First instant of the block, Julian day: 1 January 0h in the calendar that file names follow.
    #[must_use]
    pub fn start_jd(self) -> f64 {
        let year = self.start_year();
        let leap_days = (year + 3).div_euclid(4);
        if year >= GREGORIAN_FROM_YEAR {
            let leap_days = leap_days - (year + 99).div_euclid(100) + (year + 399).div_euclid(400);
            1_721_059.5 + 365.0 * f64::from(year) + f64::from(leap_days)
        } else {
            1_721_057.5 + 365.0 * f64::from(year) + f64::from(leap_days)
        }
    }

    /// First instant after the block, Julian day.
    #[must_use]
    pub fn end_jd(self) -> f64 {
        self.next().start_jd()
    }

    /// The block before this one, in which light received at this block's start may have set out.
    #[must_use]
    pub fn previous(self) -> Era {
        Era(self.0 - 1)
    }

    /// The block after this one.
    #[must_use]
    pub fn next(self) -> Era {
        Era(self.0 + 1)
    }

    /// Name of the file of this block, such as `semo_18.se1`; `None` for files of single asteroids, which know no blocks.
    #[must_use]
    pub fn file_name(self, kind: FileKind) -> Option<String> {
        let stem = kind.stem()?;
        let century = self.0 * (ERA_YEARS / 100);
        let sign = if century < 0 { 'm' } else { '_' };
        Some(format!("{stem}{sign}{:02}.se1", century.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_start_where_the_library_starts_them() {
        for century in (-54..=48).step_by(6) {
            let year = century * 100;
            let calendar = u32::from(year >= GREGORIAN_FROM_YEAR);
            let start = swisseph::swe::julday(year, 1, 1, 0.0, calendar);
            let era = Era::containing(start).unwrap();
            assert_eq!(era.start_year(), year);
            assert_eq!(era.start_jd(), start);
            assert_eq!(Era::containing(start.next_down()), Some(era.previous()));
        }
    }

    #[test]
    fn names_go_there_and_back() {
        let era = Era::containing(2_451_545.0).unwrap();
        assert_eq!(era.file_name(FileKind::Moon).as_deref(), Some("semo_18.se1"));
        assert_eq!(Era::from_suffix("_18"), Some(era));
        let ancient = Era::containing(1_600_000.5).unwrap();
        assert_eq!(ancient.file_name(FileKind::Planets).as_deref(), Some("seplm06.se1"));
        assert_eq!(Era::from_suffix("m06"), Some(ancient));
        for wrong in ["", "_", "_1", "18", "_17", "x18", "_1800", "_+6", "é6"] {
            assert_eq!(Era::from_suffix(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn wild_dates_have_no_block() {
        for jd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            assert_eq!(Era::containing(jd), None);
        }
    }
}
