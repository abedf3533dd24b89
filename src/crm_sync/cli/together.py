"""Options that do not go together are refused: to pass one over in silence would do what nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping

from crm_sync.errors import ConfigError

Given = Mapping[str, object]  # options and arguments as they are typed → what was said


def not_with(command: str, options: Given, others: Given, *, fix: str) -> None:
    """Of `options` and `others` only one kind may be given. Raises ConfigError."""
    said, too = names(options), names(others)
    if said and too:
        raise ConfigError(command, f"{said} with {too}", "one without the other", fix=fix)


def only_with(command: str, options: Given, needed: Given, *, fix: str) -> None:
    """`options` may be given where one of `needed` is. Raises ConfigError."""
    said, wanted = names(options), " or ".join(needed)
    if said and not names(needed):
        raise ConfigError(command, f"{said} without {wanted}", f"{said} together with {wanted}", fix=fix)


def alone(command: str, options: Given, *, fix: str) -> None:
    """None of `options` means anything to the command. Raises ConfigError."""
    if said := names(options):
        raise ConfigError(command, said, "the command without it", fix=fix)


def names(options: Given) -> str:
    """Those that were given: `--hours and --minutes`; zero is something that was said."""
    return " and ".join(name for name, said in options.items() if said is not None and said is not False and said != [])
