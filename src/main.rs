//! The layercake program; all of it is in [`layercake::cli`].

/// musl's own allocator is several times as slow with threads.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    layercake::cli::main()
}
