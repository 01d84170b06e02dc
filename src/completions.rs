//! `capture completions`: scripts with which shells complete our options.

use crate::output::Output;
use crate::status::{End, Failure};
use clap_complete::Shell;

/// Print a completion script for a shell.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture completions bash > /etc/bash_completion.d/capture
  capture completions zsh > ~/.zfunc/_capture
  capture completions fish > ~/.config/fish/completions/capture.fish")]
pub struct Args {
    /// The shell.
    #[arg(value_parser = clap::builder::EnumValueParser::<Shell>::new())]
    shell: Shell,
}

/// Prints the script.
pub fn run(args: Args) -> Result<End, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::cli::command(), "capture", &mut script);
    let mut output = Output::stdout(false)?;
    output.write(&script)?;
    output.finish()?;
    Ok(End::Good)
}
