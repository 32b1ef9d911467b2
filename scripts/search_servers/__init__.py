"""Real search servers for tests and the demo: which ones, how they are fetched, how a node is started and stopped. `scripts/search-server` is the command."""
