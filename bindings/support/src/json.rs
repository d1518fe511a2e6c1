//! JSON across the border: what comes in is read strictly, and a field that nobody knows is an error that names it.

use attest_sdk::{Error, ErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads `bytes`, the JSON of `what`. A member that is unknown or of another type is an error of that kind, by its path.
pub(crate) fn read<T: DeserializeOwned>(
    kind: ErrorKind,
    what: &str,
    bytes: &[u8],
) -> Result<T, Error> {
    let mut unknown = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut noted = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
    let reader_noting = serde_ignored::Deserializer::new(&mut reader, &mut noted);
    let value = serde_path_to_error::deserialize(reader_noting).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." {
            what.to_owned()
        } else {
            format!("{what}: `{path}`")
        };
        Error::new(kind, format!("{at}: {}", error.inner()))
    })?;
    reader
        .end()
        .map_err(|error| Error::new(kind, format!("{what}: {error}")))?;
    match unknown.first() {
        None => Ok(value),
        Some(path) => Err(Error::new(
            kind,
            format!("{what}: `{path}` is not known; is it misspelt?"),
        )),
    }
}

/// Writes compact JSON.
pub(crate) fn write(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            format!("the answer cannot be written as JSON: {error}"),
        )
    })
}
