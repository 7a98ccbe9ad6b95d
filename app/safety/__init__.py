"""Safety: pure rules over the timeline, the life of a flag, and the replay of a record."""
