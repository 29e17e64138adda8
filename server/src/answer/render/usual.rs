//! The positions that nearly everyone asks for: every field of the ecliptic, to the usual decimals.
//!
//! What is the same in all of them is written as whole pieces, and the digits of a longitude serve for its place in the
//! sign as well. The result is that of the general way, byte for byte, in a fraction of its time.

use orrery_almanac::WireBody;
use orrery_almanac::zodiac::Sign;
use orrery_format::Body;

use super::{AU_DECIMALS, Answer, DEGREE_DECIMALS};
use crate::answer::reference::Place;
use crate::query::{Coordinates, Fields, Frame, Precision, SkyQuery, View};
use crate::text::decimal::Decimal;
use crate::text::json::{Cursor, Json};
use crate::text::piece::Piece;

/// What each body's position begins with.
static BODIES: [Piece; Body::COUNT] = {
    let mut pieces = [Piece::EMPTY; Body::COUNT];
    let mut nth = 0;
    while nth < pieces.len() {
        pieces[nth] = Piece::new(",{\"body\":\"").then(Body::ALL[nth].name()).then("\"");
        nth += 1;
    }
    pieces
};

/// Signs as members of a position.
static SIGN_MEMBERS: [Piece; Sign::ALL.len()] = {
    let mut pieces = [Piece::EMPTY; Sign::ALL.len()];
    let mut nth = 0;
    while nth < pieces.len() {
        pieces[nth] = Piece::new(",\"sign\":\"").then(Sign::ALL[nth].name()).then("\"");
        nth += 1;
    }
    pieces
};

static RETROGRADE: [Piece; 2] = [Piece::new(",\"retrograde\":false"), Piece::new(",\"retrograde\":true")];

const LONGITUDE: Piece = Piece::new(",\"longitude\":");
const LATITUDE: Piece = Piece::new(",\"latitude\":");
const DISTANCE: Piece = Piece::new(",\"distance\":");
const LONGITUDE_SPEED: Piece = Piece::new(",\"longitude_speed\":");
const LATITUDE_SPEED: Piece = Piece::new(",\"latitude_speed\":");
const DISTANCE_SPEED: Piece = Piece::new(",\"distance_speed\":");
const SIGN_LONGITUDE: Piece = Piece::new(",\"sign_longitude\":");
const FROM_TABLE: Piece = Piece::new(",\"source\":\"table\"}");

type Degrees = Decimal<{ DEGREE_DECIMALS as usize }>;
type Au = Decimal<{ AU_DECIMALS as usize }>;

/// Whether these are the positions that a query asks for.
pub(super) fn is_asked(query: &SkyQuery) -> bool {
    let View { frame, coordinates, .. } = query.view;
    (frame, coordinates) == (Frame::Ecliptic, Coordinates::Spherical)
        && query.fields == Fields::USUAL
        && query.precision == Precision::Default
}

/// Writes the list of positions.
pub(super) fn positions(json: &mut Json, answer: &Answer<'_>) {
    let (query, list) = (&answer.query.sky, json.len());
    for (nth, (body, place)) in query.bodies.iter().zip(&answer.sky.places).enumerate() {
        match body {
            WireBody::Tabulated(body) => json.piece(&BODIES[*body as usize]),
            _ => json.verbatim(b",{\"body\":").string(&body.name()),
        }
        let model = answer.sky.model(nth);
        let mut cursor = json.cursor();
        if position(&mut cursor, place).is_some() && model.is_none() {
            cursor.piece(&FROM_TABLE);
            let written = cursor.written();
            json.advance(written);
            continue;
        }
        // Nothing has been taken into the document of what may have been written of it.
        super::position(json, query, place, &[]);
        answer.source(json, model);
        json.close(b'}');
    }
    json.end_list(list);
}

/// The members of a position behind its body and before its source; nothing where a number is not for [`Decimal`].
#[expect(clippy::inline_always, reason = "called for each body, it would cost more than its pieces")]
#[inline(always)]
pub(super) fn position(json: &mut Cursor<'_>, place: &Place) -> Option<()> {
    let mut along = Degrees::rounded(place.at[0])?;
    // A whole turn is none.
    along.whole = if along.whole == 360 { 0 } else { along.whole };
    json.piece(&LONGITUDE);
    json.decimal(along);
    json.piece(&LATITUDE);
    json.decimal(Degrees::rounded(place.at[1])?);
    json.piece(&DISTANCE);
    json.decimal(Au::rounded(place.at[2])?);
    json.piece(&LONGITUDE_SPEED);
    json.decimal(Degrees::rounded(place.speed[0])?);
    json.piece(&LATITUDE_SPEED);
    json.decimal(Degrees::rounded(place.speed[1])?);
    json.piece(&DISTANCE_SPEED);
    json.decimal(Au::rounded(place.speed[2])?);
    json.piece(&SIGN_MEMBERS[along.whole as usize / 30 % Sign::ALL.len()]);
    json.piece(&SIGN_LONGITUDE);
    // A sign begins at a whole degree: what stands behind the point stays.
    along.whole %= 30;
    json.decimal(along);
    json.piece(&RETROGRADE[usize::from(place.speed[0] < 0.0)]);
    Some(())
}
