//! Where alerts go.

use crate::output::Output;
use crate::status::Failure;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Standard output, a file, a program: as many of them as were asked for.
pub struct Sinks {
    stdout: Option<Output>,
    file: Option<BufWriter<File>>,
    program: Option<Child>,
}

impl Sinks {
    /// Opens them.
    pub fn new(is_quiet: bool, file: Option<&Path>, program: Option<&str>) -> Result<Sinks, Failure> {
        let open = |path: &Path| {
            let file = OpenOptions::new().append(true).create(true).open(path);
            file.map(BufWriter::new).map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))
        };
        let start = |program: &str| {
            let child = Command::new("sh").arg("-c").arg(program).stdin(Stdio::piped()).spawn();
            child.map_err(|error| Failure::new(format_args!("--exec {program}: {error}")))
        };
        let stdout = (!is_quiet).then(|| Output::stdout(false)).transpose()?;
        Ok(Sinks { stdout, file: file.map(open).transpose()?, program: program.map(start).transpose()? })
    }

    /// Writes a line to all.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if let Some(stdout) = &mut self.stdout {
            stdout.write(line)?;
        }
        if let Some(file) = &mut self.file {
            file.write_all(line)?;
        }
        match self.program.as_mut().and_then(|program| program.stdin.as_mut()) {
            Some(stdin) => stdin.write_all(line).map_err(|error| named("the program of --exec", &error)),
            None => Ok(()),
        }
    }

    /// Sends out what is held back, and waits for the program.
    pub fn finish(self) -> Result<(), Failure> {
        if let Some(stdout) = self.stdout {
            stdout.finish()?;
        }
        if let Some(mut file) = self.file {
            file.flush()?;
        }
        let Some(mut program) = self.program else { return Ok(()) };
        drop(program.stdin.take());
        match program.wait()? {
            status if status.success() => Ok(()),
            status => Err(Failure::new(format_args!("the program of --exec ended with {status}"))),
        }
    }
}

/// An error that is not mistaken for one of standard output.
fn named(what: &str, error: &io::Error) -> io::Error {
    io::Error::other(format!("{what}: {error}"))
}
