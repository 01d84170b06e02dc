//! The thread itself: ids, capabilities, control groups, CPU times.

use super::own;
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, Memory, field};
use crate::value::{Extracted, Value};
use capture_batch::{Own, OwnFlags};
use capture_event::ParamType::{Bool, CharBuf, Double, Int64, RelTime};
use capture_event::PrintFormat::{Dec, Id, NA};
use capture_event::code;
use capture_event::tables::capability::CAPABILITIES;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "thread.tid",
        Int64,
        Id,
        Depends::Event,
        |ask| Extracted::int(Some(ask.row.tid()).filter(|tid| (-1..=i64::from(u32::MAX)).contains(tid))),
        "Thread id; that of a process's leader is the process id.",
    )
    .classic(Depends::Event, |ask| Extracted::int(Some(ask.row.tid()))),
    field(
        "thread.vtid",
        Int64,
        Id,
        Depends::Own,
        |ask| Extracted::int(own(ask).map(|own| own.vtid).filter(|&tid| tid != -1)),
        "Thread id inside the thread's pid namespace.",
    ),
    field(
        "thread.ismain",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.flags.contains(OwnFlags::MAIN_THREAD))),
        "Whether the thread leads its process.",
    ),
    field(
        "thread.nametid",
        CharBuf,
        NA,
        Depends::Row,
        |ask| Extracted::owned(own(ask).map(|own| [&own.comm, ask.row.tid().to_string().as_bytes()].concat())),
        "Process name and thread id in one.",
    )
    .flags(FieldFlags::HIDDEN),
    field(
        "thread.cap_permitted",
        CharBuf,
        NA,
        Depends::Own,
        |ask| capabilities(ask, 0),
        "The permitted capabilities, with blanks between them.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "thread.cap_effective",
        CharBuf,
        NA,
        Depends::Own,
        |ask| capabilities(ask, 1),
        "The effective capabilities, with blanks between them.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "thread.cap_inheritable",
        CharBuf,
        NA,
        Depends::Own,
        |ask| capabilities(ask, 2),
        "The inheritable capabilities, with blanks between them.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "thread.cgroups",
        CharBuf,
        NA,
        Depends::Own,
        |ask| {
            Extracted::owned(
                own(ask).filter(|own| !own.cgroups.is_empty()).map(|own| super::command::joined(&own.cgroups)),
            )
        },
        "All control groups of the thread as `subsystem=path`, with blanks between them.",
    ),
    field(
        "thread.cgroup",
        CharBuf,
        NA,
        Depends::Own,
        cgroup,
        "The thread's control group for one subsystem, as in `thread.cgroup.cpuacct`.",
    )
    .flags(FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_DOT)),
    field(
        "thread.exectime",
        RelTime,
        Dec,
        Depends::Type,
        |_| Extracted::uint(Some(0)),
        "CPU time of the slice that ends with this context switch, ns. Always 0 in the exit view.",
    )
    .classic_ordered(|ask, memory| Extracted::uint(Some(slice(ask, memory)))),
    field(
        "thread.totexectime",
        RelTime,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|_| 0)),
        "CPU time of the thread since the beginning of the capture, ns, as far as context switches tell. Always 0 in \
         the exit view.",
    )
    .classic_ordered(total_exec_time),
    field(
        "thread.cpu",
        Double,
        NA,
        Depends::Order,
        |_| Extracted::None,
        "CPU usage of the thread in the last second, percent. Only at `procinfo` events.",
    )
    .ordered(|ask, memory| cpu_usage(ask, memory, &[0, 1])),
    field(
        "thread.cpu.user",
        Double,
        NA,
        Depends::Order,
        |_| Extracted::None,
        "CPU usage of the thread in user space in the last second, percent. Only at `procinfo` events.",
    )
    .ordered(|ask, memory| cpu_usage(ask, memory, &[0])),
    field(
        "thread.cpu.system",
        Double,
        NA,
        Depends::Order,
        |_| Extracted::None,
        "CPU usage of the thread in the kernel in the last second, percent. Only at `procinfo` events.",
    )
    .ordered(|ask, memory| cpu_usage(ask, memory, &[1])),
];

fn capabilities<'r>(ask: &Ask<'r>, which: usize) -> Extracted<'r> {
    let set = own(ask).and_then(|own| own.capabilities.get(which));
    Extracted::owned(set.map(|set| {
        let held: Vec<_> =
            (0..).zip(CAPABILITIES).filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, name)| *name).collect();
        held.join(" ").into_bytes()
    }))
}

fn cgroup<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Arg::Key(subsystem) = ask.arg else { return Extracted::None };
    let path = |entry: &'r [u8]| entry.strip_prefix(&subsystem[..])?.strip_prefix(b"=");
    Extracted::text(own(ask).and_then(|own| own.cgroups.items().find_map(path)))
}

fn is_switch(ask: &Ask<'_>) -> bool {
    matches!(ask.row.code(), code::SCHEDSWITCH_1_E | code::SCHEDSWITCH_6_E)
}

/// At a context switch: the time since the last one that was seen on the same CPU.
fn slice(ask: &Ask<'_>, memory: &mut Memory) -> u64 {
    if !is_switch(ask) {
        return 0;
    }
    let now = ask.row.ts();
    match memory.switch_ts.insert(ask.row.cpu(), now) {
        None | Some(0) => 0,
        Some(before) => now.wrapping_sub(before),
    }
}

fn total_exec_time<'r>(ask: &Ask<'r>, memory: &mut Memory) -> Extracted<'r> {
    let time = slice(ask, memory);
    let Some(own) = own(ask) else { return Extracted::None };
    let total = memory.cpu_time.entry(life(own)).or_default();
    *total = total.wrapping_add(time);
    Extracted::uint(Some(*total))
}

/// What tells a thread from a later one with the same id.
fn life(own: &Own) -> (i64, u64) {
    (own.tid, own.clone_ts)
}

/// At a `procinfo` event: what was added, since the one before, to the sum of the counters in `params`.
fn cpu_usage<'r>(ask: &Ask<'r>, memory: &mut Memory, params: &[usize]) -> Extracted<'r> {
    let Some(own) = own(ask).filter(|_| ask.row.code() == code::PROCINFO_E) else { return Extracted::None };
    let total = params.iter().fold(0u64, |sum, &i| sum.wrapping_add(ask.row.u64(i).unwrap_or(0)));
    let before = memory.cpu_time.insert(life(own), total).filter(|&before| before != 0);
    let percent = before.map_or(0.0, |before| total.wrapping_sub(before) as f64).min(100.0);
    Extracted::One(Value::Double(percent))
}
