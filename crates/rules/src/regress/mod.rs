//! Rule regression: what rules, queries and calls must show on a capture, and whether they do.
//!
//! A test file is YAML with a list of cases. It goes through phases, each in a module of its own:
//!
//! 1. **Read** (`read`): [`TestFile::read`] makes [`Case`]s of a text; every fault is reported, with its place. A case with
//!    faults does not keep others from being run. `generator` knows what the files of event-generator add.
//! 2. **Prepare** (`prepare`): [`Case::prepare`] brings a case together with its rules; filters and formats are compiled.
//! 3. **Run** (`run`): [`Prepared::run`] goes through the capture once, whatever is asked of it, and notes what is
//!    [`Seen`].
//! 4. **Judge** (`judge`): [`Prepared::judge`] says what is otherwise than expected: a [`Failure`] each, with the closest
//!    thing that was seen.
//! 5. **Update** (`update`): [`Prepared::update`] makes [`Edits`] of the test file's text, after which it expects what was
//!    seen. The rest of the text stays as it is, comments too.
//!
//! Who runs cases loads their rules (several cases share them) and prints; `capture test` does.

mod calls;
mod case;
mod edit;
mod fault;
mod generator;
mod judge;
mod nodes;
mod prepare;
mod read;
mod read_alert;
mod run;
mod seen;
mod silent;
mod update;
mod value;
mod yaml_text;

pub use case::{AllowedCalls, Case, Count, Entry, ExpectedAlert, ExpectedQuery, Others, TestFile, Written};
pub use edit::Edits;
pub use fault::Fault;
pub use judge::{Failure, FailureKind};
pub use prepare::Prepared;
pub use read::Defaults;
pub use seen::{Alert, Alerts, Call, CallsSeen, Candidates, QuerySeen, Seen};
pub use value::Wanted;
