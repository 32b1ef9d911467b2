//! Running the tool.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// A command that runs the tool with all streams piped, and no wish of the caller about colours.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logweir"));
    command.args(arguments).env_remove("NO_COLOR").env("TERM", "xterm");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn logweir(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(arguments).spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("stdin");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("ends");
    writer.join().expect("writes");
    output
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}
