"""The counselor's room: whose session is next, and one page to read before it."""
