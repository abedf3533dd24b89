"""Records by name: every name has a number that it keeps, also while its record is gone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as compute


class Names:
    """The names of `base` are sorted, and the numbers from 0 on in that order; later ones come behind. The order of
    names, not that of numbers, decides between equals."""

    def __init__(self, base: pa.Array, later: Iterable[str] = (), gone: Iterable[int] = ()) -> None:
        self.base = base
        self.later = list(later)
        self.gone = set(gone)
        self._numbers = {name: len(base) + place for place, name in enumerate(self.later)}

    def __getitem__(self, number: int) -> str:
        if number < len(self.base):
            return str(self.base[number])
        return self.later[number - len(self.base)]

    def find(self, name: str) -> int | None:
        """Its number, if it ever had one."""
        place = bisect_left(self.base, name, key=str)
        if place < len(self.base) and str(self.base[place]) == name:
            return place
        return self._numbers.get(name)

    def here(self, name: str) -> int:
        """The number of a record that is there now."""
        if (number := self.find(name)) is None:
            number = self._numbers[name] = len(self.base) + len(self.later)
            self.later.append(name)
        self.gone.discard(number)
        return number

    def sorted(self, numbers: Iterable[int]) -> list[int]:
        return sorted(numbers, key=self.__getitem__)

    def living(self) -> pa.Table:
        """number and name of every record that is there, by name."""
        names = pa.concat_arrays([self.base, pa.array(self.later, self.base.type)])
        numbers = pa.array(range(len(names)), pa.int32())
        table = pa.table({"number": numbers, "name": names})
        here = table.filter(compute.invert(compute.is_in(numbers, pa.array(sorted(self.gone), pa.int32()))))
        return here.sort_by("name") if self.later else here
