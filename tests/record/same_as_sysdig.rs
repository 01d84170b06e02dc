//! What was recorded opens in sysdig, which prints what `capture query` prints.

use crate::support::{Place, can_trace, line, query, recorded};
use capture_testkit::sysdig;
use std::process::Command;

/// Work of many kinds.
const SCRIPT: &str = "ls -l / | sort | head -2; mkdir d; echo text > d/f; mv d/f d/g; ln -s g d/l; cat d/l; chmod 600 d/g; rm -r d; \
    (sleep 0.05; exit 3) & wait; cd /; exec 3<>/dev/null; kill -CONT $$; ulimit -n; umask; nproc";

#[test]
fn sysdig_prints_the_same() {
    if sysdig().is_none() {
        return;
    }
    for options in [&[][..], &["-e", "300"], &["-n", "400"], &["-z"], &["--scap-tail", "newest"]] {
        let place = Place::new();
        if recorded(SCRIPT, place.dir.path(), &place.path("r.scap"), options).is_none() {
            return;
        }
        let entries = std::fs::read_dir(place.dir.path()).expect("a directory of ours");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("a file of ours").path()).collect();
        files.sort();
        assert!(!files.is_empty());
        for file in files {
            let sysdig = Command::new("sysdig").arg("-r").arg(&file).env("TZ", "UTC").output().expect("sysdig");
            assert!(sysdig.status.success(), "{options:?}: {}", String::from_utf8_lossy(&sysdig.stderr));
            let theirs = String::from_utf8_lossy(&sysdig.stdout).into_owned();
            let ours = query(&file, &["--view", "classic", "--separate"]);
            // Events that sysdig 0.29 passes over have no number.
            let ours: String =
                ours.lines().filter(|line| !line.starts_with("<NA> ")).map(|l| l.to_owned() + "\n").collect();
            let different = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| !is_same(ours, theirs));
            assert_eq!(different, None, "{options:?}");
            assert_eq!(ours.lines().count(), theirs.lines().count(), "{options:?}");
        }
    }
}

/// The calls that sysdig 0.29 does not know have no name there.
fn is_same(ours: &str, theirs: &str) -> bool {
    ours == theirs || theirs.trim_end().ends_with("<unknown>")
}

/// Events of types that only newer programs know are found all the same, and change nothing.
#[test]
fn newer_events_are_found_beside_them() {
    if !can_trace() {
        return;
    }
    let script = "echo text >file; chown $(id -u) file; cat file";
    for options in [&[][..], &["evt.type in (fchownat, write)"], &["--fast", "evt.type=fchownat"]] {
        let place = Place::new();
        let file = place.path("r.scap");
        recorded(script, place.dir.path(), &file, options);
        for (view, number) in [("classic", "<NA> "), ("exit", "")] {
            let format = ["--view", view, "-p", "*%evt.num %proc.name %evt.dir %evt.type %evt.args"];
            let found =
                query(&file, &[&format[..], &["evt.type=fchownat and evt.arg.pathname endswith file"]].concat());
            assert_eq!(found.lines().count(), 1, "{options:?} {view}: {found}");
            assert!(found.starts_with(number) && found.contains("chown < fchownat res=0 "), "{view}: {found}");
        }
        let numbers = query(&file, &["--view", "classic", "-p", "%evt.num", "evt.num exists"]);
        let numbers: Vec<u64> = numbers.lines().map(|number| number.parse().expect("a number")).collect();
        assert!(numbers.is_sorted());
        assert_eq!(query(&file, &["--view", "classic", "-p", "%evt.num", "evt.num=0"]), "");
    }
}

#[test]
fn a_buffer_is_kept_up_to_the_largest_length() {
    if !can_trace() {
        return;
    }
    let place = Place::new();
    let ran = line("capture record -w r.scap -s 65001 -- true", place.dir.path());
    assert!(String::from_utf8_lossy(&ran.stderr).contains("65000"), "{ran:?}");
    let ran = line("capture record -q -w r.scap -s 65000 -- head -c 70000 /dev/zero", place.dir.path());
    assert_eq!((ran.status.code(), ran.stdout.len()), (Some(0), 70_000));
    let lengths =
        query(&place.path("r.scap"), &["-p", "%evt.buflen", "evt.type=write and evt.dir=< and proc.name=head"]);
    assert!(lengths.lines().all(|length| length.parse::<u64>().is_ok_and(|length| length > 0)), "{lengths}");
}
