//! Figures: collected while measuring, printed last, one line each.

use std::sync::Mutex;

static FIGURES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes a figure.
pub(crate) fn figure(name: &str, value: f64, unit: &str) {
    let line = format!("FIGURE {name} {} {unit}", significant(value));
    FIGURES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
}

/// Prints what was noted, in the order in which it was.
pub(crate) fn print_all() {
    for line in FIGURES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).drain(..) {
        println!("{line}");
    }
}

/// Four significant digits, or all of a whole number.
fn significant(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-4 {
        return format!("{value:.3e}");
    }
    if value == 0.0 || value.abs() >= 1000.0 {
        return format!("{value:.0}");
    }
    let digits = (3 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    format!("{value:.digits$}")
}
