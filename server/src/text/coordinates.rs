//! Places on the Earth as maps have them.

/// A latitude and a longitude, degrees, to the minute: `48°24′N 10°00′E`.
pub(crate) fn coordinates([latitude_deg, longitude_deg]: [f64; 2]) -> String {
    format!("{} {}", side(latitude_deg, ["N", "S"]), longitude(longitude_deg))
}

/// A longitude likewise: `10°00′E`.
pub(crate) fn longitude(longitude_deg: f64) -> String {
    side(longitude_deg, ["E", "W"])
}

fn side(degrees: f64, sides: [&str; 2]) -> String {
    let minutes = (degrees.abs() * 60.0).round() as u32;
    format!("{}°{:02}′{}", minutes / 60, minutes % 60, sides[usize::from(degrees < 0.0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_rounded_and_carried() {
        for (place, told) in [
            ([48.4, 10.0], "48°24′N 10°00′E"),
            ([-33.87, 151.21], "33°52′S 151°13′E"),
            ([0.0, -0.999], "0°00′N 1°00′W"),
            ([90.0, 180.0], "90°00′N 180°00′E"),
        ] {
            assert_eq!(coordinates(place), told);
        }
    }
}
