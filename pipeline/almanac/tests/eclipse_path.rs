//! Paths of eclipses over the Earth.

#[path = "eclipse/canon.rs"]
mod canon;
#[path = "eclipse/consistency.rs"]
mod consistency;

#[test]
fn curves_and_local_circumstances_agree() {
    let mut complaints = 0;
    for eclipse in canon::eclipses() {
        let report = consistency::check(&eclipse.elements);
        let path = &report.path;
        println!(
            "{} {} points, central {}, umbral {:?}, penumbral {:?}, lobes {:?}, maximum {:?}; {} complaints",
            eclipse.name,
            report.points,
            path.central.len(),
            path.umbral_limits.iter().map(|c| (c.name, c.points.len())).collect::<Vec<_>>(),
            path.penumbral_limits.iter().map(|c| (c.name, c.points.len())).collect::<Vec<_>>(),
            path.lobes
                .iter()
                .map(|l| l.curves.iter().map(|c| (c.name, c.points.len())).collect::<Vec<_>>())
                .collect::<Vec<_>>(),
            path.maximum_on_horizon.iter().map(|c| (c.name, c.points.len())).collect::<Vec<_>>(),
            report.complaints.len()
        );
        for complaint in report.complaints.iter().take(4) {
            println!("    {complaint}");
        }
        complaints += report.complaints.len();
    }
    assert_eq!(complaints, 0);
}

/// The canon's own table, where it is among the published values: `nasa_canon_besselian.csv`.
#[test]
fn curves_and_local_circumstances_agree_for_the_canon() {
    let Some(table) = canon::table() else { return };
    let mut complaints = 0;
    let mut count = 0;
    for (nth, eclipse) in table.iter().enumerate() {
        if nth % 1 != 0 {
            continue;
        }
        let report = consistency::check(&eclipse.elements);
        count += 1;
        if !report.complaints.is_empty() {
            println!(
                "{} central {}, umbral {:?}, penumbral {:?}, lobes {}, {} complaints",
                eclipse.name,
                report.path.central.len(),
                report.path.umbral_limits.iter().map(|c| (c.name, c.points.len())).collect::<Vec<_>>(),
                report.path.penumbral_limits.iter().map(|c| (c.name, c.points.len())).collect::<Vec<_>>(),
                report.path.lobes.len(),
                report.complaints.len()
            );
            for complaint in report.complaints.iter().take(3) {
                println!("    {complaint}");
            }
        }
        complaints += report.complaints.len();
    }
    println!("{count} eclipses");
    assert_eq!(complaints, 0);
}
