//! One page of a list: order, offset or cursor, size.
//!
//! A cursor names the last row of a page by its sort value and its sequence number, so that a walk neither skips nor
//! repeats while rows are added. It is opaque to clients and checked when it comes back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

/// A sortable column; the names on the wire are those of `api`, the columns those of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    /// As clients name it.
    pub(crate) field: &'static str,
    /// As SQL names it.
    pub(crate) sql: &'static str,
}

/// What part of a list is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) column: Column,
    pub(crate) descending: bool,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
    pub(crate) after: Option<Cursor>,
}

/// The last row of the page before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// Field and direction: a cursor of one order is refused in another.
    sort: String,
    value: SortValue,
    seq: i64,
}

/// A sort value as SQLite holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SortValue {
    Integer(i64),
    Text(String),
}

impl Cursor {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

impl Page {
    fn sort(&self) -> String {
        format!(
            "{}:{}",
            self.column.field,
            if self.descending { "desc" } else { "asc" }
        )
    }

    /// Whether the cursor belongs to this order.
    pub(crate) fn cursor_fits(&self) -> bool {
        self.after
            .as_ref()
            .is_none_or(|cursor| cursor.sort == self.sort())
    }

    pub(crate) fn cursor(&self, value: SortValue, seq: i64) -> Cursor {
        Cursor {
            sort: self.sort(),
            value,
            seq,
        }
    }

    /// The end of a SELECT over a table with a `seq`: order, and one row more than asked for, which says whether
    /// there are more. `conditions` and `values` are the filter; both gain what the cursor needs.
    pub(super) fn tail(&self, mut conditions: Vec<String>, values: &mut Vec<Value>) -> String {
        let column = self.column.sql;
        if let Some(cursor) = &self.after {
            values.push(match &cursor.value {
                SortValue::Integer(number) => Value::Integer(*number),
                SortValue::Text(text) => Value::Text(text.clone()),
            });
            values.push(Value::Integer(cursor.seq));
            let compare = if self.descending { '<' } else { '>' };
            conditions.push(format!(
                "({column}, seq) {compare} (?{}, ?{})",
                values.len() - 1,
                values.len()
            ));
        }
        let direction = if self.descending { "DESC" } else { "ASC" };
        let filter = where_clause(&conditions);
        format!(
            "{filter} ORDER BY {column} {direction}, seq {direction} LIMIT {} OFFSET {}",
            u64::from(self.limit) + 1,
            self.offset
        )
    }
}

/// ` WHERE a AND b`, or nothing.
pub(super) fn where_clause(conditions: &[String]) -> String {
    if conditions.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", conditions.join(" AND "))
    }
}
