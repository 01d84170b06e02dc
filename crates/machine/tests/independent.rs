//! The document is enough: a reader in another language, written from it alone, prints the same events.

use capture_cap::Writer;
use capture_machine::native::Followers;
use capture_scap::{Content, Reader};
use capture_testkit::{captures, parallel, skip};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A capture as a `.cap` with small batches, and its events as the reader prints them.
fn converted(path: &Path, to: &Path) -> String {
    let mut reader = Reader::open(path).unwrap();
    let writer = Writer::binding(std::fs::File::create(to).unwrap(), Box::new(Followers::new())).unwrap();
    let mut writer = writer.with_batch_events(3000);
    let (mut lines, mut number) = (String::new(), 0);
    while let Some(block) = reader.next_block() {
        let Ok(block) = block else { continue };
        writer.block(&block).unwrap();
        let Content::Event(event) = &block.content else { continue };
        let (params, options) = (event.params(), event.options());
        let raw = event.raw(&params, &options);
        number += 1;
        let params: Vec<String> = raw.params.iter().map(|param| hex(param)).collect();
        let head = [raw.ts as i128, raw.cpu.into(), raw.tid.into(), raw.code.into(), raw.dump_flags.into()];
        let head: Vec<String> = head.iter().map(i128::to_string).collect();
        let _ = write!(lines, "{number} {} {}", head.join(" "), params.join(","));
        if !raw.surplus.is_empty() {
            let _ = write!(lines, " +{}", hex(raw.surplus));
        }
        for option in raw.options {
            let _ = write!(lines, " {}:{}", option.code, hex(option.value));
        }
        lines.push('\n');
    }
    writer.finish().unwrap();
    lines
}

#[test]
fn another_reader_prints_the_same_events() {
    for tool in ["python3", "zstd"] {
        if Command::new(tool).arg("--version").output().is_err() {
            return skip(&format!("{tool} is not installed"));
        }
    }
    let fixtures = std::fs::read_dir(root().join("fixtures")).unwrap().map(|entry| entry.unwrap().path());
    let scenarios = std::fs::read_dir(root().join("fixtures/scenarios")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = fixtures
        .chain(scenarios)
        .chain(captures())
        .filter(|path| path.extension().is_some_and(|extension| extension == "scap"))
        .collect();
    let directory = tempfile::tempdir().unwrap();
    let check = |path: &PathBuf| {
        let cap = directory.path().join(path.file_name().unwrap()).with_extension("cap");
        let expected = converted(path, &cap);
        let output = Command::new("python3").arg(root().join("tests/cap_reader.py")).arg(&cap).output().unwrap();
        let (found, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // It knows no sections but those that it needs.
        let is_sound = said.lines().all(|line| line.ends_with("are passed over"));
        assert!(output.status.success() && is_sound, "{}: {said}", path.display());
        for (found, expected) in found.lines().zip(expected.lines()) {
            assert_eq!(found, expected, "{}", path.display());
        }
        assert_eq!(found.lines().count(), expected.lines().count(), "{}", path.display());
        expected.lines().count()
    };
    parallel(&files, check, |_| {});
}
