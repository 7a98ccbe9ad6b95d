"""What the team was told, in words for the person it is about. Pure."""

from app.i18n import Translator


def subject_words(family: str, tr: Translator) -> str:
    """What a flag is about. Names what was told, and never says what it may mean."""
    words = {
        "WDL": tr("Several side effects at once"),
        "AWD": tr("How you feel after drinking less"),
        "OPI": tr("Opioids and the tablet"),
        "CRV": tr("Strong urges"),
        "ALC": tr("Days with much alcohol"),
        "DOS": tr("The tablet"),
        "BP": tr("Blood pressure"),
        "VOM": tr("Vomiting or diarrhea"),
        "SUI": tr("Heavy thoughts"),
        "EMG": tr("A danger sign"),
        "DIA": tr("Several blank days"),
        "CON": tr("Your consent"),
        "UDS": tr("A urine test"),
    }
    return words.get(family, tr("Something you told"))
