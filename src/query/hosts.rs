//! Names of hosts: from a file, and, only if asked for, from the network.

use crate::report;
use crate::status::Failure;
use capture_filter::{Env, HostNames};
use std::net::{IpAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;

/// Settings for each of `captures`: what one learns from its DNS replies does not hold for another. `names` are those
/// that the filter mentions; with `resolve` the network is asked for their addresses.
pub fn envs(
    env: Env,
    hosts: Option<&Path>,
    resolve: bool,
    names: &[Vec<u8>],
    captures: usize,
) -> Result<Vec<Env>, Failure> {
    let text = hosts.map(read).transpose()?.unwrap_or_default();
    let addresses = if resolve { look_up(names) } else { Vec::new() };
    let one = || {
        let known = HostNames::default();
        let bad = known.read_hosts(&text);
        addresses.iter().for_each(|(address, name)| known.add(*address, name));
        (Env { host_names: Arc::new(known), ..env.clone() }, bad)
    };
    let made: Vec<(Env, Vec<usize>)> = (0..captures).map(|_| one()).collect();
    if let (Some(path), Some((_, bad))) = (hosts, made.first()) {
        bad.iter().for_each(|line| report::note(&format!("{}, line {line}: no address", path.display())));
    }
    Ok(made.into_iter().map(|(env, _)| env).collect())
}

fn read(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Asks the network for the addresses of names. Those that it does not know are reported.
fn look_up(names: &[Vec<u8>]) -> Vec<(IpAddr, String)> {
    let mut found = Vec::new();
    for name in names {
        let name = String::from_utf8_lossy(name).into_owned();
        match (&*name, 0).to_socket_addrs() {
            Ok(addresses) => found.extend(addresses.map(|address| (address.ip(), name.clone()))),
            Err(error) => report::note(&format!("{name}: {error}")),
        }
    }
    found
}
