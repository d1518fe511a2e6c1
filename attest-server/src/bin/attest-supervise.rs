//! The supervisor by itself: what `attest __supervise` is, for programs that embed the server and cannot give their own
//! `main` to it (its own tests are one). It is started by the server only, with the socket as standard input.

fn main() -> std::process::ExitCode {
    attest_server::supervisor::main()
}
