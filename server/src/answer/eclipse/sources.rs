//! Who knows of an eclipse: the tables, or the live source.

use std::cell::RefCell;
use std::ops::Range;
use std::time::Instant as Clock;

use orrery_almanac::eclipses::lunar_local::{LunarLocal, LunarObserver};
use orrery_almanac::eclipses::visibility::{Visibility, lunar_visibility};
use orrery_almanac::eclipses::{Luminaries, SunAndMoon, TabulatedLuminaries};
use orrery_almanac::rise_set::{Sight, Sky, TabulatedSky, Threshold};
use orrery_almanac::{Instant, Site, WireBody};
use orrery_format::eclipse::LunarEclipse;
use orrery_format::{TtDay, UtDay};
use orrery_swisseph::{EphemerisModel, Session};

use crate::answer::evaluate;
use crate::answer::events::reach::dated_by_tables;
use crate::answer::events::{Eclipse, NoTable, eclipses, places};
use crate::answer::rise_set::sky;
use crate::app::Generation;
use crate::query::{Asked, Eclipsed, SkyQuery, When};
use crate::wire::problem::Problem;

/// Whoever knows of eclipses.
pub(super) trait Source {
    /// Whether it is the live source.
    const IS_LIVE: bool;
    /// Why it may not know.
    type Error: From<Problem>;

    /// The eclipses of a kind in a range of Julian days of TT.
    fn eclipses(&mut self, range: &Range<f64>, of: Eclipsed) -> Result<Vec<Eclipse>, Self::Error>;

    /// The instant of a Julian day of TT.
    fn instant(&mut self, jd_tt: f64) -> Result<Instant, Self::Error>;

    /// What a place sees of an eclipse of the Moon, with ΔT in seconds then.
    fn seen(
        &mut self,
        eclipse: &LunarEclipse,
        site: &Site,
        delta_t_s: f64,
    ) -> Result<LunarLocal, Self::Error>;

    /// Where the Moon is up at each contact of its eclipse.
    fn visibility(&mut self, eclipse: &LunarEclipse) -> Result<Vec<Visibility>, Self::Error>;
}

impl From<Problem> for NoTable {
    fn from(problem: Problem) -> NoTable {
        NoTable::Refused(problem)
    }
}

/// The tables.
pub(super) struct ByTables<'g> {
    pub(super) generation: &'g Generation,
}

impl Source for ByTables<'_> {
    const IS_LIVE: bool = false;
    type Error = NoTable;

    fn eclipses(&mut self, range: &Range<f64>, of: Eclipsed) -> Result<Vec<Eclipse>, NoTable> {
        eclipses::by_tables(&self.generation.dataset, range, Some(of))
            .map_err(|miss| NoTable::Unknown(miss.to_string()))
    }

    fn instant(&mut self, jd_tt: f64) -> Result<Instant, NoTable> {
        dated_by_tables(self.generation, jd_tt).map_err(NoTable::Refused)
    }

    fn seen(&mut self, eclipse: &LunarEclipse, site: &Site, delta_t_s: f64) -> Result<LunarLocal, NoTable> {
        let dataset = &self.generation.dataset;
        let mut observer = LunarObserver {
            luminaries: &mut TabulatedLuminaries(dataset),
            sky: &mut TabulatedSky { dataset, body: WireBody::MOON, site: *site },
            latitude_deg: site.latitude_deg,
            threshold: Threshold::default(),
        };
        observer.see(eclipse, delta_t_s).map_err(|unseen| NoTable::Unknown(unseen.to_string()))
    }

    fn visibility(&mut self, eclipse: &LunarEclipse) -> Result<Vec<Visibility>, NoTable> {
        lunar_visibility(&mut TabulatedLuminaries(&self.generation.dataset), eclipse)
            .map_err(|miss| NoTable::Unknown(miss.to_string()))
    }
}

/// The live source.
pub(super) struct ByFiles<'s> {
    /// Two ask it in turn: who looks for the luminaries, and who looks at the Moon from a place.
    session: RefCell<&'s mut Session>,
    asked: Asked<'s>,
    generation: &'s Generation,
    /// What can be searched in them: Julian days of TT.
    known: Range<f64>,
    /// Until when they answer.
    until: Clock,
}

impl<'s> ByFiles<'s> {
    pub(super) fn new(
        session: &'s mut Session,
        sky: &'s SkyQuery,
        generation: &'s Generation,
        known: Range<f64>,
        until: Clock,
    ) -> ByFiles<'s> {
        let asked = Asked { sky, instant: "id" };
        ByFiles { session: RefCell::new(session), asked, generation, known, until }
    }
}

impl Source for ByFiles<'_> {
    const IS_LIVE: bool = true;
    type Error = Problem;

    fn eclipses(&mut self, range: &Range<f64>, of: Eclipsed) -> Result<Vec<Eclipse>, Problem> {
        eclipses::live(&mut TheirPlaces(self), range, Some(of))
    }

    fn instant(&mut self, jd_tt: f64) -> Result<Instant, Problem> {
        let when = When::Tt(TtDay(jd_tt));
        evaluate::instant(self.session.get_mut(), self.asked, when, self.generation)
    }

    fn seen(&mut self, eclipse: &LunarEclipse, site: &Site, delta_t_s: f64) -> Result<LunarLocal, Problem> {
        let files = &*self;
        let mut observer = LunarObserver {
            luminaries: &mut TheirPlaces(files),
            sky: &mut TheirSky { files, site: *site },
            latitude_deg: site.latitude_deg,
            threshold: Threshold::default(),
        };
        observer.see(eclipse, delta_t_s)
    }

    fn visibility(&mut self, eclipse: &LunarEclipse) -> Result<Vec<Visibility>, Problem> {
        lunar_visibility(&mut TheirPlaces(self), eclipse)
    }
}

/// Sun and Moon from the files.
struct TheirPlaces<'f, 's>(&'f ByFiles<'s>);

impl Luminaries for TheirPlaces<'_, '_> {
    type Error = Problem;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, Problem> {
        let ByFiles { session, asked, known, until, .. } = self.0;
        let session = &mut **session.borrow_mut();
        places::FromFiles { session, asked: *asked, known: known.clone(), until: *until }.at(tt)
    }
}

/// The Moon over a place, from the files.
struct TheirSky<'f, 's> {
    files: &'f ByFiles<'s>,
    site: Site,
}

impl Sky for TheirSky<'_, '_> {
    type Error = Problem;

    fn sight(&mut self, ut: UtDay) -> Result<Sight, Problem> {
        let ByFiles { session, asked, .. } = self.files;
        let session = &mut **session.borrow_mut();
        let model = EphemerisModel::Swiss;
        sky::FromFiles { session, asked: *asked, body: WireBody::MOON, site: self.site, model }.sight(ut)
    }
}
