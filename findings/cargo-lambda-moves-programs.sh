#!/usr/bin/env bash
# cargo-lambda 1.9.2 (PyPI), cargo 1.95, 2026-11-30
#
# Guess: `cargo lambda build` in one member of a workspace leaves what `cargo build` made of the other members where it was.
# Seen: it moves every program of the workspace that it finds in target/<target>/debug to target/lambda/<name>/bootstrap, also of members that it was
# not asked to build. A command-line tool that lives beside the functions is gone from where cargo put it; the next `cargo build` puts it back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check cargo-lambda==1.9.2 ziglang==0.17.1
export PATH="$folder/tools/bin:$PATH" CARGO_TARGET_DIR="$folder/target" CARGO_LAMBDA_COMPILER=cargo
host=$(rustc --version --verbose | sed -n 's/^host: //p')
printf '[workspace]\nresolver = "3"\nmembers = ["function", "tool"]\n' >Cargo.toml
for name in function tool; do
    mkdir -p "$name/src"
    printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2024"\n' "$name" >"$name/Cargo.toml"
    printf 'fn main() {}\n' >"$name/src/main.rs"
done
cargo build --quiet --workspace --target "$host"
[[ -x target/$host/debug/tool ]] || { echo "the tool was not built" >&2; exit 1; }
(cd function && cargo lambda build --quiet 2>/dev/null)
if [[ -e target/$host/debug/tool || ! -x target/lambda/tool/bootstrap ]]; then
    echo "changed: the tool stays where cargo put it" >&2
    exit 1
fi
echo "as on 2026-11-30: cargo lambda build of 'function' moved 'tool' to target/lambda/tool/bootstrap"
