//! `/v1/chart`: where bodies stand over a place, and what follows from it.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use orrery_almanac::LeapSeconds;

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::tables::Extent;
use crate::app::{App, Generation};
use crate::query::{
    ChartQuery, Drawing, Lots, Parameter, Params, Picture, SourceChoice, USUAL_LOTS, When, read_body,
};
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{BodySpec, Example, OF_THE_SKY, Spec, Tag};
use crate::routes::telling::{self, Kept, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::{parameters, schemas};
use crate::routes::listing::parameters as listed;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    general::DATE,
    general::JD,
    general::JD_TT,
    general::CALENDAR,
    general::TZ,
    parameters::TIME_KNOWN,
    parameters::LAT,
    parameters::LON,
    parameters::ALT,
    parameters::BODIES,
    parameters::CENTER,
    general::ZODIAC,
    general::AYANAMSA,
    general::PLACE,
    parameters::HOUSE_SYSTEM,
    parameters::FALLBACK,
    listed::ASPECTS,
    parameters::ORBS,
    parameters::ORB_BY,
    parameters::ANGLES,
    parameters::PERFECTION,
    parameters::INCLUDE,
    parameters::LOTS.by_default(USUAL_LOTS),
    parameters::FORMULA,
    parameters::RULERS,
    parameters::TRIPLICITIES,
    parameters::TERMS,
    general::SOURCE,
    general::ALLOW_MOSHIER,
    general::PRECISION,
    general::FIELDS,
    general::PRESSURE,
    general::TEMPERATURE,
    parameters::PICTURE,
    parameters::THEME,
    parameters::LAYOUT,
    parameters::TITLE,
    parameters::FORMAT,
];

/// How many parameters, the last ones, are of the format and of how it is drawn.
pub(super) const OF_PICTURES: usize = 5;

/// The formats of a chart.
const FORMATS: &[Format] = &[Format::Json, Format::Svg];

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::get(app, request, Resource::Chart, PARAMETERS, FORMATS, read)
}

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::post(app, request, Resource::Chart, PARAMETERS, FORMATS, |app, body, params, wanted| {
        read_body(body, PARAMETERS, params)?;
        read(app, params, wanted.format(params)?)
    })
}

fn read(app: &App, params: &Params<'_>, format: Format) -> Result<ChartQuery, Problem> {
    let drawing = Drawing::read(params, format, Picture::Sheet)?;
    ChartQuery::new(params, drawing, app.lots(), SystemTime::now)
}

impl Telling for ChartQuery {
    const LESS: &'static str = "ask for fewer bodies that the tables do not hold, or try again";

    fn source(&self) -> SourceChoice {
        self.cast.sky.source
    }

    fn is_now(&self) -> bool {
        self.cast.time.is_now()
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        self.cast.check(leaps)
    }

    fn bodies(&self) -> usize {
        self.cast.sky.bodies.len()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        match &self.drawing {
            Some(drawing) => chart::draw(ground, self, drawing),
            None => chart::write(ground, self, format.name(), names),
        }
    }
}

impl Kept for ChartQuery {
    fn written(&self, format: Format) -> String {
        ChartQuery::written(self, format.name())
    }

    fn whens(&self) -> Vec<When> {
        self.cast.whens()
    }

    fn extent(&self, generation: &Generation) -> Extent {
        let extent = Extent::of_casts([&self.cast], generation);
        if self.searches() { extent.and_search(&self.cast.sky, generation) } else { extent }
    }

    fn beside(&self) -> Vec<u8> {
        self.lots.as_ref().map(Lots::formulas).unwrap_or_default()
    }
}

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getChart",
    tag: Tag::Charts,
    summary: "A chart: bodies, houses, aspects and lots of an instant and a place",
    about: "Where bodies stand over a place, in which house each is, the cusps and angles, which aspects they make, and what \
            tradition makes of it. `include` chooses the parts. As a picture, `format=svg`, it is the wheel with the positions and \
            the grid of aspects, or one of them: a document that needs nothing else, and that screen readers can read.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "Albert Einstein's, by the local mean time of Ulm",
            query: "date=1879-03-14T11:30&tz=lmt&lat=48.4&lon=10",
        },
        Example {
            about: "A sidereal chart in whole signs, with all parts",
            query: "date=2000-01-01T10:00&tz=America/Los_Angeles&lat=32.72&lon=-117.16&zodiac=sidereal&ayanamsa=lahiri&\
                    house_system=whole_sign&include=all",
        },
        Example {
            about: "North of the polar circle, where Placidus fails",
            query: "date=2026-06-21T12:00:00Z&lat=69.65&lon=18.96&fallback=porphyry&include=houses",
        },
        Example {
            about: "The hermetic lots, one of one's own, and the figures that aspects make",
            query: "date=1879-03-14T11:30&tz=lmt&lat=48.4&lon=10&lots=hermetic&formula=mine:ascendant%2Bmercury-venus&\
                    aspects=all&include=lots,patterns",
        },
        Example {
            about: "A day of birth without its time",
            query: "date=1940-10-09&tz=Europe/London&time_known=false",
        },
        Example {
            about: "Close aspects of the luminaries, and of nobody else",
            query: "date=2026-03-20T14:46:00Z&lat=0&lon=0&bodies=sun,moon&angles=none&orbs=conjunction:3,square:2&\
                    include=positions,aspects",
        },
        Example {
            about: "The wheel alone, for a dark page",
            query: "date=1879-03-14T11:30&tz=lmt&lat=48.4&lon=10&format=svg&picture=wheel&theme=dark",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "Chart",
    reply_about: "The chart, with how the query was understood and where the answer comes from; or a picture of it.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas: schemas::of_charts,
};

/// The same for what is posted.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postChart",
    summary: "A chart, asked for in a body",
    about: "The chart of `GET /v1/chart`, whose parameters are members of the body; so that no birth stands in a log of targets.",
    parameters: &[],
    examples: &[
        Example {
            about: "Albert Einstein's",
            query: r#"{"date": "1879-03-14T11:30", "tz": "lmt", "lat": 48.4, "lon": 10, "orbs": {"sun": 10, "moon": 10}}"#,
        },
        Example {
            about: "The same as a picture to be printed",
            query: r#"{"date": "1879-03-14T11:30", "tz": "lmt", "lat": 48.4, "lon": 10, "format": "svg", "picture": "sheet", "theme": "print", "layout": "portrait", "title": "Albert Einstein"}"#,
        },
    ],
    body: Some(BodySpec {
        about: "What the chart is cast of, and what is told of it.",
        schema: "ChartRequest",
    }),
    fields: header::OF_POSTED,
    refusals: telling::POSTED_REFUSALS,
    schemas: schemas::of_requests,
    ..SPEC
};
