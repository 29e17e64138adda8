//! What `/v1/stars` takes and gives, for the parser and for the documentation.

use super::reply;
use crate::query::Parameter;
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters;
use crate::wire::media::Format;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    parameters::DATE,
    parameters::JD,
    parameters::JD_TT,
    parameters::CALENDAR,
    parameters::TZ,
    parameters::LAT,
    parameters::LON,
    parameters::ALT,
    parameters::STARS,
    parameters::MAGNITUDE,
    parameters::CENTER,
    parameters::FRAME,
    parameters::EQUINOX,
    parameters::ZODIAC,
    parameters::AYANAMSA,
    parameters::PLACE,
    parameters::COORDINATES,
    parameters::SOURCE,
    parameters::PRECISION,
    parameters::STAR_FIELDS,
    parameters::PRESSURE,
    parameters::TEMPERATURE,
    parameters::FORMAT,
];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getStars",
    tag: Tag::Sky,
    summary: "Where fixed stars stand at an instant",
    about: "The positions of fixed stars at one instant, with their speeds, from the Swiss Ephemeris' catalogue of a \
            thousand stars, clusters, galaxies and points such as the galactic centre: by name, or up to a magnitude. Stars \
            move by their proper motion, radial velocity and parallax. The view is chosen as for `/v1/positions`. A star's \
            light time is in its catalogue, so that its astrometric place is its true one; from the Sun and the barycentre \
            all places are so. Stars are computed from the tables of the Earth, the Sun and the Moon, and live where these do \
            not reach and while the Sun's disc hides a star.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "The stars of the first magnitude, now", query: "" },
        Example {
            about: "The four royal stars at an equinox",
            query: "date=2026-03-20T14:46:00Z&stars=Aldebaran,Regulus,Antares,Fomalhaut",
        },
        Example {
            about: "By Bayer's letter and Flamsteed's number, equatorial, on the axes of the ICRS",
            query: "jd_tt=2451545&stars=alpha%20Centauri,61%20Cygni&frame=equatorial&equinox=icrs",
        },
        Example {
            about: "What is above the horizon of Berlin, and how high, of the stars up to the second magnitude",
            query: "date=2026-03-20T20:00:00Z&magnitude=2&center=topo&lat=52.52&lon=13.4&\
                    fields=azimuth,altitude,apparent_altitude,magnitude",
        },
        Example {
            about: "Spica in a sidereal zodiac",
            query: "date=2026-03-20&stars=Spica&zodiac=sidereal&ayanamsa=lahiri&fields=longitude,nakshatra,pada",
        },
    ],
    body: None,
    formats: &[Format::Json],
    reply: "Stars",
    reply_about: "The stars, with how the query was understood and where the answer comes from.",
    fields: header::OF_PLANNED,
    refusals: OF_THE_SKY,
    schemas: reply::schemas,
};
