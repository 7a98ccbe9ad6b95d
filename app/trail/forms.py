"""What is said of a review of the trail."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from app.web.forms import FormModel
from app.web.limits import Limits

FARTHEST = timedelta(days=3660)


class ReviewForm(FormModel):
    """Of which days, of what, and what was found."""

    from_day: date
    until_day: date
    scope: Annotated[str, Field(min_length=1, max_length=1000)]
    finding: Annotated[str, Field(min_length=1, max_length=4000)]


def review_days(today: date) -> dict[str, Limits]:
    limits = Limits(today - FARTHEST, today)
    return {"from_day": limits, "until_day": limits}
