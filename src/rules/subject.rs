//! Rules and the captures that they are run over.

use super::captures::Captures;
use super::choices::{self, Choices};
use super::files::RuleFiles;
use crate::status::Failure;
use capture_rules::run::{Config, Run};

/// Rules and the captures that they are run over.
#[derive(clap::Args)]
pub struct Subject {
    #[command(flatten)]
    files: RuleFiles,
    /// The captures.
    #[command(flatten)]
    pub captures: Captures,
    #[command(flatten)]
    choices: Choices,
}

impl Subject {
    /// What the options of Falco's configuration say.
    pub fn config(&self) -> Result<Config, Failure> {
        self.choices.config()
    }

    /// A run of the rules.
    pub fn run(&self, config: &Config) -> Result<Run, Failure> {
        choices::run(&self.files.paths, &self.files.reading, config)
    }
}
