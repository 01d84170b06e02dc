//! Messages to the local log daemon, decoded from what is written to `/dev/log`.

use super::event::io::writes_to_syslog;
use super::{Ask, Depends, Field, field};
use crate::print::number::i64_of;
use crate::value::Extracted;
use capture_batch::{Row, RowFlags};
use capture_event::ParamType::{CharBuf, UInt32};
use capture_event::PrintFormat::{Dec, NA};
use capture_event::event::until_nul;
use capture_event::{EventFlags, ParamType};

/// The fields.
pub(super) static FIELDS: &[Field] = &[
    field(
        "syslog.facility.str",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::text(message(ask).map(|m| m.facility_name().as_bytes())),
        "Facility, such as daemon.",
    ),
    field(
        "syslog.facility",
        UInt32,
        Dec,
        Depends::Event,
        |ask| Extracted::uint(message(ask).map(|m| m.facility().into())),
        "Facility as a number, 0 to 23.",
    ),
    field(
        "syslog.severity.str",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::text(message(ask).map(|m| m.severity_name().as_bytes())),
        "Severity: emerg, alert, crit, err, warn, notice, info or debug.",
    ),
    field(
        "syslog.severity",
        UInt32,
        Dec,
        Depends::Event,
        |ask| Extracted::uint(message(ask).map(|m| m.severity().into())),
        "Severity as a number, 0 (emerg) to 7 (debug).",
    ),
    field(
        "syslog.message",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::text(message(ask).map(|m| m.text)),
        "The message.",
    ),
];

/// A message: `<PRIORITY>TEXT`.
struct Message<'r> {
    priority: u32,
    text: &'r [u8],
}

const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];

#[rustfmt::skip]
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "clock", "authpriv", "ftp",
    "ntp", "logaudit", "logalert", "cron",
    "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

impl Message<'_> {
    fn severity(&self) -> u32 {
        self.priority & 7
    }

    fn facility(&self) -> u32 {
        self.priority >> 3
    }

    fn severity_name(&self) -> &'static str {
        SEVERITIES.get(self.severity() as usize).unwrap_or(&"<NA>")
    }

    fn facility_name(&self) -> &'static str {
        FACILITIES.get(self.facility() as usize).unwrap_or(&"<NA>")
    }
}

fn message<'r>(ask: &Ask<'r>) -> Option<Message<'r>> {
    written(ask.row)
}

/// The message that an event writes to the log.
fn written<'r>(row: Row<'r>) -> Option<Message<'r>> {
    const RESULT: usize = 0;
    const DATA: usize = 1;
    let info = row.info()?;
    let is_write = !info.is_enter() && !info.flags.contains(EventFlags::READS_FROM_FD) && writes_to_syslog(row);
    let paired = !row.flags().contains(RowFlags::UNPAIRED);
    let holds_data = info.params.get(DATA).is_some_and(|p| p.ty == ParamType::ByteBuf);
    if !(is_write && paired && holds_data) || i64_of(row.raw(RESULT)?)? < 0 {
        return None;
    }
    decode(row.raw(DATA)?)
}

/// The priority is up to fifteen digits after the first byte, whatever that is; one byte after it is skipped.
fn decode(data: &[u8]) -> Option<Message<'_>> {
    const MAX_DIGITS: usize = 15;
    let rest = data.get(1..)?;
    let length = rest.iter().take(MAX_DIGITS).take_while(|b| !matches!(b, b'>' | 0)).count();
    let digits = rest.get(..length).filter(|digits| !digits.is_empty())?;
    let priority = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    Some(Message { priority, text: until_nul(rest.get(length + 1..)?) })
}

/// What `evt.info` shows of a message.
pub(super) fn info_line(row: Row<'_>) -> Option<Vec<u8>> {
    let message = written(row)?;
    let mut line = format!("syslog sev={} msg=", message.severity_name()).into_bytes();
    line.extend_from_slice(message.text);
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_holds_facility_and_severity() {
        let message = decode(b"<86>Aug 2 sshd[1]: hello").unwrap();
        assert_eq!((message.facility_name(), message.severity_name()), ("authpriv", "info"));
        assert_eq!(message.text, b"Aug 2 sshd[1]: hello");
        assert_eq!(decode(b"<999>x").unwrap().facility_name(), "<NA>");
    }

    #[test]
    fn what_is_no_message_is_not_decoded() {
        for data in [&b""[..], b"<", b"<>x", b"<1x>y", b"<86", b"<1234567890123456>x", b"<99999999999>x"] {
            assert!(decode(data).is_none(), "{data:?}");
        }
        assert_eq!(decode(b"<86>").unwrap().text, b"");
    }
}
