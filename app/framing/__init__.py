"""Message framing: one quiet line a day, if the protocol asks for it, and a log of it."""
