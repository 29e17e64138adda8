//! What makes aspects: bodies, and the angles of a chart.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use orrery_format::Body;

use crate::bodies::{self, WireBody};
use crate::error::{Error, shown};
use crate::houses::Angle;
use crate::suggest;

/// A body or an angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// A body.
    Body(WireBody),
    /// An angle of a chart.
    Angle(Angle),
}

impl Point {
    /// The name, as requests and replies spell it.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Point::Body(body) => body.name(),
            Point::Angle(angle) => Cow::Borrowed(angle.name()),
        }
    }

    /// The body, if it is one.
    #[must_use]
    pub const fn body(self) -> Option<WireBody> {
        match self {
            Point::Body(body) => Some(body),
            Point::Angle(_) => None,
        }
    }

    /// What it moves together with, or is opposite to by its definition: two points of one group make no aspects in one
    /// chart. The ends of the horizon are such a group, those of the meridian and of the vertex, the lunar nodes, and the
    /// apsides of the Moon's orbit, by whatever mean they are reckoned.
    #[must_use]
    pub const fn group(self) -> Option<u8> {
        use Body::{
            InterpolatedApogee, InterpolatedPerigee, MeanApogee, MeanNode, OsculatingApogee, TrueNode,
        };
        match self {
            Point::Angle(Angle::Ascendant | Angle::Descendant) => Some(1),
            Point::Angle(Angle::Mc | Angle::Ic) => Some(2),
            Point::Angle(Angle::Vertex | Angle::AntiVertex) => Some(3),
            Point::Body(
                WireBody::MeanSouthNode | WireBody::TrueSouthNode | WireBody::Tabulated(MeanNode | TrueNode),
            ) => Some(4),
            Point::Body(WireBody::Tabulated(
                MeanApogee | OsculatingApogee | InterpolatedApogee | InterpolatedPerigee,
            )) => Some(5),
            _ => None,
        }
    }

    /// Whether another one is this one, or of its group.
    #[must_use]
    pub fn goes_with(self, other: Point) -> bool {
        self == other || (self.group().is_some() && self.group() == other.group())
    }

    /// The point of a name, if there is one.
    fn known(text: &str) -> Option<Point> {
        let name = text.trim().to_ascii_lowercase();
        Angle::named(&name).map(Point::Angle).or_else(|| name.parse().ok().map(Point::Body))
    }

    /// The name nearest to one that is none, among these and some others.
    pub(super) fn suggestion(text: &str, others: impl Iterator<Item = &'static str>) -> Option<String> {
        let angles = Angle::names().map(|(name, _)| name);
        let bodies = bodies::names();
        suggest::nearest(text.trim(), others.chain(angles).chain(bodies)).map(str::to_owned)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// One point by its name or an alias; not a set.
impl FromStr for Point {
    type Err = Error;

    fn from_str(text: &str) -> Result<Point, Error> {
        Point::known(text).ok_or_else(|| Error::UnknownPoint {
            name: shown(text.trim()),
            suggestion: Point::suggestion(text, std::iter::empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_and_angles_have_one_list_of_names() {
        for point in bodies::ALL.map(Point::Body).into_iter().chain(Angle::ALL.map(Point::Angle)) {
            assert_eq!(point.name().parse(), Ok(point));
        }
        assert_eq!(" ASC ".parse(), Ok(Point::Angle(Angle::Ascendant)));
        assert_eq!("rahu".parse(), Ok(Point::Body(WireBody::Tabulated(Body::MeanNode))));
        assert_eq!("asteroid:433".parse(), Ok(Point::Body(WireBody::Asteroid(433))));
        for (slip, meant) in [("ascendent", "ascendant"), ("plutto", "pluto"), ("vertx", "vertex")] {
            let error = slip.parse::<Point>().unwrap_err();
            assert_eq!(error.suggestion(), Some(meant));
            assert_eq!(error.parameter(), Some("points"));
        }
        assert!("planets".parse::<Point>().is_err(), "a set is no point");
        assert!("".parse::<Point>().is_err());
    }

    #[test]
    fn what_moves_together_is_of_one_group() {
        let group = |name: &str| name.parse::<Point>().unwrap().group();
        assert_eq!(group("ascendant"), group("descendant"));
        assert_eq!(group("mc"), group("ic"));
        assert_ne!(group("mc"), group("ascendant"));
        assert_eq!(group("true_node"), group("mean_south_node"));
        assert_eq!(group("lilith"), group("interpolated_perigee"));
        assert_eq!(group("sun"), None);
        let goes_with = |a: &str, b: &str| a.parse::<Point>().unwrap().goes_with(b.parse().unwrap());
        assert!(goes_with("mc", "ic") && goes_with("sun", "sun"));
        assert!(!goes_with("sun", "moon") && !goes_with("mc", "ascendant"));
    }
}
