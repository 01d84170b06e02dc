//! Values of parameters: few enough that events meet (the same descriptors, paths, addresses come again), odd enough
//! that the rare cases occur.

use super::{Kind, Rng};

const PATHS: &[&[u8]] = &[
    b"/etc/passwd",
    b"/tmp/x",
    b"rel/file",
    b"../up/a",
    b"./here",
    b"/var//log/../log/s.log",
    b"/proc/self/fd",
    b"a",
    b"",
    b"/usr/lib/libc.so.6",
    b"/tmp/\xff\x01bin",
    b"/a/b/../../..",
    b"dir/",
    b"/dev/log",
    b"..",
    b".",
];
const TEXTS: &[&[u8]] = &[b"bash", b"b\xffd", b"a b", b"", b"/x/y", b"<NA>", b"(NULL)"];
const DATA: &[&[u8]] = &[
    b"hello",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x00\x01\x02binary\xff",
    b"",
    &[b'x'; 100],
    b"<13>Jan 1 msg: text",
    b"line1\nline2\n",
];
const ADDRESSES: &[[u8; 4]] = &[[127, 0, 0, 1], [10, 0, 0, 5], [8, 8, 8, 8], [10, 0, 0, 9], [93, 184, 216, 34]];
const PORTS: &[u16] = &[80, 443, 53, 22, 8080, 40000, 51234, 60001, 3306, 0];
const ERRNOS: &[i64] = &[-1, -2, -9, -11, -13, -22, -115];
const OPEN_FLAGS: &[u32] = &[0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512];

fn descriptor(rng: &mut Rng) -> i64 {
    rng.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3, 4, 5])
}

fn failed_or(rng: &mut Rng, percent: u32, value: i64) -> i64 {
    if rng.percent(percent) { rng.pick(ERRNOS) } else { value }
}

fn ipv4(rng: &mut Rng, out: &mut Vec<u8>) {
    out.extend(rng.pick(ADDRESSES));
}

fn ipv6(rng: &mut Rng, out: &mut Vec<u8>) {
    let mut address = [0; 16];
    match rng.below(4) {
        0 => address[15] = 1,
        1 => {
            address[10] = 0xff;
            address[11] = 0xff;
            address[12..].copy_from_slice(&rng.pick(ADDRESSES));
        }
        2 => address = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5],
        _ => {}
    }
    out.extend(address);
}

fn port(rng: &mut Rng, out: &mut Vec<u8>) {
    out.extend(u16::to_le_bytes(rng.pick(PORTS)));
}

fn unix_path(rng: &mut Rng, out: &mut Vec<u8>) {
    // Sixteen bytes and more: sysdig reads as many, whether they are there or not.
    out.extend(rng.pick(&[&b"/run/systemd/notify\0"[..], b"@/tmp/dbus-Xy3Fk9\0", b"/run/docker.socket\0"]));
}

fn address(rng: &mut Rng, out: &mut Vec<u8>) {
    match rng.below(10) {
        0..5 => {
            out.push(2);
            ipv4(rng, out);
            port(rng, out);
        }
        5..7 => {
            out.push(10);
            ipv6(rng, out);
            port(rng, out);
        }
        7..9 => {
            out.push(1);
            unix_path(rng, out);
        }
        _ => {}
    }
}

fn tuple(rng: &mut Rng, out: &mut Vec<u8>) {
    match rng.below(10) {
        0..5 => {
            out.push(2);
            for _ in 0..2 {
                ipv4(rng, out);
                port(rng, out);
            }
        }
        5..7 => {
            out.push(10);
            for _ in 0..2 {
                ipv6(rng, out);
                port(rng, out);
            }
        }
        7..9 => {
            out.push(1);
            out.extend(u64::to_le_bytes(rng.below(1 << 30).into()));
            out.extend(u64::to_le_bytes(rng.below(1 << 30).into()));
            unix_path(rng, out);
        }
        _ => {}
    }
}

fn number(size: usize, value: u64, out: &mut Vec<u8>) {
    out.extend(&value.to_le_bytes()[..size]);
}

/// A 64-bit number.
pub(super) fn bytes(number: i64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

/// The bytes of one value. `tids` are the threads there are, `tid` the acting one.
pub(super) fn value(kind: &Kind, rng: &mut Rng, tid: i64, tids: &[i64]) -> Vec<u8> {
    let mut out = Vec::new();
    let zero_ended = |text: &[u8], out: &mut Vec<u8>| {
        out.extend(text);
        out.push(0);
    };
    match *kind {
        Kind::Tid => out.extend(i64::to_le_bytes(tid)),
        Kind::Fd => out.extend(i64::to_le_bytes(if rng.percent(6) { -1 } else { descriptor(rng) })),
        Kind::NewFd => {
            let fd = descriptor(rng);
            out.extend(i64::to_le_bytes(failed_or(rng, 20, fd)));
        }
        Kind::Dirfd => out.extend(i64::to_le_bytes(rng.pick(&[-100, -100, 3, 4]))),
        Kind::Pid => out.extend(i64::to_le_bytes(rng.pick(tids))),
        Kind::Res => out.extend(i64::to_le_bytes(failed_or(rng, 20, 0))),
        Kind::Count => {
            let count = rng.pick(&[0, 1, 5, 80, 100, 4096]);
            out.extend(i64::to_le_bytes(failed_or(rng, 15, count)));
        }
        Kind::Path => zero_ended(rng.pick(PATHS), &mut out),
        Kind::Text => zero_ended(rng.pick(TEXTS), &mut out),
        Kind::Data => out.extend(rng.pick(DATA)),
        Kind::Addr => address(rng, &mut out),
        Kind::Tuple => tuple(rng, &mut out),
        Kind::Peer => {
            while out.is_empty() {
                tuple(rng, &mut out);
            }
        }
        Kind::FdList => {
            let count = rng.below(4);
            out.extend(u16::to_le_bytes(count as u16));
            for _ in 0..count {
                out.extend(i64::to_le_bytes(descriptor(rng)));
                out.extend(u16::to_le_bytes(rng.pick(&[0, 1, 4, 5])));
            }
        }
        Kind::Account => number(4, rng.pick(&[0, 1000, 33, 77, 0xFFFF_FFFF]), &mut out),
        Kind::Syscall => number(2, u64::from(1 + rng.below(328)), &mut out),
        Kind::Duration => out.extend(u64::to_le_bytes(rng.pick(&[0, 1, 999, 1_000_000, 1_000_000_000, u64::MAX]))),
        Kind::Signal => out.push(1 + rng.below(31) as u8),
        Kind::Dynamic(choices) => {
            let (index, size) = rng.pick(choices);
            out.push(index);
            out.extend((0..size).map(|_| rng.below(256) as u8));
        }
        Kind::OpenFlags => number(4, u64::from(rng.pick(OPEN_FLAGS) | rng.pick(OPEN_FLAGS)), &mut out),
        Kind::OneOf(size, values) => number(size, rng.pick(values), &mut out),
        Kind::Bits(size, values) => number(size, rng.pick(values) | rng.pick(values), &mut out),
        Kind::Number(size) => {
            let bits = 8 * size.min(3);
            number(size, u64::from(rng.below(1 << bits)), &mut out);
        }
    }
    out
}
