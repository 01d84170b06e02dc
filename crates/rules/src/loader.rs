//! Loads files, one after the other.

use crate::collect::Collector;
use crate::compile::compile;
use crate::diagnostic::{Code, Context, Diagnostic, result_json};
use crate::lint::lint;
use crate::options::Options;
use crate::read::{Reader, Taker};
use crate::rule_set::RuleSet;
use crate::source::{Files, Source};
use crate::yaml;

/// How large a file may be, in bytes.
pub const MAX_FILE: usize = 64 << 20;

/// What came of loading files.
pub struct Loaded {
    /// The rules; `None` if a file has errors.
    pub rules: Option<RuleSet>,
    /// What was said of each file, and of those before it with it, in their order.
    pub results: Vec<FileResult>,
    /// The files.
    pub files: Files,
}

/// What was said of a file.
#[derive(Debug, Clone)]
pub struct FileResult {
    /// The file's name.
    pub name: String,
    /// What was said; the first error is the one that Falco reports.
    pub diagnostics: Vec<Diagnostic>,
    /// How much more there was to say.
    pub left_out: usize,
}

/// How much is said of a file.
const MAX_SAID: usize = 1000;

impl FileResult {
    /// Errors are the last to be left out.
    fn new(name: String, mut diagnostics: Vec<Diagnostic>) -> Self {
        let left_out = diagnostics.len().saturating_sub(MAX_SAID);
        if left_out > 0 {
            diagnostics.sort_by_key(|diagnostic| diagnostic.code.severity());
            diagnostics.truncate(MAX_SAID);
        }
        FileResult { name, diagnostics, left_out }
    }

    /// Whether there were no errors.
    pub fn is_good(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The result in the form of `falco -V` with JSON output. Lints have a list of their own.
    pub fn to_json(&self, files: &Files) -> serde_json::Value {
        result_json(&self.name, &self.diagnostics, files)
    }
}

/// Loads files, in this order. Everything that is wrong is reported, not just the first thing.
pub fn load(sources: Vec<Source>, options: &Options) -> Loaded {
    let mut files = Files::default();
    let mut collector = Collector::new(options);
    let mut results = Vec::new();
    let mut last = None;
    for source in sources {
        let name = source.name.clone();
        read(source, &mut files, &mut collector);
        let mut diagnostics = std::mem::take(&mut collector.diagnostics);
        let mut compiled = compile(&collector, options, &files);
        diagnostics.append(&mut compiled.diagnostics);
        last = Some(compiled);
        results.push(FileResult::new(name, diagnostics));
    }
    let is_good = results.iter().all(FileResult::is_good);
    let rules =
        last.filter(|_| is_good).map(|compiled| RuleSet::new(options.view, compiled, &collector, files.clone()));
    if let (Some(rules), Some(result)) = (&rules, results.last_mut()) {
        let mut diagnostics = std::mem::take(&mut result.diagnostics);
        diagnostics.extend(lint(rules));
        *result = FileResult::new(std::mem::take(&mut result.name), diagnostics);
    }
    Loaded { rules, results, files }
}

/// Reads one file's items.
fn read(source: Source, files: &mut Files, collector: &mut Collector<'_>) {
    let Source { name, bytes } = source;
    let is_too_large = bytes.len() > MAX_FILE;
    let text = if is_too_large { Ok(String::new()) } else { String::from_utf8(bytes) };
    let fault = match &text {
        _ if is_too_large => Some(format!("the file has more than {MAX_FILE} bytes")),
        Ok(_) => None,
        Err(error) => Some(format!("byte {} is no UTF-8", error.utf8_error().valid_up_to())),
    };
    let file = files.add(name, text.unwrap_or_default());
    let context = Context::file(file);
    if let Some(message) = fault {
        let code = if is_too_large { Code::FileRead } else { Code::YamlParse };
        return collector.say(Diagnostic::new(code, message, &context));
    }
    match yaml::parse(files.text(file), file) {
        Ok(documents) => {
            let mut reader = Reader::new(file, collector);
            documents.iter().for_each(|document| reader.document(document));
        }
        Err(error) => {
            let context = context.byte(error.at);
            collector.say(Diagnostic::new(Code::YamlParse, error.message, &context));
        }
    }
}
