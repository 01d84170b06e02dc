//! `k8s.*`: the pod that a container belongs to, as its labels tell. What only the cluster's API knows (services,
//! deployments, replica sets …) is in no capture.

use super::{container, label_in_brackets, label_list, labelled};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field, nothing};
use crate::value::Extracted;
use capture_batch::Text;
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;

const LABEL: FieldFlags = FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_KEY).union(FieldFlags::ARG_DOT);
const NOT_IN_CAPTURES: &str = "Known to the cluster's API only: never has a value.";

/// How long a short container id is.
const SHORT_ID: usize = 12;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "k8s.pod.name",
        CharBuf,
        NA,
        Depends::Own,
        |ask| labelled(ask, b"io.kubernetes.pod.name"),
        "Name of the pod.",
    ),
    field(
        "k8s.ns.name",
        CharBuf,
        NA,
        Depends::Own,
        |ask| labelled(ask, b"io.kubernetes.pod.namespace"),
        "Namespace of the pod.",
    ),
    field("k8s.pod.id", CharBuf, NA, Depends::Own, |ask| labelled(ask, b"io.kubernetes.pod.uid"), "UID of the pod."),
    field("k8s.pod.uid", CharBuf, NA, Depends::Own, |ask| labelled(ask, b"io.kubernetes.pod.uid"), "UID of the pod.")
        .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.sandbox_id",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::text(sandbox_id(ask).map(|id| id.get(..SHORT_ID).unwrap_or(id))),
        "Id of the pod's sandbox container, 12 characters.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.full_sandbox_id",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::text(sandbox_id(ask)),
        "Id of the pod's sandbox container.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.label",
        CharBuf,
        NA,
        Depends::Own,
        |ask| label_in_brackets(ask, pod_labels(ask)),
        "A label of the pod, as in `k8s.pod.label.app` or `k8s.pod.label[app.kubernetes.io/name]`.",
    )
    .flags(LABEL),
    field(
        "k8s.pod.labels",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::owned(pod_labels(ask).map(label_list)),
        "Labels of the pod as `name:value`, with commas between them.",
    )
    .classic(Depends::Own, |ask| Extracted::owned(pod_labels(ask).filter(|labels| !labels.is_empty()).map(label_list))),
    field(
        "k8s.pod.ip",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::text(container(ask).and_then(|container| container.pod_ip.as_deref())),
        "Address of the pod.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.cni.json",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::text(container(ask).and_then(|container| container.pod_cni_json.as_deref())),
        "Description of the pod's network interfaces, JSON.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    nothing("k8s.rc.name", NOT_IN_CAPTURES),
    nothing("k8s.rc.id", NOT_IN_CAPTURES),
    nothing("k8s.rc.label", NOT_IN_CAPTURES).flags(LABEL),
    nothing("k8s.rc.labels", NOT_IN_CAPTURES),
    nothing("k8s.svc.name", NOT_IN_CAPTURES),
    nothing("k8s.svc.id", NOT_IN_CAPTURES),
    nothing("k8s.svc.label", NOT_IN_CAPTURES).flags(LABEL),
    nothing("k8s.svc.labels", NOT_IN_CAPTURES),
    nothing("k8s.ns.id", NOT_IN_CAPTURES),
    nothing("k8s.ns.label", NOT_IN_CAPTURES).flags(LABEL),
    nothing("k8s.ns.labels", NOT_IN_CAPTURES),
    nothing("k8s.rs.name", NOT_IN_CAPTURES),
    nothing("k8s.rs.id", NOT_IN_CAPTURES),
    nothing("k8s.rs.label", NOT_IN_CAPTURES).flags(LABEL),
    nothing("k8s.rs.labels", NOT_IN_CAPTURES),
    nothing("k8s.deployment.name", NOT_IN_CAPTURES),
    nothing("k8s.deployment.id", NOT_IN_CAPTURES),
    nothing("k8s.deployment.label", NOT_IN_CAPTURES).flags(LABEL),
    nothing("k8s.deployment.labels", NOT_IN_CAPTURES),
];

fn sandbox_id<'r>(ask: &Ask<'r>) -> Option<&'r [u8]> {
    container(ask).map(|container| &container.pod_sandbox_id[..])
}

fn pod_labels<'r>(ask: &Ask<'r>) -> Option<&'r [(Text, Text)]> {
    container(ask).map(|container| &container.pod_sandbox_labels[..])
}
