//! The text of a Dockerfile with its edits made.

use super::draft::{Draft, Piece, State};
use super::merge::{Member, merged};
use super::run::Try;

impl Draft<'_> {
    /// The text of an instruction with its changes; none when nothing of it is left.
    fn text_of(&self, number: usize) -> Try<Option<String>> {
        let (item, node) = (&self.items[number], &self.file.nodes[number]);
        if let Some(with) = &item.from {
            let image = node.body.text.split_ascii_whitespace().next().unwrap_or_default();
            let at = node.body.in_file(&(0..image.len()));
            let text = &self.file.text;
            return Ok(Some(format!(
                "{}{with}{}",
                &text[node.span.start..at.start],
                &text[at.end..node.span.end]
            )));
        }
        if item.plan.is_empty() {
            return Ok(Some(self.file.text[node.span.clone()].to_owned()));
        }
        if item.plan.empties(self.file, node) {
            return Ok(None);
        }
        let text = item.plan.render(self.file, node)?;
        super::check::one(self.file, &text)?;
        Ok(Some(text))
    }

    /// The text of a `RUN` with what is joined to it.
    fn joined_text(&self, number: usize) -> Try<Option<String>> {
        let mut members = Vec::new();
        for &member in std::iter::once(&number).chain(&self.items[number].joined) {
            let comments = self.file.text[self.items[member].comments.clone()].lines().map(str::to_owned);
            if let Some(text) = self.text_of(member)? {
                members.push(Member { text, comments: comments.collect() });
            }
        }
        super::tidy::without_repeats(self.file, &mut members);
        match members.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.text.clone())),
            members => {
                let text = merged(self.file, members)?;
                super::check::one(self.file, &text)?;
                Ok(Some(text))
            }
        }
    }

    /// The whole text.
    pub(super) fn render(&self) -> Try<String> {
        let newline = self.file.newline();
        let text = &self.file.text;
        let mut out = String::new();
        let lines = |out: &mut String, lines: &[String]| -> Try {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push_str(newline);
            }
            for line in lines {
                super::check::lines(self.file.escape, line)?;
                out.push_str(&line.replace('\n', newline));
                out.push_str(newline);
            }
            Ok(())
        };
        for piece in &self.order {
            let number = match *piece {
                Piece::Gap(gap) => {
                    let gap = &text[self.gaps[gap].clone()];
                    // no two gaps where an instruction is gone
                    let doubled = gap.trim().is_empty() && (out.ends_with("\n\n") || out.ends_with("\n\r\n"));
                    out.push_str(if doubled { "" } else { gap });
                    continue;
                }
                Piece::Node(number) => number,
            };
            let item = &self.items[number];
            lines(&mut out, &item.before)?;
            let new = match &item.state {
                State::Removed | State::Joined(_) => continue,
                State::Replaced(with) => {
                    out.push_str(&text[item.comments.clone()]);
                    lines(&mut out, with)?;
                    continue;
                }
                State::Kept if item.joined.is_empty() => self.text_of(number)?,
                State::Kept => self.joined_text(number)?,
            };
            let Some(new) = new else { continue };
            let node = &self.file.nodes[number];
            if !out.is_empty() && !out.ends_with('\n') {
                out.push_str(newline);
            }
            out.push_str(&text[item.comments.start..node.span.start]);
            out.push_str(&new);
            out.push_str(&text[node.span.end..item.lines.end]);
        }
        if !self.end.is_empty() {
            lines(&mut out, &self.end)?;
        }
        Ok(out)
    }

    /// The instructions that something changes, as they are then, and those that something new comes before; what is
    /// removed is a comment.
    pub(super) fn changed(&self) -> Try<Vec<String>> {
        let mut out = Vec::new();
        let moved = |place: usize, number: usize| {
            self.order[..place].iter().any(|piece| matches!(piece, Piece::Node(other) if *other > number))
        };
        for (place, piece) in self.order.iter().enumerate() {
            let Piece::Node(number) = *piece else { continue };
            let item = &self.items[number];
            out.extend(item.before.iter().cloned());
            match &item.state {
                State::Removed => {
                    let text = &self.file.text[self.file.nodes[number].span.clone()];
                    let mut lines = text.lines();
                    out.push(format!("# removed: {}", lines.next().unwrap_or_default()));
                    out.extend(lines.map(|line| format!("#   {}", line.trim_end())));
                }
                State::Replaced(lines) => out.extend(lines.iter().cloned()),
                State::Joined(_) => {}
                State::Kept if !item.joined.is_empty() => out.extend(self.joined_text(number)?),
                State::Kept if item.plan.is_empty() && item.from.is_none() && !moved(place, number) => {
                    // what new lines come before is shown with them
                    let is_next = !item.before.is_empty();
                    out.extend(
                        is_next.then(|| self.file.text[self.file.nodes[number].span.clone()].to_owned()),
                    );
                }
                State::Kept => out.extend(self.text_of(number)?),
            }
        }
        out.extend(self.end.iter().cloned());
        Ok(out)
    }
}
