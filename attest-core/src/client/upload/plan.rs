//! What is next in an upload.

use std::collections::{HashMap, VecDeque};

use super::{Batch, Entry, Object, Uploaded, What, batches};
use crate::digest::Digest;
use crate::error::{Error, ErrorKind};
use crate::v1::{CreateSource, Missing, MissingRequest, Source, SourceEntry};

/// Most digests that one question holds.
const MAX_QUESTION: usize = 10_000;

/// What an upload does next.
///
/// ```
/// use attest_core::client::upload::{Next, Plan};
///
/// let mut of_nothing = Plan::new(Vec::new());
/// // There is no content to ask for or to send: the tree is named at once.
/// let Next::Create(tree) = of_nothing.step() else { panic!("something else is next") };
/// assert!(tree.entries.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask which of these are missing, and report [`Plan::missing`].
    Ask(MissingRequest),
    /// Send these, and report [`Plan::sent`].
    Send(Batch),
    /// Name the tree, and report [`Plan::created`] or [`Plan::refused`].
    Create(CreateSource),
    /// Nothing: this is what it came to.
    Done(Uploaded),
}

/// An upload as a rule: asked what is next ([`step`](Self::step)), and told what came of it.
///
/// ```
/// use attest_core::client::upload::{Entry, Next, Plan, What};
/// use attest_core::digest::Digest;
/// use attest_core::v1::{Missing, Source};
///
/// let what = What::File { digest: Digest::of(b"buy milk"), size: 8, executable: false };
/// let mut plan = Plan::new(vec![Entry { path: "notes".to_owned(), what }]);
/// let uploaded = loop {
///     match plan.step() {
///         // Asked of a server that has nothing, each with a call.
///         Next::Ask(question) => plan.missing(&Missing { missing: question.digests }),
///         Next::Send(_batch) => plan.sent(),
///         Next::Create(_tree) => plan.created(Source { source: format!("tree:{}", Digest::of(b"")) })?,
///         Next::Done(uploaded) => break uploaded,
///     }
/// };
/// assert_eq!((uploaded.sent_objects, uploaded.sent_bytes, uploaded.requests), (1, 8, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    entries: Vec<Entry>,
    /// Every content once, in the order of the paths.
    objects: Vec<Object>,
    /// Where each is among them.
    index: HashMap<Digest, usize>,
    /// How many of them were asked for.
    asked: usize,
    /// Places of those that are missing, in order.
    missing: Vec<usize>,
    /// Once all is known: what is still to be sent.
    to_send: Option<VecDeque<Batch>>,
    /// Whether the server has already let go of something meanwhile.
    repeated: bool,
    result: Uploaded,
}

impl Plan {
    /// The upload of a directory with these entries.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let mut plan = Self {
            objects: Vec::new(),
            index: HashMap::new(),
            asked: 0,
            missing: Vec::new(),
            to_send: None,
            repeated: false,
            result: Uploaded {
                entries: entries.len() as u64,
                ..Uploaded::default()
            },
            entries: Vec::new(),
        };
        for entry in &entries {
            let What::File { digest, size, .. } = &entry.what else {
                continue;
            };
            plan.result.bytes += size;
            let next = plan.objects.len();
            if *plan.index.entry(*digest).or_insert(next) == next {
                plan.objects.push(Object {
                    digest: *digest,
                    size: *size,
                    path: entry.path.clone(),
                });
            }
        }
        plan.entries = entries;
        plan
    }

    /// What to do now.
    pub fn step(&mut self) -> Next {
        if !self.result.source.is_empty() {
            return Next::Done(self.result.clone());
        }
        let question: Vec<String> = self
            .objects
            .iter()
            .skip(self.asked)
            .take(MAX_QUESTION)
            .map(|object| object.digest.to_string())
            .collect();
        if !question.is_empty() {
            self.result.requests += 1;
            return Next::Ask(MissingRequest { digests: question });
        }
        // The answers came in order, but for those of a refusal.
        self.missing.sort_unstable();
        self.missing.dedup();
        let to_send = self.to_send.get_or_insert_with(|| {
            let objects = self
                .missing
                .iter()
                .filter_map(|place| self.objects.get(*place).cloned());
            batches(objects.collect()).into()
        });
        self.result.requests += 1;
        match to_send.front() {
            Some(batch) => Next::Send(batch.clone()),
            None => Next::Create(self.tree()),
        }
    }

    /// The server's answer to the last question. Digests that were not asked for are passed over: nobody but this side
    /// says which files are sent.
    pub fn missing(&mut self, answer: &Missing) {
        let asked = self.asked..(self.asked + MAX_QUESTION).min(self.objects.len());
        let mut places = self.places(&answer.missing);
        places.retain(|place| asked.contains(place));
        self.missing.extend(places);
        self.asked = asked.end;
    }

    /// Objects and bytes that are to be sent in all; known when every question was answered.
    #[must_use]
    pub fn to_send(&self) -> (u64, u64) {
        let missing = self
            .missing
            .iter()
            .filter_map(|place| self.objects.get(*place));
        missing.fold((0, 0), |(objects, bytes), object| {
            (objects + 1, bytes + object.size)
        })
    }

    /// The last batch was taken.
    pub fn sent(&mut self) {
        if let Some(batch) = self.to_send.as_mut().and_then(VecDeque::pop_front) {
            self.result.sent_objects += batch.objects.len() as u64;
            self.result.sent_bytes += batch.bytes();
        }
    }

    /// The tree has a name.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] where it is none.
    pub fn created(&mut self, answer: Source) -> Result<(), Error> {
        let digest = answer.source.strip_prefix("tree:");
        if digest.is_none_or(|digest| Digest::parse_prefixed(digest).is_err()) {
            return Err(Error::new(
                ErrorKind::Decode,
                format!(
                    "the server calls the source {:?}, which is no `tree:blake3:…`",
                    answer.source
                ),
            ));
        }
        self.result.source = answer.source;
        Ok(())
    }

    /// The tree was refused. Where the server let go of objects since it was asked, all are asked for again, once: a refusal
    /// names as many as one question holds, and no more.
    ///
    /// # Errors
    /// The refusal itself, where sending again does not help.
    pub fn refused(&mut self, error: Error) -> Result<(), Error> {
        let gone: Vec<String> = error
            .details()
            .and_then(|details| details.get("missing"))
            .and_then(|missing| serde_json::from_value(missing.clone()).ok())
            .unwrap_or_default();
        let places = self.places(&gone);
        if self.repeated || error.status() != Some(422) || places.is_empty() {
            return Err(error);
        }
        self.repeated = true;
        self.missing = places;
        self.asked = 0;
        self.to_send = None;
        Ok(())
    }

    /// Where these are among the objects: in order, each once, and only those that are there.
    fn places(&self, digests: &[String]) -> Vec<usize> {
        let mut places: Vec<usize> = digests
            .iter()
            .filter_map(|digest| Digest::parse_prefixed(digest).ok())
            .filter_map(|digest| self.index.get(&digest).copied())
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    fn tree(&self) -> CreateSource {
        let entry = |entry: &Entry| match &entry.what {
            What::File {
                digest,
                size,
                executable,
            } => SourceEntry {
                path: entry.path.clone(),
                kind: "file".to_owned(),
                digest: Some(digest.to_string()),
                target: None,
                executable: *executable,
                size_bytes: Some(*size),
            },
            What::Symlink(target) => SourceEntry {
                path: entry.path.clone(),
                kind: "symlink".to_owned(),
                digest: None,
                target: Some(target.clone()),
                executable: false,
                size_bytes: None,
            },
        };
        CreateSource {
            entries: self.entries.iter().map(entry).collect(),
        }
    }
}
