"""National numbers that carry a check of their own: two of them that hold and differ are two people.

A number without such a check may be mistyped, so that another one only speaks against.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

DOTS: Final = re.compile(r"[\s.]")
PLAIN: Final = re.compile(r"[^0-9A-ZÑ]")
SPANISH: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
MEXICAN: Final = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
ITALIAN_ODD: Final = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
        22, 25, 24, 23,
    ), strict=True)
)  # fmt: skip


def proofs(numbers: Iterable[str | None]) -> Iterator[bool]:
    """Whether each is a number of which the check holds."""
    return (number is not None and holds(DOTS.sub("", number.upper())) for number in numbers)


def holds(number: str) -> bool:
    """A number of Chile is known by the dash before its check: without one it may be any number."""
    return any(
        re.fullmatch(form, one) and check(PLAIN.sub("", one))
        for one in {number, PLAIN.sub("", number)}
        for form, check in CHECKS
    )


def spanish(number: str) -> bool:
    """DNI, and NIE of foreigners."""
    return (
        SPANISH[int(str("XYZ".find(number[0])) + number[1:-1] if number[0] in "XYZ" else number[:-1]) % 23]
        == number[-1]
    )


def mexican(number: str) -> bool:
    """CURP."""
    total = sum(MEXICAN.index(sign) * (18 - place) for place, sign in enumerate(number[:17]))
    return (10 - total % 10) % 10 == int(number[17])


def brazilian(number: str) -> bool:
    """CPF."""
    digits = [int(sign) for sign in number]
    checks = [
        sum(digit * (size + 1 - place) for place, digit in enumerate(digits[:size])) * 10 % 11 % 10 for size in (9, 10)
    ]
    return len(set(digits)) > 1 and checks == digits[9:]


def italian(number: str) -> bool:
    """Codice fiscale."""
    odd = sum(ITALIAN_ODD[sign] for sign in number[:15:2])
    even = sum(int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in number[1:15:2])
    return chr(ord("A") + (odd + even) % 26) == number[15]


def chilean(number: str) -> bool:
    """RUT."""
    total = sum(int(sign) * (2 + place % 6) for place, sign in enumerate(reversed(number[:-1])))
    return "0123456789K0"[11 - total % 11] == number[-1]


def french(number: str) -> bool:
    """NIR."""
    return 97 - int(number[:13]) % 97 == int(number[13:])


CHECKS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    (r"[0-9XYZ]\d{7}[A-Z]", spanish), (r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d", mexican), (r"\d{11}", brazilian),
    (r"[A-Z]{6}[0-9A-Z]{9}[A-Z]", italian), (r"\d{7,8}-[0-9K]", chilean), (r"[12]\d{14}", french),
)  # fmt: skip
