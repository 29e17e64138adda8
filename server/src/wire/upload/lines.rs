//! The lines of a body, taken as they come, a few at a time.

use std::io::{ErrorKind, Read};
use std::ops::Range;

use super::decode::{self, Decoder};
use super::inflow::{Arrivals, Inflow};
use super::{SPLIT, coding, no_room};
use crate::app::App;
use crate::wire::coding::Coding;
use crate::wire::problem::{Code, Problem};
use crate::wire::request::Request;
use crate::wire::room::{Full, Taken};

/// How long a line may be: as long as a query string.
pub(crate) const MOST_LINE_BYTES: usize = 64 * 1024;

/// How much is decoded at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// Pieces after which others have their turn, where no line comes of them.
const MOST_PIECES: usize = 4;

/// A body's lines.
pub(crate) struct Lines {
    coding: Coding,
    decoder: Decoder<Inflow>,
    arrivals: Arrivals,
    /// What the decoder keeps for itself.
    _window: Taken,
    piece: Vec<u8>,
    /// What of the piece is still to be looked at.
    left: Range<usize>,
    /// Lines that are cut off, and the beginning of one that is not.
    batch: Batch,
    /// Where that begins.
    begun: usize,
    /// Lines so far.
    number: u64,
    /// Whether the line is too long, and what is left of it is passed over.
    passes_over: bool,
    /// Bytes that belonged to no line that is told.
    passed_over: usize,
    /// How many of these there may be.
    most_passed_over: usize,
    /// Why what comes next cannot be read, once that is known.
    failure: Option<Problem>,
    is_over: bool,
}

/// Lines that are handed on together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    text: Vec<u8>,
    lines: Vec<(u64, Option<Range<usize>>)>,
}

/// A line of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// How many lines there are up to this one, blank ones counted.
    pub(crate) number: u64,
    /// Without its end; `None` where it is too long.
    pub(crate) text: Option<&'a [u8]>,
}

/// What can be had of a body at a moment.
#[derive(Debug)]
pub(crate) enum Cut {
    /// Some lines.
    Lines(Batch),
    /// Fewer lines than are wanted; more may be had at once.
    NotYet,
    /// The same, and nothing more has come.
    Waits,
    /// There is no other line.
    End,
    /// What comes next cannot be read.
    Broken(Problem),
}

impl Request {
    /// The lines of the body, which is read as they are taken. It can be read once.
    ///
    /// # Errors
    /// 415 where it is coded otherwise than with gzip, br or zstd; 503 where there is no room.
    pub(crate) fn lines(&self, app: &App) -> Result<Lines, Problem> {
        let (limits, room) = (app.limits(), app.bodies());
        let coding = coding(self.headers())?;
        let window = room.take(decode::window_bytes(coding)).map_err(|Full| no_room(room))?;
        let inflow = Inflow::new(self.sent(), limits, room, coding != Coding::Identity);
        let arrivals = inflow.arrivals();
        let decoder = Decoder::new(coding, inflow).map_err(|_| decode::broken(coding))?;
        Ok(Lines {
            coding,
            decoder,
            arrivals,
            _window: window,
            piece: vec![0; PIECE_BYTES],
            left: 0..0,
            batch: Batch::default(),
            begun: 0,
            number: 0,
            passes_over: false,
            passed_over: 0,
            most_passed_over: limits.body_bytes,
            failure: None,
            is_over: false,
        })
    }
}

impl Batch {
    /// Adds what stands for a line in a body that is there; of what is too long, no more than that it is.
    pub(crate) fn add(&mut self, number: u64, text: &[u8]) {
        let begun = self.text.len();
        let fits = text.len() <= MOST_LINE_BYTES;
        if fits {
            self.text.extend_from_slice(text);
        }
        self.lines.push((number, fits.then_some(begun..self.text.len())));
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let line = |(number, range): &(u64, Option<Range<usize>>)| Line {
            number: *number,
            text: range.clone().map(|range| &self.text[range]),
        };
        self.lines.iter().map(line)
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether it has so many lines, or as much text as one may have.
    pub(crate) fn has(&self, lines: usize) -> bool {
        self.lines.len() >= lines || self.text.len() >= MOST_LINE_BYTES
    }
}

impl Lines {
    /// The next lines that have come: as many as are wanted, or fewer where the body ends or `few` will do.
    pub(crate) fn cut(&mut self, wanted: usize, few: bool) -> Cut {
        let mut pieces = 0;
        while self.failure.is_none() && !self.is_over && !self.has(wanted) {
            if !self.left.is_empty() {
                self.next_line();
                continue;
            }
            if pieces == MOST_PIECES {
                return Cut::NotYet;
            }
            pieces += 1;
            match self.decoder.read(&mut self.piece) {
                Ok(0) => {
                    // The last line needs no end.
                    if self.passes_over || self.begun < self.batch.text.len() {
                        self.end_line();
                    }
                    self.is_over = true;
                }
                Ok(length) => self.left = 0..length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return if few && !self.batch.is_empty() { Cut::Lines(self.take()) } else { Cut::Waits };
                }
                Err(_) => {
                    let failure = self.arrivals.failure();
                    self.failure = Some(failure.unwrap_or_else(|| decode::broken(self.coding)));
                }
            }
        }
        if !self.batch.is_empty() {
            return Cut::Lines(self.take());
        }
        self.is_over = true;
        self.failure.take().map_or(Cut::End, Cut::Broken)
    }

    /// Waits until more of the body has come, or nothing more will come.
    pub(crate) async fn arrived(&self) {
        self.arrivals.next().await;
    }

    /// Which line comes next.
    pub(crate) fn next_number(&self) -> u64 {
        self.number + 1
    }

    /// Whether so many lines are cut off, or as much text as may be handed on together.
    fn has(&self, lines: usize) -> bool {
        self.batch.lines.len() >= lines || self.begun >= MOST_LINE_BYTES
    }

    /// The lines that are cut off; what is begun stays.
    fn take(&mut self) -> Batch {
        self.arrivals.went_on();
        let rest = self.batch.text.split_off(self.begun);
        self.begun = 0;
        let mut taken = std::mem::replace(&mut self.batch, Batch { text: rest, lines: Vec::new() });
        taken.text.shrink_to_fit();
        taken
    }

    /// Goes on to the end of the line, or of the piece.
    fn next_line(&mut self) {
        let piece = &self.piece[self.left.clone()];
        let end = piece.iter().position(|byte| *byte == b'\n');
        let text = &piece[..end.unwrap_or(piece.len())];
        let looked_at = text.len() + usize::from(end.is_some());
        if self.passes_over {
            self.passed_over += looked_at;
        } else if self.batch.text.len() - self.begun + text.len() > MOST_LINE_BYTES {
            self.passed_over += self.batch.text.len() - self.begun + looked_at;
            self.batch.text.truncate(self.begun);
            self.passes_over = true;
        } else {
            self.batch.text.extend_from_slice(text);
        }
        self.left.start += looked_at;
        if end.is_some() {
            self.end_line();
        }
        let most = self.most_passed_over;
        if self.passed_over > most {
            let detail =
                format!("more than {most} bytes of the body are blank lines, or lines that are too long");
            self.failure = Some(Problem::new(Code::BodyTooLarge, detail).hint(SPLIT));
        }
    }

    /// Cuts a line off, unless it is blank.
    fn end_line(&mut self) {
        self.number += 1;
        let (begun, end) = (self.begun, self.batch.text.len());
        if std::mem::take(&mut self.passes_over) {
            self.batch.lines.push((self.number, None));
        } else if self.batch.text[begun..].trim_ascii().is_empty() {
            self.passed_over += end - begun + 1;
            self.batch.text.truncate(begun);
        } else {
            self.batch.lines.push((self.number, Some(begun..end)));
        }
        self.begun = self.batch.text.len();
    }
}
