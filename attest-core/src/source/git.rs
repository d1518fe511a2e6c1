//! What git says of a directory: for a receipt's `provenance.source`, which is the caller's word.
//!
//! The repository's own configuration is not trusted to name programs: no hook, monitor, filter or pager of it is run,
//! nothing is fetched, and a submodule's configuration is never read. Credentials in the remote's address are left out.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::public_address;
use crate::v1::SourceInfo;

/// How many settings the caller hands to git, by a variable of git's.
const COUNT: &str = "GIT_CONFIG_COUNT";

/// Variables that would have git look elsewhere than in the directory: those that `git rev-parse --local-env-vars` names.
const ELSEWHERE: [&str; 14] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// The commit, branch and remote of the repository that `dir` is in, and whether a tracked file differs from the commit.
///
/// `None` where there is no git, no repository, no commit yet, or git refuses it (a repository of another user). Blocks
/// while git reads the index.
#[must_use]
pub fn git_facts(dir: &Path) -> Option<SourceInfo> {
    if !may_be_in_a_repository(dir) {
        return None;
    }
    let handed_in = std::env::var(COUNT).ok();
    let mut git = Git::of(dir, handed_in.as_deref());
    let remote = git.configuration()?;
    let status = git.ask(&[
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--untracked-files=no",
        "--ignore-submodules=dirty",
        "--no-renames",
    ])?;
    let lines = || {
        status
            .split(|byte| *byte == 0)
            .filter(|line| !line.is_empty())
    };
    let header = |name: &str, none: &str| {
        let value = lines().find_map(|line| line.strip_prefix(name.as_bytes()))?;
        let value = std::str::from_utf8(value).ok()?;
        (value != none).then(|| value.to_owned())
    };
    Some(SourceInfo {
        repository: remote.map(|url| public_address(&url)),
        commit: Some(header("# branch.oid ", "(initial)")?),
        branch: header("# branch.head ", "(detached)"),
        tracked_dirty: Some(lines().any(|line| !line.starts_with(b"#"))),
    })
}

/// Whether git would find anything: it looks for `.git` from the directory upwards. Saves its processes where there is none.
fn may_be_in_a_repository(dir: &Path) -> bool {
    // Where the way up cannot be told, git may.
    let Ok(real) = dir.canonicalize() else {
        return true;
    };
    let has_git = |at: &Path| at.join(".git").symlink_metadata().is_ok();
    real.ancestors().any(has_git)
}

struct Git<'a> {
    dir: &'a Path,
    /// How many settings the caller's own variables hand in: they come first, and those here win.
    handed_in: usize,
    /// Configuration that overrides the repository's.
    settings: Vec<(OsString, &'static str)>,
}

impl<'a> Git<'a> {
    fn of(dir: &'a Path, handed_in: Option<&str>) -> Self {
        Self {
            dir,
            // What is no number git itself would refuse.
            handed_in: handed_in.and_then(|count| count.parse().ok()).unwrap_or(0),
            settings: vec![
                ("core.fsmonitor".into(), "false"),
                ("core.hooksPath".into(), "/dev/null"),
                // Files of a project may look like a repository without a `.git`, and be a configuration then.
                ("safe.bareRepository".into(), "explicit"),
            ],
        }
    }

    /// The address of the remote, where there is one in UTF-8.
    ///
    /// `status` runs the clean filter of a changed file: each one that the configuration knows is emptied, whatever bytes
    /// its name has. `None` where it cannot be told which there are.
    fn configuration(&mut self) -> Option<Option<String>> {
        let wanted = "^filter\\.|^remote\\.origin\\.url$";
        let asked = ["config", "--null", "--get-regexp", wanted];
        let output = self.command(&asked).output().ok()?;
        // 1: there is none.
        if !matches!(output.status.code(), Some(0 | 1)) {
            return None;
        }
        let mut remote = None;
        let entries = output.stdout.split(|byte| *byte == 0);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            // A name holds no line break, and what has none has no value.
            let mut parts = entry.splitn(2, |byte| *byte == b'\n');
            let (name, value) = (parts.next().unwrap_or_default(), parts.next());
            if name == b"remote.origin.url" {
                // Of several the last counts, as it does for git.
                remote = value.map(<[u8]>::to_vec);
                continue;
            }
            let required = name.ends_with(b".required");
            let value = if required { "false" } else { "" };
            self.settings
                .push((OsString::from_vec(name.to_vec()), value));
        }
        let text = remote.and_then(|url| String::from_utf8(url).ok());
        Some(text.filter(|url| !url.is_empty()))
    }

    /// What git answers; `None` where it fails.
    fn ask(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let output = self.command(arguments).output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .args(["--no-pager", "--no-optional-locks", "-C"])
            .arg(self.dir)
            .args(arguments)
            .env("GIT_TERMINAL_PROMPT", "0")
            // A repository may say that objects are elsewhere, and which program fetches them: by this variable of newer
            // versions none is fetched, and by the other there is no way to fetch one.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", "")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        let count = self.handed_in + self.settings.len();
        command.env(COUNT, count.to_string());
        for (index, (key, value)) in self.settings.iter().enumerate() {
            let number = self.handed_in + index;
            command.env(format!("GIT_CONFIG_KEY_{number}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn nothing_in_the_environment_points_git_elsewhere() {
        let git = Git::of(Path::new("."), None);
        let command = git.command(&["rev-parse", "--local-env-vars"]);
        let output = git.command(&["rev-parse", "--local-env-vars"]).output();
        let variables = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(variables.contains("GIT_DIR"), "{variables}");
        // Configuration that the caller hands in holds: it may be what lets git trust the directory.
        for name in variables
            .lines()
            .filter(|name| *name != "GIT_CONFIG_PARAMETERS")
        {
            let set = command.get_envs().find(|(set, _)| *set == name);
            let expected = (name == "GIT_CONFIG_COUNT").then_some(OsStr::new("3"));
            assert_eq!(set.map(|(_, value)| value), Some(expected), "{name}");
        }
    }

    #[test]
    fn configuration_that_the_caller_hands_in_comes_first() {
        let git = Git::of(Path::new("."), Some("3"));
        let command = git.command(&[]);
        let set: Vec<_> = command
            .get_envs()
            .filter_map(|(name, _)| name.to_str()?.strip_prefix("GIT_CONFIG_KEY_"))
            .collect();
        assert_eq!(set, ["3", "4", "5"]);
        assert_eq!(Git::of(Path::new("."), Some("x")).handed_in, 0);
    }
}
