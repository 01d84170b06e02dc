//! A client of a container engine.

use super::describe::{Runtime, describe};
use super::http::{self, Error, Limits, Lines, escaped};
use super::short::{list, text, texts};
use super::socket;
use capture_machine::containers::cgroups::classic::kind;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// An engine with Docker's API at a Unix socket: Docker itself, or Podman.
///
/// Every request is one connection. None is made before something is asked.
#[derive(Debug, Clone)]
pub struct Engine {
    socket: PathBuf,
    limits: Limits,
    /// Name and version, once the engine was asked for them and was there; `None` if it did not tell.
    told: OnceLock<Option<(&'static str, String)>>,
}

/// A container in an engine's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The full id.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
    /// Whether it runs.
    pub is_running: bool,
}

impl Engine {
    /// The engine at this socket.
    pub fn new(socket: impl Into<PathBuf>) -> Engine {
        Engine { socket: socket.into(), limits: Limits::default(), told: OnceLock::new() }
    }

    /// The engines that there may be on this host.
    pub fn all() -> Vec<Engine> {
        socket::candidates().into_iter().map(Engine::new).collect()
    }

    /// Sets what its answers may take and hold.
    pub fn with_limits(self, limits: Limits) -> Engine {
        Engine { limits, ..self }
    }

    /// Where it listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// `docker` or `podman`: what it calls itself, or, until it has answered, what its socket is called.
    pub fn name(&self) -> &'static str {
        match self.told() {
            Some((name, _)) => name,
            None if self.socket.to_string_lossy().contains("podman") => "podman",
            None => "docker",
        }
    }

    /// The number that captures store for its containers.
    pub fn kind(&self) -> u32 {
        if self.name() == "podman" { kind::PODMAN } else { kind::DOCKER }
    }

    /// Name and version. An engine that is there and does not tell is not asked again: each time may take long.
    fn told(&self) -> Option<&(&'static str, String)> {
        if self.told.get().is_none() {
            let told = match self.get("/version") {
                Ok(answer) => Some(name_and_version(&answer)),
                Err(Error::Connect(_)) => return None,
                Err(_) => None,
            };
            // Another thread may have been faster: it was told the same.
            let _ = self.told.set(told);
        }
        self.told.get()?.as_ref()
    }

    /// All containers, running or not.
    pub fn list(&self) -> Result<Vec<Listed>, Error> {
        let answer = self.get("/containers/json?all=true")?;
        let entries = answer.as_array().ok_or(Error::Malformed("the list of containers is none"))?;
        let listed = |entry: &Value| Listed {
            id: text(entry, &["Id"]).to_owned(),
            names: texts(entry, &["Names"]).map(|name| name.strip_prefix('/').unwrap_or(name).to_owned()).collect(),
            is_running: text(entry, &["State"]) == "running",
        };
        Ok(entries.iter().map(listed).filter(|listed| !listed.id.is_empty()).collect())
    }

    /// A container, by id, beginning of the id, or name.
    pub fn inspect(&self, id: &str) -> Result<Value, Error> {
        self.get(&format!("/containers/{}/json", escaped(id)))
    }

    /// An image, by id or name.
    pub fn image(&self, id: &str) -> Result<Value, Error> {
        self.get(&format!("/images/{}/json", escaped(id)))
    }

    /// The description of a container for its event: what the engine says of it, of its image, and of the container
    /// whose network it shares. The last two may be missing.
    pub fn describe(&self, id: &str) -> Result<Vec<u8>, Error> {
        let container = self.inspect(id)?;
        if text(&container, &["Id"]).is_empty() {
            return Err(Error::Malformed("the container has no id"));
        }
        let image = Some(text(&container, &["Image"])).filter(|id| !id.is_empty()).and_then(|id| self.image(id).ok());
        let shared = text(&container, &["HostConfig", "NetworkMode"]).strip_prefix("container:");
        let network = shared.and_then(|id| self.inspect(id).ok());
        let engine = self.told().map_or_else(|| self.name().to_owned(), |(name, version)| format!("{name} {version}"));
        let runtime = Runtime { kind: self.kind(), engine: &engine };
        Ok(describe(runtime, &container, image.as_ref(), network.as_ref()))
    }

    /// What the engine does, from a moment on in nanoseconds since the epoch: one line of JSON each, see
    /// [`super::Action`].
    pub fn events(&self, since: u64) -> Result<Lines, Error> {
        let (seconds, rest) = (since / 1_000_000_000, since % 1_000_000_000);
        let lines = http::follow(&self.socket, &format!("/events?since={seconds}.{rest:09}"), &self.limits)?;
        if lines.is_silent() {
            // Either nothing has happened yet, or it hangs.
            http::get(&self.socket, "/_ping", &self.limits)?;
        }
        Ok(lines)
    }

    fn get(&self, path: &str) -> Result<Value, Error> {
        let answer = http::get(&self.socket, path, &self.limits)?;
        serde_json::from_slice(&answer).map_err(|_| Error::Malformed("the answer is not JSON"))
    }
}

fn name_and_version(answer: &Value) -> (&'static str, String) {
    let is_podman = list(answer, &["Components"]).any(|part| text(part, &["Name"]).contains("Podman"));
    (if is_podman { "podman" } else { "docker" }, text(answer, &["Version"]).to_owned())
}
