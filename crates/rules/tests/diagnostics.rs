//! What we say of rule files, case by case: `diagnostics/NAME.yaml` is a rule file, `NAME.expected` beside it what is
//! said of it. With `UPDATE=1` the test writes those files instead; review them before you commit.

use capture_rules::{Options, Source, load};
use std::path::{Path, PathBuf};

fn cases() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    cases.sort();
    cases
}

fn said(case: &Path) -> String {
    let name = case.file_name().unwrap().to_string_lossy();
    let loaded = load(vec![Source::new(name, std::fs::read(case).unwrap())], &Options::default());
    let texts =
        loaded.results[0].diagnostics.iter().map(|diagnostic| format!("{}\n\n", diagnostic.text(&loaded.files)));
    let end = match &loaded.rules {
        Some(rules) => format!("loads: {} rules, {} skipped\n", rules.rules().len(), rules.skipped()),
        None => "does not load\n".to_owned(),
    };
    texts.chain([end]).collect()
}

#[test]
fn faults_are_said_as_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let cases = cases();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in cases {
        let (expected, said) = (case.with_extension("expected"), said(&case));
        if update {
            std::fs::write(&expected, &said).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "these say something else than lies beside them:\n{}", wrong.join("\n"));
}
