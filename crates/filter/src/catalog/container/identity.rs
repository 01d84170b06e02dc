//! Id, name, image, type.

use super::{HOST, any_text, container, label_in_brackets, label_list, some_text};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "container.id",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(container(ask).map(|container| &container.id[..]).or_else(|| id_of_cgroups(ask))),
        "Id of the container, its first 12 characters; `host` outside of containers.",
    )
    .classic(Depends::Program, |ask| or_host(ask, |ask| Extracted::text(id_of_cgroups(ask)))),
    field(
        "container.full_id",
        CharBuf,
        NA,
        Depends::Program,
        |ask| any_text(ask, |container| &container.full_id),
        "Full id of the container.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "container.name",
        CharBuf,
        NA,
        Depends::Program,
        |ask| any_text(ask, |container| &container.name),
        "Name of the container; `host` outside of containers.",
    )
    .classic(Depends::Program, |ask| or_host(ask, |ask| some_text(ask, |container| &container.name))),
    text_field(
        "container.image",
        |ask| any_text(ask, |container| &container.image),
        |ask| some_text(ask, |container| &container.image),
        "Image of the container as it was asked for, such as `nginx:latest`.",
    ),
    text_field(
        "container.image.id",
        |ask| any_text(ask, |container| &container.image_id),
        |ask| some_text(ask, |container| &container.image_id),
        "Id of the image.",
    ),
    text_field(
        "container.image.repository",
        |ask| any_text(ask, |container| &container.image_repo),
        |ask| some_text(ask, |container| &container.image_repo),
        "Repository of the image, such as `docker.io/library/nginx`.",
    ),
    text_field(
        "container.image.tag",
        |ask| any_text(ask, |container| &container.image_tag),
        |ask| some_text(ask, |container| &container.image_tag),
        "Tag of the image, such as `latest`.",
    ),
    text_field(
        "container.image.digest",
        |ask| any_text(ask, |container| &container.image_digest),
        |ask| some_text(ask, |container| &container.image_digest),
        "Digest of the image in its registry, such as `sha256:…`.",
    ),
    field(
        "container.type",
        CharBuf,
        NA,
        Depends::Program,
        kind,
        "Runtime of the container: `docker`, `containerd`, `cri-o`, `podman`, `lxc` …; `host` outside of containers.",
    )
    .classic(Depends::Program, |ask| or_host(ask, kind)),
    field(
        "container.label",
        CharBuf,
        NA,
        Depends::Program,
        |ask| label_in_brackets(ask, container(ask).map(|container| &container.labels[..])),
        "A label of the container, as in `container.label.maintainer`.",
    )
    .flags(FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_KEY).union(FieldFlags::ARG_DOT).union(FieldFlags::EXIT_ONLY)),
    field(
        "container.labels",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::owned(container(ask).map(|container| label_list(&container.labels))),
        "Labels of the container as `name:value`, with commas between them.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];

const fn text_field(
    name: &'static str,
    exit: for<'r> fn(&Ask<'r>) -> Extracted<'r>,
    classic: for<'r> fn(&Ask<'r>) -> Extracted<'r>,
    help: &'static str,
) -> Field {
    field(name, CharBuf, NA, Depends::Program, exit, help).classic(Depends::Program, classic)
}

/// The id that the thread's control groups give.
fn id_of_cgroups<'r>(ask: &Ask<'r>) -> Option<&'r [u8]> {
    ask.row.own().map(|own| &own.container_id[..])
}

/// `host` for a thread outside of containers.
fn or_host<'r>(ask: &Ask<'r>, in_container: impl Fn(&Ask<'r>) -> Extracted<'r>) -> Extracted<'r> {
    match id_of_cgroups(ask) {
        Some(id) if !id.is_empty() => in_container(ask),
        id => Extracted::text(id.map(|_| HOST)),
    }
}

fn kind<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    Extracted::text(container(ask).map(|container| kind_name(container.kind)))
}

/// The runtime with this number in captures; empty for an unknown one.
fn kind_name(kind: u32) -> &'static [u8] {
    match kind {
        0 => b"docker",
        1 => b"lxc",
        2 => b"libvirt-lxc",
        3 => b"mesos",
        4 => b"rkt",
        6 => b"cri",
        7 => b"containerd",
        8 => b"cri-o",
        9 => b"bpm",
        11 => b"podman",
        0xca00 => b"systemd-nspawn",
        0xca01 => b"buildkit",
        0xfffe => HOST,
        _ => b"",
    }
}
