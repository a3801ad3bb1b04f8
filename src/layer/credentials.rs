//! Whether a file whose name suggests a secret holds one.
//!
//! The body is checked while its layer is read, and only the verdict is kept: no secret stays in memory, so none can
//! reach a report. Files of base layers and files that later layers remove are checked like any other.

use super::secret_files::{self, Form};

/// What is in a file that may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretCheck {
    /// A secret, judging by its form.
    Secret,
    /// Settings, certificates or placeholders, and no secret.
    Nothing,
    /// Something that could not be understood.
    Unknown,
}

/// The form of a file of this name in this directory.
pub(super) fn form(directory: &[u8], name: &[u8]) -> Option<Form> {
    let is_public =
        || directory.starts_with(b"etc/ssl/certs") || directory.starts_with(b"usr/share/ca-certificates");
    secret_files::form(directory, name).filter(|_| !is_public())
}

/// Checks whether a body of this form holds a secret.
pub(super) fn examine(form: Form, body: &[u8]) -> SecretCheck {
    let text = String::from_utf8_lossy(body);
    let found = match form {
        Form::Npmrc => pairs(&text, "=").any(|(name, value)| {
            let name = name.rsplit(':').next().unwrap_or(name);
            matches!(name, "_authToken" | "_auth" | "_password") && is_value(value)
        }),
        Form::Netrc => {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.windows(2).any(|pair| pair[0] == "password" && is_value(pair[1]))
        }
        Form::Password => {
            pairs(&text, "=:").any(|(name, value)| name.eq_ignore_ascii_case("password") && is_value(value))
        }
        Form::Docker | Form::Json => return json(form, body),
        Form::GitCredentials => text.lines().any(has_password_in_url),
        Form::Aws => pairs(&text, "=").any(|(name, value)| {
            matches!(name, "aws_secret_access_key" | "aws_session_token") && is_value(value)
        }),
        Form::Kube => pairs(&text, ":").any(|(name, value)| {
            matches!(name, "client-key-data" | "token" | "password" | "id-token" | "refresh-token")
                && is_value(value)
        }),
        Form::Env => pairs(&text, "=").any(|(name, value)| is_secret_variable(name, value)),
        Form::Key => return key(body, &text),
        Form::Htpasswd => pairs(&text, ":").any(|(_, value)| is_value(value)),
        Form::Pgpass => text.lines().any(|line| {
            let password = line.trim().splitn(5, ':').nth(4);
            !line.starts_with('#') && password.is_some_and(is_value)
        }),
    };
    if found { SecretCheck::Secret } else { SecretCheck::Nothing }
}

/// The names and values of lines, without comments. Any of `signs` may separate the two.
fn pairs<'a>(text: &'a str, signs: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.lines().filter_map(move |line| {
        let line = line.trim().trim_start_matches("- ").trim_start_matches("export ");
        let (name, value) = line.split_once(|c| signs.contains(c))?;
        (!line.starts_with(['#', ';'])).then(|| (name.trim(), value.trim().trim_matches(['"', '\''])))
    })
}

/// False for placeholders: nothing, a variable, or a word that asks to be replaced.
fn is_value(value: &str) -> bool {
    const WORDS: [&str; 17] = [
        "changeme",
        "change_me",
        "change-me",
        "example",
        "placeholder",
        "your",
        "password",
        "secret",
        "todo",
        "dummy",
        "replace",
        "insert",
        "none",
        "null",
        "true",
        "false",
        "redacted",
    ];
    let value = value.trim().trim_matches(['"', '\'']);
    let small = value.to_ascii_lowercase();
    let is_word =
        WORDS.iter().any(|word| small == *word || small.starts_with(word) && small.len() <= word.len() + 12);
    let is_filler = value.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'_'));
    !(value.is_empty() || value.starts_with(['$', '<', '{', '%']) || is_filler || is_word)
}

/// True for `https://user:secret@host`.
fn has_password_in_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| is_value(password))
    })
}

/// True for variables whose names say that the value is secret.
fn is_secret_variable(name: &str, value: &str) -> bool {
    const NAMES: [&str; 5] = ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "CREDENTIAL"];
    const PLACES: [&str; 12] = [
        "_FILE", "_PATH", "_DIR", "_URL", "_URI", "_NAME", "_ID", "_LENGTH", "_TTL", "_EXPIRY", "_TYPE",
        "_HEADER",
    ];
    let name = name.to_ascii_uppercase();
    if has_password_in_url(value) {
        return true;
    }
    if !is_value(value) || value.starts_with('/') || name.contains("PUBLIC") {
        return false;
    }
    if PLACES.iter().any(|place| name.ends_with(place)) || value.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    // a key may be just a name; one that opens something is long and has digits
    let is_key = (name.ends_with("KEY") || name.contains("_KEY_"))
        && value.len() >= 16
        && value.bytes().any(|byte| byte.is_ascii_digit());
    NAMES.iter().any(|part| name.contains(part)) || is_key
}

/// Finds private keys by their PEM header; certificates and public keys have another.
fn key(body: &[u8], text: &str) -> SecretCheck {
    let is_private = text.contains("PRIVATE KEY-----")
        || text.contains("PRIVATE KEY BLOCK-----")
        || text.contains("PuTTY-User-Key-File")
        || text.contains("-----BEGIN OpenVPN Static key");
    if is_private {
        SecretCheck::Secret
    } else if std::str::from_utf8(body).is_ok() {
        SecretCheck::Nothing
    } else {
        SecretCheck::Unknown
    }
}

/// JSON keys whose values are secrets.
const JSON_NAMES: [&str; 9] = [
    "auth",
    "identitytoken",
    "registrytoken",
    "password",
    "private_key",
    "client_secret",
    "refresh_token",
    "access_token",
    "secret",
];

/// True when one of these keys has a value. `serde_json` reads no deeper than 128 levels, so this recurses no deeper.
fn search(value: &serde_json::Value, form: Form) -> bool {
    match value {
        serde_json::Value::Object(map) => map.iter().any(|(name, value)| match value {
            serde_json::Value::String(text) => {
                let known = JSON_NAMES.contains(&name.to_ascii_lowercase().as_str());
                known && is_value(text) && (form == Form::Docker || name != "auth")
            }
            other => search(other, form),
        }),
        serde_json::Value::Array(list) => list.iter().any(|value| search(value, form)),
        _ => false,
    }
}

fn json(form: Form, body: &[u8]) -> SecretCheck {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else { return SecretCheck::Unknown };
    if search(&value, form) { SecretCheck::Secret } else { SecretCheck::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<Form> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        form(directory.as_bytes(), name.as_bytes())
    }

    fn holds(path: &str, body: &str) -> SecretCheck {
        examine(of(path).unwrap(), body.as_bytes())
    }

    #[test]
    fn secrets_are_told_by_their_form() {
        for (path, body) in [
            ("root/.npmrc", "cafile=/x\n//host/:_authToken=npm_abcdef0123\n"),
            ("root/.netrc", "machine host\n  login me\n  password hunter2\n"),
            ("root/.pypirc", "[pypi]\nusername = me\npassword: pypi-AgEI\n"),
            ("root/.docker/config.json", r#"{"auths": {"host": {"auth": "bWU6aHVudGVyMg=="}}}"#),
            ("root/.dockercfg", r#"{"host": {"auth": "bWU6aHVudGVyMg==", "email": "a"}}"#),
            ("root/.git-credentials", "https://me:ghp_0123@host\n"),
            (
                "root/.aws/credentials",
                "[default]\naws_access_key_id = AKIA\naws_secret_access_key = abc/def\n",
            ),
            ("root/.kube/config", "users:\n- name: a\n  user:\n    client-key-data: LS0tLS1\n"),
            ("app/.env", "PORT=1\nexport API_TOKEN=\"abcd1234\"\n"),
            ("app/.env.production", "DATABASE_URL=postgres://u:hunter2@db/x\n"),
            ("app/.env", "APP_KEY=base64:0123456789abcdef\n"),
            ("etc/x.key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"),
            ("root/.ssh/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n"),
            ("srv/.htpasswd", "me:$apr1$x$y\n".replace('$', "z").as_str()),
            ("root/.pgpass", "host:5432:*:me:hunter2\n"),
            ("root/.my.cnf", "[client]\npassword=hunter2\n"),
            ("app/credentials.json", r#"{"type": "service_account", "private_key": "-----BEGIN"}"#),
        ] {
            assert_eq!(holds(path, body), SecretCheck::Secret, "{path}: {body}");
        }
    }

    #[test]
    fn settings_certificates_and_placeholders_are_none() {
        for (path, body) in [
            ("root/.npmrc", "cafile=/etc/ssl/build.crt\n"),
            ("root/.npmrc", "//host/:_authToken=${NPM_TOKEN}\n# //host/:_authToken=abc\n"),
            ("root/.netrc", "machine host login me password $TOKEN\n"),
            ("root/.pypirc", "[distutils]\nindex-servers = pypi\npassword =\n"),
            ("root/.docker/config.json", r#"{"auths": {"host": {}}, "credsStore": "x"}"#),
            ("root/.git-credentials", "https://host\n"),
            ("root/.aws/credentials", "[default]\naws_access_key_id = AKIA\n"),
            ("root/.kube/config", "clusters:\n- cluster:\n    certificate-authority-data: LS0t\n"),
            (
                "app/.env",
                "PORT=8080\nSECRET_KEY=changeme\nTOKEN_FILE=/run/x\nPASSWORD=${P}\nSORT_KEY=name\n# TOKEN=x1\n",
            ),
            ("etc/x.pem", "-----BEGIN CERTIFICATE-----\nMIIE\n"),
            ("etc/x.key", "-----BEGIN PUBLIC KEY-----\nMIIE\n"),
            ("app/credentials.json", r#"{"installed": {"client_id": "x"}}"#),
        ] {
            assert_eq!(holds(path, body), SecretCheck::Nothing, "{path}: {body}");
        }
        assert_eq!(examine(Form::Key, &[0x30, 0x82, 0xff]), SecretCheck::Unknown);
        assert_eq!(holds("root/.docker/config.json", "{"), SecretCheck::Unknown);
        for path in ["app/config.json", "etc/ssl/certs/a.pem", "app/main.rs", "credentials", ""] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn odd_bodies_do_no_harm() {
        for form in
            [Form::Npmrc, Form::Netrc, Form::Docker, Form::Env, Form::Key, Form::Pgpass, Form::GitCredentials]
        {
            for body in [&b""[..], b"=", b"=\n:", b"\xff\xfe=\xff", b"://:@", b"password", b"[[[[", b"::::"] {
                examine(form, body);
            }
        }
    }
}
