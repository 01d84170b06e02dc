//! What fields may look at beside the event: settings of the query.

use crate::HostNames;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// How raw bytes print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BufferFormat {
    /// Printable ASCII, a dot for every other byte.
    #[default]
    Dots,
    /// A hexadecimal dump (`-x`).
    Hex,
    /// A hexadecimal dump with the text beside it (`-X`).
    HexAscii,
    /// Printable ASCII and line ends, nothing else (`-A`).
    Ascii,
    /// Base64 (`-b`).
    Base64,
}

/// What `evt.outputtime` shows (`-t`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeOutput {
    /// The time of day (`h`).
    #[default]
    Clock,
    /// Seconds since the epoch (`a`).
    Absolute,
    /// Seconds since the capture's first event (`r`).
    Relative,
    /// What the call took, at its exit (`d`).
    Latency,
    /// Seconds since the event shown before (`D`).
    Delta,
}

/// The settings.
#[derive(Debug, Clone, Default)]
pub struct Env {
    /// The zone that times print in; `None` is UTC.
    pub time_zone: Option<TimeZone>,
    /// How raw bytes print.
    pub buffer_format: BufferFormat,
    /// With [`BufferFormat::Dots`]: the longest text of a buffer, in bytes; a longer one ends in `...`. `None` cuts
    /// nothing.
    pub buffer_limit: Option<usize>,
    /// What `evt.outputtime` shows.
    pub time_output: TimeOutput,
    /// Names of addresses, for `fd.sip.name` and its like.
    pub host_names: Arc<HostNames>,
    /// Whether ports print as the names of services (`-R`).
    pub name_ports: bool,
}

impl Env {
    /// The default settings, with times in a zone.
    pub fn in_zone(zone: TimeZone) -> Env {
        Env { time_zone: Some(zone).filter(|zone| *zone != TimeZone::UTC), ..Env::default() }
    }

    /// The same settings for a filter: how buffers are to be shown must not change what is found in them.
    pub fn for_filters(&self) -> Env {
        Env { buffer_format: BufferFormat::Dots, ..self.clone() }
    }
}
