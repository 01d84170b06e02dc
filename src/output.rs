//! Standard output: results and nothing else.

use crate::escape;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// What comes soon after what went out last is held back for so long.
const HELD: Duration = Duration::from_millis(50);

/// Standard output, buffered: the first lines go out at once, and later ones soon after they come. On a terminal, with
/// `--unbuffered` and when a pipe is read lines go out as they come.
pub struct Output {
    sink: BufWriter<File>,
    flush_lines: bool,
    terminal: bool,
    /// When something went out last.
    sent: Option<Instant>,
}

impl Output {
    /// Takes standard output. With `unbuffered` nothing is held back.
    pub fn stdout(unbuffered: bool) -> io::Result<Self> {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        // The library's handle flushes at every line feed; a file over the same descriptor does not.
        Ok(Output::to(File::from(stdout.as_fd().try_clone_to_owned()?), unbuffered || terminal, terminal))
    }

    fn to(file: File, flush_lines: bool, terminal: bool) -> Self {
        Output { sink: BufWriter::with_capacity(1 << 16, file), flush_lines, terminal, sent: None }
    }

    /// From now on lines go out as they come.
    pub fn flush_lines(&mut self) {
        self.flush_lines = true;
    }

    /// Whether a person looks at it.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Whether it may be coloured: on a terminal, unless `NO_COLOR` is set.
    pub fn has_colour(&self) -> bool {
        self.terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// Writes bytes, whole lines as a rule.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.sink.write_all(bytes).map_err(named)?;
        if self.flush_lines || self.sent.is_none_or(|sent| sent.elapsed() >= HELD) {
            self.sink.flush().map_err(named)?;
            self.sent = Some(Instant::now());
        }
        Ok(())
    }

    /// Writes text with lines of its own. Names and values in it may come from a capture or a file: a terminal does not
    /// obey them.
    pub fn write_text(&mut self, text: &str) -> io::Result<()> {
        if !self.terminal {
            return self.write(text.as_bytes());
        }
        self.write(escape::in_lines(text.as_bytes()).as_bytes())
    }

    /// Sends out what is still held back. Errors of writing may first show here.
    pub fn finish(mut self) -> io::Result<()> {
        self.sink.flush().map_err(named)
    }
}

/// Goes on, unless writing failed: the error is kept, to be told when all that works on results has ended.
pub fn or_stop(written: io::Result<()>, failed: &mut Option<io::Error>) -> ControlFlow<()> {
    match written {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            *failed = Some(error);
            ControlFlow::Break(())
        }
    }
}

/// The error with the place that it is about.
fn named(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::Output;

    #[test]
    fn the_first_lines_do_not_wait_for_more() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let sent = || std::fs::read_to_string(file.path()).unwrap();
        let mut output = Output::to(file.reopen().unwrap(), false, false);
        output.write(b"").unwrap();
        output.write(b"first\n").unwrap();
        assert_eq!(sent(), "first\n");
        output.write(b"second\n").unwrap();
        output.finish().unwrap();
        assert_eq!(sent(), "first\nsecond\n");
    }
}
