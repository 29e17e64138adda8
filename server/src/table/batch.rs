//! Some rows of a table, computed: a column at a time, as computing fills them and as Arrow sends them.

use orrery_almanac::Utc;

use super::TableError;
use super::layout::{Holds, Layout, NOTHING};
use super::memory;

/// The rows of some instants, in order: all bodies of the first, then all of the next. Its memory serves for the next
/// batch when an encoder is done with it.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// The instants, Julian days of TT.
    pub(crate) jd_tt: Vec<f64>,
    /// The same of UT1; empty where nobody asked.
    pub(crate) jd_ut: Vec<f64>,
    /// The same as a clock in Greenwich shows them, [rounded](Utc::rounded) to milliseconds; empty where nobody asked.
    pub(crate) utc: Vec<Utc>,
    /// One a column, with as many cells as there are rows.
    pub(crate) cells: Vec<Cells>,
}

/// The cells of a column.
#[derive(Clone, Debug)]
pub(crate) enum Cells {
    /// What is not finite is nothing.
    Numbers(Vec<f64>),
    /// Which of the column's words; [`NOTHING`] for none of them.
    Words(Vec<u8>),
    /// 0 or 1, or [`NOTHING`].
    Truths(Vec<u8>),
    /// The numbers themselves, or [`NOTHING`].
    Counts(Vec<u8>),
}

impl Batch {
    /// A batch without rows.
    pub(crate) fn new(layout: &Layout) -> Batch {
        let cells = layout.columns.iter().map(|column| Cells::new(column.holds)).collect();
        Batch { jd_tt: memory::take(), jd_ut: memory::take(), utc: Vec::new(), cells }
    }

    /// How many instants it has.
    pub(crate) fn instants(&self) -> usize {
        self.jd_tt.len()
    }

    /// The columns that have numbers.
    pub(super) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut Vec<f64>> {
        let cells = self.cells.iter_mut().filter_map(|cells| match cells {
            Cells::Numbers(numbers) => Some(numbers),
            _ => None,
        });
        [&mut self.jd_tt, &mut self.jd_ut].into_iter().chain(cells)
    }

    /// Takes all rows out.
    pub(crate) fn clear(&mut self) {
        let Batch { jd_tt, jd_ut, utc, cells } = self;
        jd_tt.clear();
        jd_ut.clear();
        utc.clear();
        cells.iter_mut().for_each(Cells::clear);
    }

    /// Takes the rows out of another batch and puts them behind these.
    pub(crate) fn append(&mut self, other: &mut Batch) {
        self.jd_tt.append(&mut other.jd_tt);
        self.jd_ut.append(&mut other.jd_ut);
        self.utc.append(&mut other.utc);
        for (cells, others) in self.cells.iter_mut().zip(&mut other.cells) {
            cells.append(others);
        }
    }

    /// Refuses rows that are not what the layout says.
    pub(crate) fn check(&self, layout: &Layout) -> Result<(), TableError> {
        let instants = self.jd_tt.len();
        let rows = instants * layout.bodies.len();
        let misfit = |column, cells, rows| Err(TableError::Misfit { column, cells, rows });
        let asked = |asked: bool| if asked { instants } else { 0 };
        if self.jd_ut.len() != asked(layout.time.jd_ut) {
            return misfit("jd_ut", self.jd_ut.len(), instants);
        }
        if self.utc.len() != asked(layout.time.utc) {
            return misfit("utc", self.utc.len(), instants);
        }
        if self.cells.len() != layout.columns.len() {
            return Err(TableError::Columns { columns: self.cells.len(), layout: layout.columns.len() });
        }
        for (cells, column) in self.cells.iter().zip(&layout.columns) {
            if cells.len() != rows {
                return misfit(column.name, cells.len(), rows);
            }
            let fits = match (cells, column.holds) {
                (Cells::Numbers(_), Holds::Number { .. }) | (Cells::Counts(_), Holds::Count) => true,
                (Cells::Words(words), Holds::Word(known)) => are_below(words, known.len()),
                (Cells::Truths(truths), Holds::Truth) => are_below(truths, 2),
                _ => false,
            };
            if !fits {
                return Err(TableError::Stranger { column: column.name });
            }
        }
        Ok(())
    }
}

/// The memory of its numbers serves for later batches.
impl Drop for Batch {
    fn drop(&mut self) {
        let Batch { jd_tt, jd_ut, utc: _, cells } = self;
        let numbers = cells.iter_mut().filter_map(|cells| match cells {
            Cells::Numbers(numbers) => Some(numbers),
            _ => None,
        });
        [jd_tt, jd_ut].into_iter().chain(numbers).for_each(|column| memory::keep(std::mem::take(column)));
    }
}

/// Whether all cells are below `end` or nothing.
fn are_below(cells: &[u8], end: usize) -> bool {
    // Without a way out, so that many are looked at at a time.
    cells.iter().fold(true, |all, cell| all & (usize::from(*cell) < end || *cell == NOTHING))
}

impl Cells {
    /// A column without cells.
    fn new(holds: Holds) -> Cells {
        match holds {
            Holds::Number { .. } => Cells::Numbers(memory::take()),
            Holds::Word(_) => Cells::Words(Vec::new()),
            Holds::Truth => Cells::Truths(Vec::new()),
            Holds::Count => Cells::Counts(Vec::new()),
        }
    }

    /// How many cells it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Cells::Numbers(numbers) => numbers.len(),
            Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes) => bytes.len(),
        }
    }

    fn clear(&mut self) {
        match self {
            Cells::Numbers(numbers) => numbers.clear(),
            Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes) => bytes.clear(),
        }
    }

    fn append(&mut self, other: &mut Cells) {
        match (self, other) {
            (Cells::Numbers(numbers), Cells::Numbers(others)) => numbers.append(others),
            (Cells::Words(bytes), Cells::Words(others))
            | (Cells::Truths(bytes), Cells::Truths(others))
            | (Cells::Counts(bytes), Cells::Counts(others)) => bytes.append(others),
            // A batch that was checked against the layout has its kinds.
            _ => {}
        }
    }
}
