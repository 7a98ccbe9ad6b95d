"""WDL: a possible withdrawal-like reaction, seen in one check-in or building up over two weeks.

The flag does not need opioid use: the reaction that ended the model pilot came in people at least
two months opioid-free (Vetrova 2025, doi 10.17816/nb685805). Every person is compared with their
own run-in, and symptoms with doses of the last 72 hours (receptor half-time 28.7 h: Kim 1997).
"""

from __future__ import annotations

from datetime import timedelta

from app.protocol.thresholds import Wdl
from app.rules.families.evaluation import CRAVING, GROUPED, Evaluation, Exposure
from app.rules.families.facts import checkin_facts
from app.rules.families.picture import Picture, picture
from app.rules.families.withdrawal_sum import (
    ALCOHOL,
    DIGITS,
    WithdrawalSum,
    kept,
    withdrawal_sum,
)
from app.rules.finding import Finding, Reason, Severity
from app.timeline.events import Checkin
from app.timeline.known import DIASTOLIC, SYSTOLIC, Baseline, SubstanceUse, Taken
from app.timeline.measures import Pressure

SEVERITIES = {
    "WDL-1": Severity.ROUTINE,
    "WDL-2": Severity.URGENT,
    "WDL-3": Severity.EMERGENCY,
}


def find(evaluation: Evaluation, seen: Picture) -> Finding | None:
    """The worst of WDL-1 to WDL-3 for one check-in, capped where infection or lateness says so.

    A capped rule keeps its own name. Late is measured from the check-in to the evaluation: what
    completes the evidence is what caused the evaluation.
    """
    at = seen.checkin.at
    rule = _rule(evaluation, seen)
    exposure = evaluation.exposure(at) if rule is not None else None
    if rule is None or exposure is None:
        return None
    opioid = evaluation.recent_opioid(at)
    score = withdrawal_sum(evaluation, seen) if _is_counted(evaluation) else None
    infection = _infection(evaluation.protocol.rules.wdl, seen, opioid)
    late = evaluation.now - at > timedelta(hours=evaluation.protocol.rules.terms.late_hours)
    asked = evaluation.protocol.rules.terms.late_calm
    calm = _calm_since(evaluation, seen.checkin) if late and asked else None
    capped = late and (calm is not None or not asked)
    because = _because(evaluation, seen, exposure, opioid, score)
    if infection:
        because.append(evaluation.reason("infection"))
    hours = evaluation.protocol.rules.terms.late_hours
    if capped and calm is not None:
        because.append(
            evaluation.reason(
                "late_calm", at=at, received=evaluation.now, hours=hours, newer=calm.at
            )
        )
    elif capped:
        because.append(evaluation.reason("late", at=at, received=evaluation.now, hours=hours))
    elif late:
        because.append(
            evaluation.reason("late_held_up", at=at, received=evaluation.now, hours=hours)
        )
    facts = checkin_facts(evaluation, seen)
    facts["exposure"] = "told" if exposure.told else "presumed"
    if score is not None:
        facts["score"] = score.as_json(evaluation)
    return Finding(
        rule=rule,
        severity=Severity.ROUTINE if infection or capped else SEVERITIES[rule],
        about=at,
        evidence=(seen.evidence,),
        because=tuple(because),
        facts=facts,
    )


def _rule(evaluation: Evaluation, seen: Picture) -> str | None:
    """The rule that a check-in meets, whatever caps it; asked once an evaluation."""
    key = id(seen.checkin)
    if key not in evaluation.kept:
        evaluation.kept[key] = _judged(evaluation, seen)
    return evaluation.kept[key]


def _judged(evaluation: Evaluation, seen: Picture) -> str | None:
    scored = _is_counted(evaluation) and _may_reach(seen)
    if not seen.groups and not scored:
        return None
    exposure = evaluation.exposure(seen.checkin.at)
    if exposure is None:
        return None
    wdl, groups = evaluation.protocol.rules.wdl, len(seen.groups)
    opioid = evaluation.recent_opioid(seen.checkin.at)
    if opioid is not None and _soon_after(wdl, seen, exposure.dose):
        return "WDL-3"
    total = withdrawal_sum(evaluation, seen).total if scored else 0.0
    if _reaches(total, wdl.score_urgent) or _second(evaluation, seen, opioid):
        return "WDL-3" if _dangerous(wdl, seen) else "WDL-2"
    return "WDL-1" if groups >= wdl.routine_groups or _reaches(total, wdl.score_routine) else None


def _is_counted(evaluation: Evaluation) -> bool:
    """Whether the protocol knows S at all."""
    wdl = evaluation.protocol.rules.wdl
    return wdl.score_routine > 0 or wdl.score_urgent > 0


def _may_reach(picture: Picture) -> bool:
    """Whether S could come to a line, whatever is usual: most check-ins are quiet."""
    wdl = picture.evaluation.protocol.rules.wdl
    lines = [line for line in (wdl.score_routine, wdl.score_urgent) if line > 0]
    ratings = picture.checkin.ratings
    most = sum(ratings[item] for item in GROUPED if item in ratings)
    measured = picture.systolic is not None or picture.diastolic is not None
    most += wdl.score_bonus * (measured + picture.gut_counts)
    if picture.craving and wdl.score_craving:
        most += picture.craving / wdl.score_craving
    return bool(lines) and round(most, DIGITS) >= min(lines)


def _reaches(total: float, line: float) -> bool:
    return 0 < line <= total


def _calm_since(evaluation: Evaluation, checkin: Checkin) -> Checkin | None:
    """A newer check-in that is on record and in no withdrawal rule; the newest.

    One that answered none of the grouped symptoms says nothing about them, and one with a danger
    sign is not calm, whatever else it says.
    """
    for other in reversed(evaluation.known.checkins_from(checkin.at)):
        if other is checkin:
            return None
        asked = not other.signs and any(item in other.ratings for item in GROUPED)
        if asked and _rule(evaluation, picture(evaluation, other)) is None:
            return other
    return None


def _second(evaluation: Evaluation, picture: Picture, opioid: SubstanceUse | None) -> bool:
    wdl, groups, total = evaluation.protocol.rules.wdl, len(picture.groups), picture.sum
    if groups >= wdl.strong_groups and total >= wdl.strong_sum:
        return True
    if opioid is not None and groups >= wdl.opioid_groups:
        return True
    if groups < min(wdl.start_groups, wdl.start_sum_groups):
        return False
    if not evaluation.in_start_window(picture.checkin.at):
        return False
    return groups >= wdl.start_groups or (groups >= wdl.start_sum_groups and total >= wdl.start_sum)


def _dangerous(wdl: Wdl, picture: Picture) -> bool:
    vomiting, diarrhea = picture.answer("vomiting_24h"), picture.answer("diarrhea_24h")
    return (
        vomiting >= wdl.vomiting_emergency
        or (vomiting >= wdl.vomiting_with_diarrhea and diarrhea >= wdl.diarrhea_with_vomiting)
        or picture.answer("agitation") >= wdl.agitation_emergency
        or bool(picture.signs("confusion", "hallucination"))
        or (picture.systolic or 0) >= wdl.systolic_emergency
        or (picture.diastolic or 0) >= wdl.diastolic_emergency
    )


def _soon_after(wdl: Wdl, picture: Picture, dose: Taken | None) -> bool:
    return (
        dose is not None
        and picture.checkin.at - dose.at <= timedelta(hours=wdl.after_dose_hours)
        and len(picture.groups) >= wdl.after_dose_groups
        and picture.sum >= wdl.after_dose_sum
    )


def _infection(wdl: Wdl, picture: Picture, opioid: SubstanceUse | None) -> bool:
    """An infection explains it, unless something speaks for withdrawal (unanswered: absent)."""
    fever = picture.answer("temperature") >= wdl.infection_temperature
    cough = picture.answer("cough_sore_throat") >= wdl.infection_cough
    against = (
        picture.gut_counts
        or picture.craving_high
        or picture.answer("agitation") >= wdl.infection_agitation
        or opioid is not None
    )
    return (fever or cough) and not against


def _because(
    evaluation: Evaluation,
    picture: Picture,
    exposure: Exposure,
    opioid: SubstanceUse | None,
    score: WithdrawalSum | None,
) -> list[Reason]:
    at = picture.checkin.at
    reasons = []
    if picture.groups:
        groups = list(picture.groups)
        reasons.append(evaluation.reason("groups", groups=groups, sum=picture.sum))
    # Where S is counted, only the groups go by 0: S has the usual answers that follow.
    alone = Reason("no_baseline_groups") if score is not None else None
    reasons += [
        alone if alone and one.key == "no_baseline" else one
        for one in symptoms(evaluation, picture)
    ]
    if score is not None:
        reasons += _sum_reasons(evaluation, picture, score)
    reasons += _exposed(evaluation, picture, exposure)
    if evaluation.in_start_window(at):
        days = evaluation.protocol.rules.terms.start_window_days
        key = "start_window" if evaluation.known.doses else "start_window_planned"
        reasons.append(evaluation.reason(key, days=days))
    if opioid is not None:
        reasons.append(_recent_opioid(evaluation, opioid))
    if picture.checkin.told_at is not None:
        told = picture.checkin.told_at
        reasons.append(evaluation.reason("clock_ahead", told=told, received=at))
    return reasons


def _recent_opioid(evaluation: Evaluation, use: SubstanceUse) -> Reason:
    """A time that nobody told is not shown as one."""
    if use.timed:
        return evaluation.reason("recent_opioid", at=use.at, tested=bool(use.specimen))
    return evaluation.reason("recent_opioid_day", day=use.day.isoformat())


def _sum_reasons(evaluation: Evaluation, picture: Picture, score: WithdrawalSum) -> list[Reason]:
    """S with its lines, what rose without being worse, what was subtracted, what is usual."""
    wdl = evaluation.protocol.rules.wdl
    reasons = [
        evaluation.reason(
            "score", sum=score.total, routine=wdl.score_routine, urgent=wdl.score_urgent
        )
    ]
    rises = [one for one in score.rises if one.item != CRAVING]
    if rises:
        reasons.append(
            evaluation.reason(
                "rises",
                items=[one.item for one in rises],
                values=[one.answer for one in rises],
                usual=[one.usual for one in rises],
            )
        )
    for one in score.rises:
        if one.item == CRAVING:
            elsewhere = one.at != picture.checkin.at
            key, when = ("craving_rose_at", {"at": one.at}) if elsewhere else ("craving_rose", {})
            reasons.append(
                evaluation.reason(
                    key, value=one.answer, usual=one.usual, points=kept(one.points), **when
                )
            )
    for other in score.subtracted:
        if other.what == ALCOHOL:
            day = other.day and other.day.isoformat()
            grams = round(other.amount)
            reasons.append(
                evaluation.reason(
                    "explained_alcohol", day=day, grams=grams, points=kept(other.points)
                )
            )
        else:
            reasons.append(
                evaluation.reason(
                    "explained",
                    item=other.what,
                    value=other.amount,
                    usual=other.usual,
                    points=kept(other.points),
                )
            )
    if score.usual.checkins is None:
        reasons.append(evaluation.reason("usual_given"))
    else:
        reasons.append(evaluation.reason("usual_from", count=score.usual.checkins))
    return reasons


def _exposed(evaluation: Evaluation, picture: Picture, exposure: Exposure) -> list[Reason]:
    """What was told of the tablet, and what is presumed: never an assumed noon as a fact."""
    at, dose = picture.checkin.at, exposure.dose
    reasons = []
    if dose is not None:
        hours = round((at - dose.at).total_seconds() / 3600, 1)
        mg = evaluation.mg(dose)
        reasons.append(
            evaluation.reason("last_dose", at=dose.at, mg=mg, hours=hours)
            if dose.timed
            else evaluation.reason(
                "last_dose_untimed", day=dose.day.isoformat(), mg=mg, hours=hours
            )
        )
    if not exposure.told:
        days = evaluation.protocol.rules.terms.presumed_days
        key = "dose_presumed" if dose is not None else "first_dose_presumed"
        reasons.append(evaluation.reason(key, days=days))
    return reasons


def symptoms(evaluation: Evaluation, picture: Picture) -> list[Reason]:
    """What is worse, beside what is usual; and whether anything usual is on record."""
    ratings, baseline = picture.checkin.ratings, picture.baseline
    reasons = [
        evaluation.reason("worse", item=item, value=ratings[item], baseline=baseline.of(item))
        for item in picture.worse
    ]
    reasons += [
        evaluation.reason("episodes", item=item, value=ratings[item])
        for item in ("vomiting_24h", "diarrhea_24h")
        if ratings.get(item, 0) > 0
    ]
    if picture.pressure_raised:
        reasons.append(pressure(evaluation, baseline, (picture.systolic, picture.diastolic)))
    if picture.craving_high:
        usual, at = baseline.of(CRAVING), picture.craving_at
        joined = {} if at == picture.checkin.at else {"at": at}
        key = "craving_joined" if joined else "craving"
        reasons.append(evaluation.reason(key, value=picture.craving, baseline=usual, **joined))
    if picture.checkin.signs:
        reasons.append(evaluation.reason("signs", signs=list(picture.checkin.signs)))
    if not baseline.on_record:
        reasons.append(evaluation.reason("no_baseline"))
    return reasons


def pressure(evaluation: Evaluation, baseline: Baseline, measured: Pressure) -> Reason:
    """A blood pressure beside the usual one, or without where there is none."""
    usual = baseline.pressure(SYSTOLIC), baseline.pressure(DIASTOLIC)
    if usual == (None, None):
        return evaluation.reason("pressure_alone", systolic=measured[0], diastolic=measured[1])
    return evaluation.reason(
        "pressure",
        systolic=measured[0],
        diastolic=measured[1],
        usual_systolic=usual[0],
        usual_diastolic=usual[1],
    )
