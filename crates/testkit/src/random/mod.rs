//! Random but plausible captures: a small host with processes, threads, descriptors and containers, on which threads
//! fork, exec, open, connect and exit. A seed names a capture.
//!
//! They meet what recorded samples rarely do: lost enter events, recycled ids, descriptors reused across calls that
//! overlap, names that are not UTF-8, late container metadata, unknown threads.

mod calls;
mod host;
mod rng;
mod values;

use crate::{CaptureBuilder, EventBuilder};
use calls::{CALLS, Call, Occurs};
use host::{Host, Task};
use rng::Rng;

/// What a parameter's value is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// The acting thread.
    Tid,
    /// A descriptor in use.
    Fd,
    /// A descriptor as a result.
    NewFd,
    /// The descriptor of a directory.
    Dirfd,
    Pid,
    /// 0 or an errno.
    Res,
    /// A number of bytes or an errno.
    Count,
    Path,
    Text,
    Data,
    Addr,
    Tuple,
    /// A tuple that is there. (Newest libraries read beyond one of no length that data is sent to.)
    Peer,
    FdList,
    /// A user or group id.
    Account,
    Syscall,
    Duration,
    Signal,
    /// Index and size of a dynamic value.
    Dynamic(&'static [(u8, usize)]),
    OpenFlags,
    /// Size and values of an enumeration.
    OneOf(usize, &'static [u64]),
    /// Size and values of flags.
    Bits(usize, &'static [u64]),
    /// A number of so many bytes.
    Number(usize),
}

/// Which events a random capture has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Enter and exit events, as sysdig 0.29 writes them; some are lost, calls of a thread overlap.
    Pairs,
    /// Enter and exit events of which none is lost.
    TidyPairs,
    /// Exit events with all parameters, and the few enter events that newest drivers still send.
    ExitOnly,
}

/// A random capture of about `events` events.
pub fn random_capture(seed: u64, events: usize, form: Form) -> CaptureBuilder {
    let mut rng = Rng::new(seed);
    let host = Host::new(&mut rng);
    let mut story =
        Story { capture: host.snapshot(&mut rng), rng, host, form, ts: 1_700_000_000_000_000_000, written: 0 };
    let late_container = events / 2;
    if story.rng.percent(50) {
        story.container("0123456789ab", "box");
    }
    let mut announced = story.rng.percent(30);
    while story.written < events {
        if !announced && story.written > late_container {
            announced = true;
            story.container("fedcba987654", "latebox");
        }
        story.step();
    }
    story.capture
}

/// The code of send.
const SEND: u16 = 28;
/// What a call on a descriptor that is none returns.
const EBADF: i64 = -9;

/// The writing of one capture.
struct Story {
    rng: Rng,
    host: Host,
    capture: CaptureBuilder,
    form: Form,
    ts: u64,
    written: usize,
}

impl Story {
    fn emit(&mut self, tid: i64, code: u16, params: &[Vec<u8>]) {
        self.ts += self.rng.pick(&[0, 100, 777, 1_000, 50_000, 1_000_000, 300_000_000]);
        let event = EventBuilder::new(self.ts, tid, code).cpu(self.rng.below(4) as u16);
        let event = params.iter().fold(event, |event, param| event.bytes(param));
        let event = if self.rng.below(200) == 0 { event.dump_flags(1) } else { event };
        self.capture = std::mem::take(&mut self.capture).event(event);
        self.written += 1;
    }

    fn step(&mut self) {
        let tid = self.rng.pick(&self.host.tids());
        match self.rng.below(1000) {
            0..20 => self.kernel(tid),
            20..60 => self.clone(tid),
            60..85 => self.exec(tid),
            85..100 if tid > 2 && self.host.tids().len() > 6 => self.exit(tid),
            100..104 => self.call(5555),
            _ => self.call(tid),
        }
    }

    fn kernel(&mut self, tid: i64) {
        let other = self.rng.pick(&self.host.tids());
        let numbers = |sizes: &[usize], rng: &mut Rng| -> Vec<Vec<u8>> {
            sizes.iter().map(|&size| values::value(&Kind::Number(size), rng, tid, &[tid])).collect()
        };
        match self.rng.below(3) {
            0 => {
                let mut params = vec![other.to_le_bytes().to_vec()];
                params.extend(numbers(&[8, 8, 4, 4, 4], &mut self.rng));
                self.emit(tid, 152, &params);
            }
            1 => {
                let signal = vec![1 + self.rng.below(31) as u8];
                self.emit(tid, 232, &[other.to_le_bytes().to_vec(), tid.to_le_bytes().to_vec(), signal]);
            }
            _ => {
                let params = numbers(&[8, 8], &mut self.rng);
                self.emit(tid, 234, &params);
            }
        }
    }

    /// A call of a thread: usually enter then exit, sometimes with others' events between, sometimes half lost.
    fn call(&mut self, tid: i64) {
        let resume = if self.form == Form::Pairs { 80 } else { 100 };
        let pending = if self.rng.percent(resume) { self.host.take_pending(tid) } else { None };
        let call = match pending {
            Some(call) => call,
            None => {
                let call = self.choose();
                if !self.enter(tid, call) {
                    return;
                }
                call
            }
        };
        let mut kinds = call.exit.to_vec();
        if self.form == Form::ExitOnly {
            kinds.extend(call.more);
        }
        let params = self.values(&kinds, tid);
        self.emit(tid, call.code + 1, &params);
    }

    /// Writes the enter event; false when the exit event shall not follow at once.
    fn enter(&mut self, tid: i64, call: &'static Call) -> bool {
        let checked_on_entry = matches!(call.code, 2 | 22 | 58 | 306 | 326);
        if self.form == Form::ExitOnly {
            if checked_on_entry && self.rng.percent(70) {
                let params = self.values(call.enter, tid);
                self.emit(tid, call.code, &params);
            }
            return true;
        }
        let tidy = self.form == Form::TidyPairs;
        if tidy || self.rng.percent(96) {
            let params = self.values(call.enter, tid);
            self.emit(tid, call.code, &params);
        }
        if self.host.is_known(tid) && self.rng.percent(15) {
            self.host.set_pending(tid, call);
            return false;
        }
        tidy || self.rng.percent(98)
    }

    fn choose(&mut self) -> &'static Call {
        let unwanted = if self.form == Form::ExitOnly { Occurs::Classic } else { Occurs::Newest };
        // Without an address newest libraries look for it where there is none.
        let is_odd = |call: &Call| self.form == Form::TidyPairs && call.code == SEND;
        let calls: Vec<&Call> = CALLS.iter().filter(|call| call.occurs != unwanted && !is_odd(call)).collect();
        let mut at = self.rng.below(calls.iter().map(|call| call.weight).sum());
        for call in calls {
            if at < call.weight {
                return call;
            }
            at -= call.weight;
        }
        &CALLS[0]
    }

    fn values(&mut self, kinds: &[Kind], tid: i64) -> Vec<Vec<u8>> {
        let tids = self.host.tids();
        let mut values: Vec<Vec<u8>> =
            kinds.iter().map(|kind| values::value(kind, &mut self.rng, tid, &tids)).collect();
        // What newest libraries make of calls that succeed on no descriptor is nonsense.
        let is_bad = |(kind, value): (&Kind, &Vec<u8>)| matches!(kind, Kind::Fd) && *value == values::bytes(-1);
        if self.form != Form::Pairs && kinds.iter().zip(&values).any(is_bad) {
            for (kind, value) in kinds.iter().zip(&mut values) {
                match kind {
                    Kind::Res | Kind::Count | Kind::NewFd => *value = values::bytes(EBADF),
                    Kind::Fd if self.form == Form::TidyPairs => *value = values::bytes(3),
                    _ => {}
                }
            }
        }
        values
    }

    fn clone(&mut self, tid: i64) {
        let parent = self.host.task(tid);
        let child_tid = self.host.new_tid(&mut self.rng);
        if self.host.is_above(child_tid, tid) {
            return;
        }
        let code = self.rng.pick(&[222, 224, 226, 334]);
        let thread = matches!(code, 222 | 334) && self.rng.percent(35);
        let flags = match thread {
            true => 0x1 | 0x2 | 0x800 | 0x2000 | 0x8000,
            false => self.rng.pick(&[0, 0x100_0000, 1]) | if code == 226 { 0x800_0000 } else { 0 },
        };
        let (pid, ptid) = if thread { (parent.pid, parent.ptid) } else { (child_tid, parent.pid) };
        let child = Task { pid, ptid, pending: None, ..parent.clone() };
        if self.form != Form::ExitOnly {
            self.emit(tid, code, &[]);
        }
        let parent_side = self.clone_side(tid, &parent, child_tid, flags);
        let child_side = self.clone_side(child_tid, &child, 0, flags);
        // Parent first, child first, one of them lost, or the call failed.
        match self.rng.below(10) {
            0..4 => {
                self.emit(tid, code + 1, &parent_side);
                self.emit(child_tid, code + 1, &child_side);
            }
            4..7 => {
                self.emit(child_tid, code + 1, &child_side);
                self.emit(tid, code + 1, &parent_side);
            }
            7 => self.emit(tid, code + 1, &parent_side),
            8 => self.emit(child_tid, code + 1, &child_side),
            _ => {
                let failed = self.clone_side(tid, &parent, -11, flags);
                return self.emit(tid, code + 1, &failed);
            }
        }
        self.host.add(child_tid, child);
    }

    fn clone_side(&mut self, tid: i64, task: &Task, res: i64, flags: u32) -> Vec<Vec<u8>> {
        let namespaced = task.cgroups != host::HOST_CGROUPS && flags & 1 == 0 && tid >= 1000;
        let (vtid, vpid) = if namespaced { (tid - 500, task.pid - 500) } else { (tid, task.pid) };
        let flags = if namespaced { flags | 0x2000_0000 } else { flags };
        let args = self.rng.pick(&[&b""[..], b"-c\0x y\0"]);
        let event = EventBuilder::new(0, 0, 0)
            .i64(res)
            .str([b"/bin/", &*task.comm].concat())
            .bytes(args)
            .i64(tid)
            .i64(task.pid)
            .i64(task.ptid)
            .str("")
            .i64(1024)
            .u64(1)
            .u64(2)
            .u32(100)
            .u32(50)
            .u32(0)
            .str(&*task.comm)
            .bytes(task.cgroups)
            .u32(flags)
            .u32(self.rng.pick(&[0, 1000]))
            .u32(0)
            .i64(vtid)
            .i64(vpid);
        let event = if self.form == Form::ExitOnly { event.u64(0) } else { event };
        event.params().to_vec()
    }

    fn exec(&mut self, tid: i64) {
        let task = self.host.task(tid);
        let comm = self.rng.pick(host::NAMES);
        let path = match self.rng.below(4) {
            0 => [b"/usr/bin/", comm].concat(),
            1 => comm.to_vec(),
            2 => [b"./", comm].concat(),
            _ => b"<NA>".to_vec(),
        };
        if self.form != Form::ExitOnly || self.rng.percent(30) {
            let filename = EventBuilder::new(0, 0, 0).str(&path).params().to_vec();
            self.emit(tid, 292, &filename);
        }
        let res = self.rng.pick(&[0, 0, 0, 0, -2, -13]);
        let event = EventBuilder::new(0, 0, 0)
            .i64(res)
            .str(comm)
            .bytes(self.rng.pick(&[&b""[..], b"-l\0", b"a\0b c\0\0"]))
            .i64(tid)
            .i64(task.pid)
            .i64(task.ptid)
            .str(self.rng.pick(&["", "/tmp"]))
            .u64(1024)
            .u64(3)
            .u64(4)
            .u32(200)
            .u32(60)
            .u32(1)
            .str(comm)
            .bytes(task.cgroups)
            .bytes(self.rng.pick(&[&b"HOME=/e\0X=1\0"[..], b""]))
            .u32(self.rng.pick(&[0, 34816]))
            .i64(task.sid)
            .u32(self.rng.pick(&[1000, 0xFFFF_FFFF]))
            .u32(self.rng.pick(&[0, 1]));
        let event = match self.form {
            Form::Pairs | Form::TidyPairs => event,
            Form::ExitOnly => event
                .u64(0)
                .u64(0xff)
                .u64(0xf)
                .u64(77)
                .u64(1_000_000_000_000_000_000)
                .u64(1_000_000_000_000_000_005)
                .u32(self.rng.pick(&[0, 1000]))
                .str([b"/usr/bin/", comm].concat())
                .i64(task.sid)
                .u32(0)
                .str(&path),
        };
        self.emit(tid, 293, event.params());
        if res == 0 {
            self.host.rename(tid, comm);
        }
    }

    fn exit(&mut self, tid: i64) {
        let event = EventBuilder::new(0, 0, 0).i64(0).i64(self.rng.pick(&[0, 1, 256])).u8(self.rng.pick(&[0, 9])).u8(0);
        let event = match self.form {
            Form::Pairs | Form::TidyPairs => event,
            Form::ExitOnly => event.i64(self.rng.pick(&[1, 0])),
        };
        self.emit(tid, 186, event.params());
        if self.rng.percent(90) {
            self.host.remove(tid);
        }
    }

    fn container(&mut self, id: &str, name: &str) {
        let json = format!(
            concat!(
                r#"{{"container":{{"Mounts":[{{"Destination":"/d","Mode":"","Propagation":"rprivate","RW":true,"Source":"/s"}}],"#,
                r#""id":"{id}","image":"busybox:1","imagedigest":"sha256:1","imageid":"abcd","imagerepo":"busybox","#,
                r#""imagetag":"1","ip":"172.17.0.2","is_pod_sandbox":false,"#,
                r#""labels":{{"io.kubernetes.pod.name":"web","io.kubernetes.pod.namespace":"ns","a":"b"}},"name":"{name}","#,
                r#""port_mappings":[{{"HostIp":0,"HostPort":8080,"ContainerPort":80}}],"privileged":true,"type":0,"#,
                r#""lookup_state":1,"created_time":1699990000}}}}"#
            ),
            id = id,
            name = name
        );
        let event = EventBuilder::new(0, 0, 0).str(&json);
        self.emit(-1, 272, event.params());
    }
}
