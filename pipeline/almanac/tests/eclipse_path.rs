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
        for complaint in report.complaints.iter().take(6) {
            println!("    {complaint}");
        }
        complaints += report.complaints.len();
    }
    assert_eq!(complaints, 0);
}
