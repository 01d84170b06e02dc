//! The file that a capture is written to: nobody else may read it, and it replaces no other.

use crate::status::Failure;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Creates the file of a capture; `-` is standard output.
pub fn create(path: &Path, force: bool) -> Result<Box<dyn Write + Send>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(File::from(io::stdout().as_fd().try_clone_to_owned()?)));
    }
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    let options = if force { options.create(true).truncate(true) } else { options.create_new(true) };
    match options.open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::new(format_args!("{}: is there already (--force writes over it)", path.display())))
        }
        Err(error) => Err(Failure::new(format_args!("{}: {error}", path.display()))),
    }
}
