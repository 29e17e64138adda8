//! Who answers what, known before anything is computed: tables where they are good enough, live for the rest.

use std::sync::Arc;

use orrery_almanac::{Derivation, Instant, WireBody};
use orrery_format::{Center, Dataset, Miss, Product, Spot, TtDay};
use smallvec::SmallVec;

use crate::answer::mix::Mix;
use crate::answer::tag::Tag;
use crate::app::Generation;
use crate::query::{Equinox, Frame, PositionsQuery, SourceChoice};
use crate::wire::problem::{Code, Problem};

mod dependencies;

/// Where one value comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Origin {
    /// Where a table holds it.
    Table(Spot),
    Live,
}

/// Where the bodies' places and the nutation come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Origins {
    /// In the order of the query's bodies.
    pub(crate) bodies: SmallVec<[Origin; 10]>,
    /// `None` where the query needs none.
    pub(crate) nutation: Option<Origin>,
    pub(crate) delta_t: DeltaT,
    /// Whether two bodies may be from one table, as a node and its opposite are.
    shares_tables: bool,
}

/// Where ΔT comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeltaT {
    /// A block.
    Table(u32),
    /// Nobody: no step to the instant asked for it.
    Unasked,
    Live,
}

impl DeltaT {
    fn block(self) -> Option<u32> {
        match self {
            DeltaT::Table(block) => Some(block),
            DeltaT::Unasked | DeltaT::Live => None,
        }
    }
}

/// An instant, and who answers at it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resolved {
    pub(crate) instant: Instant,
    pub(crate) origins: Origins,
}

/// An instant by the tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Timed {
    pub(crate) instant: Instant,
    delta_t: DeltaT,
}

/// What is to be done for a query.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) generation: Arc<Generation>,
    /// `None` where the instant's ΔT is itself to be computed live.
    pub(crate) resolved: Option<Resolved>,
}

/// Why ΔT could not be had from the tables.
enum NoInstant {
    Refused(orrery_almanac::Error),
    Miss(Miss),
}

impl From<orrery_almanac::Error> for NoInstant {
    fn from(error: orrery_almanac::Error) -> NoInstant {
        NoInstant::Refused(error)
    }
}

impl Timed {
    /// The instant of a query, as far as the tables know: `None` where its ΔT is itself to be computed live.
    pub(crate) fn new(generation: &Generation, query: &PositionsQuery) -> Result<Option<Timed>, Problem> {
        if query.source == SourceChoice::Live {
            query.time.check(&generation.leaps)?;
            return Ok(None);
        }
        let mut delta_t = DeltaT::Unasked;
        let delta_t_s = |ut| {
            let answer = generation.dataset.delta_t(ut).map_err(NoInstant::Miss)?;
            delta_t = DeltaT::Table(answer.block);
            Ok(answer.value)
        };
        match query.time.instant(&generation.leaps, delta_t_s) {
            Ok(instant) => {
                prefetch(&generation.dataset, query, instant.tt);
                Ok(Some(Timed { instant, delta_t }))
            }
            Err(NoInstant::Refused(error)) => Err(error.into()),
            Err(NoInstant::Miss(miss)) => {
                // The tables ended before it came to whether there is such an instant.
                query.time.check(&generation.leaps)?;
                match query.source {
                    SourceChoice::Table => Err(delta_t_only_live(&miss)),
                    _ => Ok(None),
                }
            }
        }
    }
}

impl Plan {
    /// Finds who answers a query, and the strong tag of the reply. `live` is the identity of the live source, if there is
    /// one. The plan is begun with its generation alone, and made in its place: it is too large to be handed about.
    pub(crate) fn make(
        &mut self,
        live: Option<&[u8; 32]>,
        query: &PositionsQuery,
        timed: Option<Timed>,
    ) -> Result<Tag, Problem> {
        let Plan { generation, resolved } = self;
        let mut is_live = true;
        if let Some(Timed { instant, delta_t }) = timed {
            let Resolved { origins, .. } =
                resolved.insert(Resolved { instant, origins: Origins::none(delta_t) });
            origins.find(&generation.dataset, query, instant.tt)?;
            is_live = origins.any_live();
        }
        if is_live && live.is_none() {
            return Err(live_unavailable());
        }
        Ok(dependencies::tag(generation, query, resolved.as_ref(), live.filter(|_| is_live)))
    }

    /// The instant and the sources, if nothing is to be computed live.
    pub(crate) fn tables_alone(&self) -> Option<&Resolved> {
        self.resolved.as_ref().filter(|resolved| !resolved.origins.any_live())
    }

    /// Where the places are to come from, where that is known already.
    pub(crate) fn mix(&self, query: &PositionsQuery) -> Option<Mix> {
        match &self.resolved {
            Some(resolved) => Some(resolved.origins.mix()),
            None if query.source == SourceChoice::Live => Some(Mix::Live),
            None => None,
        }
    }
}

impl Origin {
    /// The block, if it is a table's.
    fn block(self) -> Option<u32> {
        match self {
            Origin::Table(spot) => Some(spot.block()),
            Origin::Live => None,
        }
    }
}

/// Asks memory for what a plan will want of the tables.
#[inline]
fn prefetch(dataset: &Dataset, query: &PositionsQuery, tt: TtDay) {
    for product in query.bodies.iter().filter_map(|body| product(*body)) {
        dataset.prefetch(product, tt.jd());
    }
    if needs_nutation(query) {
        dataset.prefetch(Product::Nutation, tt.jd());
    }
}

impl Origins {
    /// Before any source is found.
    pub(crate) fn none(delta_t: DeltaT) -> Origins {
        Origins { bodies: SmallVec::new(), nutation: None, delta_t, shares_tables: false }
    }

    /// Finds who answers at an instant: the first of tables and live that the query allows and that can.
    pub(crate) fn find(
        &mut self,
        dataset: &Dataset,
        query: &PositionsQuery,
        tt: TtDay,
    ) -> Result<(), Problem> {
        let origin = |product: Option<Product>| {
            if query.source == SourceChoice::Live {
                return Ok(Origin::Live);
            }
            match product.ok_or(Miss::NotTabulated).and_then(|product| dataset.spot(product, tt.jd())) {
                Ok(spot) => Ok(Origin::Table(spot)),
                Err(miss) if query.source == SourceChoice::Table => Err(miss),
                Err(_) => Ok(Origin::Live),
            }
        };
        for &body in &*query.bodies {
            self.bodies.push(origin(product(body)).map_err(|miss| table_only(&body.name(), &miss))?);
            self.shares_tables |= body.base().1 != Derivation::Itself;
        }
        if needs_nutation(query) {
            let nutation = origin(Some(Product::Nutation));
            self.nutation = Some(nutation.map_err(|miss| table_only("nutation", &miss))?);
        }
        Ok(())
    }

    fn any_live(&self) -> bool {
        self.bodies.iter().chain(&self.nutation).any(|origin| *origin == Origin::Live)
    }

    /// In one word where the bodies come from; nutation from elsewhere makes a mixture too, and so does ΔT of its own
    /// computing.
    pub(crate) fn mix(&self) -> Mix {
        let mut sources = self.bodies.iter().chain(&self.nutation);
        let first_is_live = sources.next() == Some(&Origin::Live);
        let time_is_live = self.delta_t == DeltaT::Live;
        if sources.any(|source| (*source == Origin::Live) != first_is_live)
            || (time_is_live && !first_is_live)
        {
            Mix::Mixed
        } else if first_is_live {
            Mix::Live
        } else {
            Mix::Table
        }
    }

    /// How many bodies tables answer.
    pub(crate) fn bodies_by_table(&self) -> usize {
        self.bodies.iter().filter(|origin| matches!(origin, Origin::Table(_))).count()
    }

    /// Does something with each block that takes part, bodies' first, and each once.
    #[inline]
    pub(crate) fn each_block(&self, mut each: impl FnMut(u32)) {
        for (nth, block) in self.bodies.iter().map(|origin| origin.block()).enumerate() {
            if let Some(named) = block
                && !(self.shares_tables && self.bodies[..nth].iter().any(|origin| origin.block() == block))
            {
                each(named);
            }
        }
        self.nutation.and_then(Origin::block).into_iter().chain(self.delta_t.block()).for_each(each);
    }
}

/// Whether nutation enters the answer: for the true equinox, and for the obliquity, which its table holds too.
fn needs_nutation(query: &PositionsQuery) -> bool {
    query.equinox == Equinox::Date || query.frame == Frame::Equatorial
}

/// The table of a body's places; `None` where there can be none.
fn product(body: WireBody) -> Option<Product> {
    body.tabulated().map(|(body, _)| Product::Place(Center::Geo, body))
}

fn table_only(what: &str, miss: &Miss) -> Problem {
    Problem::new(Code::TableOnly, format!("{what}: {miss}"))
        .parameter("source")
        .hint("source=auto answers it live, and says so")
}

/// As [`table_only`] for ΔT, whose table is over UT1.
fn delta_t_only_live(miss: &Miss) -> Problem {
    let mut problem = table_only("the instant's ΔT", miss);
    if let Miss::OutsideSpan { start: TtDay(start), end: TtDay(end) } = miss {
        let detail =
            format!("the instant's ΔT: outside the tables, which reach from JD {start} to {end} (UT1)");
        problem.detail = detail.into();
    }
    problem
}

/// There are no ephemeris files.
pub(crate) fn live_unavailable() -> Problem {
    Problem::new(
        Code::LiveUnavailable,
        "this can only be computed live, and this server has no ephemeris files to compute from",
    )
    .hint(
        "ask for bodies and instants that the tables hold (see /v1/dataset), without source=live; the operator can run \
         scripts/fetch-data and restart",
    )
}

#[cfg(test)]
mod tests;
