"""Options that do not go together are refused: to pass one over in silence would do what nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping

from crm_sync.errors import ConfigError

Given = Mapping[str, object]  # an option as it is typed → what was said


def not_with(command: str, option: str, others: Given, *, fix: str = "") -> None:
    """`option` was given, so that none of `others` may be. Raises ConfigError."""
    if said := names(others):
        raise ConfigError(command, f"{option} with {said}", "one without the other", fix=fix)


def only_with(command: str, option: str, needed: Given, *, fix: str = "") -> None:
    """`option` was given, so that one of `needed` has to be. Raises ConfigError."""
    if not names(needed):
        wanted = " or ".join(needed)
        raise ConfigError(command, f"{option} without {wanted}", f"{option} together with {wanted}", fix=fix)


def names(options: Given) -> str:
    """Those that were given: `--hours and --minutes`; zero is something that was said."""
    return " and ".join(name for name, said in options.items() if said is not None and said is not False and said != [])
