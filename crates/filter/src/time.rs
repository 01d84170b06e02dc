//! How times print.

use crate::Env;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::Write;

/// Nanoseconds in a second.
pub(crate) const SECOND: u64 = 1_000_000_000;

/// A time, ns since the epoch, in the zone of the settings: `2014-01-31 12:59:58.000000001`, with or without the
/// date and the part below a second.
pub(crate) fn local(ts: u64, env: &Env, date: bool, fraction: bool) -> Vec<u8> {
    const DAY: i64 = 86_400;
    let seconds = (ts / SECOND).cast_signed();
    // 2⁶⁴ ns end in the year 2554: always a time that jiff knows.
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    const UTC: &TimeZone = &TimeZone::UTC;
    let zone = env.time_zone.as_ref().unwrap_or(UTC);
    let mut text = Vec::with_capacity(32);
    if date {
        let date = time.to_zoned(zone.clone());
        // Writing to a vector cannot fail.
        let _ = write!(text, "{:04}-{:02}-{:02} ", date.year(), date.month(), date.day());
    }
    // No more than this is needed of most times, and it is by far the fastest.
    let of_day = (seconds + i64::from(zone.to_offset(time).seconds())).rem_euclid(DAY).cast_unsigned();
    digits(&mut text, of_day / 3600, 2);
    text.push(b':');
    digits(&mut text, of_day / 60 % 60, 2);
    text.push(b':');
    digits(&mut text, of_day % 60, 2);
    if fraction {
        text.push(b'.');
        digits(&mut text, ts % SECOND, 9);
    }
    text
}

/// Appends the last digits of a number, nine at most.
fn digits(text: &mut Vec<u8>, mut number: u64, count: usize) {
    let mut digits = [b'0'; 9];
    for digit in digits.iter_mut().rev().take(count) {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    text.extend_from_slice(digits.get(digits.len() - count..).unwrap_or_default());
}

/// A time, ns since the epoch, in ISO 8601 and UTC: `2014-01-31T12:59:58.000000001+0000`.
pub(crate) fn iso8601(ts: u64) -> Vec<u8> {
    let mut text = local(ts, &Env::default(), true, true);
    text.iter_mut().filter(|byte| **byte == b' ').for_each(|byte| *byte = b'T');
    text.extend_from_slice(b"+0000");
    text
}

/// A duration in ns as seconds with nine digits below the second.
pub(crate) fn seconds(ns: u64) -> String {
    format!("{}.{:09}", ns / SECOND, ns % SECOND)
}

/// A duration in ns in the unit that suits it: `59:59`, `1.50s`, `10ms`, `1.50us`.
pub(crate) fn human(ns: u64) -> String {
    const MS: u64 = 1_000_000;
    const US: u64 = 1_000;
    let hundredths = |unit: u64| (ns / unit, ns % unit * 100 / unit);
    if ns >= 3600 * SECOND {
        let (hours, minutes, seconds) = (ns / (3600 * SECOND), ns / (60 * SECOND) % 60, ns / SECOND % 60);
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    } else if ns >= 60 * SECOND {
        format!("{}:{}", ns / (60 * SECOND), ns / SECOND % 60)
    } else if ns >= SECOND {
        let (whole, part) = hundredths(SECOND);
        format!("{whole}.{part:02}s")
    } else if ns >= 10 * MS {
        format!("{}ms", ns / MS)
    } else if ns >= MS {
        let (whole, part) = hundredths(MS);
        format!("{whole}.{part:02}ms")
    } else if ns >= 10 * US {
        format!("{}us", ns / US)
    } else if ns >= US {
        let (whole, part) = hundredths(US);
        format!("{whole}.{part:02}us")
    } else {
        format!("{ns}ns")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TS: u64 = 1_404_996_934_007_935_905;

    #[test]
    fn times_print_in_the_zone_of_the_settings() {
        let utc = Env::default();
        let local = |ts, env: &Env, date, fraction| String::from_utf8(local(ts, env, date, fraction)).unwrap();
        assert_eq!(local(TS, &utc, true, true), "2014-07-10 12:55:34.007935905");
        assert_eq!(local(TS, &utc, false, false), "12:55:34");
        let rome = Env { time_zone: Some(TimeZone::get("Europe/Rome").unwrap()), ..Env::default() };
        assert_eq!(local(TS, &rome, true, false), "2014-07-10 14:55:34");
        // The offset is that of the time shown: an hour less in winter.
        assert_eq!(local(TS + 183 * 86400 * SECOND, &rome, true, false), "2015-01-09 13:55:34");
        assert_eq!(local(u64::MAX, &utc, true, true), "2554-07-21 23:34:33.709551615");
        assert_eq!(iso8601(TS), b"2014-07-10T12:55:34.007935905+0000");
    }

    #[test]
    fn durations_choose_their_unit() {
        let expected = [
            (0, "0ns"),
            (999, "999ns"),
            (1_000, "1.00us"),
            (9_990, "9.99us"),
            (10_000, "10us"),
            (1_010_000, "1.01ms"),
            (10_000_000, "10ms"),
            (1_230_000_000, "1.23s"),
            (61_000_000_000, "1:1"),
            (3_661_000_000_000, "01:01:01"),
        ];
        for (ns, text) in expected {
            assert_eq!(human(ns), text);
        }
        assert_eq!(seconds(1_000_000_007), "1.000000007");
    }
}
