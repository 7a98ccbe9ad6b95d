"""Measures and endpoints: pure functions over one participant's timeline.

Each definition says in its docstring what it counts, how it reads missing data and where it was
published; `definitions.py` lists them all, as the README's table does. Nothing here knows a table,
a page or a clock.
"""
