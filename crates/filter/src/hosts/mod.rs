//! Names of addresses, without asking anybody.
//!
//! To ask a name server about an indicator warns whoever runs that server. So names come from what is at hand:
//!
//! * a file in the format of `/etc/hosts`: [`HostNames::read_hosts`];
//! * DNS replies in the capture's own buffers: [`HostNames::learn`]. A name holds from the reply on, never before it:
//!   the answer is the same whichever part of a capture is looked at;
//! * look-ups that the user asked for, made by the caller: [`HostNames::add`].
//!
//! An address may have many names: every name that was asked for, and those it is an alias of. What a capture says is
//! no proof: a process can send itself any reply.

mod dns;

use crate::catalog::{FieldFlags, fields};
use capture_batch::{Object, Row, Socket};
use capture_event::schema::EventFlags;
use capture_event::tables::fd::L4Proto;
use rustc_hash::FxHashMap;
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};

/// Whether a filter or format asks for names of hosts: DNS replies are to be learned from then.
pub fn are_asked_for(text: &str) -> bool {
    let mut of_hosts = fields().filter(|field| field.flags.contains(FieldFlags::HOST_NAME));
    of_hosts.any(|field| text.contains(field.name))
}

/// How many pairs of address and name are kept at most: a capture may hold any number of replies.
const MAX_PAIRS: usize = 1 << 18;
/// How many names an address has at most.
const MAX_NAMES: usize = 64;

/// The port of name servers.
const DNS_PORT: u16 = 53;

/// Names of addresses, as of each event of one capture. Grows while the capture is read; whoever asks for an event
/// gets what was known then.
#[derive(Debug, Default)]
pub struct HostNames(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    by_address: FxHashMap<IpAddr, Vec<Name>>,
    pairs: usize,
}

/// A name and the number of the event from which on it is known.
#[derive(Debug)]
struct Name {
    text: Box<str>,
    from: u64,
}

impl HostNames {
    /// Adds a name that holds for the whole capture.
    pub fn add(&self, address: IpAddr, name: &str) {
        self.insert(address, name, 0);
    }

    /// Adds the names of a file in the format of `/etc/hosts`: an address and its names on each line, `#` before
    /// comments. Lines that do not start with an address are left out; their numbers, from 1, are the result.
    pub fn read_hosts(&self, text: &str) -> Vec<usize> {
        let mut bad = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            let Some(first) = words.next() else { continue };
            match first.parse::<IpAddr>() {
                Ok(address) => words.for_each(|name| self.add(address, name)),
                Err(_) => bad.push(number + 1),
            }
        }
        bad
    }

    /// Learns from an event that read a DNS reply; leaves any other alone. Rows are to come in order.
    pub fn learn(&self, row: Row<'_>) {
        let Some(reply) = dns_buffer(row) else { return };
        for (address, name) in dns::addresses(reply) {
            self.insert(address, &name, row.num());
        }
    }

    /// The names of an address that are known at the event with the number `num`, first known first.
    pub fn names(&self, address: IpAddr, num: u64) -> Vec<Box<str>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let names = known.by_address.get(&address.to_canonical()).map_or(&[][..], |names| names);
        names.iter().filter(|name| name.from <= num).map(|name| name.text.clone()).collect()
    }

    fn insert(&self, address: IpAddr, name: &str, from: u64) {
        let text = name.trim_end_matches('.').to_ascii_lowercase();
        let known = &mut *self.0.write().unwrap_or_else(PoisonError::into_inner);
        let names = known.by_address.entry(address.to_canonical()).or_default();
        let is_full = known.pairs >= MAX_PAIRS || names.len() >= MAX_NAMES;
        if text.is_empty() || is_full || names.iter().any(|name| *name.text == *text) {
            return;
        }
        names.push(Name { text: text.into(), from });
        known.pairs += 1;
    }
}

/// What an event read from the port of a name server.
fn dns_buffer<'r>(row: Row<'r>) -> Option<&'r [u8]> {
    let info = row.info()?;
    if info.is_enter() || !info.flags.contains(EventFlags::READS_FROM_FD) || !is_dns(row.object()?) {
        return None;
    }
    row.bytes(info.param("data")?)
}

fn is_dns(object: &Object) -> bool {
    let Some(Socket::Inet { source, destination }) = &object.socket else { return false };
    object.l4 == L4Proto::Udp && (source.port == DNS_PORT || destination.port == DNS_PORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_hosts_file_gives_names_and_reports_bad_lines() {
        let hosts = HostNames::default();
        let bad = hosts.read_hosts("# mine\n10.0.0.1 db.example DB # the database\n\nnonsense here\n::1 localhost\n");
        assert_eq!(bad, [4]);
        assert_eq!(hosts.names(ip("10.0.0.1"), 0), ["db.example".into(), "db".into()]);
        assert_eq!(hosts.names(ip("::1"), 9), ["localhost".into()]);
        assert!(hosts.names(ip("10.0.0.2"), 9).is_empty());
    }

    #[test]
    fn a_name_is_known_from_the_event_that_told_it() {
        let hosts = HostNames::default();
        hosts.insert(ip("10.0.0.1"), "Late.Example.", 7);
        assert!(hosts.names(ip("10.0.0.1"), 6).is_empty());
        assert_eq!(hosts.names(ip("10.0.0.1"), 7), ["late.example".into()]);
        assert_eq!(hosts.names(ip("::ffff:10.0.0.1"), 7).len(), 1);
    }

    #[test]
    fn an_address_does_not_get_names_without_end() {
        let hosts = HostNames::default();
        (0..1000).for_each(|n| hosts.add(ip("10.0.0.1"), &format!("n{n}.example")));
        assert_eq!(hosts.names(ip("10.0.0.1"), 0).len(), MAX_NAMES);
    }
}
