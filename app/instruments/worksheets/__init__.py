"""Worksheets for sessions and for the days between, as versioned data files and their loader."""
