"""Who reads: in which language, and on the wall of which zone."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from starlette.requests import Request

from crm_sync.dashboards.words import LANGUAGES

ZONE = "zone"  # the parameter that chooses a zone, and the cookie that remembers it


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_of(request: Request, default: ZoneInfo) -> ZoneInfo:
    """`?zone=` decides, then what was chosen before, then the settings; what names no zone says nothing."""
    said = (request.query_params.get(ZONE, ""), request.cookies.get(ZONE, ""))
    return next((ZoneInfo(name) for name in said if name in zones()), default)


def language_of(request: Request, default: str) -> str:
    """`?lang=` decides, then what the browser prefers, then the settings."""
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        return str(chosen)
    preferred = [
        part.split(";")[0].strip()[:2].lower() for part in by_weight(request.headers.get("accept-language", ""))
    ]
    return next((one for one in preferred if one in LANGUAGES), default)


def by_weight(header: str) -> list[str]:
    """The parts of Accept-Language, most wanted first."""
    return sorted((part for part in header.split(",") if part.strip()), key=weight, reverse=True)


def weight(part: str) -> float:
    _, _, quality = part.partition("q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
