//! Falco's rule files: what they say, what is wrong with them, and rules that are ready to be run.
//!
//! # From files to rules
//!
//! [`load`] takes the texts of files, in their order, and gives a [`RuleSet`] and all [`Diagnostic`]s. It goes through
//! phases, each in a module of its own:
//!
//! 1. **YAML** (`yaml`): documents as trees of which every node knows its bytes.
//! 2. **Read** (`read`): documents become items, one function a kind of item. Every fault is reported, and reading goes on
//!    with the next item.
//! 3. **Collect** (`collect`): items of several files become lists, macros and rules; later ones replace earlier ones or
//!    are appended to them.
//! 4. **Compile** (`compile`): exceptions are added to conditions, lists and macros put in the place of their names, on
//!    the syntax tree; conditions and outputs are checked against the catalog of fields.
//! 5. **Lint** (`lint`): what is valid and probably not meant.
//!
//! What is done with rules is beside that: [`run`] shows events to them, [`examine`] tells what becomes of each part of
//! a condition, [`regress`] holds what captures give against what tests expect.
//!
//! Everything that a rule set says can be traced to the file: [`RuleSet::origin`] tells for a span of a condition which
//! macro, list or exception it comes from, and where that stands.
//!
//! ```
//! use capture_rules::{Options, Source, load};
//!
//! let text = "
//! - macro: opened
//!   condition: evt.type in (open, openat)
//! - rule: Secrets
//!   desc: someone looks at secrets
//!   condition: opend and fd.name = /etc/shadow
//!   output: '%proc.name opened %fd.name'
//!   priority: notice
//! ";
//! let loaded = load(vec![Source::new("secrets.yaml", text)], &Options::default());
//! assert!(loaded.rules.is_none());
//! let fault = &loaded.results[0].diagnostics[0];
//! assert_eq!(fault.code.name(), "LOAD_ERR_VALIDATE");
//! assert_eq!(fault.message, "there is no macro `opend`");
//! assert_eq!(fault.hint.as_deref(), Some("did you mean `opened`?"));
//! ```
//!
//! # What Falco does
//!
//! The yardstick is Falco's engine 0.63.0: what it loads loads here and means the same, what it refuses is refused, and
//! the first fault that is reported is its own, under its code and at its place ([`Diagnostic::location`]). Where the
//! text that Falco makes of lists says something else than the tree, the difference is reported, and
//! [`Options::falco_quirks`] decides. The list of differences is in `docs/differences.md`.

mod collect;
mod compile;
mod diagnostic;
mod events;
pub mod examine;
mod fields;
mod item;
mod lint;
mod loader;
mod options;
mod priority;
mod read;
pub mod regress;
mod rule_set;
pub mod run;
mod source;
mod text;
mod version;
mod yaml;

pub use diagnostic::{At, Code, Diagnostic, ItemKind, Location, Severity};
pub use events::EventTypes;
pub use loader::{FileResult, Loaded, MAX_FILE, load};
pub use options::{AppendOutput, ExtraField, Options};
pub use priority::Priority;
pub use rule_set::{List, Macro, Origin, OriginItem, Rule, RuleSet};
pub use source::{FileId, Files, Place, Source};
pub use text::Part;
pub use version::{ENGINE, Version};
