//! Events of hand-made captures.

use crate::le::{Put, items};
use std::net::{Ipv4Addr, Ipv6Addr};

/// One event. Every method that names a type appends a parameter.
#[derive(Debug, Clone)]
pub struct EventBuilder {
    ts: u64,
    tid: i64,
    cpu: u16,
    code: u16,
    dump_flags: Option<u32>,
    v1: bool,
    large: bool,
    params: Vec<Vec<u8>>,
    surplus: Vec<u8>,
    options: Vec<u8>,
}

impl EventBuilder {
    /// An event of the current form, without parameters, on CPU 0.
    pub fn new(ts: u64, tid: i64, code: u16) -> Self {
        EventBuilder {
            ts,
            tid,
            cpu: 0,
            code,
            dump_flags: None,
            v1: false,
            large: false,
            params: Vec::new(),
            surplus: Vec::new(),
            options: Vec::new(),
        }
    }

    /// Puts it on another CPU.
    pub fn cpu(self, cpu: u16) -> Self {
        EventBuilder { cpu, ..self }
    }

    /// Stores dump flags: bit 0 is "state only".
    pub fn dump_flags(self, flags: u32) -> Self {
        EventBuilder { dump_flags: Some(flags), ..self }
    }

    /// The old form, without a number of parameters.
    pub fn v1(self) -> Self {
        EventBuilder { v1: true, ..self }
    }

    /// The form for large events: parameter lengths of 32 bits, in a block type of its own.
    pub fn large(self) -> Self {
        EventBuilder { large: true, ..self }
    }

    /// Bytes inside the event, after its last parameter.
    pub fn surplus(self, bytes: &[u8]) -> Self {
        EventBuilder { surplus: bytes.to_vec(), ..self }
    }

    /// A comment in the options behind the event.
    pub fn comment(self, text: &str) -> Self {
        self.option(1, text.as_bytes())
    }

    /// An option behind the event.
    pub fn option(mut self, code: u16, value: &[u8]) -> Self {
        self.options = self.options.le16(code).str16(value);
        self.options.resize(self.options.len().next_multiple_of(4), 0);
        self
    }

    /// A parameter of these bytes.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.params.push(bytes.to_vec());
        self
    }

    /// A parameter without a value: length 0.
    pub fn empty(self) -> Self {
        self.bytes(&[])
    }

    /// 8 bits, unsigned.
    pub fn u8(self, value: u8) -> Self {
        self.bytes(&[value])
    }

    /// 16 bits, unsigned.
    pub fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// 32 bits, unsigned.
    pub fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// 64 bits, unsigned.
    pub fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// 32 bits, signed.
    pub fn i32(self, value: i32) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// 64 bits, signed: results, descriptors, process ids.
    pub fn i64(self, value: i64) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// A string or path, ended by a zero byte.
    pub fn str(self, text: impl AsRef<[u8]>) -> Self {
        let bytes = text.as_ref().to_vec().raw(&[0]);
        self.bytes(&bytes)
    }

    /// Strings each ended by a zero byte: arguments, environment, cgroups.
    pub fn items(self, list: &[&str]) -> Self {
        self.bytes(&items(list))
    }

    /// An IPv4 address.
    pub fn sockaddr_v4(self, ip: Ipv4Addr, port: u16) -> Self {
        self.bytes(&vec![2].raw(&ip.octets()).le16(port))
    }

    /// An IPv6 address.
    pub fn sockaddr_v6(self, ip: Ipv6Addr, port: u16) -> Self {
        self.bytes(&vec![10].raw(&ip.octets()).le16(port))
    }

    /// A unix address.
    pub fn sockaddr_unix(self, path: &str) -> Self {
        self.bytes(&vec![1].raw(path.as_bytes()).raw(&[0]))
    }

    /// An IPv4 tuple: source, destination.
    pub fn tuple_v4(self, source: (Ipv4Addr, u16), destination: (Ipv4Addr, u16)) -> Self {
        let source = vec![2].raw(&source.0.octets()).le16(source.1);
        self.bytes(&source.raw(&destination.0.octets()).le16(destination.1))
    }

    /// An IPv6 tuple: source, destination.
    pub fn tuple_v6(self, source: (Ipv6Addr, u16), destination: (Ipv6Addr, u16)) -> Self {
        let source = vec![10].raw(&source.0.octets()).le16(source.1);
        self.bytes(&source.raw(&destination.0.octets()).le16(destination.1))
    }

    /// A unix tuple: two kernel addresses, a path.
    pub fn tuple_unix(self, source: u64, destination: u64, path: &str) -> Self {
        self.bytes(&vec![1].le64(source).le64(destination).raw(path.as_bytes()).raw(&[0]))
    }

    /// A list of descriptors with their flags.
    pub fn fd_list(self, fds: &[(i64, i16)]) -> Self {
        let count = Vec::new().le16(fds.len() as u16);
        let list = fds.iter().fold(count, |list, (fd, flags)| list.raw(&fd.to_le_bytes()).raw(&flags.to_le_bytes()));
        self.bytes(&list)
    }

    /// A parameter whose type is the one at `index` of its table.
    pub fn dynamic(self, index: u8, value: &[u8]) -> Self {
        self.bytes(&vec![index].raw(value))
    }

    /// The parameters so far.
    pub fn params(&self) -> &[Vec<u8>] {
        &self.params
    }

    /// The type of its block.
    pub fn block_type(&self) -> u32 {
        match (self.v1, self.large, self.dump_flags.is_some()) {
            (true, _, false) => 0x204,
            (true, _, true) => 0x208,
            (false, false, false) => 0x216,
            (false, false, true) => 0x217,
            (false, true, false) => 0x221,
            (false, true, true) => 0x222,
        }
    }

    /// The body of its block.
    pub fn body(&self) -> Vec<u8> {
        let width = if self.large { 4 } else { 2 };
        let header = if self.v1 { 22 } else { 26 };
        let data: Vec<u8> = self.params.concat();
        let len = header + width * self.params.len() + data.len() + self.surplus.len();
        let mut body = Vec::new().le16(self.cpu);
        if let Some(flags) = self.dump_flags {
            body = body.le32(flags);
        }
        body = body.le64(self.ts).raw(&self.tid.to_le_bytes()).le32(len as u32).le16(self.code);
        if !self.v1 {
            body = body.le32(self.params.len() as u32);
        }
        for param in &self.params {
            body = if self.large { body.le32(param.len() as u32) } else { body.le16(param.len() as u16) };
        }
        body = body.raw(&data).raw(&self.surplus);
        if !self.options.is_empty() {
            body.resize(body.len().next_multiple_of(4), 0);
            body = body.raw(&self.options).le32(0);
        }
        body
    }
}
