//! A document with one thing changed, in every way that a verifier must refuse. Not here: the verifying.

use serde_json::Value;

/// Each document that differs from this one in one place: another value, a field or an item more, another spelling of a
/// digest or key.
pub(crate) fn each(document: &Value) -> Vec<Value> {
    match document {
        Value::Null => vec!["0".into()],
        Value::Bool(value) => vec![(!value).into()],
        Value::Number(value) => vec![(value.as_i64().unwrap_or_default() + 1).into()],
        Value::String(text) => texts(text).into_iter().map(Value::String).collect(),
        Value::Array(items) => {
            let mut all = vec![with(items, |items| items.push("0".into()))];
            for (index, item) in items.iter().enumerate() {
                all.extend(each(item).into_iter().map(|changed| {
                    with(items, |items| {
                        items.splice(index..=index, [changed]);
                    })
                }));
            }
            all
        }
        Value::Object(fields) => {
            let put = |name: &str, value: Value| {
                with(fields, |fields| drop(fields.insert(name.to_owned(), value)))
            };
            let mut all = vec![put("unknown", Value::Bool(true))];
            for (name, value) in fields {
                all.extend(each(value).into_iter().map(|changed| put(name, changed)));
            }
            all
        }
    }
}

/// Another last character; and for what has a prefix, none, and its digits in capitals.
fn texts(text: &str) -> Vec<String> {
    let mut other = text.to_owned();
    let last = other.pop();
    other.push(if last == Some('0') { '1' } else { '0' });
    let mut all = vec![other];
    for prefix in ["blake3:", "ed25519:"] {
        if let Some(digits) = text.strip_prefix(prefix) {
            all.push(digits.to_owned());
            all.push(format!("{prefix}{}", digits.to_uppercase()));
        }
    }
    all
}

fn with<T: Clone + Into<Value>>(whole: &T, change: impl FnOnce(&mut T)) -> Value {
    let mut whole = whole.clone();
    change(&mut whole);
    whole.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::each;

    #[test]
    fn every_value_is_changed_alone_and_every_map_and_list_grows() {
        let found = each(&json!({"a": [1, "z"], "b": null, "c": "blake3:0a"}));
        assert_eq!(
            found,
            [
                json!({"a": [1, "z"], "b": null, "c": "blake3:0a", "unknown": true}),
                json!({"a": [1, "z", "0"], "b": null, "c": "blake3:0a"}),
                json!({"a": [2, "z"], "b": null, "c": "blake3:0a"}),
                json!({"a": [1, "0"], "b": null, "c": "blake3:0a"}),
                json!({"a": [1, "z"], "b": "0", "c": "blake3:0a"}),
                json!({"a": [1, "z"], "b": null, "c": "blake3:00"}),
                json!({"a": [1, "z"], "b": null, "c": "0a"}),
                json!({"a": [1, "z"], "b": null, "c": "blake3:0A"}),
            ]
        );
    }
}
