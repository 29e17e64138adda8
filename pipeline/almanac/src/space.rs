//! Vectors in space that stay, by their rectangular components; [`crate::vector`] has those that change.

/// The inner product.
#[inline]
pub(crate) fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The vector product.
#[inline]
pub(crate) fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The length.
#[inline]
pub(crate) fn length(a: &[f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

/// Of length 1.
#[inline]
pub(crate) fn unit(a: &[f64; 3]) -> [f64; 3] {
    let length = length(a);
    a.map(|component| component / length)
}

/// So many times as long.
#[inline]
pub(crate) fn scaled(a: &[f64; 3], by: f64) -> [f64; 3] {
    a.map(|component| component * by)
}

/// `a` and so much of `b`.
#[inline]
pub(crate) fn along(a: &[f64; 3], much: f64, b: &[f64; 3]) -> [f64; 3] {
    [a[0] + much * b[0], a[1] + much * b[1], a[2] + much * b[2]]
}

/// The angle between two, degrees, 0 to 180. The tangent knows it also near 0 and 180, where the cosine, from which `swe_pheno`
/// takes it, loses up to 1e-6°.
pub(crate) fn separation_deg(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    length(&cross(a, b)).atan2(dot(a, b)).to_degrees()
}
