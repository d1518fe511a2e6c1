//! What git says of a directory: for a receipt's `provenance.source`, which is the caller's word.
//!
//! The repository's own configuration is not trusted to name programs: no hook, monitor, filter or pager of it is run, and
//! a submodule's configuration is never read. Credentials in the remote's address are left out.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::v1::SourceInfo;

/// The commit, branch and remote of the repository that `dir` is in, and whether a tracked file differs from the commit.
///
/// `None` where there is no git, no repository, no commit yet, or git refuses it (a repository of another user). Blocks
/// while git reads the index.
#[must_use]
pub fn git_facts(dir: &Path) -> Option<SourceInfo> {
    let git = Git::of(dir)?;
    let commit = git.line(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
    let changes = git.ask(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--ignore-submodules=dirty",
        "--no-renames",
    ])?;
    Some(SourceInfo {
        repository: git
            .line(&["config", "--get", "remote.origin.url"])
            .map(|url| without_credentials(&url)),
        commit: Some(commit),
        branch: git.line(&["symbolic-ref", "--short", "--quiet", "HEAD"]),
        tracked_dirty: Some(!changes.is_empty()),
    })
}

struct Git<'a> {
    dir: &'a Path,
    /// Configuration that overrides the repository's, as git's environment variables hand it in.
    overrides: Vec<(OsString, OsString)>,
}

impl<'a> Git<'a> {
    fn of(dir: &'a Path) -> Option<Self> {
        let mut settings = vec![
            ("core.fsmonitor".to_owned(), "false".to_owned()),
            ("core.hooksPath".to_owned(), "/dev/null".to_owned()),
        ];
        let bare = Self {
            dir,
            overrides: overrides(&settings),
        };
        // `status` runs the clean filter of a changed file: each one the configuration knows is emptied.
        let filters = bare.ask(&[
            "config",
            "--null",
            "--name-only",
            "--get-regexp",
            "^filter\\.",
        ]);
        for key in filters.iter().flat_map(|names| names.split('\0')) {
            let value = if key.ends_with(".required") {
                "false"
            } else {
                ""
            };
            if !key.is_empty() {
                settings.push((key.to_owned(), value.to_owned()));
            }
        }
        Some(Self {
            dir,
            overrides: overrides(&settings),
        })
    }

    /// What git answers; `None` where it fails.
    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("git")
            .args(["--no-pager", "--no-optional-locks", "-C"])
            .arg(self.dir)
            .args(arguments)
            .envs(self.overrides.iter().map(|(name, value)| (name, value)))
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            // These would point git elsewhere.
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then_some(text)
    }

    /// The one line git answers; `None` for none.
    fn line(&self, arguments: &[&str]) -> Option<String> {
        let answer = self.ask(arguments)?;
        let line = answer.trim_end_matches('\n');
        (!line.is_empty()).then(|| line.to_owned())
    }
}

fn overrides(settings: &[(String, String)]) -> Vec<(OsString, OsString)> {
    let mut variables = vec![("GIT_CONFIG_COUNT".into(), settings.len().to_string().into())];
    for (number, (key, value)) in settings.iter().enumerate() {
        variables.push((format!("GIT_CONFIG_KEY_{number}").into(), key.into()));
        variables.push((format!("GIT_CONFIG_VALUE_{number}").into(), value.into()));
    }
    variables
}

/// `https://user:token@host/path` without `user:token@`; other spellings (`git@host:path`) carry no secret.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_leave_with_the_address() {
        for (given, kept) in [
            ("https://u:secret@h.example/a@b", "https://h.example/a@b"),
            ("https://token@h.example", "https://h.example"),
            ("ssh://git@h.example:22/p", "ssh://h.example:22/p"),
            ("git@h.example:p.git", "git@h.example:p.git"),
            ("/srv/p.git", "/srv/p.git"),
        ] {
            assert_eq!(without_credentials(given), kept);
        }
    }
}
