//! `capture man`: manual pages.

use crate::output::Output;
use crate::status::{End, Failure};
use std::path::PathBuf;

/// Print the manual page, or write those of all subcommands to a directory.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture man | man -l -
  capture man --dir /usr/local/share/man/man1")]
pub struct Args {
    /// Write capture.1, capture-query.1 and the others to this directory.
    #[arg(long, value_name = "DIRECTORY")]
    dir: Option<PathBuf>,
}

/// Prints or writes the pages.
pub fn run(args: Args) -> Result<End, Failure> {
    let command = crate::cli::command();
    if let Some(dir) = args.dir {
        std::fs::create_dir_all(&dir)
            .and_then(|()| clap_mangen::generate_to(command, &dir))
            .map_err(|error| Failure::new(format_args!("{}: {error}", dir.display())))?;
        return Ok(End::Good);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    let mut output = Output::stdout(false)?;
    output.write(&page)?;
    output.finish()?;
    Ok(End::Good)
}
