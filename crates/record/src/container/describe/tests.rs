use super::*;
use capture_machine::containers::cgroups::classic::kind;

const ID: &str = "3cc3607cc86a1b460594ae6c64017b7c70120a9a759fc606ff6398f60cd37058";

/// What the text of a description says.
fn read(description: &[u8]) -> Value {
    let value: Value = serde_json::from_slice(description).unwrap();
    value.get("container").unwrap().clone()
}

fn described(container: &Value) -> Value {
    read(&describe(Runtime { kind: kind::DOCKER, engine: "docker 20.10.24" }, container, None, None))
}

/// As Docker 20.10 answers.
fn answer() -> Value {
    json!({
        "Id": ID, "Created": "2026-11-22T07:29:49.582828151Z", "Path": "sleep", "Args": ["1000"], "Name": "/web",
        "State": {"Status": "running", "Pid": 6646},
        "Image": "sha256:8785d2000caf9a8be26a07267348fda5f1eccef093e9df0d4952f63efd21f371",
        "AppArmorProfile": "docker-default",
        "HostConfig": {
            "NetworkMode": "host", "PidMode": "host", "IpcMode": "private", "Privileged": true,
            "CapAdd": ["CAP_NET_ADMIN"], "CapDrop": null, "SecurityOpt": ["no-new-privileges"],
            "RestartPolicy": {"Name": "always", "MaximumRetryCount": 0}, "ReadonlyRootfs": false,
            "CpuShares": 0, "Memory": 67108864, "MemorySwap": 134217728, "NanoCpus": 500000000, "CpuPeriod": 0,
            "CpuQuota": 0, "CpusetCpus": "0-2,7", "PidsLimit": null, "Devices": [{"PathOnHost": "/dev/fuse"}],
        },
        "Mounts": [{"Type": "bind", "Source": "/srv", "Destination": "/mnt", "Mode": "ro", "RW": false,
            "Propagation": "rslave"}],
        "Config": {"User": "1000:1000", "Env": ["SECRET=xyz", "EMPTY=", "BARE"], "Image": "cap/busy:1",
            "Labels": {"app": "shop", "io.kubernetes.sandbox.id": "abc"},
            "Healthcheck": {"Test": ["CMD-SHELL", "true"]}},
        "NetworkSettings": {"IPAddress": "", "Networks": {"a": {"IPAddress": ""}, "b": {"IPAddress": "172.18.0.2"}},
            "Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}],
                "53/udp": [{"HostIp": "0.0.0.0", "HostPort": "53"}], "81/tcp": null}},
    })
}

#[test]
fn an_answer_becomes_a_description() {
    let found = described(&answer());
    let is = |name: &str, value: Value| assert_eq!(found.get(name), Some(&value), "{name}");
    is("id", json!("3cc3607cc86a"));
    is("full_id", json!(ID));
    is("type", json!(0));
    is("name", json!("web"));
    is("image", json!("cap/busy:1"));
    is("imagerepo", json!("cap/busy"));
    is("imageid", json!("8785d2000caf9a8be26a07267348fda5f1eccef093e9df0d4952f63efd21f371"));
    is("privileged", json!(true));
    is("host_pid", json!(true));
    is("host_network", json!(true));
    is("host_ipc", json!(false));
    is("created_time", json!(1_795_332_589));
    is("User", json!("1000:1000"));
    is("ip", json!("172.18.0.2"));
    is("port_mappings", json!([{"HostIp": 0x7F00_0001, "HostPort": 8080, "ContainerPort": 80}]));
    is("labels", json!({"app": "shop", "io.kubernetes.sandbox.id": "abc"}));
    is("pod_sandbox_id", json!("abc"));
    is("memory_limit", json!(67_108_864));
    is("swap_limit", json!(134_217_728));
    is("cpu_shares", json!(1024));
    is("cpu_quota", json!(50_000));
    is("cpu_period", json!(100_000));
    is("cpuset_cpu_count", json!(4));
    is("Healthcheck", json!({"exe": "/bin/sh", "args": ["-c", "true"]}));
    let mount = json!({"Source": "/srv", "Destination": "/mnt", "Mode": "ro", "RW": false, "Propagation": "rslave"});
    is("Mounts", json!([mount]));
    let extras = json!({
        "engine": "docker 20.10.24", "pid": 6646, "state": "running", "path": "sleep",
        "security_opt": ["no-new-privileges"], "cap_add": ["CAP_NET_ADMIN"], "apparmor_profile": "docker-default",
        "restart_policy": "always", "network_mode": "host", "pid_mode": "host", "ipc_mode": "private",
        "devices": ["/dev/fuse"],
    });
    is("capture", extras);
}

#[test]
fn values_of_variables_are_nowhere() {
    let mut answer = answer();
    let pod = "{\"spec\":{\"containers\":[{\"env\":[{\"name\":\"T\",\"value\":\"hidden\"}]}]}}";
    for label in POD_DESCRIPTIONS {
        answer["Config"]["Labels"][label] = json!(pod);
    }
    let text = described(&answer);
    assert_eq!(text.get("env"), Some(&json!(["SECRET", "EMPTY", "BARE"])));
    assert!(!text.to_string().contains("xyz") && !text.to_string().contains("hidden"), "{text}");
}

#[test]
fn the_address_may_be_that_of_the_container_whose_network_it_shares() {
    let runtime = Runtime { kind: kind::DOCKER, engine: "docker" };
    let mut alone = answer();
    alone["NetworkSettings"] = Value::Null;
    let other = json!({"NetworkSettings": {"IPAddress": "172.17.0.9"}});
    assert_eq!(read(&describe(runtime, &alone, None, Some(&other)))["ip"], json!("172.17.0.9"));
    assert_eq!(read(&describe(runtime, &alone, None, None))["ip"], json!(""));
}

#[test]
fn odd_answers_give_members_of_the_right_types() {
    let good = described(&answer());
    for odd in [json!({}), json!([]), json!(7), json!({"Id": 5, "Config": [], "HostConfig": "x", "Mounts": {"a": 1}})] {
        let found = described(&odd);
        for (name, value) in good.as_object().unwrap().iter().filter(|(name, _)| *name != "Healthcheck") {
            let same = std::mem::discriminant(value) == std::mem::discriminant(&found[name]);
            assert!(same, "{name} is {} for {odd}", found[name]);
        }
    }
    let mut odd = answer();
    odd["HostConfig"]["CpusetCpus"] = json!("5-1,x,4294967295,0-4294967295");
    odd["HostConfig"]["NanoCpus"] = json!(1.5);
    odd["Created"] = json!("yesterday");
    odd["NetworkSettings"]["Ports"] = json!({"x/tcp": [], "80/tcp": [{"HostIp": "x", "HostPort": "99999"}, 5]});
    let found = described(&odd);
    assert_eq!((&found["cpuset_cpu_count"], &found["created_time"]), (&json!(1), &json!(0)));
    assert_eq!(found["port_mappings"], json!([]));
}

/// Every place in a value, as a pointer.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.replace('/', "~1"), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        places(child, &format!("{here}/{name}"), all);
    }
}

#[test]
fn whatever_is_odd_in_an_answer_leaves_the_types_of_all_members() {
    let good = described(&answer());
    let odds =
        [json!(null), json!(-1), json!(u64::MAX), json!(1e300), json!("\u{0}%s\u{1b}"), json!([[]]), json!({"": {}})];
    let mut all = Vec::new();
    places(&answer(), "", &mut all);
    for (place, odd) in all.iter().flat_map(|place| odds.iter().map(move |odd| (place, odd))) {
        let mut answer = answer();
        *answer.pointer_mut(place).unwrap() = odd.clone();
        let image = Some(&answer);
        let runtime = Runtime { kind: kind::DOCKER, engine: "docker" };
        let found = read(&describe(runtime, &answer, image, image));
        for (name, value) in good.as_object().unwrap().iter().filter(|(name, _)| *name != "Healthcheck") {
            let same = std::mem::discriminant(value) == std::mem::discriminant(&found[name]);
            assert!(same, "{name} is {} with {odd} at {place}", found[name]);
        }
    }
}

#[test]
fn descriptions_are_bounded() {
    let mut huge = answer();
    let long = "\u{1}".repeat(1 << 20);
    for n in 0..2000 {
        huge["Config"]["Labels"][format!("label{n}")] = json!(long[..5000]);
    }
    huge["Config"]["Env"] = json!(vec![long.clone(); 3]);
    huge["Name"] = json!(long);
    let description = describe(Runtime { kind: kind::DOCKER, engine: "docker" }, &huge, None, None);
    assert!(description.len() <= MAX_DESCRIPTION);
    let found = read(&description);
    assert_eq!(found["capture"]["left_out"], json!(["labels"]));
    assert_eq!(found["name"].as_str().map(str::len), Some(MAX_TEXT));
}

#[test]
fn unknown_containers_say_why() {
    let found = Found { id: "3cc3607cc86a".into(), full_id: ID.into(), kind: kind::DOCKER };
    let unknown = Unknown { found: &found, name: None, image: Some("busy:1"), reason: Some("permission denied") };
    let described = |unknown| read(&describe_unknown(unknown));
    let nobody = Unknown { name: Some("web"), reason: None, ..unknown };
    assert_eq!((&described(nobody)["lookup_state"], &described(nobody)["name"]), (&json!(1), &json!("web")));
    let unknown = described(unknown);
    assert_eq!(unknown["image"], json!("busy:1"));
    assert_eq!((&unknown["lookup_state"], &unknown["name"]), (&json!(2), &json!("3cc3607cc86a")));
    assert_eq!(unknown["capture"], json!({"unknown": "permission denied"}));
}
