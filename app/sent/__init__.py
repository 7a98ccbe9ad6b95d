"""What a phone sends, once: token, conflict, the reason for a late change, where it leads."""
