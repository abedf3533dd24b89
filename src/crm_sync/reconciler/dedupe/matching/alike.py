"""Cities and job titles that are told in several ways, told in one: `CDMX` and `Mexico City`, `Sales Mgr.` and `Gerente
de Ventas`. Each way is looked at once, however many records tell it so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final

import pyarrow as pa

from crm_sync.mappings.identity import IdentityWords, folded

LONGEST: Final = 120  # signs of a cell that are looked at, as in the questions
BEHIND: Final = re.compile(r"\s*(?:[,(/;|]| - ).*$", re.DOTALL)  # behind a city: its state or country


def alike(people: pa.Table, words: IdentityWords) -> pa.Table:
    """`people` (columns of chain.PEOPLE) with their cities and titles told in one way."""
    for name, way in {"city": city, "title": title}.items():
        place = people.schema.get_field_index(name)
        told = each(people.column(name), partial(way, words))
        people = people.set_column(place, people.schema.field(name), told)
    return people


def each(column: pa.ChunkedArray, told: Callable[[str], str]) -> pa.ChunkedArray:
    """The column with what is `told` instead of each of its texts."""
    coded = column.combine_chunks().dictionary_encode()
    texts = [told(one) for one in coded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string()).take(coded.indices)])


def city(words: IdentityWords, told: str) -> str:
    """Without what stands behind it, under the name that the table has for it."""
    found = folded(BEHIND.sub("", told[:LONGEST]))
    return words.city_names.get(found, found) or told


def title(words: IdentityWords, told: str) -> str:
    """Its words in one order, each as the table has it."""
    found = words.in_order(told[:LONGEST])
    return words.title_names.get(found, found) or told
