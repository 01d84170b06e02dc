//! Descriptions of containers, for threads whose control groups name one.

use super::describe::{Unknown, describe_unknown};
use super::event::{ContainerEvent, container_event};
use super::short::short_id;
use super::{Action, Bundles, Engine, Error, Found, identify};
use capture_machine::containers::cgroups::classic::kind;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::mpsc::Sender;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How many questions wait for the engines at most. One that finds no place is asked when its container is seen again.
const MAX_WAITING: usize = 1024;

/// How long an engine that did not answer in time is left alone.
const REST: Duration = Duration::from_secs(30);

/// How many containers and lists of control groups are remembered. Above that, known ones may be told again.
const MAX_KNOWN: usize = 1 << 16;

/// What is known of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The container.
    pub id: String,
    /// The event to be recorded.
    pub event: ContainerEvent,
    /// Why no engine described it, if none did that could have, and there are no files of it.
    pub reason: Option<String>,
    /// Whether an engine described it.
    pub by_engine: bool,
}

/// Asks engines for containers on a thread of its own. Whoever uses it never waits.
#[derive(Debug)]
pub struct Resolver {
    bundles: Bundles,
    has_engines: bool,
    questions: SyncSender<Question>,
    answers: Receiver<Option<Answer>>,
    /// Questions without an answer.
    waiting: usize,
    /// Lists of control groups that were looked at.
    seen: HashSet<Box<[u8]>>,
    /// Containers that were asked for.
    known: HashSet<String>,
}

/// A container that engines are asked for.
#[derive(Debug)]
struct Question {
    found: Found,
    /// Name and image, as far as they are known without an answer.
    name: Option<String>,
    image: Option<String>,
}

impl From<Found> for Question {
    fn from(found: Found) -> Self {
        Question { found, name: None, image: None }
    }
}

impl Resolver {
    /// Starts the thread that asks these engines, and looks into these files of those that do not answer.
    pub fn start(engines: Vec<Engine>, bundles: Bundles) -> io::Result<Resolver> {
        let (questions, waiting) = sync_channel(MAX_WAITING);
        let (answers, received) = channel();
        let has_engines = !engines.is_empty();
        let of_thread = bundles.clone();
        thread::Builder::new()
            .name("containers".into())
            .spawn(move || answer_all(&engines, &of_thread, &waiting, &answers))?;
        Ok(Resolver {
            bundles,
            has_engines,
            questions,
            answers: received,
            waiting: 0,
            seen: HashSet::new(),
            known: HashSet::new(),
        })
    }

    /// A thread has these control groups, `subsystem=path` with a zero byte after each. If they name a container that
    /// is new and that no engine has to be asked for, it is answered at once; else the answer comes later.
    pub fn saw(&mut self, cgroups: &[u8]) -> Option<Answer> {
        if self.seen.contains(cgroups) {
            return None;
        }
        let found = identify(cgroups);
        let is_new = found.as_ref().is_some_and(|found| !self.known.contains(&found.id));
        let answer = found.filter(|_| is_new).map(|found| self.ask(found.into()));
        if !matches!(answer, Some(Err(()))) {
            remember(&mut self.seen, cgroups.into());
        }
        answer?.ok()?
    }

    /// An engine did something (`Action::changes_container`) after which the container has to be asked for (again).
    pub fn changed(&mut self, action: &Action) {
        let kind = if action.engine == "podman" { kind::PODMAN } else { kind::DOCKER };
        let found = Found { id: short_id(&action.id).to_owned(), full_id: action.id.clone(), kind };
        let told = |name| action.attribute(name).map(str::to_owned);
        // If there is no place, the container is asked for when its first thread is seen.
        let _ = self.ask(Question { found, name: told("name"), image: told("image") });
    }

    /// An answer that has come.
    pub fn next_answer(&mut self) -> Option<Answer> {
        while let Ok(answer) = self.answers.try_recv() {
            self.waiting = self.waiting.saturating_sub(1);
            if answer.is_some() {
                return answer;
            }
        }
        None
    }

    /// Waits until all questions are answered, but no longer than this, and gives the answers. For the start of a
    /// recording: descriptions that stand before the first event hold from the beginning.
    pub fn settle(&mut self, time: Duration) -> Vec<Answer> {
        let deadline = Instant::now() + time;
        let mut answers = Vec::new();
        while self.waiting > 0 {
            match self.answers.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(answer) => {
                    self.waiting -= 1;
                    answers.extend(answer);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        answers
    }

    /// Asks the engines, or answers what they cannot know. `Err` if there is no place for a question.
    fn ask(&mut self, question: Question) -> Result<Option<Answer>, ()> {
        let (id, kind) = (question.found.id.clone(), question.found.kind);
        if !has_api(kind) || !self.has_engines {
            remember(&mut self.known, id);
            return Ok(Some(without_engine(&self.bundles, &question, no_engine(kind))));
        }
        match self.questions.try_send(question) {
            Ok(()) => {
                self.waiting += 1;
                remember(&mut self.known, id);
                Ok(None)
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(()),
        }
    }
}

fn remember<T: std::hash::Hash + Eq>(set: &mut HashSet<T>, value: T) {
    if set.len() >= MAX_KNOWN {
        set.clear();
    }
    set.insert(value);
}

/// Whether containers of this type may be known to an engine with Docker's API.
fn has_api(kind: u32) -> bool {
    matches!(kind, kind::DOCKER | kind::PODMAN | kind::CRI)
}

/// Why nobody was asked; `None` for runtimes of which nothing more is to be known.
fn no_engine(kind: u32) -> Option<String> {
    match kind {
        kind::DOCKER | kind::PODMAN | kind::CRI => Some("no socket of a container engine was found".to_owned()),
        kind::CONTAINERD | kind::CRIO => Some("containerd and CRI-O are not asked, and left no files of it".to_owned()),
        _ => None,
    }
}

/// What is said of a container that no engine described.
fn without_engine(bundles: &Bundles, question: &Question, reason: Option<String>) -> Answer {
    match bundles.describe(&question.found) {
        Some(description) => Answer {
            id: question.found.id.clone(),
            event: container_event(description),
            reason: None,
            by_engine: false,
        },
        None => unknown(question, reason),
    }
}

fn unknown(question: &Question, reason: Option<String>) -> Answer {
    let description = describe_unknown(Unknown {
        found: &question.found,
        name: question.name.as_deref(),
        image: question.image.as_deref(),
        reason: reason.as_deref(),
    });
    Answer { id: question.found.id.clone(), event: container_event(description), reason, by_engine: false }
}

/// The thread: answers questions until nobody asks any more. Every question has its answer; one that would repeat what
/// was said last is `None`.
fn answer_all(engines: &[Engine], bundles: &Bundles, questions: &Receiver<Question>, answers: &Sender<Option<Answer>>) {
    let mut panel: Vec<Asked> = engines.iter().map(|engine| Asked { engine, rests_until: None }).collect();
    let mut last: HashMap<String, ContainerEvent> = HashMap::new();
    for question in questions {
        let answer = answer(&mut panel, bundles, &question);
        let before = last.get(&answer.id);
        // What an engine said once is not taken back when the container is gone.
        let is_news = before != Some(&answer.event) && (before.is_none() || answer.by_engine);
        if is_news {
            if last.len() >= MAX_KNOWN {
                last.clear();
            }
            last.insert(answer.id.clone(), answer.event.clone());
        }
        if answers.send(is_news.then_some(answer)).is_err() {
            return;
        }
    }
}

/// An engine that questions are put to. One that did not answer in time is not asked for a while: else every new
/// container would wait for it.
struct Asked<'e> {
    engine: &'e Engine,
    rests_until: Option<Instant>,
}

impl Asked<'_> {
    fn describe(&mut self, id: &str) -> Result<Vec<u8>, Error> {
        if self.rests_until.is_some_and(|until| Instant::now() < until) {
            return Err(Error::TimedOut);
        }
        let answer = self.engine.describe(id);
        self.rests_until = match answer {
            Err(Error::TimedOut) => Some(Instant::now() + REST),
            _ => None,
        };
        answer
    }
}

/// Asks one engine after the other, those first whose type the control group's name tells.
fn answer(panel: &mut [Asked<'_>], bundles: &Bundles, question: &Question) -> Answer {
    let found = &question.found;
    panel.sort_by_key(|asked| asked.engine.kind() != found.kind);
    let mut reason = None;
    for asked in panel {
        match asked.describe(&found.full_id) {
            Ok(description) => {
                return Answer {
                    id: found.id.clone(),
                    event: container_event(description),
                    reason: None,
                    by_engine: true,
                };
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => {
                reason = reason.or_else(|| Some(format!("{}: {error}", asked.engine.socket().display())));
            }
        }
    }
    without_engine(bundles, question, reason.or_else(|| Some("no container engine knows it (any more)".to_owned())))
}
