//! The instructions of a Dockerfile.

use std::fmt;

/// The keyword of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the instruction of its name")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
}

/// Every keyword with its spelling, by name.
const ALL: [(Keyword, &str); 18] = [
    (Keyword::Add, "ADD"),
    (Keyword::Arg, "ARG"),
    (Keyword::Cmd, "CMD"),
    (Keyword::Copy, "COPY"),
    (Keyword::Entrypoint, "ENTRYPOINT"),
    (Keyword::Env, "ENV"),
    (Keyword::Expose, "EXPOSE"),
    (Keyword::From, "FROM"),
    (Keyword::Healthcheck, "HEALTHCHECK"),
    (Keyword::Label, "LABEL"),
    (Keyword::Maintainer, "MAINTAINER"),
    (Keyword::Onbuild, "ONBUILD"),
    (Keyword::Run, "RUN"),
    (Keyword::Shell, "SHELL"),
    (Keyword::Stopsignal, "STOPSIGNAL"),
    (Keyword::User, "USER"),
    (Keyword::Volume, "VOLUME"),
    (Keyword::Workdir, "WORKDIR"),
];

impl Keyword {
    /// The keyword that a word spells, in any case; none when it spells no instruction.
    pub fn parse(word: &str) -> Option<Self> {
        ALL.into_iter().find(|(_, name)| word.eq_ignore_ascii_case(name)).map(|(keyword, _)| keyword)
    }

    /// The keyword in capitals.
    pub fn as_str(self) -> &'static str {
        ALL[self as usize].1
    }

    /// True for what only tells how a container of the image runs; no other instruction reads it.
    pub fn is_setting(self) -> bool {
        matches!(self, Self::Cmd | Self::Entrypoint | Self::Expose | Self::Healthcheck | Self::Stopsignal)
    }

    /// True for `COPY` and `ADD`, which bring files in from elsewhere.
    pub fn copies(self) -> bool {
        matches!(self, Self::Copy | Self::Add)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_read_in_any_case_and_written_in_capitals() {
        for (at, (keyword, name)) in ALL.into_iter().enumerate() {
            assert_eq!((keyword as usize, keyword.as_str()), (at, name));
            assert_eq!(Keyword::parse(&name.to_lowercase()), Some(keyword));
        }
        assert_eq!((Keyword::parse("RUN "), Keyword::parse("")), (None, None));
    }
}
