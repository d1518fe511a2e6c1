//! JSON across the border: what comes in is read strictly, and a field that nobody knows is an error that names it.

use attest_sdk::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_ignored::Path;

/// As [`read`], of an object: a list would be taken for the members in their order.
pub(crate) fn object<T: DeserializeOwned>(
    kind: ErrorKind,
    what: &str,
    bytes: &[u8],
) -> Result<T, Error> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => read(kind, what, bytes),
        _ => Err(Error::new(kind, format!("{what}: give a JSON object"))),
    }
}

/// Reads `bytes`, the JSON of `what`. A member that is unknown or of another type is an error of that kind, by its path.
pub(crate) fn read<T: DeserializeOwned>(
    kind: ErrorKind,
    what: &str,
    bytes: &[u8],
) -> Result<T, Error> {
    let mut unknown = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut noted = |path: Path<'_>| unknown.push(written(&path));
    let reader_noting = serde_ignored::Deserializer::new(&mut reader, &mut noted);
    let value = serde_path_to_error::deserialize(reader_noting).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." {
            what.to_owned()
        } else {
            format!("{what}: `{path}`")
        };
        Error::new(
            kind,
            format!("{at}: {}", without_value(&error.inner().to_string())),
        )
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

/// What serde says, without the value it found: that may be a secret in the wrong place.
fn without_value(said: &str) -> String {
    match said.rsplit_once(", expected ") {
        Some((found, expected)) => {
            let found = found
                .split(['"', '`'])
                .next()
                .unwrap_or_default()
                .trim_end();
            format!("{found}, expected {expected}")
        }
        None => said.to_owned(),
    }
}

/// `steps[0].run`, as the paths of the other errors.
fn written(path: &Path<'_>) -> String {
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", written(parent)),
        Path::Map { parent, key } => match written(parent) {
            parent if parent.is_empty() => key.clone(),
            parent => format!("{parent}.{key}"),
        },
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => written(parent),
    }
}

/// A member that may be absent, and is not null where it is there: for what must not be lost by an unset variable.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(reader).map(Some)
}

/// Writes compact JSON.
pub(crate) fn write(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| unwritable(&error))
}

pub(crate) fn unwritable(error: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("the answer cannot be written as JSON: {error}"),
    )
}
