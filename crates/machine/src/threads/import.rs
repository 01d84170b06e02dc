//! The process list: the threads that were there when the capture began.

use super::exec_newest::without_deleted;
use super::values;
use crate::{Machine, Thread};
use capture_batch::{Text, View};
use capture_event::event::until_nul;
use capture_event::tables::thread::ThreadFlags;
use capture_scap::ProcessEntry;

impl Machine {
    /// Puts a thread of the process list into the table.
    pub fn import_thread(&mut self, entry: &ProcessEntry<'_>) {
        if self.threads_full() {
            return;
        }
        self.put_thread(imported(self.view, entry));
        if entry.tid == entry.pid {
            self.set_cwd(entry.tid, until_nul(entry.cwd));
        }
    }

    /// To be called once all lists are read, and before the first event that is not one of the list's own.
    pub fn finish_import(&mut self) {
        match self.view {
            View::Classic => self.count_all_threads(),
            View::Exit => {
                let tids: Vec<i64> = self.threads.iter().map(|thread| thread.tid).collect();
                tids.into_iter().for_each(|tid| self.relate(tid, false));
            }
        }
        self.settle_imported_fds();
    }
}

fn imported(view: View, entry: &ProcessEntry<'_>) -> Thread {
    let text = |raw: &[u8]| Text::from(until_nul(raw));
    let mut thread = Thread::new(entry.tid);
    let id = &mut *thread.id;
    (id.pid, id.ptid, id.sid, id.vpgid) = (entry.pid, entry.ptid, entry.sid, entry.vpgid);
    (id.vtid, id.vpid) = (entry.vtid, entry.vpid);
    id.comm = text(entry.comm);
    id.exe = text(entry.exe);
    id.exepath = text(entry.exepath);
    id.args = values::args(view, entry.args);
    if entry.tid == entry.pid {
        id.env = values::env(view, entry.env);
    }
    id.cgroups = values::cgroups(view, entry.cgroups).unwrap_or_default();
    id.root = text(entry.root);
    id.flags |= ThreadFlags::from_bits_retain(entry.flags);
    (id.uid, id.gid) = (entry.uid, entry.gid);
    let tail = &entry.tail;
    id.loginuid = tail.loginuid.unwrap_or(id.loginuid);
    id.exe_writable = tail.exe_writable.unwrap_or(false);
    if view == View::Exit {
        id.exepath = without_deleted(id.exepath.clone());
        id.pidns_init_start_ts = tail.pidns_init_start_ts.unwrap_or(0);
        id.tty = tail.tty.unwrap_or(0);
        let set = |set: Option<u64>| set.unwrap_or(0);
        id.capabilities = [set(tail.cap_permitted), set(tail.cap_effective), set(tail.cap_inheritable)];
        id.exe_upper_layer = tail.exe_upper_layer.unwrap_or(false);
        id.exe_lower_layer = tail.exe_lower_layer.unwrap_or(false);
        id.exe_from_memfd = tail.exe_from_memfd.unwrap_or(false);
        id.exe_ino = tail.exe_ino.unwrap_or(0);
        id.exe_ino_ctime = tail.exe_ino_ctime.unwrap_or(0);
        id.exe_ino_mtime = tail.exe_ino_mtime.unwrap_or(0);
        id.pgid = tail.pgid.unwrap_or(-1);
    }
    let quantities = &mut *thread.quantities;
    (quantities.vm_size, quantities.vm_rss, quantities.vm_swap) = (entry.vmsize, entry.vmrss, entry.vmswap);
    (quantities.pf_major, quantities.pf_minor) = (entry.pfmajor, entry.pfminor);
    quantities.fd_limit = entry.fdlimit;
    thread
}
