//! Places on a map, and how they are to each other.

/// A place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Geographic longitude, degrees, east positive; along a curve it goes on without jumps, beyond ±180 if need be.
    pub(super) longitude_deg: f64,
    /// Geographic latitude, degrees, north positive.
    pub(super) latitude_deg: f64,
}

impl Place {
    /// So many degrees further east.
    pub(super) fn eastward(self, by_deg: f64) -> Place {
        Place { longitude_deg: self.longitude_deg + by_deg, ..self }
    }

    /// Where the straight line to another place has a longitude that lies between theirs. That longitude is met to the last bit.
    pub(super) fn crossing(self, other: Place, longitude_deg: f64) -> Place {
        let wide = other.longitude_deg - self.longitude_deg;
        let share =
            if wide == 0.0 { 0.0 } else { ((longitude_deg - self.longitude_deg) / wide).clamp(0.0, 1.0) };
        let latitude_deg = self.latitude_deg + share * (other.latitude_deg - self.latitude_deg);
        Place { longitude_deg, latitude_deg }
    }

    /// The turn in which a longitude is: 0 from −180 to just below 180.
    pub(super) fn turn_of(longitude_deg: f64) -> f64 {
        ((longitude_deg + HALF_TURN_DEG) / TURN_DEG).floor()
    }
}

/// Once around the Earth, degrees of longitude.
pub(super) const TURN_DEG: f64 = 360.0;
/// From the middle of a map to its edge.
pub(super) const HALF_TURN_DEG: f64 = 180.0;
/// The latitude of the north pole.
pub(super) const POLE_DEG: f64 = 90.0;

/// Moves places by whole turns so that none is further than half a turn from the one before; the first stays.
pub(super) fn without_jumps(places: &mut [Place]) {
    let mut last: Option<f64> = None;
    for place in places {
        if let Some(last) = last {
            let turns = ((last - place.longitude_deg) / TURN_DEG).round();
            place.longitude_deg += TURN_DEG * turns;
        }
        last = Some(place.longitude_deg);
    }
}
