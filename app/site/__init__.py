"""The site's own page: who is told about alerts and when, telephone numbers, a test alert."""
