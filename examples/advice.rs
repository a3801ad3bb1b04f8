//! Prints the advice on an image: a tool for developing rules.
use layercake::analysis::Base;
use layercake::load::Examination;
use layercake::source::{ImageSelector, Location};
use layercake::{advice, load, units};

fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let full = std::env::args().nth(2).is_some();
    let (location, selector, rules) =
        (Location::path(&path), ImageSelector::default(), advice::Settings::default());
    let examined = load::examine(&location, &selector, &Base::Auto, None, &rules, &load::NoProgress);
    let Examination { image, analysis, advice, .. } = match examined {
        Ok((examination, _)) => examination,
        Err(error) => return eprintln!("{error}"),
    };
    println!(
        "{path}: content {} wasted {} exact {} possible {}",
        units::size(analysis.totals.content),
        units::size(analysis.totals.wasted),
        units::size(advice.savings.exact),
        units::size(advice.savings.possible)
    );
    for finding in &advice.findings {
        println!(
            "\n{:6} {:>8} {:9} {} {:?}: {}",
            finding.severity.name(),
            units::size(finding.bytes),
            finding.confidence.name(),
            finding.rule,
            finding.layers.iter().take(12).collect::<Vec<_>>(),
            finding.title
        );
        if full {
            println!("  why: {}\n{}", finding.why, finding.snippet);
            for evidence in finding.evidence.iter().take(3) {
                let path = image.paths.full(evidence.path);
                println!("   - {} {} {}", evidence.bytes, evidence.layer, String::from_utf8_lossy(&path));
            }
            println!("   ({} entries)", finding.evidence_total);
        }
    }
}
