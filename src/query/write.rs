//! `-w`: the events that a filter selects as a smaller capture.
//!
//! An event means something only together with what was known when it happened. So beside the selected events a copy
//! has the capture's own lists of threads and descriptors, and, hidden, the events up to the last selected one that
//! changed what is known of the threads that selected events speak of. Lists as of the first selected event would be
//! shorter, but lists cannot say all: that a socket is not connected yet, which call is under way. They are made of
//! the replayed state ([`state`]) where the capture's own do not do: in later files of a rotation, and if only some
//! threads may be listed. Which threads matter shows only at the end, so the capture is read twice: [`select`], then
//! [`copy`].

mod bits;
mod copy;
mod select;
pub mod split;
mod state;

use super::Args;
use super::settings::{self, Job, explain};
use crate::files::{Files, Form, Rotation, refuse_same};
use crate::output::Output;
use crate::progress::Progress;
use crate::status::{End, Failure};
use capture_batch::View;
use capture_filter::{Columns, Filter};
use capture_query::{Capture, Plan};
use capture_scap::Target;
use copy::Copying;
use state::State;
use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;

/// What is written beside the selected events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What they need.
    Needed,
    /// Nothing.
    Thin,
    /// All that changes the state.
    Fat,
}

/// What the options of `-w` ask for.
pub struct Order {
    name: PathBuf,
    extent: Extent,
    form: Form,
    rotation: Rotation,
    filters_lists: bool,
}

impl Order {
    /// What the options ask for; `None` without `-w`.
    pub fn of(args: &Args) -> Result<Option<Order>, Failure> {
        let Some(name) = args.write.clone() else { return Ok(None) };
        let rotation = args.rotation.clone();
        let extent = match (args.thin, args.fatfile) {
            (true, _) => Extent::Thin,
            (_, true) => Extent::Fat,
            _ => Extent::Needed,
        };
        let form = args.form.of(&name, Form::Scap);
        Ok(Some(Order { name, extent, form, rotation, filters_lists: args.filter_proclist }))
    }
}

impl Order {
    /// What selects the threads that are listed.
    fn lists_filter(&self, job: &Job) -> Result<Option<Columns>, Failure> {
        if !self.filters_lists {
            return Ok(None);
        }
        if job.filter.is_empty() {
            return Err(Failure::new("--filter-proclist needs a filter"));
        }
        Ok(compiled(job)?.map(|filter| filter.columns()))
    }
}

/// The job's filter.
fn compiled(job: &Job) -> Result<Option<Filter>, Failure> {
    let env = job.envs.first().cloned().unwrap_or_default();
    let compile = |text: &str| Filter::compile(text, job.view, &env).map_err(|errors| explain(text, &errors));
    Some(&*job.filter).filter(|text| !text.is_empty()).map(compile).transpose()
}

/// A capture that can be read more than once.
pub struct Source {
    path: PathBuf,
    name: String,
    /// What came through a pipe; the file goes with the value.
    _spool: Option<tempfile::NamedTempFile>,
}

impl Source {
    fn new(files: &[PathBuf]) -> Result<Source, Failure> {
        let [path] = files else {
            return Err(Failure::new("-w reads one capture at a time: a capture is of one host"));
        };
        if path.is_dir() {
            return Err(Failure::new(format_args!("{}: -w reads one capture, not a directory", path.display())));
        }
        let name = path.display().to_string();
        if path.is_file() || path.as_os_str() != "-" && !path.exists() {
            return Ok(Source { path: path.clone(), name, _spool: None });
        }
        let failed = |error| Failure::new(format_args!("{name}: {error}"));
        let mut spool = tempfile::NamedTempFile::new()?;
        if path.as_os_str() == "-" {
            std::io::copy(&mut std::io::stdin().lock(), &mut spool).map_err(failed)?;
        } else {
            std::io::copy(&mut File::open(path).map_err(failed)?, &mut spool).map_err(failed)?;
        }
        Ok(Source { path: spool.path().to_owned(), name, _spool: Some(spool) })
    }

    /// Opens it once more.
    fn open(&self) -> Result<Capture, Failure> {
        Capture::open(&self.path, &*self.name).map_err(|error| Failure::new(format_args!("{}: {error}", self.name)))
    }
}

/// Whom a copy is for, of a capture that was made for a view.
fn target(natural: View, form: Form) -> Target {
    match natural {
        // Older readers are to open it.
        View::Classic if form != Form::Cap => Target::All,
        View::Classic | View::Exit => Target::Newest,
    }
}

/// Writes the copy.
pub fn run(order: Order, args: &Args, files: &[PathBuf], words: Vec<OsString>, output: Output) -> Result<End, Failure> {
    refuse_same(files, &order.name)?;
    let source = Source::new(files)?;
    let job = settings::job(args, vec![source.open()?], words, &output)?;
    let mut natural = source.open()?;
    let target = target(natural.natural_view(), order.form);
    let is_all = job.filter.is_empty() && job.times == Plan::ANY_TIME && job.limit.is_none();
    let copying = Copying {
        selected: if is_all { None } else { Some(select::select(&job, source.open()?)?) },
        extent: order.extent,
        state: State::new(&source, job.view, order.lists_filter(&job)?)?,
        lists_anew: order.filters_lists,
        files: Files::new(order.name, order.rotation.clone(), settings::zone(args))?,
        rotation: order.rotation,
        target,
        form: order.form,
    };
    let progress = Progress::new(true, natural.file_size());
    copying.run(&source, &progress)
}
