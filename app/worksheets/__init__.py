"""Worksheets: what is assigned, filled in on the phone, and shared with the team."""
