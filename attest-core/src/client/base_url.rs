//! Where the server is. There is no default: nobody's key travels to a host its owner did not name.

use std::fmt;

use url::{Host, Url};

use crate::error::{Error, ErrorKind};

/// A checked base URL. It may end in `/` or `/v1`, and may carry a path prefix.
///
/// ```
/// use attest_core::client::BaseUrl;
///
/// let url = BaseUrl::parse("https://attest.example.com/v1/", false)?;
/// assert_eq!(url.to_string(), "https://attest.example.com");
/// assert!(BaseUrl::parse("http://127.0.0.1:8080", false)?.is_loopback());
/// let refused = BaseUrl::parse("http://attest.example.com", false).unwrap_err();
/// assert!(refused.message().contains("use https"), "the key would be shown to the network");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads a base URL: `https`, or `http` for a loopback address, or for any where `allow_insecure_http` is given.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the URL and what is wrong with it.
    pub fn parse(text: &str, allow_insecure_http: bool) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::new(ErrorKind::Config, format!("the base URL {why}")));
        let mut url = match Url::parse(text.trim()) {
            Ok(url) => url,
            Err(error) => {
                // What cannot be read may hold a password anywhere.
                let shown = if text.contains(['@', '?']) {
                    String::new()
                } else {
                    format!("`{}` ", text.trim())
                };
                return refuse(&format!(
                    "{shown}cannot be read ({error}): give one like https://attest.example.com"
                ));
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "holds a user name or a password: give the API key as an option instead",
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            url.set_query(None);
            url.set_fragment(None);
            return refuse(&format!(
                "has a query or a fragment: give `{url}` without it"
            ));
        }
        match url.scheme() {
            "https" => {}
            "http" if allow_insecure_http || is_loopback(&url) => {}
            "http" => {
                return refuse(&format!(
                    "`{url}` is plain http to another machine, which would show the API key to the network: use https, \
                     or allow insecure http explicitly"
                ));
            }
            other => return refuse(&format!("`{url}` has the scheme `{other}`: use https")),
        }
        let path = url.path().trim_end_matches('/');
        let prefix = path
            .strip_suffix("/v1")
            .unwrap_or(path)
            .trim_end_matches('/')
            .to_owned();
        url.set_path(&prefix);
        Ok(Self(url))
    }

    /// The URL of an encoded path below the prefix, such as `/v1/pipelines`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where the two make no URL.
    pub(super) fn join(&self, path: &str) -> Result<Url, Error> {
        let prefix = self.0.path().trim_end_matches('/');
        let mut url = self.0.clone();
        url.set_path(&format!("{prefix}{path}"));
        Ok(url)
    }

    /// Whether the server is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether the server has to prove who it is.
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "asked by the driver alone")
    )]
    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_a_slash_and_a_version_lead_to_the_same_place() {
        for (given, url) in [
            ("https://a.example", "https://a.example/v1/keys"),
            ("https://a.example/", "https://a.example/v1/keys"),
            ("https://a.example/v1", "https://a.example/v1/keys"),
            ("https://a.example/v1/", "https://a.example/v1/keys"),
            (
                "https://a.example:8443/build/attest/v1",
                "https://a.example:8443/build/attest/v1/keys",
            ),
            ("http://127.0.0.1:1/x/", "http://127.0.0.1:1/x/v1/keys"),
            ("http://[::1]:1", "http://[::1]:1/v1/keys"),
        ] {
            assert_eq!(
                BaseUrl::parse(given, false)
                    .unwrap()
                    .join("/v1/keys")
                    .unwrap()
                    .as_str(),
                url,
                "{given}"
            );
        }
    }

    #[test]
    fn plain_http_leaves_the_machine_only_where_it_is_allowed() {
        assert!(BaseUrl::parse("http://a.example", false).is_err());
        assert!(BaseUrl::parse("http://127.0.0.1.a.example", false).is_err());
        assert!(BaseUrl::parse("http://a.example", true).is_ok());
        assert!(BaseUrl::parse("ftp://a.example", true).is_err());
    }

    #[test]
    fn a_base_url_with_a_password_is_refused_without_showing_it() {
        for url in [
            "https://me:hunter2@a.example",
            "https://me:hunter2@a.example:99999",
            "https://a.example/?token=hunter2",
            "https://a.example/#hunter2",
            "https://[a.example/?token=hunter2",
        ] {
            let error = BaseUrl::parse(url, false).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("hunter2"), "{error}");
        }
    }
}
