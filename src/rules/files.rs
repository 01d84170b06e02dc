//! Which rule files, and how they are read.

use crate::query::ViewName;
use crate::report;
use crate::status::Failure;
use capture_rules::{FileResult, Files, Loaded, Options, RuleSet, Source, load};
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Rule files and how they are read.
#[derive(clap::Args)]
pub struct RuleFiles {
    /// Rule files, in the order in which they are loaded: later ones change earlier ones. A directory stands for the
    /// `.yaml` and `.yml` files in it, by name; `-` is standard input.
    #[arg(value_name = "RULES", required = true)]
    pub paths: Vec<PathBuf>,
    /// How they are read.
    #[command(flatten)]
    pub reading: Reading,
}

/// How rule files are read.
#[derive(clap::Args)]
pub struct Reading {
    /// The view that the rules are for: `exit`, as in Falco today, or `classic`, for rules from the days of enter
    /// events.
    #[arg(long, value_enum, default_value_t = ViewName::Exit)]
    view: ViewName,
    /// Replace names of lists in the text of conditions, as Falco does, where that means something else than replacing
    /// values by values.
    #[arg(long)]
    falco_quirks: bool,
}

impl Reading {
    /// How the files are read.
    pub fn options(&self) -> Options {
        Options { view: self.view.view(), falco_quirks: self.falco_quirks, ..Options::default() }
    }
}

impl RuleFiles {
    /// Loads the files.
    pub fn load(&self) -> Result<Loaded, Failure> {
        load_files(&self.paths, &self.reading.options())
    }

    /// The rules of the files, if they load; else what is wrong with them is said.
    pub fn rules(&self) -> Result<RuleSet, Failure> {
        rules(&self.paths, &self.reading.options())
    }
}

/// The rules of files, if they load; else what is wrong with them is said.
pub fn rules(paths: &[PathBuf], options: &Options) -> Result<RuleSet, Failure> {
    let loaded = load_files(paths, options)?;
    loaded.rules.clone().ok_or_else(|| {
        errors(&loaded).iter().for_each(|text| report::note(text));
        Failure::new("the rules do not load")
    })
}

/// Loads rule files, in their order; a directory stands for those in it.
pub fn load_files(paths: &[PathBuf], options: &Options) -> Result<Loaded, Failure> {
    let mut sources = Vec::new();
    for path in paths {
        for file in in_directory(path)? {
            sources.push(source(&file)?);
        }
    }
    Ok(load(sources, options))
}

/// The file itself, or the rule files of a directory.
fn in_directory(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let named = |error| Failure::new(format_args!("{}: {error}", path.display()));
    let entries: Result<Vec<PathBuf>, _> =
        path.read_dir().map_err(named)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut files = entries.map_err(named)?;
    files.retain(|file| file.is_file() && file.extension().is_some_and(|end| end == "yaml" || end == "yml"));
    files.sort();
    if files.is_empty() {
        return Err(Failure::new(format_args!("{}: no .yaml or .yml file", path.display())));
    }
    Ok(files)
}

fn source(path: &Path) -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    // One byte more than may be is enough to see that there are too many.
    let limit = capture_rules::MAX_FILE as u64 + 1;
    let read = match path.to_str() {
        Some("-") => std::io::stdin().take(limit).read_to_end(&mut bytes),
        _ => std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
    };
    read.map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))?;
    let name = if path.as_os_str() == "-" { "standard input".into() } else { path.display().to_string() };
    Ok(Source::new(name, bytes))
}

/// What keeps files from being loaded, each thing once.
pub fn errors(loaded: &Loaded) -> Vec<String> {
    let mut said = each_once(&loaded.results, &loaded.files);
    said.retain(|text| text.starts_with("error"));
    said
}

/// What was said, each thing once: a file is compiled with all before it, so that what is wrong with those is found
/// again.
pub fn each_once(results: &[FileResult], files: &Files) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = results.iter().flat_map(|result| &result.diagnostics);
    all.map(|diagnostic| diagnostic.text(files)).filter(|text| seen.insert(text.clone())).collect()
}
