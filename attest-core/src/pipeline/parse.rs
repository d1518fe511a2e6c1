//! Strict reading of a pipeline file: exactly the known fields, each of its type, or an error that says where.

use std::collections::{BTreeMap, HashMap};

use super::definition::{Definition, Form, NamedStep};
use super::model::{Attestation, Pipeline, Step, StepAttestation};
use super::{ParseError, field};
use crate::yaml::{self, Entries, Limits, Node};

const TOP: &[&str] = &[
    "schema_version",
    "version",
    "name",
    "steps",
    "env",
    "attestation",
];
const STEP: &[&str] = &[
    "run",
    "inputs",
    "outputs",
    "needs",
    "env",
    "working_dir",
    "image",
    "capsule",
    "cache",
    "timeout_secs",
    "attestation",
];
/// What the list form has besides, at the top and in a step.
const ADDED: &[&str] = &["network", "strict_inputs"];

impl Definition {
    /// Reads a pipeline file, YAML or JSON.
    ///
    /// With steps as a map, it is the command-line tool's form and has exactly its fields; with steps as a list, it
    /// is the API's form and may have `network` and `strict_inputs`, at the top and in a step.
    ///
    /// # Errors
    /// [`ParseError`] with line, column and field, for whatever is not readable as a pipeline. Whether it can be run
    /// is asked of [`Definition::check`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let document = yaml::parse(bytes, Limits::default())?;
        let root = Field {
            node: document.root(),
            path: String::new(),
        };
        let form = match root.node.get("steps").and_then(Node::as_seq) {
            Some(_) => Form::List,
            None => Form::Map,
        };
        let top = root.fields(
            form,
            &[TOP],
            "a pipeline, which is a map with `version` and `steps`",
        )?;
        let steps = top.required("steps")?;
        let added = |key| top.optional(key, Field::boolean);
        Ok(Self {
            form,
            schema_version: top.optional("schema_version", Field::small_number)?,
            version: top.required("version")?.text()?,
            name: top.optional("name", Field::text)?,
            steps: match form {
                Form::Map => steps.step_map()?,
                Form::List => steps.step_list()?,
            },
            env: top.or_default("env", Field::text_map)?,
            attestation: top.or_default("attestation", Field::attestation)?,
            network: added("network")?,
            strict_inputs: added("strict_inputs")?,
        })
    }
}

impl Pipeline {
    /// Reads a pipeline file, YAML or JSON, with its steps as a map or as a list.
    ///
    /// What only the list form has (`network`, `strict_inputs`) is not part of this structure; use
    /// [`Definition::parse`] to keep it.
    ///
    /// # Errors
    /// [`ParseError`] with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        Ok(Definition::parse(bytes)?.into_pipeline())
    }
}

/// A value and what it is called.
struct Field<'a> {
    node: Node<'a>,
    path: String,
}

/// The fields of a map whose keys are all known.
struct Fields<'a> {
    node: Node<'a>,
    path: String,
}

impl<'a> Fields<'a> {
    fn get(&self, key: &str) -> Option<Field<'a>> {
        let node = self.node.get(key)?;
        Some(Field {
            node,
            path: field::of_key(&self.path, key),
        })
    }

    fn required(&self, key: &str) -> Result<Field<'a>, ParseError> {
        self.get(key).ok_or_else(|| {
            ParseError::new(self.node.at(), &self.path, format!("`{key}` is missing"))
        })
    }

    /// Absent and null are the same.
    fn optional<T>(
        &self,
        key: &str,
        read: impl Fn(&Field<'a>) -> Result<T, ParseError>,
    ) -> Result<Option<T>, ParseError> {
        self.get(key)
            .filter(|field| !field.node.is_null())
            .map(|field| read(&field))
            .transpose()
    }

    /// Absent is the default; null is refused by `read`, as any other type.
    fn or<T>(
        &self,
        key: &str,
        read: impl Fn(&Field<'a>) -> Result<T, ParseError>,
        default: T,
    ) -> Result<T, ParseError> {
        self.get(key).map_or(Ok(default), |field| read(&field))
    }

    fn or_default<T: Default>(
        &self,
        key: &str,
        read: impl Fn(&Field<'a>) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.or(key, read, T::default())
    }
}

impl<'a> Field<'a> {
    fn fail<T>(&self, issue: impl Into<String>) -> Result<T, ParseError> {
        Err(ParseError::new(self.node.at(), &self.path, issue))
    }

    fn expected<T>(&self, what: &str) -> Result<T, ParseError> {
        self.fail(format!("expected {what}, found {}", self.node.describe()))
    }

    fn entries(&self, what: &str) -> Result<Entries<'a>, ParseError> {
        self.node.as_map().map_or_else(|| self.expected(what), Ok)
    }

    /// The fields of a map that may have the `known` keys and, in the list form, the added ones.
    fn fields(&self, form: Form, known: &[&[&str]], what: &str) -> Result<Fields<'a>, ParseError> {
        let mut keys: Vec<&str> = known.concat();
        if form == Form::List {
            keys.extend(ADDED);
        }
        self.exactly(&keys, what)
    }

    fn exactly(&self, known: &[&str], what: &str) -> Result<Fields<'a>, ParseError> {
        for (key, _) in self.entries(what)? {
            let name = key.as_text().unwrap_or_default();
            if known.contains(&name) {
                continue;
            }
            let hint = if ADDED.contains(&name) {
                " (it needs the steps to be a list)"
            } else {
                ""
            };
            let issue = format!(
                "unknown key {name:?}{hint}; known here: {}",
                known.join(", ")
            );
            return Err(ParseError::new(key.at(), &self.path, issue));
        }
        Ok(Fields {
            node: self.node,
            path: self.path.clone(),
        })
    }

    /// Any scalar, as it is spelled.
    fn text(&self) -> Result<String, ParseError> {
        self.node
            .as_text()
            .map_or_else(|| self.expected("a text"), |text| Ok(text.to_owned()))
    }

    fn boolean(&self) -> Result<bool, ParseError> {
        self.node
            .as_bool()
            .map_or_else(|| self.expected("true or false"), Ok)
    }

    fn number(&self) -> Result<u64, ParseError> {
        self.node.as_u64().map_or_else(
            || self.expected("a whole number from 0 to 18446744073709551615"),
            Ok,
        )
    }

    fn small_number(&self) -> Result<u32, ParseError> {
        let number = self
            .node
            .as_u64()
            .and_then(|number| u32::try_from(number).ok());
        number.map_or_else(|| self.expected("a whole number from 0 to 4294967295"), Ok)
    }

    fn items(&self, what: &str) -> Result<impl Iterator<Item = Field<'a>>, ParseError> {
        let Some(items) = self.node.as_seq() else {
            return self.expected(what);
        };
        let path = self.path.clone();
        Ok(items.enumerate().map(move |(i, node)| Field {
            node,
            path: field::of_index(&path, i),
        }))
    }

    fn texts(&self) -> Result<Vec<String>, ParseError> {
        self.items("a list of texts")?
            .map(|item| item.text())
            .collect()
    }

    fn text_map(&self) -> Result<BTreeMap<String, String>, ParseError> {
        let entry = |(key, node): (Node<'a>, Node<'a>)| {
            let key = key.as_text().unwrap_or_default();
            let text = Field {
                node,
                path: field::of_key(&self.path, key),
            }
            .text()?;
            Ok((key.to_owned(), text))
        };
        self.entries("a map of texts")?.map(entry).collect()
    }

    fn attestation(&self) -> Result<Attestation, ParseError> {
        let keys = [
            "sign_all_steps",
            "verify_dependencies",
            "require_reproducible",
        ];
        let fields = self.exactly(&keys, "a map")?;
        let [sign_all_steps, verify_dependencies, require_reproducible] =
            keys.map(|key| fields.or_default(key, Field::boolean));
        Ok(Attestation {
            sign_all_steps: sign_all_steps?,
            verify_dependencies: verify_dependencies?,
            require_reproducible: require_reproducible?,
        })
    }

    fn step_attestation(&self) -> Result<StepAttestation, ParseError> {
        let fields = self.exactly(
            &["type", "reproducible", "generate_slsa", "verify_chain"],
            "a map with `type`",
        )?;
        Ok(StepAttestation {
            kind: fields.required("type")?.text()?,
            reproducible: fields.or_default("reproducible", Field::boolean)?,
            generate_slsa: fields.or_default("generate_slsa", Field::boolean)?,
            verify_chain: fields.or_default("verify_chain", Field::boolean)?,
        })
    }

    fn step_map(&self) -> Result<Vec<NamedStep>, ParseError> {
        let entry = |(key, node): (Node<'a>, Node<'a>)| {
            let name = key.as_text().unwrap_or_default();
            let fields = Field {
                node,
                path: field::of_key(&self.path, name),
            }
            .fields(Form::Map, &[STEP], "a map with `run`")?;
            Ok(NamedStep {
                name: name.to_owned(),
                step: step(&fields)?,
                network: None,
                strict_inputs: None,
            })
        };
        self.entries("a map of steps by name, or a list of steps")?
            .map(entry)
            .collect()
    }

    fn step_list(&self) -> Result<Vec<NamedStep>, ParseError> {
        let mut first = HashMap::new();
        let mut steps = Vec::new();
        for item in self.items("a list of steps")? {
            let fields = item.fields(
                Form::List,
                &[&["name"], STEP],
                "a map with `name` and `run`",
            )?;
            let name = fields.required("name")?;
            let step = NamedStep {
                name: name.text()?,
                step: step(&fields)?,
                network: fields.optional("network", Field::boolean)?,
                strict_inputs: fields.optional("strict_inputs", Field::boolean)?,
            };
            if let Some(earlier) = first.insert(step.name.clone(), item.path) {
                return name.fail(format!(
                    "{earlier} is called {:?} too; give each step its own name",
                    step.name
                ));
            }
            steps.push(step);
        }
        Ok(steps)
    }
}

fn step(fields: &Fields<'_>) -> Result<Step, ParseError> {
    Ok(Step {
        run: fields.required("run")?.text()?,
        inputs: fields.or_default("inputs", Field::texts)?,
        outputs: fields.or_default("outputs", Field::texts)?,
        needs: fields.optional("needs", Field::texts)?,
        env: fields.optional("env", Field::text_map)?,
        working_dir: fields.optional("working_dir", Field::text)?,
        image: fields.optional("image", Field::text)?,
        capsule: fields.optional("capsule", Field::text)?,
        cache: fields.or("cache", Field::boolean, true)?,
        timeout_secs: fields.optional("timeout_secs", Field::number)?,
        attestation: fields.optional("attestation", Field::step_attestation)?,
    })
}
