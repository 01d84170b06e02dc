//! The snapshot of this host, written and read again: processes and descriptors of our own must be in it exactly.

use capture_event::code;
use capture_event::tables::fd::{FdType, L4Proto};
use capture_record::proc::limits::open_files;
use capture_record::proc::sockets::Sockets;
use capture_record::proc::{Directory, Facts, Host};
use capture_record::snapshot::Snapshot;
use capture_scap::{Compression, Content, FdInfo, FdList, MachineInfo, ProcessEntry, RawEvent, Reader, Target, Writer};
use capture_testkit::{install, newest, skip, sysdig, wait_for_arguments};
use rustix::event::{EventfdFlags, epoll, eventfd};
use rustix::fs::{MemfdFlags, inotify, memfd_create};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr as UnixAddr, UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

fn host() -> Host {
    Host::open(Path::new("/proc")).expect("/proc")
}

/// A snapshot as a capture with one hidden event.
fn capture(target: Target) -> Vec<u8> {
    let snapshot = Snapshot::take(&mut host()).expect("a list of processes");
    let mut writer = Writer::new(Vec::new(), target, Compression::None);
    snapshot.write(&mut writer).expect("tables");
    let params: [&[u8]; 2] = [b"id\0", b"text\0"];
    let event = RawEvent {
        ts: 1_700_000_000_000_000_000,
        tid: own_pid(),
        cpu: 0,
        code: code::NOTIFICATION_E,
        dump_flags: 0,
        params: &params,
        surplus: &[],
        options: &[],
        large: false,
    };
    writer.event(&event).expect("an event");
    writer.finish().expect("a capture")
}

fn own_pid() -> i64 {
    i64::from(std::process::id())
}

/// Everything that a capture says before its events.
#[derive(Default)]
struct Tables {
    hostname: Vec<u8>,
    cpus: u32,
    interfaces: Vec<Vec<u8>>,
    users: usize,
    threads: Vec<ProcessEntry<'static>>,
    fds: Vec<(i64, Vec<FdOf>)>,
    order: Vec<&'static str>,
}

/// A descriptor in the list: number, inode, type, the rest in words.
type FdOf = (i64, u64, u8, String);

impl Tables {
    fn read(target: Target) -> Tables {
        let mut reader = Reader::from_bytes(capture(target)).expect("a capture");
        let mut tables = Tables::default();
        while let Some(block) = reader.next_block() {
            tables.add(block.expect("no damage").content);
        }
        tables
    }

    fn add(&mut self, content: Content<'_>) {
        let name = match content {
            Content::Section(_) => "section",
            Content::Machine(MachineInfo { hostname, cpus, .. }) => {
                (self.hostname, self.cpus) = (hostname.to_vec(), cpus);
                "machine"
            }
            Content::Interfaces(list) => {
                self.interfaces = list.iter().map(|interface| interface.name.to_vec()).collect();
                "interfaces"
            }
            Content::Users(list) => {
                self.users = list.len();
                "users"
            }
            Content::Processes(list) => {
                self.threads.extend(list.into_iter().map(kept));
                "threads"
            }
            Content::Fds(FdList { tid, entries }) => {
                let words = |info: &FdInfo<'_>| match *info {
                    FdInfo::Named(name) => String::from_utf8_lossy(name).into_owned(),
                    FdInfo::Socket { source, destination, l4 } => format!("{source}->{destination} {l4}"),
                    FdInfo::Listener { address, l4 } => format!("{address} {l4}"),
                    FdInfo::Unix { destination, path, .. } => {
                        format!("{destination} {}", String::from_utf8_lossy(path))
                    }
                    FdInfo::File { flags, path, dev } => {
                        format!("{flags:#x} {} {}", String::from_utf8_lossy(path), dev.unwrap_or(0))
                    }
                    FdInfo::Other(rest) => format!("{rest:?}"),
                };
                let of = |fd: &capture_scap::FdEntry<'_>| (fd.fd, fd.ino, fd.type_code, words(&fd.info));
                self.fds.push((tid, entries.iter().map(of).collect()));
                "fds"
            }
            Content::Event(_) => "event",
            Content::Unknown { .. } => "unknown",
        };
        if self.order.last() != Some(&name) {
            self.order.push(name);
        }
    }

    fn thread(&self, tid: i64) -> &ProcessEntry<'static> {
        self.threads.iter().find(|thread| thread.tid == tid).expect("the thread is listed")
    }

    fn fds(&self, tid: i64) -> &[FdOf] {
        self.fds.iter().find(|(of, _)| *of == tid).map(|(_, fds)| fds.as_slice()).expect("the thread has a list")
    }

    fn own(&self, fd: &impl AsRawFd) -> (u8, u64, &str) {
        let fd = i64::from(fd.as_raw_fd());
        let (_, ino, kind, words) =
            self.fds(own_pid()).iter().find(|(number, ..)| *number == fd).expect("the descriptor is listed");
        (*kind, *ino, words)
    }
}

/// A copy that the reader may go on without.
fn kept(entry: ProcessEntry<'_>) -> ProcessEntry<'static> {
    fn keep(text: &[u8]) -> &'static [u8] {
        Box::leak(text.to_vec().into_boxed_slice())
    }
    ProcessEntry {
        comm: keep(entry.comm),
        exe: keep(entry.exe),
        exepath: keep(entry.exepath),
        args: keep(entry.args),
        cwd: keep(entry.cwd),
        env: keep(entry.env),
        cgroups: keep(entry.cgroups),
        root: keep(entry.root),
        ..entry
    }
}

/// The inode as `/proc` gives it in `kind:[inode]`.
fn inode(fd: &impl AsRawFd) -> u64 {
    let link = fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).expect("a link");
    let text = link.to_string_lossy().into_owned();
    let digits: String = text.chars().skip_while(|&c| c != '[').filter(char::is_ascii_digit).collect();
    digits.parse().expect("an inode")
}

/// A process that is ended with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Running {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        loop {
            match command.spawn() {
                Ok(mut child) => {
                    wait_for_arguments(&mut child);
                    return Running(child);
                }
                // A child that another test begins just now has our descriptors until it executes its program.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
                Err(error) => panic!("{command:?}: {error}"),
            }
        }
    }

    fn id(&self) -> i64 {
        i64::from(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().expect("our own child");
        self.0.wait().expect("our own child");
    }
}

#[test]
fn tables_stand_in_the_order_that_readers_want() {
    let tables = Tables::read(Target::All);
    assert_eq!(tables.order, ["section", "machine", "interfaces", "users", "threads", "fds", "event"]);
    let listed: Vec<i64> = tables.threads.iter().map(|thread| thread.tid).collect();
    let with_fds: Vec<i64> = tables.fds.iter().map(|(tid, _)| *tid).collect();
    assert_eq!(listed, with_fds);
    let hostname = fs::read("/proc/sys/kernel/hostname").expect("a file");
    assert_eq!(tables.hostname, hostname.trim_ascii());
    assert!(tables.cpus > 0 && tables.users > 0);
    assert!(tables.interfaces.contains(&b"lo".to_vec()) || tables.interfaces.is_empty());
}

#[test]
fn internet_sockets() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a listener");
    let at = listener.local_addr().expect("an address");
    let client = TcpStream::connect(at).expect("a connection");
    let (server, from) = listener.accept().expect("a connection");
    let bound = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    let bound_at = bound.local_addr().expect("an address");
    let connected = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    connected.connect(bound_at).expect("a peer");
    let connected_at = connected.local_addr().expect("an address");

    let tables = Tables::read(Target::All);
    let (tcp, udp) = (L4Proto::Tcp as u8, L4Proto::Udp as u8);
    let (peer, waiting) = (FdType::Ipv4Sock as u8, FdType::Ipv4Servsock as u8);
    assert_eq!(tables.own(&listener), (waiting, inode(&listener), format!("{at} {tcp}").as_str()));
    assert_eq!(tables.own(&client), (peer, inode(&client), format!("{from}->{at} {tcp}").as_str()));
    assert_eq!(tables.own(&server), (peer, inode(&server), format!("{at}->{from} {tcp}").as_str()));
    assert_eq!(tables.own(&bound), (waiting, inode(&bound), format!("{bound_at} {udp}").as_str()));
    let words = format!("{connected_at}->{bound_at} {udp}");
    assert_eq!(tables.own(&connected), (peer, inode(&connected), words.as_str()));
}

/// The kernel gives lists of sockets piece by piece.
#[test]
fn hundreds_of_sockets() {
    let sockets: Vec<UdpSocket> =
        (0..500).map(|_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket")).collect();
    let tables = Tables::read(Target::All);
    for socket in &sockets {
        let words = format!("{} {}", socket.local_addr().expect("an address"), L4Proto::Udp as u8);
        assert_eq!(tables.own(socket), (FdType::Ipv4Servsock as u8, inode(socket), words.as_str()));
    }
}

/// The kernel counts its way back into a list that it gives piece by piece.
#[test]
fn a_socket_is_found_while_others_are_closed() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let others: Vec<_> = (0..200).map(|_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))).collect();
                drop(others);
            }
        });
        let this = Directory::open(Path::new("/proc/self")).expect("/proc");
        let missing = (0..500).filter(|_| Sockets::default().find(&this, inode(&socket)).is_none()).count();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(missing, 0);
    });
}

/// Whoever is asked first may end before it has shown the lists.
#[test]
fn a_socket_is_found_after_one_asked_has_ended() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    let mut child = Command::new("sleep").arg("60").spawn().expect("a process");
    let gone = Directory::open(Path::new(&format!("/proc/{}", child.id()))).expect("/proc");
    child.kill().expect("our own child");
    child.wait().expect("our own child");
    let this = Directory::open(Path::new("/proc/self")).expect("/proc");
    let mut sockets = Sockets::default();
    assert_eq!(sockets.find(&gone, inode(&socket)), None);
    assert!(sockets.find(&this, inode(&socket)).is_some());
}

#[test]
fn internet_sockets_of_version_6() {
    let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return skip("no IPv6 on this machine");
    };
    let at = listener.local_addr().expect("an address");
    let client = TcpStream::connect(at).expect("a connection");
    let from = client.local_addr().expect("an address");
    let any = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).expect("a socket");
    let port = any.local_addr().expect("an address").port();

    let tables = Tables::read(Target::All);
    let (tcp, udp) = (L4Proto::Tcp as u8, L4Proto::Udp as u8);
    let (peer, waiting) = (FdType::Ipv6Sock as u8, FdType::Ipv6Servsock as u8);
    assert_eq!(tables.own(&listener), (waiting, inode(&listener), format!("{at} {tcp}").as_str()));
    assert_eq!(tables.own(&client), (peer, inode(&client), format!("{from}->{at} {tcp}").as_str()));
    let any_at = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    assert_eq!(tables.own(&any), (waiting, inode(&any), format!("{any_at} {udp}").as_str()));
}

#[test]
fn unix_sockets_and_pipes() {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("a socket");
    let listener = UnixListener::bind(&path).expect("a listener");
    let name = format!("capture-test-{}", own_pid());
    let unnamed = UnixAddr::from_abstract_name(name.as_bytes()).expect("a name");
    let hidden = UnixListener::bind_addr(&unnamed).expect("a listener");
    let (left, _right) = UnixStream::pair().expect("sockets");
    let (reader, writer) = std::io::pipe().expect("a pipe");

    let tables = Tables::read(Target::All);
    let unix = FdType::UnixSock as u8;
    assert_eq!(tables.own(&listener), (unix, inode(&listener), format!("0 {}", path.display()).as_str()));
    assert_eq!(tables.own(&hidden), (unix, inode(&hidden), format!("0 @{name}").as_str()));
    assert_eq!(tables.own(&left), (unix, inode(&left), "0 "));
    let words = format!("pipe:[{}]", inode(&reader));
    assert_eq!(tables.own(&reader), (FdType::Fifo as u8, inode(&reader), words.as_str()));
    assert_eq!(tables.own(&writer), (FdType::Fifo as u8, inode(&reader), words.as_str()));
}

/// A device as captures number it.
fn dev(file: &File) -> u64 {
    let dev = file.metadata().expect("a file").dev();
    let (major, minor) = (rustix::fs::major(dev), rustix::fs::minor(dev));
    u64::from(capture_record::proc::mounts::device(major, minor))
}

#[test]
fn files_and_directories() {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().canonicalize().expect("a path").join("file");
    let both = OpenOptions::new().read(true).append(true).create(true).open(&path).expect("a file");
    let gone_path = directory.path().canonicalize().expect("a path").join("gone");
    let gone = File::create(&gone_path).expect("a file");
    fs::remove_file(&gone_path).expect("a file");
    let opened_directory = File::open(directory.path()).expect("a directory");
    let null = File::open("/dev/null").expect("a device");
    let fifo = directory.path().canonicalize().expect("a path").join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    let opened_fifo = OpenOptions::new().read(true).write(true).open(&fifo);

    let tables = Tables::read(Target::All);
    let kind = FdType::FileV2 as u8;
    let ino = |file: &File| file.metadata().expect("a file").ino();
    // Read and write, append, close on exec.
    let words = format!("0x100b {} {}", path.display(), dev(&both));
    assert_eq!(tables.own(&both), (kind, ino(&both), words.as_str()));
    let words = format!("0x1002 {} (deleted) {}", gone_path.display(), dev(&gone));
    assert_eq!(tables.own(&gone), (kind, ino(&gone), words.as_str()));
    let (found, found_ino, words) = tables.own(&opened_directory);
    assert_eq!((found, found_ino), (FdType::Directory as u8, ino(&opened_directory)));
    assert_eq!(Path::new(words), directory.path().canonicalize().expect("a path"));
    let words = format!("0x1001 /dev/null {}", dev(&null));
    assert_eq!(tables.own(&null), (kind, ino(&null), words.as_str()));
    if made.is_ok_and(|status| status.success()) {
        let opened = opened_fifo.expect("a fifo");
        assert_eq!(tables.own(&opened), (FdType::Fifo as u8, ino(&opened), fifo.to_string_lossy().as_ref()));
    }
}

#[test]
fn descriptors_without_files() {
    let memory = memfd_create("secret", MemfdFlags::CLOEXEC).expect("a memfd");
    let event = eventfd(0, EventfdFlags::CLOEXEC).expect("an eventfd");
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC).expect("an epoll");
    let notify = inotify::init(inotify::CreateFlags::CLOEXEC).expect("an inotify");
    let timer =
        rustix::time::timerfd_create(rustix::time::TimerfdClockId::Monotonic, rustix::time::TimerfdFlags::CLOEXEC)
            .expect("a timerfd");
    let own = Pid::from_raw(std::process::id() as i32).expect("an id");
    let process = pidfd_open(own, PidfdFlags::empty()).expect("a pidfd");

    let newest = Tables::read(Target::Newest);
    let kind_and_name = |tables: &Tables, fd: &OwnedFd| (tables.own(fd).0, tables.own(fd).2.to_owned());
    let check = |fd: &OwnedFd, kind: FdType, name: &str| {
        assert_eq!(kind_and_name(&newest, fd), (kind as u8, name.to_owned()));
    };
    check(&memory, FdType::Memfd, "/memfd:secret (deleted)");
    check(&event, FdType::Event, "");
    check(&poll, FdType::Eventpoll, "");
    check(&notify, FdType::Inotify, "");
    check(&timer, FdType::Timerfd, "");
    check(&process, FdType::Pidfd, "anon_inode:[pidfd]");
    // Old readers do not know all of these.
    let all = Tables::read(Target::All);
    let unsupported = FdType::Unsupported as u8;
    assert_eq!(kind_and_name(&all, &memory), (unsupported, "/memfd:secret (deleted)".to_owned()));
    assert_eq!(kind_and_name(&all, &event), (FdType::Event as u8, String::new()));
}

#[test]
fn a_process_with_its_arguments_environment_and_directory() {
    let directory = TempDir::new().expect("a directory");
    let cwd = directory.path().canonicalize().expect("a path");
    let mut command = Command::new("sleep");
    command.arg0("a name").args(["600", "1"]).env_clear().env("KEY", "a value").current_dir(&cwd);
    let child = Running::start(&mut command);
    let tables = Tables::read(Target::Newest);
    let entry = tables.thread(child.id());
    assert_eq!((entry.tid, entry.pid, entry.ptid), (child.id(), child.id(), own_pid()));
    assert_eq!((entry.exe, entry.args, entry.env), (&b"a name"[..], &b"600\x001\0"[..], &b"KEY=a value\0"[..]));
    assert_eq!((entry.cwd, entry.root), (cwd.as_os_str().as_encoded_bytes(), &b"/"[..]));
    let program = fs::canonicalize(format!("/proc/{}/exe", child.id())).expect("a link");
    assert_eq!(entry.exepath, program.as_os_str().as_encoded_bytes());
    let file = fs::metadata(&program).expect("a program");
    let tail = &entry.tail;
    assert_eq!(tail.exe_ino, Some(file.ino()));
    assert_eq!(tail.exe_ino_mtime, Some(file.mtime() as u64 * 1_000_000_000 + file.mtime_nsec() as u64));
    assert_eq!(tail.exe_ino_ctime, Some(file.ctime() as u64 * 1_000_000_000 + file.ctime_nsec() as u64));
    let own = File::open("/proc/self").expect("/proc").metadata().expect("a directory");
    assert_eq!((entry.uid, entry.gid), (own.uid(), own.gid()));
    // Who owns a program may write it: root owns this one, or may all.
    assert_eq!(tail.exe_writable, Some(own.uid() == file.uid()));
    assert_eq!(tail.exe_from_memfd, Some(false));
    assert_eq!((entry.vtid, entry.vpid, entry.flags), (child.id(), child.id(), 0));
    assert!(entry.vmsize > 0 && entry.vmrss > 0 && entry.pfminor > 0);
    let limits = fs::read(format!("/proc/{}/limits", child.id())).expect("a file");
    assert_eq!(Some(entry.fdlimit).filter(|&limit| limit != -1), open_files(&limits));
    let null = tables.fds(child.id()).iter().find(|(fd, ..)| *fd == 0).expect("standard input");
    assert!(null.3.starts_with("0x1 /dev/null "), "{}", null.3);
}

#[test]
fn threads_share_what_their_leader_has() {
    let (ask, wait) = std::sync::mpsc::channel::<()>();
    let (tell, hear) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name("a (thread)".into()).spawn(move || {
        tell.send(rustix::thread::gettid().as_raw_nonzero().get()).expect("somebody listens");
        wait.recv().expect_err("nothing is sent");
    });
    let tid = i64::from(hear.recv().expect("an id"));
    let tables = Tables::read(Target::All);
    let (entry, leader) = (tables.thread(tid), tables.thread(own_pid()));
    assert_eq!((entry.pid, entry.ptid, entry.comm), (own_pid(), leader.ptid, &b"a (thread)"[..]));
    assert_eq!((entry.exe, entry.args, entry.env), (leader.exe, leader.args, leader.env));
    assert_eq!((entry.exepath, entry.flags), (leader.exepath, 0x2001));
    assert!(tables.fds(tid).is_empty() && !tables.fds(own_pid()).is_empty());
    assert_eq!(Facts::of(&mut host(), tid).map(|facts| facts.pid), Some(own_pid()));
    drop(ask);
    thread.expect("a thread").join().expect("no panic");
}

#[test]
fn a_program_in_memory() {
    let program = memfd_create("evil", MemfdFlags::empty()).expect("a memfd");
    let path = format!("/proc/self/fd/{}", program.as_raw_fd());
    let sleep = ["/bin/sleep", "/usr/bin/sleep"].into_iter().find_map(|path| fs::read(path).ok());
    let Some(sleep) = sleep else { return skip("no sleep program") };
    File::options().write(true).open(&path).and_then(|mut file| file.write_all(&sleep)).expect("memory");
    let child = Running::start(Command::new(path).arg0("sleep").arg("600"));
    let tables = Tables::read(Target::Newest);
    let entry = tables.thread(child.id());
    assert_eq!((entry.exepath, entry.tail.exe_from_memfd), (&b"/memfd:evil (deleted)"[..], Some(true)));
}

#[test]
fn programs_in_the_layers_of_an_overlay() {
    let directory = TempDir::new().expect("a directory");
    for name in ["lower", "upper", "work", "merged"] {
        fs::create_dir(directory.path().join(name)).expect("a directory");
    }
    install("/bin/sleep", &directory.path().join("lower/old"));
    install("/bin/sleep", &directory.path().join("upper/new"));
    for (name, is_upper) in [("new", true), ("old", false)] {
        let run = format!(
            "mount -t overlay o -o lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work {0}/merged && \
             exec {0}/merged/{name} 600",
            directory.path().display()
        );
        let child = Running::start(Command::new("unshare").args(["-m", "sh", "-c", &run]).stderr(Stdio::null()));
        let Some(facts) = wait_for(child.id(), name) else { return skip("no overlay can be mounted here") };
        let executable = facts.executable;
        assert_eq!((executable.upper_layer, executable.lower_layer), (is_upper, !is_upper), "{name}");
    }
}

/// The facts of a process once it executes a program of that name; `None` if it never does.
fn wait_for(pid: i64, name: &str) -> Option<Facts> {
    let mut host = host();
    loop {
        let facts = Facts::of(&mut host, pid)?;
        if facts.executable.path.ends_with(name.as_bytes()) {
            return Some(facts);
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_process_in_a_pid_namespace() {
    let mark = format!("600.{}", own_pid());
    let run = format!("sleep {mark} & exec sleep {mark}");
    let mut outer = Running::start(Command::new("unshare").args(["-p", "--kill-child", "sh", "-c", &run]));
    let args = [mark.as_bytes(), b"\0"].concat();
    let (first, second) = loop {
        let tables = Tables::read(Target::Newest);
        let mut inside = tables.threads.into_iter().filter(|thread| thread.args == args && thread.comm == b"sleep");
        if let (Some(first), Some(second)) = (inside.next(), inside.next()) {
            break (first, second);
        }
        if outer.0.try_wait().expect("our own child").is_some() {
            return skip("no pid namespace can be made here");
        }
    };
    let ids = |entry: &ProcessEntry<'_>| (entry.vtid, entry.vpid);
    assert_eq!((ids(&first), second.ptid), ((1, 1), first.tid));
    assert!(ids(&second) != (second.tid, second.pid) && second.vpid > 1);
    let host = Tables::read(Target::Newest).thread(own_pid()).tail.pidns_init_start_ts.expect("a time");
    let start = first.tail.pidns_init_start_ts.expect("a time");
    assert_eq!(second.tail.pidns_init_start_ts, Some(start));
    assert!(start > host, "{start} {host}");
}

#[test]
fn sysdig_opens_it() {
    let Some(sysdig) = sysdig() else { return };
    let directory = TempDir::new().expect("a directory");
    let file = directory.path().join("host.scap");
    fs::write(&file, capture(Target::All)).expect("a capture");
    let format = "%evt.num %evt.type %proc.pid %proc.exe %proc.args %proc.cwd %user.uid";
    let output = sysdig.command().args(["-D", "-r"]).arg(&file).args(["-p", format]).output().expect("sysdig");
    let facts = Facts::of(&mut host(), own_pid()).expect("our own facts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let args = text(&facts.args).trim_end_matches('\0').replace('\0', " ");
    let (pid, exe, cwd) = (own_pid(), text(&facts.exe), text(&facts.cwd));
    let expected = format!("1 notification {pid} {exe} {args} {cwd}/ {}\n", facts.uid);
    assert_eq!(text(&output.stdout), expected, "{}", text(&output.stderr));
}

#[test]
fn the_newest_libraries_read_all_of_it() {
    let Some(newest) = newest() else { return };
    let directory = TempDir::new().expect("a directory");
    let file = directory.path().join("host.scap");
    fs::write(&file, capture(Target::Newest)).expect("a capture");
    let format = "*row %proc.pid %proc.pgid %proc.vpgid %proc.sid %proc.tty %thread.vtid %user.uid %proc.exepath \
                  %proc.exe_ino %proc.exe_ino.mtime %proc.is_exe_writable %proc.is_exe_from_memfd \
                  %proc.pidns_init_start_ts %proc.fdlimit";
    let output = newest.run(["-a".as_ref(), "-s".as_ref(), file.as_os_str(), "-o".as_ref(), format.as_ref()]);
    let facts = Facts::of(&mut host(), own_pid()).expect("our own facts");
    let program = &facts.executable;
    let expected = format!(
        "row {0} {1} {2} {3} {4} {0} {5} {6} {7} {8} {9} false {10} {11}",
        facts.pid,
        facts.pgid,
        facts.vpgid,
        facts.sid,
        facts.tty,
        facts.uid,
        String::from_utf8_lossy(&program.path),
        program.ino,
        program.mtime,
        program.writable,
        facts.pidns_init_start_ts,
        facts.fdlimit
    );
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let row = lines.lines().find(|line| line.starts_with("row "));
    assert_eq!(row, Some(expected.as_str()), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Run by [`what_may_not_be_read_is_counted`] as another user.
#[test]
#[ignore = "a part of another test"]
fn as_another_user() {
    let snapshot = Snapshot::take(&mut host()).expect("a list of processes");
    let own = snapshot.threads.iter().find(|thread| thread.facts.tid == own_pid()).expect("our own process");
    assert!(!own.fds.is_empty() && !own.facts.env.is_empty());
    let others = snapshot.threads.iter().filter(|thread| thread.facts.uid == 0 && thread.facts.tid == thread.facts.pid);
    assert_eq!(others.clone().filter(|thread| !thread.fds.is_empty()).count(), 0);
    assert!(others.clone().all(|thread| thread.facts.pid > 0 && !thread.facts.comm.is_empty()));
    assert_eq!(snapshot.unreadable, others.count());
}

#[test]
fn what_may_not_be_read_is_counted() {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can become another user");
    }
    let directory = TempDir::new().expect("a directory");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("a directory");
    let program = directory.path().join("live");
    install(std::env::current_exe().expect("this program"), &program);
    let mut command = Command::new(&program);
    command.args(["--ignored", "--exact", "as_another_user"]).uid(65534).gid(65534).current_dir("/");
    let output = command.output().expect("this program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
