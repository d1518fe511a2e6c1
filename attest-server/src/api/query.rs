//! Query strings, read strictly: a parameter that no one reads is refused by name.

use std::sync::Arc;

use attest_core::v1;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};

use super::App;
use super::error::{ApiError, Problem};
use crate::store::page::{Column, Cursor, Page};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// The parameters of a query, to be taken out one by one and then [`finished`](Parameters::finish).
pub(super) struct Parameters {
    left: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl FromRequestParts<Arc<App>> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let Query(left) = Query::<Vec<(String, String)>>::from_request_parts(parts, app)
            .await
            .map_err(|error| ApiError::invalid("", error.body_text()))?;
        Ok(Self {
            left,
            problems: Vec::new(),
        })
    }
}

impl Parameters {
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let index = self.left.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.left.swap_remove(index);
        if self.left.iter().any(|(key, _)| key == name) {
            self.problem(name, "given twice");
            self.left.retain(|(key, _)| key != name);
        }
        Some(value)
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, name: &str, low: u64, high: u64) -> Option<u64> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(number) if (low..=high).contains(&number) => Some(number),
            _ => {
                self.problem(
                    name,
                    format!("{text:?} is not a whole number from {low} to {high}"),
                );
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known = words
                .iter()
                .map(|(word, _)| *word)
                .collect::<Vec<_>>()
                .join(", ");
            self.problem(name, format!("{text:?} is none of {known}"));
        }
        found
    }

    pub(super) fn time(&mut self, name: &str) -> Option<DateTime<Utc>> {
        let text = self.text(name)?;
        match v1::Timestamp::parse(&text) {
            Ok(moment) => Some(moment.0),
            Err(error) => {
                self.problem(name, format!("{text:?} is not an RFC 3339 time: {error}"));
                None
            }
        }
    }

    /// `limit`, `offset`, `sort`, `cursor`.
    pub(super) fn page(&mut self, sorts: &[Column]) -> Page {
        let limit = self
            .number("limit", 1, MAX_LIMIT.into())
            .and_then(|n| u32::try_from(n).ok());
        let offset = self
            .number("offset", 0, u32::MAX.into())
            .and_then(|n| u32::try_from(n).ok());
        let (column, descending) = self.sort(sorts);
        let after = self.text("cursor").and_then(|text| {
            let cursor = Cursor::parse(&text);
            if cursor.is_none() {
                self.problem("cursor", "not one that this server gave out");
            }
            cursor
        });
        let page = Page {
            column,
            descending,
            limit: limit.unwrap_or(DEFAULT_LIMIT),
            offset: offset.unwrap_or(0),
            after,
        };
        if !page.cursor_fits() {
            self.problem(
                "cursor",
                "of a list in another order: keep `sort` while walking",
            );
        }
        page
    }

    fn sort(&mut self, sorts: &[Column]) -> (Column, bool) {
        let default = sorts.first().copied().unwrap_or(Column {
            field: "created_at",
            sql: "created_at",
        });
        let Some(text) = self.text("sort") else {
            return (default, true);
        };
        let (field, direction) = text.split_once(':').unwrap_or((text.as_str(), "asc"));
        let column = sorts.iter().find(|column| column.field == field);
        match (column, direction) {
            (Some(column), "asc") => (*column, false),
            (Some(column), "desc") => (*column, true),
            _ => {
                let fields = sorts
                    .iter()
                    .map(|column| column.field)
                    .collect::<Vec<_>>()
                    .join(", ");
                self.problem(
                    "sort",
                    format!("{text:?} is not <field>:asc or <field>:desc, field one of {fields}"),
                );
                (default, true)
            }
        }
    }

    fn problem(&mut self, field: &str, issue: impl Into<String>) {
        self.problems.push(Problem::new(field, issue));
    }

    /// All problems at once, those of parameters that nobody asked for included.
    pub(super) fn finish(mut self) -> Result<(), ApiError> {
        for (name, _) in std::mem::take(&mut self.left) {
            self.problem(&name, "unknown parameter: check its spelling");
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(ApiError::validation("Invalid query", &self.problems))
        }
    }
}
