"""Many records in little memory: packed block by block, and unpacked block by block by whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeVar, overload

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
        self._decoder = msgspec.msgpack.Decoder(block, dec_hook=as_label)
        self._blocks: list[Block] = []
        self.put(items)

    def put(self, items: Sequence[Item]) -> None:
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
