"""Faults that let somebody reach, or be judged by, what is somebody else's.

As in ``faults``: one at a time, and each must be noticed by the test it names.
"""

from tests.mutants.fault import Fault

ROUTES = "tests/house/test_every_route.py::"
SHEETS = "tests/worksheets/test_scopes.py::"
TRAIL = "tests/trail/test_trail_page.py::"
TASKS = "tests/worklist/test_worklist.py::"
EXPORTS = "tests/exports/test_exports_page.py::"
FACTS = "tests/framing/test_facts.py::"

SCOPES = (
    Fault(
        "an export with the people of every site",
        "app/exports/record.py",
        "_ENROLLED = (PARTICIPANT.c.site_id == _OWN, PARTICIPANT.c.enrolled_at <= _BY)",
        "_ENROLLED = (_OWN > 0, PARTICIPANT.c.enrolled_at <= _BY)",
        EXPORTS + "test_only_the_own_site_is_in_it[sqlite]",
    ),
    Fault(
        "an export of what came after consent was taken back",
        "app/exports/record.py",
        "    until = by if row.taken_back is None else min(by, row.taken_back)",
        "    until = by",
        EXPORTS + "test_nothing_that_came_after_consent_was_taken_back_is_in_it[sqlite]",
    ),
    Fault(
        "an export that is cut off by a withdrawal that was undone",
        "app/exports/record.py",
        """        CONSENT_WITHDRAWAL.c.received_at <= _BY,
        STUDY_END.c.undone_at.is_(None),
""",
        "        CONSENT_WITHDRAWAL.c.received_at <= _BY,\n",
        EXPORTS + "test_nothing_that_came_after_consent_was_taken_back_is_in_it[sqlite]",
    ),
    Fault(
        "the file of an export of another site",
        "app/exports/queries.py",
        """    .where(EXPORT.c.site_id == bindparam("site"))
""",
        """    .where(bindparam("site", type_=EXPORT.c.id.type) > 0)
""",
        EXPORTS + "test_a_file_of_another_site_is_not_there[sqlite]",
    ),
    Fault(
        "a picture of the trial with the people of every site",
        "app/board/queries.py",
        '.where(PARTICIPANT.c.site_id == _OWN, PARTICIPANT.c.id > bindparam("after"))',
        '.where(_OWN > 0, PARTICIPANT.c.id > bindparam("after"))',
        "tests/board/test_board.py::test_a_site_counts_its_own[sqlite]",
    ),
    Fault(
        "a specimen of somebody else that is taken out of the count",
        "app/specimens/service.py",
        'specimen"), URINALYSIS.c.participant_id == bindparam("who")',
        'specimen"), bindparam("who") > 0',
        "tests/specimens/test_specimens.py"
        "::test_a_specimen_of_somebody_else_is_not_there_to_be_taken_out[sqlite]",
    ),
    Fault(
        "an audit trail of every site",
        "app/trail/queries.py",
        '    CODE,\n).where(AUDIT_ENTRY.c.chain == bindparam("site"))',
        '    CODE,\n).where(AUDIT_ENTRY.c.chain >= 0, bindparam("site") > 0)',
        TRAIL
        + "test_whoever_may_read_the_trail_reads_who_did_what_and_nobody_else[sqlite-monitor]",
    ),
    Fault(
        "a coded role that reads what was written by hand",
        "app/trail/shown.py",
        "return _as_it_is if self.me.may(READS_TRAIL_WORDS) else self._coded",
        "return _as_it_is",
        TRAIL + "test_no_role_reads_more_than_is_its_own_on_the_page_and_in_the_files"
        "[sqlite-data_manager]",
    ),
    Fault(
        "an administrator who reads clinical values",
        "app/trail/shown.py",
        "        if level is Level.PRIVATE or not self.me.may(READS_TRAIL_VALUES):",
        "        if level is Level.PRIVATE:",
        TRAIL + "test_a_coded_role_reads_numbers_and_codes_and_an_administrator_no_clinical_value"
        "[sqlite]",
    ),
    Fault(
        "a counselor who sees the whole site",
        "app/visit/scope.py",
        "        return and_(same_site, PARTICIPANT.c.counselor_id == me.id)",
        "        return and_(same_site)",
        ROUTES
        + "test_what_is_foreign_looks_exactly_like_what_does_not_exist[sqlite-borisborisborisb]",
    ),
    Fault(
        "a coordinator who sees every site",
        "app/visit/scope.py",
        "    if me.may(SEES_SITE):\n        return same_site",
        "    if me.may(SEES_SITE):\n        return PARTICIPANT.c.id > 0",
        ROUTES
        + "test_what_is_foreign_looks_exactly_like_what_does_not_exist[sqlite-veraveraveravera]",
    ),
    Fault(
        "adverse events of everybody",
        "app/adverse/queries.py",
        "    return in_scope(me) if me.may(READS_RECORDS) else false()",
        "    return PARTICIPANT.c.id > 0 if me.may(READS_RECORDS) else false()",
        ROUTES
        + "test_what_is_foreign_looks_exactly_like_what_does_not_exist[sqlite-borisborisborisb]",
    ),
    Fault(
        "a task that opens for everybody",
        "app/worklist/queries.py",
        "session.execute(_ONE.where(in_scope(me)),",
        "session.execute(_ONE,",
        ROUTES
        + "test_what_is_foreign_looks_exactly_like_what_does_not_exist[sqlite-borisborisborisb]",
    ),
    Fault(
        "a list of calls about everybody",
        "app/worklist/queries.py",
        "session.execute(_OPEN.where(in_scope(me)),",
        "session.execute(_OPEN,",
        TASKS + "test_each_sees_the_tasks_of_whom_they_care_for[sqlite]",
    ),
    Fault(
        "a list of closed tasks about everybody",
        "app/worklist/queries.py",
        "session.execute(_CLOSED.where(in_scope(me)),",
        "session.execute(_CLOSED,",
        TASKS + "test_each_sees_the_tasks_of_whom_they_care_for[sqlite]",
    ),
    Fault(
        "a flag that opens for everybody",
        "app/flags/queries.py",
        "session.execute(_ONE.where(in_scope(me)),",
        "session.execute(_ONE,",
        ROUTES
        + "test_what_is_foreign_looks_exactly_like_what_does_not_exist[sqlite-borisborisborisb]",
    ),
    Fault(
        "a look at a number that somebody else hands on",
        "app/staff/contact.py",
        'f"{me.id}/{participant_id}/{at}"',
        'f"{participant_id}/{at}"',
        "tests/flags/test_flag_extras.py::"
        "test_a_look_is_good_for_its_own_reader_and_participant_and_for_half_an_hour[sqlite]",
    ),
    Fault(
        "a list of flags that is not narrowed",
        "app/flags/queries.py",
        "_LINES.where(FLAG.c.site_id == me.site_id, in_scope(me))",
        "_LINES.where(FLAG.c.site_id == me.site_id)",
        ROUTES + "test_no_page_leads_to_what_is_foreign[sqlite]",
    ),
    Fault(
        "the alerts of a week that are not narrowed",
        "app/flags/queries.py",
        "_RAISED.where(FLAG.c.site_id == me.site_id, in_scope(me))",
        "_RAISED.where(FLAG.c.site_id == me.site_id)",
        "tests/figures/test_figures.py::"
        "test_a_counselor_and_another_site_see_their_own_of_a_week[sqlite]",
    ),
    Fault(
        "a person who opens for everybody",
        "app/visit/scope.py",
        "session.execute(_ONE.where(in_scope(me)),",
        "session.execute(_ONE,",
        ROUTES
        + "test_what_is_foreign_looks_exactly_like_what_does_not_exist[sqlite-veraveraveravera]",
    ),
    Fault(
        "a list of who has left that is not narrowed",
        "app/leaving/queries.py",
        "session.execute(_LEFT.where(in_scope(me)))",
        "session.execute(_LEFT)",
        "tests/leaving/test_from_empty.py::test_another_site_sees_nothing_of_who_has_left[sqlite]",
    ),
    Fault(
        "a caseload that is not narrowed",
        "app/caseload/queries.py",
        "session.execute(_CASELOAD.where(in_scope(me)), values)",
        "session.execute(_CASELOAD, values)",
        ROUTES + "test_no_page_leads_to_what_is_foreign[sqlite]",
    ),
    Fault(
        "a count of open alerts that is not narrowed",
        "app/staff/queries.py",
        '    theirs = [FLAG.c.status == "open", in_scope(me)]',
        '    theirs = [FLAG.c.status == "open"]',
        "tests/staff/test_frame.py"
        "::test_everybody_sees_how_many_are_open_among_their_own[sqlite-petrova-1]",
    ),
    Fault(
        "briefs read by others in one's own share",
        "app/appointments/readings.py",
        "session.execute(_HELD.where(in_scope(me))).all()",
        "session.execute(_HELD).all()",
        "tests/treatment/test_readings.py"
        "::test_a_counselor_sees_their_own_share_and_the_site_all[sqlite]",
    ),
    Fault(
        "a list of participants that is not narrowed",
        "app/enrolment/queries.py",
        "session.execute(_LIST.where(in_scope(me)))",
        "session.execute(_LIST)",
        ROUTES + "test_no_page_leads_to_what_is_foreign[sqlite]",
    ),
    Fault(
        "a check-in of somebody else",
        "app/checkins/queries.py",
        "_BY_PUBLIC_ID = select(*_COLUMNS).where(\n"
        '    CHECKIN.c.participant_id == bindparam("who"),\n',
        "_BY_PUBLIC_ID = select(*_COLUMNS).where(\n",
        ROUTES
        + "test_what_is_foreign_looks_exactly_like_what_does_not_exist[sqlite-borisborisborisb]",
    ),
    Fault(
        "comments of another sheet that count as read",
        "app/worksheets/service.py",
        "WORKSHEET_COMMENT.c.worksheet_id == worksheet.id, WORKSHEET_COMMENT.c.read_at",
        "WORKSHEET_COMMENT.c.read_at",
        SHEETS + "test_reading_the_comments_of_one_sheet_reads_those_of_no_other[sqlite]",
    ),
    Fault(
        "a worksheet of somebody else by its number",
        "app/worksheets/queries.py",
        "_BY_ID = select(Worksheet).where(\n    WORKSHEET.c.participant_id == _WHO, ",
        "_BY_ID = select(Worksheet).where(\n    ",
        SHEETS + "test_the_sheet_of_another_participant_is_not_found_by_its_number[sqlite]",
    ),
    Fault(
        "rulers of somebody else in one's own chart",
        "app/worksheets/queries.py",
        "        WORKSHEET_COPY.c.participant_id == _WHO,\n        WORKSHEET.c.removed_at",
        "        WORKSHEET.c.removed_at",
        SHEETS + "test_ones_own_rulers_leave_out_those_of_others_and_what_was_put_away[sqlite]",
    ),
    Fault(
        "rulers that were put away in the chart",
        "app/worksheets/queries.py",
        "        WORKSHEET.c.removed_at.is_(None),\n        WORKSHEET.c.sheet_key.in_(RULERS)",
        "        WORKSHEET.c.sheet_key.in_(RULERS)",
        SHEETS + "test_ones_own_rulers_leave_out_those_of_others_and_what_was_put_away[sqlite]",
    ),
    Fault(
        "a worksheet that was put away and is still known to staff",
        "app/worksheets/shared.py",
        "ASSIGNMENT.c.id, WORKSHEET.c.removed_at.is_(None)),",
        "ASSIGNMENT.c.id),",
        SHEETS
        + "test_the_team_does_not_know_that_an_asked_for_sheet_was_begun_and_put_away[sqlite]",
    ),
    Fault(
        "a message chosen by somebody else's alert",
        "app/framing/queries.py",
        "        FLAG.c.participant_id == _WHO,\n",
        "",
        FACTS + "test_the_alert_of_another_participant_is_not_ones_own[sqlite]",
    ),
    Fault(
        "a message chosen by somebody else's entries",
        "app/framing/queries.py",
        "        entries.c.participant_id == _WHO,\n",
        "",
        FACTS + "test_the_days_of_another_participant_are_not_told[sqlite]",
    ),
    Fault(
        "a message chosen by somebody else's check-ins",
        "app/framing/queries.py",
        "    CHECKIN.c.participant_id == _WHO,\n",
        "",
        FACTS + "test_the_days_of_another_participant_are_not_told[sqlite]",
    ),
    Fault(
        "messages that somebody else was shown",
        "app/framing/queries.py",
        "    .where(MESSAGE_EXPOSURE.c.participant_id == _WHO)\n",
        "",
        FACTS + "test_what_another_participant_was_shown_is_in_no_list_but_theirs[sqlite]",
    ),
)
