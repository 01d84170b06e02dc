//! `container.*` and `k8s.*`: the container that the thread runs in, as far as the capture told of it up to the event.
//!
//! In the classic view a thread of the host has the id, name and type `host` and no other value; in the exit view the
//! host is a container of that name with empty values.

pub(super) mod identity;
pub(super) mod mounts;
pub(super) mod pod;
pub(super) mod probes;
pub(super) mod state;

use super::{Arg, Ask};
use crate::value::Extracted;
use capture_batch::{Container, Text};

/// What threads of the host have as the name, id and type of their container.
const HOST: &[u8] = b"host";

/// What the capture says of the thread's container. Container events tell of their own container in the exit view.
fn container<'r>(ask: &Ask<'r>) -> Option<&'r Container> {
    ask.row.container()
}

/// The value of one of the container's labels.
fn labelled<'r>(ask: &Ask<'r>, name: &[u8]) -> Extracted<'r> {
    Extracted::text(container(ask).and_then(|container| value_of(&container.labels, name)))
}

/// The value of a label.
fn value_of<'r>(labels: &'r [(Text, Text)], name: &[u8]) -> Option<&'r [u8]> {
    labels.iter().find(|(key, _)| **key == *name).map(|(_, value)| &value[..])
}

/// Labels as `name:value` with commas between them, without annotations and those of Kubernetes itself.
fn label_list(labels: &[(Text, Text)]) -> Vec<u8> {
    let mut list = Vec::new();
    for (name, value) in labels {
        if name.starts_with(b"annotation.") || name.starts_with(b"io.kubernetes.") {
            continue;
        }
        if !list.is_empty() {
            list.extend_from_slice(b", ");
        }
        list.extend_from_slice(name);
        if !value.is_empty() {
            list.push(b':');
            list.extend_from_slice(value);
        }
    }
    list
}

/// A text that the capture gives of the container, empty or not.
fn any_text<'r>(ask: &Ask<'r>, fact: impl Fn(&'r Container) -> &'r Text) -> Extracted<'r> {
    Extracted::text(container(ask).map(|container| &fact(container)[..]))
}

/// The same, but nothing for an empty text.
fn some_text<'r>(ask: &Ask<'r>, fact: impl Fn(&'r Container) -> &'r Text) -> Extracted<'r> {
    Extracted::text(container(ask).map(|container| &fact(container)[..]).filter(|text| !text.is_empty()))
}

/// The value of the label that the field's argument names.
fn label_in_brackets<'r>(ask: &Ask<'r>, labels: Option<&'r [(Text, Text)]>) -> Extracted<'r> {
    let Arg::Key(name) = ask.arg else { return Extracted::None };
    Extracted::text(labels.and_then(|labels| value_of(labels, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_labels_leave_out_what_is_kubernetes_own() {
        let label = |name: &str, value: &str| (Text::from(name), Text::from(value));
        let labels = [
            label("annotation.x", "1"),
            label("app", "web"),
            label("empty", ""),
            label("io.kubernetes.pod.name", "p"),
            label("tier", "front"),
        ];
        assert_eq!(label_list(&labels), b"app:web, empty, tier:front");
        assert_eq!(label_list(&[]), b"");
        assert_eq!(value_of(&labels, b"app"), Some(&b"web"[..]));
        assert_eq!(value_of(&labels, b"ap"), None);
    }
}
