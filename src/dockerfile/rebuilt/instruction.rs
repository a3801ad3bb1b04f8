//! One step of the history as an instruction again.

use super::go;
use crate::dockerfile::compose::one_instruction;
use crate::dockerfile::write::sources;
use crate::dockerfile::{Keyword, shell};

/// A step as an instruction; none when its text would be something else in a Dockerfile.
pub(super) fn instruction(keyword: Keyword, command: &str) -> Option<String> {
    let body = command.strip_prefix(keyword.as_str()).map_or(command, str::trim_start);
    let text = match keyword {
        Keyword::Run => run(command)?,
        Keyword::Copy | Keyword::Add => format!("{keyword} {}", sources(body)),
        Keyword::Env | Keyword::Label => format!("{keyword} {}", pairs(body)),
        Keyword::Cmd | Keyword::Entrypoint => format!("{keyword} {}", list_or(go::quoted(body), body)),
        Keyword::Shell => {
            let words = || go::unwrapped(body).split_ascii_whitespace().map(str::to_owned).collect();
            format!("{keyword} {}", list(&go::quoted(body).unwrap_or_else(words)))
        }
        Keyword::Volume => {
            let paths = go::quoted(body).unwrap_or_else(|| go::paths(body));
            let plain =
                paths.iter().all(|path| !path.contains(|c: char| c.is_whitespace() || "\"'\\".contains(c)));
            format!("{keyword} {}", if plain { paths.join(" ") } else { list(&paths) })
        }
        Keyword::Expose => {
            let ports = go::unwrapped(body.strip_prefix("map").unwrap_or(body)).replace(":{}", "");
            format!("{keyword} {ports}")
        }
        Keyword::Healthcheck => format!("{keyword} {}", healthcheck(body)?),
        _ => format!("{keyword} {body}"),
    };
    let text = text.trim_end().to_owned();
    one_instruction(&text, keyword).then_some(text)
}

/// A `RUN` as a line for each part of its chain; a text of several lines as it is, or as a heredoc.
fn run(command: &str) -> Option<String> {
    if command.is_empty() {
        return None;
    }
    if !command.contains('\n') {
        let parts = shell::chain(command);
        return Some(format!("RUN {}", parts.join(" && \\\n    ")));
    }
    let plain = format!("RUN {command}");
    if one_instruction(&plain, Keyword::Run) {
        return Some(plain);
    }
    let mut end = "EOF".to_owned();
    while command.contains(&end) {
        end.push('F');
    }
    Some(format!("RUN <<{end}\n{command}\n{end}"))
}

/// `A=1 B=hello world` with quotes where values have blanks; what has its quotes already stays.
fn pairs(body: &str) -> String {
    let is_pair = |word: &&str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte))
        })
    };
    let words = shell::blank_words(body);
    if words.iter().all(is_pair) || !words.first().is_some_and(is_pair) {
        return body.to_owned();
    }
    let mut pairs: Vec<String> = Vec::new();
    for word in body.split(' ') {
        match pairs.last_mut() {
            Some(last) if !is_pair(&word) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pairs.push(word.to_owned()),
        }
    }
    let quoted = pairs.iter().map(|pair| match pair.trim_end().split_once('=') {
        Some((name, value)) if value.contains([' ', '\t', '"', '\'', '\\']) => {
            format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
        }
        _ => pair.trim_end().to_owned(),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Words as the array that builders read.
fn list(words: &[String]) -> String {
    let quoted: Vec<String> =
        words.iter().map(|word| serde_json::Value::from(word.as_str()).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

/// The words as an array; without any, the text as it is.
fn list_or(words: Option<Vec<String>>, text: &str) -> String {
    words.map_or_else(|| text.to_owned(), |words| list(&words))
}

/// A health check; the text as it is where a person wrote it.
fn healthcheck(body: &str) -> Option<String> {
    if !body.starts_with("&{") {
        return Some(body.to_owned());
    }
    let check = go::health_check(body)?;
    let mut options = String::new();
    let names = ["interval", "timeout", "start-period", "start-interval"];
    for (name, value) in names.iter().zip(&check.durations) {
        if value != "0s" && value.chars().all(|c| c.is_alphanumeric() || c == '.') {
            options.extend(["--", name, "=", value, " "]);
        }
    }
    if check.retries > 0 {
        options.extend(["--retries=", &check.retries.to_string(), " "]);
    }
    let command = match check.test.split_first()? {
        (kind, []) if kind == "NONE" => return Some("NONE".into()),
        (kind, [command]) if kind == "CMD-SHELL" => command.clone(),
        (_, words) => list(words),
    };
    Some(format!("{options}CMD {command}"))
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::{Rebuilt, StepText, parse_created_by};

    fn rebuilt(created_by: &str) -> String {
        let step = parse_created_by(created_by);
        Rebuilt::fragment(&[StepText { keyword: step.keyword, command: &step.command }]).file.text.clone()
    }

    #[test]
    fn what_builders_write_down_becomes_instructions_again() {
        let sum = "c03875989cce722870f3dd1a79372a3342bea6ff550d31a39602365866064360";
        for (created_by, want) in [
            ("RUN /bin/sh -c a && b # buildkit", "RUN a && \\\n    b"),
            ("RUN /bin/sh -c cat <<E > /x\nb\nE\n # buildkit", "RUN cat <<E > /x\nb\nE"),
            ("RUN /bin/sh -c a\nb\n # buildkit", "RUN <<EOF\na\nb\nEOF"),
            (&format!("/bin/sh -c #(nop) COPY file:{sum} in /etc/x "), "COPY <SOURCE> /etc/x"),
            (&format!("/bin/sh -c #(nop) ADD {sum} in /tmp/x "), "ADD <SOURCE> /tmp/x"),
            ("COPY a in /x # buildkit", "COPY a in /x"),
            ("ENV A=hello world B=2", "ENV A=\"hello world\" B=2"),
            ("ENV A=\"hello world\" B=2", "ENV A=\"hello world\" B=2"),
            ("ENV A b c", "ENV A b c"),
            ("LABEL org.x.name=John \"J\" Doe", "LABEL org.x.name=\"John \\\"J\\\" Doe\""),
            ("SHELL [/bin/bash -o pipefail -c]", r#"SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#),
            ("EXPOSE map[80/tcp:{} 443/tcp:{}]", "EXPOSE 80/tcp 443/tcp"),
            ("EXPOSE [80/tcp]", "EXPOSE 80/tcp"),
            ("VOLUME [/a /b]", "VOLUME /a /b"),
            ("VOLUME [\"/a\"]", "VOLUME /a"),
            (
                r#"HEALTHCHECK &{["CMD-SHELL" "curl \"x\" || exit 1"] "5m0s" "3s" "0s" '\x03'}"#,
                r#"HEALTHCHECK --interval=5m0s --timeout=3s --retries=3 CMD curl "x" || exit 1"#,
            ),
            (
                r#"HEALTHCHECK &{["CMD" "a" "b c"] "0s" "1m0s" "0s" "2s" '\n'}"#,
                r#"HEALTHCHECK --timeout=1m0s --start-interval=2s --retries=10 CMD ["a", "b c"]"#,
            ),
            ("CMD [\"sh\"]", "CMD [\"sh\"]"),
            ("CMD node app.js", "CMD node app.js"),
            ("ENV API_TOKEN=…", "# … stands for a value that is left out here\nENV API_TOKEN=…"),
        ] {
            assert_eq!(rebuilt(created_by).trim_end(), want, "{created_by}");
        }
    }

    /// What the builders of Docker 20.10 wrote down for a Dockerfile, and what that Dockerfile said.
    #[test]
    fn what_real_builders_wrote_means_what_the_dockerfile_said() {
        for (created_by, want) in [
            ("#(nop)  ENTRYPOINT []", "ENTRYPOINT []"),
            (r#"#(nop)  CMD ["one"]"#, r#"CMD ["one"]"#),
            ("#(nop)  CMD []", "CMD []"),
            (
                r#"#(nop)  CMD ["/bin/bash" "-o" "pipefail" "-c" "node \"app.js\" 'x'"]"#,
                r#"CMD ["/bin/bash", "-o", "pipefail", "-c", "node \"app.js\" 'x'"]"#,
            ),
            (r#"#(nop)  CMD ["node" "app.js"]"#, r#"CMD ["node", "app.js"]"#),
            (
                r#"#(nop)  ENTRYPOINT ["tini" "--" "a b" "c\"d" "e\\f" "tab\there" "é\x01"]"#,
                r#"ENTRYPOINT ["tini", "--", "a b", "c\"d", "e\\f", "tab\there", "é\u0001"]"#,
            ),
            (r#"#(nop)  ONBUILD RUN make "all x""#, r#"ONBUILD RUN make "all x""#),
            (r#"#(nop)  HEALTHCHECK &{["NONE"] "0s" "0s" "0s" '\x00'}"#, "HEALTHCHECK NONE"),
            (
                r#"#(nop)  HEALTHCHECK &{["CMD" "curl" "-f" "x \"y\" \\z"] "0s" "0s" "0s" '\x00'}"#,
                r#"HEALTHCHECK CMD ["curl", "-f", "x \"y\" \\z"]"#,
            ),
            (
                r#"#(nop)  HEALTHCHECK &{["CMD-SHELL" "curl \"x y\" || exit 1"] "5m0s" "3s" "1s" '\x03'}"#,
                r#"HEALTHCHECK --interval=5m0s --timeout=3s --start-period=1s --retries=3 CMD curl "x y" || exit 1"#,
            ),
            ("#(nop)  EXPOSE 443/udp 80", "EXPOSE 443/udp 80"),
            ("#(nop)  VOLUME [/data one /b]", r#"VOLUME ["/data one", "/b"]"#),
            ("#(nop)  LABEL a=John \"J\" Doe b=c", "LABEL a=\"John \\\"J\\\" Doe\" b=c"),
            ("#(nop)  SHELL [/bin/bash -o pipefail -c]", r#"SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#),
        ] {
            assert_eq!(rebuilt(&format!("/bin/bash -o pipefail -c {created_by}")).trim_end(), want);
            let buildkit = created_by.trim_start_matches("#(nop)").trim_start();
            assert_eq!(rebuilt(buildkit).trim_end(), want);
        }
    }
}
