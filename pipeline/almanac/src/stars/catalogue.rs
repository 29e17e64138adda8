//! The catalogue of fixed stars, as the Swiss Ephemeris' `sefstars.txt` has it.
//!
//! A line is an entry: the traditional name (may be missing), the designation, the equinox, right ascension in
//! hours, minutes and seconds, declination in degrees, minutes and seconds, proper motion in right ascension and
//! declination, radial velocity, parallax, magnitude, and what is not read, separated by commas. Lines that begin
//! with `#` and empty ones are no entries. A star with several names has a line for each.

use std::collections::HashMap;

use super::path::Path;
use super::search::Index;
use crate::error::{Error, shown};

/// The fields of a line that are read.
const FIELDS: usize = 14;
/// What stands for a magnitude where there is none: for what is faint or dark, and for poles and other points.
const NO_MAGNITUDE: [f64; 2] = [999.99, 0.0];

/// The axes and the epoch of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equinox {
    /// The International Celestial Reference System; epoch J2000.0.
    Icrs,
    /// Mean equator and equinox of J2000.0 (FK5).
    J2000,
    /// Mean equator and equinox of B1950.0 (FK4).
    B1950,
}

/// Where a star is and how it moves, at the epoch of its [`Equinox`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// The axes.
    pub equinox: Equinox,
    /// Right ascension, degrees.
    pub right_ascension_deg: f64,
    /// Declination, degrees.
    pub declination_deg: f64,
    /// Proper motion in right ascension along the great circle (times the cosine of declination), milliarcseconds
    /// a Julian year.
    pub proper_motion_ra_mas_yr: f64,
    /// Proper motion in declination, milliarcseconds a Julian year.
    pub proper_motion_dec_mas_yr: f64,
    /// Radial velocity, kilometres a second, away positive.
    pub radial_velocity_km_s: f64,
    /// Annual parallax, milliarcseconds. None is measured where it is not positive.
    pub parallax_mas: f64,
}

/// A star, or another point that stands among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Star {
    /// Traditional names, in the order of the catalogue. Some stars have none.
    pub names: Vec<String>,
    /// The designation in the Swiss Ephemeris' nomenclature: `alVir`, `al-1Cap`, `61Cyg`, `M31`.
    pub designation: String,
    /// Visual magnitude; `None` for what has none, such as a pole.
    pub magnitude: Option<f64>,
    /// The numbers of the catalogue.
    pub entry: Entry,
    /// Where it is when.
    pub path: Path,
    /// Whether a later line has other numbers for it under the same name: these are left alone.
    pub is_doubled: bool,
}

impl Star {
    /// The first traditional name, or else the designation.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names.first().map_or(&self.designation, String::as_str)
    }
}

/// The stars of a catalogue, to be found by name.
#[derive(Clone, Debug)]
pub struct Catalogue {
    stars: Vec<Star>,
    index: Index,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// Lines of one designation and the same numbers are one star. Where numbers differ under one designation,
    /// each is a star, and the designation is that of the first; a name that such a star already has stays the
    /// first's alone.
    ///
    /// # Errors
    /// [`Error::StarCatalogue`] with the first line that cannot be read, or line 0 where there is no entry at all.
    pub fn parse(text: &str) -> Result<Catalogue, Error> {
        let mut stars: Vec<Star> = Vec::new();
        let mut designated: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, star) = read(line).map_err(|problem| Error::StarCatalogue {
                line: number + 1,
                problem,
                text: shown(line),
            })?;
            let same = designated.entry(star.designation.clone()).or_default();
            let named = |&known: &usize| stars[known].names.iter().any(|known| known == name);
            if let Some(known) = same.iter().copied().find(|known| !name.is_empty() && named(known)) {
                stars[known].is_doubled |= stars[known].entry != star.entry;
                continue;
            }
            let known = same
                .iter()
                .copied()
                .find(|&known| stars[known].entry == star.entry && stars[known].magnitude == star.magnitude);
            let at = known.unwrap_or_else(|| {
                same.push(stars.len());
                stars.push(star);
                stars.len() - 1
            });
            if !name.is_empty() {
                stars[at].names.push(name.to_owned());
            }
        }
        if stars.is_empty() {
            return Err(Error::StarCatalogue { line: 0, problem: "there is none", text: String::new() });
        }
        let index = Index::of(&stars);
        Ok(Catalogue { stars, index })
    }

    /// Every star, in the order of the catalogue.
    #[must_use]
    pub fn stars(&self) -> &[Star] {
        &self.stars
    }

    /// The star of a name: a traditional name (`Spica`), the designation with or without a comma before it
    /// (`alVir`), Bayer's or Flamsteed's in words (`alpha Virginis`, `Alp Vir`, `α Vir`, `61 Cygni`), or both as
    /// the Swiss Ephemeris writes them (`Spica,alVir`). Case, spaces and punctuation do not matter, but where
    /// only case tells two designations apart (`p Puppis`, `P Puppis`). Where several stars share a name, or a
    /// Greek letter has only numbered stars (α¹ and α² Capricorni), the brightest is meant.
    ///
    /// # Errors
    /// [`Error::UnknownStar`] with the nearest name.
    pub fn find(&self, name: &str) -> Result<&Star, Error> {
        match self.index.find(&self.stars, name) {
            Some(at) => Ok(&self.stars[at]),
            None => Err(Error::UnknownStar {
                name: shown(name.trim()),
                suggestion: self.index.nearest(&self.stars, name),
            }),
        }
    }

    /// The stars up to a magnitude, the brightest first, and by name where they are equally bright.
    #[must_use]
    pub fn up_to_magnitude(&self, faintest: f64) -> Vec<&Star> {
        let mut found: Vec<(f64, &Star)> = self
            .stars
            .iter()
            .filter_map(|star| star.magnitude.filter(|magnitude| *magnitude <= faintest).map(|m| (m, star)))
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.name().cmp(b.1.name())));
        found.into_iter().map(|(_, star)| star).collect()
    }
}

/// A line's traditional name, and its star without one; or what is wrong.
fn read(line: &str) -> Result<(&str, Star), &'static str> {
    let mut fields = [""; FIELDS];
    let mut given = line.split(',').map(str::trim);
    for field in &mut fields {
        *field = given.next().ok_or("it needs fourteen fields, separated by commas")?;
    }
    let [name, designation, equinox, numbers @ ..] = fields;
    if designation.is_empty() {
        return Err("the second field, the designation, is empty");
    }
    let equinox = match equinox {
        "ICRS" => Equinox::Icrs,
        "2000" => Equinox::J2000,
        "1950" => Equinox::B1950,
        _ => return Err("the third field, the equinox, is none of ICRS, 2000 and 1950"),
    };
    let southern = numbers[3].starts_with('-');
    let mut parsed = [0.0; FIELDS - 3];
    for (parsed, text) in parsed.iter_mut().zip(numbers) {
        *parsed = text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .ok_or("one of the fields four to fourteen is no number")?;
    }
    let [
        hours,
        ra_minutes,
        ra_seconds,
        degrees,
        minutes,
        seconds,
        motion_ra,
        motion_dec,
        velocity,
        parallax,
        magnitude,
    ] = parsed;
    let right_ascension_deg = (ra_seconds / 3600.0 + ra_minutes / 60.0 + hours) * 15.0;
    let north = seconds / 3600.0 + minutes / 60.0 + degrees.abs();
    if !(0.0..360.0).contains(&right_ascension_deg) || north >= 90.0 {
        return Err("there is no such right ascension or declination");
    }
    let entry = Entry {
        equinox,
        right_ascension_deg,
        declination_deg: if southern { -north } else { north },
        proper_motion_ra_mas_yr: motion_ra,
        proper_motion_dec_mas_yr: motion_dec,
        radial_velocity_km_s: velocity,
        parallax_mas: parallax,
    };
    let star = Star {
        names: Vec::new(),
        designation: designation.to_owned(),
        magnitude: (!NO_MAGNITUDE.contains(&magnitude)).then_some(magnitude),
        entry,
        path: Path::of(&entry),
        is_doubled: false,
    };
    Ok((name, star))
}
