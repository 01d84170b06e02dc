//! From options to what is to be done: which captures, which view, which events, printed how.

use super::{Args, TimeType, default_format, gaps, hosts};
use crate::output::Output;
use crate::report;
use crate::status::Failure;
use crate::{moment, threads};
use capture_batch::View;
use capture_filter::format::preset;
use capture_filter::hosts::are_asked_for;
use capture_filter::{BufferFormat, Env, Filter, FilterError, FilterWarning};
use capture_query::Capture;
use jiff::tz::TimeZone;
use std::ffi::OsString;
use std::ops::Range;

/// What is to be done.
pub struct Job {
    /// Where the events come from.
    pub captures: Vec<Capture>,
    /// Which view is shown.
    pub view: View,
    /// The filter's text; empty for none.
    pub filter: String,
    /// Times of the events that are looked at, ns since the epoch.
    pub times: Range<u64>,
    /// How many selected events are looked at.
    pub limit: Option<u64>,
    /// How selected events are shown.
    pub show: Show,
    /// How fields print. Each capture has its own names of hosts.
    pub envs: Vec<Env>,
    /// Whether internal events are shown.
    pub internal: bool,
    /// Whether events are counted by type.
    pub summary: bool,
    /// Whether statistics are printed at the end.
    pub verbose: bool,
    /// Whether it is said how the filter is evaluated, and what was done.
    pub explain: bool,
    /// How many threads evaluate and print.
    pub threads: usize,
    /// Whether progress is shown.
    pub progress: bool,
    /// Whether results go to a terminal.
    pub on_terminal: bool,
}

/// How selected events are shown.
pub enum Show {
    /// Not at all.
    Nothing,
    /// A line each, in this format.
    Lines(String),
    /// A JSON object each, with the fields of this format.
    Json(String),
    /// A row of a table, with these fields.
    Table(Vec<String>),
}

impl Job {
    /// Whether the filter or what is printed asks for names of hosts.
    pub fn names_hosts(&self) -> bool {
        let printed = match &self.show {
            Show::Nothing => String::new(),
            Show::Lines(text) | Show::Json(text) => text.clone(),
            Show::Table(fields) => fields.join(" "),
        };
        are_asked_for(&self.filter) || are_asked_for(&printed)
    }
}

/// What the options ask for, of these captures.
pub fn job(args: &Args, mut captures: Vec<Capture>, words: Vec<OsString>, output: &Output) -> Result<Job, Failure> {
    let view = match args.view {
        Some(name) => name.view(),
        None => natural_view(&mut captures),
    };
    let zone = zone(args);
    let filter = filter_text(words)?;
    let env = env(args, view, &zone);
    let compiled = compile(&filter, view, &env)?;
    if let Some(compiled) = &compiled {
        gaps::warn(compiled, &filter, &mut captures);
    }
    let names = compiled.map(|filter| filter.host_names().to_vec()).unwrap_or_default();
    let envs = hosts::envs(env, args.hosts.as_deref(), args.resolve, &names, captures.len())?;
    let first_ts = captures.iter_mut().filter_map(Capture::first_ts).min().unwrap_or(0);
    Ok(Job {
        captures,
        view,
        filter,
        times: args.between.resolve(first_ts, &zone),
        limit: args.numevents,
        show: show(args, output),
        envs,
        internal: args.debug,
        summary: args.summary,
        verbose: args.verbose,
        explain: args.explain,
        threads: args.threads.map_or_else(threads::available, usize::from),
        progress: args.progress,
        on_terminal: output.is_terminal(),
    })
}

/// The view for captures of which the user said nothing: the classic one if all that have events were
/// made for it.
fn natural_view(captures: &mut [Capture]) -> View {
    let views = captures.iter_mut().filter_map(|capture| capture.first_ts().map(|_| capture.natural_view()));
    let mut views = views.peekable();
    if views.peek().is_some() && views.all(|view| view == View::Classic) {
        report::note("the classic view: enter and exit events (--view exit shows exit events only)");
        View::Classic
    } else {
        report::note("the exit view: exit events only (--view classic shows all events as they are stored)");
        View::Exit
    }
}

/// The zone of times of day.
pub fn zone(args: &Args) -> TimeZone {
    moment::zone(args.utc)
}

/// The filter, in its words.
pub fn filter_text(words: Vec<OsString>) -> Result<String, Failure> {
    let words: Result<Vec<String>, _> = words.into_iter().map(OsString::into_string).collect();
    match words {
        Ok(words) => Ok(words.join(" ")),
        Err(word) => Err(Failure::new(format_args!("the filter is not UTF-8: {}", word.display()))),
    }
}

/// Compiles a filter; an empty text is none. Warnings go to stderr.
pub fn compile(text: &str, view: View, env: &Env) -> Result<Option<Filter>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    let filter = Filter::compile(text, view, env).map_err(|errors| explain(text, &errors))?;
    filter.warnings().iter().for_each(|warning: &FilterWarning| report::note(&warning.render(text)));
    Ok(Some(filter))
}

/// All faults of a filter or format, each with its place.
pub fn explain(text: &str, errors: &[FilterError]) -> Failure {
    let rendered: Vec<String> = errors.iter().map(|error| error.render(text)).collect();
    Failure::new(rendered.join("\n"))
}

fn env(args: &Args, view: View, zone: &TimeZone) -> Env {
    let encodings = [
        (args.print_hex, BufferFormat::Hex),
        (args.print_hex_ascii, BufferFormat::HexAscii),
        (args.print_ascii, BufferFormat::Ascii),
        (args.print_base64, BufferFormat::Base64),
    ];
    let chosen = encodings.into_iter().find(|(is_chosen, _)| *is_chosen);
    Env {
        buffer_format: chosen.map_or(BufferFormat::Dots, |(_, format)| format),
        buffer_limit: (view == View::Classic && !args.verbose && !args.json).then_some(BUFFER_LIMIT),
        time_output: TimeType::output(args.timetype),
        name_ports: args.resolve_ports,
        ..Env::in_zone(zone.clone())
    }
}

/// So many bytes of a buffer or long argument are printed as text in the classic view without `-v`. The newest
/// libraries cut nothing.
const BUFFER_LIMIT: usize = 80;

fn show(args: &Args, output: &Output) -> Show {
    if args.quiet {
        return Show::Nothing;
    }
    if let Some(fields) = &args.table {
        return Show::Table(fields.split(',').map(|field| field.trim().to_owned()).collect());
    }
    let format = match &args.print {
        Some(text) => preset::by_name(text).unwrap_or(text),
        None if args.json => preset::DEFAULT,
        None => default_format(output),
    };
    if args.json { Show::Json(format.to_owned()) } else { Show::Lines(format.to_owned()) }
}
