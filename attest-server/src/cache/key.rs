//! The name of everything a step can see.
//!
//! Two steps with the same key ran, or would run, the same command over the same files in the same environment. The key
//! is a digest of: the operator's salt; the command; the declared inputs and outputs as spelled (they decide what the
//! receipt says); the working directory; whether there is a network; whether inputs are strict; the source files and the
//! outputs of needed steps that lie in the step's view (paths, contents, links, executable bits); the whole environment,
//! the operator's variables included; the operating system and the architecture; the isolation, and the paths of the
//! machine that the operator shows to steps. `HOME` and `TMPDIR` are made anew for each step and stand for themselves.
//!
//! # Why nobody can poison it
//! Whoever may run executions may fill the cache, so a key must not leave out anything of theirs that a step could see.
//! They choose commands, environments and sources, and every one of those is in the key *as the step sees it*: the digest
//! of the source is that of the view which the step is given (that [`crate::view::Seen`] names what
//! [`crate::view::Layers`] holds is a property test) and not of what the pipeline declares. An undeclared file
//! that a command reads (a `go.mod`, an `.npmrc`, a `.cargo/config.toml` of an attacker) is in the key, because by
//! default it is in the view; with strict inputs it is in neither. What a needed step left is in the key as the bytes it
//! left, not as the key that made them, so that a step that is not deterministic cannot lend its key to other bytes.
//! Nothing a caller sends becomes an entry: an entry is made by this server, of a step that it ran itself to exit code 0
//! with every declared output there, in the transaction that ends the step; the first entry of a key stays. Objects that
//! are uploaded are named by their content, entries are not uploaded at all. Files of an entry are hashed again before
//! every use.
//!
//! # What is outside
//! The machine's tools and its other files that steps may read, what comes over the network, the clock, chance, the
//! user, the kernel. A command that depends on those can leave different things for one key, and the first stays until
//! it is collected: set `cache: false` on such a step, or change `--cache-salt` when the machine's tools change. Where
//! steps have a network they share the machine's loopback interface: a step of one caller can answer another's. With
//! `--isolation none` a step can write wherever the server can, into other steps' directories and into this cache;
//! callers who do not trust each other need bubblewrap, which the key tells apart.

use std::collections::BTreeMap;

use attest_core::digest::Digest;

/// Context string (BLAKE3 `derive_key`), so that a key is never another digest of this project. What a step is given or
/// how its outputs are taken may change between releases: then this changes.
const CONTEXT: &str = "attest-server 2026-11-24 cache key v1";

/// The name of everything a step can see. It covers secrets of the operator's environment, so it is never shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key([u8; Digest::LEN]);

/// What a key is made of.
pub(crate) struct Facts<'a> {
    pub(crate) salt: &'a str,
    pub(crate) run: &'a str,
    /// As spelled.
    pub(crate) inputs: &'a [String],
    /// As spelled.
    pub(crate) outputs: &'a [String],
    pub(crate) working_dir: Option<&'a str>,
    /// Whether the step gets it, not whether it asks for it.
    pub(crate) network: bool,
    pub(crate) strict_inputs: bool,
    /// The files of the source in the step's view.
    pub(crate) source: Digest,
    /// The outputs of needed steps in the step's view.
    pub(crate) upstream: &'a [Digest],
    /// Without `HOME` and `TMPDIR`.
    pub(crate) environment: &'a BTreeMap<String, String>,
    pub(crate) isolation: &'static str,
    /// Paths of the machine that steps are shown beside the system's own.
    pub(crate) allow_read: Vec<&'a str>,
}

impl Key {
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        facts.encode(&mut |bytes| {
            hasher.update(bytes);
        });
        Self(hasher.finalize().into())
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; Digest::LEN] {
        &self.0
    }
}

impl Facts<'_> {
    fn encode(&self, out: &mut impl FnMut(&[u8])) {
        let mut fields = Fields(out);
        fields.one("salt", self.salt);
        fields.one("run", self.run);
        fields.many("inputs", self.inputs.iter().map(String::as_str));
        fields.many("outputs", self.outputs.iter().map(String::as_str));
        fields.many("working_dir", self.working_dir);
        fields.flag("network", self.network);
        fields.flag("strict_inputs", self.strict_inputs);
        fields.bytes("source", [self.source.as_bytes().as_slice()]);
        fields.bytes(
            "upstream",
            self.upstream
                .iter()
                .map(|digest| digest.as_bytes().as_slice()),
        );
        let variables = self.environment.iter();
        fields.many(
            "environment",
            variables.flat_map(|(name, value)| [name.as_str(), value.as_str()]),
        );
        fields.one("os", std::env::consts::OS);
        fields.one("arch", std::env::consts::ARCH);
        fields.one("isolation", self.isolation);
        fields.many("allow_read", self.allow_read.iter().copied());
    }
}

/// The one encoder: each field is its label, the number of its values and the values; texts come after their length.
struct Fields<'a, F>(&'a mut F);

impl<F: FnMut(&[u8])> Fields<'_, F> {
    fn bytes<'v>(&mut self, label: &str, values: impl IntoIterator<Item = &'v [u8]>) {
        let values: Vec<&[u8]> = values.into_iter().collect();
        self.text(label.as_bytes());
        self.number(values.len());
        for value in values {
            self.text(value);
        }
    }

    fn many<'v>(&mut self, label: &str, values: impl IntoIterator<Item = &'v str>) {
        self.bytes(label, values.into_iter().map(str::as_bytes));
    }

    fn one(&mut self, label: &str, value: &str) {
        self.many(label, [value]);
    }

    fn flag(&mut self, label: &str, value: bool) {
        self.one(label, if value { "yes" } else { "no" });
    }

    fn text(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        (self.0)(bytes);
    }

    fn number(&mut self, number: usize) {
        (self.0)(&(number as u64).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads back what [`Fields`] wrote: that this can be done is what keeps two inputs from meeting.
    fn decode(mut bytes: &[u8]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
        fn number(bytes: &mut &[u8]) -> usize {
            let (head, rest) = bytes.split_at(8);
            *bytes = rest;
            usize::try_from(u64::from_le_bytes(head.try_into().unwrap())).unwrap()
        }
        fn text(bytes: &mut &[u8]) -> Vec<u8> {
            let length = number(bytes);
            let (head, rest) = bytes.split_at(length);
            *bytes = rest;
            head.to_vec()
        }
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let label = text(&mut bytes);
            let count = number(&mut bytes);
            fields.push((label, (0..count).map(|_| text(&mut bytes)).collect()));
        }
        fields
    }

    fn text() -> impl Strategy<Value = String> {
        // Few characters, so that neighbours often share what one of them could lend to the other.
        "[ab\\x00]{0,3}"
    }

    fn list() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec(text(), 0..3)
    }

    proptest! {
        #[test]
        fn no_two_inputs_meet(fields in proptest::collection::vec((text(), list()), 0..4)) {
            let mut bytes = Vec::new();
            let mut out = |piece: &[u8]| bytes.extend_from_slice(piece);
            let mut encoder = Fields(&mut out);
            for (label, values) in &fields {
                encoder.many(label, values.iter().map(String::as_str));
            }
            let expected: Vec<(Vec<u8>, Vec<Vec<u8>>)> = fields
                .into_iter()
                .map(|(label, values)| {
                    (label.into_bytes(), values.into_iter().map(String::into_bytes).collect())
                })
                .collect();
            prop_assert_eq!(decode(&bytes), expected);
        }
    }

    #[test]
    fn every_fact_is_a_field_of_its_own() {
        let environment = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        let (inputs, outputs) = (["i".to_owned()], ["o".to_owned()]);
        let facts = Facts {
            salt: "s",
            run: "r",
            inputs: &inputs,
            outputs: &outputs,
            working_dir: Some("w"),
            network: true,
            strict_inputs: false,
            source: Digest::of(b"source"),
            upstream: &[Digest::of(b"upstream")],
            environment: &environment,
            isolation: "none",
            allow_read: vec!["/opt"],
        };
        let mut bytes = Vec::new();
        facts.encode(&mut |piece| bytes.extend_from_slice(piece));
        let labels: Vec<String> = decode(&bytes)
            .into_iter()
            .map(|(label, _)| String::from_utf8(label).unwrap())
            .collect();
        assert_eq!(
            labels,
            [
                "salt",
                "run",
                "inputs",
                "outputs",
                "working_dir",
                "network",
                "strict_inputs",
                "source",
                "upstream",
                "environment",
                "os",
                "arch",
                "isolation",
                "allow_read"
            ]
        );
    }
}
