"""Data for analysis: one model of tables, and the forms it is written in."""
