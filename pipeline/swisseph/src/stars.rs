//! Fixed stars of the library's catalogue: what Orrery's own are tested against.

use std::fs;

use libswisseph_sys as sys;

use crate::body::LiveBody;
use crate::error::LiveError;
use crate::keepsakes::keep_to_one_star_catalogue;
use crate::library::Library;
use crate::oracle::{LiveFrame, set_center, swiss};
use crate::session::{Session, refused};
use crate::view::LiveView;

/// The catalogue's file in the ephemeris directory.
const CATALOGUE: &str = "sefstars.txt";
/// Lines as long as this or longer the library would read as two (`AS_MAXCH`).
const MAX_LINE_BYTES: usize = 255;
/// Fields that a star's line must have.
const FIELDS: usize = 14;
/// Longest name that the library looks up (`SWI_STAR_LENGTH`).
const MAX_NAME_BYTES: usize = 40;

/// A star as the library has it.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveStar {
    /// Traditional name, which may be empty: `Spica`.
    pub name: String,
    /// Bayer or Flamsteed designation: `alVir`.
    pub designation: String,
    /// The place, as a frame says; the last three are zeros without speeds. Stars without parallax are put 10⁹ au away.
    pub values: [f64; 6],
    /// Visual magnitude (`swe_fixstar2_mag`).
    pub magnitude: f64,
}

impl Session {
    /// A star by its traditional name (`Spica`) or, after a comma, by its designation (`,alVir`): [`Session::fixed_stars`]
    /// of one.
    ///
    /// # Errors
    /// As for [`Session::fixed_stars`]; and there is no such star.
    pub fn fixed_star(
        &mut self,
        name: &str,
        view: impl Into<LiveView>,
        frame: LiveFrame,
        jd_tt: f64,
    ) -> Result<LiveStar, LiveError> {
        let stars = self.fixed_stars(&[name], view, frame, jd_tt)?;
        stars.into_iter().next().unwrap_or_else(|| Err(no_star(name, "it was not looked up")))
    }

    /// Stars by their names at one instant (`swe_fixstar2`), each in its turn. The library reads its whole catalogue for
    /// each such call, however many stars it is for.
    ///
    /// # Errors
    /// The date is not finite or outside the files, the site is none, or the catalogue is missing or not usable.
    pub fn fixed_stars(
        &mut self,
        names: &[&str],
        view: impl Into<LiveView>,
        frame: LiveFrame,
        jd_tt: f64,
    ) -> Result<Vec<Result<LiveStar, LiveError>>, LiveError> {
        let view = view.into();
        if !jd_tt.is_finite() {
            return Err(LiveError::NotFinite { value: jd_tt });
        }
        if let Some(site) = view.center.site() {
            site.check()?;
        }
        self.check_reach(LiveBody::Sun, jd_tt)?;
        self.check_catalogue()?;
        keep_to_one_star_catalogue(self.files())?;
        let flags = sys::SEFLG_SWIEPH | view.flags() | frame.flags();
        let (sun, stars) = self.isolated(|library| {
            // The library does not tell from which ephemeris it took the Earth for a star.
            let sun = library.calc(jd_tt, LiveBody::Sun.number(), sys::SEFLG_SWIEPH);
            set_center(library, view.center);
            (sun, names.iter().map(|name| star(library, name, jd_tt, flags)).collect())
        });
        swiss(LiveBody::Sun, jd_tt, sun)?;
        Ok(stars)
    }

    /// Whether the catalogue is there, and every line such as the C reader takes on trust.
    fn check_catalogue(&self) -> Result<(), LiveError> {
        let path = self.files().path().join(CATALOGUE);
        let fault = match fs::read(&path) {
            Ok(bytes) => catalogue_fault(&bytes),
            Err(error) => Some(error.to_string()),
        };
        fault.map_or(Ok(()), |reason| Err(LiveError::Unreadable { path, reason }))
    }
}

/// What is wrong with a catalogue: the C reader uses fields of a line before it has counted them.
fn catalogue_fault(bytes: &[u8]) -> Option<String> {
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let record = line.split(|byte| *byte == b'\r').next().unwrap_or_default();
        // Separators that follow each other count as one.
        let separators = record.windows(2).filter(|pair| pair[0] == b',' && pair[1] != b',').count();
        let fault = if line.len() >= MAX_LINE_BYTES {
            "is too long"
        } else if line.contains(&0) {
            "contains a NUL"
        } else if !record.is_empty() && record[0] != b'#' && separators + 1 < FIELDS {
            "has too few fields"
        } else {
            continue;
        };
        return Some(format!("line {} {fault}", index + 1));
    }
    None
}

fn star(library: &mut Library, name: &str, jd_tt: f64, flags: u32) -> Result<LiveStar, LiveError> {
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        return Err(no_star(name, "names have 1 to 40 characters"));
    }
    if !name.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(no_star(name, "names are of ASCII"));
    }
    // The library takes a number for a line of the catalogue, and a percent sign for any end of a name.
    let first = name.trim_start().bytes().next().unwrap_or(b'%');
    if first.is_ascii_digit() || name.contains('%') {
        return Err(no_star(name, "numbers and patterns are no names"));
    }
    let (found, values) = library.star(name, jd_tt, flags).map_err(|reason| no_star(name, &reason))?;
    let (traditional, designation) = found.rsplit_once(',').unwrap_or((&found, ""));
    let (traditional, designation) = (traditional.trim(), designation.trim());
    if !is_named(name, traditional, designation) {
        return Err(no_star(name, &format!("the library took it for {found:?}")));
    }
    if !values.iter().all(|value| value.is_finite()) || values[..3].iter().all(|value| *value == 0.0) {
        return Err(refused(name, jd_tt, "it answered no place".to_owned()));
    }
    let magnitude = library.star_magnitude(name).map_err(|reason| no_star(name, &reason))?;
    Ok(LiveStar { name: traditional.to_owned(), designation: designation.to_owned(), values, magnitude })
}

/// Whether a star is the one that was asked for: names that begin as some built-in ones do (`Spicata`) the library takes for
/// these.
fn is_named(asked: &str, traditional: &str, designation: &str) -> bool {
    let packed = |text: &str| text.replace(' ', "");
    match asked.split_once(',') {
        Some((_, asked)) => packed(asked) == packed(designation),
        None => packed(asked).eq_ignore_ascii_case(&packed(traditional)),
    }
}

fn no_star(name: &str, reason: &str) -> LiveError {
    LiveError::NoStar { name: name.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_that_the_library_would_misread_is_refused() {
        let line = "Spica,alVir,ICRS,13,25,11.57937,-11,09,40.7501,-42.35,-30.67,1,13.06,0.97,-10, 3672";
        assert_eq!(catalogue_fault(format!("# stars\n\n{line}\r\n{line}").as_bytes()), None);
        assert_eq!(catalogue_fault(b""), None);
        for (wrong, fault) in [
            ("Spica", "line 2 has too few fields"),
            ("Spica,alVir,ICRS", "line 2 has too few fields"),
            (&line.replace("-42.35,-30.67,1", ",,"), "line 2 has too few fields"),
            (&line.replace("Spica", "Spi\0ca"), "line 2 contains a NUL"),
            (&format!("{line}{}", " ".repeat(200)), "line 2 is too long"),
        ] {
            let found = catalogue_fault(format!("{line}\n{wrong}\n").as_bytes());
            assert_eq!(found.as_deref(), Some(fault), "{wrong}");
        }
    }
}
