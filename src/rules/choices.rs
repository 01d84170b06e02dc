//! Which rules are switched on, and other options of Falco's configuration.

use super::files::{self, Reading};
use crate::report;
use crate::status::Failure;
use capture_rules::Options;
use capture_rules::run::{Choice, Config, Run, Selector};
use std::path::PathBuf;

/// Options of Falco's configuration.
#[derive(clap::Args)]
pub struct Choices {
    /// An option of Falco's configuration, such as rule_matching=all, priority=warning,
    /// json_include_tags_property=false, time_format_iso_8601=true, rules[].disable.rule=NAME,
    /// append_output[]={"extra_output": "…"}.
    #[arg(short = 'o', long = "option", value_name = "KEY=VALUE")]
    options: Vec<String>,
    /// Switch off the rules that have this in their names.
    #[arg(short = 'D', long, value_name = "TEXT")]
    disable: Vec<String>,
    /// Switch off the rules with this tag.
    #[arg(short = 'T', long, value_name = "TAG", conflicts_with = "tag")]
    disable_tag: Vec<String>,
    /// Run no rules but those with this tag.
    #[arg(short, long, value_name = "TAG")]
    tag: Vec<String>,
}

impl Choices {
    /// What the options say, the older spellings first.
    pub fn config(&self) -> Result<Config, Failure> {
        let mut config = Config::default();
        let choice = |selector, is_on| Choice { selector, is_on };
        let parts = self.disable.iter().map(|part| choice(Selector::Part(part.clone()), false));
        config.choices.extend(parts);
        config.choices.extend(self.disable_tag.iter().map(|tag| choice(Selector::Tag(tag.clone()), false)));
        if !self.tag.is_empty() {
            config.choices.push(choice(Selector::Name(String::new()), false));
            config.choices.extend(self.tag.iter().map(|tag| choice(Selector::Tag(tag.clone()), true)));
        }
        for option in &self.options {
            config.set(option).map_err(|error| Failure::new(format_args!("-o {error}")))?;
        }
        Ok(config)
    }
}

/// A run of the rules of files, as far as they are switched on. Says how many are skipped.
pub fn run(paths: &[PathBuf], reading: &Reading, config: &Config) -> Result<Run, Failure> {
    let options = Options { append_output: config.append_output.clone(), ..reading.options() };
    let rules = files::rules(paths, &options)?;
    if rules.skipped() > 0 {
        report::note(&format!(
            "{} rules are for other sources of events, or other fields: they are skipped",
            rules.skipped()
        ));
    }
    Ok(config.run(rules))
}
