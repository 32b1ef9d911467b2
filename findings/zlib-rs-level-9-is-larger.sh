#!/usr/bin/env bash
# flate2 1.1.11 with zlib-rs 0.6.8 (crates.io), cargo 1.95, Python's zlib for comparison, 2026-11-30
#
# Guess: gzip level 9 makes the smallest output, at a price in time; that is what its name `best` says, and what zlib does.
# Seen: on lines of a web server's log, zlib-rs (whose algorithms are zlib-ng's) writes 5 % more bytes at level 9 than at level 8, and takes longer.
# zlib itself is as small at 9 as at 8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR="$folder/target"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "levels"
version = "0.1.0"
edition = "2024"
[dependencies]
flate2 = { version = "=1.1.11", default-features = false, features = ["zlib-rs"] }
zlib-rs = "=0.6.8"
[workspace]
TOML
cat >src/main.rs <<'RUST'
use std::io::{Read, Write};

fn main() {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text).unwrap();
    let sizes = [6, 8, 9].map(|level| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
        encoder.write_all(&text).unwrap();
        encoder.finish().unwrap().len().to_string()
    });
    println!("{}", sizes.join(" "));
}
RUST
cat >lines.py <<'PYTHON'
import random, sys, zlib

random.seed(7)
paths = ["/", "/login", "/api/v1/orders", "/api/v1/orders/{}", "/static/app.css", "/static/logo.png"]
lines = "".join(
    '192.0.2.{} - - [30/Nov/2026:11:{:02}:{:02} +0000] "GET {} HTTP/1.1" {} {} "-" "Mozilla/5.0 (X11; Linux x86_64)"\n'.format(
        random.randrange(256), number // 600 % 60, number // 10 % 60, random.choice(paths).format(random.randrange(1 << 30)),
        random.choice([200, 200, 200, 304, 404, 500]), random.randrange(100_000))
    for number in range(20_000)).encode()
sys.stdout.buffer.write(lines) if len(sys.argv) == 1 else print(*(len(zlib.compress(lines, level)) for level in (6, 8, 9)))
PYTHON
cargo build --quiet --release
read -r six eight nine < <(python3 lines.py | target/release/levels)
echo "bytes at levels 6, 8, 9: zlib-rs $six $eight $nine, Python's zlib $(python3 lines.py zlib)"
((nine * 100 > eight * 102)) || { echo "changed" >&2; exit 1; }
