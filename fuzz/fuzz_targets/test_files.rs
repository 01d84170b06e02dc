//! Any bytes as a test file: all that is said of it lies in it and prints, and an update leaves a text of which no more is
//! wrong than before.
#![no_main]

use capture_rules::regress::{Case, Defaults, TestFile};
use capture_rules::{Options, RuleSet, Source, load};
use libfuzzer_sys::fuzz_target;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const RULES: &str = "
- rule: A
  desc: a program was started
  condition: evt.type = execve
  output: '%proc.name %proc.pname'
  priority: notice
- rule: B
  desc: a file was opened
  condition: evt.type in (open, openat)
  output: '%fd.name'
  priority: error
";

/// What tests are of that name nothing else.
struct World {
    defaults: Defaults,
    rules: RuleSet,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let capture = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/intrusion.scap"));
        let rules = load(vec![Source::new("rules.yaml", RULES)], &Options::default()).rules;
        let defaults = Defaults { capture: Some(capture.clone()), rules: vec![capture] };
        World { defaults, rules: rules.expect("rules that load") }
    })
}

fn read(bytes: &[u8]) -> TestFile {
    TestFile::read(Source::new("a.test.yaml", bytes), Path::new("/nowhere"), &world().defaults)
}

fn faulty(file: &TestFile) -> usize {
    file.entries.iter().filter(|entry| entry.case.is_err()).count()
}

/// The text of a file after an update for one of its cases.
fn updated(file: &TestFile, case: &Case) -> Option<String> {
    if Some(&case.capture.value) != world().defaults.capture.as_ref() {
        return None;
    }
    let config = case.config().ok()?;
    let prepared = case.prepare(&file.files, Some(world().rules.clone()), &config).ok()?;
    let seen = prepared.run(1).ok()?;
    for failure in prepared.judge(&seen) {
        assert!(!failure.message.is_empty() && failure.place.end <= file.text().len());
    }
    Some(prepared.update(&seen, &file.files).apply(file.text()))
}

fuzz_target!(|bytes: &[u8]| {
    let file = read(bytes);
    assert!(!file.entries.is_empty());
    for entry in &file.entries {
        match &entry.case {
            Err(faults) => {
                assert!(!faults.is_empty());
                for fault in faults {
                    assert!(fault.place.end <= file.text().len() && !fault.text(&file.files).is_empty());
                }
            }
            Ok(case) => {
                if let Some(text) = updated(&file, case) {
                    assert!(faulty(&read(text.as_bytes())) <= faulty(&file), "{text}");
                }
            }
        }
    }
});
