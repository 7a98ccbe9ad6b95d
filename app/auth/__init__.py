"""Who is asking, and what they may reach: sign-in, the gate, scoped objects."""
