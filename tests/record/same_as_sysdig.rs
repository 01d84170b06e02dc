//! What was recorded opens in sysdig, which prints what `capture query` prints.

use crate::support::{Place, query, recorded};
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
