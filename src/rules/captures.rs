//! Which captures rules are run over.

use crate::status::{End, Failure};
use crate::{input, threads};
use capture_batch::{Needs, View};
use capture_query::{Capture, Plan};
use std::path::PathBuf;

/// Captures and how they are read.
#[derive(clap::Args)]
pub struct Captures {
    /// Read this capture; `-` is standard input, a directory stands for the files in it. May be given several times.
    #[arg(short, long, value_name = "FILE", required = true)]
    read: Vec<PathBuf>,
    /// Read each file by itself. Else files that are pieces of one recording are taken for one capture.
    #[arg(long)]
    separate: bool,
    /// How many threads run rules; as many as the machine can run at once by default.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl Captures {
    /// Opens them; tells also whether all could be opened.
    pub fn open(&self) -> Result<(Vec<Capture>, End), Failure> {
        let opened = input::open(&self.read)?;
        let captures = if self.separate { opened.captures } else { input::joined(opened.captures) };
        Ok((captures, opened.end))
    }

    /// How all events of them are looked at.
    pub fn plan(&self, view: View, needs: Needs) -> Plan {
        Plan::whole(view, needs, self.threads.map_or_else(threads::available, usize::from))
    }
}
