"""WDL: a possible withdrawal-like reaction, seen in one check-in or building up over two weeks.

The flag does not need opioid use: the reaction that ended the model pilot came in people at least
two months opioid-free (Vetrova 2025, doi 10.17816/nb685805). Every person is compared with their
own run-in, and symptoms with doses of the last 72 hours (receptor half-time 28.7 h: Kim 1997).
"""

from __future__ import annotations

from datetime import timedelta

from app.protocol.thresholds import Wdl
from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import checkin_facts
from app.rules.families.picture import Picture
from app.rules.finding import Finding, Reason, Severity
from app.timeline.known import DIASTOLIC, SYSTOLIC, Baseline, SubstanceUse, Taken
from app.timeline.measures import Pressure


def find(evaluation: Evaluation, picture: Picture) -> Finding | None:
    """The worst of WDL-1 to WDL-3 for one check-in, capped where infection or lateness says so.

    A capped rule keeps its own name. Late is measured from the check-in to the evaluation: what
    completes the evidence is what caused the evaluation.
    """
    at = picture.checkin.at
    if not picture.groups:
        return None
    dose = evaluation.last_dose(at)
    if dose is None or at - dose.at > timedelta(
        hours=evaluation.protocol.rules.terms.exposed_hours
    ):
        return None
    opioid = evaluation.recent_opioid(at)
    rule = _rule(evaluation, picture, dose, opioid)
    if rule is None:
        return None
    severity = {"WDL-1": Severity.ROUTINE, "WDL-2": Severity.URGENT, "WDL-3": Severity.EMERGENCY}[
        rule
    ]
    infection = _infection(evaluation.protocol.rules.wdl, picture, opioid)
    late = evaluation.now - at > timedelta(hours=evaluation.protocol.rules.terms.late_hours)
    because = _because(evaluation, picture, dose, opioid)
    if infection:
        because.append(evaluation.reason("infection"))
    if late:
        because.append(evaluation.reason("late", at=at, received=evaluation.now))
    return Finding(
        rule=rule,
        severity=Severity.ROUTINE if infection or late else severity,
        about=at,
        evidence=(picture.evidence,),
        because=tuple(because),
        facts=checkin_facts(evaluation, picture),
    )


def _rule(
    evaluation: Evaluation, picture: Picture, dose: Taken, opioid: SubstanceUse | None
) -> str | None:
    wdl, groups = evaluation.protocol.rules.wdl, len(picture.groups)
    if opioid is not None and _soon_after(wdl, picture, dose):
        return "WDL-3"
    if _second(evaluation, picture, opioid):
        return "WDL-3" if _dangerous(wdl, picture) else "WDL-2"
    return "WDL-1" if groups >= wdl.routine_groups else None


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


def _soon_after(wdl: Wdl, picture: Picture, dose: Taken) -> bool:
    return (
        picture.checkin.at - dose.at <= timedelta(hours=wdl.after_dose_hours)
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
    evaluation: Evaluation, picture: Picture, dose: Taken, opioid: SubstanceUse | None
) -> list[Reason]:
    at = picture.checkin.at
    hours = (at - dose.at).total_seconds() / 3600
    reasons = [
        evaluation.reason("groups", groups=list(picture.groups), sum=picture.sum),
        *symptoms(evaluation, picture),
        evaluation.reason("last_dose", at=dose.at, mg=evaluation.mg(dose), hours=round(hours, 1)),
    ]
    if evaluation.in_start_window(at):
        days = evaluation.protocol.rules.terms.start_window_days
        reasons.append(evaluation.reason("start_window", days=days))
    if opioid is not None:
        reasons.append(
            evaluation.reason("recent_opioid", at=opioid.at, tested=bool(opioid.specimen))
        )
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
        reasons.append(
            evaluation.reason(
                "craving", value=ratings["opioid_craving"], baseline=baseline.of("opioid_craving")
            )
        )
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
