//! Who answers what, known before anything is computed: tables where they are good enough, live for the rest.

use std::sync::Arc;

use orrery_almanac::{Ayanamsa, Derivation, Instant, WireBody};
use orrery_format::{Center, Dataset, Miss, Product, Spot, TtDay};
use smallvec::SmallVec;

use crate::answer::aid::{Aid, Needs};
use crate::answer::mix::Mix;
use crate::answer::tag::Tag;
use crate::app::Generation;
use crate::query::{PositionsQuery, SkyQuery, SourceChoice, When};
use crate::wire::problem::{Code, Problem};

mod dependencies;

pub(super) use dependencies::inquiry_tag;
pub(crate) use dependencies::range_tag;

/// Where one value comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Origin {
    /// Where a table holds it.
    Table(Spot),
    Live,
}

/// Where the bodies' places come from, and what these depend on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Origins {
    /// In the order of the query's bodies.
    pub(crate) bodies: SmallVec<[Origin; 10]>,
    /// By the number of the aid; `None` where the query needs none.
    pub(crate) aids: [Option<Origin>; Aid::COUNT],
    pub(crate) delta_t: DeltaT,
    /// Whether the ayanamsa had to be asked of the live source, as when what it holds fast is hidden by the Sun.
    pub(crate) live_ayanamsa: bool,
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
    pub(super) delta_t: DeltaT,
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
        let timed = Timed::of(generation, query.time.when, query.sky.source)?;
        if let Some(Timed { instant, .. }) = &timed {
            prefetch(&generation.dataset, &query.sky, instant);
        }
        Ok(timed)
    }

    /// The same of whatever is asked of an instant.
    #[inline]
    pub(super) fn of(
        generation: &Generation,
        when: When,
        source: SourceChoice,
    ) -> Result<Option<Timed>, Problem> {
        if source == SourceChoice::Live {
            when.check(&generation.leaps)?;
            return Ok(None);
        }
        let mut delta_t = DeltaT::Unasked;
        match by_tables(generation, when, |block| delta_t = DeltaT::Table(block)) {
            Ok(instant) => Ok(Some(Timed { instant, delta_t })),
            Err(NoInstant::Refused(error)) => Err(error.into()),
            Err(NoInstant::Miss(miss)) => {
                // The tables ended before it came to whether there is such an instant.
                when.check(&generation.leaps)?;
                match source {
                    SourceChoice::Table => Err(delta_t_only_live(&miss)),
                    _ => Ok(None),
                }
            }
        }
    }

    /// With who answers what is asked of it beside bodies.
    pub(super) fn resolved(
        self,
        dataset: &Dataset,
        source: SourceChoice,
        needs: Needs,
    ) -> Result<Resolved, Problem> {
        let Timed { instant, delta_t } = self;
        let mut origins = Origins::none(delta_t);
        origins.find_aids(dataset, source, needs, &instant)?;
        Ok(Resolved { instant, origins })
    }
}

/// An instant with ΔT from the tables; each block that it was looked up in is told.
fn by_tables(
    generation: &Generation,
    when: When,
    mut looked_up: impl FnMut(u32),
) -> Result<Instant, NoInstant> {
    when.instant(&generation.leaps, |ut| {
        let answer = generation.dataset.delta_t(ut).map_err(NoInstant::Miss)?;
        looked_up(answer.block);
        Ok(answer.value)
    })
}

/// An instant with ΔT from the tables; `None` where they have none for it.
pub(super) fn instant_by_tables(generation: &Generation, when: When) -> Result<Option<Instant>, Problem> {
    match by_tables(generation, when, |_| {}) {
        Ok(instant) => Ok(Some(instant)),
        Err(NoInstant::Refused(error)) => Err(error.into()),
        Err(NoInstant::Miss(_)) => {
            // The tables ended before it came to whether there is such an instant.
            when.check(&generation.leaps)?;
            Ok(None)
        }
    }
}

/// The refusal of an instant for which [`instant_by_tables`] has none, where nothing else may answer.
pub(super) fn why_no_instant(generation: &Generation, when: When) -> Problem {
    match by_tables(generation, when, |_| {}) {
        Err(NoInstant::Miss(miss)) => delta_t_only_live(&miss),
        Err(NoInstant::Refused(error)) => error.into(),
        Ok(_) => only_live("the instant's ΔT: no table has it"),
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
        let mut may_be_live = true;
        if let Some(Timed { instant, delta_t }) = timed {
            let Resolved { origins, .. } =
                resolved.insert(Resolved { instant, origins: Origins::none(delta_t) });
            origins.find(&generation.dataset, &query.sky, &instant)?;
            is_live = origins.any_live();
            may_be_live = is_live || may_turn_live(&query.sky);
        }
        if is_live && live.is_none() {
            return Err(live_unavailable());
        }
        Ok(dependencies::tag(generation, query, resolved.as_ref(), live.filter(|_| may_be_live)))
    }

    /// Whether it is sure that nothing is to be computed live.
    pub(crate) fn is_tables_alone(&self, query: &PositionsQuery) -> bool {
        self.resolved.as_ref().is_some_and(|resolved| !resolved.origins.any_live())
            && !may_turn_live(&query.sky)
    }

    /// Where the places are to come from, where that is known already.
    pub(crate) fn mix(&self, query: &PositionsQuery) -> Option<Mix> {
        match &self.resolved {
            Some(_) if may_turn_live(&query.sky) => None,
            Some(resolved) => Some(resolved.origins.mix()),
            None if query.sky.source == SourceChoice::Live => Some(Mix::Live),
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

/// Whether what tables hold may still turn out to be for the live source: a body that stands before or behind the Sun's
/// disc as seen from a place on the Earth, and a star behind it that an ayanamsa holds fast.
fn may_turn_live(query: &SkyQuery) -> bool {
    let view = &query.view;
    let is_near_the_sun =
        view.observer.site().is_some() || view.ayanamsa().is_some_and(Ayanamsa::is_anchored);
    is_near_the_sun && query.source == SourceChoice::Auto
}

/// Asks memory for what a plan will want of the tables.
#[inline]
fn prefetch(dataset: &Dataset, query: &SkyQuery, instant: &Instant) {
    let center = query.view.observer.center();
    for product in query.bodies.iter().filter_map(|body| product(center, *body)) {
        dataset.prefetch(product, instant.tt.jd());
    }
    for aid in Needs::of(query, true).iter() {
        dataset.prefetch(aid.product(), argument(aid, instant));
    }
}

/// The instant in the time scale of an aid's table.
fn argument(aid: Aid, instant: &Instant) -> f64 {
    match aid {
        Aid::Rotation => instant.ut.jd(),
        _ => instant.tt.jd(),
    }
}

/// The first of tables and live that is allowed and that can.
#[inline]
fn origin(
    dataset: &Dataset,
    source: SourceChoice,
    product: Option<Product>,
    jd: f64,
) -> Result<Origin, Miss> {
    if source == SourceChoice::Live {
        return Ok(Origin::Live);
    }
    match product.ok_or(Miss::NotTabulated).and_then(|product| dataset.spot(product, jd)) {
        Ok(spot) => Ok(Origin::Table(spot)),
        Err(miss) if source == SourceChoice::Table => Err(miss),
        Err(_) => Ok(Origin::Live),
    }
}

impl Origins {
    /// Before any source is found.
    pub(crate) fn none(delta_t: DeltaT) -> Origins {
        Origins {
            bodies: SmallVec::new(),
            aids: [None; Aid::COUNT],
            delta_t,
            live_ayanamsa: false,
            shares_tables: false,
        }
    }

    /// Finds who answers at an instant: the first of tables and live that the query allows and that can.
    pub(crate) fn find(
        &mut self,
        dataset: &Dataset,
        query: &SkyQuery,
        instant: &Instant,
    ) -> Result<(), Problem> {
        let center = query.view.observer.center();
        let is_tabulated = query.view.is_tabulated();
        if !is_tabulated && query.source == SourceChoice::Table {
            return Err(only_live(&format!(
                "place={}: tables hold apparent places",
                query.view.light.name()
            )));
        }
        for &body in &*query.bodies {
            let product = product(center, body).filter(|_| is_tabulated);
            let origin = origin(dataset, query.source, product, instant.tt.jd());
            self.bodies.push(origin.map_err(|miss| table_only(&body.name(), &miss))?);
            self.shares_tables |= body.base().1 != Derivation::Itself;
        }
        let any_from_tables = self.bodies.iter().any(|origin| matches!(origin, Origin::Table(_)));
        self.find_aids(dataset, query.source, Needs::of(query, any_from_tables), instant)
    }

    /// The same of what bodies depend on.
    #[inline]
    pub(super) fn find_aids(
        &mut self,
        dataset: &Dataset,
        source: SourceChoice,
        needs: Needs,
        instant: &Instant,
    ) -> Result<(), Problem> {
        for aid in needs.iter() {
            let origin = origin(dataset, source, Some(aid.product()), argument(aid, instant));
            self.aids[aid as usize] = Some(origin.map_err(|miss| table_only(aid.name(), &miss))?);
        }
        Ok(())
    }

    pub(crate) fn any_live(&self) -> bool {
        self.live_ayanamsa || self.all().any(|origin| *origin == Origin::Live)
    }

    fn all(&self) -> impl Iterator<Item = &Origin> {
        self.bodies.iter().chain(self.aids.iter().flatten())
    }

    /// Where an aid comes from, if the query needs it.
    pub(crate) fn aid(&self, aid: Aid) -> Option<Origin> {
        self.aids[aid as usize]
    }

    /// In one word where the bodies come from; what they depend on makes a mixture too where it is from elsewhere, and so
    /// does ΔT of its own computing.
    pub(crate) fn mix(&self) -> Mix {
        let mut sources = self.all();
        let first_is_live = sources.next() == Some(&Origin::Live);
        let time_is_live = self.delta_t == DeltaT::Live || self.live_ayanamsa;
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

    /// The largest audited deviation of any position from tables, that of nutation added, arcseconds.
    pub(crate) fn max_error_arcsec(&self, dataset: &Dataset) -> f64 {
        let error = |origin: &Origin| match origin {
            Origin::Table(spot) => dataset.error_arcsec(*spot),
            Origin::Live => 0.0,
        };
        let worst = self.bodies.iter().map(error).fold(0.0, f32::max);
        // What else it depends on enters by what it does to light and to a parallax, where its error vanishes.
        let nutation = self.aids[Aid::Nutation as usize].as_ref().map_or(0.0, error);
        f64::from(worst) + f64::from(nutation)
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
        let aids = Aid::ALL.into_iter().filter_map(|aid| Some((aid, self.aid(aid)?.block()?)));
        for (aid, block) in aids {
            // The Sun may be asked for as well, and the Earth's rotation is in one table with ΔT.
            let is_named = match aid {
                Aid::Nutation => false,
                Aid::Earth | Aid::Sun | Aid::Moon => {
                    self.bodies.iter().any(|origin| origin.block() == Some(block))
                }
                Aid::Rotation => self.delta_t.block() == Some(block),
            };
            if !is_named {
                each(block);
            }
        }
        self.delta_t.block().into_iter().for_each(each);
    }
}

/// The table of a body's places from a centre; `None` where there can be none.
fn product(center: Center, body: WireBody) -> Option<Product> {
    body.tabulated().map(|(body, _)| Product::Place(center, body))
}

fn table_only(what: &str, miss: &Miss) -> Problem {
    only_live(&format!("{what}: {miss}"))
}

/// The refusal of what tables do not hold.
pub(crate) fn only_live(detail: &str) -> Problem {
    Problem::new(Code::TableOnly, detail.to_owned())
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
