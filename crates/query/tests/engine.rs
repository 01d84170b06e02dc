//! Sources of any kind, threads that are slow or fail, takers that stop: the order stays, and nothing hangs.

use capture_batch::{Batch, Head, Interest, Needs, RowFlags, RowHeader, Segment, SourceInfo, Types, View};
use capture_filter::Selection;
use capture_query::{Count, Damage, Input, Item, Made, Maker, Piece, Plan, Question, Source, Stats, Taker, Work, run};
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const THREADS: [usize; 4] = [1, 2, 3, 7];

/// What a capture consists of: times of rows, made at once or later; what is skipped; damage.
#[derive(Clone)]
enum Part {
    Rows(Vec<u64>),
    Later(Vec<u64>),
    Broken(&'static str),
    Skipped,
    Damage(&'static str),
    Panic,
}
use Part::{Broken, Later, Rows, Skipped};

struct Parts(Vec<Part>, Arc<AtomicUsize>);

impl Parts {
    fn new(parts: &[Part]) -> Self {
        Parts(parts.to_vec(), Arc::default())
    }
}

impl Input for Parts {
    fn first_ts(&mut self) -> u64 {
        let first = |part: &Part| match part {
            Rows(times) | Later(times) => times.first().copied(),
            _ => None,
        };
        self.0.iter().find_map(first).unwrap_or(0)
    }

    fn start(self, _: Plan, _: Box<dyn Interest>, _: Arc<Stats>) -> Box<dyn Source> {
        Box::new(Giving(self.0.into_iter(), self.1))
    }
}

struct Giving(std::vec::IntoIter<Part>, Arc<AtomicUsize>);

impl Source for Giving {
    fn next(&mut self) -> Option<Item> {
        let piece = match self.0.next()? {
            Rows(times) => Piece::Batch(Work::Made(Box::new(batch(&times)))),
            Later(times) => Piece::Batch(Work::Later(Box::new(move || Ok(batch(&times))))),
            Broken(what) => Piece::Batch(Work::Later(Box::new(move || Err(Box::new(what) as Damage)))),
            Skipped => Piece::Skipped("nobody wants it"),
            Part::Damage(what) => Piece::Damage(Box::new(what)),
            Part::Panic => panic!("the source is gone"),
        };
        self.1.fetch_add(1, Ordering::SeqCst);
        Some(Item { piece, file: "file".into(), position: 0 })
    }
}

fn batch(times: &[u64]) -> Batch {
    let head = Head { view: View::Exit, source: Arc::new(SourceInfo::default()), first_ts: 0, ts_before: 0 };
    let mut batch = Batch::new(head, Arc::new(Segment::default()));
    for &ts in times {
        batch.push_unbound(RowHeader { num: 0, ts, tid: 0, cpu: 0, code: 0, flags: RowFlags::empty() });
    }
    batch
}

/// Asks for the times of rows, those divisible by ten left out. If it is ordered, also for how many rows came before.
struct Times {
    is_ordered: bool,
    panics_at: Option<u64>,
}

const FREE: Times = Times { is_ordered: false, panics_at: None };
const ORDERED: Times = Times { is_ordered: true, panics_at: None };

struct Telling<'q>(&'q Times, u64);

impl Question for Times {
    type Maker<'q> = Telling<'q>;
    type Output = Vec<(usize, String)>;

    fn interest(&self) -> Box<dyn Interest> {
        Box::new(Types::ALL)
    }

    fn is_ordered(&self) -> bool {
        self.is_ordered
    }

    fn maker(&self) -> Telling<'_> {
        Telling(self, 0)
    }
}

impl Maker for Telling<'_> {
    type Output = Vec<(usize, String)>;

    fn make(&mut self, batch: &Batch) -> Made<Self::Output> {
        let mut output = Vec::new();
        for (row, &ts) in batch.ts.iter().enumerate() {
            assert_ne!(self.0.panics_at, Some(ts), "not this one");
            // Some batches take longer than others.
            std::thread::sleep(Duration::from_micros(ts % 7 * 30));
            output.push((row, if self.0.is_ordered { format!("{ts}.{}", self.1) } else { ts.to_string() }));
            self.1 += 1;
        }
        let selected = Selection::with(batch.len(), |&row| !batch.ts[row].is_multiple_of(10));
        Made { selected, output }
    }
}

#[derive(Default)]
struct Taken {
    seen: Vec<String>,
    rows: usize,
    stop_after: Option<usize>,
    slow: bool,
}

impl Taker<Vec<(usize, String)>> for Taken {
    fn take(
        &mut self,
        capture: usize,
        _: &Batch,
        made: &mut Made<Vec<(usize, String)>>,
        rows: Range<usize>,
    ) -> ControlFlow<()> {
        let taken = made.output.iter().filter(|(row, _)| rows.contains(row) && made.selected.contains(*row));
        for (_, time) in taken {
            self.seen.push(format!("{capture}:{time}"));
            self.rows += 1;
            if self.stop_after == Some(self.rows) {
                return ControlFlow::Break(());
            }
        }
        if self.slow {
            std::thread::sleep(Duration::from_millis(1));
        }
        ControlFlow::Continue(())
    }

    fn damage(&mut self, capture: usize, file: &str, damage: &Damage) {
        self.seen.push(format!("{capture}:{file}:{damage}"));
    }
}

fn plan(threads: usize) -> Plan {
    Plan { view: View::Exit, needs: Needs::all(), times: Plan::ANY_TIME, threads }
}

fn seen(captures: &[&[Part]], questions: &[Times], threads: usize) -> Vec<String> {
    let (mut taken, stats) = (Taken::default(), Arc::default());
    run(captures.iter().map(|parts| Parts::new(parts)).collect(), questions, plan(threads), &mut taken, &stats);
    let skipped = captures.iter().flat_map(|parts| parts.iter()).filter(|part| matches!(part, Skipped)).count();
    assert_eq!(stats.skipped().values().sum::<u64>(), skipped as u64);
    taken.seen
}

#[test]
fn everything_comes_in_order_wherever_it_is_made() {
    let parts = [
        Skipped,
        Later(vec![1, 2, 3]),
        Rows(vec![]),
        Part::Damage("torn"),
        Skipped,
        Skipped,
        Rows(vec![4, 10, 5]),
        Broken("checksum"),
        Later(vec![20]),
        Later(vec![6]),
        Part::Damage("cut off"),
    ];
    let expected = ["0:1", "0:2", "0:3", "0:file:torn", "0:4", "0:5", "0:file:checksum", "0:6", "0:file:cut off"];
    let ordered =
        ["0:1.0", "0:2.1", "0:3.2", "0:file:torn", "0:4.3", "0:5.5", "0:file:checksum", "0:6.7", "0:file:cut off"];
    for threads in THREADS {
        assert_eq!(seen(&[&parts], &[FREE], threads), expected, "{threads}");
        assert_eq!(seen(&[&parts], &[ORDERED], threads), ordered, "{threads}");
    }
    assert!(seen(&[], &[], 2).is_empty());
}

/// Captures of many batches, with rows in no order of time.
fn random(captures: usize) -> Vec<Vec<Part>> {
    let mut seed = 7u64;
    let mut next = move |below: u64| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) % below
    };
    let capture = |_| {
        let mut now = next(50);
        let part = |_| {
            let times = (0..next(6)).map(|_| {
                now = (now + next(9)).saturating_sub(next(3));
                now
            });
            let times = times.collect();
            if next(2) == 0 { Rows(times) } else { Later(times) }
        };
        (0..150).map(part).collect()
    };
    (0..captures).map(capture).collect()
}

#[test]
fn the_order_does_not_depend_on_threads() {
    for captures in [1, 2, 5] {
        let captures = random(captures);
        let captures: Vec<&[Part]> = captures.iter().map(Vec::as_slice).collect();
        let questions = || (0..captures.len()).map(|i| if i == 1 { ORDERED } else { FREE }).collect::<Vec<_>>();
        let expected = seen(&captures, &questions(), 1);
        assert!(expected.len() > 250, "{}", expected.len());
        for threads in THREADS {
            assert!(seen(&captures, &questions(), threads) == expected, "{threads}");
        }
    }
}

#[test]
fn rows_that_are_not_selected_change_no_order() {
    let captures: [&[Part]; 2] =
        [&[Rows(vec![1, 90, 40]), Later(vec![60, 7])], &[Rows(vec![20, 50]), Later(vec![3, 8])]];
    let selected: [&[Part]; 2] = [&[Rows(vec![1]), Skipped, Later(vec![7])], &[Later(vec![3, 8])]];
    for threads in THREADS {
        // Only when the second one begins is known from rows that nobody wants.
        assert_eq!(seen(&captures, &[FREE, FREE], threads), ["0:1", "0:7", "1:3", "1:8"]);
        assert_eq!(seen(&selected, &[FREE, FREE], threads), ["0:1", "1:3", "0:7", "1:8"]);
    }
}

#[test]
fn memory_is_bounded_whoever_is_slow() {
    for threads in [2, 3, 7, 100] {
        let parts: Vec<Part> = (0..300).map(|i| if i % 2 == 0 { Later(vec![i]) } else { Rows(vec![i]) }).collect();
        let parts = Parts::new(&parts);
        let given = parts.1.clone();
        struct Counting(Taken, Arc<AtomicUsize>, usize);
        impl Taker<Vec<(usize, String)>> for Counting {
            fn arrives(&mut self, capture: usize, batch: &Batch, bytes: u64) {
                self.0.arrives(capture, batch, bytes);
                self.0.rows += 1;
                std::thread::sleep(Duration::from_micros(300));
                self.2 = self.2.max(self.1.load(Ordering::SeqCst) - self.0.rows);
            }
            fn take(
                &mut self,
                _: usize,
                _: &Batch,
                _: &mut Made<Vec<(usize, String)>>,
                _: Range<usize>,
            ) -> ControlFlow<()> {
                ControlFlow::Continue(())
            }
            fn damage(&mut self, _: usize, _: &str, _: &Damage) {}
        }
        let mut taker = Counting(Taken::default(), given, 0);
        run(vec![parts], &[FREE], plan(threads), &mut taker, &Arc::default());
        assert_eq!(taker.0.rows, 300);
        // Those that were given out, and the one that the source has in its hands.
        assert!((1..=17).contains(&taker.2), "{} batches in flight with {threads} threads", taker.2);
    }
}

#[test]
fn who_has_enough_gets_no_more_and_everybody_goes() {
    for threads in THREADS {
        let parts: Vec<Part> = (0..10_000).map(|i| Later(vec![i * 10 + 1, i * 10 + 2])).collect();
        let (parts, other) = (Parts::new(&parts), Parts::new(&parts));
        let given = parts.1.clone();
        let mut taken = Taken { stop_after: Some(5), ..Taken::default() };
        run(vec![parts, other], &[FREE, ORDERED], plan(threads), &mut taken, &Arc::default());
        assert_eq!(taken.seen, ["0:1", "1:1.0", "0:2", "1:2.1", "0:11"]);
        // The thread of a source hears of it with its next batch.
        let deadline = Instant::now() + Duration::from_secs(60);
        while Arc::strong_count(&given) > 1 {
            assert!(Instant::now() < deadline, "a thread stays");
            std::thread::yield_now();
        }
        assert!(given.load(Ordering::SeqCst) < 50);
    }
}

#[test]
fn panics_come_out_as_panics() {
    let parts: Vec<Part> = (1..200).map(|i| Later(vec![i])).collect();
    let broken = [&parts[..50], &[Part::Panic], &parts[..50]].concat();
    let failing = |is_ordered| Times { is_ordered, panics_at: Some(77) };
    for threads in THREADS {
        for (parts, question, message) in [
            (&parts, failing(false), "not this one"),
            (&parts, failing(true), "not this one"),
            (&broken, FREE, "the source is gone"),
        ] {
            let mut taken = Taken { slow: true, ..Taken::default() };
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                run(vec![Parts::new(parts)], &[question], plan(threads), &mut taken, &Arc::default());
            }));
            let panic = outcome.unwrap_err();
            let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            assert!(said.is_some_and(|said| said.contains(message)), "{said:?}");
            assert!(taken.seen.len() >= 45, "what came before was taken: {:?}", taken.seen.len());
        }
    }
}

#[test]
fn a_panic_of_the_taker_ends_everything() {
    struct Failing;
    impl Taker<Vec<(usize, String)>> for Failing {
        fn take(
            &mut self,
            _: usize,
            _: &Batch,
            _: &mut Made<Vec<(usize, String)>>,
            _: Range<usize>,
        ) -> ControlFlow<()> {
            panic!("full");
        }
        fn damage(&mut self, _: usize, _: &str, _: &Damage) {}
    }
    for threads in THREADS {
        let parts: Vec<Part> = (1..200).map(|i| Later(vec![i])).collect();
        let outcome = catch_unwind(|| {
            run(vec![Parts::new(&parts)], &[FREE], plan(threads), &mut Failing, &Arc::default());
        });
        assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"full"));
    }
}

#[test]
fn a_source_that_waits_keeps_nothing_back() {
    struct Slow(u64);
    impl Input for Slow {
        fn first_ts(&mut self) -> u64 {
            0
        }
        fn start(self, _: Plan, _: Box<dyn Interest>, _: Arc<Stats>) -> Box<dyn Source> {
            Box::new(self)
        }
    }
    /// Gives a batch, and never another one.
    impl Source for Slow {
        fn next(&mut self) -> Option<Item> {
            if self.0 > 0 {
                loop {
                    std::thread::park();
                }
            }
            self.0 = 1;
            let piece = Piece::Batch(Work::Made(Box::new(batch(&[1]))));
            Some(Item { piece, file: "pipe".into(), position: 1 })
        }
    }
    for (threads, question) in [(2, FREE), (7, FREE), (2, ORDERED)] {
        let mut taken = Taken { stop_after: Some(1), ..Taken::default() };
        let stats = Arc::<Stats>::default();
        run(vec![Slow(0)], &[question], plan(threads), &mut taken, &stats);
        assert_eq!((taken.rows, stats.count(Count::Batches)), (1, 1));
    }
}
