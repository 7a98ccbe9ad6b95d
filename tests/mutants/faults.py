"""The faults that are planted, one at a time: each must be noticed by the test it names.

``old`` occurs exactly once in ``file``; ``test`` is the pytest node that must fail. A fault
that needs more than one place has the others in ``also``, as (file, old, new). Those that
reach what is somebody else's are in ``scopes``.
"""

from tests.mutants.fault import Fault
from tests.mutants.scopes import SCOPES

ROUTES = "tests/house/test_every_route.py::"
HEADERS = "tests/house/test_headers.py::"
COMMIT = "tests/house/test_commit_before_response.py::"
START = "tests/house/test_safe_start.py::"
TRAIL = "tests/house/test_audit_trail.py::"
PROTOCOL = "tests/protocol/test_protocol.py::"
RULES = "tests/rules/test_second_edition.py::"
GUARD = "tests/house/test_audit_guard.py::"
QUESTION = (
    "tests/signin/test_passkeys.py"
    "::test_a_question_is_of_one_session_one_purpose_three_minutes_and_one_answer"
)

FAULTS = (
    Fault(
        "a passkey that is shown without a look at its owner",
        "app/signin/passkeys.py",
        """            credential_current_sign_count=0,
            require_user_verification=True,
""",
        """            credential_current_sign_count=0,
            require_user_verification=False,
""",
        "tests/signin/test_passkeys.py"
        "::test_what_was_signed_otherwise_opens_nothing[sqlite-a device that did not look]",
    ),
    Fault(
        "a question to a passkey that is answered too late",
        "app/signin/passkeys.py",
        "            PASSKEY_CHALLENGE.c.expires_at > now,\n",
        "",
        QUESTION + "[sqlite-too_late]",
    ),
    Fault(
        "a question to a passkey that another session was asked",
        "app/signin/passkeys.py",
        """            PASSKEY_CHALLENGE.c.session_id == me.session_id,
            PASSKEY_CHALLENGE.c.purpose == purpose,
""",
        "            PASSKEY_CHALLENGE.c.purpose == purpose,\n",
        QUESTION + "[sqlite-of_another_session]",
    ),
    Fault(
        "a copy of a passkey that opens a door",
        "app/signin/passkeys.py",
        "ahead = (FACTOR.c.sign_count < count) if count else",
        "ahead = (FACTOR.c.sign_count >= 0) if count else",
        "tests/signin/test_passkeys.py"
        "::test_a_count_that_falls_back_is_of_a_copy_and_on_record[sqlite-5-4-False]",
    ),
    Fault(
        "a change that leaves no audit entry",
        "app/signin/sessions.py",
        'audit.record(session, owner.actor(request_id), "session.end", owner.subject, now=now)',
        "pass",
        "tests/signin/test_staff.py::test_a_session_ends_with_sign_out[sqlite]",
    ),
    Fault(
        "a service that may rewrite the audit trail",
        "app/grants.py",
        'rights = "SELECT, INSERT" if name in kept else',
        'rights = "SELECT, INSERT" if name == "nobody" else',
        "tests/house/test_grants.py"
        "::test_the_service_reads_and_appends_and_can_do_nothing_else_to_the_trail[postgresql]",
    ),
    Fault(
        "a reader of a person's page whom nobody notes",
        "app/visit/scope.py",
        "    reached(session, row.id)\n",
        "",
        "tests/house/test_gets_write_nothing.py"
        "::test_a_page_is_noted_again_in_the_next_half_hour_and_after_a_restart_only_then[sqlite]",
    ),
    Fault(
        "an amendment whose reason is on no record",
        "app/notes/service.py",
        '_record(session, about, "note.amend", note_id, content, token, reason)',
        '_record(session, about, "note.amend", note_id, content, token)',
        "tests/treatment/test_note_readers.py"
        "::test_free_text_stands_nowhere_but_in_the_note[sqlite]",
    ),
    Fault(
        "a note that whoever sits there closes under somebody's name",
        "app/treatment/note_routes.py",
        "open_questions(wanted.content, tr) | _early(here, tr) or confirm(visit)",
        "open_questions(wanted.content, tr) | _early(here, tr)",
        "tests/signing/test_signatures.py"
        "::test_nothing_is_signed_without_the_password_of_whoever_sits_there[sqlite-]",
    ),
    Fault(
        "thresholds that whoever sits there puts in force",
        "app/thresholds/routes.py",
        "        typed.errors.update(confirm(visit))\n",
        "        pass\n",
        "tests/signing/test_signatures.py"
        "::test_nothing_is_signed_without_the_password_of_whoever_sits_there[sqlite-]",
    ),
    Fault(
        "a refusal by a lock that reads as a fault of ours",
        "app/visit/gate.py",
        "        if LOCKED in str(error.orig):\n            raise RecordLocked from None\n",
        "",
        "tests/locks/test_locks.py"
        "::test_staff_change_nothing_that_is_locked_and_keep_what_they_typed[sqlite-lock0]",
    ),
    Fault(
        "a lock that is lifted by whoever knows its address, at any site",
        "app/locks/queries.py",
        '.where(RECORD_LOCK.c.site_id == bindparam("site"))',
        ".where(RECORD_LOCK.c.site_id >= 0)",
        "tests/locks/test_locks.py::test_a_lock_of_another_site_does_not_exist[sqlite]",
    ),
    Fault(
        "a record that is signed off unseen",
        "app/signoff/routes.py",
        "if checked.value.seen != digests(visit.session, KIND, [who.id])[who.id]:",
        "if not checked.value.seen:",
        "tests/signoff/test_sign_off.py"
        "::test_a_participant_is_signed_off_and_what_comes_after_supersedes_it[sqlite]",
    ),
    Fault(
        "a signature that no later one supersedes",
        "app/signing/service.py",
        '"supersedes_id": superseded,',
        '"supersedes_id": None,',
        "tests/signing/test_signatures.py"
        "::test_what_changes_afterwards_supersedes_the_signature_for_all_to_see[sqlite]",
    ),
    Fault(
        "a signature that holds whatever became of its record",
        "app/signing/queries.py",
        "    return bool(row.digest == now.get(row.record_id))",
        "    return True",
        "tests/signing/test_signatures.py"
        "::test_a_record_that_was_altered_says_so_beside_its_signature[sqlite]",
    ),
    Fault(
        "a walk of a night that passes over signatures",
        "app/outbox/walk.py",
        "audit.verify(connection)[1] + signatures.faults(connection)",
        "audit.verify(connection)[1]",
        "tests/signing/test_signatures.py"
        "::test_a_forged_signature_has_no_entry_and_a_walk_and_the_command_find_it[sqlite]",
    ),
    Fault(
        "a walk of the trail that fails and is told by nobody",
        "app/outbox/errands.py",
        "                await _tell_of_failure(errand.name, database, clock())\n",
        "",
        "tests/outbox/test_daily.py"
        "::test_a_walk_that_fails_by_itself_is_told_until_one_succeeds[sqlite]",
    ),
    Fault(
        "words that become a part of the page",
        "app/web/pages.py",
        'autoescape=select_autoescape(["html"])',
        'autoescape=select_autoescape(["xml"])',
        "tests/journeys/test_hostile_words.py"
        "::test_nothing_that_anybody_wrote_runs_on_any_page[sqlite]",
    ),
    Fault(
        "pages that a browser keeps",
        "app/web/middleware.py",
        '                    headers["Cache-Control"] = "no-store"',
        '                    headers["Cache-Control"] = "private, max-age=600"',
        "tests/journeys/test_hostile_words.py"
        "::test_back_after_signing_out_shows_nothing_of_what_was_there[sqlite-staff]",
    ),
    Fault(
        "an entry of a change that was none",
        "app/mine/service.py",
        "    if not changes:\n        return False\n",
        "",
        "tests/house/test_change_and_entry.py"
        "::test_each_change_has_its_entry_by_whoever_made_it_and_nothing_else_has_one[sqlite-1]",
    ),
    Fault(
        "a refusal that no log tells",
        "app/web/middleware.py",
        "                    denied(scope, status)",
        "                    pass",
        "tests/house/test_log_lines.py"
        "::test_a_refused_sign_in_and_a_page_behind_the_door_are_lines[sqlite]",
    ),
    Fault(
        "a log that repeats what others say",
        "app/logs.py",
        '        if line.name.partition(".")[0] != OURS:',
        '        if line.name == "nobody":',
        "tests/house/test_log_lines.py::test_what_others_log_is_written_without_their_words",
    ),
    Fault(
        "a colleague who is switched off and stays signed in",
        "app/colleagues/service.py",
        '    end_sessions(session, who.id, now)\n    changes = {"active": [True, False]',
        '    changes = {"active": [True, False]',
        "tests/colleagues/test_accounts.py"
        "::test_who_leaves_hands_over_people_and_alerts_and_is_out_at_the_next_request[sqlite]",
        also=(("app/visit/identity.py", "        STAFF.c.active == true(),\n", ""),),
    ),
    Fault(
        "a lost phone that is still open after it was ended",
        "app/signin/phone.py",
        "        .where(AUTH_SESSION.c.device_id.in_(rows), AUTH_SESSION.c.ended_at.is_(None))\n"
        "        .values(ended_at=now)",
        "        .where(AUTH_SESSION.c.device_id.in_(rows), AUTH_SESSION.c.ended_at.is_(None))\n"
        "        .values(ended_at=AUTH_SESSION.c.ended_at)",
        "tests/enrolment/test_lost_phone.py"
        "::test_staff_end_a_lost_phone_at_the_next_request[sqlite-petrova]",
        also=(("app/visit/identity.py", "        DEVICE.c.revoked_at.is_(None),\n", ""),),
    ),
    Fault(
        "a guard that lets unaudited rows pass",
        "app/db.py",
        "    if wrote and not noted_entries(session):",
        '    if wrote and noted_entries(session) == "never":',
        COMMIT + "test_a_write_without_its_audit_entry_is_refused_and_says_so[sqlite]",
    ),
    Fault(
        "a guard that does not see Core statements",
        "app/db.py",
        '@event.listens_for(Session, "do_orm_execute")\n',
        "",
        GUARD + "test_a_write_without_an_entry_does_not_commit[sqlite-core_update]",
    ),
    Fault(
        "a commit after the response",
        "app/visit/gate.py",
        "                session.commit()\n        return found, answer\n",
        '                __import__("threading").Timer(0.01, session.commit).start()\n'
        "        return found, answer\n",
        COMMIT
        + "test_a_database_that_does_not_answer_at_the_commit_is_a_503_with_the_form[sqlite]",
    ),
    Fault(
        "a failed commit that keeps the lock",
        "app/db.py",
        '        event.listen(self.engine, "reset", _roll_back)\n',
        "",
        COMMIT
        + "test_a_database_that_does_not_answer_at_the_commit_is_a_503_with_the_form[sqlite]",
    ),
    Fault(
        "a route that says not for whom it is",
        "app/help/routes.py",
        '@router.get("/help")\n@public\n',
        '@router.get("/help")\n',
        ROUTES + "test_every_route_says_for_whom_it_is[sqlite]",
    ),
    Fault(
        "a start that accepts undeclared routes",
        "app/main.py",
        "    audiences(app)\n",
        "",
        ROUTES + "test_a_route_that_says_nothing_stops_the_start[sqlite]",
    ),
    Fault(
        "a role that is not asked for",
        "app/visit/gate.py",
        "        if isinstance(found.me, StaffMe) and not self.audience.lets_in(found.me):\n"
        "            raise NotAllowed\n",
        "",
        ROUTES + "test_no_role_reaches_what_is_for_another[sqlite]",
    ),
    Fault(
        "a record that is read and not noted",
        "app/flags/routes.py",
        "    audit.record(\n"
        '        visit.session, visit.me.actor, "flag.read", '
        'Subject("flag", flag.id), now=visit.now\n'
        "    )\n",
        "",
        "tests/house/test_gets_write_nothing.py::"
        "test_a_page_that_shows_a_record_says_so_in_the_audit_trail[sqlite]",
    ),
    Fault(
        "a body that may have any length",
        "app/web/bodies.py",
        "if size > MAX_BODY else body",
        "if size > MAX_TAKEN else body",
        HEADERS + "test_a_body_of_pieces_has_the_same_limit[sqlite]",
    ),
    Fault(
        "a ground floor that knows a room",
        "app/keys.py",
        "from cryptography.exceptions import InvalidTag\n",
        "from app.help import queries as queries\nfrom cryptography.exceptions import InvalidTag\n",
        "tests/house/test_import_map.py::test_a_module_imports_only_what_the_map_allows[app.keys]",
    ),
    Fault(
        "an import inside a function",
        "app/help/queries.py",
        "    return session.execute(",
        "    from app.main import ROOMS as ROOMS\n\n    return session.execute(",
        "tests/house/test_import_map.py::"
        "test_nothing_is_imported_inside_a_function_or_by_its_name[app.help.queries]",
    ),
    Fault(
        "a rule that asks the clock",
        "app/rules/life.py",
        "from dataclasses import dataclass",
        "from datetime import datetime as _d\nfrom dataclasses import dataclass\n\n_d.now()\n",
        "tests/house/test_import_map.py::"
        "test_a_pure_file_takes_data_and_a_moment_and_nothing_else[app.rules.life]",
    ),
    Fault(
        "a commit that the disk has not",
        "app/db.py",
        '    "synchronous": 2,',
        '    "synchronous": 1,',
        START + "test_every_connection_of_the_pool_is_durable_also_after_a_migration",
    ),
    Fault(
        "a read that is upgraded in the middle",
        "app/db.py",
        '(writing, "BEGIN IMMEDIATE")',
        '(writing, "BEGIN")',
        START + "test_a_session_that_writes_holds_the_database_from_its_first_read",
    ),
    Fault(
        "a database that is not encrypted",
        "app/db.py",
        '        connection.execute(f"PRAGMA key = \\"x\'{keys.database}\'\\"")\n',
        "",
        START + "test_what_people_write_is_not_found_on_the_disk",
    ),
    Fault(
        "a key that others may read",
        "app/keys.py",
        "    if stat.S_IMODE(path.stat().st_mode) & 0o077:",
        "    if stat.S_IMODE(path.stat().st_mode) & 0o007:",
        START + "test_a_key_that_others_can_read_is_refused_with_the_remedy[416]",
    ),
    Fault(
        "a write from another site",
        "app/web/middleware.py",
        "            if place is Place.ELSEWHERE:",
        "            if place is Place.ELSEWHERE and not self.origin:",
        "tests/house/test_origin.py::"
        "test_a_write_from_elsewhere_is_refused_on_every_route[sqlite-another site]",
    ),
    Fault(
        "a write without an origin",
        "app/web/middleware.py",
        '["from_nowhere"] = place is Place.NOWHERE',
        '["from_nowhere"] = False',
        "tests/house/test_origin.py::test_the_origin_header_may_be_absent_altogether[sqlite]",
    ),
    Fault(
        "a page that is stored",
        "app/web/middleware.py",
        '                    headers["Cache-Control"] = "no-store"',
        '                    headers["Cache-Control"] = "private"',
        HEADERS + "test_every_page_of_every_role_has_the_headers_and_is_never_stored[sqlite]",
    ),
    Fault(
        "a cookie that scripts can read",
        "app/web/pages.py",
        'secure=True, httponly=True, samesite="lax", path="/"',
        'secure=True, samesite="lax", path="/"',
        "tests/house/test_cookies_and_redirects.py::test_every_cookie_is_locked_to_this_site[sqlite]",
    ),
    Fault(
        "a page that writes when it is opened",
        "app/signin/held_routes.py",
        "    waiting = held.oldest(visit.session, visit.me.device_id)\n",
        "    waiting = held.oldest(visit.session, visit.me.device_id)\n"
        "    visit.request.app.state.database.engine.connect().exec_driver_sql(\n"
        "        \"UPDATE note SET text = 'seen'\"\n"
        "    ).connection.commit()\n",
        "tests/house/test_gets_write_nothing.py::test_no_get_writes[sqlite]",
    ),
    Fault(
        "an inline style",
        "app/templates/error.html",
        "<h1>{{ text }}</h1>",
        '<h1 style="color: red">{{ text }}</h1>',
        "tests/house/test_templates.py::"
        "test_a_template_has_nothing_that_runs_or_styles_in_the_page[error.html]",
    ),
    Fault(
        "values that are not escaped",
        "app/web/pages.py",
        'select_autoescape(["html"])',
        'select_autoescape(["htm"])',
        "tests/house/test_templates.py::"
        "test_values_are_escaped_in_pages_and_in_the_html_part_of_a_mail",
    ),
    Fault(
        "a text without a Russian one",
        "app/web/pages.py",
        '"saved": N_("Saved."),',
        '"saved": N_("Saved now."),',
        "tests/house/test_languages.py::test_every_marked_text_is_translated",
    ),
    Fault(
        "a text that is not marked",
        "app/templates/error.html",
        '{{ _("Nothing was stored or changed.") }}',
        "Nothing was stored or changed.",
        "tests/house/test_languages.py::test_a_template_shows_no_text_without_a_mark[error.html]",
    ),
    Fault(
        "a moment without a zone",
        "app/clock.py",
        "    return datetime.now(UTC)",
        "    return datetime.utcnow()",
        "tests/house/test_aware_times.py::test_only_the_clock_asks_what_time_it_is[app.clock]",
    ),
    Fault(
        "an audit trail that can be overwritten",
        "migrations/versions/0009_the_schema.py",
        '    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry",\n',
        "",
        TRAIL + "test_no_statement_changes_or_removes_an_entry[sqlite]",
    ),
    Fault(
        "a chain that does not cover what was said",
        "app/audit.py",
        '    "changes_digest",\n',
        "",
        TRAIL + "test_other_words_with_a_digest_that_fits_them_are_found[sqlite]",
    ),
    Fault(
        "a table that no migration makes",
        "app/models/trial.py",
        '    undo_reason: str = text_column(default="")',
        '    undo_reason: str = text_column(default="")\n'
        '    forgotten: str = text_column(default="")',
        "tests/house/test_migrations.py::"
        "test_the_tables_of_the_code_are_those_of_the_migrations[sqlite]",
    ),
    Fault(
        "a crash that repeats what was typed",
        "app/web/errors.py",
        "    return Exception(type(error).__name__)",
        "    return error",
        HEADERS + "test_what_somebody_typed_is_not_in_the_log_of_a_crash[sqlite]",
    ),
    Fault(
        "a data file that may have keys nobody reads",
        "app/strict.py",
        'STRICT = ConfigDict(extra="forbid")',
        'STRICT = ConfigDict(extra="ignore")',
        PROTOCOL + "test_whatever_breaks_at_whatever_place_is_refused_with_its_key",
    ),
    Fault(
        "a flag of a data file that takes 1 for true",
        "app/strict.py",
        "Flag = Annotated[bool, Strict()]",
        "Flag = bool",
        PROTOCOL + "test_whatever_breaks_at_whatever_place_is_refused_with_its_key",
    ),
    Fault(
        "a question that lacks what its kind asks for",
        "app/strict.py",
        "        if bool(getattr(thing, key)) != (key in wanted):",
        "        if getattr(thing, key) and key not in wanted:",
        "tests/instruments/test_instrument_loading.py::"
        "test_whatever_breaks_at_whatever_place_is_refused_with_its_key",
    ),
    Fault(
        "a tablet that is presumed on a physician's hold",
        "app/rules/families/evaluation.py",
        "        without = all(self.known.is_without_dose(day, self.now) for day in last)",
        "        without = all(day in self.known.untaken for day in last)",
        "tests/flags/test_reassess.py::"
        "test_who_is_on_a_hold_is_not_presumed_to_take_the_tablet[sqlite-True-None]",
    ),
    Fault(
        "a sum that nothing else explains",
        "app/rules/families/withdrawal_sum.py",
        "    total -= sum(one.points for one in subtracted)\n",
        "",
        RULES + "test_what_adds_to_the_sum_and_what_is_subtracted[ratings2-8]",
    ),
    Fault(
        "a late reaction that is calmed by another one",
        "app/rules/families/wdl.py",
        " and _rule(evaluation, picture(evaluation, other)) is None:",
        ":",
        RULES + "test_a_newer_check_in_that_is_itself_a_reaction_is_not_calm",
    ),
    Fault(
        "a reader that keeps what was worked out from another run-in",
        "app/timeline/growing.py",
        "            if event.at < self._run_in_until:\n                self.kept.clear()\n",
        "",
        "tests/timeline/test_growing.py::"
        "test_what_was_worked_out_from_the_run_in_is_dropped_when_the_run_in_changes",
    ),
    Fault(
        "a replay that walks through every silent day",
        "app/rules/replay.py",
        "        if silence is not None and self._says_nothing_new(silence, now):",
        "        if silence is not None and not silence:",
        "tests/rules/test_linear.py::test_one_event_far_ahead_does_not_keep_a_replay_busy",
    ),
    *SCOPES,
)
