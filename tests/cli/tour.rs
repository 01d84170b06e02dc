//! The tour in docs/rules.md: its commands do what it says.

use crate::support::{run, shell};

/// The blocks of shell commands of a section of a text.
fn commands(text: &str, section: &str) -> Vec<String> {
    let body = text.split(&format!("\n### {section}\n")).nth(1).expect("the section");
    let body = body.split("\n###").next().unwrap_or_default();
    let blocks = body.split("\n```sh\n").skip(1);
    blocks.map(|block| block.split("\n```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_newcomer_has_a_failing_and_then_a_passing_test() {
    let dir = tempfile::tempdir().expect("a directory");
    let recorded = dir.path().join("x.cap").to_string_lossy().into_owned();
    if run(["record", "-q", "-w", &recorded, "--", "true"]).status != 0 {
        return capture_testkit::skip("nothing can be recorded here");
    }
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
    let docs = std::fs::read_to_string(docs).expect("docs/rules.md");
    let blocks = commands(&docs, "In five minutes");
    let (statuses, mut explained) = ([0, 1, 0, 0, 0], 0);
    assert_eq!(blocks.len(), statuses.len());
    for (block, status) in blocks.iter().zip(statuses) {
        let ran = shell(&format!("cd {}\nset -e\n{}", dir.path().display(), block.replace("/tmp/update", &own(&dir))));
        assert_eq!(ran.status, status, "{block}\n{ran:?}");
        if let Some((_, explain)) = ran.stdout.split_once("why not: ") {
            let explain = explain.lines().next().unwrap_or_default();
            let ran = shell(&format!("cd {}; {explain}", dir.path().display()));
            assert!(ran.stdout.contains("it does not fire"), "{explain}\n{ran:?}");
            explained += 1;
        }
    }
    assert_eq!(explained, 1);
    let ended = shell(&format!("cd {}; capture test", dir.path().display()));
    assert!(ended.stdout.ends_with("3 tests: 3 passed\n"), "{ended:?}");
}

/// A file below `/tmp` that no other test writes.
fn own(dir: &tempfile::TempDir) -> String {
    format!("/tmp/{}/update", dir.path().file_name().unwrap_or_default().to_string_lossy())
}
