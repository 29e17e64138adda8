//! Maps as SVG.

use orrery_format::TtDay;
use orrery_format::eclipse::SolarKind;

use super::super::{Heading, Map};
use super::sky;
use crate::svg::assert_well_formed;

/// The largest document that there may be, bytes.
const MOST: usize = 120 * 1024;

fn dated(tt: TtDay) -> String {
    let minutes = ((tt.jd() + 0.5).fract() * 1440.0).round() as u32;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

fn heading() -> Heading {
    Heading {
        title: "Eclipse <of> \"the\" Sun & Moon".into(),
        lines: vec!["One".into(), "two & three".into()],
        ..Heading::default()
    }
}

/// The numbers of the paths that are not the land's.
pub(super) fn coordinates(text: &str) -> impl Iterator<Item = f64> {
    text.lines()
        .filter(|line| line.starts_with("<path class="))
        .filter_map(|line| line.split(" d=\"").nth(1)?.split('"').next())
        .flat_map(|data| data.split(['M', 'L', 'Z', ' ']))
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().unwrap())
}

fn assert_drawing(map: &Map) -> String {
    let text = map.svg(&heading(), &mut dated);
    assert_well_formed(&text);
    assert!(text.len() < MOST, "{}", text.len());
    assert!(text.contains("-title\">Eclipse &lt;of&gt; &quot;the&quot; Sun &amp; Moon</title>"));
    assert!(text.contains("-desc\">One. two &amp; three</desc>"));
    let mut count = 0;
    for coordinate in coordinates(&text) {
        assert!((0.0..=720.0).contains(&coordinate), "{coordinate}");
        count += 1;
    }
    assert!(count > 100, "{count}");
    text
}

#[test]
fn drawings_of_the_sun_are_whole_and_small() {
    for eclipse in sky::odd() {
        let text = assert_drawing(&Map::of_solar(eclipse, sky::DELTA_T_S, sky::beat(600)));
        let is_partial = eclipse.umbra_jd_tt[0].is_nan();
        assert_eq!(text.contains("<path class=\"umbra\""), !is_partial, "{}", eclipse.greatest_jd_tt);
        let has_axis = eclipse.axis_jd_tt[0].is_finite();
        assert_eq!(text.contains("<path class=\"central\""), has_axis, "{}", eclipse.greatest_jd_tt);
        assert_eq!(text.matches("<circle class=\"mark\"").count(), 2);
        assert!(text.contains(&format!("greatest eclipse, {}", dated(TtDay(eclipse.greatest_jd_tt)))));
        let is_hybrid = eclipse.kind == SolarKind::Hybrid as u8;
        assert_eq!(text.contains(">annular or total</text>"), is_hybrid, "{}", eclipse.greatest_jd_tt);
        let outlines = text.matches("<path class=\"outline\"").count();
        let [first, .., last] = eclipse.penumbra_jd_tt;
        let is_short = (last - first) * 1440.0 < 20.0;
        assert!(outlines <= 14 && (outlines > 0 || is_short), "{outlines} {}", eclipse.greatest_jd_tt);
    }
}

#[test]
fn drawings_of_the_moon_are_whole_and_small() {
    for (eclipse, seen) in sky::lunar().iter().step_by(5) {
        let text = assert_drawing(&Map::of_lunar(eclipse, sky::DELTA_T_S, seen));
        // Three of them in the legend.
        assert_eq!(text.matches("<path class=\"veil\"").count(), seen.len() + 3);
        assert!(text.contains(">P1</text>") && text.contains(">P4</text>"));
    }
}
