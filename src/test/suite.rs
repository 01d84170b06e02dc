//! Running the tests of several files, all at once.

use super::outcome::{Outcome, Problem};
use crate::rules::files::{errors, load_files};
use crate::status::Failure;
use crate::threads;
use capture_batch::View;
use capture_rules::regress::{Case, Defaults, Edits, Entry, Fault, TestFile};
use capture_rules::{AppendOutput, Options, RuleSet, Source};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The tests of a file, after they were run.
pub struct FileRun {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// How each test ended.
    pub outcomes: Vec<Outcome>,
    /// What is to be changed in the text so that it expects what was seen.
    pub edits: Edits,
}

/// Runs the tests of files.
pub fn run(paths: &[PathBuf], defaults: &Defaults) -> Result<Vec<FileRun>, Failure> {
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))?;
        let directory = path.parent().unwrap_or(Path::new(""));
        Ok(TestFile::read(Source::new(path.display().to_string(), bytes), directory, defaults))
    };
    let files = paths.iter().map(read).collect::<Result<Vec<TestFile>, Failure>>()?;
    let all: Vec<(&TestFile, &Entry)> =
        files.iter().flat_map(|file| file.entries.iter().map(move |entry| (file, entry))).collect();
    // A test by itself may have all of the machine.
    let runner = Runner { rules: Rules::default(), threads: if all.len() == 1 { threads::available() } else { 1 } };
    let ended: Vec<(Outcome, Edits)> = all.into_par_iter().map(|(file, entry)| runner.entry(file, entry)).collect();
    let mut ended = ended.into_iter();
    let of_file = |(path, file): (&PathBuf, &TestFile)| {
        let (mut outcomes, mut edits) = (Vec::new(), Edits::default());
        for (outcome, own) in ended.by_ref().take(file.entries.len()) {
            outcomes.push(outcome);
            edits.add(own);
        }
        FileRun { path: path.clone(), text: file.text().to_owned(), outcomes, edits }
    };
    Ok(paths.iter().zip(&files).map(of_file).collect())
}

struct Runner {
    rules: Rules,
    threads: usize,
}

impl Runner {
    fn entry(&self, file: &TestFile, entry: &Entry) -> (Outcome, Edits) {
        let files = &file.files;
        let mut outcome = Outcome {
            file: files.name(entry.place.file).to_owned(),
            name: entry.name.clone(),
            at: files.position(entry.place.file, entry.place.start),
            problems: Vec::new(),
            damage: Vec::new(),
        };
        let mut edits = Edits::default();
        let ran = match &entry.case {
            Ok(case) => self.case(case, file, &mut outcome, &mut edits),
            Err(faults) => Err(faults.clone()),
        };
        if let Err(faults) = ran {
            outcome.problems = faults.iter().map(|fault| Problem::fault(fault, files)).collect();
        }
        (outcome, edits)
    }

    fn case(&self, case: &Case, file: &TestFile, outcome: &mut Outcome, edits: &mut Edits) -> Result<(), Vec<Fault>> {
        let config = case.config()?;
        let rules = match case.needs_rules() {
            true => Some(self.rules.load(case, &config.append_output).map_err(|error| vec![case.rules_fault(error)])?),
            false => None,
        };
        let prepared = case.prepare(&file.files, rules, &config)?;
        let seen = prepared.run(self.threads).map_err(|fault| vec![fault])?;
        let failures = prepared.judge(&seen);
        if !failures.is_empty() {
            *edits = prepared.update(&seen, &file.files);
        }
        outcome.problems = failures.into_iter().map(|failure| Problem::failure(failure, &file.files)).collect();
        outcome.damage = seen.damage;
        Ok(())
    }
}

/// Rules that were loaded, for all tests that have the same.
#[derive(Default)]
struct Rules(Mutex<HashMap<(Vec<PathBuf>, View, Vec<AppendOutput>), Slot>>);

type Slot = Arc<OnceLock<Result<RuleSet, String>>>;

impl Rules {
    /// The rules of a case. The error is what is wrong with them.
    fn load(&self, case: &Case, append_output: &[AppendOutput]) -> Result<RuleSet, String> {
        let paths: Vec<PathBuf> = case.rules.iter().map(|path| path.value.clone()).collect();
        let key = (paths.clone(), case.view, append_output.to_vec());
        let slot = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        let load = || {
            let options = Options { view: case.view, append_output: append_output.to_vec(), ..Options::default() };
            match load_files(&paths, &options) {
                Ok(loaded) => {
                    loaded.rules.clone().ok_or_else(|| format!("the rules do not load\n{}", errors(&loaded).join("\n")))
                }
                Err(Failure::Message(message)) => Err(message),
                Err(Failure::OutputClosed) => Err("the rules cannot be read".to_owned()),
            }
        };
        slot.get_or_init(load).clone()
    }
}
