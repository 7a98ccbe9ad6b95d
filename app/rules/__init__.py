"""Pure rules over the timeline: what they find, the life of a flag, replay, comparison, words."""
