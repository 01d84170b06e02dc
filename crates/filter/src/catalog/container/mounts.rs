//! What is mounted into the container.

use super::container;
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, field};
use crate::glob::Glob;
use crate::value::Extracted;
use capture_batch::{Mount, Text};
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;

const FLAGS: FieldFlags = FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_INDEX).union(FieldFlags::ARG_KEY);

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "container.mounts",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::owned(container(ask).map(|container| list(&container.mounts))),
        "All mounts as `source:destination:mode:writable:propagation`, with commas between them.",
    ),
    field(
        "container.mount",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::owned(by_source(ask).map(line)),
        "One mount as `source:destination:mode:writable:propagation`: by its number (`container.mount[0]`) or the first \
         whose source matches a pattern (`container.mount[/var/lib/*]`).",
    )
    .flags(FLAGS),
    field(
        "container.mount.source",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(mount(ask, |mount| &mount.destination).map(|mount| &mount.source[..])),
        "Path on the host of a mount: by its number or the first whose destination matches a pattern.",
    )
    .flags(FLAGS),
    field(
        "container.mount.dest",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(by_source(ask).map(|mount| &mount.destination[..])),
        "Path in the container of a mount: by its number or the first whose source matches a pattern.",
    )
    .flags(FLAGS),
    field(
        "container.mount.mode",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(by_source(ask).map(|mount| &mount.mode[..])),
        "Mode of a mount: by its number or the first whose source matches a pattern.",
    )
    .flags(FLAGS),
    field(
        "container.mount.rdwr",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(by_source(ask).map(|mount| truth(mount.writable))),
        "Whether a mount can be written, `true` or `false`: by its number or the first whose source matches a pattern.",
    )
    .flags(FLAGS),
    field(
        "container.mount.propagation",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(by_source(ask).map(|mount| &mount.propagation[..])),
        "Propagation of a mount: by its number or the first whose source matches a pattern.",
    )
    .flags(FLAGS),
];

fn by_source<'r>(ask: &Ask<'r>) -> Option<&'r Mount> {
    mount(ask, |mount| &mount.source)
}

/// The mount with the asked number, or the first whose path matches the asked pattern.
fn mount<'r>(ask: &Ask<'r>, path: impl Fn(&Mount) -> &Text) -> Option<&'r Mount> {
    let mounts = &container(ask)?.mounts;
    match ask.arg {
        Arg::None => None,
        Arg::Index(n) => mounts.get(usize::try_from(*n).ok()?),
        Arg::Key(pattern) => {
            let pattern = Glob::new(pattern, false);
            mounts.iter().find(|mount| pattern.matches(path(mount)))
        }
    }
}

fn truth(writable: bool) -> &'static [u8] {
    if writable { b"true" } else { b"false" }
}

fn line(mount: &Mount) -> Vec<u8> {
    [&mount.source, &mount.destination, &mount.mode, truth(mount.writable), &mount.propagation].join(&b':')
}

fn list(mounts: &[Mount]) -> Vec<u8> {
    mounts.iter().map(line).collect::<Vec<_>>().join(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_print_their_five_parts() {
        let mount = |source: &str| Mount {
            source: source.into(),
            destination: "/d".into(),
            writable: true,
            ..Mount::default()
        };
        assert_eq!(list(&[mount("/a"), mount("/b")]), b"/a:/d::true:,/b:/d::true:");
        assert_eq!(list(&[]), b"");
    }
}
