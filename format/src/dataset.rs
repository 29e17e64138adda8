//! A generation, mapped: the tables that queries are answered from.

use std::path::{Path, PathBuf};

use crate::block::{Block, Index};
use crate::body::{Body, Center, Product};
use crate::eclipse::{LunarEclipse, SolarEclipse};
use crate::error::FormatError;
use crate::event::EventRecord;
use crate::grid::nearest_whole;
use crate::header::Check;
use crate::kernel::{Components, Kernel, Work};
use crate::lanes::Quad;
use crate::list::{AnyList, List};
use crate::manifest::Manifest;
use crate::rotation::mean_sidereal_time_deg;
use crate::state::{Answer, Miss, Nutation, State};
use crate::time::{JULIAN_CENTURY_DAYS, TtDay, UtDay};

/// All tables and lists of one generation. Shared by reference between threads; it holds its mappings until it is dropped.
#[derive(Debug)]
pub struct Dataset {
    dir: PathBuf,
    manifest: Manifest,
    tables: Vec<Table>,
    blocks: Vec<Block>,
    lists: Vec<AnyList>,
    /// The instruction set that evaluations run on.
    kernel: Kernel,
}

/// The blocks of one product: a run of [`Dataset::blocks`] without gaps.
#[derive(Clone, Copy, Debug, Default)]
struct Table {
    start_jd: f64,
    end_jd: f64,
    first: u32,
    count: u32,
    /// Index of the block of nutation over the first block's century; [`NO_BLOCK`] where nutation does not reach as far as
    /// this table.
    nutation: u32,
}

/// An index that no block has, nor the next few hundred million.
const NO_BLOCK: u32 = u32::MAX / 2;

impl Dataset {
    /// Maps the published generation of a directory and reads every byte of it against its hashes.
    ///
    /// # Errors
    /// When there is no dataset, or a block or a list is missing, damaged or not what the manifest says.
    pub fn open(dir: &Path) -> Result<Dataset, FormatError> {
        Dataset::open_with(dir, Check::EveryByte)
    }

    /// As [`Dataset::open`], with the choice of how much to read first.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub fn open_with(dir: &Path, check: Check) -> Result<Dataset, FormatError> {
        Dataset::of(dir, Manifest::read(dir)?, check)
    }

    /// As [`Dataset::open_with`], for a generation whose manifest was read before, whichever is published now.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub fn of(dir: &Path, manifest: Manifest, check: Check) -> Result<Dataset, FormatError> {
        let blocks = manifest.blocks.iter().map(|entry| Block::open_listed(dir, entry, check));
        let blocks = blocks.collect::<Result<_, _>>()?;
        let lists = manifest.lists.iter().map(|entry| AnyList::open_listed(dir, entry, check));
        let lists = lists.collect::<Result<_, _>>()?;
        Dataset::assemble(dir, manifest, blocks, lists)
    }

    /// Puts together a generation whose blocks and lists were opened one by one, by [`Block::open_listed`] and
    /// [`AnyList::open_listed`], in the manifest's order.
    ///
    /// # Errors
    /// When the blocks of a product do not follow each other, or a list is there twice.
    pub fn assemble(
        dir: &Path,
        manifest: Manifest,
        blocks: Vec<Block>,
        lists: Vec<AnyList>,
    ) -> Result<Dataset, FormatError> {
        let manifest_path = dir.join(crate::manifest::MANIFEST_FILE);
        let tables = tables(&blocks).map_err(|what| FormatError::manifest(&manifest_path, what))?;
        if let Some(pair) = lists.windows(2).find(|pair| pair[0].about().name() >= pair[1].about().name()) {
            let what = format!("the list {} is there twice or out of order", pair[1].about().name().name());
            return Err(FormatError::manifest(&manifest_path, what));
        }
        Ok(Dataset { dir: dir.to_owned(), manifest, tables, blocks, lists, kernel: Kernel::best() })
    }

    /// The same tables, evaluated by another kernel; for tests and benches that compare kernels.
    #[must_use]
    pub fn with_kernel(mut self, kernel: Kernel) -> Dataset {
        self.kernel = kernel;
        self
    }

    /// The directory it was opened from.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Name of the generation, 16 hexadecimal digits.
    #[must_use]
    pub fn generation(&self) -> &str {
        &self.manifest.generation
    }

    /// The blocks, in the order of the manifest's list.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The lists that there are, in the order of the manifest's.
    #[must_use]
    pub fn lists(&self) -> &[AnyList] {
        &self.lists
    }

    /// Eclipses of the Sun, if they are listed.
    #[must_use]
    pub fn solar_eclipses(&self) -> Option<&List<SolarEclipse>> {
        self.lists
            .iter()
            .find_map(|list| if let AnyList::SolarEclipses(list) = list { Some(list) } else { None })
    }

    /// Eclipses of the Moon, if they are listed.
    #[must_use]
    pub fn lunar_eclipses(&self) -> Option<&List<LunarEclipse>> {
        self.lists
            .iter()
            .find_map(|list| if let AnyList::LunarEclipses(list) = list { Some(list) } else { None })
    }

    /// Events of the window of the almanac, if they are listed.
    #[must_use]
    pub fn almanac(&self) -> Option<&List<EventRecord>> {
        self.lists.iter().find_map(|list| if let AnyList::Almanac(list) = list { Some(list) } else { None })
    }

    pub(crate) fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// First instant and first instant after the tables of a product; `None` where there are none.
    #[must_use]
    pub fn span_jd(&self, product: Product) -> Option<(f64, f64)> {
        let table = self.tables.get(product.index())?;
        (table.count > 0).then_some((table.start_jd, table.end_jd))
    }

    /// Apparent place of a body on the mean ecliptic and equinox of date.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    // So that callers of development builds, which are hardly optimised, call what is: this crate (Cargo.toml).
    #[cfg_attr(not(debug_assertions), inline)]
    pub fn state(&self, body: Body, center: Center, t: TtDay) -> Result<Answer<State>, Miss> {
        self.kernel.run(MeanState { dataset: self, table: Product::place_index(center, body), jd: t.jd() })
    }

    /// Apparent place on the true ecliptic and equinox of date: the mean place, with nutation added to its longitude
    /// (and nutation's change to its speed). Its error is at most the sum of both tables' errors.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    #[cfg_attr(not(debug_assertions), inline)]
    pub fn true_state(&self, body: Body, center: Center, t: TtDay) -> Result<Answer<State>, Miss> {
        self.kernel.run(TrueState { dataset: self, table: Product::place_index(center, body), jd: t.jd() })
    }

    /// Nutation and mean obliquity.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    #[cfg_attr(not(debug_assertions), inline)]
    pub fn nutation(&self, t: TtDay) -> Result<Answer<Nutation>, Miss> {
        let Answer { value, block } =
            self.kernel.run(AllComponents { dataset: self, table: Product::Nutation.index(), jd: t.jd() })?;
        Ok(Answer { value: Nutation::from(value), block })
    }

    /// ΔT = TT − UT1 in seconds.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    pub fn delta_t_s(&self, ut: UtDay) -> Result<f64, Miss> {
        Ok(self.delta_t(ut)?.value)
    }

    /// As [`Dataset::delta_t_s`], with the block that it is from.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    #[cfg_attr(not(debug_assertions), inline)]
    pub fn delta_t(&self, ut: UtDay) -> Result<Answer<f64>, Miss> {
        self.kernel.run(FirstComponent { dataset: self, table: Product::EarthRotation.index(), jd: ut.jd() })
    }

    /// Greenwich mean sidereal time in degrees, 0 ≤ θ < 360.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    pub fn mean_sidereal_time_deg(&self, ut: UtDay) -> Result<f64, Miss> {
        let components = self.components_at(Product::EarthRotation, ut.jd())?;
        Ok(mean_sidereal_time_deg(ut, components.value[1], components.rate[1]).0)
    }

    /// The three components of any product and their rates, as the table holds them but for the wrap of a longitude:
    /// what an audit asks.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    pub fn components_at(&self, product: Product, jd: f64) -> Result<Components, Miss> {
        Ok(self.kernel.run(AllComponents { dataset: self, table: product.index(), jd })?.value)
    }

    /// The index of the block that holds an instant, and the segment: what an audit or an inspection asks.
    ///
    /// # Errors
    /// A [`Miss`] where there is none.
    pub fn locate(&self, product: Product, jd: f64) -> Result<(u32, crate::block::Segment), Miss> {
        let (index, block) = self.block_at(product.index(), jd)?;
        Ok((index, block.segment(block.index_at(jd))))
    }

    /// The block of a product, by its index, that holds an instant.
    #[inline(always)]
    pub(crate) fn block_at(&self, table: usize, jd: f64) -> Result<(u32, &Block), Miss> {
        let table = &self.tables[table];
        let nth = table.century(jd);
        // The table's own block that covers the instant, or else, NaN too, whatever is left to find.
        if nth < table.count
            && let index = table.first + nth
            && let Some(block) = self.blocks.get(index as usize)
            && block.covers(jd)
        {
            return Ok((index, block));
        }
        self.block_beside(table, jd)
    }

    /// The block that the quotient names for an instant, whether it is the right one or not.
    #[inline(always)]
    pub(crate) fn block_named(&self, table: usize, jd: f64) -> Option<&Block> {
        let table = &self.tables[table];
        self.blocks.get(table.first.wrapping_add(table.century(jd)) as usize)
    }

    /// The block of an instant that the quotient does not name: at an edge it names the block beside it now and then, and
    /// outside the span there is none.
    #[cold]
    fn block_beside(&self, table: &Table, jd: f64) -> Result<(u32, &Block), Miss> {
        let own = table.first..table.first + table.count;
        let mut held = own.filter_map(|index| Some((index, self.blocks.get(index as usize)?)));
        held.find(|(_, block)| block.covers(jd)).ok_or_else(|| table.miss())
    }

    #[inline(always)]
    fn components<Q: Quad>(&self, quad: Q, table: usize, jd: f64) -> Result<Answer<Components>, Miss> {
        let (index, block) = self.block_at(table, jd)?;
        match block.evaluate(quad, jd) {
            Some(value) => Ok(Answer { value, block: index }),
            None => Err(block.refusal(jd)),
        }
    }

    /// The block of nutation over the same century as a block of a table.
    #[inline(always)]
    fn nutation_beside(&self, table: usize, index: u32) -> Option<&Block> {
        let table = &self.tables[table];
        self.blocks.get(table.nutation.wrapping_add(index - table.first) as usize)
    }

    pub(crate) fn record(&self, block: u32, index: Index) -> &[crate::layout::ArchivedLine] {
        self.blocks[block as usize].record(index).unwrap_or_default()
    }
}

impl Table {
    /// How many centuries behind its first one the table's century of an instant is, by the quotient: at an edge it may be
    /// the one beside it, and outside the span it is anything.
    #[inline(always)]
    fn century(&self, jd: f64) -> u32 {
        nearest_whole((jd - self.start_jd) * (1.0 / JULIAN_CENTURY_DAYS) - 0.5).cast_unsigned()
    }

    #[cold]
    fn miss(&self) -> Miss {
        if self.count == 0 {
            Miss::NotTabulated
        } else {
            Miss::OutsideSpan { start: TtDay(self.start_jd), end: TtDay(self.end_jd) }
        }
    }
}

/// Components of any product: work for a kernel.
struct AllComponents<'a> {
    dataset: &'a Dataset,
    table: usize,
    jd: f64,
}

impl Work for AllComponents<'_> {
    type Output = Result<Answer<Components>, Miss>;

    #[inline(always)]
    fn with<Q: Quad>(self, quad: Q) -> Self::Output {
        self.dataset.components(quad, self.table, self.jd)
    }
}

/// The first component of any product, without its rate: work for a kernel.
struct FirstComponent<'a> {
    dataset: &'a Dataset,
    table: usize,
    jd: f64,
}

impl Work for FirstComponent<'_> {
    type Output = Result<Answer<f64>, Miss>;

    #[inline(always)]
    fn with<Q: Quad>(self, quad: Q) -> Self::Output {
        let (index, block) = self.dataset.block_at(self.table, self.jd)?;
        match block.evaluate_first(quad, self.jd) {
            Some((value, _)) => Ok(Answer { value, block: index }),
            None => Err(block.refusal(self.jd)),
        }
    }
}

/// A state on the mean equinox: work for a kernel.
struct MeanState<'a> {
    dataset: &'a Dataset,
    table: usize,
    jd: f64,
}

impl Work for MeanState<'_> {
    type Output = Result<Answer<State>, Miss>;

    #[inline(always)]
    fn with<Q: Quad>(self, quad: Q) -> Self::Output {
        let Answer { value, block } = self.dataset.components(quad, self.table, self.jd)?;
        Ok(Answer { value: place(&value), block })
    }
}

/// A state on the true equinox: work for a kernel.
struct TrueState<'a> {
    dataset: &'a Dataset,
    table: usize,
    jd: f64,
}

impl Work for TrueState<'_> {
    type Output = Result<Answer<State>, Miss>;

    #[inline(always)]
    fn with<Q: Quad>(self, quad: Q) -> Self::Output {
        let (index, block) = self.dataset.block_at(self.table, self.jd)?;
        let Some(nutation) = self.dataset.nutation_beside(self.table, index) else {
            return Err(Miss::NotTabulated);
        };
        // The short evaluation first: while its record comes from memory, the processor already asks for the other's.
        let dpsi = nutation.evaluate_first(quad, self.jd);
        let Some(components) = block.evaluate(quad, self.jd) else { return Err(block.refusal(self.jd)) };
        let Some((dpsi_deg, dpsi_speed)) = dpsi else { return Err(nutation.refusal(self.jd)) };
        let mut state = place(&components);
        state.longitude_deg = wrap_degrees(state.longitude_deg + dpsi_deg);
        state.longitude_speed += dpsi_speed;
        Ok(Answer { value: state, block: index })
    }
}

/// The three components of a place as a state.
#[inline(always)]
pub(crate) fn place(components: &Components) -> State {
    let Components { value, rate } = components;
    State {
        longitude_deg: wrap_degrees(value[0]),
        latitude_deg: value[1],
        distance_au: value[2],
        longitude_speed: rate[0],
        latitude_speed: rate[1],
        distance_speed: rate[2],
    }
}

/// An angle that is at most one turn off, brought to 0 ≤ α < 360.
#[inline(always)]
#[must_use]
pub fn wrap_degrees(degrees: f64) -> f64 {
    let wrapped = if degrees < 0.0 {
        degrees + 360.0
    } else if degrees >= 360.0 {
        degrees - 360.0
    } else {
        degrees
    };
    // A tiny negative angle plus 360 rounds to 360.
    if wrapped >= 360.0 { 0.0 } else { wrapped }
}

/// Groups the blocks by product and checks that each product's blocks follow each other without gap or overlap.
fn tables(blocks: &[Block]) -> Result<Vec<Table>, String> {
    let mut tables = vec![Table::default(); Product::COUNT];
    for (index, block) in blocks.iter().enumerate() {
        let table = &mut tables[block.product().index()];
        if table.count == 0 {
            let (start_jd, end_jd) = (block.start_jd(), block.end_jd());
            *table = Table { start_jd, end_jd, first: index as u32, count: 1, nutation: NO_BLOCK };
        } else if table.first + table.count != index as u32 || table.end_jd != block.start_jd() {
            return Err(format!("the blocks of {} do not follow each other", block.product()));
        } else {
            table.end_jd = block.end_jd();
            table.count += 1;
        }
        if block.end_jd() - block.start_jd() != JULIAN_CENTURY_DAYS {
            return Err(format!("a block of {} is not one Julian century long", block.product()));
        }
    }
    let nutation = tables[Product::Nutation.index()];
    for table in &mut tables {
        let centuries = (table.start_jd - nutation.start_jd) / JULIAN_CENTURY_DAYS;
        if table.count > 0 && centuries >= 0.0 && centuries.fract() == 0.0 && table.end_jd <= nutation.end_jd
        {
            table.nutation = nutation.first + centuries as u32;
        }
    }
    Ok(tables)
}
