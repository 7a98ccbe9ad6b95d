"""What of the worksheets stands in a participant's own pages and in their copy."""

import json

from app.audit import SYSTEM
from app.worksheets import service
from tests.cast import NOW
from tests.house.tables import HOSTILE


def write(database, who, key, cells, *, share=False, finish=True):
    with database.write() as session:
        sheet = service.start(session, SYSTEM, who, key, "en", None, NOW)
        service.save_draft(session, sheet, cells, 1, NOW)
        if finish:
            service.finish(session, SYSTEM, sheet, NOW)
        if share:
            service.share(session, SYSTEM, sheet, NOW)
        return sheet.public_id


def test_what_was_shared_is_listed_with_its_time_and_nothing_else_is(anna, database, cast):
    assert "Worksheets that you shared" not in anna.get("/me/sent").text
    shared = write(database, cast.anna, "values", {"meaning": "much"}, share=True)
    kept = write(database, cast.anna, "rulers", {"importance": 3})
    page = anna.get("/me/sent").text
    assert f'href="/worksheets/{shared}"' in page and kept not in page
    assert "Shared on 23 Nov, 09:00" in page
    anna.post(f"/worksheets/{shared}/take-back")
    assert "Taken back 23 Nov, 09:00" in anna.get("/me/sent").text


def test_the_copy_to_read_has_every_sheet_and_every_draft_escaped(anna, database, cast):
    write(database, cast.anna, "change_plan", {"steps.0.step": HOSTILE, "steps.0.when": "Monday"})
    write(database, cast.anna, "values", {"meaning": "half"}, finish=False)
    write(database, cast.boris, "values", {"meaning": "of somebody else"})
    page = anna.get("/me/copy/readable").text
    assert "My plan for a change" in page and "When: Monday." in page
    assert "<script>alert" not in page and "quetzalcoatl" in page
    assert "Not finished" in page and "half" in page
    assert "of somebody else" not in page


def test_the_copy_for_another_program_has_the_answers_under_their_fields(anna, database, cast):
    shared = write(database, cast.anna, "values", {"values.0.fit": 3}, share=True)
    write(database, cast.anna, "rulers", {"importance": 7}, finish=False)
    answer = anna.get("/me/copy/worksheets")
    assert answer.headers["content-disposition"].endswith('"daybook-worksheets.json"')
    found = json.loads(answer.text)
    assert found["format"] == "daybook-worksheets/1" and found["comments"] == []
    first, second = found["worksheets"]
    assert (first["id"], first["state"], first["values"]) == (
        shared,
        "finished",
        {"values": [{"fit": 3}]},
    )
    assert first["shared_at"] == NOW.isoformat() and "shared_at" not in second
    assert (second["sheet"], second["state"]) == ("rulers", "draft")
    assert second["values"] == {"importance": 7}
