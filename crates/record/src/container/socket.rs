//! Where the engines listen.

use std::path::{Path, PathBuf};

/// The sockets of engines that there may be, Docker's first: those that `DOCKER_HOST` and `CONTAINER_HOST` name, those
/// of the system, those of the user, and for root those of all users. Except for the named ones, only sockets that
/// exist are listed.
pub fn candidates() -> Vec<PathBuf> {
    let variable = |name| std::env::var(name).ok();
    let named = ["DOCKER_HOST", "CONTAINER_HOST"].into_iter().filter_map(variable);
    let named = named.filter_map(|host| Some(PathBuf::from(host.strip_prefix("unix://")?)));
    let own = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    let users = std::fs::read_dir("/run/user").into_iter().flatten().flatten().map(|entry| entry.path());
    let runtime_dirs: Vec<_> = own.into_iter().chain(users).collect();
    let system = ["/var/run/docker.sock", "/run/podman/podman.sock"].map(PathBuf::from);
    let of_users = ["docker.sock", "podman/podman.sock"]
        .into_iter()
        .flat_map(|name| runtime_dirs.iter().map(move |dir| dir.join(name)));
    let existing = system.into_iter().chain(of_users).filter(|path| path.exists());
    once_each(named.chain(existing))
}

/// Paths without those that lead to the same socket as one before.
fn once_each(paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut listed: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !listed.iter().any(|other| real(other) == real(&path)) {
            listed.push(path);
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_under_two_names_is_listed_once() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link, gone) = (dir.path().join("a"), dir.path().join("b"), dir.path().join("c"));
        std::fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let paths = [&real, &link, &gone, &gone].map(Clone::clone);
        assert_eq!(once_each(paths.into_iter()), [real, gone]);
    }
}
