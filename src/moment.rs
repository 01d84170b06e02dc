//! Moments on the command line: `--from` and `--to`.

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::ops::Range;
use std::str::FromStr;

/// A moment as a user names it.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// A point in time, whatever the zone.
    Instant(Timestamp),
    /// A date and a time on the clock.
    DateTime(civil::DateTime),
    /// A time on the clock, on the day of the first event.
    Time(civil::Time),
    /// So long after the first event.
    AfterFirst(SignedDuration),
}

/// Which time is looked at: options of commands that read captures.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Between {
    /// Only events from this moment on.
    #[arg(long, value_name = "MOMENT", long_help = long("Only events from this moment on"), help_heading = "Input")]
    from: Option<Moment>,
    /// Only events before this moment.
    #[arg(long, value_name = "MOMENT", long_help = long("Only events before this moment"), help_heading = "Input")]
    to: Option<Moment>,
}

fn long(what: &str) -> String {
    format!("{what}: {HELP}.")
}

impl Between {
    /// The times in ns since the epoch, in a capture whose first event has the time `first_ts`.
    pub fn resolve(&self, first_ts: u64, zone: &TimeZone) -> Range<u64> {
        let bound = |moment: &Option<Moment>| moment.as_ref().map(|moment| moment.resolve(first_ts, zone));
        bound(&self.from).unwrap_or(0)..bound(&self.to).unwrap_or(u64::MAX)
    }
}

/// What the command line's help says of moments.
pub const HELP: &str = "a date and time (2024-05-01T10:00:05.25, zone as printed unless it says one), a time of the \
    first event's day (10:00:05), seconds since the epoch (@1714557605.25), or the time since the first event \
    (90s, 1m30s, 250ms)";

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(seconds) = text.strip_prefix('@') {
            return epoch(seconds).map(Moment::Instant).ok_or_else(|| format!("`{seconds}` is no number of seconds"));
        }
        None.or_else(|| text.parse().map(Moment::Instant).ok())
            .or_else(|| text.parse().map(Moment::DateTime).ok())
            .or_else(|| text.parse().map(Moment::Time).ok())
            .or_else(|| text.strip_prefix('+').unwrap_or(text).parse().map(Moment::AfterFirst).ok())
            .ok_or_else(|| format!("expected {HELP}"))
    }
}

/// Seconds since the epoch, with up to nine decimals.
fn epoch(text: &str) -> Option<Timestamp> {
    let (seconds, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if seconds.is_empty() || decimals.len() > 9 || !digits(seconds) || !digits(decimals) {
        return None;
    }
    Timestamp::new(seconds.parse().ok()?, format!("{decimals:0<9}").parse().ok()?).ok()
}

impl Moment {
    /// Its time in ns since the epoch, in a capture whose first event has the time `first_ts`; moments before the
    /// epoch are 0, those that no event can have are the last one.
    pub fn resolve(&self, first_ts: u64, zone: &TimeZone) -> u64 {
        let first = Timestamp::from_nanosecond(i128::from(first_ts)).unwrap_or(Timestamp::MAX);
        let on_the_clock = |at: civil::DateTime| at.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
        let instant = match self {
            Moment::Instant(at) => Ok(*at),
            Moment::DateTime(at) => on_the_clock(*at),
            Moment::Time(time) => on_the_clock(first.to_zoned(zone.clone()).date().to_datetime(*time)),
            Moment::AfterFirst(duration) => first.checked_add(*duration),
        };
        let nanoseconds = instant.unwrap_or(Timestamp::MAX).as_nanosecond();
        u64::try_from(nanoseconds.max(0)).unwrap_or(u64::MAX)
    }
}

/// The zone of times of day: that of this machine (TZ), unless it is to be UTC.
pub fn zone(is_utc: bool) -> TimeZone {
    if is_utc { TimeZone::UTC } else { TimeZone::system() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2016-08-04 16:17:57.88 UTC
    const FIRST: u64 = 1_470_327_477_880_000_000;

    fn at(text: &str) -> u64 {
        Moment::from_str(text).unwrap().resolve(FIRST, &TimeZone::UTC)
    }

    #[test]
    fn every_form_names_the_same_moment() {
        let expected = FIRST + 2_250_000_000;
        for text in [
            "2016-08-04T16:18:00.13",
            "2016-08-04 16:18:00.13",
            "2016-08-04T18:18:00.13+02:00",
            "2016-08-04T16:18:00.13Z",
            "16:18:00.13",
            "@1470327480.13",
            "2.25s",
            "+2s250ms",
            "2s 250ms",
        ] {
            assert_eq!(at(text), expected, "{text}");
        }
        assert_eq!(at("@1470327480"), 1_470_327_480_000_000_000);
        assert_eq!(at("2016-08-04"), FIRST - 58_677_880_000_000);
    }

    #[test]
    fn a_clock_is_read_in_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(Moment::from_str("18:17:57.88").unwrap().resolve(FIRST, &zone), FIRST);
        assert_eq!(Moment::from_str("2016-08-04T18:17:57.88").unwrap().resolve(FIRST, &zone), FIRST);
    }

    #[test]
    fn out_of_range_is_first_or_last() {
        assert_eq!(at("1960-01-01"), 0);
        assert_eq!(Moment::AfterFirst(SignedDuration::MAX).resolve(FIRST, &TimeZone::UTC), u64::MAX);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "soon", "@", "@x", "@1.0123456789", "25:00", "2016-13-01"] {
            assert!(Moment::from_str(text).is_err(), "{text}");
        }
    }
}
