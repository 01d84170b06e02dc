//! Running both programs.

use capture_testkit::{Program, parallel};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The words of a command line, beside the capture.
#[derive(Debug, Clone)]
pub struct Case {
    words: Vec<String>,
}

impl Case {
    /// Options, and a filter that may be empty.
    pub fn new(options: &[&str], filter: &str) -> Self {
        let filter = Some(filter).filter(|text| !text.is_empty());
        Case { words: options.iter().copied().chain(filter).map(str::to_owned).collect() }
    }

    /// What it is called in the report.
    pub fn name(&self) -> String {
        if self.words.is_empty() { "(everything)".to_owned() } else { self.words.join(" ") }
    }
}

/// sysdig and our program.
pub struct Pair {
    sysdig: Program,
}

impl Pair {
    pub fn new(sysdig: Program) -> Self {
        Pair { sysdig }
    }

    /// Runs sysdig.
    pub fn sysdig<A: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = A>) -> Output {
        self.sysdig.run(words)
    }

    /// What both print for a case: sysdig, ours. `None` if sysdig refuses it.
    pub fn outputs(&self, capture: &Path, case: &Case) -> Option<(Vec<u8>, Vec<u8>)> {
        let file = capture.as_os_str();
        let theirs = self.sysdig.command().args(["-d", "-r"]).arg(file).args(&case.words).output();
        let ours = Command::new(env!("CARGO_BIN_EXE_capture"))
            .args(["query", "--view", "classic", "-r"])
            .arg(file)
            .args(&case.words)
            .env("TZ", "UTC")
            .output();
        let (Ok(theirs), Ok(ours)) = (theirs, ours) else { panic!("{}: cannot run", capture.display()) };
        theirs.status.success().then_some((theirs.stdout, ours.stdout))
    }
}

/// Does `work` for every capture and every item, several at a time, and hands over what comes out, in any order.
pub fn for_each<T: Sync, R: Send>(
    captures: &[PathBuf],
    items: &[T],
    work: impl Fn(&Path, &T) -> R + Sync,
    done: impl FnMut(R),
) {
    let pairs: Vec<(&PathBuf, &T)> =
        captures.iter().flat_map(|capture| items.iter().map(move |item| (capture, item))).collect();
    parallel(&pairs, |(capture, item)| work(capture, item), done);
}
