//! Charts being told, some at a time: from tables beside the thread that serves, and those that tables do not know all of on a
//! live thread, one after the other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Clock, SystemTime};

use bytes::Bytes;
use orrery_almanac::aspect::perfection::LookedUp;
use orrery_swisseph::Session;
use tracing::warn;

use super::told::Outlet;
use crate::answer::chart;
use crate::answer::events::searchable;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::plan::{live_unavailable, only_live};
use crate::answer::{candidates, evaluate};
use crate::app::{App, Generation};
use crate::query::{Bulk, Ordered, SourceChoice};
use crate::routes::telling::{left_to_tables, names_of};
use crate::text::json::Json;
use crate::wire::aside;
use crate::wire::content::CHUNK_BYTES;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::route::{cause, panicked, unpanicked};
use crate::wire::upload::{Batch, Line, MOST_LINE_BYTES};

/// How long a thread beside the one that serves is kept by the charts of one request before others have their turn.
const TURN: Duration = Duration::from_millis(5);

/// What charts are told with.
pub(super) struct Work {
    app: Arc<App>,
    generation: Arc<Generation>,
    bulk: Bulk,
    names: Names,
    /// How they come.
    sent: Format,
    /// How they are told.
    format: Format,
    /// What the request is known by in the log.
    id: String,
    /// When it came: what charts mean that say nothing of when.
    now: SystemTime,
    /// What was looked up in the tables for charts before, as often as batches were told at once.
    looked_up: Mutex<Vec<LookedUp>>,
}

/// What of a chart does not depend on its answer.
struct Mark {
    number: u64,
    id: Option<String>,
}

/// What has come of some charts so far, in their order.
enum Piece {
    Told(Bytes),
    /// Left to a live thread.
    Left(Mark, Arc<Left>),
}

/// What a live thread is to find out.
enum Left {
    Chart(Box<Ordered>),
    /// Which instants a local time may have meant.
    Readings(Problem),
}

impl Work {
    pub(super) fn new(app: &Arc<App>, bulk: Bulk, sent: Format, format: Format, id: String) -> Work {
        let (generation, names) = (app.generation(), names_of(app));
        Work {
            app: Arc::clone(app),
            generation,
            bulk,
            names,
            sent,
            format,
            id,
            now: SystemTime::now(),
            looked_up: Mutex::default(),
        }
    }

    pub(super) fn generation(&self) -> &Generation {
        &self.generation
    }

    /// Tells some charts, in chunks of the reply.
    pub(super) async fn told(self: Arc<Work>, batch: Batch, outlet: Outlet) -> Result<(), Problem> {
        let batch = Arc::new(batch);
        let mut begun = 0;
        while begun < batch.len() {
            let pieces = {
                let (work, batch) = (Arc::clone(&self), Arc::clone(&batch));
                let (pieces, next) = aside::done(move || Ok(work.by_tables(&batch, begun))).await?;
                begun = next;
                pieces
            };
            for piece in pieces {
                let chunk = match piece {
                    Piece::Told(chunk) => chunk,
                    Piece::Left(mark, left) => self.live(mark, left).await,
                };
                outlet.send(chunk).await;
            }
        }
        Ok(())
    }

    /// What there is instead of the rest of the charts, where they cannot be read.
    pub(super) fn broken(&self, number: u64, problem: &Problem) -> Bytes {
        let mut json = Json::new();
        self.refuse(&mut json, &Mark { number, id: None }, problem);
        json.into_bytes()
    }

    /// What tables tell and what they leave of a batch from one of its lines on, and which line is to be begun with when others have
    /// had their turn.
    fn by_tables(&self, batch: &Batch, first: usize) -> (Vec<Piece>, usize) {
        let until = Clock::now() + TURN;
        let mut next = first;
        let mut pieces = Vec::new();
        let mut json = Json::new();
        let mut looked_up = self.looked_up().pop().unwrap_or_default();
        for line in batch.lines().skip(first) {
            let left = self.line(&mut json, line, &mut looked_up);
            if (left.is_some() || json.len() >= CHUNK_BYTES) && !json.is_empty() {
                pieces.push(Piece::Told(std::mem::replace(&mut json, Json::new()).into_bytes()));
            }
            pieces.extend(left.map(|(mark, left)| Piece::Left(mark, Arc::new(left))));
            next += 1;
            if Clock::now() >= until {
                break;
            }
        }
        if !json.is_empty() {
            pieces.push(Piece::Told(json.into_bytes()));
        }
        self.looked_up().push(looked_up);
        (pieces, next)
    }

    /// No one panics while it is locked.
    fn looked_up(&self) -> MutexGuard<'_, Vec<LookedUp>> {
        self.looked_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what tables tell of a line, or that it is refused; gives back what they leave, having written nothing.
    fn line(&self, json: &mut Json, line: Line<'_>, looked_up: &mut LookedUp) -> Option<(Mark, Left)> {
        let mut mark = Mark { number: line.number, id: None };
        let read = unpanicked(|| self.read(line, &mut mark));
        let read = read.unwrap_or_else(|panic| Err(panicked(&panic)));
        let told = read.and_then(|ordered| {
            if ordered.chart.cast.sky.source == SourceChoice::Live {
                return self.leave(ordered).map(Some);
            }
            let is_alone = self.app.live().is_none();
            let mut ground = Ground::of_tables(&self.generation, is_alone).knowing(std::mem::take(looked_up));
            let told = self.tell(json, &mark, &ordered, &mut ground);
            *looked_up = ground.into_looked_up();
            match told {
                Ok(()) => Ok(None),
                Err(Beyond::Tables) => self.leave(ordered).map(Some),
                Err(Beyond::Refused(problem)) => Err(problem),
            }
        });
        match told {
            Ok(left) => left.map(|ordered| (mark, Left::Chart(Box::new(ordered)))),
            Err(mut problem) => {
                if !candidates::complete_by_tables(&self.generation, &mut problem) {
                    if self.app.live().is_some() {
                        return Some((mark, Left::Readings(problem)));
                    }
                    candidates::complete_without(&self.generation, &mut problem);
                }
                self.refuse(json, &mark, &problem);
                None
            }
        }
    }

    /// What a line asks for.
    fn read(&self, line: Line<'_>, mark: &mut Mark) -> Result<Ordered, Problem> {
        let text = line.text.ok_or_else(|| too_long(self.sent))?;
        let ordered = self.bulk.read(text, self.sent == Format::Ndjson, &mut mark.id, || self.now)?;
        ordered.check(&self.generation.leaps)?;
        Ok(ordered)
    }

    /// Leaves a chart to a live thread, if there is one to ask.
    fn leave(&self, ordered: Ordered) -> Result<Ordered, Problem> {
        if ordered.chart.cast.sky.source == SourceChoice::Table {
            return Err(only_live("tables do not know all that is asked for"));
        }
        if self.app.live().is_none() { Err(live_unavailable()) } else { Ok(ordered) }
    }

    /// Writes a chart, or nothing.
    fn tell(
        &self,
        json: &mut Json,
        mark: &Mark,
        ordered: &Ordered,
        ground: &mut Ground<'_>,
    ) -> Result<(), Beyond> {
        let before = json.len();
        self.begin(json, mark);
        let Ordered { chart, beside } = ordered;
        // One chart that fails in a way that it should not is none of the others' business.
        let told =
            unpanicked(|| chart::write_told(json, ground, chart, *beside, self.format.name(), &self.names));
        let told = told.unwrap_or_else(|panic| Err(panicked(&panic).into()));
        match told {
            Ok(()) => self.end(json),
            Err(_) => json.cut(before),
        }
        told
    }

    /// Writes that there is no chart, and why.
    fn refuse(&self, json: &mut Json, mark: &Mark, problem: &Problem) {
        if let Some(cause) = cause(&self.app, problem) {
            let (id, line) = (&*self.id, mark.number);
            warn!(id, line, code = problem.code.name(), cause, "refused a chart among many");
        }
        self.begin(json, mark);
        json.key("error").verbatim(&problem.body());
        self.end(json);
    }

    fn begin(&self, json: &mut Json, mark: &Mark) {
        json.verbatim(if self.format == Format::Ndjson { b"{" } else { b",{" });
        let number = if self.sent == Format::Ndjson { "line" } else { "index" };
        json.key(number).integer(i64::try_from(mark.number).unwrap_or(i64::MAX));
        if let Some(id) = &mark.id {
            json.key("id").verbatim(id.as_bytes());
        }
    }

    fn end(&self, json: &mut Json) {
        json.verbatim(if self.format == Format::Ndjson { b"}\n" } else { b"}" });
    }

    /// What a live thread tells, when it is this chart's turn.
    async fn live(self: &Arc<Work>, mark: Mark, left: Arc<Left>) -> Bytes {
        let mark = Arc::new(mark);
        let told = evaluate::in_turn(&self.app, || {
            let (work, mark, left) = (Arc::clone(self), Arc::clone(&mark), Arc::clone(&left));
            move |session: &mut Session| Ok(work.with_session(session, &mark, &left))
        });
        told.await.unwrap_or_else(|unanswered| {
            let mut json = Json::new();
            let problem = match &*left {
                Left::Chart(_) => unanswered,
                // What is wrong with the line is known all the same.
                Left::Readings(problem) => {
                    let mut problem = problem.clone();
                    candidates::complete_without(&self.generation, &mut problem);
                    problem
                }
            };
            self.refuse(&mut json, &mark, &problem);
            json.into_bytes()
        })
    }

    fn with_session(&self, session: &mut Session, mark: &Mark, left: &Left) -> Bytes {
        let mut json = Json::new();
        match left {
            Left::Chart(ordered) => {
                let until = Clock::now() + self.app.limits().compute();
                let known = self.app.live().map_or(0.0..0.0, searchable);
                let mut ground = Ground::with_session(&self.generation, session, known, until);
                match self.tell(&mut json, mark, ordered, &mut ground) {
                    Ok(()) => {}
                    Err(Beyond::Refused(problem)) => self.refuse(&mut json, mark, &problem),
                    // Who has a session is not told that.
                    Err(Beyond::Tables) => self.refuse(&mut json, mark, &left_to_tables()),
                }
            }
            Left::Readings(problem) => {
                let mut problem = problem.clone();
                candidates::complete_live(&self.generation, session, &mut problem);
                self.refuse(&mut json, mark, &problem);
            }
        }
        json.into_bytes()
    }
}

fn too_long(sent: Format) -> Problem {
    let what = if sent == Format::Ndjson { "line" } else { "element" };
    Problem::new(Code::BodyTooLarge, format!("the {what} is longer than {MOST_LINE_BYTES} bytes"))
        .hint(format!("send one chart as each {what}, and name fewer bodies in it"))
}

#[cfg(test)]
mod tests {
    use super::super::{LINE, QUERIED};
    use super::*;
    use crate::answer::handmade;
    use crate::query::Params;

    #[test]
    fn what_a_local_time_may_mean_is_told_without_a_live_source_too() {
        let app = handmade::app();
        let params = Params::parse("", QUERIED).unwrap().into_owned();
        let bulk = Bulk::new(params, LINE, Arc::clone(app.lots()), &app.generation().leaps).unwrap();
        let work = Work::new(&app, bulk, Format::Ndjson, Format::Ndjson, String::new());
        let mut batch = Batch::default();
        // No table knows ΔT then.
        batch.add(1, br#"{"date": "1981-09-27T02:30", "tz": "Europe/Berlin", "lat": 52.5, "lon": 13.4}"#);
        let (pieces, _) = work.by_tables(&batch, 0);
        let [Piece::Told(line)] = &pieces[..] else {
            panic!("it is left to a live source that is not there")
        };
        let told: serde_json::Value = serde_json::from_slice(line).unwrap();
        let candidate = &told["error"]["candidates"][1];
        assert_eq!(
            (&candidate["utc"], &candidate["utc_offset_s"]),
            (&"1981-09-27T01:30:00.000Z".into(), &3600.into())
        );
        assert!(candidate.get("jd_ut").is_none_or(serde_json::Value::is_null), "{told}");
    }
}
