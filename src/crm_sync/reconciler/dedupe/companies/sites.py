"""The domain that a company registered, from whatever stands in a record: `https://www.acme.mx/es` is acme.mx."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from phonenumbers import SUPPORTED_REGIONS
from publicsuffixlist import PublicSuffixList

from crm_sync.mappings.companies import CompanyWords

HOST: Final = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]*")  # what ends in digits is an address of the network
COUNTRY: Final = {"uk": "GB"}
SEEN: Final = 1 << 17


class Sites:
    """Reads sites; the Public Suffix List says where a registered domain begins. A shop or blog with a name of its own
    at a provider (`acme.myshopify.com`) counts as registered, as the list has it."""

    def __init__(self, words: CompanyWords) -> None:
        self.words = words
        self.registered = lru_cache(SEEN)(self._registered)
        self.label_of = lru_cache(SEEN)(label_of)

    def of_site(self, text: str | None) -> str | None:
        """The registered domain; None where it says nothing about a company, or is none."""
        host = re.sub(r"^[a-z]+:/*", "", (text or "").strip().casefold())
        return (
            self.registered(re.split(r"[/?#:\s]", host.rpartition("@")[2], maxsplit=1)[0].strip(".")) if host else None
        )

    def of_mail(self, address: str | None) -> str | None:
        """The registered domain of an e-mail address."""
        return self.of_site(address) if address and "@" in address else None

    def _registered(self, host: str) -> str | None:
        if len(host) > 253 or not HOST.fullmatch(host):
            return None
        found = suffixes().privatesuffix(readable(host))
        moved = self.words.moved_domains.get(found or "", found)
        return None if moved in self.words.silent_hosts else moved

    def land_of(self, site: str) -> str | None:
        """The country of the ending; None where anybody from anywhere registers, as for .io."""
        land = COUNTRY.get(ending := site.rpartition(".")[2], ending.upper())
        return land if land in SUPPORTED_REGIONS and ending not in self.words.open_endings else None


def label_of(site: str) -> str:
    """What was registered, without its ending: `acme` of acme.com.mx."""
    return site.removesuffix(f".{suffixes().publicsuffix(site)}")


def readable(host: str) -> str:
    """`xn--mnchen-3ya.de` and `münchen.de` are one."""
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host


@cache
def suffixes() -> PublicSuffixList:
    return PublicSuffixList()
