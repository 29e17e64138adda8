//! The Moon at the beginnings of days.

use std::sync::Arc;
use std::time::Instant as Clock;

use orrery_almanac::Instant;
use orrery_almanac::events::{Finder, MoonAt};
use orrery_almanac::motion::{Ephemeris, Sampled, Tables};
use orrery_format::TtDay;
use orrery_swisseph::Session;

use super::places::FromFiles;
use super::products;
use super::reach::{self, tabulated};
use crate::answer::evaluate;
use crate::answer::plan::{live_unavailable, only_live};
use crate::answer::tables::Answered;
use crate::app::{App, Generation};
use crate::query::{Asked, EventsQuery, SourceChoice};
use crate::wire::problem::Problem;

/// The Moon at some instants: from tables, and where these do not know, live, until it has taken too long. With it whether it is
/// live.
pub(crate) async fn moon_at(
    app: &App,
    generation: &Arc<Generation>,
    query: &Arc<EventsQuery>,
    instants: Vec<Instant>,
    answered: &mut Answered,
    until: Clock,
) -> Result<Vec<(MoonAt, bool)>, Problem> {
    let source = query.sky.source;
    if source != SourceChoice::Live {
        let known = tabulated(&generation.dataset, products(query));
        let is_known = instants.iter().all(|at| known.contains(&at.tt.jd()));
        let tables = Tables::new(&generation.dataset);
        let told = || all(&tables, (known.start, known.end), query, &instants);
        let may_ask = reach::live(app, source).is_some();
        match is_known.then(told).transpose() {
            // How old she is at the tables' beginning is the files' to say.
            Ok(Some(told)) if may_ask && told.iter().any(|moon| moon.age_days.is_none()) => {}
            Ok(Some(told)) => {
                answered.table += told.len() as u64;
                return Ok(told.into_iter().map(|moon| (moon, false)).collect());
            }
            Err(unknown) if source == SourceChoice::Table => return Err(only_live(&unknown.to_string())),
            Ok(None) if source == SourceChoice::Table => {
                return Err(only_live("the tables do not reach over all of these days"));
            }
            Ok(None) | Err(_) => {}
        }
    }
    let live = app.live().ok_or_else(live_unavailable)?;
    let files = reach::searchable(live);
    let named = query.span.whens().next().map_or("start", |(name, _)| name);
    let job = || {
        let (query, instants, files) = (Arc::clone(query), instants.clone(), files.clone());
        move |session: &mut Session| {
            let asked = Asked { sky: &query.sky, instant: named };
            let known = (files.start, files.end);
            let sampled = Sampled::new(FromFiles { session, asked, known: files, until });
            all(&sampled, known, &query, &instants)
        }
    };
    let told = evaluate::in_turn(app, job).await?;
    answered.live += told.len() as u64;
    Ok(told.into_iter().map(|moon| (moon, true)).collect())
}

fn all<E: Ephemeris>(
    ephemeris: &E,
    known: (f64, f64),
    query: &EventsQuery,
    instants: &[Instant],
) -> Result<Vec<MoonAt>, E::Error> {
    let finder = Finder::new(ephemeris, known, known, query.sky.view.ayanamsa());
    instants
        .iter()
        .map(|Instant { tt: TtDay(jd_tt), .. }| finder.moon_at(*jd_tt, query.nakshatras_in))
        .collect()
}
