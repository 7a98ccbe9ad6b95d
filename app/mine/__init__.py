"""What a participant sees about themselves: their own picture, record, changes and settings."""
