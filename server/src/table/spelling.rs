//! How the cells of a column are spelt in text, with what stands before each.

use super::layout::{Column, Holds, NOTHING};
use crate::text::chunk::Pen;
use crate::text::decimal::NUMBER_BYTES;
use crate::text::label::Label;
use crate::text::quantity::Quantity;

/// What a format in text puts around its cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    /// Stands on both sides of words.
    pub(super) quote: &'static str,
    /// Stands where there is nothing.
    pub(super) nothing: &'static str,
}

/// The marks of JSON.
pub(super) const JSON: Marks = Marks { quote: "\"", nothing: "null" };

/// The cells of one column.
#[derive(Clone, Debug)]
pub(super) enum Spelling {
    Numbers {
        before: Label,
        quantity: Quantity,
        nothing: Label,
    },
    /// All that the cells can be, with what stands before; the last one is nothing.
    Choices(Box<[Label]>),
}

impl Spelling {
    /// The cells of a column, with what stands before each.
    pub(super) fn new(column: &Column, before: &str, Marks { quote, nothing }: Marks) -> Spelling {
        let label = |text: &str| Label::new(&format!("{before}{text}"));
        let choices = |choices: &mut dyn Iterator<Item = Label>| {
            Spelling::Choices(choices.chain([label(nothing)]).collect())
        };
        match column.holds {
            Holds::Number { decimals, wraps, .. } => {
                let quantity = Quantity { decimals, wraps };
                Spelling::Numbers { before: Label::new(before), quantity, nothing: Label::new(nothing) }
            }
            Holds::Word(words) => {
                choices(&mut words.iter().map(|word| label(&format!("{quote}{word}{quote}"))))
            }
            Holds::Truth => choices(&mut ["false", "true"].into_iter().map(label)),
            Holds::Count => choices(&mut (0..NOTHING).map(|count| label(&count.to_string()))),
        }
    }

    /// The most room that writing a cell takes.
    pub(super) fn room(&self) -> usize {
        match self {
            Spelling::Numbers { before, nothing, .. } => before.room() + NUMBER_BYTES.max(nothing.room()),
            Spelling::Choices(labels) => labels.iter().map(Label::room).max().unwrap_or(0),
        }
    }

    /// About how many bytes a cell takes.
    pub(super) fn usual_bytes(&self) -> usize {
        match self {
            // A sign or three digits, the point, and seventeen digits in all where they are not fewer.
            Spelling::Numbers { before, quantity, .. } => {
                before.len() + usize::from(quantity.decimals.unwrap_or(14).min(14)) + 4
            }
            Spelling::Choices(labels) => labels.iter().map(Label::len).sum::<usize>() / labels.len(),
        }
    }
}

/// Writes a number with what stands before it, in no more room than [`Spelling::room`].
#[inline(always)]
pub(super) fn number(
    pen: &mut Pen<'_>,
    before: &Label,
    nothing: &Label,
    value: f64,
    write: impl FnOnce(f64, &mut [u8; NUMBER_BYTES]) -> Option<usize>,
) {
    pen.label(before);
    let mut written = true;
    pen.within(|room| {
        write(value, room).unwrap_or_else(|| {
            written = false;
            0
        })
    });
    if !written {
        pen.label(nothing);
    }
}

/// Writes the numbers of a column, each with what stands before it.
#[inline(always)]
pub(super) fn numbers(
    pen: &mut Pen<'_>,
    before: &Label,
    quantity: Quantity,
    nothing: &Label,
    values: impl Iterator<Item = f64>,
) {
    // The way of writing is chosen once for all of them.
    match quantity.decimals {
        Some(9) => {
            for value in values {
                number(pen, before, nothing, value, |value, room| quantity.nine(value, room));
            }
        }
        Some(12) => {
            for value in values {
                number(pen, before, nothing, value, |value, room| quantity.twelve(value, room));
            }
        }
        _ => {
            for value in values {
                number(pen, before, nothing, value, |value, room| quantity.otherwise(value, room));
            }
        }
    }
}

/// Writes one of the choices.
#[inline(always)]
pub(super) fn choice(pen: &mut Pen<'_>, choices: &[Label], cell: u8) {
    if let Some(label) = choices.get(usize::from(cell)).or(choices.last()) {
        pen.label(label);
    }
}
