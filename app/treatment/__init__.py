"""The pages on which staff plan sessions, record who came, and write and read their notes."""
