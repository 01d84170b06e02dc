//! The captures that both programs are run on.

use capture_event::recording::Notice;
use capture_event::schema::{self, Dialect};
use capture_event::{EventInfo, ParamType};
use capture_scap::{Content, EventBlock, Reader};
use capture_testkit::{Form, random_capture, skip};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A capture, and which parts of it sysdig 0.29 reads at wrong places.
pub struct Subject {
    pub path: PathBuf,
    pub name: String,
    /// What sysdig takes for login uids in process lists that newer programs wrote: the lower half of another field.
    /// Empty if there are no such lists.
    pub false_logins: HashSet<i64>,
    /// Numbers of the events that have a parameter of no length, as newer programs write it.
    pub gaps: HashSet<u64>,
    /// Numbers of the events that describe a container.
    pub containers: HashSet<u64>,
    /// Whether our recorder made it, with events that sysdig passes over and we show.
    pub has_newer: bool,
    /// Whether one of the events with such a parameter is an execve without its flags.
    pub lacks_exec_flags: bool,
}

impl Subject {
    /// A capture, which is looked through.
    pub fn new(path: PathBuf, name: String) -> Self {
        let [gaps, containers] = [(); 2].map(|()| HashSet::new());
        let mut subject = Subject {
            path,
            name,
            false_logins: HashSet::new(),
            gaps,
            containers,
            has_newer: false,
            lacks_exec_flags: false,
        };
        subject.look();
        subject
    }

    fn look(&mut self) {
        let Ok(mut reader) = Reader::open(&self.path) else { return };
        let (mut events, mut is_ours) = (0, false);
        while let Some(block) = reader.next_block() {
            match block.map(|block| block.content) {
                Ok(Content::Processes(entries)) => {
                    let starts = entries.iter().filter_map(|entry| entry.tail.pidns_init_start_ts);
                    self.false_logins.extend(starts.map(|start| i64::from(start as i32)));
                }
                Ok(Content::Event(event)) => {
                    let Some(info) = schema::event(event.code, Dialect::Classic) else {
                        self.has_newer |= is_ours;
                        continue;
                    };
                    events += 1;
                    is_ours |= events == 1 && Notice::of(&event.event(&event.params())).is_some();
                    if info.name == "container" {
                        self.containers.insert(events);
                    }
                    if has_gap(&event, info, |_| true) {
                        self.gaps.insert(events);
                    }
                    self.lacks_exec_flags |=
                        info.name.starts_with("execve") && has_gap(&event, info, |name| name == "flags");
                }
                _ => {}
            }
        }
    }
}

/// Whether a parameter of such a name has no length and is not a buffer, which may well be empty.
fn has_gap(event: &EventBlock<'_>, info: &EventInfo, is_such: impl Fn(&str) -> bool) -> bool {
    let known = event.params().into_iter().zip(info.params.iter());
    known.filter(|(_, info)| info.ty != ParamType::ByteBuf && is_such(info.name)).any(|(param, _)| param.is_empty())
}

/// The captures of `fixtures/` and its scenarios, of the shared directory and of the one that `CAPTURE_EXTRA` names.
/// Those with process lists of newer programs once more as our program writes them: sysdig can read what is in these
/// lists then.
pub fn stored(scratch: &Path) -> Vec<Subject> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let scenarios = fixtures.join("scenarios");
    let extra = std::env::var_os("CAPTURE_EXTRA").map(PathBuf::from);
    let listed = |dir: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "scap")).collect()
    };
    let mut paths: Vec<PathBuf> =
        [Some(fixtures), Some(scenarios), extra].iter().flatten().flat_map(|dir| listed(dir)).collect();
    paths.sort();
    paths.extend(capture_testkit::captures());
    if paths.is_empty() {
        skip("no captures");
    }
    let mut subjects = Vec::new();
    for (number, path) in paths.into_iter().enumerate() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let subject = Subject::new(path, name);
        let copy = (!subject.false_logins.is_empty()).then(|| rewritten(&subject, scratch, number));
        subjects.push(subject);
        // Captures of newest drivers are written for newest readers.
        subjects.extend(copy.filter(|copy| copy.false_logins.is_empty()));
    }
    subjects
}

/// The capture, written by our program.
fn rewritten(subject: &Subject, scratch: &Path, number: usize) -> Subject {
    let path = scratch.join(format!("rewritten-{number}.scap"));
    let status = Command::new(env!("CARGO_BIN_EXE_capture"))
        .args(["query", "--view", "classic", "-F", "-r"])
        .arg(&subject.path)
        .arg("-w")
        .arg(&path)
        .status();
    assert!(status.is_ok_and(|status| status.success()), "{}: not written", subject.path.display());
    Subject::new(path, format!("{} rewritten", subject.name))
}

/// Random captures of classic form, several a seed: with and without losses.
pub fn random(scratch: &Path, seeds: std::ops::Range<u64>, events: usize) -> Vec<Subject> {
    let forms = [("losses", Form::Pairs), ("pairs", Form::TidyPairs)];
    let named = seeds.flat_map(|seed| forms.map(|(name, form)| (seed, name, form)));
    let written = named.map(|(seed, form_name, form)| {
        let name = format!("random-{seed}-{form_name}");
        let path = scratch.join(&name).with_extension("scap");
        random_capture(seed, events, form).write(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Subject::new(path, name)
    });
    written.collect()
}
