"""People who are made apart from the product, to measure its rules with.

Nothing here knows a rule, a protocol or the demo; a test holds that. What was planted stays in
`Truth`, and only what a person told goes into the timeline that is replayed.
"""
