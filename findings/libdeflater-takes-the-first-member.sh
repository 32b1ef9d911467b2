#!/usr/bin/env bash
# libdeflater 1.26.1 (crates.io), cargo 1.95, 2026-11-30
#
# Guess: a function that decompresses a gzip buffer and returns how many bytes it wrote either takes the whole buffer (gzip files may be several
# members, RFC 1952) or says that something is left over.
# Seen: given two members one after the other, it writes the text of the first, returns its length as success, and says nothing of the second. The C
# library can say how much input it used; the crate does not hand that on. With two equal members not even the length at the end of the file differs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR="$folder/target"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "members"
version = "0.1.0"
edition = "2024"
[dependencies]
libdeflater = "=1.26.1"
[workspace]
TOML
cat >src/main.rs <<'RUST'
use std::io::Read;

fn main() {
    let mut file = Vec::new();
    std::io::stdin().read_to_end(&mut file).unwrap();
    let mut text = vec![0; 1000];
    match libdeflater::Decompressor::new().gzip_decompress(&file, &mut text) {
        Ok(length) => println!("Ok: {}", String::from_utf8_lossy(&text[..length])),
        Err(error) => println!("Err: {error}"),
    }
}
RUST
cargo build --quiet --release
{ printf 'first line' | gzip; printf ', second line' | gzip; } >two.gz
by_gzip=$(gzip -dc two.gz)
by_libdeflater=$(target/release/members <two.gz)
echo "gzip: $by_gzip; libdeflater: $by_libdeflater"
[[ $by_gzip == "first line, second line" && $by_libdeflater == "Ok: first line" ]] || { echo "changed" >&2; exit 1; }
