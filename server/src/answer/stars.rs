//! Where fixed stars are seen.
//!
//! Stars have no tables of their own: each is computed from the tables of the Earth, the Sun, the Moon and nutation, by
//! the catalogue's numbers (`orrery_almanac::stars`). The Swiss Ephemeris itself is asked where these tables do not reach,
//! and for what stands behind the Sun's disc, whose deflection it alone knows: it reads its catalogue for
//! each of the five places that a speed is made of. Measured over all 1100 stars of a magnitude: 450 ns a star from tables,
//! 50 µs live, where a single one takes 17 ms.
//!
//! Two stars of the catalogue have a negative parallax, which the library takes for a distance on the opposite side of the
//! sky, and a few have names that it takes for those of others. Their places are always those of the catalogue's numbers,
//! from the live Earth where no table is.

use orrery_almanac::Ayanamsa;
use orrery_almanac::ayanamsa::Zodiac;
use orrery_almanac::stars::{Observer, Sight, Star};
use orrery_format::State;
use orrery_swisseph::Session;

use crate::answer::aid::Needs;
use crate::answer::evaluate::{self, Stage};
use crate::answer::inquiry::Inquiry;
use crate::answer::live::{self, LibraryStar};
use crate::answer::mix::Mix;
use crate::answer::plan::{Origins, only_live};
use crate::answer::quantities::Values;
use crate::answer::reference::{self, Place};
use crate::answer::render;
use crate::answer::surroundings::Surroundings;
use crate::query::{self, Field, SkyQuery, SourceChoice, StarsQuery, TimeQuery, Unit};
use crate::text::json::Json;
use crate::wire::problem::{Code, Problem};

/// A star at an instant.
pub(crate) struct Told {
    place: Place,
    /// What is told beside it.
    values: Values,
    is_live: bool,
}

impl Told {
    /// Where it is seen.
    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

impl Inquiry for StarsQuery {
    type Told = Told;

    const BESIDE_ARCSEC: f64 = 0.0001;

    const LESS: &'static str = "ask for fewer stars, or try again";

    fn time(&self) -> &TimeQuery {
        &self.time
    }

    fn sky(&self) -> &SkyQuery {
        &self.sky
    }

    fn needs(&self) -> Needs {
        Needs::of_stars(&self.sky)
    }

    /// The Sun may stand before any of them, and before what holds a zodiac fast.
    fn may_turn_live(&self) -> bool {
        self.sky.source == SourceChoice::Auto
    }

    fn beside(&self) -> &[u8] {
        self.catalogue.hash()
    }

    fn echo(&self, json: &mut Json) {
        self.echo(json);
    }

    fn tell(
        &self,
        around: &Surroundings,
        origins: &mut Origins,
        mut session: Option<&mut Session>,
    ) -> Result<Option<Vec<Told>>, Problem> {
        let is_tabulated = !origins.any_live();
        let sight = reference::sight(&self.sky.view);
        let centre = reference::observer(around)?;
        let observer = self.observer(&centre, around)?;
        // What stands by the Sun must be in the same light.
        let lit_alike = (sight == Sight::Geometric).then(|| around.with_sun(observer.sees(&centre.at_sun())));
        let around = lit_alike.as_ref().unwrap_or(around);
        let Some(stage) = self.stage(around, origins, session.as_deref_mut())? else { return Ok(None) };
        let seen = |place: &usize| {
            let star = self.catalogue.star(*place);
            let is_own = is_tabulated || is_opposite_to_the_library(star);
            is_own.then(|| star.path.place(&observer, sight)).flatten()
        };
        let mut states: Vec<Option<State>> = self.stars().iter().map(seen).collect();
        let left: Vec<usize> = (0..states.len()).filter(|nth| states[*nth].is_none()).collect();
        if let Some(first) = left.first() {
            if self.sky.source == SourceChoice::Table {
                let name = self.catalogue.star(self.stars()[*first]).name();
                return Err(only_live(&format!("{name}: it stands behind the Sun's disc")));
            }
            let Some(session) = session else { return Ok(None) };
            let asked_for = |nth: &usize| {
                let place = self.stars()[*nth];
                let designation = &*self.catalogue.star(place).designation;
                LibraryStar { designation, names: self.catalogue.live_names(place) }
            };
            let asked_for: Vec<_> = left.iter().map(asked_for).collect();
            let found = live::stars(session, &asked_for, around.instant.tt, self.asked())?;
            for (nth, state) in left.iter().zip(found) {
                let star = self.catalogue.star(self.stars()[*nth]);
                let state = state.or_else(|| star.path.place(&observer, sight));
                states[*nth] = Some(state.ok_or_else(|| not_in_the_library(star))?);
            }
        }
        let told = states.into_iter().flatten().enumerate().map(|(nth, state)| Told {
            place: stage.reference.place(&state),
            values: stage
                .quantities
                .as_ref()
                .map(|quantities| quantities.of_star(&state))
                .unwrap_or_default(),
            is_live: !is_tabulated || left.binary_search(&nth).is_ok(),
        });
        let told: Vec<Told> = told.collect();
        if told.iter().all(|told| evaluate::is_finite(&[told.place])) {
            Ok(Some(told))
        } else {
            Err(evaluate::no_number(around.instant.tt))
        }
    }

    fn is_live(told: &Told) -> bool {
        told.is_live
    }

    fn write(&self, json: &mut Json, told: &[Told]) {
        json.key("stars").open(b'[');
        for (place, told) in self.stars().iter().zip(told) {
            self.write_star(json, self.catalogue.star(*place), told);
        }
        json.close(b']');
    }
}

impl StarsQuery {
    /// What has to be known before stars are told; `None` where a session has to be asked and there is none.
    fn stage(
        &self,
        around: &Surroundings,
        origins: &mut Origins,
        session: Option<&mut Session>,
    ) -> Result<Option<Stage>, Problem> {
        if let Some(session) = session {
            return Stage::with_session(session, self.asked(), around, origins).map(Some);
        }
        let zodiac: Option<Zodiac> = self.sky.view.ayanamsa().map(Ayanamsa::zodiac);
        let stage = Stage::from_tables(self.asked(), zodiac.as_ref(), around)?;
        if stage.is_none() && self.sky.source == SourceChoice::Table {
            return Err(only_live("the ayanamsa: the Sun hides what it holds fast"));
        }
        Ok(stage)
    }

    /// Who looks, where the one at the Earth's centre is known.
    fn observer(&self, centre: &Observer, around: &Surroundings) -> Result<Observer, Problem> {
        Ok(match self.sky.view.observer {
            query::Observer::Geo => *centre,
            query::Observer::Helio => centre.at_sun(),
            query::Observer::Bary => centre.at_barycentre(),
            query::Observer::Topo(_) => match around.topocentre(self.asked())? {
                Some(here) => centre.at_site(&here),
                None => *centre,
            },
        })
    }

    fn write_star(&self, json: &mut Json, star: &Star, told: &Told) {
        let StarsQuery { sky, columns, .. } = self;
        json.open(b'{');
        json.key("name").string(star.name());
        if columns.designation {
            json.key("designation").string(&star.designation);
        }
        if columns.names {
            json.key("names").open(b'[');
            for name in &star.names {
                json.string(name);
            }
            json.close(b']');
        }
        render::position(json, sky, &told.place, &told.values);
        if columns.magnitude {
            let json = json.key("magnitude");
            match star.magnitude {
                Some(magnitude) => {
                    render::number(json, magnitude, render::decimals(sky.precision, Unit::Magnitudes));
                }
                None => json.null(),
            }
        }
        if sky.fields.has(Field::Source) {
            json.key("source").string(if told.is_live { Mix::Live.name() } else { Mix::Table.name() });
        }
        json.close(b'}');
    }
}

/// The Sun hides a star, and the library does not know it by its names.
fn not_in_the_library(star: &Star) -> Problem {
    let detail = format!(
        "{} stands behind the Sun's disc, where none but the Swiss Ephemeris could find it",
        star.name()
    );
    Problem::new(Code::OutsideEphemeris, detail)
        .parameter("stars")
        .hint("leave it out of stars, or give an instant a day away")
}

/// Whether the library looks for a star where it is not.
fn is_opposite_to_the_library(star: &Star) -> bool {
    star.entry.parallax_mas < 0.0
}
