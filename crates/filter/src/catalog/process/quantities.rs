//! Memory, descriptors, threads and children, faults.

use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::{Extracted, Value};
use capture_batch::{Live, Needs, OwnFlags};
use capture_event::ParamType::{Double, Int64, UInt32, UInt64};
use capture_event::PrintFormat::{Dec, NA};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.nthreads",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.threads)),
        "Number of threads that the process has, its leader included as long as it runs.",
    )
    .classic_type(UInt32),
    field(
        "proc.nchilds",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.children)),
        "Number of threads that the process has beside its leader.",
    )
    .classic_type(UInt32),
    field(
        "proc.fdopencount",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.fd_open)),
        "Number of descriptors that the process has open.",
    ),
    field(
        "proc.fdlimit",
        Int64,
        Dec,
        Depends::Live,
        |ask| Extracted::int(live(ask).map(|live| live.fd_limit)),
        "Number of descriptors that the process may open; -1 if unknown.",
    ),
    field(
        "proc.fdusage",
        Double,
        NA,
        Depends::Live,
        |ask| live(ask).map(|live| Value::Double(fd_usage(live))).into(),
        "Open descriptors as a percentage of what the process may open.",
    ),
    field(
        "proc.vmsize",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.vm_size.into())),
        "Virtual memory of the process, kB.",
    ),
    field(
        "proc.vmrss",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.vm_rss.into())),
        "Resident memory of the process, kB.",
    ),
    field(
        "proc.vmswap",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.vm_swap.into())),
        "Swapped memory of the process, kB.",
    ),
    field(
        "thread.vmsize",
        UInt64,
        Dec,
        Depends::Row,
        |ask| Extracted::uint(of_leader(ask, |live| live.vm_size.into())),
        "Virtual memory of the process, kB, if the thread leads it; else 0.",
    )
    .needs_too(Needs::LIVE),
    field(
        "thread.vmrss",
        UInt64,
        Dec,
        Depends::Row,
        |ask| Extracted::uint(of_leader(ask, |live| live.vm_rss.into())),
        "Resident memory of the process, kB, if the thread leads it; else 0.",
    )
    .needs_too(Needs::LIVE),
    field(
        "thread.vmsize.b",
        UInt64,
        Dec,
        Depends::Row,
        |ask| Extracted::uint(of_leader(ask, |live| u64::from(live.vm_size) * 1024)),
        "Virtual memory of the process, bytes, if the thread leads it; else 0.",
    )
    .classic(Depends::Row, |ask| Extracted::uint(of_leader(ask, |live| live.vm_size.wrapping_mul(1024).into())))
    .needs_too(Needs::LIVE)
    .flags(FieldFlags::HIDDEN),
    field(
        "thread.vmrss.b",
        UInt64,
        Dec,
        Depends::Row,
        |ask| Extracted::uint(of_leader(ask, |live| u64::from(live.vm_rss) * 1024)),
        "Resident memory of the process, bytes, if the thread leads it; else 0.",
    )
    .classic(Depends::Row, |ask| Extracted::uint(of_leader(ask, |live| live.vm_rss.wrapping_mul(1024).into())))
    .needs_too(Needs::LIVE)
    .flags(FieldFlags::HIDDEN),
    field(
        "thread.pfmajor",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.pf_major)),
        "Number of major page faults (with disk access) since the thread's start.",
    ),
    field(
        "thread.pfminor",
        UInt64,
        Dec,
        Depends::Live,
        |ask| Extracted::uint(live(ask).map(|live| live.pf_minor)),
        "Number of minor page faults since the thread's start.",
    ),
];

fn live<'r>(ask: &Ask<'r>) -> Option<&'r Live> {
    ask.row.live()
}

/// A quantity of a process, for its leader; 0 for its other threads.
fn of_leader(ask: &Ask<'_>, quantity: impl Fn(&Live) -> u64) -> Option<u64> {
    let leads = ask.row.own()?.flags.contains(OwnFlags::MAIN_THREAD);
    live(ask).map(|live| if leads { quantity(live) } else { 0 })
}

/// Percentage of the descriptors that may be open; 0 without a limit, 100 beyond it.
fn fd_usage(live: &Live) -> f64 {
    match u64::try_from(live.fd_limit) {
        Ok(limit) if limit > 0 && live.fd_open <= limit => (live.fd_open as f64) * 100.0 / limit as f64,
        Ok(limit) if limit > 0 => 100.0,
        _ => 0.0,
    }
}
