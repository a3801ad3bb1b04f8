//! Changes to a configuration file that keep everything else in it as it is, comments included.

use toml_edit::{Array, DocumentMut, Item, Table, Value};

/// Adds `values` to the list `key` of the table `table`; those that are there stay once.
///
/// # Errors
/// In one sentence, when the text is no TOML, or something else than a list of texts stands there.
pub fn add_to_list(text: &str, table: &str, key: &str, values: &[String]) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| format!("it is no TOML: {}", error.message()))?;
    let tables = document.as_table_mut().entry(table).or_insert_with(|| Item::Table(Table::new()));
    let tables = tables.as_table_like_mut().ok_or_else(|| format!("`{table}` is no table in it"))?;
    let list = tables.entry(key).or_insert_with(|| Item::Value(Value::Array(Array::new())));
    let list = list.as_array_mut().ok_or_else(|| format!("`{table}.{key}` is no list in it"))?;
    for value in values {
        if !list.iter().any(|known| known.as_str() == Some(value)) {
            list.push(value.as_str());
        }
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, values: &[&str]) -> Result<String, String> {
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        add_to_list(text, "rules", "allow", &values)
    }

    #[test]
    fn a_value_is_added_and_comments_stay() {
        assert_eq!(added("", &["docs"]).unwrap(), "[rules]\nallow = [\"docs\"]\n");
        let before = "# ours\n[rules]\nallow = [\"docs\"] # they are read\ndeny = [\"secret-file\"]\n";
        let after =
            "# ours\n[rules]\nallow = [\"docs\", \"manpages\"] # they are read\ndeny = [\"secret-file\"]\n";
        assert_eq!(added(before, &["manpages", "docs"]).unwrap(), after);
        // what is written is read as it was meant
        let odd = "we\"ird\\ \u{202e}name";
        let read: toml::Table = added("", &[odd]).unwrap().parse().unwrap();
        assert_eq!(read["rules"]["allow"][0].as_str(), Some(odd));
    }

    #[test]
    fn what_is_no_list_is_left_alone() {
        assert!(added("rules = 3", &["docs"]).unwrap_err().contains("no table"));
        assert!(added("[rules]\nallow = 3", &["docs"]).unwrap_err().contains("no list"));
        assert!(added("= broken", &["docs"]).unwrap_err().contains("no TOML"));
    }
}
