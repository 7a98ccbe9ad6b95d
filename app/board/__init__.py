"""The trial as a whole: one site's participants pooled, both arms together, counted every night."""
