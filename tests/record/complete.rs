//! Every call is recorded: as many of each as strace counts.

use crate::support::{Place, has, recorded};
use capture_event::option::CALL;
use capture_event::schema::code::{GENERIC_E, GENERIC_X};
use capture_event::tables::syscall::{Arch, native};
use capture_scap::{Content, Reader};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Calls by the code of their enter event and, for generic ones, the schema's number.
type Counts = BTreeMap<(u16, u16), i64>;

/// Calls whose number depends on when threads run: strace's differ from run to run.
const BY_TIME: [&str; 6] = ["futex", "sched_yield", "restart_syscall", "rt_sigreturn", "wait4", "rt_sigsuspend"];

/// Events from here on are of the newest schema only: exit events without an enter event.
const NEWEST_ONLY: u16 = 336;

/// The pairs that older readers know for calls that the newest schema gives others.
const OLDER: [(u16, u16); 10] = [
    (366, 124),
    (362, 124),
    (364, 124),
    (390, 258),
    (388, 248),
    (398, 126),
    (396, 62),
    (392, 60),
    (394, 138),
    (368, 296),
];

fn key(nr: u16) -> Option<(u16, u16)> {
    let (id, code) = native(nr, Arch::X86_64)?;
    let code = OLDER.iter().find(|(newest, _)| *newest == code).map_or(code, |(_, older)| *older);
    Some((code, if code == GENERIC_E { id } else { 0 }))
}

/// What strace counts, but for some calls.
fn by_strace(script: &str, place: &Place, chance: &[&str]) -> Counts {
    let file = place.path("strace.out");
    let mut command = Command::new("strace");
    command.args(["-f", "-n", "-qq", "-o"]).arg(&file).args(["sh", "-c", script]).current_dir(place.dir.path());
    command.env("LC_ALL", "C").env("TZ", "UTC").output().expect("strace");
    let mut counts = Counts::new();
    for line in std::fs::read_to_string(&file).expect("what strace wrote").lines() {
        let Some((number, rest)) = line.split_once('[').and_then(|(_, rest)| rest.split_once("] ")) else { continue };
        let Ok(number) = number.trim().parse() else { continue };
        let name = rest.split(['(', ' ']).next().unwrap_or_default();
        let is_call = !["<...", "---", "+++"].iter().any(|mark| rest.starts_with(mark));
        if is_call && !chance.contains(&name) {
            *counts.entry(key(number).unwrap_or((GENERIC_E, 0))).or_default() += 1;
        }
    }
    counts
}

/// What was recorded, but for some calls.
fn by_us(file: &Path, chance: &[&str]) -> Counts {
    let mut reader = Reader::open(file).expect("a recording");
    let mut counts = Counts::new();
    let chance: Vec<_> = (0..512).filter(|nr| chance.contains(&name_of(*nr))).filter_map(key).collect();
    while let Some(block) = reader.next_block() {
        let block = block.expect("a recording without damage");
        let Content::Event(event) = &block.content else { continue };
        let params = event.params();
        let key = match event.code {
            GENERIC_E => {
                let option = event.options().iter().find(|option| option.code == CALL).map(|option| option.value);
                let id =
                    option.or(params.first().copied()).and_then(|id| id.try_into().ok()).map_or(0, u16::from_le_bytes);
                (GENERIC_E, id)
            }
            GENERIC_X => continue,
            code if code % 2 == 1 && code > NEWEST_ONLY => (code - 1, 0),
            code if code % 2 == 0 && code < NEWEST_ONLY && is_call(code) => (code, 0),
            _ => continue,
        };
        if !chance.contains(&key) {
            *counts.entry(key).or_default() += 1;
        }
    }
    counts
}

fn is_call(code: u16) -> bool {
    let info = capture_event::schema::event(code, capture_event::Dialect::Newest);
    info.is_some_and(|info| info.source == capture_event::Source::Syscall)
}

fn name_of(nr: u16) -> &'static str {
    let id = native(nr, Arch::X86_64).map_or(0, |(id, _)| id);
    capture_event::tables::syscall::name(id, capture_event::Dialect::Newest).unwrap_or_default()
}

/// Compares what is recorded of a script with what strace counts. Calls of these names, and those [`BY_TIME`], are not
/// as many in every run.
fn compare(name: &str, script: &str, place: &Place, by_chance: &[&str]) {
    let chance = [&BY_TIME, by_chance].concat();
    let file = place.path("r.scap");
    // What it leaves behind is there each time.
    crate::support::shell(script, place.dir.path());
    if recorded(script, place.dir.path(), &file, &["--force"]).is_none() {
        return;
    }
    let (ours, theirs) = (by_us(&file, &chance), by_strace(script, place, &chance));
    let keys: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let count = |counts: &Counts, key| counts.get(key).copied().unwrap_or(0);
    let different: Vec<String> = keys
        .into_iter()
        .filter(|key| count(&ours, key) != count(&theirs, key))
        .map(|key| format!("{key:?}: {} here, {} in strace", count(&ours, key), count(&theirs, key)))
        .collect();
    assert!(different.is_empty(), "{name}: {different:#?}");
}

#[test]
fn a_script_with_many_processes() {
    if has("strace") {
        let script = "for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; (exit 3); done; ls / | cat | wc -l";
        compare("many processes", script, &Place::new(), &[]);
    }
}

#[test]
fn programs_that_die_of_signals() {
    if has("strace") {
        for signal in ["TERM", "KILL", "USR1", "HUP"] {
            compare(signal, &format!("ls / >/dev/null; kill -{signal} $$"), &Place::new(), &[]);
        }
        compare("processors", "nproc", &Place::new(), &[]);
    }
}

#[test]
fn a_program_with_threads() {
    if !has("strace") || !has("cc") {
        return;
    }
    let place = Place::new();
    std::fs::write(place.path("t.c"), THREADS).expect("a new file");
    let built = Command::new("cc").args(["-O1", "-pthread", "-o", "t", "t.c"]).current_dir(place.dir.path()).status();
    assert!(built.expect("a compiler").success());
    // How much memory the library asks the kernel for depends on which thread allocates first.
    compare("threads", "./t", &place, &[]);
}

/// Threads one after the other, each with files of its own.
const THREADS: &str = r#"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *work(void *arg) {
    char name[32];
    snprintf(name, sizeof name, "file%ld", (long)arg);
    for (int i = 0; i < 50; i++) {
        int fd = open(name, O_RDWR | O_CREAT, 0600);
        if (write(fd, name, 5) != 5 || lseek(fd, 0, SEEK_SET) || read(fd, name + 20, 5) != 5) return 0;
        close(fd);
    }
    unlink(name);
    return 0;
}
int main(void) {
    pthread_t threads[4];
    for (long i = 0; i < 4; i++) {
        pthread_create(&threads[i], 0, work, (void *)i);
        pthread_join(threads[i], 0);
    }
    return 0;
}
"#;

#[test]
fn a_build_with_two_jobs() {
    if !has("strace") || !has("cc") || !has("make") {
        return;
    }
    let place = Place::new();
    let mut rules = String::from("all: a.o b.o c.o d.o\n%.o: %.c\n\t@cc -c -o $@ $<\n");
    for name in ["a", "b", "c", "d"] {
        let source = format!("int {name}(int x) {{ return x + {}; }}\n", name.len());
        std::fs::write(place.path(&format!("{name}.c")), source).expect("a new file");
    }
    rules.push_str("clean:\n\t@rm -f *.o\n");
    std::fs::write(place.path("Makefile"), rules).expect("a new file");
    // A compiler draws the name of a temporary file again if it would favour some letters.
    compare("a build", "make -s clean && make -s", &place, &["getrandom"]);
    // Which compiler ends first decides how often make waits, and passes on the right to start another.
    let by_chance = ["getrandom", "pselect6", "dup2", "prlimit64", "read", "write"];
    compare("a build", "make -s clean && make -s -j2", &place, &by_chance);
}

#[test]
fn a_program_with_sockets() {
    if !has("strace") || !has("python3") {
        return;
    }
    let place = Place::new();
    std::fs::write(place.path("sockets.py"), SOCKETS).expect("a new file");
    // What is called so may be a script that looks for the interpreter, with as many reads as its pipes happen to need.
    let found = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let interpreter = String::from_utf8(found.expect("an interpreter").stdout).expect("a path");
    // How much memory is asked for depends on how the threads take turns.
    let script = format!("MALLOC_ARENA_MAX=1 {} sockets.py", interpreter.trim());
    compare("sockets", &script, &place, &["getrandom", "mmap", "mprotect"]);
}

/// Servers on threads of their own, and their clients.
const SOCKETS: &str = r#"
import os, socket, threading

def serve(server):
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(100).upper())

def talk(family, address):
    with socket.socket(family) as server:
        server.bind(address)
        server.listen()
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        with socket.socket(family) as client:
            client.connect(server.getsockname())
            client.sendall(b"hello")
            print(client.recv(100))
        thread.join()

for _ in range(5):
    talk(socket.AF_INET, ("127.0.0.1", 0))
    talk(socket.AF_INET6, ("::1", 0))
    talk(socket.AF_UNIX, "socket")
    os.unlink("socket")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
    receiver.bind(("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"datagram", receiver.getsockname())
    print(receiver.recvfrom(100)[0])
left, right = socket.socketpair()
left.sendmsg([b"one", b"two"])
print(right.recvmsg(100)[0])
"#;
