//! A reply's content below warp and above hyper: as long as it is there its request is under way.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};

use crate::wire::guard::InService;

/// The content of a reply, with the token of its request.
#[derive(Debug)]
pub(crate) struct Outgoing<B> {
    body: B,
    serving: InService,
}

impl<B> Outgoing<B> {
    pub(crate) fn new(body: B, mut serving: InService) -> Outgoing<B> {
        serving.replied();
        Outgoing { body, serving }
    }
}

impl<B: Body + Unpin> Body for Outgoing<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.body).poll_frame(cx);
        match &polled {
            Poll::Pending => this.serving.makes(),
            Poll::Ready(Some(Ok(_))) if !this.body.is_end_stream() => this.serving.gave(),
            Poll::Ready(_) => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
