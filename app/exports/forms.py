"""What is asked for: the form of the data, and the language of its labels."""

from typing import Literal

from app.languages import Key
from app.web.forms import FormModel


class ExportForm(FormModel):
    form: Literal["csv", "spreadsheet", "timeline"]
    language: Key
