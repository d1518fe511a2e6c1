//! `source:<repository>@<commit>`: it ran on this commit of this repository, both as the receipt spells them. They are
//! the word of whoever started the run. That the files were those of the commit is `require-clean-source`'s to ask.

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "source:<repository>@<commit>",
    parse: |parts| parts.with_argument("source", wanted),
};

struct Source {
    repository: String,
    commit: String,
}

fn wanted(text: &str) -> Result<Source, String> {
    // The last one: an address may hold others, as git@example.com:app.git does.
    let (repository, commit) = text
        .rsplit_once('@')
        .ok_or_else(|| format!("{text:?} has no `@` between repository and commit"))?;
    if repository.is_empty() || repository.trim() != repository {
        return Err(format!("{repository:?} is no repository"));
    }
    let of_an_id = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    if commit.is_empty() || !commit.bytes().all(of_an_id) {
        return Err(format!(
            "{commit:?}, which stands behind the last `@`, is no commit"
        ));
    }
    Ok(Source {
        repository: repository.to_owned(),
        commit: commit.to_owned(),
    })
}

impl Rule for Source {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let Some(found) = context.source() else {
            let message = "the receipt does not say of which source it is";
            return Err(Breach::new(code::SOURCE_MISSING, message)
                .expected(format!("{}@{}", self.repository, self.commit)));
        };
        match &found.repository {
            Some(repository) if *repository == self.repository => {}
            Some(repository) => {
                let message = format!(
                    "the receipt is of repository {repository:?}, expected {:?}",
                    self.repository
                );
                return Err(Breach::new(code::REPOSITORY_MISMATCH, message)
                    .values(&self.repository, repository));
            }
            None => {
                let message = "the receipt does not say of which repository it is";
                return Err(
                    Breach::new(code::REPOSITORY_MISMATCH, message).expected(&self.repository)
                );
            }
        }
        if found.commit == self.commit {
            return Ok(());
        }
        let message = format!(
            "the receipt is of commit {:?}, expected {:?}",
            found.commit, self.commit
        );
        Err(Breach::new(code::COMMIT_MISMATCH, message).values(&self.commit, &found.commit))
    }
}
