//! Records small programs and reads the recordings back.

use capture_batch::{Needs, RowFlags, View};
use capture_filter::{Env, Format};
use capture_machine::replay::{Piece, Replay};
use capture_record::calls::Extent;
use capture_record::stream::stream;
use capture_record::sys::spawn;
use capture_record::trace::{Calls, Control, Ended, Tracer};
use capture_scap::{Compression, MachineInfo, Reader, Section, Target, Writer};
use capture_testkit::{find, newest, skip, sysdig};
use std::ffi::{CString, OsStr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Recorders wait for all children of their process: there is one child at a time.
static CHILDREN: Mutex<()> = Mutex::new(());

fn one_at_a_time() -> MutexGuard<'static, ()> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A recording of a program of `programs/`.
pub struct Recording {
    /// The capture.
    pub bytes: Vec<u8>,
    /// How the program ended.
    pub ended: Option<Ended>,
    /// Where it ran: an empty directory.
    pub directory: tempfile::TempDir,
}

/// Compiles a program and records it. `None` where there is no compiler.
pub fn record(name: &str) -> Option<Recording> {
    let directory = tempfile::tempdir().unwrap();
    let program = compile(name, directory.path())?;
    let place = directory.path().join("place");
    std::fs::create_dir(&place).unwrap();
    // Whoever runs the tests may have files open: the program is to have none of them.
    let closed: String = (3..10).map(|fd| format!(" {fd}>&-")).collect();
    let script = format!("cd {} && exec {}{closed}", place.display(), program.display());
    let words = ["sh", "-c", &script].map(|word| CString::new(word).unwrap());
    let extent = Extent { snaplen: 80, long_snaplen: 4096, env: true };
    let (stream, taker) = stream();
    let (mut bytes, guard) = (Vec::new(), one_at_a_time());
    let mut writer = Writer::new(&mut bytes, Target::All, Compression::None);
    writer.section(&Section { major: 1, minor: 2, options: Vec::new() }).unwrap();
    writer.machine(&MachineInfo::default()).unwrap();
    writer.finish().unwrap();
    let held = spawn::held(Path::new("/bin/sh"), &words, None).unwrap();
    // The kernel lets only the thread trace that began to.
    let (tracing, tid) = (stream.clone(), held.tid());
    let tracer = std::thread::spawn(move || {
        let mut tracer = Tracer::new(tracing.clone(), extent, Calls::ALL, Control::default());
        tracer.follow_command(tid, false).unwrap();
        held.release().unwrap();
        let ended = tracer.run();
        tracing.close();
        ended.unwrap()
    });
    while let Some(blocks) = taker.take(Vec::new()) {
        bytes.extend_from_slice(&blocks);
    }
    let ended = tracer.join().unwrap();
    drop(guard);
    Some(Recording { bytes, ended, directory })
}

fn compile(name: &str, directory: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calls/programs").join(name).with_extension("c");
    let program = directory.join("program");
    let _guard = one_at_a_time();
    let Some(compiler) = find("cc") else {
        skip("there is no C compiler");
        return None;
    };
    let output = compiler.run([OsStr::new("-o"), program.as_os_str(), source.as_os_str()]);
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Some(program)
}

impl Recording {
    /// What a format prints of every event that is shown, one line each.
    pub fn lines(&self, view: View, format: &str) -> Vec<String> {
        // As both print them.
        let env = Env { buffer_limit: (view == View::Classic).then_some(80), ..Env::default() };
        let mut format = Format::compile(&format!("*{format}"), view).unwrap();
        let reader = Reader::from_bytes(self.bytes.clone()).unwrap();
        let mut replay = Replay::new(reader, view, Needs::all(), "recorded");
        let pieces = std::iter::from_fn(|| replay.next_piece());
        let batches = pieces.filter_map(|piece| if let Piece::Batch(batch) = piece { Some(batch) } else { None });
        let mut lines = Vec::new();
        for batch in batches {
            for row in batch.rows().filter(|row| !row.flags().intersects(RowFlags::NEVER_SHOWN)) {
                let mut line = Vec::new();
                format.render(row, &env, &mut line);
                lines.push(String::from_utf8_lossy(&line).into_owned());
            }
        }
        lines
    }

    /// The lines between the marks of the program, without what differs from run to run.
    pub fn told(&self, view: View) -> Vec<String> {
        let lines = self.lines(view, "%evt.type %evt.dir %evt.args");
        let begin = lines.iter().position(|line| line.contains("data=BEGIN")).expect("the program's first mark");
        let end = lines.iter().rposition(|line| line.contains("data=END")).expect("the program's last mark");
        let place = self.directory.path().to_string_lossy().into_owned();
        let inside = &lines[begin + 1..end];
        let inside = if view == View::Classic { &inside[..inside.len().saturating_sub(1)] } else { inside };
        inside.iter().map(|line| masked(&line.replace(&place, "DIR"))).collect()
    }

    /// What sysdig prints of it; `None` where there is no sysdig.
    pub fn in_sysdig(&self, format: &str) -> Option<Vec<String>> {
        let _guard = one_at_a_time();
        let output = sysdig()?.run(["-d", "-r", &self.file(), "-p", &format!("*{format}")]);
        assert!(output.status.success(), "{:?} {}", output.status, String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    /// What the newest libraries print of it; `None` where they are not.
    pub fn in_newest(&self, format: &str) -> Option<Vec<String>> {
        const OURS: &str = "line ";
        let _guard = one_at_a_time();
        let output = newest()?.run(["-a", "-s", &self.file(), "-o", &format!("*{OURS}{format}")]);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        Some(printed.lines().filter_map(|line| line.strip_prefix(OURS)).map(str::to_owned).collect())
    }

    fn file(&self) -> String {
        let file = self.directory.path().join("recorded.scap");
        std::fs::write(&file, &self.bytes).unwrap();
        file.to_string_lossy().into_owned()
    }
}

/// What differs from run to run, or from machine to machine.
const VARIABLE: &[&str] = &[
    "ino",
    "dev",
    "source",
    "peer",
    "tid",
    "pid",
    "ptid",
    "cwd",
    "fdlimit",
    "pgft_maj",
    "pgft_min",
    "vm_size",
    "vm_rss",
    "vm_swap",
    "cgroups",
    "tty",
    "pgid",
    "vpgid",
    "loginuid",
    "cap_inheritable",
    "cap_permitted",
    "cap_effective",
    "exe_ino",
    "exe_ino_ctime",
    "exe_ino_mtime",
    "uid",
    "gid",
    "euid",
    "egid",
    "ruid",
    "rgid",
    "suid",
    "sgid",
    "vtid",
    "vpid",
    "pidns_init_start_ts",
    "trusted_exepath",
    "addr",
    "argument",
    "optval",
];

/// Calls whose result depends on what the kernel was built with, and on who asks.
const DEPENDENT: &[&str] = &[
    "delete_module",
    "init_module",
    "finit_module",
    "keyctl",
    "bpf",
    "io_uring_enter",
    "io_uring_register",
    "userfaultfd",
    "seccomp",
    "quotactl",
    "mount",
    "umount",
    "chroot",
    "capset",
    "setrlimit",
    "prlimit",
    "mlock",
    "mlock2",
    "mlockall",
    "setsid",
    "process_vm_readv",
];

fn masked(line: &str) -> String {
    let is_dependent = DEPENDENT.contains(&line.split(' ').next().unwrap_or_default());
    let words = line.split(' ').map(|word| match word.split_once('=') {
        Some((key @ ("res" | "fd"), _)) if is_dependent => format!("{key}=…"),
        Some((key, value)) if VARIABLE.contains(&key) && value.starts_with(|c: char| c.is_ascii_hexdigit()) => {
            format!("{key}=…")
        }
        _ => without_inodes(&["0.0.0.0:", "127.0.0.1:"].into_iter().fold(word.to_owned(), without_ports)),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Ports are chosen by the kernel.
fn without_ports(word: String, address: &str) -> String {
    let mut pieces = word.split(address);
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        whole.push_str(address);
        whole.push('…');
        whole.push_str(piece.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    whole
}

/// And so are the inodes of unix sockets, on both sides of an arrow.
fn without_inodes(word: &str) -> String {
    let is_digit = |c: char| c.is_ascii_hexdigit();
    match word.split_once("->") {
        Some((left, right)) if left.ends_with(is_digit) && right.starts_with(is_digit) => {
            format!("{}…->…{}", left.trim_end_matches(is_digit), right.trim_start_matches(is_digit))
        }
        _ => word.to_owned(),
    }
}
