//! Threads of hand-made captures.

use crate::le::{Put, items};

/// One entry of a process list. Set what matters; the rest has values that a small host could have.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // the names are the field's own
pub struct Process {
    pub tid: u64,
    pub pid: u64,
    pub ptid: u64,
    pub sid: i64,
    pub vpgid: i64,
    pub comm: Vec<u8>,
    pub exe: Vec<u8>,
    pub exepath: Vec<u8>,
    /// Each item ended by a zero byte.
    pub args: Vec<u8>,
    pub cwd: Vec<u8>,
    pub fdlimit: i64,
    pub flags: u32,
    pub uid: u32,
    pub gid: u32,
    pub vm: [u32; 3],
    pub pf: [u64; 2],
    /// Each item ended by a zero byte.
    pub env: Vec<u8>,
    pub vtid: i64,
    pub vpid: i64,
    /// Each item ended by a zero byte.
    pub cgroups: Vec<u8>,
    pub root: Vec<u8>,
    pub pidns_init_start_ts: u64,
    pub tty: u32,
    pub loginuid: u32,
    pub exe_writable: u8,
    /// Inheritable, permitted, effective.
    pub caps: [u64; 3],
    pub exe_upper_layer: u8,
    pub exe_ino: u64,
    pub exe_ino_ctime: u64,
    pub exe_ino_mtime: u64,
    pub exe_from_memfd: u8,
    pub exe_lower_layer: u8,
    pub pgid: i64,
    /// How many bytes follow `root` in a list of version 9.
    pub tail_len: usize,
}

impl Process {
    /// The leader of a process of the same number, child of process 1.
    pub fn new(pid: u64, comm: &str) -> Self {
        Process {
            tid: pid,
            pid,
            ptid: 1,
            sid: 1,
            vpgid: pid as i64,
            comm: comm.into(),
            exe: comm.into(),
            exepath: format!("/usr/bin/{comm}").into(),
            args: Vec::new(),
            cwd: b"/".to_vec(),
            fdlimit: 1024,
            flags: 0,
            uid: 0,
            gid: 0,
            vm: [4096, 1024, 0],
            pf: [0, 10],
            env: b"PATH=/usr/bin\0".to_vec(),
            vtid: pid as i64,
            vpid: pid as i64,
            cgroups: b"cpu=/\0".to_vec(),
            root: b"/".to_vec(),
            pidns_init_start_ts: 0,
            tty: 0,
            loginuid: u32::MAX,
            exe_writable: 0,
            caps: [0, 0, 0],
            exe_upper_layer: 0,
            exe_ino: 0,
            exe_ino_ctime: 0,
            exe_ino_mtime: 0,
            exe_from_memfd: 0,
            exe_lower_layer: 0,
            pgid: pid as i64,
            tail_len: 29,
        }
    }

    /// Makes it another thread of its process.
    pub fn thread(self, tid: u64) -> Self {
        Process { tid, vtid: tid as i64, ..self }
    }

    /// Sets the parent.
    pub fn parent(self, ptid: u64) -> Self {
        Process { ptid, ..self }
    }

    /// Sets the arguments after the first.
    pub fn args(self, args: &[&str]) -> Self {
        Process { args: items(args), ..self }
    }

    /// Sets the path of the executable, which is also its first argument.
    pub fn exe(self, path: &str) -> Self {
        Process { exe: path.into(), exepath: path.into(), ..self }
    }

    /// Sets the working directory.
    pub fn cwd(self, path: &str) -> Self {
        Process { cwd: path.into(), ..self }
    }

    /// Sets the user and the group.
    pub fn user(self, uid: u32, gid: u32) -> Self {
        Process { uid, gid, ..self }
    }

    /// Sets the cgroups, as `subsystem=path` items.
    pub fn cgroups(self, list: &[&str]) -> Self {
        Process { cgroups: items(list), ..self }
    }

    /// Sets the environment.
    pub fn env(self, list: &[&str]) -> Self {
        Process { env: items(list), ..self }
    }

    /// Sets session and process group.
    pub fn session(self, sid: i64, pgid: i64) -> Self {
        Process { sid, vpgid: pgid, pgid, ..self }
    }

    /// Sets how many bytes follow `root` in a list of version 9: 0, 4, 5, 29, 66, 67, 68, 76 have been seen.
    pub fn tail_len(self, tail_len: usize) -> Self {
        Process { tail_len, ..self }
    }

    fn tail(&self) -> Vec<u8> {
        let mut tail = Vec::new();
        if self.tail_len > 29 {
            tail = tail.le64(self.pidns_init_start_ts).le32(self.tty);
        }
        tail = tail.le32(self.loginuid).raw(&[self.exe_writable]);
        tail = self.caps.iter().fold(tail, |tail, &cap| tail.le64(cap));
        tail = tail.raw(&[self.exe_upper_layer]).le64(self.exe_ino).le64(self.exe_ino_ctime).le64(self.exe_ino_mtime);
        tail = tail.raw(&[self.exe_from_memfd, self.exe_lower_layer]).raw(&self.pgid.to_le_bytes());
        tail.resize(self.tail_len, 0xEE);
        tail
    }

    /// The entry as a list of this version, 1 to 9, holds it.
    pub fn entry(&self, version: u8) -> Vec<u8> {
        let since = |first: u8| version >= first;
        let mut entry = Vec::new().le64(self.tid).le64(self.pid).le64(self.ptid);
        if since(6) {
            entry = entry.raw(&self.sid.to_le_bytes());
        }
        if since(8) {
            entry = entry.raw(&self.vpgid.to_le_bytes());
        }
        entry = entry.str16(&self.comm).str16(&self.exe);
        if since(7) {
            entry = entry.str16(&self.exepath);
        }
        entry = entry.str16(&self.args).str16(&self.cwd);
        entry = entry.raw(&self.fdlimit.to_le_bytes()).le32(self.flags).le32(self.uid).le32(self.gid);
        if since(2) {
            entry = self.vm.iter().fold(entry, |entry, &vm| entry.le32(vm));
            entry = self.pf.iter().fold(entry, |entry, &pf| entry.le64(pf));
        }
        if since(3) {
            entry = entry.str16(&self.env);
        }
        if since(4) {
            entry = entry.raw(&self.vtid.to_le_bytes()).raw(&self.vpid.to_le_bytes()).str16(&self.cgroups);
        }
        if since(5) {
            entry = entry.str16(&self.root);
        }
        if since(9) {
            entry = entry.raw(&self.tail());
            return Vec::new().le32(entry.len() as u32 + 4).raw(&entry);
        }
        entry
    }
}
