"""How large and how fast: figures about this machine, run by hand and never by the tests."""
