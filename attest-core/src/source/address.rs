//! Addresses of repositories, as they may be made public.

/// The address of a repository without what is its owner's alone: user name and password, a query (which may hold a
/// token), a fragment. It is what goes into receipts, which are public.
///
/// ```
/// use attest_core::source::public_address;
///
/// let cloned_by_ci = "https://ci-token:s3cr3t@example.invalid/project.git";
/// assert_eq!(public_address(cloned_by_ci), "https://example.invalid/project.git");
/// assert_eq!(public_address("git@example.invalid:project.git"), "git@example.invalid:project.git");
/// ```
#[must_use]
pub fn public_address(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return without_password(address).to_owned();
    };
    let (authority, path) = split_at(rest, &['/', '?', '#']);
    let host = after_last_at(authority);
    // A `/` that was not escaped in a password ends what looks like a host too early.
    let (host, path) = if is_host(host) {
        (host, path)
    } else {
        split_at(after_last_at(rest), &['/', '?', '#'])
    };
    let (path, _) = split_at(path, &['?', '#']);
    format!("{scheme}://{host}{path}")
}

/// `user@host:path` as it is; `user:password@host:path`, which ssh does not know, without what comes before the host.
fn without_password(address: &str) -> &str {
    match address.split_once('@') {
        Some((user, rest)) if user.contains(':') && !user.contains('/') => rest,
        _ => address,
    }
}

fn after_last_at(text: &str) -> &str {
    text.rsplit_once('@').map_or(text, |(_, after)| after)
}

/// A name or address, and at most a port.
fn is_host(text: &str) -> bool {
    let after_address = text.rsplit_once(']').map_or(text, |(_, after)| after);
    let port = after_address.split_once(':').map_or("", |(_, port)| port);
    port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Split before the first of `signs`.
fn split_at<'a>(text: &'a str, signs: &[char]) -> (&'a str, &'a str) {
    text.find(signs)
        .map_or((text, ""), |place| text.split_at(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_owners_alone_is_left_out_and_the_rest_stays() {
        for (given, kept) in [
            ("https://u:secret@h.example/a@b", "https://h.example/a@b"),
            ("https://secret@h.example", "https://h.example"),
            ("https://u:se@cret@h.example/p", "https://h.example/p"),
            ("https://u:se/cret@h.example/p", "https://h.example/p"),
            ("https://u:se?cret@h.example/p", "https://h.example/p"),
            ("https://u:se#cret@h.example/p", "https://h.example/p"),
            ("https://h.example/p?token=secret", "https://h.example/p"),
            ("https://h.example?token=secret", "https://h.example"),
            ("https://h.example/p#secret", "https://h.example/p"),
            (
                "https://u:secret@h.example:8443/p",
                "https://h.example:8443/p",
            ),
            (
                "https://u:secret@[2001:db8::1]:8443/p",
                "https://[2001:db8::1]:8443/p",
            ),
            (
                "https::https://u:secret@h.example/p",
                "https::https://h.example/p",
            ),
            ("ssh://git@h.example:22/p", "ssh://h.example:22/p"),
            ("file:///srv/p.git", "file:///srv/p.git"),
            ("u:secret@h.example:p.git", "h.example:p.git"),
            ("git@h.example:p.git", "git@h.example:p.git"),
            ("git@h.example:a:b@c", "git@h.example:a:b@c"),
            ("/srv/a:b@c/p.git", "/srv/a:b@c/p.git"),
            ("../p.git", "../p.git"),
            ("", ""),
        ] {
            assert_eq!(public_address(given), kept, "{given}");
        }
    }

    #[test]
    fn what_is_public_stays_as_it_is() {
        for given in [
            "https://u:s@h/p?q",
            "u:s@h:p",
            "ssh://u@h:x/p",
            "a://b@c://d@e",
        ] {
            let public = public_address(given);
            assert_eq!(public_address(&public), public, "{given}");
        }
    }
}
