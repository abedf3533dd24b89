"""Many records in little memory: packed block by block, and unpacked block by block by whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple, TypeVar, overload

import msgspec
import pyarrow as pa

from crm_sync.mappings.tables import Label, as_label

Item = TypeVar("Item")
ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=Label.model_dump)
CODEC: Final = "lz4"
AT_ONCE: Final = 50  # records in a block: more of them would not stay in the cache of a processor


class Block(NamedTuple):
    """`size` in bytes before it was packed."""

    packed: bytes
    size: int
    items: int


class Packed(Sequence[Item]):
    """Records of one kind in the order in which they were put there. To read one of them unpacks them all: this is for
    reading all of them, a few times."""

    def __init__(self, block: type[tuple[Item, ...]], items: Sequence[Item] = ()) -> None:
        """`block`: what several of them are, as in `tuple[Known, ...]`."""
        self._block, self._decoder = block, msgspec.msgpack.Decoder(block, dec_hook=as_label)
        self._blocks: list[Block] = []
        self.put(items)

    def __reduce__(self) -> tuple[Any, ...]:
        """Goes to another process as it is packed."""
        return of_blocks, (self._block, self._blocks)

    def put(self, items: Sequence[Item]) -> None:
        if isinstance(items, Packed):
            self._blocks += items._blocks
            return
        for first in range(0, len(items), AT_ONCE):
            some = items[first : first + AT_ONCE]
            told = ENCODER.encode(some)
            self._blocks.append(Block(pa.compress(told, codec=CODEC, asbytes=True), len(told), len(some)))

    def __len__(self) -> int:
        return sum(block.items for block in self._blocks)

    def __iter__(self) -> Iterator[Item]:
        return chain.from_iterable(map(self._items, self._blocks))

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        return tuple(self)[place]

    def _items(self, block: Block) -> tuple[Item, ...]:
        told = pa.decompress(block.packed, block.size, codec=CODEC, asbytes=True)
        return self._decoder.decode(told)


def of_blocks(block: type[tuple[Item, ...]], blocks: list[Block]) -> Packed[Item]:
    found = Packed(block)
    found._blocks += blocks
    return found
