//! What an image is called: repository, tag, digest.

use super::short::{text, texts};
use serde_json::Value;

/// The name of an image, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Image {
    /// As it was asked for: `nginx:1.25`.
    pub name: String,
    /// The id, without `sha256:`.
    pub id: String,
    /// The repository, with the registry where the name has one.
    pub repo: String,
    /// The tag; `latest` where nothing else is known.
    pub tag: String,
    /// `sha256:…` in the registry, empty for images that never came from one.
    pub digest: String,
}

impl Image {
    /// Of a container's and, if there is one, the image's description.
    ///
    /// The name is what the container was made from; it tells repository and tag unless it is a part of the id. What it
    /// does not tell comes from the image's own lists, in which names of the same repository count first.
    pub fn of(container: &Value, image: Option<&Value>) -> Image {
        let name = text(container, &["Config", "Image"]);
        let id = text(container, &["Image"]);
        // Older versions of Podman have the name in place of the id.
        let (id, asked) = if id.contains('/') { ("", id) } else { (id, name) };
        let digits = id.rsplit(':').next().unwrap_or_default();
        let is_id = asked.is_empty() || digits.starts_with(asked) || (!id.is_empty() && id.starts_with(asked));
        let (repo, tag, digest) = if is_id { ("", "", "") } else { parts(asked) };
        let mut found = Image {
            name: name.to_owned(),
            id: digits.to_owned(),
            repo: repo.to_owned(),
            tag: tag.to_owned(),
            digest: digest.to_owned(),
        };
        if let Some(image) = image {
            found.complete(image);
        }
        if found.tag.is_empty() {
            found.tag = "latest".to_owned();
        }
        found
    }

    fn complete(&mut self, image: &Value) {
        if self.id.is_empty() {
            self.id = text(image, &["Id"]).rsplit(':').next().unwrap_or_default().to_owned();
        }
        let digests = || texts(image, &["RepoDigests"]).filter_map(|entry| entry.split_once('@'));
        let tags = || texts(image, &["RepoTags"]).filter_map(|entry| entry.rsplit_once(':'));
        if self.repo.is_empty()
            && let Some((repo, _)) = digests().next().or_else(|| tags().next())
        {
            self.repo = repo.to_owned();
        }
        let repo = self.repo.as_str();
        // Docker leaves its own registry out of the names that users write.
        let same = |entry: &&(&str, &str)| entry.0 == repo || entry.0.ends_with(&format!("/{repo}"));
        if self.digest.is_empty() {
            let own = text(image, &["Digest"]);
            let first = digests().next().filter(|first| digests().all(|other| other.1 == first.1));
            let found = digests().find(|entry| same(&entry)).or(first).map(|entry| entry.1);
            self.digest = if own.is_empty() { found.unwrap_or_default() } else { own }.to_owned();
        }
        if self.tag.is_empty() {
            self.tag = tags().find(|entry| same(&entry)).map_or("", |entry| entry.1).to_owned();
        }
    }
}

/// Repository, tag and digest of `registry:port/path/name:tag@digest`.
fn parts(name: &str) -> (&str, &str, &str) {
    let (name, digest) = name.split_once('@').unwrap_or((name, ""));
    let path = name.rfind('/').map_or(0, |slash| slash + 1);
    match name.get(path..).and_then(|last| last.find(':')) {
        Some(colon) => {
            let (repo, tag) = name.split_at_checked(path + colon).unwrap_or((name, ""));
            (repo, tag.strip_prefix(':').unwrap_or(tag), digest)
        }
        None => (name, "", digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_have_three_parts() {
        assert_eq!(parts("nginx"), ("nginx", "", ""));
        assert_eq!(parts("nginx:1.25"), ("nginx", "1.25", ""));
        assert_eq!(parts("host:5000/a/b"), ("host:5000/a/b", "", ""));
        assert_eq!(parts("host:5000/a/b:1@sha256:ab"), ("host:5000/a/b", "1", "sha256:ab"));
        assert_eq!(parts(""), ("", "", ""));
    }

    fn of(name: &str, id: &str, image: Option<Value>) -> Image {
        Image::of(&json!({"Config": {"Image": name}, "Image": id}), image.as_ref())
    }

    #[test]
    fn the_name_tells_what_it_can_and_the_image_the_rest() {
        let image = json!({"RepoTags": ["other:9", "nginx:2"], "RepoDigests": ["x@sha256:aa", "nginx@sha256:bb"]});
        let found = of("nginx", "sha256:0123", Some(image.clone()));
        assert_eq!((found.id.as_str(), found.repo.as_str()), ("0123", "nginx"));
        assert_eq!((found.tag.as_str(), found.digest.as_str()), ("2", "sha256:bb"));
        let found = of("0123", "sha256:0123", Some(image));
        assert_eq!((found.repo.as_str(), found.digest.as_str()), ("x", "sha256:aa"));
        let found = of("nginx:1@sha256:cc", "sha256:0123", None);
        assert_eq!((found.tag.as_str(), found.digest.as_str()), ("1", "sha256:cc"));
    }

    #[test]
    fn one_digest_under_several_names_is_the_digest() {
        let image = json!({"RepoTags": ["local:1"], "RepoDigests": ["x@sha256:aa", "y@sha256:aa"]});
        assert_eq!(of("local:1", "sha256:0123", Some(image)).digest, "sha256:aa");
    }

    #[test]
    fn an_answer_without_an_image_gives_empty_texts() {
        let nothing = Image { tag: "latest".into(), ..Image::default() };
        assert_eq!(Image::of(&json!({}), None), nothing);
        assert_eq!(Image::of(&json!([1]), Some(&json!("x"))), nothing);
        let podman = of("docker.io/library/redis:7", "docker.io/library/redis:7", Some(json!({"Id": "abcd"})));
        assert_eq!((podman.id.as_str(), podman.repo.as_str()), ("abcd", "docker.io/library/redis"));
    }
}
