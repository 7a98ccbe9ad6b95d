"""Accounts of those who work at a site: invited, let in, switched off; and everybody's own."""
