//! Watches of files, as auditd's users write them.
//!
//! ```text
//! -w PATH [-p rwxa] [-k KEY]                                              the path and all below it
//! -a always,exit [-F arch=…] [-S all] -F path=PATH [-F perm=…] [-F key=KEY]   the path alone
//! -a always,exit [-F arch=…] [-S all] -F dir=PATH  [-F perm=…] [-F key=KEY]   the path and all below it
//! ```

use super::tell::FileDeed;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The rules of the CIS benchmark for Docker, for the files of a Docker host.
const DOCKER_HOST: &str = "\
-w /usr/bin/dockerd -k docker
-w /usr/bin/docker -k docker
-w /usr/bin/containerd -k docker
-w /usr/bin/containerd-shim -k docker
-w /usr/bin/containerd-shim-runc-v1 -k docker
-w /usr/bin/containerd-shim-runc-v2 -k docker
-w /usr/bin/runc -k docker
-w /usr/sbin/runc -k docker
-w /var/lib/docker -k docker
-w /etc/docker -k docker
-w /etc/default/docker -k docker
-w /etc/sysconfig/docker -k docker
-w /etc/containerd/config.toml -k docker
-w /lib/systemd/system/docker.service -k docker
-w /lib/systemd/system/docker.socket -k docker
-w /lib/systemd/system/containerd.service -k docker
-w /etc/systemd/system/docker.service -k docker
-w /etc/systemd/system/docker.socket -k docker
-w /run/containerd -k docker
-w /run/docker.sock -k docker
";

/// A set of rules that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// A Docker host's files.
    DockerHost,
}

/// One watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    path: Vec<u8>,
    /// Whether what lies below counts.
    is_deep: bool,
    /// Reading, writing, executing, changing attributes: [`READ`] and others.
    access: u8,
    key: Vec<u8>,
}

const READ: u8 = 1;
const WRITE: u8 = 2;
const EXECUTE: u8 = 4;
const ATTRIBUTES: u8 = 8;

/// By which reports the kernel tells of each.
const REPORTS: [(u8, u64); 4] = [
    (READ, libc::FAN_OPEN),
    (WRITE, libc::FAN_MODIFY | libc::FAN_CLOSE_WRITE | libc::FAN_CREATE | libc::FAN_DELETE | libc::FAN_RENAME),
    (EXECUTE, libc::FAN_OPEN_EXEC),
    (ATTRIBUTES, libc::FAN_ATTRIB),
];

/// All watches of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Watches {
    watches: Vec<Watch>,
    /// Whether files that nobody watches are recorded too.
    pub all_files: bool,
}

impl Watches {
    /// Adds the watch of one rule.
    pub fn add(&mut self, rule: &str) -> Result<(), String> {
        let watch = Watch::parse(rule)?;
        let real = real_path(&watch.path);
        if real != watch.path {
            self.watches.push(Watch { path: real, ..watch.clone() });
        }
        self.watches.push(watch);
        Ok(())
    }

    /// Adds the watches of a file of rules. Which lines are not understood, by number, and why.
    pub fn add_all(&mut self, text: &str) -> Vec<(usize, String)> {
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let rules = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        rules.filter_map(|(number, line)| Some((number, self.add(line).err()?))).collect()
    }

    /// Adds the watches of a preset.
    pub fn add_preset(&mut self, preset: Preset) {
        let rules = match preset {
            Preset::DockerHost => DOCKER_HOST,
        };
        self.add_all(rules);
    }

    /// Whether nothing is watched.
    pub fn is_empty(&self) -> bool {
        self.watches.is_empty()
    }

    /// Which reports on files can be of use: bits of `FAN_*`.
    pub fn reports(&self) -> u64 {
        if self.watches.is_empty() || self.all_files {
            return u64::MAX;
        }
        let access = self.watches.iter().fold(0, |all, watch| all | watch.access);
        REPORTS.iter().filter(|(of, _)| access & of != 0).fold(0, |all, (_, reports)| all | reports)
    }

    /// The key of the first watch that something matches; empty if it has none.
    pub fn key(&self, path: &[u8], what: &FileDeed<'_>) -> Option<&[u8]> {
        let access = access(what);
        let is_meant = |watch: &&Watch| watch.access & access != 0 && watch.holds(path);
        self.watches.iter().find(is_meant).map(|watch| watch.key.as_slice())
    }
}

/// What a deed is, in the words of rules.
fn access(what: &FileDeed<'_>) -> u8 {
    match what {
        FileDeed::Opened { exec: true } => READ | EXECUTE,
        FileDeed::Opened { exec: false } => READ,
        FileDeed::Attributes(_) => ATTRIBUTES,
        FileDeed::Created(_)
        | FileDeed::Modified
        | FileDeed::Closed
        | FileDeed::Renamed(_)
        | FileDeed::Deleted { .. } => WRITE,
    }
}

/// Where a path leads, as far as it is there.
fn real_path(path: &[u8]) -> Vec<u8> {
    let path = Path::new(std::ffi::OsStr::from_bytes(path));
    let found = path.ancestors().find_map(|part| Some((part.canonicalize().ok()?, path.strip_prefix(part).ok()?)));
    let real: PathBuf = match found {
        Some((real, rest)) if rest.as_os_str().is_empty() => real,
        Some((real, rest)) => real.join(rest),
        None => path.to_owned(),
    };
    real.into_os_string().into_vec()
}

impl Watch {
    /// Reads a rule.
    pub fn parse(rule: &str) -> Result<Watch, String> {
        let mut words = rule.split_whitespace();
        match words.next() {
            Some("-w") => Watch::short(words),
            Some("-a" | "-A") => Watch::long(words),
            Some(word) => Err(format!("`{word}` says nothing of files")),
            None => Err("there is no rule".to_owned()),
        }
    }

    fn short<'r>(mut words: impl Iterator<Item = &'r str>) -> Result<Watch, String> {
        let mut watch = Watch::of(words.next().ok_or("-w needs a path")?, true)?;
        while let Some(option) = words.next() {
            let value = words.next().ok_or_else(|| format!("{option} needs a value"))?;
            match option {
                "-p" => watch.access = permissions(value)?,
                "-k" => watch.key = value.as_bytes().to_vec(),
                _ => return Err(format!("`{option}` is not supported beside -w")),
            }
        }
        Ok(watch)
    }

    fn long<'r>(mut words: impl Iterator<Item = &'r str>) -> Result<Watch, String> {
        let list = words.next().unwrap_or_default();
        if !matches!(list, "always,exit" | "exit,always") {
            return Err(format!("the list `{list}` is not supported: always,exit is"));
        }
        let (mut watch, mut access, mut key) = (None, ANY, Vec::new());
        while let Some(option) = words.next() {
            let value = words.next().ok_or_else(|| format!("{option} needs a value"))?;
            let field = value.split_once('=');
            match (option, field) {
                ("-k", _) => key = value.as_bytes().to_vec(),
                ("-S", _) if value == "all" => {}
                ("-F", Some(("arch", _))) => {}
                ("-F", Some(("path", _) | ("dir", _))) if watch.is_some() => {
                    return Err("more than one path is not supported".to_owned());
                }
                ("-F", Some(("path", path))) => watch = Some(Watch::of(path, false)?),
                ("-F", Some(("dir", path))) => watch = Some(Watch::of(path, true)?),
                ("-F", Some(("perm", letters))) => access = permissions(letters)?,
                ("-F", Some(("key", name))) => key = name.as_bytes().to_vec(),
                _ => return Err(format!("`{option} {value}` is not supported")),
            }
        }
        let watch = watch.ok_or("there is neither path= nor dir=")?;
        Ok(Watch { access, key, ..watch })
    }

    fn of(path: &str, is_deep: bool) -> Result<Watch, String> {
        if !path.starts_with('/') {
            return Err(format!("`{path}` is no absolute path"));
        }
        let path = path.trim_end_matches('/').as_bytes().to_vec();
        Ok(Watch { path, is_deep, access: ANY, key: Vec::new() })
    }

    fn holds(&self, path: &[u8]) -> bool {
        let rest = path.strip_prefix(self.path.as_slice());
        rest.is_some_and(|rest| rest.is_empty() || self.is_deep && rest.starts_with(b"/"))
    }
}

const ANY: u8 = READ | WRITE | EXECUTE | ATTRIBUTES;

fn permissions(letters: &str) -> Result<u8, String> {
    letters.chars().try_fold(0, |all, letter| match letter {
        'r' => Ok(all | READ),
        'w' => Ok(all | WRITE),
        'x' => Ok(all | EXECUTE),
        'a' => Ok(all | ATTRIBUTES),
        _ => Err(format!("`{letter}` is none of r, w, x, a")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn watches(rules: &[&str]) -> Watches {
        let mut watches = Watches::default();
        rules.iter().for_each(|rule| watches.add(rule).unwrap());
        watches
    }

    const READS: FileDeed<'_> = FileDeed::Opened { exec: false };

    #[test]
    fn rules_say_what_is_watched() {
        let watches = watches(&[
            "-w /no/such/etc/ -p wa -k conf",
            "-a always,exit -F arch=b64 -S all -F path=/no/such/file -F perm=r -F key=one",
            "-a exit,always -F dir=/no/such/dir -k deep",
            "-w /no/such/any",
        ]);
        assert_eq!(watches.key(b"/no/such/etc/passwd", &FileDeed::Closed), Some(&b"conf"[..]));
        assert_eq!(watches.key(b"/no/such/etc", &FileDeed::Attributes(0)), Some(&b"conf"[..]));
        assert_eq!(watches.key(b"/no/such/etcetera", &FileDeed::Closed), None);
        assert_eq!(watches.key(b"/no/such/etc/passwd", &READS), None);
        assert_eq!(watches.key(b"/no/such/file", &READS), Some(&b"one"[..]));
        assert_eq!(watches.key(b"/no/such/file/below", &READS), None);
        assert_eq!(watches.key(b"/no/such/dir/a/b", &FileDeed::Opened { exec: true }), Some(&b"deep"[..]));
        assert_eq!(watches.key(b"/no/such/any", &FileDeed::Deleted { is_directory: false }), Some(&b""[..]));
    }

    #[test]
    fn lines_that_are_not_supported_are_named() {
        let text = "# rules\n-D\n\n-w /etc/passwd -p wa -k id\n-a always,exit -S execve -k exec\n-w etc\n-w /a -p q\n\
            -a always,exit -F path=/x -F auid>=1000\n-a never,exit -F path=/x\n-w /a -k";
        let mut watches = Watches::default();
        let refused: Vec<usize> = watches.add_all(text).into_iter().map(|(number, _)| number).collect();
        assert_eq!(refused, [2, 5, 6, 7, 8, 9, 10]);
        assert_eq!(watches.key(b"/etc/passwd", &FileDeed::Closed), Some(&b"id"[..]));
    }

    #[test]
    fn presets_are_understood() {
        let mut watches = Watches::default();
        assert_eq!(watches.add_all(DOCKER_HOST), []);
        assert_eq!(watches.key(b"/etc/docker/daemon.json", &FileDeed::Modified), Some(&b"docker"[..]));
    }

    #[test]
    fn links_in_watched_paths_are_followed() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        std::fs::create_dir(top.join("real")).unwrap();
        std::os::unix::fs::symlink(top.join("real"), top.join("link")).unwrap();
        let watches = watches(&[&format!("-w {}/link/new -k k", top.display())]);
        let path = top.join("real/new").into_os_string().into_vec();
        assert_eq!(watches.key(&path, &FileDeed::Closed), Some(&b"k"[..]));
    }

    proptest! {
        #[test]
        fn any_rule_is_read_or_refused(words in prop::collection::vec("-[wakpFS]|/[a-z/]{0,6}|[a-z]{0,4}=[/a-z]{0,5}|\\PC{0,6}", 0..8)) {
            let rule = words.join(" ");
            if let Ok(watch) = Watch::parse(&rule) {
                prop_assert!(watch.path.is_empty() || watch.path.starts_with(b"/"));
                prop_assert!(watch.holds(&watch.path));
            }
        }
    }
}
