//! The events that a capture holds of containers.

use super::Action;
use super::short::cut;
use capture_event::code;
use serde_json::{Map, Value};

/// Longest parameter of events whose lengths have 16 bits, the zero byte at its end included.
const MAX_SHORT: usize = u16::MAX as usize;

/// An event of a container or an engine: a code, and parameters as they stand in a capture. Its thread is -1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerEvent {
    /// The event type.
    pub code: u16,
    /// The parameters' bytes.
    pub params: Vec<Vec<u8>>,
}

/// The container event with this description ([`super::describe()`]).
pub fn container_event(mut description: Vec<u8>) -> ContainerEvent {
    description.push(0);
    let code = if description.len() <= MAX_SHORT { code::CONTAINER_JSON_E } else { code::CONTAINER_JSON_2_E };
    ContainerEvent { code, params: vec![description] }
}

/// What an engine did, as a notification: `id` is `engine.object.action`, such as `docker.container.exec_create`,
/// `desc` is JSON with the id, the name, the image and what else the engine said.
///
/// The format also has an infrastructure event, made for Docker's actions, but it is an internal one: sysdig counts
/// such events and never prints them. Notifications are printed by every version.
pub fn action_event(action: &Action) -> ContainerEvent {
    let mut id = format!("{}.{}.{}", action.engine, action.object, action.action).into_bytes();
    id.push(0);
    let mut desc = Map::new();
    desc.insert("id".to_owned(), Value::from(action.id.as_str()));
    for (name, value) in &action.attributes {
        desc.insert(name.clone(), Value::from(value.as_str()));
    }
    if let Some(command) = &action.command {
        desc.insert("command".to_owned(), Value::from(command.as_str()));
    }
    desc.insert("time".to_owned(), Value::from(action.ts));
    let mut text = Value::Object(desc.clone()).to_string();
    if text.len() >= MAX_SHORT {
        // Escapes can make a text six times as long.
        const MAX_COMMAND: usize = 8 << 10;
        desc.insert("command".to_owned(), Value::from(cut(action.command.as_deref().unwrap_or(""), MAX_COMMAND)));
        desc.insert("cut".to_owned(), Value::from(true));
        text = Value::Object(desc).to_string();
    }
    let mut desc = cut(&text, MAX_SHORT - 1).as_bytes().to_vec();
    desc.push(0);
    ContainerEvent { code: code::NOTIFICATION_E, params: vec![id, desc] }
}
