//! What a place sees of an eclipse, as it is told.

use orrery_almanac::eclipses::local::{Local, Phase, Visible};
use orrery_almanac::eclipses::lunar_local::{LunarLocal, LunarPhase, LunarVisible};

use crate::answer::events::eclipses::{field, one};
use crate::answer::events::fields::{Dated, Field, Value};

/// An eclipse of the Sun.
pub(super) fn solar<E>(local: &Local, dated: &mut Dated<'_, E>) -> Result<Vec<Field>, E> {
    let contacts = [
        ("c1", Some(&local.first)),
        ("c2", local.second.as_ref()),
        ("maximum", Some(&local.maximum)),
        ("c3", local.third.as_ref()),
        ("c4", Some(&local.fourth)),
    ];
    let contacts = named(contacts, |phase| sun(phase, dated))?;
    let mut crossings = Vec::new();
    for crossing in local.crossings() {
        crossings.push(crossed(crossing.is_rising, sun(&crossing.phase, dated)?));
    }
    let visible = local.visible.as_ref().map(|visible| sun_visible(visible, dated)).transpose()?;
    Ok(vec![
        field("type", Value::Word(local.kind.name())),
        one("magnitude", local.maximum.magnitude),
        one("obscuration", local.maximum.obscuration),
        duration(local.central_duration_s),
        field("contacts", Value::Members(contacts)),
        field("rise_set", Value::List(crossings)),
        field("visible", visible.map_or(Value::Nothing, Value::Members)),
    ])
}

/// An eclipse of the Moon, of this type.
pub(super) fn lunar<E>(
    local: &LunarLocal,
    kind: &'static str,
    dated: &mut Dated<'_, E>,
) -> Result<Vec<Field>, E> {
    let contacts = [
        ("p1", Some(&local.penumbra_begins)),
        ("u1", local.partial_begins.as_ref()),
        ("u2", local.total_begins.as_ref()),
        ("maximum", Some(&local.greatest)),
        ("u3", local.total_ends.as_ref()),
        ("u4", local.partial_ends.as_ref()),
        ("p4", Some(&local.penumbra_ends)),
    ];
    let contacts = named(contacts, |phase| moon(phase, dated))?;
    let mut crossings = Vec::new();
    for crossing in local.crossings() {
        crossings.push(crossed(crossing.is_rising, moon(&crossing.phase, dated)?));
    }
    let visible = local.visible.as_ref().map(|visible| moon_visible(visible, dated)).transpose()?;
    Ok(vec![
        field("type", Value::Word(kind)),
        field("contacts", Value::Members(contacts)),
        field("rise_set", Value::List(crossings)),
        field("visible", visible.map_or(Value::Nothing, Value::Members)),
    ])
}

/// Phases by their names; nothing where there is none.
fn named<'p, P: 'p, E, const N: usize>(
    phases: [(&'static str, Option<&'p P>); N],
    mut told: impl FnMut(&'p P) -> Result<Vec<Field>, E>,
) -> Result<Vec<Field>, E> {
    let mut fields = Vec::with_capacity(N);
    for (name, phase) in phases {
        let members = phase.map(&mut told).transpose()?;
        fields.push(field(name, members.map_or(Value::Nothing, Value::Members)));
    }
    Ok(fields)
}

/// How long it is total or annular; nothing where it is not.
fn duration(seconds: f64) -> Field {
    one("duration_s", if seconds > 0.0 { seconds } else { f64::NAN })
}

/// A rising or a setting.
fn crossed(is_rising: bool, phase: Vec<Field>) -> Value {
    let kind = field("type", Value::Word(if is_rising { "rise" } else { "set" }));
    Value::Members([kind].into_iter().chain(phase).collect())
}

fn sun<E>(phase: &Phase, dated: &mut Dated<'_, E>) -> Result<Vec<Field>, E> {
    Ok(vec![
        field("at", Value::Instant(dated(phase.tt.jd())?)),
        one("magnitude", phase.magnitude),
        one("obscuration", phase.obscuration),
        one("diameter_ratio", phase.diameter_ratio),
        one("altitude", phase.altitude_deg),
        field("azimuth", Value::Circle(phase.azimuth_deg)),
        field("is_up", Value::Truth(phase.is_up)),
        field("position_angle", Value::Circle(phase.position_angle_deg)),
        field("zenith_angle", Value::Circle(phase.zenith_angle_deg)),
    ])
}

fn sun_visible<E>(visible: &Visible, dated: &mut Dated<'_, E>) -> Result<Vec<Field>, E> {
    Ok(vec![
        field("type", Value::Word(visible.kind.name())),
        field("begin", Value::Instant(dated(visible.begins.jd())?)),
        field("end", Value::Instant(dated(visible.ends.jd())?)),
        field("greatest", Value::Members(sun(&visible.greatest, dated)?)),
        duration(visible.central_duration_s),
    ])
}

fn moon<E>(phase: &LunarPhase, dated: &mut Dated<'_, E>) -> Result<Vec<Field>, E> {
    Ok(vec![
        field("at", Value::Instant(dated(phase.tt.jd())?)),
        field("phase", Value::Word(phase.kind.name())),
        one("umbral_magnitude", phase.umbral_magnitude),
        one("penumbral_magnitude", phase.penumbral_magnitude),
        one("altitude", phase.altitude_deg),
        field("azimuth", Value::Circle(phase.azimuth_deg)),
        field("is_up", Value::Truth(phase.is_up)),
        field("position_angle", Value::Circle(phase.position_angle_deg)),
        field("zenith_angle", Value::Circle(phase.zenith_angle_deg)),
    ])
}

fn moon_visible<E>(visible: &LunarVisible, dated: &mut Dated<'_, E>) -> Result<Vec<Field>, E> {
    Ok(vec![
        field("type", Value::Word(visible.kind.name())),
        field("begin", Value::Instant(dated(visible.begins.jd())?)),
        field("end", Value::Instant(dated(visible.ends.jd())?)),
        field("greatest", Value::Members(moon(&visible.greatest, dated)?)),
        one("umbral_s", visible.umbral_s),
        one("total_s", visible.total_s),
    ])
}
