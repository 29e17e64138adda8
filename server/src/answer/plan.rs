//! Who answers what, known before anything is computed: tables where they are good enough, live for the rest.

use std::sync::Arc;

use orrery_almanac::{Instant, UtcOffset, WireBody};
use orrery_format::{Center, Dataset, Miss, Product, TtDay};

use crate::answer::render::Mix;
use crate::app::{App, Generation};
use crate::query::{Equinox, Frame, PositionsQuery, SourceChoice};
use crate::wire::problem::{Code, Problem};

/// Enters every entity tag: raised whenever the same query over the same data is written in other bytes.
const RENDERING_VERSION: u8 = 2;

/// Where one value comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Origin {
    Table {
        /// Index of the block.
        block: u32,
        /// Audited error of the segment, arcseconds.
        max_error_arcsec: f32,
    },
    Live,
}

/// Where a body's place and the nutation come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Origins {
    /// In the order of the query's bodies.
    pub(crate) bodies: Vec<Origin>,
    /// `None` where the query needs none.
    pub(crate) nutation: Option<Origin>,
    /// The block that ΔT is from, if it is from the tables.
    pub(crate) delta_t: Option<u32>,
}

/// What is to be done for a query.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) generation: Arc<Generation>,
    /// The instant with its origins; `None` where its ΔT is itself to be computed live.
    pub(crate) resolved: Option<(Instant, Origins)>,
    /// The `query` member of the reply.
    pub(crate) echo: Vec<u8>,
    /// The strong tag of the reply, quotes included.
    pub(crate) etag: String,
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

impl Plan {
    pub(crate) fn new(app: &App, query: &PositionsQuery) -> Result<Plan, Problem> {
        let generation = app.generation();
        let resolved = resolve(&generation, query)?;
        let is_live = resolved.as_ref().is_none_or(|(_, origins)| origins.any_live());
        let live = match (is_live, app.live()) {
            (true, None) => return Err(live_unavailable()),
            (true, Some(live)) => Some(&live.identity),
            (false, _) => None,
        };
        let echo = query.echo();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[RENDERING_VERSION]).update(&echo);
        // What the echo does not say: which instant it means (when `now` was, what a zone's clocks showed), and the
        // tables of time that the reply is written with.
        hasher.update(&query.time.offset().map_or(0, UtcOffset::nanoseconds_east).to_le_bytes());
        for day in generation.leaps.days() {
            hasher.update(&day.0.to_le_bytes());
        }
        if let Some((instant, origins)) = &resolved {
            hasher.update(&instant.ut.jd().to_le_bytes()).update(&instant.tt.jd().to_le_bytes());
            hasher.update(generation.dataset.manifest().source.ephemeris.as_bytes());
            for block in origins.blocks() {
                hasher.update(&generation.block_hashes[block as usize]);
            }
        } else {
            // The tables may still answer some bodies, once ΔT is known: any block may take part.
            hasher.update(format!("{:?}", query.time.when).as_bytes());
            hasher.update(generation.name().as_bytes());
        }
        if let Some(identity) = live {
            hasher.update(identity);
        }
        let etag = format!("\"{}\"", &hasher.finalize().to_hex()[..32]);
        Ok(Plan { generation, resolved, echo, etag })
    }

    /// Where the places are to come from, where that is known already.
    pub(crate) fn mix(&self, query: &PositionsQuery) -> Option<Mix> {
        match &self.resolved {
            Some((_, origins)) => Some(Mix::of(origins)),
            None if query.source == SourceChoice::Live => Some(Mix::Live),
            None => None,
        }
    }

    /// Whether anything is to be computed live.
    pub(crate) fn is_live(&self) -> bool {
        self.resolved.as_ref().is_none_or(|(_, origins)| origins.any_live())
    }
}

/// The instant and who answers at it, as far as the tables know.
fn resolve(generation: &Generation, query: &PositionsQuery) -> Result<Option<(Instant, Origins)>, Problem> {
    query.time.check(&generation.leaps)?;
    if query.source == SourceChoice::Live {
        return Ok(None);
    }
    let dataset = &generation.dataset;
    let delta_t_s = |ut| dataset.delta_t_s(ut).map_err(NoInstant::Miss);
    match query.time.instant(&generation.leaps, delta_t_s) {
        Ok(instant) => {
            let mut origins = Origins::of(dataset, query, instant.tt)?;
            let rotation = dataset.locate(Product::EarthRotation, instant.ut.jd());
            origins.delta_t = rotation.ok().map(|(block, _)| block);
            Ok(Some((instant, origins)))
        }
        Err(NoInstant::Refused(error)) => Err(error.into()),
        Err(NoInstant::Miss(miss)) if query.source == SourceChoice::Table => Err(delta_t_only_live(&miss)),
        Err(NoInstant::Miss(_)) => Ok(None),
    }
}

impl Origins {
    /// Who answers at an instant: the first of tables and live that the query allows and that can.
    pub(crate) fn of(dataset: &Dataset, query: &PositionsQuery, tt: TtDay) -> Result<Origins, Problem> {
        let origin = |product: Option<Product>, name: &dyn Fn() -> String| {
            if query.source == SourceChoice::Live {
                return Ok(Origin::Live);
            }
            match product.ok_or(Miss::NotTabulated).and_then(|product| locate(dataset, product, tt)) {
                Ok(origin) => Ok(origin),
                Err(miss) if query.source == SourceChoice::Table => Err(table_only(&name(), &miss)),
                Err(_) => Ok(Origin::Live),
            }
        };
        let bodies = query.bodies.iter().map(|body| origin(place(*body), &|| body.name().into_owned()));
        let bodies = bodies.collect::<Result<_, _>>()?;
        let nutation = if needs_nutation(query) {
            Some(origin(Some(Product::Nutation), &|| "nutation".to_owned())?)
        } else {
            None
        };
        Ok(Origins { bodies, nutation, delta_t: None })
    }

    fn any_live(&self) -> bool {
        self.bodies.iter().chain(&self.nutation).any(|origin| *origin == Origin::Live)
    }

    /// The blocks that take part, bodies first; a block may come more than once.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = u32> + '_ {
        let places = self.bodies.iter().chain(&self.nutation).filter_map(|origin| match origin {
            Origin::Table { block, .. } => Some(*block),
            Origin::Live => None,
        });
        places.chain(self.delta_t)
    }
}

/// Whether nutation enters the answer: for the true equinox, and for the obliquity, which its table holds too.
fn needs_nutation(query: &PositionsQuery) -> bool {
    query.equinox == Equinox::Date || query.frame == Frame::Equatorial
}

fn place(body: WireBody) -> Option<Product> {
    body.tabulated().map(|(body, _)| Product::Place(Center::Geo, body))
}

fn locate(dataset: &Dataset, product: Product, tt: TtDay) -> Result<Origin, Miss> {
    let (index, segment) = dataset.locate(product, tt.jd())?;
    if segment.accepted {
        Ok(Origin::Table { block: index, max_error_arcsec: segment.error_arcsec })
    } else {
        Err(Miss::NotGoodEnough { audited_arcsec: segment.error_arcsec })
    }
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
