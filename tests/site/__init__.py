"""The page of an administrator."""
