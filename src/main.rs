//! temp
use layercake::*;
fn main() {
    let p = std::env::args().nth(1).unwrap();
    match load::path(p.as_ref(), &Default::default(), &load::Blind) {
        Ok(l) => {
            let a = analysis::analyse(&l.image, &l.union, 1);
            println!("{:?}", a.totals);
            if std::env::args().nth(2).is_some() {
                for (x, y) in l.image.layers.iter().zip(&a.layers) {
                    println!("{:?} {:?}", x.step.map(|s| &l.image.history[s].command), y);
                }
                println!("{:?}", l.image.diagnostics);
            }
        }
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    }
}
