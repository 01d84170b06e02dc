//! Pieces of one recording go through one machine.

use crate::support::{Ran, run};
use capture_testkit::{Form, random_capture, sysdig};
use std::path::Path;

/// Much of what is known of an event, but for its number and its file.
const FIELDS: &str = "*%evt.rawtime %evt.cpu %thread.tid %proc.name %proc.pname %proc.ppid %proc.cmdline %proc.cwd \
    %proc.exepath %fd.name %fd.num %fd.type %container.id %user.name %evt.type %evt.dir %evt.args %evt.latency \
    %evt.reltime %evt.deltatime %proc.fdopencount %proc.nchilds %proc.nthreads %proc.vpid %proc.sid %proc.aname[2] \
    %proc.aname[3] %thread.vmsize %proc.env %proc.loginshellid";

fn query<'a>(words: impl IntoIterator<Item = &'a str>) -> Ran {
    let ran = run(words);
    assert_eq!(ran.status, 0, "{ran:?}");
    ran
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path that is UTF-8")
}

/// The lines of the pieces in a directory are those of the whole; those of each piece by itself are not.
fn assert_whole(dir: &Path, whole: &Path, view: &str) {
    let of = |path: &Path, more: &[&'static str]| {
        let words = ["-r", text(path), "--view", view, "-p", FIELDS].into_iter().chain(more.iter().copied());
        query(words.collect::<Vec<_>>())
    };
    let (pieces, whole) = (of(dir, &[]), of(whole, &[]));
    assert!(pieces.stderr.contains("pieces of one recording"), "{}", pieces.stderr);
    for (piece, whole) in pieces.stdout.lines().zip(whole.stdout.lines()) {
        assert_eq!(piece, whole, "{view}");
    }
    assert_eq!(pieces.stdout.len(), whole.stdout.len());
    let separate = of(dir, &["--separate"]);
    assert!(!separate.stderr.contains("pieces"));
    assert_ne!(separate.stdout, whole.stdout);
}

fn random(dir: &Path, form: Form) -> std::path::PathBuf {
    let whole = dir.join("whole.scap");
    random_capture(5, 4000, form).write(&whole).unwrap();
    whole
}

#[test]
fn pieces_answer_as_the_whole_does() {
    for (form, views) in [(Form::TidyPairs, &["classic", "exit"][..]), (Form::ExitOnly, &["exit"])] {
        let dir = tempfile::tempdir().unwrap();
        let whole = random(dir.path(), form);
        for (i, option) in [["-e", "701"], ["-C", "1"]].iter().enumerate() {
            let pieces = dir.path().join(format!("by-{i}"));
            std::fs::create_dir(&pieces).unwrap();
            let name = pieces.join("x.scap");
            query(["-r", text(&whole), "-w", text(&name), option[0], option[1]]);
            if std::fs::read_dir(&pieces).unwrap().count() > 1 {
                views.iter().for_each(|view| assert_whole(&pieces, &whole, view));
            }
        }
    }
}

#[test]
fn pieces_that_sysdig_wrote() {
    let Some(sysdig) = sysdig() else { return };
    let dir = tempfile::tempdir().unwrap();
    let whole = random(dir.path(), Form::TidyPairs);
    // What sysdig leaves out when it copies is missing in the whole too.
    let copy = dir.path().join("copy.scap");
    let pieces = dir.path().join("pieces");
    std::fs::create_dir(&pieces).unwrap();
    let name = pieces.join("x.scap");
    assert!(sysdig.run(["-r", text(&whole), "-w", text(&copy)]).status.success());
    assert!(sysdig.run(["-r", text(&whole), "-w", text(&name), "-e", "701"]).status.success());
    assert!(std::fs::read_dir(&pieces).unwrap().count() > 2);
    assert_whole(&pieces, &copy, "classic");
}

#[test]
fn what_is_no_piece() {
    let dir = tempfile::tempdir().unwrap();
    let whole = random(dir.path(), Form::TidyPairs);
    let in_dir = |name: &str| dir.path().join(name);
    query(["-r", text(&whole), "-w", text(&in_dir("x.scap")), "-e", "1500"]);
    let note = |names: &[&str]| {
        let paths: Vec<_> = names.iter().map(|name| in_dir(name)).collect();
        let words = paths.iter().flat_map(|path| ["-r", text(path)]).chain(["-q"]);
        query(words.collect::<Vec<_>>()).stderr.contains("pieces of one recording")
    };
    assert!(note(&["x.scap0", "x.scap1"]));
    assert!(note(&["x.scap1", "x.scap0"]), "whatever their order on the command line");
    // Another name, a file twice, overlapping times.
    std::fs::copy(in_dir("x.scap1"), in_dir("y.scap1")).unwrap();
    assert!(!note(&["x.scap0", "y.scap1"]));
    assert!(!note(&["x.scap0", "x.scap0"]));
    std::fs::copy(&whole, in_dir("x.scap7")).unwrap();
    assert!(!note(&["x.scap0", "x.scap7"]));
    // Numbers count in each piece, which has a name of its own.
    let ran = query(["-r", text(&in_dir("x.scap0")), "-r", text(&in_dir("x.scap1")), "-p", "%evt.file %evt.num"]);
    for file in ["x.scap0", "x.scap1"] {
        let lines = ran.stdout.lines().filter_map(|line| line.strip_prefix(text(&in_dir(file))));
        let numbers: Vec<u64> = lines.map(|number| number.trim().parse().unwrap()).collect();
        assert!(numbers.is_sorted() && numbers.first() < Some(&20) && numbers.last() > Some(&1000), "{file}");
    }
}
