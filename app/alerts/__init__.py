"""Who is told about a flag, by mail: at once, again while nobody acknowledges, once a day."""
