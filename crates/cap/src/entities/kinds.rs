//! The fields of each kind of interned value, in the order of their numbers in the file.

use super::fields::{Fields, place_number, place_of};
use capture_batch::{
    Account, Container, Endpoint, Id, Lineage, Mount, Object, ObjectFlags, Own, OwnFlags, Pod, PortMapping, Probe,
    ProbeKind, Role, Socket, SourceInfo, Text, Workload,
};
use capture_event::recording::Recording;
use capture_event::tables::fd::{FdType, L4Proto};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// A version of a thread.
pub(super) fn own(fields: &mut impl Fields, own: &mut Own) {
    fields.number(&mut own.tid);
    fields.number(&mut own.pid);
    fields.number(&mut own.vtid);
    fields.number(&mut own.vpid);
    fields.number(&mut own.sid);
    fields.number(&mut own.pgid);
    fields.number(&mut own.vpgid);
    fields.text(&mut own.comm);
    fields.text(&mut own.exe);
    fields.text(&mut own.exepath);
    fields.text(&mut own.args);
    fields.text(&mut own.env);
    fields.text(&mut own.cgroups);
    fields.text(&mut own.cwd);
    fields.text(&mut own.root);
    fields.word(&mut own.uid);
    fields.word(&mut own.gid);
    fields.word(&mut own.loginuid);
    for account in [&mut own.user, &mut own.group, &mut own.loginuser] {
        fields.shared(account, self::account);
    }
    fields.word(&mut own.tty);
    own.capabilities.iter_mut().for_each(|set| fields.unsigned(set));
    fields.unsigned(&mut own.clone_ts);
    fields.unsigned(&mut own.exec_ts);
    fields.unsigned(&mut own.pidns_init_start_ts);
    fields.unsigned(&mut own.exe_ino);
    fields.unsigned(&mut own.exe_ino_ctime);
    fields.unsigned(&mut own.exe_ino_mtime);
    fields.unsigned(&mut own.exe_ino_ctime_to_clone);
    fields.unsigned(&mut own.exe_ino_pidns_to_ctime);
    fields.other(&mut own.flags, |flags| flags.bits().into(), |bits| OwnFlags::from_bits_retain(bits as u32));
    fields.text(&mut own.container_id);
    let to = |id: &Option<Id<Container>>| id.map_or(-1, place_number);
    fields.other(&mut own.container, to, container_of);
    let mut addresses = own.local_addresses.as_ref().map(|addresses| addresses.to_vec());
    fields.maybe(&mut addresses, |fields, addresses| {
        let mut numbers: Vec<u32> = addresses.iter().map(|address| address.to_bits()).collect();
        fields.many(&mut numbers, |fields, number| fields.word(number));
        *addresses = numbers.into_iter().map(Ipv4Addr::from_bits).collect();
    });
    own.local_addresses = addresses.map(Arc::from);
}

/// Of the fields of versions of threads, the numbers of those that tell of what program and container a thread is.
pub(super) const PROGRAM: [u16; 6] = [7, 8, 9, 42, 43, 44];

/// A version of a thread of which no more is known than these fields.
pub(super) fn program(values: [i64; 6], text: impl Fn(i64) -> Option<Text>) -> Option<Own> {
    let [comm, exe, exepath, flags, container_id, container] = values;
    Some(Own {
        comm: text(comm)?,
        exe: text(exe)?,
        exepath: text(exepath)?,
        flags: OwnFlags::from_bits_retain(flags as u32),
        container_id: text(container_id)?,
        container: container_of(container),
        ..Own::default()
    })
}

fn container_of(number: i64) -> Option<Id<Container>> {
    Some(place_of(number)).filter(|place| !place.is_none())
}

fn account(fields: &mut impl Fields, account: &mut Account) {
    fields.text(&mut account.name);
    fields.text(&mut account.home);
    fields.text(&mut account.shell);
}

/// A lineage of which nothing is known.
pub(super) fn no_lineage() -> Lineage {
    let none = Id::NONE;
    let (ancestors, searched, login_shell) = (Box::default(), None, None);
    Lineage {
        ppid: 0,
        leader: none,
        parent: none,
        ancestors,
        searched,
        session: none,
        group: none,
        vgroup: none,
        login_shell,
    }
}

/// Ancestors and leaders.
pub(super) fn lineage(fields: &mut impl Fields, lineage: &mut Lineage) {
    fields.number(&mut lineage.ppid);
    for own in own_places(lineage) {
        fields.place(own);
    }
    fields.maybe(&mut lineage.login_shell, |fields, pid| fields.number(pid));
    let mut ancestors: Vec<i64> = lineage.ancestors.iter().map(|id| place_number(*id)).collect();
    fields.many(&mut ancestors, |fields, place| fields.number(place));
    lineage.ancestors = ancestors.into_iter().map(place_of).collect();
    let mut searched: Option<Vec<i64>> =
        lineage.searched.as_ref().map(|searched| searched.iter().map(|id| place_number(*id)).collect());
    fields.maybe(&mut searched, |fields, searched| fields.many(searched, |fields, place| fields.number(place)));
    lineage.searched = searched.map(|searched| searched.into_iter().map(place_of).collect());
}

/// The threads that a lineage names once.
pub(super) fn own_places(lineage: &mut Lineage) -> [&mut Id<Own>; 5] {
    let Lineage { leader, parent, session, group, vgroup, .. } = lineage;
    [leader, parent, session, group, vgroup]
}

/// An object of which nothing is known.
pub(super) fn no_object() -> Object {
    Object {
        fd_type: FdType::Unknown,
        name: Text::default(),
        name_raw: Text::default(),
        real_name: None,
        open_flags: 0,
        dev: 0,
        ino: 0,
        flags: ObjectFlags::empty(),
        socket: None,
        l4: L4Proto::Unknown,
        role: Role::Unknown,
    }
}

/// What an event worked on.
pub(super) fn object(fields: &mut impl Fields, object: &mut Object) {
    let fd_type = |number: i64| u8::try_from(number).ok().and_then(FdType::from_code).unwrap_or(FdType::Unknown);
    fields.other(&mut object.fd_type, |kind| *kind as i64, fd_type);
    fields.text(&mut object.name);
    fields.text(&mut object.name_raw);
    fields.maybe(&mut object.real_name, Fields::text);
    fields.word(&mut object.open_flags);
    fields.word(&mut object.dev);
    fields.unsigned(&mut object.ino);
    let flags = |bits| ObjectFlags::from_bits_retain(bits as u32);
    fields.other(&mut object.flags, |flags| flags.bits().into(), flags);
    fields.other(&mut object.l4, |l4| *l4 as i64, |number| L4Proto::from_code(number as u8));
    fields.other(&mut object.role, |role| *role as i64, role);
    socket(fields, &mut object.socket);
}

fn role(number: i64) -> Role {
    match number {
        1 => Role::Client,
        2 => Role::Server,
        _ => Role::Unknown,
    }
}

/// Its kind (0 none, 1 connected, 2 listening, 3 unix), then addresses and ports (as bytes and numbers), then the two
/// kernel addresses.
fn socket(fields: &mut impl Fields, socket: &mut Option<Socket>) {
    let mut kind = match socket {
        None => 0,
        Some(Socket::Inet { .. }) => 1,
        Some(Socket::Server(_)) => 2,
        Some(Socket::Unix { .. }) => 3,
    };
    fields.number(&mut kind);
    let mut ends: Vec<Endpoint> = match socket {
        Some(Socket::Inet { source, destination }) => vec![*source, *destination],
        Some(Socket::Server(end)) => vec![*end],
        _ => Vec::new(),
    };
    let mut coded: Vec<(Text, u16)> = ends.iter().map(|end| (text_of(end.ip), end.port)).collect();
    fields.many(&mut coded, |fields, (ip, port)| {
        fields.text(ip);
        fields.short(port);
    });
    let mut kernel = match socket {
        Some(Socket::Unix { source, destination }) => vec![(*source, *destination)],
        _ => Vec::new(),
    };
    fields.many(&mut kernel, |fields, (source, destination)| {
        fields.unsigned(source);
        fields.unsigned(destination);
    });
    ends = coded.iter().map(|(ip, port)| Endpoint { ip: ip_of(ip), port: *port }).collect();
    *socket = match (kind, &*ends, &*kernel) {
        (1, &[source, destination], _) => Some(Socket::Inet { source, destination }),
        (2, &[end], _) => Some(Socket::Server(end)),
        (3, _, &[(source, destination)]) => Some(Socket::Unix { source, destination }),
        _ => None,
    };
}

fn text_of(ip: IpAddr) -> Text {
    match ip {
        IpAddr::V4(ip) => Text::from(&ip.octets()[..]),
        IpAddr::V6(ip) => Text::from(&ip.octets()[..]),
    }
}

fn ip_of(bytes: &[u8]) -> IpAddr {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// A version of a container.
pub(super) fn container(fields: &mut impl Fields, container: &mut Container) {
    for text in [
        &mut container.id,
        &mut container.full_id,
        &mut container.name,
        &mut container.image,
        &mut container.image_id,
        &mut container.image_repo,
        &mut container.image_tag,
        &mut container.image_digest,
        &mut container.ip,
        &mut container.cni_json,
        &mut container.pod_sandbox_id,
        &mut container.json,
    ] {
        fields.text(text);
    }
    fields.word(&mut container.kind);
    fields.maybe(&mut container.privileged, Fields::flag);
    container.host_namespaces.iter_mut().for_each(|shared| fields.flag(shared));
    fields.unsigned(&mut container.created);
    fields.flag(&mut container.is_pod_sandbox);
    fields.many(&mut container.mounts, mount);
    fields.many(&mut container.ports, port);
    fields.pairs(&mut container.labels);
    fields.texts(&mut container.env);
    probes(fields, &mut container.probes);
    fields.pairs(&mut container.pod_sandbox_labels);
    fields.maybe(&mut container.pod_ip, Fields::text);
    fields.maybe(&mut container.pod_cni_json, Fields::text);
    fields.shared(&mut container.pod, pod);
}

fn mount(fields: &mut impl Fields, mount: &mut Mount) {
    fields.text(&mut mount.source);
    fields.text(&mut mount.destination);
    fields.text(&mut mount.mode);
    fields.flag(&mut mount.writable);
    fields.text(&mut mount.propagation);
}

fn port(fields: &mut impl Fields, port: &mut PortMapping) {
    fields.word(&mut port.host_ip);
    fields.short(&mut port.host_port);
    fields.short(&mut port.container_port);
}

fn probes(fields: &mut impl Fields, probes: &mut Vec<Probe>) {
    let mut coded: Vec<(i64, Text, Vec<Text>)> =
        probes.iter().map(|probe| (probe.kind as i64, probe.exe.clone(), probe.args.clone())).collect();
    fields.many(&mut coded, |fields, (kind, exe, args)| {
        fields.number(kind);
        fields.text(exe);
        fields.texts(args);
    });
    let kind = |number| match number {
        0 => ProbeKind::Healthcheck,
        1 => ProbeKind::Liveness,
        _ => ProbeKind::Readiness,
    };
    *probes = coded.into_iter().map(|(number, exe, args)| Probe { kind: kind(number), exe, args }).collect();
}

fn pod(fields: &mut impl Fields, pod: &mut Pod) {
    workload(fields, &mut pod.pod);
    fields.text(&mut pod.namespace);
    for part in [&mut pod.in_namespace, &mut pod.controller, &mut pod.replica_set, &mut pod.deployment] {
        fields.maybe(part, workload);
    }
    fields.many(&mut pod.services, workload);
}

fn workload(fields: &mut impl Fields, workload: &mut Workload) {
    fields.text(&mut workload.name);
    fields.text(&mut workload.uid);
    fields.pairs(&mut workload.labels);
}

/// What is known of the capture, but for the name of its file.
pub(super) fn source(fields: &mut impl Fields, source: &mut SourceInfo) {
    fields.text(&mut source.hostname);
    fields.maybe(&mut source.cpus, Fields::word);
    fields.unsigned(&mut source.boot_ts);
    let mut addresses: Vec<(Text, Text)> =
        source.addresses.iter().map(|(address, mask)| (text_of(*address), text_of(*mask))).collect();
    fields.pairs(&mut addresses);
    source.addresses = addresses.iter().map(|(address, mask)| (ip_of(address), ip_of(mask))).collect();
    let mut recording = source.recording.as_ref().map(|recording| Text::from(recording.to_json()));
    fields.maybe(&mut recording, Fields::text);
    source.recording = recording.and_then(|json| Recording::from_json(&json));
}
