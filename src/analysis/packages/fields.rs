//! Records as dpkg writes them: paragraphs of `Name: value` lines, separated by empty lines.
//!
//! Source: deb822(5). Lines that start with a blank continue the field above. No field that is read here
//! has such lines, so they are skipped.

/// Reads `text` paragraph by paragraph into a `T`. `field` is called with the name and value of each field, `end`
/// with each paragraph that had fields.
pub(super) fn paragraphs<'t, T: Default>(
    text: &'t [u8],
    field: impl Fn(&mut T, &'t [u8], &'t [u8]),
    mut end: impl FnMut(T),
) {
    let mut paragraph: Option<T> = None;
    for line in text.split(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            paragraph.take().into_iter().for_each(&mut end);
        } else if !line.starts_with(b" ")
            && let Some(colon) = line.iter().position(|&b| b == b':')
        {
            field(paragraph.get_or_insert_default(), &line[..colon], line[colon + 1..].trim_ascii());
        }
    }
    paragraph.into_iter().for_each(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_paragraph() {
        let text = b"\n\nPackage: a\nDescription: x\n more: y\nVersion:1\r\n\n\nPackage: b\nno colon";
        let mut all = Vec::new();
        paragraphs::<Vec<_>>(text, |list, name, value| list.push((name, value)), |list| all.push(list));
        let want: [&[(&[u8], &[u8])]; 2] =
            [&[(b"Package", b"a"), (b"Description", b"x"), (b"Version", b"1")], &[(b"Package", b"b")]];
        assert_eq!(all, want);
    }
}
