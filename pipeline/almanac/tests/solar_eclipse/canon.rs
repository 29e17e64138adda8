//! Besselian elements that NASA published: "Eclipse Predictions by Fred Espenak, NASA's GSFC" (*Five Millennium Canon of Solar
//! Eclipses: −1999 to +3000*, NASA/TP-2006-214141).

use orrery_format::eclipse::Elements;

/// An eclipse of the canon.
#[derive(Clone, Debug)]
pub(crate) struct Eclipse {
    pub(crate) name: String,
    pub(crate) elements: Elements,
    /// ΔT as the canon has it, seconds.
    pub(crate) delta_t_s: f64,
    /// Julian day of greatest eclipse, TT.
    pub(crate) greatest_jd: f64,
}

/// Rows as the canon's tables give them: year, month, day, Julian day of greatest eclipse, hour of the origin (TT), ΔT, x (4), y (4),
/// d (3), μ (3), l₁ (3), l₂ (3), tan f₁, tan f₂.
const ROWS: &str = "\
1935,1,5,2427807.733,6.000,23.8,0.53259,0.5645551,-5.18e-05,-9.2e-06,-1.4615459,0.1142468,0.0002515,-2e-06,-22.7114506,0.004145,6e-06,268.727325,14.99678,0.0,0.541489,-8.01e-05,-1.28e-05,-0.004626,-7.97e-05,-1.28e-05,0.0047549,0.0047312\n\
1950,3,18,2433359.147,16.000,29.2,0.694347,0.4485532,-4.02e-05,-5.1e-06,-0.756797,0.2493235,3.23e-05,-3.1e-06,-0.99661,0.015869,0.0,57.94582,15.00413,0.0,0.567283,6.47e-05,-1.01e-05,0.02104,6.44e-05,-1.01e-05,0.0046976,0.0046742\n\
1957,10,23,2436134.704,5.000,32.2,-0.206969,0.5525437,1.93e-05,-8.9e-06,-0.982223,-0.1495342,0.0001306,2.3e-06,-11.3043899,-0.014287,2e-06,258.891846,15.00284,0.0,0.540241,8.41e-05,-1.25e-05,-0.005867,8.37e-05,-1.25e-05,0.0047001,0.0046767\n\
1994,5,10,2449483.217,17.000,60.2,-0.17342,0.4990629,2.96e-05,-5.6e-06,0.383652,0.0869393,-0.0001183,-9e-07,17.6861305,0.010642,-4e-06,75.909233,15.00162,0.0,0.566913,-3.18e-05,-9.8e-06,0.020672,-3.17e-05,-9.7e-06,0.0046308,0.0046077\n\
2003,5,31,2452790.673,4.000,64.4,-0.323866,0.4939013,5.45e-05,-5.6e-06,0.945206,0.1263286,-0.0001691,-1.6e-06,21.8459892,0.005746,-5e-06,240.611023,14.99979,0.0,0.564385,-5.3e-05,-9.8e-06,0.018157,-5.27e-05,-9.8e-06,0.0046126,0.0045896\n\
2003,11,23,2452967.452,23.000,64.5,-0.19797,0.5568975,5.7e-05,-9.4e-06,-0.947892,-0.1739247,0.000199,3.1e-06,-20.4053898,-0.008177,5e-06,168.395004,14.99853,0.0,0.537328,-3.2e-06,-1.31e-05,-0.008766,-3.2e-06,-1.3e-05,0.0047348,0.0047112\n\
2005,4,8,2453469.359,21.000,64.7,0.350215,0.4857762,-1.01e-05,-6.8e-06,-0.207437,0.2575757,-3.67e-05,-3.8e-06,7.48629,0.014899,-2e-06,134.573853,15.00404,0.0,0.548548,0.0001069,-1.15e-05,0.002399,0.0001064,-1.15e-05,0.0046686,0.0046454\n\
2008,8,1,2454679.932,10.000,66.1,0.101767,0.5285771,-6.35e-05,-8.1e-06,0.850627,-0.2025225,-0.0001512,3.3e-06,17.8675404,-0.010121,-4e-06,328.425781,15.00201,0.0,0.538232,0.0001111,-1.2e-05,-0.007866,0.0001105,-1.2e-05,0.0046065,0.0045836\n\
2011,7,1,2455743.861,9.000,67.3,-0.059302,0.5355113,-3.9e-06,-7.3e-06,-1.502033,-0.088183,-8.33e-05,1.4e-06,23.1209793,-0.00254,-6e-06,314.053192,14.99936,0.0,0.547769,-0.0001272,-1.11e-05,0.001624,-0.0001266,-1.1e-05,0.004599,0.0045761\n\
2014,4,29,2456776.753,6.000,68.6,0.185163,0.5282684,-5e-06,-7.2e-06,-0.983532,0.1221131,-4.73e-05,-1.6e-06,14.4497995,0.012658,-3e-06,270.656006,15.00276,0.0,0.550538,0.0001186,-1.12e-05,0.004378,0.0001181,-1.11e-05,0.0046433,0.0046202\n\
2015,3,20,2457101.907,10.000,69.1,-0.168294,0.5537415,5.8e-06,-9.4e-06,0.939057,0.1786482,-5.41e-05,-2.9e-06,-0.21266,0.016036,0.0,328.106781,15.00441,0.0,0.535932,2.65e-05,-1.3e-05,-0.010155,2.64e-05,-1.29e-05,0.004695,0.0046717\n\
2017,8,21,2457987.269,18.000,70.3,-0.129571,0.5406426,-2.94e-05,-8.1e-06,0.485416,-0.14164,-9.05e-05,2e-06,11.8669596,-0.013622,-2e-06,89.24543,15.00394,0.0,0.542093,0.0001241,-1.18e-05,-0.004025,0.0001234,-1.17e-05,0.0046222,0.0045992\n\
2019,12,26,2458843.721,5.000,71.5,-0.140413,0.5356103,-1.5e-06,-7.2e-06,0.424075,-0.0366551,0.0001458,6e-07,-23.3734703,0.001407,6e-06,254.936768,14.99627,0.0,0.558887,0.0001284,-1.12e-05,0.012686,0.0001277,-1.11e-05,0.0047548,0.0047311\n\
2021,6,10,2459375.947,11.000,72.3,-0.018704,0.5012289,3.42e-05,-5.7e-06,0.926106,0.0887765,-0.0001797,-1.1e-06,23.0422802,0.002841,-5e-06,345.126923,14.9992,0.0,0.56438,-5.51e-05,-9.8e-06,0.018151,-5.48e-05,-9.7e-06,0.004606,0.004583\n\
2022,10,25,2459877.959,11.000,73.1,0.454792,0.4955495,2.77e-05,-7e-06,0.968771,-0.2395876,1.67e-05,3.6e-06,-12.17348,-0.013746,3e-06,348.982269,15.00243,0.0,0.549879,-0.0001152,-1.16e-05,0.003723,-0.0001146,-1.16e-05,0.0047019,0.0046785\n\
2023,4,20,2460054.679,4.000,73.4,0.02685,0.4950182,1.35e-05,-7.1e-06,-0.427366,0.2441992,-4.94e-05,-3.7e-06,11.4117899,0.013741,-3e-06,240.242935,15.00342,0.0,0.546804,0.0001216,-1.16e-05,0.000663,0.000121,-1.15e-05,0.004655,0.0046318\n\
2023,10,14,2460232.25,18.000,73.7,0.169658,0.4585533,2.78e-05,-5.4e-06,0.334859,-0.2413671,2.4e-05,3e-06,-8.2441902,-0.014888,2e-06,93.501732,15.00353,0.0,0.564311,-8.91e-05,-1.03e-05,0.018083,-8.86e-05,-1.03e-05,0.0046882,0.0046648\n\
2024,4,8,2460409.263,18.000,74.0,-0.318244,0.5117116,3.26e-05,-8.4e-06,0.219764,0.2709589,-5.95e-05,-4.7e-06,7.5862002,0.014844,-2e-06,89.591217,15.00408,0.0,0.535814,6.18e-05,-1.28e-05,-0.010272,6.15e-05,-1.27e-05,0.0046683,0.004645\n\
2024,10,2,2460586.282,19.000,74.3,-0.068048,0.441617,1.36e-05,-4.8e-06,-0.36317,-0.243563,3.39e-05,2.8e-06,-3.9872501,-0.015511,1e-06,107.731087,15.00433,0.0,0.570349,-2e-07,-9.8e-06,0.024091,-2e-07,-9.7e-06,0.0046734,0.0046501";

/// The eclipses that tests look at one by one.
pub(crate) fn eclipses() -> Vec<Eclipse> {
    ROWS.lines().map(|row| parse(row).expect("a row of the canon")).collect()
}

/// One of them, by its date.
pub(crate) fn eclipse(name: &str) -> Eclipse {
    eclipses().into_iter().find(|eclipse| eclipse.name == name).expect("an eclipse of the list")
}

/// A row of numbers.
pub(crate) fn parse(row: &str) -> Option<Eclipse> {
    let numbers: Vec<f64> = row.split(',').map_while(|number| number.trim().parse().ok()).collect();
    let [year, month, day, greatest_jd, t0, delta_t_s, rest @ ..] = numbers.as_slice() else { return None };
    let [x, y, d, mu, l1, l2, f1, f2] = &pieces(rest)?[..] else { return None };
    // The origin is the full hour nearest to the greatest eclipse, which may be one of the day before or after.
    let midnight = (greatest_jd - 0.5).floor() + 0.5;
    let near = |days: f64| midnight + days + t0 / 24.0;
    let t0_jd_tt = [-1.0, 0.0, 1.0]
        .map(near)
        .into_iter()
        .min_by(|a, b| (a - greatest_jd).abs().total_cmp(&(b - greatest_jd).abs()))?;
    Some(Eclipse {
        name: format!("{year:04}-{month:02}-{day:02}"),
        elements: Elements {
            t0_jd_tt,
            reach_h: 4.0,
            x: filled(x),
            y: filled(y),
            d_deg: filled(d),
            mu_deg: filled(mu),
            l1: filled(l1),
            l2: filled(l2),
            tan_f1: filled(f1),
            tan_f2: filled(f2),
        },
        delta_t_s: *delta_t_s,
        greatest_jd: *greatest_jd,
    })
}

fn pieces(numbers: &[f64]) -> Option<Vec<&[f64]>> {
    let mut rest = numbers;
    let mut pieces = Vec::new();
    for length in [4, 4, 3, 3, 3, 3, 1, 1] {
        let (piece, left) = rest.split_at_checked(length)?;
        pieces.push(piece);
        rest = left;
    }
    rest.is_empty().then_some(pieces)
}

fn filled<const N: usize>(given: &[f64]) -> [f64; N] {
    std::array::from_fn(|nth| given.get(nth).copied().unwrap_or(0.0))
}

/// Every eclipse of the canon, from `nasa_canon_besselian.csv` among the published values; `None` where it is not there.
pub(crate) fn table() -> Option<Vec<Eclipse>> {
    let path = published("nasa_canon_besselian.csv")?;
    Some(path.lines().filter_map(parse).collect())
}

/// Rows of a file of published values, without its heading; `None` where it is not there.
pub(crate) fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let text = published(name)?;
    Some(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

/// A file of published values; `None`, and a word on stderr, where it is not there. They are looked for in
/// `ORRERY_GROUND_TRUTH`, by default `../shared/ground-truth` beside the checkout.
fn published(name: &str) -> Option<String> {
    let dir = std::env::var_os("ORRERY_GROUND_TRUTH").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/ground-truth"),
        std::path::PathBuf::from,
    );
    let path = dir.join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!(
            "SKIPPED: no published values at {}; ORRERY_GROUND_TRUTH may name their folder",
            path.display()
        );
    }
    text
}
