//! The evaluator that is used gives the answers of the plain one: on random batches, with random filters.

use capture_batch::{
    Batch, Endpoint, Head, Id, Lineage, Live, NO_ROW, Object, ObjectFlags, Own, ParamSlice, Role, RowFlags, RowHeader,
    Segment, Socket, SourceInfo, Text, View,
};
use capture_event::code;
use capture_event::tables::fd::{FdType, L4Proto};
use capture_filter::{Env, Filter, FilterSet, Selection};
use proptest::prelude::*;
use std::sync::Arc;

/// Conditions of every kind: what they depend on, what they compare with, in order or not.
const CHECKS: &[&str] = &[
    "evt.type = open",
    "evt.type in (open, close, switch)",
    "evt.num > 320",
    "evt.num <= 210",
    "evt.dir = <",
    "evt.cpu in (0, 2)",
    "evt.rawres < 0",
    "evt.rawres = 3",
    "evt.arg.res contains E",
    "evt.arg[1] != x",
    "evt.rawarg.res >= 0",
    "evt.rawarg.name = /etc/passwd",
    "evt.args contains passwd",
    "evt.failed = true",
    "proc.name = cat",
    "proc.name != cat",
    "proc.name in (cat, sh, ls)",
    "proc.name glob \"*s*\"",
    "proc.name regex \"(c|l).*\"",
    "proc.name contains anyof (a, s)",
    "proc.name startswith oneof (c, s, ca)",
    "proc.name != allof (cat, sh)",
    "proc.pid > 2",
    "proc.cmdline icontains PASS",
    "proc.args[0] = /etc/passwd",
    "proc.aname = sh",
    "proc.aname != sh",
    "proc.aname[1] = sh",
    "proc.aname exists",
    "proc.apid in (1, 3)",
    "proc.pname = init",
    "proc.vmsize > 50",
    "proc.fdopencount = 2",
    "user.uid = 0",
    "fd.name startswith /etc",
    "fd.name pmatch (/etc, /usr/*/lib)",
    "fd.name = \"\"",
    "fd.num = 3",
    "fd.type = file",
    "fd.ip = 10.0.0.1",
    "fd.ip != 10.0.0.1",
    "fd.ip exists",
    "fd.port in (80, https)",
    "fd.net = 10.0.0.0/8",
    "fd.sip != 10.0.0.1",
    "fd.l4proto = tcp",
    "not fd.name exists",
    "len(proc.name) = 3",
    "toupper(proc.name) = CAT",
    "basename(fd.name) = passwd",
    "concat(proc.name, evt.type) = catopen",
    "proc.name = val(proc.exe)",
    "proc.pid = val(thread.tid)",
    "fd.name contains tolower(proc.name)",
    "tolower(\"A\") = a",
    "evt.deltatime > 5",
    "evt.deltatime > 5",
    "evt.deltatime < 3",
    "evt.deltatime.ns >= 4",
    "thread.totexectime > 4",
    "thread.exectime > 4",
    "util.cnt < 9",
];

const CODES: &[u16] =
    &[code::GENERIC_X, code::OPEN_E, code::OPEN_X, code::CLOSE_X, code::READ_X, code::SCHEDSWITCH_6_E];

/// A small generator of numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % end
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn id<T>(&mut self, count: u64) -> Id<T> {
        match self.below(count + 1) {
            none if none == count => Id::NONE,
            id => Id::new(id as u32),
        }
    }
}

fn segment(numbers: &mut Numbers) -> Arc<Segment> {
    let segment = Segment { serial: numbers.below(3), ..Segment::default() };
    for tid in 1..=5 {
        let comm = numbers.one(&["cat", "sh", "ls", "init", ""]);
        let own = Own {
            tid,
            pid: numbers.one(&[tid, 1]),
            comm: Text::from(comm),
            exe: Text::from(numbers.one(&[comm, "/bin/cat"])),
            args: Text::from(numbers.one(&["/etc/passwd\0", "a\0b\0", ""])),
            uid: numbers.one(&[0, 1000]),
            ..Own::default()
        };
        segment.owns.push(own).unwrap();
    }
    for _ in 0..4 {
        let lineage = Lineage {
            ppid: 1,
            leader: numbers.id(4),
            parent: Id::NONE,
            ancestors: (0..numbers.below(4)).map(|_| Id::new(numbers.below(5) as u32)).collect(),
            searched: None,
            session: Id::NONE,
            group: Id::NONE,
            vgroup: Id::NONE,
            login_shell: None,
        };
        segment.lineages.push(lineage).unwrap();
    }
    for _ in 0..6 {
        segment.objects.push(object(numbers)).unwrap();
    }
    Arc::new(segment)
}

fn object(numbers: &mut Numbers) -> Object {
    let ends = [("10.0.0.1", 80), ("10.0.0.2", 443), ("::1", 5)];
    let mut end = || {
        let (ip, port) = numbers.one(&ends);
        Endpoint { ip: ip.parse().unwrap(), port }
    };
    let socket = Socket::Inet { source: end(), destination: end() };
    let is_socket = numbers.below(2) == 0;
    Object {
        fd_type: if is_socket { FdType::Ipv4Sock } else { FdType::FileV2 },
        name: Text::from(numbers.one(&["/etc/passwd", "/usr/x/lib/y", "", "a->b", "cat"])),
        name_raw: Text::default(),
        real_name: None,
        open_flags: 0,
        dev: 0,
        ino: 0,
        flags: ObjectFlags::empty(),
        socket: is_socket.then_some(socket),
        l4: L4Proto::Tcp,
        role: numbers.one(&[Role::Client, Role::Server, Role::Unknown]),
    }
}

fn batch(view: View, segment: &Arc<Segment>, numbers: &mut Numbers, first: u64) -> Batch {
    let head = Head { view, source: Arc::new(SourceInfo::default()), first_ts: 1, ts_before: 0 };
    let mut batch = Batch::new(head, segment.clone());
    for _ in 0..numbers.below(4) {
        let live = Live {
            vm_size: numbers.one(&[10, 100]),
            vm_rss: 0,
            vm_swap: 0,
            pf_major: 0,
            pf_minor: 0,
            fd_limit: -1,
            fd_open: numbers.below(3),
            threads: 1,
            children: 0,
            std: [Id::NONE; 3],
            fd_types: Id::NONE,
        };
        batch.lives.push(live);
    }
    let mut ts = first * 100;
    for row in 0..numbers.below(150) {
        ts += numbers.below(8);
        let code = numbers.one(CODES);
        let flags = RowFlags::empty();
        let header = RowHeader { num: first + row, ts, tid: 1, cpu: numbers.below(3) as u16, code, flags };
        let result = numbers.one(&[3i64, 0, -2]).to_le_bytes().to_vec();
        for param in [result, numbers.one(&[&b"/etc/passwd\0"[..], b"x\0", b""]).to_vec()] {
            batch.params.push(ParamSlice { chunk: batch.chunks.len() as u32, start: 0, len: param.len() as u32 });
            batch.chunks.push(param.into());
        }
        batch.push_row(header, NO_ROW);
        batch.own.push(numbers.id(5));
        batch.lineage.push(numbers.id(4));
        batch.object.push(numbers.id(6));
        batch.fd.push(numbers.one(&[-1, 3, 4]));
        let lives = batch.lives.len() as u64;
        batch.live.push(if lives == 0 { u32::MAX } else { numbers.one(&[numbers_below(lives, row), u32::MAX]) });
        batch.latency.push(2);
    }
    batch
}

fn numbers_below(end: u64, number: u64) -> u32 {
    (number % end) as u32
}

/// Batches of two segments, one after the other.
fn batches(view: View, seed: u64) -> Vec<Batch> {
    let mut numbers = Numbers(seed);
    let segments = [segment(&mut numbers), segment(&mut numbers)];
    let order = [0, 0, 1, 0, 1];
    order.iter().zip(1..).map(|(&at, nth)| batch(view, &segments[at], &mut numbers, nth * 100)).collect()
}

fn filter() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(CHECKS).prop_map(str::to_string);
    leaf.prop_recursive(5, 24, 4, |inner| {
        let joined = |joint: &'static str| {
            move |parts: Vec<String>| parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(joint)
        };
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5).prop_map(joined(" and ")),
            prop::collection::vec(inner.clone(), 2..5).prop_map(joined(" or ")),
            inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
}

fn compile(text: &str, view: View) -> Filter {
    Filter::compile(text, view, &Env::default()).unwrap_or_else(|errors| panic!("{}", errors[0].render(text)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn both_evaluators_agree(text in filter(), seed in any::<u64>(), exit in any::<bool>(), shown in 1..4u64) {
        let view = if exit { View::Exit } else { View::Classic };
        let filter = compile(&text, view);
        let (mut columns, mut sequential) = (filter.columns(), filter.sequential());
        for batch in batches(view, seed) {
            // Some rows are not shown to filters.
            let rows = Selection::with(batch.len(), |row| *row as u64 % shown != 1);
            let expected = sequential.select(&batch, &rows);
            prop_assert_eq!(columns.select(&batch, &rows), expected.clone(), "{}\n{}", text, filter.explain());
            prop_assert!(expected.iter().all(|row| rows.contains(row)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

    #[test]
    fn filters_together_select_what_each_does_alone(
        texts in prop::collection::vec(filter(), 1..6),
        seed in any::<u64>(),
        exit in any::<bool>(),
        shown in 1..4u64,
    ) {
        let view = if exit { View::Exit } else { View::Classic };
        // One of them is there twice, and one as a part of another.
        let last = format!("({}) or not ({})", texts[0], texts[texts.len() - 1]);
        let texts: Vec<&String> = texts.iter().chain([&texts[0], &last]).collect();
        let filters: Vec<Filter> = texts.iter().map(|text| compile(text, view)).collect();
        let mut together = FilterSet::new(view, filters.clone()).columns();
        let mut alone: Vec<_> = filters.iter().map(Filter::sequential).collect();
        for batch in batches(view, seed) {
            let mut together = together.on(&batch);
            // Each is shown other rows, without what some of those before selected.
            let mut left = Selection::all(batch.len());
            for (at, alone) in alone.iter_mut().enumerate() {
                let mut rows = Selection::with(batch.len(), |row| (*row + at) as u64 % shown != 1);
                rows.keep(&left);
                let hits = together.select(at, &rows);
                prop_assert_eq!(&hits, &alone.select(&batch, &rows), "{} of {:#?}", at, &texts);
                if at % 2 == 1 {
                    left.remove(&hits);
                }
            }
        }
    }
}

/// Every condition is true of some rows and false of others, or the test above says little.
#[test]
fn conditions_tell_rows_apart() {
    let mut dull = Vec::new();
    for check in CHECKS.iter().filter(|check| !check.starts_with("tolower(\"A\")")) {
        let (mut hits, mut all) = (0, 0);
        for view in [View::Classic, View::Exit] {
            let mut evaluator = compile(check, view).columns();
            for batch in (0..5).flat_map(|seed| batches(view, seed)) {
                all += batch.len();
                hits += evaluator.select(&batch, &Selection::all(batch.len())).count();
            }
        }
        if hits == 0 || hits == all {
            dull.push(format!("{check}: {hits} of {all}"));
        }
    }
    assert!(dull.is_empty(), "{}", dull.join("\n"));
}

#[test]
fn a_plan_says_how_often_conditions_are_computed() {
    let text =
        "evt.num > 3 and proc.aname = sh and proc.name = cat and evt.type = open and (fd.name = x or proc.name = cat)";
    assert_eq!(
        compile(text, View::Exit).explain(),
        "all of\n  once a type: evt.type = open\n  once a thread: proc.name = cat\n  any of\n    \
         once a thread: proc.name = cat\n    once an object: fd.name = x\n  once an actor: proc.aname = sh\n  \
         by row: evt.num > 3\n"
    );
    let text = "evt.num > 3 and proc.name = cat and evt.deltatime > 1 and evt.num < 9 and evt.type = open";
    assert_eq!(
        compile(text, View::Exit).explain(),
        "all of\n  once a thread: proc.name = cat\n  by row: evt.num > 3\n  in order: evt.deltatime > 1\n  \
         once a type: evt.type = open\n  by row: evt.num < 9\n"
    );
}
