//! What steps get from the operator, below everything a pipeline says.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::config::ConfigError;

/// Variables of the server's own that every step has.
const OWN: [&str; 3] = ["PATH", "LANG", "TZ"];
/// Where the server has no PATH of its own.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Read once, at start: what later happens to the server's own environment changes no step. Never stored, never
/// printed: secrets come this way.
#[derive(Clone)]
pub(crate) struct OperatorEnvironment(BTreeMap<String, String>);

impl OperatorEnvironment {
    /// `own` is the server's environment; a name in `pass` that is not set there is left out.
    pub(crate) fn new(
        own: impl Fn(&str) -> Option<OsString>,
        pass: &[String],
        set: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut variables = BTreeMap::from([("PATH".to_owned(), DEFAULT_PATH.to_owned())]);
        for name in OWN.into_iter().chain(pass.iter().map(String::as_str)) {
            if let Some(value) = own(name) {
                let value = value.into_string().map_err(|_| ConfigError {
                    name: "--pass-env",
                    value: name.to_owned(),
                    problem: "its value is not UTF-8, and steps are given text".to_owned(),
                })?;
                variables.insert(name.to_owned(), value);
            }
        }
        variables.extend(set.clone());
        Ok(Self(variables))
    }

    /// With what the pipeline and the step say on top.
    pub(super) fn with(&self, step: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut variables = self.0.clone();
        variables.extend(step.clone());
        variables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(name: &str) -> Option<OsString> {
        match name {
            "PATH" => Some("/opt/bin".into()),
            "SECRET" => Some("s3cret".into()),
            "OTHER" => Some("not for steps".into()),
            _ => None,
        }
    }

    #[test]
    fn steps_get_nothing_that_was_not_let_through() {
        let env =
            OperatorEnvironment::new(own, &["SECRET".into(), "UNSET".into()], &BTreeMap::new())
                .unwrap();
        let names = env.with(&BTreeMap::new()).into_keys().collect::<Vec<_>>();
        assert_eq!(names, ["PATH", "SECRET"]);
    }

    #[test]
    fn precedence_rises_from_the_server_to_the_step() {
        let set = BTreeMap::from([("SECRET".to_owned(), "set".to_owned())]);
        let env = OperatorEnvironment::new(own, &["SECRET".into()], &set).unwrap();
        assert_eq!(env.with(&BTreeMap::new())["SECRET"], "set");
        let step = BTreeMap::from([("PATH".to_owned(), "/bin".to_owned())]);
        assert_eq!(env.with(&step)["PATH"], "/bin");
    }
}
