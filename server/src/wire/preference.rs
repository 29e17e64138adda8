//! What a client says it takes, in `Accept` and `Accept-Encoding`: names with weights from 0 to 1 (RFC 9110, section 12.4.2).

use http::header::AsHeaderName;
use http::{HeaderMap, HeaderValue};
use smallvec::SmallVec;

/// The weight of what is named without one, and the greatest: weights are thousandths.
pub(crate) const MOST: u16 = 1000;

/// One of the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preference<'a> {
    /// Without parameters.
    pub(crate) name: &'a str,
    /// Zero for what is not taken.
    pub(crate) weight: u16,
}

/// All of a field's names; `None` where there is no such field. What cannot be read is left out, and a weight that cannot be
/// read is no weight.
pub(crate) fn preferences(
    headers: &HeaderMap<HeaderValue>,
    field: impl AsHeaderName,
) -> Option<SmallVec<[Preference<'_>; 8]>> {
    let mut values = headers.get_all(field).iter().filter_map(|value| value.to_str().ok()).peekable();
    values.peek()?;
    Some(values.flat_map(|value| value.split(',')).filter_map(preference).collect())
}

fn preference(text: &str) -> Option<Preference<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some(Preference { name, weight: weight.map_or(MOST, thousandths) })
}

fn thousandths(weight: &str) -> u16 {
    match weight.parse::<f32>() {
        // To be within half a thousandth of zero is to be more than zero all the same.
        Ok(weight) if weight > 0.0 => ((weight.min(1.0) * f32::from(MOST)).round() as u16).max(1),
        Ok(_) => 0,
        Err(_) => MOST,
    }
}

#[cfg(test)]
mod tests {
    use http::header::ACCEPT;

    use super::*;

    fn read(fields: &[&'static str]) -> Option<Vec<(String, u16)>> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(ACCEPT, HeaderValue::from_static(field));
        }
        let all = preferences(&headers, ACCEPT)?;
        Some(all.iter().map(|preference| (preference.name.to_owned(), preference.weight)).collect())
    }

    #[test]
    fn names_come_with_their_weights() {
        let some = |pairs: &[(&str, u16)]| {
            Some(pairs.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect())
        };
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[""]), some(&[]));
        assert_eq!(read(&["gzip"]), some(&[("gzip", 1000)]));
        assert_eq!(
            read(&["a/b;x=y; q=0.5 , c;Q=0.001", "d;q=0,, e;q=0.0"]),
            some(&[("a/b", 500), ("c", 1), ("d", 0), ("e", 0)])
        );
        assert_eq!(
            read(&["a;q=0.0001, b;q=7, c;q=-1, d;q=x, e;q="]),
            some(&[("a", 1), ("b", 1000), ("c", 0), ("d", 1000), ("e", 1000)])
        );
    }
}
