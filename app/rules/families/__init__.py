"""The rules, one family per file: pure functions of what is known, a moment and the protocol."""
