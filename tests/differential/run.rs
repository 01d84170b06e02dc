//! Running both programs.

use crate::subject::Subject;
use capture_testkit::{Program, parallel};
use std::ffi::OsStr;
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

    /// Options, and the filter.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// What it is called in the report.
    pub fn name(&self) -> String {
        if self.words.is_empty() { "(everything)".to_owned() } else { self.words.join(" ") }
    }

    /// The words for our program, where it shows events that sysdig passes over: without these, which have no number.
    fn of_numbered(&self) -> Vec<String> {
        let mut is_value = false;
        let is_option = |word: &&String| {
            let is_option = is_value || word.starts_with('-');
            is_value = !is_value && matches!(word.as_str(), "-t" | "-n" | "-p");
            is_option
        };
        let options: Vec<String> = self.words.iter().take_while(is_option).cloned().collect();
        let filter = self.words.get(options.len()..).unwrap_or_default().join(" ");
        let filter =
            if filter.is_empty() { "evt.num exists".to_owned() } else { format!("evt.num exists and ({filter})") };
        options.into_iter().chain([filter]).collect()
    }

    /// Whether lines come in an order that means nothing: the summary's, of types that occur equally often.
    pub fn has_ties(&self) -> bool {
        self.words.iter().any(|word| word == "-S")
    }
}

/// What became of a case.
pub enum Outcome {
    /// What both print: sysdig, ours.
    Both(Vec<u8>, Vec<u8>),
    /// sysdig refuses it, and says why.
    Refused(String),
    /// sysdig was ended by a signal.
    Crashed,
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

    /// Runs both. Panics if one of them cannot be started.
    pub fn outputs(&self, subject: &Subject, case: &Case) -> Outcome {
        let file = subject.path.as_os_str();
        let theirs = self.sysdig.command().args(["-d", "-r"]).arg(file).args(&case.words).output();
        let ours = Command::new(env!("CARGO_BIN_EXE_capture"))
            .args(["query", "--view", "classic", "-r"])
            .arg(file)
            .args(if subject.has_newer { case.of_numbered() } else { case.words.clone() })
            .env("TZ", "UTC")
            .output();
        let (Ok(theirs), Ok(ours)) = (theirs, ours) else { panic!("{}: cannot run", subject.name) };
        match theirs.status.code() {
            Some(0) => Outcome::Both(theirs.stdout, ours.stdout),
            Some(_) => {
                let said = String::from_utf8_lossy(&theirs.stderr);
                Outcome::Refused(said.lines().next().unwrap_or_default().to_owned())
            }
            None => Outcome::Crashed,
        }
    }
}

/// Does `work` for every capture and every item, several at a time, and hands over what comes out, in any order.
pub fn for_each<'s, T: Sync, R: Send>(
    subjects: &'s [Subject],
    items: &'s [T],
    work: impl Fn(&'s Subject, &'s T) -> R + Sync,
    done: impl FnMut(R),
) {
    let pairs: Vec<(&Subject, &T)> =
        subjects.iter().flat_map(|subject| items.iter().map(move |item| (subject, item))).collect();
    parallel(&pairs, |(subject, item)| work(subject, item), done);
}
