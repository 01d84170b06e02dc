//! `k8s.*`: the pod that a container belongs to, as its labels tell, or else, in the classic view, the events that
//! old programs wrote of what the cluster's API said.

use super::{container, label_in_brackets, label_list, labelled, value_of};
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, Getter, field, nothing};
use crate::value::Extracted;
use capture_batch::{Pod, Text, Workload};
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;

const LABEL: FieldFlags = FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_KEY).union(FieldFlags::ARG_DOT);

/// How long a short container id is.
const SHORT_ID: usize = 12;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "k8s.pod.name",
        CharBuf,
        NA,
        Depends::Program,
        |ask| labelled(ask, b"io.kubernetes.pod.name"),
        "Name of the pod.",
    )
    .classic(Depends::Program, |ask| label_or(ask, b"io.kubernetes.pod.name", |pod| &pod.pod.name)),
    field(
        "k8s.ns.name",
        CharBuf,
        NA,
        Depends::Program,
        |ask| labelled(ask, b"io.kubernetes.pod.namespace"),
        "Namespace of the pod.",
    )
    .classic(Depends::Program, |ask| label_or(ask, b"io.kubernetes.pod.namespace", |pod| &pod.namespace)),
    field(
        "k8s.pod.id",
        CharBuf,
        NA,
        Depends::Program,
        |ask| labelled(ask, b"io.kubernetes.pod.uid"),
        "UID of the pod.",
    )
    .classic(Depends::Program, |ask| label_or(ask, b"io.kubernetes.pod.uid", |pod| &pod.pod.uid)),
    field(
        "k8s.pod.uid",
        CharBuf,
        NA,
        Depends::Program,
        |ask| labelled(ask, b"io.kubernetes.pod.uid"),
        "UID of the pod.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.sandbox_id",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(sandbox_id(ask).map(|id| id.get(..SHORT_ID).unwrap_or(id))),
        "Id of the pod's sandbox container, 12 characters.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.full_sandbox_id",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(sandbox_id(ask)),
        "Id of the pod's sandbox container.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.label",
        CharBuf,
        NA,
        Depends::Program,
        |ask| label_in_brackets(ask, pod_labels(ask)),
        "A label of the pod, as in `k8s.pod.label.app` or `k8s.pod.label[app.kubernetes.io/name]`.",
    )
    .classic(Depends::Program, classic_label)
    .flags(LABEL),
    field(
        "k8s.pod.labels",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::owned(pod_labels(ask).map(label_list)),
        "Labels of the pod as `name:value`, with commas between them.",
    )
    .classic(Depends::Program, classic_labels),
    field(
        "k8s.pod.ip",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(container(ask).and_then(|container| container.pod_ip.as_deref())),
        "Address of the pod.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "k8s.pod.cni.json",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(container(ask).and_then(|container| container.pod_cni_json.as_deref())),
        "Description of the pod's network interfaces, JSON.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    of_api("k8s.rc.name", |ask| text(ask, controller, |w| &w.name), "Name of the pod's replication controller."),
    of_api("k8s.rc.id", |ask| text(ask, controller, |w| &w.uid), "UID of the pod's replication controller."),
    of_api("k8s.rc.label", |ask| label_of(ask, controller), "A label of the pod's replication controller.")
        .flags(LABEL),
    of_api("k8s.rc.labels", |ask| labels_of(ask, controller), "Labels of the pod's replication controller."),
    of_api("k8s.rs.name", |ask| text(ask, replica_set, |w| &w.name), "Name of the pod's replica set."),
    of_api("k8s.rs.id", |ask| text(ask, replica_set, |w| &w.uid), "UID of the pod's replica set."),
    of_api("k8s.rs.label", |ask| label_of(ask, replica_set), "A label of the pod's replica set.").flags(LABEL),
    of_api("k8s.rs.labels", |ask| labels_of(ask, replica_set), "Labels of the pod's replica set."),
    of_api("k8s.ns.id", |ask| text(ask, namespace, |w| &w.uid), "UID of the pod's namespace."),
    of_api("k8s.ns.label", |ask| label_of(ask, namespace), "A label of the pod's namespace.").flags(LABEL),
    of_api("k8s.ns.labels", |ask| labels_of(ask, namespace), "Labels of the pod's namespace."),
    of_api("k8s.deployment.name", |ask| text(ask, deployment, |w| &w.name), "Name of the pod's deployment."),
    of_api("k8s.deployment.id", |ask| text(ask, deployment, |w| &w.uid), "UID of the pod's deployment."),
    of_api("k8s.deployment.label", |ask| label_of(ask, deployment), "A label of the pod's deployment.").flags(LABEL),
    of_api("k8s.deployment.labels", |ask| labels_of(ask, deployment), "Labels of the pod's deployment."),
    of_api("k8s.svc.name", |ask| of_services(ask, |service| &service.name), "Names of the pod's services."),
    of_api("k8s.svc.id", |ask| of_services(ask, |service| &service.uid), "UIDs of the pod's services."),
    of_api("k8s.svc.label", service_label, "A label of the pod's services.").flags(LABEL),
    of_api("k8s.svc.labels", service_labels, "Labels of the pod's services."),
];

fn sandbox_id<'r>(ask: &Ask<'r>) -> Option<&'r [u8]> {
    container(ask).map(|container| &container.pod_sandbox_id[..])
}

fn pod_labels<'r>(ask: &Ask<'r>) -> Option<&'r [(Text, Text)]> {
    container(ask).map(|container| &container.pod_sandbox_labels[..])
}

/// A field of which only the cluster's API knows.
const fn of_api(name: &'static str, get: Getter, help: &'static str) -> Field {
    nothing(name, help).classic(Depends::Program, get)
}

/// What the cluster's API said of the pod.
fn pod<'r>(ask: &Ask<'r>) -> Option<&'r Pod> {
    container(ask)?.pod.as_deref()
}

/// The container's label if it has it, else what the cluster's API said.
fn label_or<'r>(ask: &Ask<'r>, name: &[u8], fact: impl Fn(&'r Pod) -> &'r Text) -> Extracted<'r> {
    match labelled(ask, name) {
        Extracted::None => Extracted::text(pod(ask).map(|pod| &fact(pod)[..])),
        found => found,
    }
}

fn classic_label<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    match label_in_brackets(ask, pod_labels(ask)) {
        Extracted::None => label_in_brackets(ask, pod(ask).map(|pod| &pod.pod.labels[..])),
        found => found,
    }
}

fn classic_labels<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let of_sandbox = pod_labels(ask).filter(|labels| !labels.is_empty()).map(label_list);
    Extracted::owned(of_sandbox.or_else(|| Some(every_label(&pod(ask)?.pod.labels))))
}

/// Labels as `name:value` with commas between them, all of them.
fn every_label(labels: &[(Text, Text)]) -> Vec<u8> {
    let with_value =
        |(name, value): &(Text, Text)| if value.is_empty() { name.to_vec() } else { [&name[..], value].join(&b':') };
    labels.iter().map(with_value).collect::<Vec<_>>().join(&b", "[..])
}

/// Something that the pod belongs to.
type Owner = for<'r> fn(&'r Pod) -> Option<&'r Workload>;

fn controller(pod: &Pod) -> Option<&Workload> {
    pod.controller.as_ref()
}

fn replica_set(pod: &Pod) -> Option<&Workload> {
    pod.replica_set.as_ref()
}

fn deployment(pod: &Pod) -> Option<&Workload> {
    pod.deployment.as_ref()
}

fn namespace(pod: &Pod) -> Option<&Workload> {
    pod.in_namespace.as_ref()
}

fn text<'r>(ask: &Ask<'r>, owner: Owner, fact: impl Fn(&'r Workload) -> &'r Text) -> Extracted<'r> {
    Extracted::text(pod(ask).and_then(owner).map(|workload| &fact(workload)[..]))
}

fn label_of<'r>(ask: &Ask<'r>, owner: Owner) -> Extracted<'r> {
    label_in_brackets(ask, pod(ask).and_then(owner).map(|workload| &workload.labels[..]))
}

fn labels_of<'r>(ask: &Ask<'r>, owner: Owner) -> Extracted<'r> {
    Extracted::owned(pod(ask).and_then(owner).map(|workload| every_label(&workload.labels)))
}

/// The pod's services, if it has any.
fn services<'r>(ask: &Ask<'r>) -> Option<&'r [Workload]> {
    pod(ask).map(|pod| &pod.services[..]).filter(|services| !services.is_empty())
}

/// A fact of every service, with commas between them.
fn of_services<'r>(ask: &Ask<'r>, fact: impl Fn(&'r Workload) -> &'r Text) -> Extracted<'r> {
    let list = |services: &'r [Workload]| services.iter().map(|service| &fact(service)[..]).collect::<Vec<_>>();
    Extracted::owned(services(ask).map(|services| list(services).join(&b", "[..])))
}

fn service_label<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Arg::Key(name) = ask.arg else { return Extracted::None };
    let services = services(ask).unwrap_or_default();
    let values: Vec<_> = services.iter().filter_map(|service| value_of(&service.labels, name)).collect();
    Extracted::owned(Some(values.join(&b", "[..])).filter(|list| !list.is_empty()))
}

fn service_labels<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let all = |services: &[Workload]| services.iter().flat_map(|service| service.labels.clone()).collect::<Vec<_>>();
    Extracted::owned(services(ask).map(|services| every_label(&all(services))))
}
