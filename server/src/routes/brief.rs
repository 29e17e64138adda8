//! `GET /v1/brief`: what a day, a week or a month brings, in a few sentences.

use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use orrery_almanac::{LeapSeconds, WireBody};
use orrery_format::{Center, ListName, Product};

use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::tables::Extent;
use crate::app::{App, Generation};
use crate::brief;
use crate::query::{BriefQuery, SourceChoice, Stretch, When};
use crate::routes::telling::{self, Kept, Telling};
use crate::routes::{Asked, Resource};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

mod spec;

#[cfg(test)]
pub(crate) use spec::PARAMETERS;
pub(crate) use spec::SPEC;

/// The formats: text, unless JSON is asked for.
const FORMATS: &[Format] = &[Format::Text, Format::Json];

/// Days beyond the first and the last that a brief may depend on.
const AROUND_DAYS: f64 = 8.0;

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::get(app, request, Resource::Brief, spec::PARAMETERS, FORMATS, |app, params, _| {
        BriefQuery::new(params, app.languages(), SystemTime::now)
    })
}

impl Telling for BriefQuery {
    const LESS: &'static str = "ask for a day or a week, or try again";

    fn source(&self) -> SourceChoice {
        self.sky.source
    }

    fn is_now(&self) -> bool {
        self.time.is_now()
    }

    fn is_personal(&self) -> bool {
        // The clock tells where somebody is.
        self.time.local.is_some()
    }

    fn is_long(&self) -> bool {
        self.stretch != Stretch::Day
    }

    fn language(&self) -> Option<&str> {
        Some(&self.words.lang)
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        [self.time.when, self.end].into_iter().try_for_each(|when| Ok(when.check(leaps)?))
    }

    fn bodies(&self) -> usize {
        BriefQuery::bodies().len()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        brief::tell(ground, self, format, names)
    }
}

impl Kept for BriefQuery {
    fn written(&self, format: Format) -> String {
        BriefQuery::written(self, format.name())
    }

    fn whens(&self) -> Vec<When> {
        vec![self.time.when, self.end]
    }

    fn extent(&self, generation: &Generation) -> Extent {
        let places = BriefQuery::bodies().iter().filter_map(|body: &WireBody| body.tabulated());
        let mut products: Vec<_> = places.map(|(body, _)| Product::Place(Center::Geo, body)).collect();
        products.push(Product::Nutation);
        let lists = [ListName::SolarEclipses, ListName::LunarEclipses];
        let days: Range<f64> =
            self.ends[0].midnight_jd() - AROUND_DAYS..self.ends[1].midnight_jd() + AROUND_DAYS;
        Extent::of_search(&products, &lists, self.sky.source, generation).within(&days, generation)
    }

    fn beside(&self) -> Vec<u8> {
        self.words.hash.to_vec()
    }
}
