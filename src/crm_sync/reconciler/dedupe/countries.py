"""Which region a country's name means, for telephone numbers that are written without their country code."""

from __future__ import annotations

from phonenumbers import SUPPORTED_REGIONS

from crm_sync.mappings.tables import unaccented

# English and Spanish names, folded (no accents, lower case), beside the ISO code.
NAMES = {
    "AR": ("argentina", "arg"),
    "AT": ("austria",),
    "AU": ("australia",),
    "BE": ("belgium", "belgica"),
    "BO": ("bolivia",),
    "BR": ("brazil", "brasil"),
    "CA": ("canada", "can"),
    "CH": ("switzerland", "suiza"),
    "CL": ("chile", "chl"),
    "CN": ("china",),
    "CO": ("colombia", "col"),
    "CR": ("costa rica",),
    "CU": ("cuba",),
    "CZ": ("czechia", "czech republic", "chequia", "republica checa"),
    "DE": ("germany", "alemania", "deu"),
    "DK": ("denmark", "dinamarca"),
    "DO": ("dominican republic", "republica dominicana"),
    "EC": ("ecuador",),
    "ES": ("spain", "espana", "esp"),
    "FI": ("finland", "finlandia"),
    "FR": ("france", "francia", "fra"),
    "GB": ("united kingdom", "reino unido", "uk", "great britain", "gran bretana", "england", "inglaterra", "gbr"),
    "GR": ("greece", "grecia"),
    "GT": ("guatemala",),
    "HN": ("honduras",),
    "IE": ("ireland", "irlanda"),
    "IL": ("israel",),
    "IN": ("india",),
    "IT": ("italy", "italia", "ita"),
    "JP": ("japan", "japon"),
    "KR": ("south korea", "corea del sur", "korea"),
    "MX": ("mexico", "mex", "estados unidos mexicanos"),
    "NI": ("nicaragua",),
    "NL": ("netherlands", "the netherlands", "paises bajos", "holanda"),
    "NO": ("norway", "noruega"),
    "NZ": ("new zealand", "nueva zelanda"),
    "PA": ("panama",),
    "PE": ("peru", "per"),
    "PH": ("philippines", "filipinas"),
    "PL": ("poland", "polonia"),
    "PR": ("puerto rico",),
    "PT": ("portugal",),
    "PY": ("paraguay",),
    "SE": ("sweden", "suecia"),
    "SG": ("singapore", "singapur"),
    "SV": ("el salvador",),
    "US": ("united states", "united states of america", "estados unidos", "ee uu", "eeuu", "usa"),
    "UY": ("uruguay",),
    "VE": ("venezuela",),
    "ZA": ("south africa", "sudafrica"),
}
REGION_OF = {name: region for region, names in NAMES.items() for name in names}


def region_of(country: str | None) -> str | None:
    """The ISO code that a country's name or code means; None when it is not known: a region is never guessed."""
    if not country:
        return None
    code = country.strip().upper()
    return code if code in SUPPORTED_REGIONS else REGION_OF.get(folded(country))


def folded(text: str) -> str:
    """Lower case without accents and dots, single spaces."""
    return " ".join(unaccented(text).casefold().replace(".", " ").split())
