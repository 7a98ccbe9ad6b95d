"""Many people in little time, for benchmarks, fault tests and tests that need a crowd.

What the product writes, it writes through its services (``app.demo``), seconds for a person of 24
weeks. Here the same people come into the tables by three shorter ways:

* ``bulk``: the rows of everything that a simulated person tells, in few statements. ``batch``,
  ``rows``, ``session_rows`` and ``sheet_rows`` make them, ``flags`` asks the rules afterwards.
  ``tests/bench`` holds them to the rows that the services make.
* ``copies``: those of a written database again and again, by SQL alone: thousands.
* ``phones``: an unlocked phone for each, without anybody at a keyboard.
"""
