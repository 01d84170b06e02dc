//! Which test files.

use crate::status::Failure;
use std::path::{Path, PathBuf};

/// The endings of test files.
const ENDINGS: [&str; 2] = [".test.yaml", ".test.yml"];

/// The files that are named, those of directories by name.
pub fn test_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let failed = |error| Failure::new(format_args!("{}: {error}", path.display()));
        if path.metadata().map_err(failed)?.is_dir() {
            // Names are shown as one would type them.
            let shown = if path.as_os_str() == "." { Path::new("") } else { path };
            let before = files.len();
            below(path, shown, &mut files).map_err(failed)?;
            if files.len() == before {
                return Err(Failure::new(format_args!(
                    "{}: no file called *.test.yaml in it or below",
                    path.display()
                )));
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// Adds the test files of a directory and those below it: not of hidden ones, nor where links lead.
fn below(directory: &Path, shown: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = directory.read_dir()?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (name, shown) = (entry.file_name(), shown.join(entry.file_name()));
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        if entry.file_type()?.is_dir() && !is_hidden {
            below(&entry.path(), &shown, files)?;
        } else if ENDINGS.iter().any(|ending| name.as_encoded_bytes().ends_with(ending.as_bytes())) && !is_hidden {
            files.push(shown);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_stand_for_the_test_files_below() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.test.yaml", "a/c.test.yml", "a/rules.yaml", ".hidden/d.test.yaml", ".e.test.yaml", "empty/x"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = test_files(&[dir.path().to_owned(), dir.path().join("a/rules.yaml")]).unwrap();
        assert_eq!(found, ["a/c.test.yml", "b.test.yaml", "a/rules.yaml"].map(|name| dir.path().join(name)));
        assert!(test_files(&[dir.path().join("empty")]).is_err());
        assert!(test_files(&[dir.path().join("nothing")]).is_err());
    }
}
