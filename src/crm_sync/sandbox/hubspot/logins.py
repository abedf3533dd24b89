"""A public app's way into the account: codes, access tokens that expire and refresh tokens that may be replaced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import NAMESPACE_URL, uuid5

#: Seconds that an access token lives.
LIFE: Final = 1800


@dataclass(frozen=True, slots=True)
class Code:
    """What the authorize page handed to the app: good for one exchange at the same redirect address."""

    redirect_uri: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """An access token's rights; `expires_at` is epoch milliseconds of the world."""

    scopes: frozenset[str]
    expires_at: int
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Pair:
    """The two tokens of one answer."""

    access_token: str
    refresh_token: str
    scopes: frozenset[str]


@dataclass(slots=True)
class Logins:
    """One public app that any account may install. Tokens are counted, not drawn: a replay gives the same ones."""

    client_id: str = "7d2c1f64-0000-4000-8000-000000000007"
    client_secret: str = "0b9e6f2a-0000-4000-8000-000000000007"
    codes: dict[str, Code] = field(default_factory=dict)
    refresh_tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    access_tokens: dict[str, Access] = field(default_factory=dict)
    made: int = 0

    def code(self, redirect_uri: str, scopes: Iterable[str]) -> str:
        """A fresh code, as after a click on Connect app."""
        key = self._fresh()
        self.codes[key] = Code(redirect_uri, frozenset(scopes))
        return key

    def exchange(self, code: str, redirect_uri: str, now_ms: int) -> Pair | None:
        """Tokens for a code; None when there is no such code for that address. A code works once."""
        held = self.codes.get(code)
        if held is None or held.redirect_uri != redirect_uri:
            return None
        del self.codes[code]
        return self._pair(f"na1-{self._fresh()}", held.scopes, now_ms)

    def refresh(self, refresh_token: str, now_ms: int, *, rotates: bool) -> Pair | None:
        """A new access token; with `rotates` a new refresh token too, and the old one is void."""
        scopes = self.refresh_tokens.get(refresh_token)
        if scopes is None:
            return None
        if rotates:
            del self.refresh_tokens[refresh_token]
            refresh_token = f"na1-{self._fresh()}"
        return self._pair(refresh_token, scopes, now_ms)

    def expire_all(self, now_ms: int) -> None:
        """Every access token has expired a second ago."""
        for token, held in self.access_tokens.items():
            gone = min(held.expires_at, now_ms - 1000)
            self.access_tokens[token] = Access(held.scopes, gone, held.refresh_token)

    def _pair(self, refresh_token: str, scopes: frozenset[str], now_ms: int) -> Pair:
        access_token = f"CIrT{self._fresh().replace('-', '')}AA"
        self.refresh_tokens[refresh_token] = scopes
        self.access_tokens[access_token] = Access(scopes, now_ms + LIFE * 1000, refresh_token)
        return Pair(access_token, refresh_token, scopes)

    def _fresh(self) -> str:
        self.made += 1
        return str(uuid5(NAMESPACE_URL, f"hubspot login {self.made}"))
