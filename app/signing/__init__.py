"""Signatures: what is signed, how it is stored, and whether it still stands."""
