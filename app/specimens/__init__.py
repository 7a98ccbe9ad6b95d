"""Urine specimens: which week each is due in, what it showed, and why one is not there."""
