//! Which addresses are a container's own.

use super::Containers;
use capture_batch::{Container, Text, View};
use rustc_hash::FxHashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// How many containers' addresses are listed at most.
const MAX_NEIGHBOURS: usize = 4096;

/// Lists made before, as of one version of the containers.
#[derive(Default)]
pub(super) struct Made {
    version: u64,
    by_id: FxHashMap<Text, Option<Arc<[Ipv4Addr]>>>,
}

impl Containers {
    /// The IPv4 addresses that count as local for a thread in a container; `None` for those of the interfaces alone.
    ///
    /// A container has its own address and those of the interfaces. One without an address (its pod's sandbox has it)
    /// has those of all containers, in the classic view also those of the interfaces.
    pub fn local_addresses(&mut self, id: &Text, interfaces: &[(IpAddr, IpAddr)]) -> Option<Arc<[Ipv4Addr]>> {
        if id.is_empty() {
            return None;
        }
        let version = self.version();
        if self.local.0.version != version {
            self.local.0 = Made { version, ..Made::default() };
        }
        if let Some(made) = self.local.0.by_id.get(id) {
            return made.clone();
        }
        let made = self.make(id, interfaces).map(Arc::from);
        self.local.0.by_id.insert(id.clone(), made.clone());
        made
    }

    fn make(&self, id: &[u8], interfaces: &[(IpAddr, IpAddr)]) -> Option<Vec<Ipv4Addr>> {
        let interfaces = || interfaces.iter().filter_map(|(ip, _)| v4(*ip));
        let container = self.get(id);
        let own = container.and_then(address);
        match self.view {
            View::Classic => {
                let own = own.filter(|ip| !ip.is_unspecified());
                container?;
                Some(match own {
                    Some(own) => interfaces().chain([own]).collect(),
                    None => interfaces().chain(self.all().map(|ip| ip.unwrap_or(Ipv4Addr::UNSPECIFIED))).collect(),
                })
            }
            View::Exit if container.is_some_and(|container| !container.ip.is_empty()) => {
                Some(interfaces().chain(own).collect())
            }
            View::Exit => Some(self.all().flatten().collect()),
        }
    }

    /// The addresses of all containers, `None` for those without one. Of more containers than a host has, of some.
    fn all(&self) -> impl Iterator<Item = Option<Ipv4Addr>> {
        self.by_id.values().take(MAX_NEIGHBOURS).map(|entry| address(&entry.container))
    }
}

fn address(container: &Container) -> Option<Ipv4Addr> {
    std::str::from_utf8(&container.ip).ok()?.parse().ok()
}

fn v4(ip: IpAddr) -> Option<Ipv4Addr> {
    match ip {
        IpAddr::V4(ip) => Some(ip),
        IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::Lookup;

    fn containers(view: View) -> Containers {
        let mut containers = Containers::new(view);
        for (id, ip) in [("a", "172.17.0.2"), ("b", ""), ("c", "0.0.0.0")] {
            let container = Container { id: id.into(), ip: ip.into(), ..Container::default() };
            containers.put(container, Lookup::Successful);
        }
        containers
    }

    fn local(view: View, id: &str) -> Option<Vec<String>> {
        let host =
            [("10.0.0.1", "255.0.0.0"), ("::1", "::")].map(|(ip, mask)| (ip.parse().unwrap(), mask.parse().unwrap()));
        let found = containers(view).local_addresses(&id.into(), &host)?;
        let mut found: Vec<String> = found.iter().map(Ipv4Addr::to_string).collect();
        found.sort();
        found.dedup();
        Some(found)
    }

    #[test]
    fn a_container_has_its_own_address_or_those_of_all() {
        let strings = |list: &[&str]| Some(list.iter().map(|ip| (*ip).to_string()).collect::<Vec<_>>());
        assert_eq!(local(View::Classic, "a"), strings(&["10.0.0.1", "172.17.0.2"]));
        assert_eq!(local(View::Classic, "b"), strings(&["0.0.0.0", "10.0.0.1", "172.17.0.2"]));
        assert_eq!(local(View::Classic, "c"), local(View::Classic, "b"));
        assert_eq!(local(View::Exit, "a"), strings(&["10.0.0.1", "172.17.0.2"]));
        assert_eq!(local(View::Exit, "b"), strings(&["0.0.0.0", "172.17.0.2"]));
        assert_eq!(local(View::Exit, "c"), strings(&["0.0.0.0", "10.0.0.1"]));
    }

    #[test]
    fn the_host_and_unknown_containers_have_none_of_their_own() {
        assert_eq!(local(View::Classic, ""), None);
        assert_eq!(local(View::Classic, "unknown"), None);
        assert_eq!(local(View::Exit, ""), None);
    }
}
