//! The layercake program; all of it is in [`layercake::cli`].

fn main() -> std::process::ExitCode {
    layercake::cli::main()
}
