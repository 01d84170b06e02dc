//! Events of a container daemon, as text (old captures only).

use crate::catalog::{Ask, Depends, Field, FieldFlags, Getter, field};
use crate::value::Extracted;
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;
use capture_event::code;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    infra(
        "evt.infra.docker.name",
        |ask| Extracted::text(item(ask, b"Event").map(<[u8]>::trim_ascii)),
        "What the daemon did.",
    ),
    infra(
        "evt.infra.docker.container.id",
        |ask| Extracted::text(item(ask, b"ID").map(short_id)),
        "The container's id, twelve characters.",
    ),
    infra(
        "evt.infra.docker.container.name",
        |ask| Extracted::text(item(ask, b"name").map(<[u8]>::trim_ascii)),
        "The container's name.",
    ),
    infra(
        "evt.infra.docker.container.image",
        |ask| Extracted::text(item(ask, b"Image").map(without_digest)),
        "The container's image.",
    ),
];

const fn infra(name: &'static str, get: Getter, help: &'static str) -> Field {
    field(name, CharBuf, NA, Depends::Event, get, help).flags(FieldFlags::HIDDEN)
}

/// What follows the colon in the first item of the description that starts with `key`.
fn item<'r>(ask: &Ask<'r>, key: &[u8]) -> Option<&'r [u8]> {
    const DESCRIPTION: usize = 2;
    if ask.row.code() != code::INFRASTRUCTURE_EVENT_E {
        return None;
    }
    let mut items = ask.row.str(DESCRIPTION)?.split(|&b| b == b';').map(<[u8]>::trim_ascii);
    let found = items.find(|item| item.starts_with(key))?;
    found.iter().position(|&b| b == b':').and_then(|colon| found.get(colon + 1..))
}

/// Up to the next colon.
fn first(value: &[u8]) -> &[u8] {
    value.split(|&b| b == b':').next().unwrap_or_default()
}

fn short_id(value: &[u8]) -> &[u8] {
    let id = first(value).trim_ascii();
    id.get(..12).unwrap_or(id)
}

/// An image is shown without its digest, unless it is nothing but a digest.
fn without_digest(value: &[u8]) -> &[u8] {
    let image = first(value);
    match image.iter().position(|&b| b == b'@') {
        Some(at) => image.get(..at).unwrap_or(image).trim_ascii(),
        None if memchr::memmem::find(image, b"sha256").is_some() => value.trim_ascii(),
        None => image.trim_ascii(),
    }
}
