"""One page to read before a session, and the entries that its sentences lead to."""
