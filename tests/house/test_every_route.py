"""Default deny, over all routes there are: nobody reaches what is not declared for them."""

import pytest
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from app.models.people import ROLES
from app.visit.gate import UndeclaredRoute, public
from tests.house.conftest import BORIS, VERA
from tests.house.crawl import OWN, names, routes
from tests.house.tables import digest

pytestmark = pytest.mark.sweep

FLOOR = 55
DOORS = ("/sign-in", "/start", "/lock")
MISSING = "nobodynobodynobo"


@pytest.mark.req("Z1")
def test_every_route_says_for_whom_it_is(app):
    found = routes(app)
    assert len(found) >= FLOOR
    assert {each.audience.kind for each in found} == {"public", "participant", "staff"}
    for each in found:
        assert each.audience.roles <= set(ROLES)
        assert bool(each.audience.roles) == (each.audience.kind == "staff"), each


@pytest.mark.req("Z1")
def test_the_list_of_routes_is_all_that_the_server_answers_to(app):
    contexts = list(iter_route_contexts(app.routes))
    assert all(context.methods for context in contexts), "a mount or a socket has no audience"
    assert {(method, str(c.path)) for c in contexts for method in c.methods or ()} == {
        (each.method, each.path) for each in routes(app)
    }


@pytest.mark.req("Z1")
def test_a_route_that_says_nothing_stops_the_start(planted):
    def forgotten() -> None: ...

    inner, outer = APIRouter(), APIRouter()
    inner.add_api_route("/forgotten", forgotten)
    outer.include_router(inner, prefix="/deep")
    with pytest.raises(UndeclaredRoute, match="/deep/forgotten"), planted(outer):
        pass


def test_a_declared_route_in_a_further_room_is_no_hindrance(planted):
    router = APIRouter()
    router.add_api_route("/declared", public(lambda: "fine"))
    with planted(router) as browser:
        assert browser.get("/declared").status_code == 200


@pytest.mark.req("Z3")
def test_nobody_gets_past_a_door_without_signing_in(app, people, sown):
    before = digest(sown)
    for each in routes(app):
        if each.audience.kind == "public":
            continue
        answer = each.send(people["nobody"])
        assert answer.status_code == 303, each
        assert answer.headers["location"].startswith(DOORS), each
    assert digest(sown) == before


@pytest.mark.req("Z3")
def test_no_role_reaches_what_is_for_another(app, people, sown):
    before = digest(sown, without=["auth_session"])
    tried = 0
    for each in routes(app):
        for who, browser in names(people):
            if _may(each.audience, who) or who == "nobody":
                continue
            answer = each.send(browser)
            tried += 1
            assert answer.status_code in (303, 403), (each, who)
            if answer.status_code == 303:
                assert answer.headers["location"].startswith(DOORS), (each, who)
    assert tried >= 5
    assert digest(sown, without=["auth_session"]) == before


def _may(audience, who) -> bool:
    return audience.kind in ("public", who) or who in audience.roles


def test_the_right_role_does_get_in(app, people, sown):
    """Otherwise the tests above would hold for a server that refuses everybody."""
    for each in routes(app):
        for who, browser in names(people):
            if each.audience.kind != "public" and not each.unsafe and _may(each.audience, who):
                answer = each.send(browser)
                refused = answer.headers.get("location", "").startswith(DOORS)
                assert answer.status_code < 500 and answer.status_code != 403, (each, who)
                assert not refused, (each, who)


@pytest.mark.parametrize("foreign", [BORIS, VERA])
@pytest.mark.req("Z2")
def test_what_is_foreign_looks_exactly_like_what_does_not_exist(app, people, sown, foreign):
    """The same status and the same page, and nothing changes."""
    sees_site = ("coordinator", "investigator", "admin", "monitor", "data_manager")
    before = digest(sown, without=["auth_session"])
    for each in routes(app):
        for who, browser in names(people):
            own_site = foreign == BORIS and who in sees_site
            if not each.names_a_row or not _may(each.audience, who) or own_site:
                continue
            theirs, none = each.send(browser, foreign), each.send(browser, MISSING)
            assert theirs.status_code == none.status_code, (each, who)
            assert theirs.status_code in (404, 422), (each, who)
            assert theirs.text.replace(foreign, "") == none.text.replace(MISSING, ""), (each, who)
    assert digest(sown, without=["auth_session"]) == before


@pytest.mark.req("Z2")
def test_no_page_leads_to_what_is_foreign(app, people, sown):
    """Lists too: an address in a list that is not narrowed names somebody else's row."""
    site = {OWN, BORIS}
    sees = {"counselor": {OWN}, "participant": {OWN}}
    whole = ("coordinator", "investigator", "admin", "monitor", "data_manager")
    sees |= dict.fromkeys(whole, site)
    met = set()
    for each in routes(app):
        for who, browser in names(people):
            if each.unsafe or not _may(each.audience, who):
                continue
            shown = {found for found in (OWN, BORIS, VERA) if found in each.send(browser).text}
            assert shown <= sees.get(who, set()), (each, who)
            met |= {(who, found) for found in shown}
    assert {("counselor", OWN), ("coordinator", BORIS)} <= met


def test_what_is_in_scope_is_found(app, people, sown):
    """The counterpart of the test before: the same addresses do lead somewhere."""
    for each in routes(app):
        for who, browser in names(people):
            public = each.audience.kind == "public" or each.unsafe
            if each.names_a_row and not public and _may(each.audience, who):
                assert each.send(browser, OWN).status_code in (200, 303), (each, who)


@pytest.mark.req("Z5")
def test_a_field_that_no_form_of_the_staff_has_is_refused_and_nothing_is_stored(app, people, sown):
    """With nothing else, so that it is not another mistake that refuses it on a button."""
    # A shared sheet that is shown again beside the mistake is on record as seen.
    without = ["auth_session", "worksheet_copy", "audit_entry"]
    before, tried = digest(sown, without=without), 0
    for each in routes(app):
        if not each.unsafe or each.audience.kind != "staff":
            continue
        for who, browser in names(people):
            if who in each.audience.roles:
                tried += 1
                answer = each.send(browser, data={"surprise": "1", "idem": f"s{tried}"})
                assert 400 <= answer.status_code < 500, (each, who, answer.status_code)
    assert tried >= 50
    assert digest(sown, without=without) == before
