//! Hand-made captures.

use crate::le::Put;
use crate::{EventBuilder, Fd, Process};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::IpAddr;
use std::path::Path;

/// A block: type, length, body padded to four bytes, length again.
pub fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let len = padded as u32 + 12;
    let mut block = Vec::new().le32(kind).le32(len).raw(body);
    block.resize(8 + padded, 0);
    block.le32(len)
}

/// Builds a capture: section header, machine info, tables, then events in the order given.
#[derive(Debug, Clone)]
pub struct CaptureBuilder {
    section_options: Vec<u8>,
    machine: Option<(u32, String, u64)>,
    interfaces: Vec<Vec<u8>>,
    users: Vec<Vec<u8>>,
    processes: Vec<Process>,
    fds: BTreeMap<u64, Vec<Fd>>,
    process_version: u8,
    list_version: u8,
    events: Vec<u8>,
}

impl Default for CaptureBuilder {
    fn default() -> Self {
        CaptureBuilder::new()
    }
}

impl CaptureBuilder {
    /// A capture of a host called `host` with four CPUs, lists of the newest versions, no threads and no events.
    /// (sysdig opens only captures with at least one event.)
    pub fn new() -> Self {
        CaptureBuilder {
            section_options: Vec::new(),
            machine: Some((4, "host".to_string(), 0)),
            interfaces: Vec::new(),
            users: Vec::new(),
            processes: Vec::new(),
            fds: BTreeMap::new(),
            process_version: 9,
            list_version: 2,
            events: Vec::new(),
        }
    }

    /// Sets what the machine info says: number of CPUs, host name, boot time.
    pub fn machine(self, cpus: u32, hostname: &str, boot_ts: u64) -> Self {
        CaptureBuilder { machine: Some((cpus, hostname.to_string(), boot_ts)), ..self }
    }

    /// Leaves out the machine info.
    pub fn without_machine(self) -> Self {
        CaptureBuilder { machine: None, ..self }
    }

    /// Adds a comment to the section header.
    pub fn comment(mut self, text: &str) -> Self {
        self.section_options = self.section_options.le16(1).str16(text.as_bytes());
        self.section_options.resize(self.section_options.len().next_multiple_of(4), 0);
        self
    }

    /// Stores threads in a process list of this version, 1 to 9.
    pub fn process_version(self, version: u8) -> Self {
        CaptureBuilder { process_version: version, ..self }
    }

    /// Stores descriptors, interfaces and users in lists of version 1.
    pub fn old_lists(self) -> Self {
        CaptureBuilder { list_version: 1, ..self }
    }

    /// Adds a network interface.
    pub fn interface(mut self, name: &str, address: IpAddr, netmask: IpAddr, broadcast: IpAddr) -> Self {
        let octets = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        let entry = Vec::new().le16(if address.is_ipv4() { 1 } else { 2 }).le16(name.len() as u16);
        let entry = entry.raw(&octets(address)).raw(&octets(netmask)).raw(&octets(broadcast));
        self.interfaces.push(entry.le64(0).raw(name.as_bytes()));
        self
    }

    /// Adds a user.
    pub fn user(mut self, uid: u32, gid: u32, name: &str, home: &str, shell: &str) -> Self {
        let entry = vec![0].le32(uid).le32(gid);
        self.users.push(entry.str16(name.as_bytes()).str16(home.as_bytes()).str16(shell.as_bytes()));
        self
    }

    /// Adds a group.
    pub fn group(mut self, gid: u32, name: &str) -> Self {
        self.users.push(vec![1].le32(gid).str16(name.as_bytes()));
        self
    }

    /// Adds a thread.
    pub fn process(mut self, process: Process) -> Self {
        self.fds.entry(process.tid).or_default();
        self.processes.push(process);
        self
    }

    /// Adds an open descriptor of a thread.
    pub fn fd(mut self, tid: u64, fd: Fd) -> Self {
        self.fds.entry(tid).or_default().push(fd);
        self
    }

    /// Adds an event.
    pub fn event(mut self, event: EventBuilder) -> Self {
        self.events.extend(block(event.block_type(), &event.body()));
        self
    }

    /// Adds any block behind those that are there.
    pub fn block(self, kind: u32, body: &[u8]) -> Self {
        self.raw(&block(kind, body))
    }

    /// Adds any bytes behind the blocks that are there.
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.events.extend(bytes);
        self
    }

    fn section(&self) -> Vec<u8> {
        let body = Vec::new().le32(0x1A2B_3C4D).le16(1).le16(2).le64(u64::MAX);
        let end = if self.section_options.is_empty() { &[][..] } else { &[0; 4] };
        block(0x0A0D_0D0A, &body.raw(&self.section_options).raw(end))
    }

    fn machine_block(&self) -> Vec<u8> {
        let Some((cpus, hostname, boot_ts)) = &self.machine else { return Vec::new() };
        let mut name = hostname.as_bytes().to_vec();
        name.resize(128, 0);
        let body = Vec::new().le32(*cpus).le64(8 << 30).le64(32768).raw(&name).le64(*boot_ts);
        block(0x201, &body.le64(0).le64(0).le64(0))
    }

    /// A list block, left out when it has no entries. `counted`: whether lengths count themselves.
    fn list(&self, kinds: [u32; 2], entries: &[Vec<u8>], counted: u32) -> Vec<u8> {
        let with_length = |entry: &Vec<u8>| Vec::new().le32(entry.len() as u32 + counted).raw(entry);
        match (entries.is_empty(), self.list_version) {
            (true, _) => Vec::new(),
            (_, 1) => block(kinds[0], &entries.concat()),
            _ => block(kinds[1], &entries.iter().flat_map(with_length).collect::<Vec<u8>>()),
        }
    }

    fn process_block(&self) -> Vec<u8> {
        let kinds = [0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214, 0x215];
        let entries: Vec<u8> = self.processes.iter().flat_map(|p| p.entry(self.process_version)).collect();
        if entries.is_empty() { Vec::new() } else { block(kinds[usize::from(self.process_version) - 1], &entries) }
    }

    fn fd_blocks(&self) -> Vec<u8> {
        let one = |(tid, fds): (&u64, &Vec<Fd>)| {
            let body = fds.iter().fold(Vec::new().le64(*tid), |body, fd| body.raw(&fd.entry(self.list_version)));
            block(if self.list_version == 1 { 0x203 } else { 0x218 }, &body)
        };
        self.fds.iter().flat_map(one).collect()
    }

    /// The capture, plain.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.section()
            .raw(&self.machine_block())
            .raw(&self.list([0x205, 0x219], &self.interfaces, 0))
            .raw(&self.list([0x206, 0x220], &self.users, 4))
            .raw(&self.process_block())
            .raw(&self.fd_blocks())
            .raw(&self.events)
    }

    /// The capture, compressed as one gzip member.
    pub fn to_gzip(&self) -> Vec<u8> {
        gzip(&self.to_bytes())
    }

    /// Writes the capture, plain, to a file.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        std::fs::write(path, self.to_bytes())
    }

    /// The capture, plain, in a temporary file that goes when the value does.
    pub fn to_file(&self) -> std::io::Result<tempfile::NamedTempFile> {
        let mut file = tempfile::Builder::new().suffix(".scap").tempfile()?;
        file.write_all(&self.to_bytes())?;
        file.flush()?;
        Ok(file)
    }
}

/// One gzip member.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail")
}
