//! Facts of threads in made-up directories like `/proc`: odd names, threads of the kernel, ended ones, garbage.

use capture_event::tables::thread::ThreadFlags;
use capture_record::proc::{Facts, Host, Memory, Missing};
use capture_record::snapshot::Snapshot;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A directory like `/proc`.
struct Tree(TempDir);

impl Tree {
    fn new() -> Tree {
        let tree = Tree(TempDir::new().expect("a directory"));
        tree.file("stat", "cpu 1\ncpu0 1\ncpu1 1\nbtime 1700000000\n");
        tree.file("meminfo", "MemTotal: 1024 kB\n");
        tree.file("sys/kernel/hostname", "web-1\n");
        tree.file("sys/kernel/pid_max", "4194304\n");
        tree
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
        fs::write(&path, text).expect("a file");
        path
    }

    fn link(&self, name: &str, to: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
        symlink(to, path).expect("a link");
    }

    /// A thread; the leader's directory is that of the process too.
    fn thread(&self, pid: i64, tid: i64, comm: &[u8], state: char, flags: u64) {
        let task = format!("{pid}/task/{tid}");
        let dirs = [task, format!("{pid}")];
        for dir in dirs.iter().take(if pid == tid { 2 } else { 1 }) {
            let ids = format!(") {state} 1 {pid} {pid} 1025 -1 {flags} 5 0 6 0 0 0 0 0 20 0 1 0 250 4096 1");
            self.file(&format!("{dir}/stat"), [format!("{tid} (").as_bytes(), comm, ids.as_bytes()].concat());
            let status = format!(
                "Tgid:\t{pid}\nPPid:\t1\nUid:\t10\t11\t12\t13\nGid:\t20\t21\t22\t23\nNStgid:\t{pid}\nNSpid:\t{tid}\n\
                 NSpgid:\t{pid}\nVmSize:\t100 kB\nVmRSS:\t50 kB\nVmSwap:\t2 kB\nThreads:\t2\nCapEff:\t00000000000000ff\n"
            );
            self.file(&format!("{dir}/status"), status);
            self.file(&format!("{dir}/cmdline"), "");
        }
    }

    fn program(&self, dir: &str) {
        self.file(&format!("{dir}/cmdline"), b"/bin/\xff\0-x\0\0");
        self.file(&format!("{dir}/environ"), b"A=1\0B=\xfe\0");
        self.file(&format!("{dir}/cgroup"), "5:cpu,cpuacct:/a:b\n1:name=systemd:/s\n0::/lost\n");
        self.file(
            &format!("{dir}/limits"),
            "Max open files            64                   128                  files\n",
        );
        self.file(&format!("{dir}/loginuid"), "1000");
        let program = self.file("program", "x");
        self.link(&format!("{dir}/exe"), &program.to_string_lossy());
        self.link(&format!("{dir}/cwd"), "/some/where");
        self.link(&format!("{dir}/root"), "/");
    }

    fn host(&self) -> Host {
        Host::open(self.path()).expect("a directory")
    }
}

#[test]
fn a_thread_has_all_that_its_files_say() {
    let tree = Tree::new();
    tree.thread(70, 70, b"a) (b\n\xff", 'S', 0);
    tree.program("70/task/70");
    let facts = Facts::of(&mut tree.host(), 70).expect("facts");
    assert_eq!((facts.tid, facts.pid, facts.ptid, facts.sid, facts.pgid), (70, 70, 1, 70, 70));
    assert_eq!((facts.vtid, facts.vpid, facts.vpgid), (70, 70, 70));
    assert_eq!((&*facts.comm, &*facts.exe, &*facts.args), (&b"a) (b\n\xff"[..], &b"/bin/\xff"[..], &b"-x\0\0"[..]));
    assert_eq!((&*facts.env, &*facts.cwd, &*facts.root), (&b"A=1\0B=\xfe\0"[..], &b"/some/where"[..], &b"/"[..]));
    assert_eq!(&*facts.cgroups, b"cpu=/a:b\0cpuacct=/a:b\0name=systemd=/s\0");
    assert_eq!((facts.fdlimit, facts.uid, facts.gid, facts.loginuid, facts.tty), (64, 11, 21, 1000, 1025));
    let memory = Memory { vm_size: 100, vm_rss: 50, vm_swap: 2, major_faults: 6, minor_faults: 5 };
    assert_eq!((facts.memory, facts.capabilities.effective, facts.flags), (memory, 0xff, ThreadFlags::empty()));
    assert_eq!(facts.executable.path.as_ref(), tree.path().join("program").as_os_str().as_encoded_bytes());
    assert_eq!(facts.start_ts, 1_700_000_002_500_000_000);
    assert_eq!(Memory::of(&mut tree.host(), 70), Some(memory));
}

#[test]
fn files_that_may_not_be_read_leave_gaps_and_not_more() {
    let tree = Tree::new();
    tree.thread(70, 70, b"x", 'S', 0);
    let facts = Facts::of(&mut tree.host(), 70).expect("facts");
    assert_eq!((facts.exe.len(), facts.env.len(), facts.cwd.len(), facts.executable.path.len()), (0, 0, 0, 0));
    assert_eq!((facts.fdlimit, facts.loginuid), (-1, u32::MAX));
}

#[test]
fn threads_of_the_kernel_and_ended_ones_have_no_facts() {
    let tree = Tree::new();
    tree.thread(2, 2, b"kthreadd", 'S', 0x20_0000);
    tree.thread(3, 3, b"gone", 'Z', 0);
    let mut host = tree.host();
    let read = |host: &mut Host, pid| Facts::read(host, &host.process(pid).expect("a directory"), pid, None).map(drop);
    assert_eq!((read(&mut host, 2), read(&mut host, 3)), (Err(Missing::OfKernel), Err(Missing::Ended)));
    assert_eq!((Facts::of(&mut host, 2), Facts::of(&mut host, 4)), (None, None));
    assert_eq!(Snapshot::take(&mut host).expect("a list").threads, []);
}

#[test]
fn who_disappears_while_being_read_is_left_out() {
    for missing in ["stat", "status", "cmdline"] {
        let tree = Tree::new();
        tree.thread(70, 70, b"x", 'S', 0);
        tree.program("70/task/70");
        fs::remove_file(tree.path().join("70/task/70").join(missing)).expect("a file");
        assert_eq!(Facts::of(&mut tree.host(), 70), None, "without {missing}");
        tree.file(&format!("70/task/70/{missing}"), "\u{fffd}garbage)(\n");
        let is_some = Facts::of(&mut tree.host(), 70).is_some();
        assert_eq!(is_some, missing == "cmdline", "with garbage in {missing}");
    }
}

#[test]
fn a_process_whose_leader_has_ended_has_its_other_threads() {
    let tree = Tree::new();
    tree.thread(70, 70, b"leader", 'Z', 0);
    tree.thread(70, 71, b"worker", 'S', 0);
    tree.program("70/task/71");
    tree.link("70/task/71/fd/0", "pipe:[55]");
    tree.file("70/task/71/fdinfo/0", "pos: 0\nflags: 00\n");
    let threads = Snapshot::take(&mut tree.host()).expect("a list").threads;
    let ids: Vec<_> = threads.iter().map(|thread| (thread.facts.tid, thread.facts.pid, thread.fds.len())).collect();
    assert_eq!(ids, [(70, 70, 1), (71, 70, 0)]);
    assert_eq!(&*threads[0].facts.exe, b"/bin/\xff");
    assert_eq!(threads[0].facts.flags, ThreadFlags::empty());
    assert_eq!(threads[1].facts.flags, ThreadFlags::CLONE_THREAD | ThreadFlags::CLONE_FILES);
}

#[test]
fn children_have_from_their_parent_what_they_must() {
    let tree = Tree::new();
    tree.thread(70, 70, b"parent", 'S', 0);
    tree.program("70/task/70");
    tree.thread(80, 80, b"child", 'S', 0);
    tree.link("80/task/80/cwd", "/elsewhere");
    tree.file("80/task/80/cgroup", "5:cpu:/moved\n");
    let mut host = tree.host();
    let parent = Facts::of(&mut host, 70).expect("facts");
    let child = Facts::of_child(&mut host, &parent, 80).expect("facts");
    assert_eq!((child.tid, child.pid, child.vtid, &*child.comm), (80, 80, 80, &b"child"[..]));
    assert_eq!((&child.exe, &child.env, &child.executable), (&parent.exe, &parent.env, &parent.executable));
    assert_eq!((&*child.cwd, &*child.cgroups, child.loginuid), (&b"/elsewhere"[..], &b"cpu=/moved\0"[..], 1000));
}

#[test]
fn long_lists_are_cut_to_what_captures_hold() {
    let tree = Tree::new();
    tree.thread(70, 70, &[b'n'; 3000], 'S', 0);
    tree.program("70/task/70");
    let groups: String = (0..5000).map(|i| format!("{i}:hierarchy{i}:/a/rather/long/path/of/a/group\n")).collect();
    tree.file("70/task/70/cgroup", groups);
    tree.file("70/task/70/environ", vec![b'e'; 100_000]);
    tree.file("70/task/70/cmdline", vec![b'c'; 100_000]);
    let facts = Facts::of(&mut tree.host(), 70).expect("facts");
    assert!(facts.cgroups.len() <= 4096 && facts.cgroups.len() > 4000 && facts.cgroups.ends_with(b"group\0"));
    assert_eq!((facts.env.len(), facts.exe.len(), facts.args.len(), facts.comm.len()), (4096, 1024, 0, 1024));
}

/// A hierarchy of version 2: which subsystem works in which directory is found on the way up.
#[test]
fn groups_of_version_2_are_those_of_each_subsystem() {
    let tree = Tree::new();
    let top = tree.path().join("cgroup2");
    let mounts = format!("30 1 0:26 / {} rw - cgroup2 cgroup2 rw\n", top.display());
    tree.file("self/mountinfo", mounts);
    tree.file("cgroup2/cgroup.controllers", "cpuset cpu io memory pids\n");
    tree.file("cgroup2/system.slice/cgroup.controllers", "cpu memory pids\n");
    tree.file("cgroup2/system.slice/docker-1.scope/cgroup.controllers", "memory\n");
    tree.file("cgroup2/user.slice/cgroup.controllers", "\n");
    let items = |group: &str| {
        tree.thread(70, 70, b"x", 'S', 0);
        tree.file("70/task/70/cgroup", format!("0::{group}\n"));
        let facts = Facts::of(&mut tree.host(), 70).expect("facts");
        String::from_utf8_lossy(&facts.cgroups).replace('\0', " ")
    };
    assert_eq!(
        items("/system.slice/docker-1.scope"),
        "memory=/system.slice/docker-1.scope cpu=/system.slice pids=/system.slice cpuset=/ io=/ "
    );
    assert_eq!(items("/"), "cpuset=/ cpu=/ io=/ memory=/ pids=/ ");
    assert_eq!(items("/user.slice"), "cpuset=/ cpu=/ io=/ memory=/ pids=/ unified=/user.slice ");
    // A group that we cannot see has the subsystems that classic recorders name.
    assert_eq!(items("/../other"), "cpu=/../other memory=/../other cpuset=/../other ");
}

#[test]
fn the_machine_is_described() {
    let machine = Tree::new().host().machine().clone();
    assert_eq!((machine.cpus, machine.memory, machine.max_pid), (2, 1 << 20, 4_194_304));
    assert_eq!((machine.hostname.as_slice(), machine.boot_ts), (&b"web-1"[..], 1_700_000_000_000_000_000));
}
