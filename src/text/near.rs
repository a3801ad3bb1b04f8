//! Words that were probably meant.

/// The candidate that `word` most likely was meant to be, if one is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase().replace('_', "-");
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What to try instead of the unknown `word`.
pub fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        let known = ["min-efficiency", "max-size", "max-layers"];
        assert_eq!(nearest("min_eficiency", known), Some("min-efficiency"));
        assert_eq!(nearest("MAX-SIZE", known), Some("max-size"));
        assert_eq!(nearest("max-layer", known), Some("max-layers"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(suggestion("colour", &known), "known here: min-efficiency, max-size, max-layers");
    }
}
