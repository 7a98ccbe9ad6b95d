"""What is left when the server is gone: backups, their restoring, and the drill that tries both."""
