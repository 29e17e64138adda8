//! The `Host` field: HTTP/1.1 wants exactly one, and a server must refuse what has none, two, or a bad one (RFC 9112,
//! section 3.2). Where two parties read different hosts, one may be made to answer for the other.

use http::header::HOST;
use http::{HeaderMap, Version};

use crate::wire::problem::{Code, Problem};

/// What is wrong with the host of a request.
pub(crate) fn problem(version: Version, headers: &HeaderMap) -> Option<Problem> {
    let mut hosts = headers.get_all(HOST).iter();
    let detail = match (hosts.next(), hosts.next()) {
        (None, _) if version == Version::HTTP_11 => "the request names no host",
        (Some(_), Some(_)) => "the request names two hosts",
        (Some(host), None) if !host.as_bytes().iter().copied().all(may_stand) => {
            "the request's host is no name and no address"
        }
        _ => return None,
    };
    Some(
        Problem::new(Code::MalformedRequest, detail)
            .hint("send one Host field: a name or an address, and perhaps a port"),
    )
}

/// Whether a byte may stand in a name, an address, or the port behind it (RFC 3986, section 3.2).
fn may_stand(byte: u8) -> bool {
    MAY_STAND[byte as usize]
}

static MAY_STAND: [bool; 256] = {
    let marks = b"-._~:[]%!$&'()*+,;=";
    let mut may = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        may[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut nth = 0;
    while nth < marks.len() {
        may[marks[nth] as usize] = true;
        nth += 1;
    }
    may
};

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn refused(version: Version, hosts: &[&'static [u8]]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_bytes(host).unwrap());
        }
        problem(version, &headers).is_some()
    }

    #[test]
    fn one_host_is_wanted_and_any_name_will_do() {
        for host in ["orrery.example", "127.0.0.1:8080", "[::1]:8080", "xn--bcher-kva.example", "a_b", ""] {
            assert!(!refused(Version::HTTP_11, &[host.as_bytes()]), "{host}");
        }
        assert!(refused(Version::HTTP_11, &[]));
        assert!(refused(Version::HTTP_11, &[b"a", b"a"]));
        for host in [b"a b".as_slice(), b"a/b", b"a@b", b"\xe4", b"a?b", b"a#b"] {
            assert!(refused(Version::HTTP_11, &[host]), "{host:?}");
        }
    }

    #[test]
    fn other_versions_may_do_without() {
        for version in [Version::HTTP_10, Version::HTTP_2] {
            assert!(!refused(version, &[]));
            assert!(refused(version, &[b"a", b"b"]));
        }
    }
}
