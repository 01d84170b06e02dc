//! Compares the exit view with what the newest libraries were measured to do: which filters they accept, how many
//! events match, and what every field prints (`golden/` of the shared directory; its README says how it was made).
//!
//! A difference must belong to one of the classes in [`known`], which `docs/differences.md` explains. Words on the
//! command line select filters and groups of fields that contain them.

mod fields;
mod filters;
mod known;

use capture_testkit::{shared_dir, skip};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let Some(shared) = shared_dir().filter(|dir| dir.join("golden").is_dir()) else {
        skip("no golden results (set CAPTURE_SHARED)");
        return ExitCode::SUCCESS;
    };
    let golden = Golden { shared };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));
    let filters = filters::compare(&golden, is_wanted);
    let fields = fields::compare(&golden, is_wanted);
    if filters && fields { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where the golden results and their captures are.
pub struct Golden {
    shared: PathBuf,
}

impl Golden {
    /// A file of golden results.
    pub fn file(&self, name: &str) -> PathBuf {
        self.shared.join("golden").join(name)
    }

    /// A capture by its name in golden results.
    pub fn capture(&self, name: &str) -> PathBuf {
        self.shared.join("captures").join(format!("{name}.scap"))
    }

    /// Our program, reading a capture in the exit view.
    pub fn query(&self, capture: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_capture"));
        command.args(["query", "--view", "exit", "-r"]).arg(self.capture(capture)).env("TZ", "UTC");
        command
    }
}
