//! Any bytes as control groups, as an engine's answer and as a line of its event stream: what becomes of them is within
//! bounds, and readers take a description as it was meant.
#![no_main]

use capture_machine::containers::metadata;
use capture_record::container::{Action, Runtime, action_event, container_event, describe, identify};
use libfuzzer_sys::fuzz_target;

const MOST: usize = u16::MAX as usize;

fuzz_target!(|bytes: &[u8]| {
    if let Some(found) = identify(bytes) {
        assert!(!found.id.is_empty() && found.full_id.starts_with(&found.id), "{found:?}");
    }
    if let Some(action) = Action::parse("docker", bytes) {
        assert!(action_event(&action).params.iter().all(|param| param.len() <= MOST), "{action:?}");
    }
    if let Ok(answer) = serde_json::from_slice(bytes) {
        let runtime = Runtime { kind: 0, engine: "docker" };
        let event = container_event(describe(runtime, &answer, Some(&answer), Some(&answer)));
        let (container, _) = event.params.first().and_then(|json| metadata::parse(json)).expect("a description");
        let id = answer.get("Id").and_then(|id| id.as_str()).unwrap_or_default();
        assert!(id.as_bytes().starts_with(&container.id), "{container:?}");
    }
});
