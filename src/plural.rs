//! Numbers of things in words.

/// `1 alert`, `2 alerts`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
