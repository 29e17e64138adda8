//! `OpenMetrics` as the format that it came from, which more programs read: Prometheus' text format 0.0.4.

/// The same metrics. A counter is called there as its values are, which end in `_total`; units and the end are not said.
pub(super) fn of(open: &str) -> String {
    let mut plain = String::with_capacity(open.len());
    let mut about: Option<(&str, &str)> = None;
    for line in open.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            // What the name is, the next line says.
            about = rest.split_once(' ');
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' '))
        {
            let suffix = if kind == "counter" { "_total" } else { "" };
            if let Some((_, text)) = about.take() {
                plain.extend(["# HELP ", name, suffix, " ", text, "\n"]);
            }
            plain.extend(["# TYPE ", name, suffix, " ", kind, "\n"]);
        } else if !line.starts_with('#') {
            plain.push_str(line);
            plain.push('\n');
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    #[test]
    fn counters_are_called_as_their_values_are_and_all_else_stays() {
        let open = "# HELP orrery_a Things.\n# TYPE orrery_a counter\norrery_a_total{x=\"# TYPE\"} 3\n\
                    # HELP orrery_b_seconds Times.\n# TYPE orrery_b_seconds gauge\n# UNIT orrery_b_seconds seconds\n\
                    orrery_b_seconds 1.5\n# EOF\n";
        let plain = "# HELP orrery_a_total Things.\n# TYPE orrery_a_total counter\norrery_a_total{x=\"# TYPE\"} 3\n\
                     # HELP orrery_b_seconds Times.\n# TYPE orrery_b_seconds gauge\norrery_b_seconds 1.5\n";
        assert_eq!(super::of(open), plain);
    }
}
