//! Socket addresses and tuples.

use capture_batch::View;
use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

const AF_UNIX: u8 = 1;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

/// Appends an address: `ip:port` (IPv6 without brackets) or a path.
pub fn socket(out: &mut Vec<u8>, bytes: &[u8], view: View) {
    let Some((&family, body)) = bytes.split_first() else { return };
    let printed = match family {
        AF_UNIX => unix_path(out, body, view),
        AF_INET => exact(body, 6, view).and_then(|body| endpoint4(out, body)),
        AF_INET6 => exact(body, 18, view).and_then(|body| endpoint6(out, body)),
        _ => other_family(out, family, view),
    };
    if printed.is_none() {
        invalid(out, family);
    }
}

/// Appends both ends of a connection, the source first.
pub fn tuple(out: &mut Vec<u8>, bytes: &[u8], view: View) {
    let Some((&family, body)) = bytes.split_first() else { return };
    let printed = match family {
        AF_UNIX => unix_tuple(out, body, view),
        AF_INET => exact(body, 12, view).and_then(|body| tuple4(out, body)),
        AF_INET6 => exact(body, 36, view).and_then(|body| tuple6(out, body)),
        _ => other_family(out, family, view),
    };
    if printed.is_none() {
        invalid(out, family);
    }
}

/// The body of an address if it has the right size. The exit view's program accepts longer ones.
fn exact(body: &[u8], size: usize, view: View) -> Option<&[u8]> {
    if view == View::Classic && body.len() != size { None } else { body.get(..size) }
}

fn invalid(out: &mut Vec<u8>, family: u8) {
    out.extend_from_slice(match family {
        AF_UNIX => b"INVALID PATH",
        AF_INET => b"INVALID IPv4",
        _ => b"INVALID IPv6",
    });
}

fn other_family(out: &mut Vec<u8>, family: u8, view: View) -> Option<()> {
    let _ = match view {
        View::Classic => write!(out, "family {}", family.cast_signed()),
        View::Exit => write!(out, "family {family}"),
    };
    Some(())
}

fn unix_path(out: &mut Vec<u8>, body: &[u8], view: View) -> Option<()> {
    let path = capture_event::event::until_nul(body);
    match view {
        View::Classic => super::path::sanitized(out, path),
        View::Exit if body.last() != Some(&0) => return None,
        View::Exit => out.extend_from_slice(path),
    }
    Some(())
}

fn unix_tuple(out: &mut Vec<u8>, body: &[u8], view: View) -> Option<()> {
    let (source, rest) = body.split_first_chunk::<8>()?;
    let (destination, path) = rest.split_first_chunk::<8>()?;
    if view == View::Exit && path.last() != Some(&0) {
        return None;
    }
    let _ = write!(out, "{:x}->{:x} ", u64::from_le_bytes(*source), u64::from_le_bytes(*destination));
    unix_path(out, path, view)
}

fn endpoint4(out: &mut Vec<u8>, body: &[u8]) -> Option<()> {
    let (ip, port) = body.split_first_chunk::<4>()?;
    let _ = write!(out, "{}:{}", Ipv4Addr::from(*ip), port_of(port)?);
    Some(())
}

fn endpoint6(out: &mut Vec<u8>, body: &[u8]) -> Option<()> {
    let (ip, port) = body.split_first_chunk::<16>()?;
    ipv6(out, Ipv6Addr::from(*ip));
    let _ = write!(out, ":{}", port_of(port)?);
    Some(())
}

fn port_of(bytes: &[u8]) -> Option<u16> {
    bytes.first_chunk::<2>().map(|port| u16::from_le_bytes(*port))
}

fn tuple4(out: &mut Vec<u8>, body: &[u8]) -> Option<()> {
    let (source, destination) = body.split_at_checked(6)?;
    endpoint4(out, source)?;
    out.extend_from_slice(b"->");
    endpoint4(out, destination)
}

fn tuple6(out: &mut Vec<u8>, body: &[u8]) -> Option<()> {
    let (source, destination) = body.split_at_checked(18)?;
    if is_mapped(source) && is_mapped(destination) {
        endpoint4(out, source.get(12..)?)?;
        out.extend_from_slice(b"->");
        return endpoint4(out, destination.get(12..)?);
    }
    endpoint6(out, source)?;
    out.extend_from_slice(b"->");
    endpoint6(out, destination)
}

/// Whether an address stands for an IPv4 one: `::ffff:a.b.c.d`, or no address at all.
fn is_mapped(endpoint: &[u8]) -> bool {
    let mapped = endpoint.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    mapped || endpoint.starts_with(&[0; 16])
}

/// Appends an IPv6 address as C's `inet_ntop` does, which shows `::a.b.c.d` in decimal.
pub fn ipv6(out: &mut Vec<u8>, ip: Ipv6Addr) {
    let compatible = match ip.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => ip.to_ipv4(),
        _ => None,
    };
    let _ = match compatible {
        Some(ip) => write!(out, "::{ip}"),
        None => write!(out, "{ip}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(print: fn(&mut Vec<u8>, &[u8], View), bytes: &[u8], view: View) -> String {
        let mut out = Vec::new();
        print(&mut out, bytes, view);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn addresses_of_every_family() {
        for view in [View::Classic, View::Exit] {
            assert_eq!(text(socket, &[2, 8, 8, 4, 4, 53, 0], view), "8.8.4.4:53");
            let v6 = [&[10u8][..], &Ipv6Addr::LOCALHOST.octets(), &[0x50, 0]].concat();
            assert_eq!(text(socket, &v6, view), "::1:80");
            assert_eq!(text(socket, b"\x01/run/x\0", view), "/run/x");
            assert_eq!(text(socket, &[17], view), "family 17");
            assert_eq!(text(socket, &[2, 8, 8], view), "INVALID IPv4");
        }
        assert_eq!(text(socket, b"\x01/a\tb\0", View::Classic), "/ab");
        assert_eq!(text(socket, b"\x01/a\tb\0", View::Exit), "/a\tb");
        assert_eq!(text(socket, b"\x01/a", View::Exit), "INVALID PATH");
        assert_eq!(text(socket, &[2, 8, 8, 4, 4, 53, 0, 0], View::Classic), "INVALID IPv4");
        assert_eq!(text(socket, &[2, 8, 8, 4, 4, 53, 0, 0], View::Exit), "8.8.4.4:53");
    }

    #[test]
    fn tuples_of_every_family() {
        let v4 = [2, 10, 0, 0, 1, 0x39, 0x30, 10, 0, 0, 2, 80, 0];
        let unix = [&[1u8][..], &0xabcdu64.to_le_bytes(), &0u64.to_le_bytes(), b"/run/x\0"].concat();
        let mapped = |last: u8| Ipv4Addr::new(10, 0, 0, last).to_ipv6_mapped().octets();
        let v6 = [&[10u8][..], &mapped(1), &[1, 0], &mapped(2), &[2, 0]].concat();
        let plain = [&[10u8][..], &[0xfe; 16], &[1, 0], &mapped(2), &[2, 0]].concat();
        for view in [View::Classic, View::Exit] {
            assert_eq!(text(tuple, &v4, view), "10.0.0.1:12345->10.0.0.2:80");
            assert_eq!(text(tuple, &unix, view), "abcd->0 /run/x");
            assert_eq!(text(tuple, &v6, view), "10.0.0.1:1->10.0.0.2:2");
            assert_eq!(text(tuple, &plain, view), "fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe:1->::ffff:10.0.0.2:2");
            assert_eq!(text(tuple, &v6[..30], view), "INVALID IPv6");
        }
    }

    #[test]
    fn compatible_addresses_show_decimal() {
        let text = |ip: &str| {
            let mut out = Vec::new();
            ipv6(&mut out, ip.parse().unwrap());
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text("::1.2.3.4"), "::1.2.3.4");
        assert_eq!(text("::1"), "::1");
        assert_eq!(text("::ffff:1.2.3.4"), "::ffff:1.2.3.4");
        assert_eq!(text("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
    }
}
