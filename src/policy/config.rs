//! The configuration file, `.layercake.toml`.
//!
//! ```toml
//! [gates]                      # names and limits as the flags; what is not set keeps its default
//! min-efficiency = "95%"       # or 0.95
//! max-wasted = "20MB"          # or 20000000
//! max-own-wasted = "off"
//!
//! [ignore]
//! paths = ["var/lib/dpkg/**"]  # the waste of these paths is not judged
//!
//! [rules]
//! allow = ["docs"]
//! deny = ["secret-file"]
//!
//! [[rule]]
//! id = "fixtures"
//! globs = ["srv/**/fixtures/**"]
//!
//! [base]
//! layers = 3                   # or: auto = true
//!
//! [ui]
//! theme = "contrast"           # as --theme
//! ```
//!
//! The text is walked as a tree of values with their places, not handed to serde: an error then names
//! the line, and for an unknown key the known one that was probably meant.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::dive_ci;
use super::gate::Gate;
use super::gates::{GATES, Gates};
use super::ignore::Ignore;
use super::limit::{Kind, Limit, Setting};
use crate::advice::{PathRule, Settings};
use crate::error::{Error, Result};
use crate::text::suggestion;

/// What a configuration file says.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The file; none when there is no file.
    pub path: Option<PathBuf>,
    /// The gates that it sets.
    pub gates: Gates,
    /// Paths whose waste is not judged.
    pub ignore: Ignore,
    /// Rules whose findings are not reported.
    pub allow: Vec<String>,
    /// Rules of the user's own: the `[[rule]]` tables.
    pub rules: Vec<PathRule>,
    /// The name of the UI's theme; the UI knows its themes.
    pub theme: Option<String>,
    /// Where the base ends.
    pub base: Option<BaseSetting>,
}

/// The part of the file that holds rules; the rest is read elsewhere.
#[derive(serde::Deserialize)]
struct Rules {
    #[serde(default)]
    rule: Vec<PathRule>,
}

/// Which layers came with `FROM`, according to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseSetting {
    /// Find out from the image.
    Auto,
    /// The first so many.
    Layers(usize),
}

/// The name of the configuration file.
const NAME: &str = ".layercake.toml";

/// Most bytes of a configuration file; a longer one is something else.
const MOST_BYTES: u64 = 1 << 20;

impl Config {
    /// Reads the file that the user names, or `.layercake.toml` in `directory` (empty: the working
    /// directory), or else `.dive-ci` there. A file that the user names is read as dive's when it is called
    /// `.dive-ci` or `*.yaml`. Without any file the result is empty.
    ///
    /// # Errors
    /// When a file cannot be read or holds something unknown, or the named file does not exist.
    pub fn find(directory: &Path, named: Option<&Path>) -> Result<Self> {
        if let Some(path) = named {
            let text = read(path).map_err(|error| error.reading(shown(path)))?;
            let text =
                text.ok_or_else(|| Error::because("no such file or directory").reading(shown(path)))?;
            return Self::parse(path, &text);
        }
        for name in [NAME, dive_ci::NAME] {
            let path = directory.join(name);
            // a pipe that happens to lie there would be waited for; one that the user names is meant
            if path.metadata().is_ok_and(|found| !found.is_file()) {
                return Err(Error::because("it is not a regular file").reading(shown(&path)));
            }
            if let Some(text) = read(&path).map_err(|error| error.reading(shown(&path)))? {
                return Self::parse(&path, &text);
            }
        }
        Ok(Self::default())
    }

    /// Reads the text of the file at `path`; its name gives the format.
    ///
    /// # Errors
    /// When it holds something unknown, or something that cannot be read; the error names the line.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let parsed = if dive_ci::is_name(path) {
            dive_ci::parse(text).map(|gates| Self { gates, ..Self::default() })
        } else {
            Document { text }.config()
        };
        let config = parsed.map_err(|error| error.reading(shown(path)))?;
        Ok(Self { path: Some(path.to_owned()), ..config })
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The text of a file, or nothing when there is no such file.
fn read(path: &Path) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    let done = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(&error)),
        Ok(length) if length as u64 > MOST_BYTES => {
            return Err(Error::because("it is longer than 1 MiB, so it is not a configuration file"));
        }
        Ok(_) => {}
    }
    let text = String::from_utf8(bytes).map_err(|_| Error::because("it is not UTF-8 text"))?;
    Ok(Some(text))
}

/// A value and its place.
type Value<'a> = Spanned<DeValue<'a>>;

/// The text, which turns places into lines.
struct Document<'a> {
    text: &'a str,
}

impl Document<'_> {
    fn config(&self) -> Result<Config> {
        let tree = DeTable::parse(self.text)
            .map_err(|error| self.error(error.span().map_or(0, |span| span.start), error.message()))?;
        let mut config = Config::default();
        // denied rules are set next to allowed ones
        let names: Vec<_> =
            GATES.iter().filter(|gate| gate.kind != Kind::Rules).map(|gate| gate.name).collect();
        for (place, name, value) in in_order(tree.get_ref()) {
            if name == "rule" {
                config.rules = self.rules(place)?;
                continue;
            }
            let known: &[&str] = match name {
                "gates" => &names,
                "ignore" => &["paths"],
                "rules" => &["allow", "deny"],
                "base" => &["auto", "layers"],
                "ui" => &["theme"],
                _ => {
                    return Err(self.unknown(
                        place,
                        "table",
                        name,
                        &["gates", "ignore", "rules", "rule", "base", "ui"],
                    ));
                }
            };
            let DeValue::Table(table) = value.get_ref() else {
                return Err(self.error(place, format!("`{name}` must be a table: write [{name}]")));
            };
            for (place, key, value) in in_order(table) {
                if !known.contains(&key) {
                    return Err(self.unknown(place, &format!("key in [{name}]"), key, known));
                }
                self.set(&mut config, key, value)?;
            }
        }
        Ok(config)
    }

    /// The `[[rule]]` tables; `place` is where the first stands.
    fn rules(&self, place: usize) -> Result<Vec<PathRule>> {
        let rules: Rules = toml::from_str(self.text).map_err(|error| {
            self.error(error.span().map_or(place, |span| span.start), error.message())
                .hint("a rule needs an `id` and `globs`")
        })?;
        let own = Settings { own: rules.rule, ..Settings::default() };
        own.check().map_err(|why| self.error(place, why))?;
        Ok(own.own)
    }

    /// Sets one known key. Key names are different in all tables.
    fn set(&self, config: &mut Config, key: &str, value: &Value) -> Result<()> {
        match key {
            "paths" => {
                config.ignore = Ignore::new(&self.strings(key, value)?).map_err(|(number, why)| {
                    let item = value.get_ref().as_array().and_then(|items| items.get(number));
                    self.error(item.unwrap_or(value).span().start, why)
                })?;
            }
            "allow" => config.allow = self.strings(key, value)?,
            "theme" => {
                let name = value.get_ref().as_str().ok_or_else(|| self.wrong_type(key, "a string", value))?;
                config.theme = Some(name.to_owned());
            }
            "auto" | "layers" => {
                if config.base.is_some() {
                    let why = "set either `auto` or `layers`, not both";
                    return Err(self.error(value.span().start, why).hint("remove one of them"));
                }
                config.base = Some(self.base(key, value)?);
            }
            _ => {
                if let Some(gate) = Gate::named(key) {
                    let setting = match gate.kind {
                        Kind::Rules => Setting::Limit(Limit::Rules(self.strings(key, value)?)),
                        _ => self.limit(gate, value)?,
                    };
                    config.gates.set(gate, setting);
                }
            }
        }
        Ok(())
    }

    fn limit(&self, gate: &Gate, value: &Value) -> Result<Setting> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            _ => return Err(self.wrong_type(gate.name, "a string or a number", value)),
        };
        gate.parse(&text).map_err(|why| self.error(value.span().start, format!("`{}`: {why}", gate.name)))
    }

    fn base(&self, key: &str, value: &Value) -> Result<BaseSetting> {
        match (key, value.get_ref()) {
            ("auto", DeValue::Boolean(true)) => Ok(BaseSetting::Auto),
            ("auto", DeValue::Boolean(false)) => {
                let why = "`auto` can only be true";
                Err(self
                    .error(value.span().start, why)
                    .hint("to set the boundary yourself, write layers = 3"))
            }
            ("auto", _) => Err(self.wrong_type(key, "true", value)),
            (_, DeValue::Integer(number)) => {
                number.to_string().parse().map(BaseSetting::Layers).map_err(|_| {
                    self.error(value.span().start, format!("`{key}` must be 0 or more, not {number}"))
                })
            }
            _ => Err(self.wrong_type(key, "a whole number", value)),
        }
    }

    fn strings(&self, key: &str, value: &Value) -> Result<Vec<String>> {
        let wrong = |value: &Value| self.wrong_type(key, "a list of strings", value);
        let items = value.get_ref().as_array().ok_or_else(|| wrong(value))?;
        items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned).ok_or_else(|| wrong(item)))
            .collect()
    }

    fn wrong_type(&self, key: &str, wanted: &str, value: &Value) -> Error {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(value.span().start, format!("`{key}` must be {wanted}, not {found}"))
    }

    fn unknown(&self, place: usize, what: &str, name: &str, known: &[&str]) -> Error {
        self.error(place, format!("unknown {what}: `{name}`")).hint(suggestion(name, known))
    }

    fn error(&self, place: usize, why: impl Into<String>) -> Error {
        let before = self.text.get(..place).unwrap_or(self.text);
        Error::because(why).at(format!("line {}", before.matches('\n').count() + 1))
    }
}

/// Place, key and value of every row, in the order of the text, so that the first mistake is reported.
fn in_order<'a, 'b>(table: &'a DeTable<'b>) -> Vec<(usize, &'a str, &'a Value<'b>)> {
    let mut rows: Vec<_> =
        table.iter().map(|(key, value)| (key.span().start, key.get_ref().as_ref(), value)).collect();
    rows.sort_by_key(|row| row.0);
    rows
}

#[cfg(test)]
mod tests;
