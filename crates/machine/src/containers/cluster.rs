//! What the API of a Kubernetes cluster said, as events of old captures tell (sysdig with an API server).
//!
//! An event is JSON: what happened (added, modified, deleted), to what kind of thing, and one or more of these things.
//! A pod belongs to the controllers and services whose selectors are all among its labels. Libs 0.29 look for them
//! only when an event of the controller's own kind comes; pods that come later belong to none until the next.

use capture_batch::{Pod, Text, Workload};
use capture_event::event::until_nul;
use rustc_hash::FxHashMap;
use serde_json::{Deserializer, Value};
use std::collections::BTreeMap;

/// How many things of one kind are kept: more than a cluster has, so few that searching them is no attack.
const MAX_COMPONENTS: usize = 1 << 14;

type Pairs = Vec<(Text, Text)>;

/// The kinds of things that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Namespace,
    Pod,
    Controller,
    ReplicaSet,
    Deployment,
    Service,
}

impl Kind {
    fn of(name: &str) -> Option<Kind> {
        Some(match name {
            "Namespace" => Kind::Namespace,
            "Pod" => Kind::Pod,
            "ReplicationController" => Kind::Controller,
            "ReplicaSet" => Kind::ReplicaSet,
            "Deployment" => Kind::Deployment,
            "Service" => Kind::Service,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Component {
    this: Workload,
    namespace: Text,
    selectors: Pairs,
    /// Short ids of a pod's containers.
    containers: Vec<Text>,
    /// The event that set its labels last.
    since: u64,
}

/// All things of one kind, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Default)]
struct Components {
    by_order: BTreeMap<u64, Component>,
    by_uid: FxHashMap<Text, u64>,
    /// The last event of this kind.
    matched: u64,
}

impl Components {
    fn get(&self, uid: &[u8]) -> Option<&Component> {
        self.by_order.get(self.by_uid.get(uid)?)
    }

    fn remove(&mut self, uid: &[u8]) -> Option<Component> {
        self.by_order.remove(&self.by_uid.remove(uid)?)
    }

    /// The component with this id, made if there is none; `None` when there are too many.
    fn get_or_make(&mut self, uid: &Text, order: u64) -> Option<&mut Component> {
        if !self.by_uid.contains_key(uid) && self.by_order.len() >= MAX_COMPONENTS {
            return None;
        }
        let order = *self.by_uid.entry(uid.clone()).or_insert(order);
        Some(self.by_order.entry(order).or_default())
    }

    /// Those that select a pod.
    fn of_pod(&self, pod: &Component) -> impl DoubleEndedIterator<Item = Workload> {
        let selects = |component: &&Component| {
            let has = |selector: &(Text, Text)| pod.this.labels.contains(selector);
            component.namespace == pod.namespace
                && !component.selectors.is_empty()
                && component.selectors.iter().all(has)
        };
        let known = pod.since <= self.matched;
        self.by_order.values().filter(move |_| known).filter(selects).map(|component| component.this.clone())
    }
}

/// A cluster as far as a capture tells of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cluster {
    namespaces: Components,
    pods: Components,
    controllers: Components,
    replica_sets: Components,
    deployments: Components,
    services: Components,
    /// Pods by the short ids of their containers.
    by_container: FxHashMap<Text, Text>,
    version: u64,
}

impl Cluster {
    /// Goes up with every change.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// What is known of the pod of a container.
    pub(super) fn pod_of(&self, container: &[u8]) -> Option<Pod> {
        let pod = self.pods.get(self.by_container.get(container)?)?;
        let namespace = self.namespaces.by_order.values().find(|namespace| namespace.this.name == pod.namespace);
        Some(Pod {
            pod: pod.this.clone(),
            namespace: pod.namespace.clone(),
            in_namespace: namespace.map(|namespace| namespace.this.clone()),
            controller: self.controllers.of_pod(pod).next(),
            replica_set: self.replica_sets.of_pod(pod).next(),
            // Of several, the reference implementation finds the last first.
            deployment: self.deployments.of_pod(pod).next_back(),
            services: self.services.of_pod(pod).rev().collect(),
        })
    }

    /// Applies an event. Texts that are not understood change nothing.
    pub(super) fn apply(&mut self, json: &[u8]) {
        let text = String::from_utf8_lossy(until_nul(json));
        let Some(Ok(root)) = Deserializer::from_str(&text).into_iter::<Value>().next() else { return };
        let word = |name| root.get(name).and_then(Value::as_str);
        let (Some(what), Some(kind)) = (word("type"), word("kind").and_then(Kind::of)) else { return };
        let items = root.get("items").and_then(Value::as_array).into_iter().flatten();
        for item in items.chain(root.get("object")) {
            self.version += 1;
            let uid = text_of(item, "uid");
            match what.as_bytes().first() {
                Some(b'A') => self.update(kind, item, uid),
                Some(b'M') if self.components(kind).get(&uid).is_some() => self.update(kind, item, uid),
                Some(b'D') => self.remove(kind, &uid),
                _ => {}
            }
        }
    }

    fn components(&mut self, kind: Kind) -> &mut Components {
        match kind {
            Kind::Namespace => &mut self.namespaces,
            Kind::Pod => &mut self.pods,
            Kind::Controller => &mut self.controllers,
            Kind::ReplicaSet => &mut self.replica_sets,
            Kind::Deployment => &mut self.deployments,
            Kind::Service => &mut self.services,
        }
    }

    fn update(&mut self, kind: Kind, item: &Value, uid: Text) {
        let event = self.version;
        let components = self.components(kind);
        components.matched = event;
        let is_new = components.get(&uid).is_none();
        let Some(component) = components.get_or_make(&uid, event) else { return };
        if is_new {
            component.this = Workload { name: text_of(item, "name"), uid: uid.clone(), labels: Vec::new() };
            component.namespace = text_of(item, "namespace");
            component.since = event;
        }
        let labels = pairs(member(item, "labels"));
        if !labels.is_empty() {
            component.since = if component.this.labels == labels { component.since } else { event };
            component.this.labels = labels;
        }
        let selector = member(item, "selector");
        let selectors = pairs(selector.and_then(|selector| selector.get("matchLabels")).or(selector));
        if !selectors.is_empty() || (kind != Kind::Service && selector.is_some()) {
            component.selectors = selectors;
        }
        if kind == Kind::Pod {
            let before = std::mem::replace(&mut component.containers, container_ids(item));
            let now = component.containers.clone();
            self.leave(&uid, &before);
            self.by_container.extend(now.into_iter().map(|id| (id, uid.clone())));
        }
    }

    fn remove(&mut self, kind: Kind, uid: &Text) {
        let event = self.version;
        let components = self.components(kind);
        let Some(component) = components.remove(uid) else { return };
        components.matched = event;
        self.leave(uid, &component.containers);
    }

    /// A pod no longer has these containers.
    fn leave(&mut self, pod: &Text, containers: &[Text]) {
        for id in containers {
            if self.by_container.get(id) == Some(pod) {
                self.by_container.remove(id);
            }
        }
    }
}

/// A member of a thing. The oldest captures hold things as the API gives them, in parts.
fn member<'v>(item: &'v Value, name: &str) -> Option<&'v Value> {
    let parts = ["metadata", "spec", "status"].iter().filter_map(|part| item.get(part));
    std::iter::once(item).chain(parts).find_map(|part| part.get(name)).filter(|value| !value.is_null())
}

fn text_of(item: &Value, name: &str) -> Text {
    member(item, name).and_then(Value::as_str).map(Text::from).unwrap_or_default()
}

/// The texts of an object, sorted by name.
fn pairs(object: Option<&Value>) -> Pairs {
    let members = object.and_then(Value::as_object).into_iter().flatten();
    let mut pairs: Pairs =
        members.filter_map(|(k, v)| Some((Text::from(k.as_str()), Text::from(v.as_str()?)))).collect();
    pairs.sort();
    pairs
}

/// Ids of a pod's containers as cgroups give them.
fn container_ids(item: &Value) -> Vec<Text> {
    let statuses = ["containerStatuses", "initContainerStatuses"].into_iter().filter_map(|name| member(item, name));
    let ids = statuses.filter_map(Value::as_array).flatten().filter_map(|status| status.get("containerID")?.as_str());
    ids.filter_map(short_id).map(Text::from).collect()
}

fn short_id(id: &str) -> Option<&str> {
    if let Some(id) = id.strip_prefix("rkt://") {
        return Some(id);
    }
    let id = ["docker://", "containerd://", "cri-o://"].iter().find_map(|prefix| id.strip_prefix(prefix))?;
    Some(id.get(..12).unwrap_or(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &str = r#"{"type":"ADDED","kind":"Pod","items":[{"name":"shop-1","uid":"p1","namespace":"prod",
        "labels":{"app":"shop","tier":"front"},"containerStatuses":[{"containerID":"docker://0123456789abcdef"}]}]}"#;

    fn selecting(kind: &str, name: &str, selector: &str) -> String {
        format!(
            "{{\"type\":\"ADDED\",\"kind\":\"{kind}\",\"items\":[{{\"name\":\"{name}\",\"uid\":\"{name}\",\
             \"namespace\":\"prod\",\"labels\":{{\"of\":\"{name}\"}},\"selector\":{selector}}}]}}"
        )
    }

    fn cluster(events: &[&str]) -> Cluster {
        let mut cluster = Cluster::default();
        events.iter().for_each(|event| cluster.apply(event.as_bytes()));
        cluster
    }

    #[test]
    fn a_pod_belongs_to_those_that_select_it() {
        let all = r#"{"app":"shop","tier":"front"}"#;
        let cluster = cluster(&[
            r#"{"type":"ADDED","kind":"Namespace","items":[{"name":"prod","uid":"n1","labels":null}]}"#,
            POD,
            &selecting("Service", "first", r#"{"app":"shop"}"#),
            &selecting("Service", "second", all),
            &selecting("Service", "other", r#"{"app":"shop","tier":"back"}"#),
            &selecting("Service", "none", "null"),
            &selecting("ReplicaSet", "set", all),
        ]);
        let pod = cluster.pod_of(b"0123456789ab").unwrap();
        assert_eq!((&*pod.pod.name, &*pod.namespace), (&b"shop-1"[..], &b"prod"[..]));
        assert_eq!(pod.in_namespace.unwrap().uid, "n1".into());
        assert_eq!(pod.services.iter().map(|s| s.name.to_str_lossy()).collect::<Vec<_>>(), ["second", "first"]);
        assert_eq!(pod.replica_set.unwrap().labels, [("of".into(), "set".into())]);
        assert_eq!((pod.controller, pod.deployment), (None, None));
        assert_eq!(cluster.pod_of(b"0123456789ac"), None);
    }

    #[test]
    fn a_pod_that_comes_later_belongs_to_nobody_until_the_next_event_of_that_kind() {
        let service = selecting("Service", "shop", r#"{"app":"shop"}"#);
        let services = |cluster: &Cluster| cluster.pod_of(b"0123456789ab").unwrap().services.len();
        let mut cluster = cluster(&[&service, POD]);
        assert_eq!(services(&cluster), 0);
        cluster.apply(service.as_bytes());
        assert_eq!(services(&cluster), 1);
    }

    #[test]
    fn what_is_gone_is_forgotten_and_what_is_unknown_is_not_modified() {
        let modified = POD.replace("ADDED", "MODIFIED");
        assert_eq!(cluster(&[&modified]).pod_of(b"0123456789ab"), None);
        let moved = modified.replace("0123456789abcdef", "fedcba9876543210");
        let moved = cluster(&[POD, &moved]);
        assert_eq!(moved.pod_of(b"0123456789ab"), None);
        assert!(moved.pod_of(b"fedcba987654").is_some());
        let gone = cluster(&[POD, &POD.replace("ADDED", "DELETED")]);
        assert_eq!(gone.pod_of(b"0123456789ab"), None);
        assert!(gone.version() > 0);
    }

    #[test]
    fn the_oldest_form_is_understood_and_nonsense_is_not() {
        let oldest = r#"{"type":"ADDED","kind":"Pod","object":{"metadata":{"name":"p","uid":"u","namespace":"n"},
            "status":{"containerStatuses":[{"containerID":"rkt://pod:app"},{"containerID":"what"},7]}}}"#;
        let cluster =
            cluster(&[oldest, "", "[]", "{\"type\":1}", "{\"type\":\"ADDED\",\"kind\":\"Pod\",\"items\":[7]}"]);
        assert_eq!(&*cluster.pod_of(b"pod:app").unwrap().pod.name, b"p");
    }
}
