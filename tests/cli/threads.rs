//! How many threads there are changes nothing that is printed.

use crate::support::{Ran, run};
use capture_testkit::{Form, captures, random_capture};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Batches begin with 64 rows and double: so many events are several of them.
const EVENTS: usize = 1500;

/// What is shown, and how. Some of it looks at the events before.
const SHOWN: &[&str] = &[
    "",
    "-v",
    "-j",
    "-D",
    "-t D",
    "-t r",
    "-q -S",
    "-S",
    "--table evt.num,proc.name,fd.name,evt.deltatime",
    "--table evt.num,evt.type,user.name",
    "-p %evt.num|%evt.deltatime",
    "-p *%evt.num|%proc.cmdline|%proc.aname[2]|%proc.vmsize|%evt.latency",
    "-p %evt.file|%evt.num|%evt.args",
    "-p %evt.num|%fd.sip.name|%fd.name",
    "-p *%evt.num|%thread.exectime|%proc.fdopencount|%fdlist.names",
];

/// Conditions of every kind; those that look back among them.
fn conditions() -> Vec<&'static str> {
    let text = include_str!("../differential/filters.txt");
    let known = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    known.chain(["evt.deltatime > 1000", "thread.exectime > 10", "util.cnt < 200", "fd.sip.name exists"]).collect()
}

/// What is asked.
#[derive(Debug, Clone)]
struct Question {
    shown: &'static str,
    filter: String,
    limit: Option<u32>,
    view: &'static str,
}

fn question() -> impl Strategy<Value = Question> {
    let condition = (prop::sample::select(conditions()), any::<bool>());
    let condition = condition.prop_map(|(text, not)| if not { format!("not ({text})") } else { format!("({text})") });
    let filter = prop::collection::vec((condition, any::<bool>()), 0..4).prop_map(|parts| {
        let joined = |text: String, (part, or): (String, bool)| match &*text {
            "" => part,
            text => format!("{text} {} {part}", if or { "or" } else { "and" }),
        };
        parts.into_iter().fold(String::new(), joined)
    });
    let limit = prop::option::weighted(0.4, 1..300u32);
    (prop::sample::select(SHOWN), filter, limit, prop::sample::select(vec!["classic", "exit"]))
        .prop_map(|(shown, filter, limit, view)| Question { shown, filter, limit, view })
}

fn ask(question: &Question, files: &[PathBuf], threads: usize) -> Ran {
    let threads = threads.to_string();
    let mut words = vec!["query", "--threads", &threads, "--view", question.view];
    let limit = question.limit.map(|limit| limit.to_string());
    words.extend(limit.iter().flat_map(|limit| ["-n", limit]));
    words.extend(question.shown.split_whitespace());
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    words.extend(files.iter().flat_map(|file| ["-r", file]));
    words.push(&question.filter);
    run(words)
}

/// Asks with any number of threads, and gives how much was printed.
fn same_answers(question: &Question, files: &[PathBuf]) -> usize {
    let expected = ask(question, files, 1);
    expected.assert_sound();
    // How long it took is not the same.
    let said = |ran: &Ran| ran.stderr.lines().filter(|line| !line.contains("Elapsed")).collect::<Vec<_>>().join("\n");
    for threads in [2, 7] {
        let found = ask(question, files, threads);
        assert!(found.stdout == expected.stdout, "{threads} threads print something else: {question:?} {files:?}");
        assert_eq!((said(&found), found.status), (said(&expected), expected.status), "{question:?} {files:?}");
    }
    expected.stdout.len()
}

/// Writes a random capture, some of its bytes wrong at a place (in thousandths of its length), if one is given.
fn write(path: &Path, seed: u64, form: Form, wrong: Option<usize>) {
    let mut bytes = random_capture(seed, EVENTS, form).to_bytes();
    if let Some(wrong) = wrong {
        let at = bytes.len() * wrong / 1000;
        bytes.iter_mut().skip(at).take(30).for_each(|byte| *byte ^= 0x5A);
    }
    std::fs::write(path, bytes).expect("a new file");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn random_questions_to_random_captures(
        question in question(),
        captures in prop::collection::vec(
            (0..50u64, prop::sample::select(vec![Form::Pairs, Form::TidyPairs, Form::ExitOnly]),
                prop::option::weighted(0.2, 300..1000usize)),
            1..4,
        ),
    ) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let files: Vec<PathBuf> = (0..captures.len()).map(|i| dir.path().join(format!("{i}.scap"))).collect();
        for (file, (seed, form, wrong)) in files.iter().zip(captures) {
            write(file, seed, form, wrong);
        }
        same_answers(&question, &files);
    }
}

#[test]
fn everything_is_asked_of_every_capture() {
    let fixtures = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).expect("fixtures");
    let fixtures =
        fixtures.flatten().map(|entry| entry.path()).filter(|path| path.extension() == Some("scap".as_ref()));
    let mut printed = 0;
    for file in fixtures.chain(captures()) {
        for view in ["classic", "exit"] {
            for (shown, filter) in SHOWN.iter().zip(["", "evt.num > 30", "proc.name exists"].iter().cycle()) {
                let question = Question { shown, filter: (*filter).to_owned(), limit: None, view };
                printed += same_answers(&question, std::slice::from_ref(&file));
            }
        }
    }
    assert!(printed > 100_000, "{printed}");
}

#[test]
fn an_explanation_says_what_was_done() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/intrusion.scap").display().to_string();
    for threads in ["1", "2"] {
        let ran = run(["query", "-r", &file, "--threads", threads, "--explain", "-p", "%evt.num", "evt.type = execve"]);
        ran.assert_sound();
        assert_eq!(ran.stdout, run(["query", "-r", &file, "-p", "%evt.num", "evt.type = execve"]).stdout);
        let number = |name: &str| {
            let line = ran.stderr.lines().find_map(|line| line.trim().strip_prefix(name));
            line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        };
        assert!(ran.stderr.contains("once a type: evt.type = execve"), "{}", ran.stderr);
        assert_eq!(number("bytes read"), Some(std::fs::metadata(&file).expect("a fixture").len()), "{}", ran.stderr);
        assert_eq!(number("rows selected"), Some(ran.stdout.lines().count() as u64), "{}", ran.stderr);
        assert!(number("events replayed") > number("rows evaluated"), "{}", ran.stderr);
        assert_eq!(number("batches skipped"), Some(0), "{}", ran.stderr);
    }
}
