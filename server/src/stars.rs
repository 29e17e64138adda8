//! The catalogue of fixed stars as a server keeps it: read once at the start, with what tells it from another one.

use std::path::{Path, PathBuf};
use std::{fs, io};

use orrery_almanac::Error;
use orrery_almanac::stars::{Catalogue, Star};

/// The catalogue of the Swiss Ephemeris, in the directory of its files.
const FILE: &str = "sefstars.txt";

/// See [the module](self). Stars are known by their places in the catalogue.
#[derive(Debug)]
pub(crate) struct Stars {
    catalogue: Catalogue,
    /// BLAKE3 of the file.
    hash: [u8; 32],
    /// Those that have a magnitude, each once, the brightest first.
    by_brightness: Vec<usize>,
    /// Of each star, a name by which it is found.
    handles: Vec<String>,
}

/// Why a catalogue that is there is of no use.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The system's reason.
    Unreadable(io::Error),
    /// What is wrong with its text.
    Broken(Error),
}

impl Stars {
    /// The catalogue's file in a directory of ephemeris files.
    pub(crate) fn path(ephe: &Path) -> PathBuf {
        ephe.join(FILE)
    }

    /// Reads a catalogue; `None` where there is no such file.
    pub(crate) fn read(path: &Path) -> Result<Option<Stars>, Fault> {
        match fs::read_to_string(path) {
            Ok(text) => Stars::of(&text).map(Some).map_err(Fault::Broken),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::Unreadable(error)),
        }
    }

    /// Of the text of a catalogue.
    pub(crate) fn of(text: &str) -> Result<Stars, Error> {
        let catalogue = Catalogue::parse(text)?;
        let mut by_brightness: Vec<usize> = Vec::new();
        for star in catalogue.up_to_magnitude(f64::INFINITY) {
            // Some are there under two designations.
            let as_bright = by_brightness.iter().rev().map(|at| &catalogue.stars()[*at]);
            let mut as_bright = as_bright.take_while(|other| other.magnitude == star.magnitude);
            if as_bright.all(|other| other.entry != star.entry) {
                by_brightness.push(place(&catalogue, star));
            }
        }
        let handles = catalogue.stars().iter().map(|star| handle(&catalogue, star)).collect();
        let hash = blake3::hash(text.as_bytes()).into();
        Ok(Stars { catalogue, hash, by_brightness, handles })
    }

    pub(crate) fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The star at a place of the catalogue.
    pub(crate) fn star(&self, place: usize) -> &Star {
        &self.catalogue.stars()[place]
    }

    /// A name by which the star at a place is found, and no other: its traditional name, or what is left to it.
    pub(crate) fn handle(&self, place: usize) -> &str {
        &self.handles[place]
    }

    /// The place of a star that somebody calls by a name.
    pub(crate) fn find(&self, name: &str) -> Result<usize, Error> {
        self.catalogue.find(name).map(|star| place(&self.catalogue, star))
    }

    /// The places of the stars up to a magnitude, the brightest first.
    pub(crate) fn up_to(&self, magnitude: f64) -> &[usize] {
        let is_brighter = |at: &usize| self.star(*at).magnitude.is_some_and(|of_star| of_star <= magnitude);
        &self.by_brightness[..self.by_brightness.partition_point(is_brighter)]
    }

    /// What the Swiss Ephemeris may find the star at a place by: the traditional names, and the designation after a comma, as
    /// far as no star elsewhere has them too. It takes some for built-in ones: a designation that begins like theirs, and
    /// those of the centre of the galaxy and of its pole of 1958, which are not where the catalogue has them. Of two lines for
    /// one star, as the Virgo Cluster has, it takes either: such a star it is not asked for.
    pub(crate) fn live_names(&self, place: usize) -> Vec<String> {
        let star = self.star(place);
        if star.is_doubled {
            return Vec::new();
        }
        let is_its_own = |shares: &dyn Fn(&Star) -> bool| {
            self.catalogue.stars().iter().all(|other| other.entry == star.entry || !shares(other))
        };
        let designation = format!(",{}", star.designation);
        let names = star.names.iter().filter(|name| is_its_own(&|other| other.names.contains(name)));
        let designation = is_its_own(&|other| other.designation == star.designation).then_some(designation);
        names.cloned().chain(designation).collect()
    }
}

/// Where a star of a catalogue stands in it.
fn place(catalogue: &Catalogue, star: &Star) -> usize {
    let at = catalogue.stars().iter().position(|other| std::ptr::eq(other, star));
    // It is the catalogue's own.
    at.unwrap_or_default()
}

fn handle(catalogue: &Catalogue, star: &Star) -> String {
    let finds = |name: &&String| {
        !name.contains(',') && catalogue.find(name).is_ok_and(|found| std::ptr::eq(found, star))
    };
    let mut names = star.names.iter().take(1).chain([&star.designation]).chain(star.names.iter().skip(1));
    names.find(finds).unwrap_or(&star.designation).clone()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Two stars of one name, two of one designation, one of two designations, and a point without a magnitude.
    pub(crate) const LINES: &str = "\
Sirius,alCMa,ICRS,06,45,08.91728,-16,42,58.0171,-546.01,-1223.07,-5.5,379.21,-1.46,-16,1591
Spica,alVir,ICRS,13,25,11.57937,-11,09,40.7501,-42.35,-30.67,1,13.06,0.97,-10,3672
Azimech,alVir,ICRS,13,25,11.57937,-11,09,40.7501,-42.35,-30.67,1,13.06,0.97,-10,3672
Algedi,al-1Cap,ICRS,20,17,38.86987,-12,30,29.5594,22.98,1.28,-25.79,5.73,4.27,-12,5683
Algedi,al-2Cap,ICRS,20,18,03.25595,-12,32,41.4684,62.63,2.66,0.7,30.82,3.58,-12,5685
Mizar,zeUMa,ICRS,13,23,55.54,+54,55,31.2671,119.01,-25.97,-6.31,38.01,2.27,55,1598
Miz0,zeUMa,ICRS,13,23,55.55,+54,55,31.2671,119.01,-25.97,-6.31,38.01,2.28,55,1598
,61Cyg,ICRS,21,06,53.95249,+38,44,57.9854,4168.31,3269.2,-65.74,286.82,4.84,38,4343
61 Cygni A,61CygA,ICRS,21,06,53.95249,+38,44,57.9854,4168.31,3269.2,-65.74,286.82,4.84,38,4343
Apex,Apex,1950,18,03,50.2,30,00,16.8,0.000,0.00,-16.5,0.0000,999.99,0,0
";

    #[test]
    fn stars_are_found_again_by_their_handles() {
        let stars = Stars::of(LINES).unwrap();
        let handles: Vec<_> = (0..stars.handles.len()).map(|place| stars.handle(place)).collect();
        assert_eq!(
            handles,
            ["Sirius", "Spica", "al-1Cap", "Algedi", "Mizar", "Miz0", "61Cyg", "61 Cygni A", "Apex"]
        );
        for (place, handle) in handles.iter().enumerate() {
            assert_eq!(stars.find(handle).unwrap(), place, "{handle}");
        }
        assert_eq!(stars.find("azimech").unwrap(), 1);
    }

    #[test]
    fn the_brightest_come_first() {
        let stars = Stars::of(LINES).unwrap();
        let names = |limit| stars.up_to(limit).iter().map(|at| stars.star(*at).name()).collect::<Vec<_>>();
        assert_eq!(names(-2.0), Vec::<&str>::new());
        assert_eq!(names(-1.46), ["Sirius"]);
        assert_eq!(names(2.28), ["Sirius", "Spica", "Mizar", "Miz0"]);
        assert_eq!(names(99.0).len(), 7);
    }

    #[test]
    fn the_library_is_asked_by_what_one_star_alone_has() {
        let stars = Stars::of(LINES).unwrap();
        let names: Vec<_> = (0..9).map(|place| stars.live_names(place).join(" ")).collect();
        assert_eq!(
            names,
            [
                "Sirius ,alCMa",
                "Spica Azimech ,alVir",
                ",al-1Cap",
                ",al-2Cap",
                "Mizar",
                "Miz0",
                ",61Cyg",
                "61 Cygni A ,61CygA",
                "Apex ,Apex"
            ]
        );
    }

    #[test]
    fn another_text_is_another_catalogue() {
        let fewer = LINES.split_once('\n').unwrap().1;
        assert_ne!(Stars::of(LINES).unwrap().hash(), Stars::of(fewer).unwrap().hash());
        assert!(Stars::of("").is_err());
    }
}
