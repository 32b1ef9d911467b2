#!/usr/bin/env bash
# cargo-lambda 1.9.2 (PyPI), cargo 1.95, 2026-11-30
#
# Guess: a program behaves the same whether `cargo build --release` or `cargo lambda build --release` made it; Rust's documentation says that panics
# unwind unless the profile says otherwise, and this profile says nothing.
# Seen: cargo-lambda adds `panic = "abort"` to a release profile that does not set it, so catch_unwind catches nothing: a function that means to
# survive one bad record passes its tests and dies in Lambda. Writing `panic = "unwind"` into [profile.release] keeps it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check cargo-lambda==1.9.2 ziglang==0.17.1
export PATH="$folder/tools/bin:$PATH" CARGO_TARGET_DIR="$folder/target" CARGO_LAMBDA_COMPILER=cargo
mkdir src
printf '[package]\nname = "catches"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n' >Cargo.toml
cat >src/main.rs <<'RUST'
fn main() {
    let caught = std::panic::catch_unwind(|| panic!("one bad record")).is_err();
    println!("caught: {caught}");
}
RUST
run() { "$@" 2>/dev/null || echo "ended with $?"; }
cargo build --quiet --release
by_cargo=$(run target/release/catches)
cargo lambda build --quiet --release 2>/dev/null
by_cargo_lambda=$(run target/lambda/catches/bootstrap)
printf '\n[profile.release]\npanic = "unwind"\n' >>Cargo.toml
cargo lambda build --quiet --release 2>/dev/null
said=$(run target/lambda/catches/bootstrap)
echo "cargo: $by_cargo; cargo-lambda: $by_cargo_lambda; cargo-lambda, panic = \"unwind\": $said"
[[ $by_cargo == "caught: true" && $by_cargo_lambda == "ended with 134" && $said == "caught: true" ]] || { echo "changed" >&2; exit 1; }
