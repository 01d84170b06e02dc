//! Fields of programs and features that no capture holds any more. Their names are known, they never have a value.

use super::{Field, FieldFlags, nothing};

/// The fields.
pub(super) static FIELDS: &[Field] = &[
    retired_with_arg("evtin.span.arg", EVTIN),
    retired("evtin.span.args", EVTIN),
    retired("evtin.span.id", EVTIN),
    retired_with_arg("evtin.span.m.arg", EVTIN),
    retired("evtin.span.m.args", EVTIN),
    retired("evtin.span.m.id", EVTIN),
    retired("evtin.span.m.nargs", EVTIN),
    retired("evtin.span.m.ntags", EVTIN),
    retired_with_arg("evtin.span.m.tag", EVTIN),
    retired("evtin.span.m.tags", EVTIN),
    retired("evtin.span.nargs", EVTIN),
    retired("evtin.span.ntags", EVTIN),
    retired_with_arg("evtin.span.p.arg", EVTIN),
    retired("evtin.span.p.args", EVTIN),
    retired("evtin.span.p.id", EVTIN),
    retired("evtin.span.p.nargs", EVTIN),
    retired("evtin.span.p.ntags", EVTIN),
    retired_with_arg("evtin.span.p.tag", EVTIN),
    retired("evtin.span.p.tags", EVTIN),
    retired_with_arg("evtin.span.s.arg", EVTIN),
    retired("evtin.span.s.args", EVTIN),
    retired("evtin.span.s.id", EVTIN),
    retired("evtin.span.s.nargs", EVTIN),
    retired("evtin.span.s.ntags", EVTIN),
    retired_with_arg("evtin.span.s.tag", EVTIN),
    retired("evtin.span.s.tags", EVTIN),
    retired_with_arg("evtin.span.tag", EVTIN),
    retired("evtin.span.tags", EVTIN),
    retired("marathon.app.id", MARATHON),
    retired_with_arg("marathon.app.label", MARATHON),
    retired("marathon.app.labels", MARATHON),
    retired("marathon.app.name", MARATHON),
    retired("marathon.group.id", MARATHON),
    retired("marathon.group.name", MARATHON),
    retired("mesos.framework.id", MESOS),
    retired("mesos.framework.name", MESOS),
    retired("mesos.task.id", MESOS),
    retired_with_arg("mesos.task.label", MESOS),
    retired("mesos.task.labels", MESOS),
    retired("mesos.task.name", MESOS),
    retired_with_arg("span.arg", SPAN),
    retired("span.args", SPAN),
    retired("span.count", SPAN),
    retired("span.duration", SPAN),
    retired("span.duration.human", SPAN),
    retired("span.duration.quantized", SPAN),
    retired_with_arg("span.enterarg", SPAN),
    retired("span.enterargs", SPAN),
    retired("span.id", SPAN),
    retired("span.nargs", SPAN),
    retired("span.ntags", SPAN),
    retired("span.rawparenttime", SPAN),
    retired("span.rawtime", SPAN),
    retired_with_arg("span.tag", SPAN),
    retired("span.tags", SPAN),
    retired("span.time", SPAN),
];

const SPAN: &str = "Traces written to /dev/null by instrumented programs. Never has a value.";
const EVTIN: &str = "Traces that surround the event. Never has a value.";
const MESOS: &str = "Mesos tasks. Never has a value.";
const MARATHON: &str = "Marathon apps. Never has a value.";

const fn retired(name: &'static str, help: &'static str) -> Field {
    nothing(name, help).flags(FieldFlags::CLASSIC_ONLY.union(FieldFlags::HIDDEN))
}

/// The argument follows a dot or stands in brackets.
const fn retired_with_arg(name: &'static str, help: &'static str) -> Field {
    retired(name, help).flags(
        FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_DOT).union(FieldFlags::ARG_INDEX).union(FieldFlags::ARG_KEY),
    )
}
