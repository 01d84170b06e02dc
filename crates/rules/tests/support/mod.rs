//! Rules and batches to try them on.

use capture_batch::{Batch, Interest, Needs, View};
use capture_machine::{Piece, Replay};
use capture_rules::{Options, RuleSet, Source, load};
use capture_scap::Reader;
use capture_testkit::{Form, captures, random_capture, shared_dir};
use std::path::{Path, PathBuf};

/// Rules that look at what lies before an event, that hold often, and that share macros.
const MORE: &str = "
- macro: opened
  condition: evt.type in (open, openat, openat2, creat)
- macro: quiet
  condition: proc.name in (cat, sh) or fd.name startswith /etc
- rule: Ordered
  desc: d
  condition: evt.type in (openat, close, read) and not quiet and evt.deltatime > 1000
  output: o
  priority: debug
- rule: Often
  desc: d
  condition: opened and not quiet
  output: o
  priority: debug
- rule: Oftener
  desc: d
  condition: opened or (quiet and evt.rawres >= 0)
  output: o
  priority: debug
- rule: Ordered last
  desc: d
  condition: evt.deltatime < 100000 and (quiet or evt.deltatime > 50000)
  output: o
  priority: debug
";

/// Our rules, those above, and for the exit view the public ones where they are.
pub fn rules(view: View) -> RuleSet {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let public = shared_dir().map(|shared| shared.join("rules"));
    let directories = [public, Some(own)].into_iter().flatten().filter(|_| view == View::Exit);
    let mut sources = Vec::new();
    for directory in directories {
        let mut files: Vec<_> = directory.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
        files.sort();
        let read = |file: &PathBuf| Source::new(file.display().to_string(), std::fs::read(file).unwrap());
        sources.extend(files.iter().map(read));
    }
    sources.push(Source::new("more.yaml", MORE));
    load(sources, &Options { view, ..Options::default() }).rules.unwrap()
}

/// Captures: random ones, ours, and those that are shared.
pub struct Captures {
    pub paths: Vec<PathBuf>,
    _random: Vec<tempfile::NamedTempFile>,
}

/// Captures to try rules on.
pub fn files() -> Captures {
    let forms = [(1, Form::Pairs), (2, Form::ExitOnly), (3, Form::TidyPairs), (4, Form::ExitOnly)];
    let random = forms.map(|(seed, form)| random_capture(seed, 3000, form).to_file().unwrap());
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let fixtures = ["", "scenarios"].into_iter().flat_map(|part| fixtures.join(part).read_dir().unwrap());
    let fixtures = fixtures.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = random.iter().map(|file| file.path().to_owned()).collect();
    paths.extend(fixtures.filter(|path| path.extension().is_some_and(|end| end == "scap")));
    paths.extend(captures());
    Captures { paths, _random: random.into() }
}

/// The batches of a capture; with an interest those rows that it wants.
pub fn batches(path: &Path, view: View, needs: Needs, interest: Option<Box<dyn Interest>>) -> Vec<Batch> {
    let mut replay = Replay::new(Reader::open(path).unwrap(), view, needs, "");
    replay.set_batch_rows(300);
    if let Some(interest) = interest {
        replay = replay.only(interest);
    }
    let pieces = std::iter::from_fn(|| replay.next_piece());
    pieces.filter_map(|piece| if let Piece::Batch(batch) = piece { Some(batch) } else { None }).collect()
}
