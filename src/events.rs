//! `capture events`: the event types that captures hold.

use crate::output::Output;
use crate::query::ViewName;
use crate::status::{End, Failure};
use capture_event::schema::{self, Category, Dialect, EventFlags, EventInfo};
use capture_event::{FlagTable, ParamInfo};
use std::fmt::Write;

/// List event types with their parameters, or describe one.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture events                 every event type, one a line
  capture events --view classic  as sysdig 0.29 knows them
  capture events openat          openat in both views: parameters, types, flags

Exit status:
  0  good
  2  no such event type")]
pub struct Args {
    /// Describe the event types of this name.
    name: Option<String>,
    /// List the types of this view.
    #[arg(long, value_enum, default_value_t = ViewName::Exit)]
    view: ViewName,
}

/// Prints the list or the description.
pub fn run(args: Args) -> Result<End, Failure> {
    let text = match &args.name {
        Some(name) => describe(name)?,
        None => list(args.view.view().dialect()),
    };
    let mut output = Output::stdout(false)?;
    output.write(text.as_bytes())?;
    output.finish()?;
    Ok(End::Good)
}

/// The event types of a dialect, one a line, as `sysdig -L` lists them.
pub fn list(dialect: Dialect) -> String {
    let mut text = String::new();
    for info in schema::events(dialect) {
        let left_out = EventFlags::UNUSED | EventFlags::OLD_VERSION;
        if !info.flags.intersects(left_out) && info.category != Category::Internal {
            let params = info.params.iter().map(|p| format!("{} {}", p.ty.name(), p.name)).collect::<Vec<_>>();
            let _ = writeln!(text, "{} {}({})", direction(info), info.name, params.join(", "));
        }
    }
    text
}

fn direction(info: &EventInfo) -> char {
    if info.is_enter() { '>' } else { '<' }
}

/// Everything about the event types called `name`, in both dialects.
fn describe(name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    for code in 0..schema::EVENT_COUNT {
        let [newest, classic] = [Dialect::Newest, Dialect::Classic].map(|dialect| schema::event(code, dialect));
        if newest.is_some_and(|info| info.name == name) || classic.is_some_and(|info| info.name == name) {
            describe_type(newest, classic, &mut text);
        }
    }
    if text.is_empty() { Err(unknown(name)) } else { Ok(text) }
}

fn describe_type(newest: Option<&EventInfo>, classic: Option<&EventInfo>, text: &mut String) {
    match (newest.map(body), classic.map(body)) {
        (Some(new), Some(old)) if new == old => *text += &headed("both views", newest, &new),
        (new, old) => {
            *text += &new.map(|new| headed("exit view", newest, &new)).unwrap_or_default();
            *text += &old.map(|old| headed("classic view", classic, &old)).unwrap_or_default();
        }
    }
}

fn headed(views: &str, info: Option<&EventInfo>, body: &str) -> String {
    let head = info.map(|info| format!("{} {}   {} ({}), {views}", direction(info), info.name, info.ident, info.code));
    format!("{}\n{body}\n", head.unwrap_or_default())
}

fn body(info: &EventInfo) -> String {
    let flags = info.flags.iter_names().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
    let mut text =
        format!("  category {:?}; flags: {}\n", info.category, if flags.is_empty() { "none" } else { &flags });
    for (i, param) in info.params.iter().enumerate() {
        let _ = writeln!(text, "  {i:>2}  {:<14} {:<18} {}", param.name, param.ty.name(), values(param).trim_end());
    }
    text
}

/// What the values of a parameter mean.
fn values(param: &ParamInfo) -> String {
    let mut text = String::new();
    if let Some(dirfd) = param.dirfd {
        let _ = write!(text, "relative to the directory in parameter {dirfd} ");
    }
    if let Some(dynamic) = param.dynamic {
        let types = dynamic.types.iter().map(|(ty, _)| ty.name()).collect::<Vec<_>>().join(", ");
        let _ = write!(text, "{}: one of {types} ", dynamic.name);
    }
    if let Some(FlagTable { name, entries, .. }) = param.table {
        let entries = entries.iter().map(|(name, value)| format!("{name}={value:#x}")).collect::<Vec<_>>();
        let _ = write!(text, "{name}: {}", entries.join(" "));
    }
    text
}

fn unknown(name: &str) -> Failure {
    let mut near: Vec<&str> = schema::events(Dialect::Newest).iter().map(|info| info.name).collect();
    near.retain(|known| known.contains(name) || name.contains(known));
    near.sort_unstable();
    near.dedup();
    let hint = if near.is_empty() { String::new() } else { format!("; similar: {}", near.join(", ")) };
    Failure::new(format_args!("no event type is called `{name}`{hint}"))
}
