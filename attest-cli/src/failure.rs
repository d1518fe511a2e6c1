//! Why a command could not do its work: one clear message, perhaps a hint, and an exit code.

/// A message for people. The exit code is 2 unless it says otherwise.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
    code: u8,
}

impl Failure {
    /// A failure with exit code 2: the command could not run.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            code: 2,
        }
    }

    /// With what to do next, on a line of its own.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn next(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<attest_sdk::Error> for Failure {
    fn from(error: attest_sdk::Error) -> Self {
        use attest_sdk::ErrorKind;
        let problems = problems(&error);
        let message = if problems.is_empty() {
            error.to_string()
        } else {
            problems.join("\n")
        };
        let failure = Self::new(message);
        match error.kind() {
            ErrorKind::AuthenticationFailed => {
                failure.hint("check ATTEST_API_KEY: is it a key of this server?")
            }
            ErrorKind::Connection => {
                failure.hint("is the server running? `attest serve` starts one")
            }
            _ => failure,
        }
    }
}

/// Every problem of a validation error, each with its place.
fn problems(error: &attest_sdk::Error) -> Vec<String> {
    let Some(details) = error.details() else {
        return Vec::new();
    };
    let one = |value: &serde_json::Value| {
        let (field, issue) = (value.get("field")?.as_str()?, value.get("issue")?.as_str()?);
        Some(format!("{field}: {issue}"))
    };
    match details.get("errors").and_then(serde_json::Value::as_array) {
        Some(errors) => errors.iter().filter_map(one).collect(),
        None => one(&serde_json::Value::Object(details.clone()))
            .into_iter()
            .collect(),
    }
}
