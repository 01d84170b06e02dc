//! What our recorder says of a recording, and where it lost events.

use super::collect::{text, time};
use capture_event::code;
use capture_event::option::{LOST, REASON};
use capture_event::recording::{ATTACHED, Calls, Ending, Followed, Notice, Recording};
use capture_scap::EventBlock;
use serde_json::{Value, json};

/// More gaps than this are only counted.
const GAPS_SHOWN: usize = 100;

/// More processes than these are not named.
const LATE_SHOWN: usize = 100;

/// What is said so far: of the recording by the first event of the capture.
#[derive(Default)]
pub struct Recorded {
    recording: Option<Recording>,
    ending: Option<Ending>,
    /// Processes that were there before they were followed.
    late: Vec<i64>,
    gaps: Vec<Value>,
    gap_count: u64,
    lost: u64,
}

impl Recorded {
    /// Takes notice of an event. `is_first`: whether no event came before it.
    pub fn see(&mut self, event: &EventBlock<'_>, is_first: bool) {
        // Only what comes last is the end.
        self.ending = None;
        match event.code {
            code::NOTIFICATION_E
                if self.late.len() < LATE_SHOWN && event.event(&event.params()).str(0) == Some(ATTACHED.as_bytes()) =>
            {
                self.late.push(event.tid);
            }
            code::NOTIFICATION_E => match Notice::of(&event.event(&event.params())) {
                Some(Notice::Begin(recording)) if is_first => self.recording = Some(*recording),
                Some(Notice::End(ending)) => self.ending = Some(ending),
                Some(Notice::Begin(_)) | None => {}
            },
            code::DROP_E | code::DROP_X if event.may_have_options() => self.gap(event),
            _ => {}
        }
    }

    fn gap(&mut self, event: &EventBlock<'_>) {
        let value = |wanted| {
            let place = event.option_places().find(|(code, _)| *code == wanted);
            place.map(|(_, place)| place.of(event.chunk))
        };
        let Some(lost) = value(LOST).and_then(|lost| lost.try_into().ok()).map(u64::from_le_bytes) else { return };
        self.gap_count += 1;
        self.lost = self.lost.saturating_add(lost);
        if self.gaps.len() < GAPS_SHOWN {
            let lost = if lost == 0 { json!("unknown") } else { json!(lost) };
            self.gaps.push(json!({"time": time(event.ts), "lost": lost, "reason": value(REASON).map(text)}));
        }
    }

    /// The recording, `null` for one of another program, and its gaps.
    pub fn into_json(self) -> (Value, Vec<Value>) {
        let Some(recording) = self.recording else { return (Value::Null, self.gaps) };
        let end = match self.ending {
            None => json!("did not end: the recorder was killed or is still recording"),
            Some(Ending { ended, reason, events, lost, gaps }) => {
                json!({"time": ended.map(time), "reason": reason, "events": events, "lost": lost, "gaps": gaps})
            }
        };
        let calls = recording.calls.map(|calls| match calls {
            Calls::All => "all".to_owned(),
            Calls::Only(calls) => calls.join(" "),
        });
        let Followed { pids, containers, command } = recording.followed;
        let said = |text: String| Some(text).filter(|text| !text.is_empty());
        let recording = json!({
            "program": said(recording.program),
            "command": said(command_line(&recording.command)),
            "filter": said(recording.filter),
            "mode": said(recording.mode),
            "sources": recording.sources,
            "calls": calls,
            "snap_length": recording.snap_length,
            "real_names": recording.real_names,
            "followed": {"pids": pids, "containers": containers, "command": said(command_line(&command)), "late": self.late},
            "host": said(recording.host),
            "kernel": said(recording.kernel),
            "architecture": said(recording.arch),
            "zone": said(recording.zone),
            "utc_offset": recording.utc_offset,
            "boot": recording.boot_time.map(time),
            "started": recording.started.map(time),
            "piece": recording.piece,
            "end": end,
            "gaps": self.gap_count,
            "lost": self.lost,
            "blind": recording.blind,
        });
        (recording, self.gaps)
    }
}

/// Words as one would type them.
fn command_line(words: &[String]) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    let quoted = |word: &String| match !word.is_empty() && word.chars().all(is_plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::command_line;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        let words = ["a", "b c", "", "it's", "evt.type=open"].map(String::from);
        assert_eq!(command_line(&words), r"a 'b c' '' 'it'\''s' evt.type=open");
    }
}
