"""The life of a flag as a picture for the documentation, drawn from the one transition table."""

from app.rules.transitions import ACKNOWLEDGE, ADD, CLOSE, RESOLVE, TRANSITIONS, WORSEN

WORDS = {
    ACKNOWLEDGE: "acknowledge (a person)",
    RESOLVE: "resolve with an outcome and a note (a person)",
    WORSEN: "worse evidence",
    ADD: "more evidence",
    CLOSE: "the blank days were filled in, the use behind a urine was told",
}
PAGE = """# The life of a flag

Drawn from `app/rules/transitions.py` with `daybook safety diagram > docs/flag-life.md`; a test
holds it to be current.

```mermaid
{diagram}
```

What happens while a flag waits:

* **Emergency**: mail to everybody on the site's list and the counselor at once, and again every
  15 minutes until somebody acknowledges it.
* **Urgent**: mail to the first of the list who is reached and to the counselor; to the next one
  each time the time to act has passed, on to the last.
* **Routine**: one mail at 08:00 by the clock of the site about all that are new.
* Worse evidence opens an acknowledged flag again and starts over at the new severity.
* Only a person closes an urgent or an emergency flag, but for a silent diary that was filled in.
  A routine one about a urine closes itself too, when the use is told the same day.
"""


def diagram() -> str:
    """A Mermaid state diagram of the transition table."""
    lines = ["stateDiagram-v2", "    [*] --> open: a rule finds"]
    lines += [
        f"    {status} --> {after}: {WORDS[action]}"
        for (status, action), after in TRANSITIONS.items()
    ]
    lines.append("    resolved --> [*]")
    return "\n".join(lines)


def page() -> str:
    """The whole page of the documentation."""
    return PAGE.format(diagram=diagram())
