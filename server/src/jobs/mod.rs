//! Jobs: requests of this interface that are answered later.
//!
//! A job is a folder in one directory, so that any worker tells of any job, and that a job survives whatever process ends:
//! `request.json` and perhaps `body`, what was asked; `job.json`, how it stands, put in place by one rename each time;
//! `result.N`, its result as far as it has come, by the Nth process or turn that has worked at it; and `cancelled`, once its
//! client wants it no more. Workers make folders, cancel and remove; how a job stands is written by the runner alone, of
//! which a lock lets no two be at work.
//!
//! Whoever knows a job's id may read and end it: the ids are 128 random bits, and there is no list of them.

mod archive;
mod crew;
mod folder;
mod id;
mod record;
mod wanted;
mod work;

pub(crate) use archive::{Archive, Refused, Survey};
pub(crate) use crew::Crew;
pub(crate) use id::{FORM, JobId};
pub(crate) use record::{Job, ReplyHead, State, now_us};
pub(crate) use wanted::Posted;
