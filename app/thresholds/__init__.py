"""The numbers of the rules as sentences: the page that a physician signs, and new versions."""
