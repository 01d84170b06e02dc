//! Writing what was seen into test files.

use super::suite::FileRun;
use crate::report;
use crate::status::Failure;
use capture_rules::Source;
use capture_rules::regress::{Defaults, TestFile};
use similar::TextDiff;
use std::io::Write;
use std::path::Path;

/// Changes a test file so that it expects what was seen, and gives the difference; `None` if there is none.
pub fn write(run: &FileRun, defaults: &Defaults) -> Result<Option<String>, Failure> {
    let changed = run.edits.apply(&run.text);
    if changed == run.text {
        return Ok(None);
    }
    let name = run.path.display().to_string();
    if faulty(&run.path, &changed, defaults) > faulty(&run.path, &run.text, defaults) {
        report::note(&format!("{name}: what was seen cannot be written into the text as it is; nothing is changed"));
        return Ok(None);
    }
    let difference = TextDiff::from_lines(&*run.text, &*changed).unified_diff().header(&name, &name).to_string();
    replace(&run.path, &changed).map_err(|error| Failure::new(format_args!("{name}: {error}")))?;
    Ok(Some(difference))
}

/// How many tests of a text cannot be run.
fn faulty(path: &Path, text: &str, defaults: &Defaults) -> usize {
    let directory = path.parent().unwrap_or(Path::new(""));
    let file = TestFile::read(Source::new("", text), directory, defaults);
    file.entries.iter().filter(|entry| entry.case.is_err()).count()
}

/// Puts a new file in the place of an old one, so that no moment sees half of it.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(path.metadata()?.permissions())?;
    file.persist(&path)?;
    Ok(())
}
