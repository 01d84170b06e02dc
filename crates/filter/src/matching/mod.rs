//! How texts are compared: patterns are prepared once and then looked for often.

pub(crate) mod base64;
pub(crate) mod path;
pub(crate) mod regex;
pub(crate) mod text;
