//! The text of an instruction without its line breaks, and where each byte of it stands in the file.

use std::ops::Range;

/// A text that is pieces of a file, joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logical {
    /// The joined text.
    pub text: String,
    /// Where pieces begin: in the text, and in the file. Ascending in both.
    pieces: Vec<(usize, usize)>,
}

impl Logical {
    /// Adds a piece that stands at `file` in the file.
    pub(super) fn push(&mut self, piece: &str, file: usize) {
        if !piece.is_empty() {
            self.pieces.push((self.text.len(), file));
            self.text.push_str(piece);
        }
    }

    /// The place in the file of the byte at `at`; one after the last byte for the end of the text.
    fn place(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|&(start, _)| start <= at).saturating_sub(1);
        self.pieces.get(piece).map_or(0, |&(start, file)| file + (at - start))
    }

    /// The range in the file that a range of the text covers, with what stands between its pieces.
    pub fn in_file(&self, range: &Range<usize>) -> Range<usize> {
        if range.is_empty() {
            // an empty range lies right after the byte before it
            let at = if range.start == 0 { self.place(0) } else { self.place(range.start - 1) + 1 };
            return at..at;
        }
        self.place(range.start)..self.place(range.end - 1) + 1
    }

    /// The text from `at` on.
    pub(super) fn from(&self, at: usize) -> Self {
        let mut rest = Self::default();
        let mut start = at;
        for (number, &(begin, file)) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(number + 1).map_or(self.text.len(), |next| next.0);
            if end > start {
                rest.push(&self.text[start.max(begin)..end], file + (start.max(begin) - begin));
                start = end;
            }
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_across_pieces() {
        let mut logical = Logical::default();
        logical.push("RUN a ", 10);
        logical.push("&& b", 20);
        assert_eq!(logical.text, "RUN a && b");
        assert_eq!(logical.in_file(&(4..5)), 14..15);
        assert_eq!(logical.in_file(&(4..10)), 14..24);
        assert_eq!(logical.in_file(&(9..10)), 23..24);
        assert_eq!(logical.in_file(&(10..10)), 24..24);
        assert_eq!(logical.in_file(&(6..6)), 16..16);
        let rest = logical.from(5);
        assert_eq!((rest.text.as_str(), rest.in_file(&(0..3))), (" && b", 15..22));
    }
}
