"""Who is notified of a flag, by mail: at once, again while nobody acknowledges, once a day."""
