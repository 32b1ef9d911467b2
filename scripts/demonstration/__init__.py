"""What `scripts/demo` does, in steps that tests/cloud/test_deploy.py takes too: build, deploy, write log lines, read back, balance."""
