//! Material that tests share but the repository does not hold.

use std::path::{Path, PathBuf};

/// The directory of shared captures and golden results: `CAPTURE_SHARED`, or `shared` beside the repository.
pub fn shared_dir() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let dir = std::env::var_os("CAPTURE_SHARED").map_or(beside, PathBuf::from);
    dir.is_dir().then(|| dir.canonicalize().unwrap_or(dir))
}

/// Every shared capture, in the order of their names; those with exit events only come last. None, with a message,
/// where there is no shared directory.
pub fn captures() -> Vec<PathBuf> {
    let Some(shared) = shared_dir() else {
        skip("no shared captures (set CAPTURE_SHARED)");
        return Vec::new();
    };
    ["captures", "captures/exit-only"].iter().flat_map(|dir| scap_files(&shared.join(dir))).collect()
}

fn scap_files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "scap")).collect();
    files.sort();
    files
}

/// Says why a test, or a part of it, does not run here.
pub fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
}
