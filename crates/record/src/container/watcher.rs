//! What an engine does while a recording runs.

use super::http::{Error, Hangup};
use super::{Action, Engine};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How much news waits to be taken. With more, the engine waits.
const MAX_WAITING: usize = 1024;

/// How many actions are remembered, so that each is told once: as many as Docker remembers for streams that ask for the
/// past.
const MAX_RECENT: usize = 256;

/// How long to wait before an engine that was lost is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// News of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It did something.
    Action(Action),
    /// It cannot be followed any more, or not yet, for this reason. It is tried again.
    Lost(String),
    /// It can be followed (again). What it did in between comes too, as far as it remembers.
    Follows,
}

/// Follows the event stream of an engine on a thread of its own. Dropping it ends that.
#[derive(Debug)]
pub struct Watcher {
    news: Receiver<News>,
    stop: Arc<Stop>,
    /// Wakes the thread where it waits to try again, by going away.
    _awake: Sender<()>,
}

#[derive(Debug, Default)]
struct Stop {
    stopping: AtomicBool,
    stream: Mutex<Option<Hangup>>,
}

impl Stop {
    fn set_stream(&self, stream: Option<Hangup>) {
        *self.stream.lock().unwrap_or_else(PoisonError::into_inner) = stream;
        if self.stopping.load(Ordering::SeqCst) {
            self.hang_up();
        }
    }

    fn hang_up(&self) {
        if let Some(stream) = &*self.stream.lock().unwrap_or_else(PoisonError::into_inner) {
            stream.hang_up();
        }
    }
}

impl Watcher {
    /// Starts to follow an engine, from a moment on in nanoseconds since the epoch.
    pub fn start(engine: Engine, since: u64) -> io::Result<Watcher> {
        let (sender, news) = sync_channel(MAX_WAITING);
        let (awake, sleeping) = channel();
        let stop = Arc::new(Stop::default());
        let mut thread = Thread { engine, news: sender, stop: stop.clone(), last: since, recent: VecDeque::new() };
        thread::Builder::new().name("engine-events".into()).spawn(move || thread.run(&sleeping))?;
        Ok(Watcher { news, stop, _awake: awake })
    }

    /// News that has come.
    pub fn next_news(&self) -> Option<News> {
        self.news.try_recv().ok()
    }

    /// Waits for news, but no longer than this.
    pub fn wait(&self, time: Duration) -> Option<News> {
        self.news.recv_timeout(time).ok()
    }
}

impl Drop for Watcher {
    /// The thread is not waited for: it ends with its stream, or with the time that connecting may take.
    fn drop(&mut self) {
        self.stop.stopping.store(true, Ordering::SeqCst);
        self.stop.hang_up();
    }
}

/// Nobody listens any more.
struct Ended;

struct Thread {
    engine: Engine,
    news: SyncSender<News>,
    stop: Arc<Stop>,
    /// The time of the latest action.
    last: u64,
    /// The latest actions. A stream that is taken up again repeats some, and Podman repeats what it did while the
    /// stream began.
    recent: VecDeque<Action>,
}

impl Thread {
    fn run(&mut self, sleeping: &Receiver<()>) {
        let mut is_lost = false;
        loop {
            let result = self.follow(&mut is_lost);
            let Ok(reason) = result else { return };
            if !is_lost && self.tell(News::Lost(format!("{}: {reason}", self.engine.socket().display()))).is_err() {
                return;
            }
            is_lost = true;
            match sleeping.recv_timeout(RETRY) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Follows the stream to its end, and says why it ended.
    fn follow(&mut self, is_lost: &mut bool) -> Result<String, Ended> {
        let mut lines = match self.engine.events(self.last) {
            Ok(lines) => lines,
            Err(error) => return Ok(error.to_string()),
        };
        match lines.hangup() {
            Ok(hangup) => self.stop.set_stream(Some(hangup)),
            Err(error) => return Ok(error.to_string()),
        }
        *is_lost = false;
        self.tell(News::Follows)?;
        let reason = loop {
            match lines.next_line() {
                Ok(Some(line)) => self.line(&line)?,
                Ok(None) | Err(Error::Malformed(_)) => break "its event stream ended".to_owned(),
                Err(error) => break error.to_string(),
            }
        };
        self.stop.set_stream(None);
        if self.stop.stopping.load(Ordering::SeqCst) { Err(Ended) } else { Ok(reason) }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Ended> {
        let Some(action) = Action::parse(self.engine.name(), line) else { return Ok(()) };
        if self.recent.contains(&action) {
            return Ok(());
        }
        self.last = self.last.max(action.ts);
        if self.recent.len() >= MAX_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(action.clone());
        self.tell(News::Action(action))
    }

    fn tell(&self, news: News) -> Result<(), Ended> {
        self.news.send(news).map_err(|_| Ended)
    }
}
