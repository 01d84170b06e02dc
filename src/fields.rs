//! `capture fields`: what filters and output formats may name.

use crate::output::Output;
use crate::status::{End, Failure};
use capture_filter::Field;
use capture_filter::catalog::{FieldFlags, Get, fields};
use std::fmt::Write;

/// List the fields that filters and output formats may name.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture fields            all of them
  capture fields -v fd.     those of descriptors, with their types

Exit status:
  0  good
  2  no such field")]
pub struct Args {
    /// Only fields that start with this; old and rare ones too, which the whole list leaves out.
    #[arg(default_value = "")]
    prefix: String,
    /// Say types and uses too.
    #[arg(short, long)]
    verbose: bool,
}

/// Prints the list.
pub fn run(args: Args) -> Result<End, Failure> {
    let text = list(&args.prefix, args.verbose);
    if text.is_empty() {
        return Err(Failure::new(format_args!("no field starts with `{}`", args.prefix)));
    }
    let mut output = Output::stdout(false)?;
    output.write(text.as_bytes())?;
    output.finish()?;
    Ok(End::Good)
}

/// Where descriptions start, and where lines end.
const INDENT: usize = 30;
const WIDTH: usize = 120;

/// The fields that start with `prefix` (without one, those that are not hidden), by class, in the layout of `sysdig -l`
/// (`-lv` with `verbose`).
pub fn list(prefix: &str, verbose: bool) -> String {
    let mut text = String::new();
    let mut class = "";
    for field in
        fields().filter(|f| f.name.starts_with(prefix) && (!prefix.is_empty() || !f.flags.contains(FieldFlags::HIDDEN)))
    {
        let of = field.name.split('.').next().unwrap_or_default();
        if of != class {
            let _ = write!(text, "{}\n{:<INDENT$}{of}\n\n", "-".repeat(31), "Field Class:");
            class = of;
        }
        let _ = writeln!(text, "{}", entry(field, verbose));
    }
    text
}

fn entry(field: &Field, verbose: bool) -> String {
    let mut words = Vec::new();
    if verbose {
        words.push(types(field));
    }
    words.extend(remarks(field, verbose));
    words.push(field.help.to_owned());
    let (mut text, mut column) = (format!("{:<INDENT$}", field.name), INDENT.max(field.name.len()));
    if field.name.len() >= INDENT {
        text += &format!("\n{:INDENT$}", "");
        column = INDENT;
    }
    for word in words.join(" ").split_whitespace() {
        if column + word.len() >= WIDTH {
            text += &format!("\n{:INDENT$}", "");
            column = INDENT;
        }
        text += word;
        text.push(' ');
        column += word.len() + 1;
    }
    text.truncate(text.trim_end().len());
    text
}

fn types(field: &Field) -> String {
    let (classic, exit) = (field.classic.ty.name(), field.exit.ty.name());
    if classic == exit { format!("(Type: {exit})") } else { format!("(Type: {exit}, in the classic view {classic})") }
}

/// What a user should know before using it.
fn remarks(field: &Field, verbose: bool) -> Vec<String> {
    let says = [
        (FieldFlags::CLASSIC_ONLY, true, "classic view only"),
        (FieldFlags::EXIT_ONLY, true, "exit view only"),
        (FieldFlags::FILTER_ONLY, true, "FILTER ONLY"),
        (FieldFlags::PRINT_ONLY, true, "OUTPUT ONLY"),
        (FieldFlags::IS_LIST, verbose, "list"),
        (FieldFlags::ARG_REQUIRED, verbose, "needs an argument"),
        (FieldFlags::ARG_ALLOWED, verbose, "takes an argument"),
    ];
    let mut remarks: Vec<String> = says
        .into_iter()
        .filter(|&(flag, shown, _)| shown && field.flags.contains(flag))
        .map(|(_, _, text)| format!("({text})"))
        .collect();
    let nothing = |get| matches!(get, Get::Nothing);
    match (nothing(field.classic.get), nothing(field.exit.get)) {
        (true, true) => remarks.push("(never has a value here)".to_owned()),
        (true, false) => remarks.push("(never has a value in the classic view)".to_owned()),
        (false, true) => remarks.push("(never has a value in the exit view)".to_owned()),
        (false, false) => {}
    }
    remarks
}
