//! Health commands of a container: Docker's own, and those that Kubernetes keeps in a label.

use super::short::{MAX_TEXT, cut, list, texts};
use serde_json::{Map, Value, json};

/// Labels in which Kubernetes' tools keep the description of the pod. It holds values of environment variables, so it
/// never gets into a recording itself.
pub(super) const POD_DESCRIPTIONS: [&str; 2] =
    ["annotation.kubectl.kubernetes.io/last-applied-configuration", "io.kubernetes.container.last-applied-config"];

/// Adds the health commands that an engine's description tells of. Docker's own counts only where Kubernetes has none:
/// with both, Kubernetes ignores it.
pub(super) fn add(container: &Value, fields: &mut Map<String, Value>) {
    let specs = POD_DESCRIPTIONS.iter().filter_map(|label| pod(container, label));
    let mut has_probe = false;
    for pod in specs {
        let Some(first) = list(&pod, &["spec", "containers"]).next() else { continue };
        for (name, key) in [("livenessProbe", "LivenessProbe"), ("readinessProbe", "ReadinessProbe")] {
            if let Some(probe) = command(texts(first, &[name, "exec", "command"])) {
                has_probe = true;
                fields.insert(key.to_owned(), probe);
            }
        }
    }
    if let Some(probe) = healthcheck(container).filter(|_| !has_probe) {
        fields.insert("Healthcheck".to_owned(), probe);
    }
}

fn pod(container: &Value, label: &str) -> Option<Value> {
    let text = container.get("Config")?.get("Labels")?.get(label)?.as_str()?;
    serde_json::from_str(text).ok()
}

/// `["CMD", program, arguments …]` or `["CMD-SHELL", line]`; `["NONE"]` and an empty list are none.
fn healthcheck(container: &Value) -> Option<Value> {
    let mut test = texts(container, &["Config", "Healthcheck", "Test"]);
    match test.next()? {
        "CMD" => command(test),
        "CMD-SHELL" => {
            let line = test.next()?;
            Some(json!({"exe": "/bin/sh", "args": ["-c", line]}))
        }
        _ => None,
    }
}

fn command<'v>(mut words: impl Iterator<Item = &'v str>) -> Option<Value> {
    let exe = words.next().map(unquoted)?;
    let args: Vec<_> = words.map(unquoted).collect();
    Some(json!({"exe": exe, "args": args}))
}

/// A word without the quotes around it.
fn unquoted(word: &str) -> &str {
    let inner = |quote: char| word.strip_prefix(quote)?.strip_suffix(quote);
    cut(inner('"').or_else(|| inner('\'')).unwrap_or(word), MAX_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probes(config: Value) -> Value {
        let mut fields = Map::new();
        add(&json!({ "Config": config }), &mut fields);
        Value::Object(fields)
    }

    #[test]
    fn docker_has_two_forms() {
        let cmd = probes(json!({"Healthcheck": {"Test": ["CMD", "\"/bin/ok\"", "-x", "'y'"]}}));
        assert_eq!(cmd, json!({"Healthcheck": {"exe": "/bin/ok", "args": ["-x", "y"]}}));
        let shell = probes(json!({"Healthcheck": {"Test": ["CMD-SHELL", "curl -f localhost"]}}));
        assert_eq!(shell, json!({"Healthcheck": {"exe": "/bin/sh", "args": ["-c", "curl -f localhost"]}}));
        for none in [json!(["NONE"]), json!([]), json!(["CMD"]), json!("CMD"), json!([7, "x"])] {
            assert_eq!(probes(json!({"Healthcheck": {"Test": none}})), json!({}));
        }
    }

    #[test]
    fn kubernetes_probes_come_before_dockers() {
        let pod = json!({"spec": {"containers": [{"livenessProbe": {"exec": {"command": ["live", "1"]}},
            "readinessProbe": {"httpGet": {}}}]}});
        let found = probes(json!({
            "Labels": {POD_DESCRIPTIONS[0]: pod.to_string()},
            "Healthcheck": {"Test": ["CMD", "ok"]},
        }));
        assert_eq!(found, json!({"LivenessProbe": {"exe": "live", "args": ["1"]}}));
        assert_eq!(probes(json!({"Labels": {POD_DESCRIPTIONS[1]: "{odd"}})), json!({}));
    }
}
