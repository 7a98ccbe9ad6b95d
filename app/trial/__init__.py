"""The trial team's room: who takes part, how they get in, and what the physician ordered."""
