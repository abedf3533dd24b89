"""Column types that mean the same in SQLite and PostgreSQL: instants, money, row numbers.

Each type converts a whole column at a time, for pages and snapshots; SQLAlchemy asks for one value of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Dialect, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
POSTGRESQL = "postgresql"

RowNumber = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER keys only


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant to the microsecond: timestamptz in PostgreSQL, microseconds since 1970 in SQLite.
    A naive datetime is refused: nobody can know which instant it means."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == POSTGRESQL else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return to_database(self, [value], dialect.name)[0]

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        found: datetime | None = from_database(self, [value], dialect.name)[0]
        return found


class Money(TypeDecorator[Decimal]):
    """An exact decimal: numeric in PostgreSQL, text in SQLite, which would round it to a float."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Numeric() if dialect.name == POSTGRESQL else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return to_database(self, [value], dialect.name)[0]

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        found: Decimal | None = from_database(self, [value], dialect.name)[0]
        return found


def to_database(kind: TypeEngine[Any], values: Sequence[Any], dialect: str) -> Sequence[Any]:
    """A column of `kind` as the driver takes it. Raises ValueError for a naive datetime."""
    match kind:
        case Instant():
            refuse_naive(values)
            return values if dialect == POSTGRESQL else [at and (at - EPOCH) // MICROSECOND for at in values]
        case Money() if dialect != POSTGRESQL:
            return [None if amount is None else str(amount) for amount in values]
    return values


def from_database(kind: TypeEngine[Any], values: Sequence[Any], dialect: str) -> Sequence[Any]:
    """A column of `kind` from what the driver gives."""
    match kind:
        case Instant() if dialect == POSTGRESQL:
            return [at and at.astimezone(UTC) for at in values]
        case Instant():
            return [None if count is None else EPOCH + MICROSECOND * count for count in values]
        case Money():
            return [None if amount is None else Decimal(amount) for amount in values]
        case Boolean() if dialect != POSTGRESQL:
            return list(map(bool, values))
    return values


def refuse_naive(instants: Iterable[datetime | None]) -> None:
    for at in instants:
        if at is not None and at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no time zone")
