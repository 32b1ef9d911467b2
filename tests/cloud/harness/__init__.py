"""What the tests against the real function binaries stand on: a Runtime API, an event source mapping, a proxy that breaks things, and a second,
independent implementation of the encoding. Each module says what it stands in for."""
