//! The formats that have names.

/// What is printed unless a format is asked for.
pub const DEFAULT: &str = "*%evt.num %evt.outputtime %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info";

/// The same for terminals.
pub const COLORED: &str = r"*%evt.num %evt.outputtime %evt.cpu \e[01;32m%proc.name\e[00m (\e[01;36m%proc.pid\e[00m.%thread.tid) %evt.dir \e[01;34m%evt.type\e[00m %evt.info";

/// What is printed of events of plugins unless a format is asked for.
pub const PLUGIN_EVENTS: &str = "*%evt.num %evt.datetime.s [%evt.pluginname] %evt.plugininfo";

/// The same for terminals.
pub const PLUGIN_EVENTS_COLORED: &str = r"*%evt.num %evt.datetime.s [\e[01;32m%evt.pluginname\e[00m] %evt.plugininfo";

/// The format with a name: `c` (containers), `k` (Kubernetes), `m` (Mesos), or the long name of one.
pub fn by_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "c" | "container" => {
            "*%evt.num %evt.outputtime %evt.cpu %container.name (%container.id) %proc.name \
             (%thread.tid:%thread.vtid) %evt.dir %evt.type %evt.info"
        }
        "k" | "kubernetes" => {
            "*%evt.num %evt.outputtime %evt.cpu %k8s.pod.name (%container.id) %proc.name \
             (%thread.tid:%thread.vtid) %evt.dir %evt.type %evt.info"
        }
        "m" | "mesos" => {
            "*%evt.num %evt.outputtime %evt.cpu %mesos.task.name (%container.id) %proc.name \
             (%thread.tid:%thread.vtid) %evt.dir %evt.type %evt.info"
        }
        _ => return None,
    })
}
