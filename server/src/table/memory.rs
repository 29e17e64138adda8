//! Memory of long columns, used again: it would be fresh from the system for each table otherwise, which takes as long to
//! hand over a page as it takes to compute and write the numbers on it.

use std::cell::RefCell;

/// Shorter columns come from the allocator's own store.
const LEAST: usize = 4096;

/// Longer ones are given back to the system. A JSON document has at most 100,000 rows by default.
const MOST: usize = 128 * 1024;

/// How many columns a thread keeps: those of two tables of six quantities.
const KEPT: usize = 16;

thread_local! {
    static COLUMNS: RefCell<Vec<Vec<f64>>> = const { RefCell::new(Vec::new()) };
}

/// A column without numbers.
pub(super) fn take() -> Vec<f64> {
    let kept = COLUMNS.try_with(|columns| columns.borrow_mut().pop());
    kept.ok().flatten().unwrap_or_default()
}

/// Keeps a column's memory for the next, unless there is enough or it is too long.
pub(super) fn keep(mut column: Vec<f64>) {
    if !(LEAST..=MOST).contains(&column.capacity()) {
        return;
    }
    column.clear();
    // At the end of a thread there is nothing to give it back to.
    let _ = COLUMNS.try_with(|columns| {
        let mut columns = columns.borrow_mut();
        if columns.len() < KEPT {
            columns.push(column);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_comes_back_without_its_numbers() {
        let column = vec![1.0; 2 * LEAST];
        let place = column.as_ptr();
        keep(column);
        let column = take();
        assert_eq!((column.as_ptr(), column.len()), (place, 0));
    }

    #[test]
    fn few_columns_are_kept_and_none_that_are_short_or_long() {
        (0..2 * KEPT).for_each(|_| keep(Vec::with_capacity(LEAST)));
        keep(Vec::with_capacity(LEAST / 2));
        keep(Vec::with_capacity(MOST + 1));
        let kept: Vec<usize> = COLUMNS.with(|columns| columns.borrow().iter().map(Vec::capacity).collect());
        assert_eq!(kept, [LEAST; KEPT]);
    }
}
