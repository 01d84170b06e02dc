//! Ports by the names of their services (`-R`), in text that shows addresses.

use crate::Env;
use capture_batch::Object;
use capture_event::tables::fd::L4Proto;
use capture_event::tables::service;
use std::borrow::Cow;
use std::net::IpAddr;

/// The name of what a descriptor refers to, with ports by name if the settings want that.
pub fn object_name<'o>(object: &'o Object, env: &Env) -> Cow<'o, [u8]> {
    let is_wanted = env.name_ports && object.fd_type.is_inet();
    let named = if is_wanted { named(&object.name, object.l4) } else { None };
    named.map_or(Cow::Borrowed(&object.name[..]), Cow::Owned)
}

/// `10.0.0.5:40112->203.0.113.7:443` or one half of it with the names of services in place of ports; `None` for text
/// that does not look so.
pub fn named(text: &[u8], l4: L4Proto) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let ends: Option<Vec<String>> = text.split("->").map(|end| named_end(end, l4)).collect();
    Some(ends?.join("->").into_bytes())
}

fn named_end(text: &str, l4: L4Proto) -> Option<String> {
    let (address, port) = text.rsplit_once(':')?;
    let (_, port): (IpAddr, u16) = (address.parse().ok()?, port.parse().ok()?);
    Some(format!("{address}:{}", service::name(port, l4).map_or_else(|| port.to_string(), str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_addresses_get_names() {
        let named = |text: &str, l4| named(text.as_bytes(), l4).map(|bytes| String::from_utf8(bytes).unwrap());
        let connection = named("10.0.0.5:40112->203.0.113.7:443", L4Proto::Tcp);
        assert_eq!(connection.as_deref(), Some("10.0.0.5:40112->203.0.113.7:https"));
        assert_eq!(named("2001:db8::1:53", L4Proto::Udp).as_deref(), Some("2001:db8::1:domain"));
        assert_eq!(named("0->ffff88003c420800 /run/socket", L4Proto::Unknown), None);
        assert_eq!(named("/tmp/a:22", L4Proto::Unknown), None);
    }
}
