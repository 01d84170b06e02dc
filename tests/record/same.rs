//! A recorded program does what it does by itself: the same output, the same end.

use crate::support::{Place, recorded, shell};

/// Programs, with the status that they end with.
const PROGRAMS: &[(&str, &str)] = &[
    ("output and status", "echo out; echo err >&2; exit 7"),
    ("many processes", "for i in 1 2 3 4 5 6 7 8 9 10; do /bin/echo $i; done; ls / | sort | wc -l"),
    ("processors", "nproc; nproc --all; grep -c ^processor /proc/cpuinfo"),
    ("a signal that is handled", "trap 'echo got it' USR1; kill -USR1 $$; echo after"),
    ("a signal that is ignored", "trap '' TERM; kill -TERM $$; echo alive"),
    ("background work", "(sleep 0.1; echo late) & echo early; wait; echo done"),
    ("job control", "sleep 0.2 & p=$!; kill -STOP $p; kill -CONT $p; wait $p; echo $?"),
    ("a pipe that is closed early", "yes | head -3"),
    ("exec", "exec /bin/echo replaced"),
    ("no such program", "/no/such/program"),
    ("SIGTERM", "kill -TERM $$"),
    ("SIGKILL", "kill -KILL $$"),
    ("SIGSEGV", "ulimit -c 0; kill -SEGV $$"),
    ("SIGABRT", "ulimit -c 0; kill -ABRT $$"),
    ("SIGPIPE", "kill -PIPE $$"),
    ("a real-time signal", "kill -40 $$"),
];

#[test]
fn a_recorded_program_prints_and_ends_as_by_itself() {
    for options in [&[][..], &["--fast"], &["--fast", "--calls", "security"], &["-e", "100"]] {
        for (name, script) in PROGRAMS {
            let place = Place::new();
            let alone = shell(script, place.dir.path());
            let Some(with_us) = recorded(script, place.dir.path(), &place.path("r.scap"), options) else { return };
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(text(&with_us.stdout), text(&alone.stdout), "{name} {options:?}");
            assert_eq!(text(&with_us.stderr), text(&alone.stderr), "{name} {options:?}");
            assert_eq!(with_us.status.code(), Some(status(&alone)), "{name} {options:?}");
        }
    }
}

/// The status that a shell would say.
fn status(output: &std::process::Output) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    output.status.code().or(output.status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}
