"""What a check-in, Today and a brief cost in calls and statements, which no machine changes.

A figure above its budget is a page that became dearer: find out why before the budget is moved.
"""

from bench import counts
from bench.people import people_in
from tests.apps import app_of


def test_a_check_in_today_and_a_brief_stay_within_their_budgets(backend, database):
    people = people_in(database, counts.PEOPLE, counts.WEEKS, counts.AT)
    hands = counts.Hands(counts.AT)
    found = counts.costs(app_of(database, hands), database, people, hands)
    assert counts.missed(backend, found) == []
    # A counter that sees nothing would hold every budget.
    assert (found[counts.CHECK_IN].commits, found[counts.TODAY].commits) == (1, 0)
    assert all(cost.calls > 1000 and cost.statements > 5 for cost in found.values())
    assert {"main.py", "visit/gate.py"} & found[counts.CHECK_IN].files == {"visit/gate.py"}
