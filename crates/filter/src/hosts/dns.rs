//! Addresses in DNS replies (RFC 1035, RFC 3596).
//!
//! The bytes come from whoever answered, and a capture keeps only the first of them, often 80. So what is complete
//! is used and the rest is not missed, names are walked backwards only, and nothing is allocated by a count that the
//! message claims.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const HEADER: usize = 12;
const TYPE_A: u16 = 1;
const TYPE_AAAA: u16 = 28;
const CLASS_IN: u16 = 1;
/// A name's length on the wire may not exceed this; neither may the labels that make it.
const MAX_NAME: usize = 255;

/// Each address that a reply gives, with the name that was asked for and, where that is an alias, with the name that
/// the address belongs to. Nothing for what is no successful reply to a single question.
pub(super) fn addresses(message: &[u8]) -> Vec<(IpAddr, String)> {
    parse(message).unwrap_or_default()
}

fn parse(message: &[u8]) -> Option<Vec<(IpAddr, String)>> {
    let flags = u16_at(message, 2)?;
    let is_reply = flags & 0x8000 != 0;
    let is_query = flags >> 11 & 0xf == 0;
    let is_success = flags & 0xf == 0;
    let questions = u16_at(message, 4)?;
    let answers = u16_at(message, 6)?;
    if !(is_reply && is_query && is_success && questions == 1) {
        return None;
    }
    let (asked, after) = name(message, HEADER)?;
    let mut at = after.checked_add(4)?;
    let mut found = Vec::new();
    for _ in 0..answers {
        let Some((record, next)) = record(message, at) else { break };
        at = next;
        let Some((owner, address)) = record else { continue };
        if owner != asked {
            found.push((address, owner));
        }
        found.push((address, asked.clone()));
    }
    Some(found)
}

/// The owner and address of the record at `at`, if it holds one, and where the next record starts.
fn record(message: &[u8], at: usize) -> Option<(Option<(String, IpAddr)>, usize)> {
    let (owner, at) = name(message, at)?;
    let (kind, class) = (u16_at(message, at)?, u16_at(message, at.checked_add(2)?)?);
    let start = at.checked_add(10)?;
    let end = start.checked_add(u16_at(message, at.checked_add(8)?)?.into())?;
    let data = message.get(start..end)?;
    let address = match (kind, class) {
        (TYPE_A, CLASS_IN) => <[u8; 4]>::try_from(data).ok().map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes))),
        (TYPE_AAAA, CLASS_IN) => <[u8; 16]>::try_from(data).ok().map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes))),
        _ => None,
    };
    Some((address.map(|address| (owner, address)), end))
}

/// The name at `at`, with dots, and where it ends. `None` for what is no name that a host can have.
fn name(message: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut end = None;
    loop {
        let length = *message.get(at)?;
        match length {
            0 => return Some((text, end.unwrap_or(at.checked_add(1)?))),
            1..=63 => {
                let start = at.checked_add(1)?;
                at = start.checked_add(length.into())?;
                let label = message.get(start..at)?;
                if !label.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
                    return None;
                }
                if !text.is_empty() {
                    text.push('.');
                }
                text.extend(label.iter().map(|&b| char::from(b.to_ascii_lowercase())));
                if text.len() > MAX_NAME {
                    return None;
                }
            }
            0xc0.. => {
                let target = usize::from(u16_at(message, at)? & 0x3fff);
                end = end.or(at.checked_add(2));
                // Only backwards, so that it ends.
                at = Some(target).filter(|&target| target < at)?;
            }
            _ => return None,
        }
    }
}

fn u16_at(message: &[u8], at: usize) -> Option<u16> {
    let bytes = message.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reply to a question for `www.example.com` with the given records.
    fn reply(records: &[&[u8]]) -> Vec<u8> {
        let mut message = vec![0x12, 0x34, 0x81, 0x80, 0, 1, 0, records.len() as u8, 0, 0, 0, 0];
        message.extend(b"\x03www\x07example\x03com\0\0\x01\0\x01");
        records.iter().for_each(|record| message.extend(*record));
        message
    }

    fn found(message: &[u8]) -> Vec<String> {
        addresses(message).into_iter().map(|(address, name)| format!("{name}={address}")).collect()
    }

    const A: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x01";
    const CNAME: &[u8] = b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x06\x03cdn\xc0\x10";
    const A_OF_ALIAS: &[u8] = b"\x03cdn\xc0\x10\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x02";
    const AAAA: &[u8] = b"\xc0\x0c\0\x1c\0\x01\0\0\0\x3c\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01";

    #[test]
    fn addresses_have_the_name_that_was_asked_for() {
        assert_eq!(found(&reply(&[A, AAAA])), ["www.example.com=10.0.0.1", "www.example.com=2001:db8::1"]);
    }

    #[test]
    fn the_target_of_an_alias_has_both_names() {
        let both = ["cdn.example.com=10.0.0.2", "www.example.com=10.0.0.2"];
        assert_eq!(found(&reply(&[CNAME, A_OF_ALIAS])), both);
    }

    #[test]
    fn what_is_complete_of_a_cut_reply_counts() {
        let whole = reply(&[A, AAAA]);
        assert_eq!(found(&whole[..whole.len() - 1]), ["www.example.com=10.0.0.1"]);
        for len in 0..whole.len() - AAAA.len() {
            assert_eq!(found(&whole[..len]), Vec::<String>::new(), "{len} bytes");
        }
    }

    #[test]
    fn questions_failures_and_other_operations_say_nothing() {
        for (byte, value) in [(2, 0x01), (3, 0x83), (2, 0x91), (5, 2)] {
            let mut message = reply(&[A]);
            message[byte] = value;
            assert_eq!(found(&message), Vec::<String>::new(), "byte {byte}");
        }
    }

    #[test]
    fn names_that_point_at_themselves_or_onwards_end() {
        let to_itself = reply(&[b"\xc0\x21\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x01"]);
        assert_eq!(found(&to_itself), Vec::<String>::new());
        let onwards = reply(&[b"\xc0\x30\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x01", A]);
        assert_eq!(found(&onwards), Vec::<String>::new());
    }

    #[test]
    fn labels_that_no_host_has_are_refused() {
        let mut message = reply(&[A]);
        message[14] = b'\x1b';
        assert_eq!(found(&message), Vec::<String>::new());
    }

    #[test]
    fn any_bytes_do_no_harm() {
        let whole = reply(&[CNAME, A_OF_ALIAS, AAAA]);
        for at in 0..whole.len() {
            for value in [0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff] {
                let mut message = whole.clone();
                message[at] = value;
                addresses(&message);
            }
        }
    }
}
