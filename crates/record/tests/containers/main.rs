//! Containers from a recording's beginning to the answers of a query: what the recorder writes is read back through
//! both views, and by sysdig where it is installed.

mod engine;
mod fields;
mod groups;
mod newcomers;
mod pods;
mod support;
