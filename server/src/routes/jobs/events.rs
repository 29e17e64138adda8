//! `GET /v1/jobs/{id}/events`: how a job stands, told each time that it has changed, until nothing more comes of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use tokio::time::sleep;

use super::{found, named};
use crate::app::App;
use crate::jobs::{Archive, Job, JobId, now_us};
use crate::routes::Asked;
use crate::wire::content::Content;
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::sse;

/// Pause between two looks at a job.
const PAUSE: Duration = Duration::from_millis(200);

/// How long a client is to wait before it asks again.
const RETRY: Duration = Duration::from_secs(1);

pub(crate) const FORMATS: &[Format] = &[Format::Sse];

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let (archive, id) = named(&app, &request)?;
        let format = request.format(None, FORMATS)?;
        let job = found(&archive, id).await?;
        app.check_stream()?;
        // How it stands now comes first, whatever the client has seen: there is no other past of a job than that.
        let telling = Telling { app, archive, id, said: None, is_over: false };
        let chunks = stream::try_unfold((Some(job), telling), |(job, mut telling)| async move {
            let job = match job {
                Some(job) => job,
                None if telling.is_over => return Ok(None),
                None => match telling.changed().await? {
                    Some(job) => job,
                    None => return Ok(None),
                },
            };
            Ok(Some((telling.told(&job), (None, telling))))
        });
        let mut response = Response::new(Content::stream(sse::with_beats(chunks)));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(Reply::from(response))
    }))
}

/// What was told of a job.
struct Telling {
    app: Arc<App>,
    archive: Arc<Archive>,
    id: JobId,
    /// The last event's data.
    said: Option<String>,
    is_over: bool,
}

impl Telling {
    /// The job, once it stands otherwise than it was told; `None` where the client is to ask another worker, as this one is
    /// about to end.
    async fn changed(&self) -> Result<Option<Job>, Problem> {
        loop {
            sleep(PAUSE).await;
            if self.app.is_draining() {
                return Ok(None);
            }
            let job = found(&self.archive, self.id).await?;
            if self.said.as_ref() != Some(&data(&job)) {
                return Ok(Some(job));
            }
        }
    }

    /// The event of how a job stands.
    fn told(&mut self, job: &Job) -> Bytes {
        let (state, data) = (job.state(now_us()), data(job));
        let id = format!("{}.{}.{}", job.record.run, job.record.bytes, state.word());
        let event = sse::event("job", &id, data.as_bytes());
        let is_first = self.said.replace(data).is_none();
        self.is_over = state.is_over();
        if is_first { [sse::retry(RETRY).as_bytes(), &event].concat().into() } else { event }
    }
}

fn data(job: &Job) -> String {
    // Numbers and text under names: there is nothing in it that JSON could not hold.
    serde_json::to_string(&job.document(now_us())).unwrap_or_default()
}
