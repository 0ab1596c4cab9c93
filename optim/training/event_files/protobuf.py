"""The wire format of protocol buffers: fields of a message as bytes, and back.

A message is a sequence of fields. A field is a key, number · 8 + type, and a value: a varint (type 0), 8 bytes (1), a length
and that many bytes (2), or 4 bytes (5). Source: protobuf.dev/programming-guides/encoding.
"""

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value: int) -> bytes:
    """An integer in groups of 7 bits, the lowest first; negative integers in two's complement of 64 bits.

    >>> from optim.training.event_files.protobuf import varint
    >>> varint(300).hex(), varint(1).hex()
    ('ac02', '01')
    """
    value &= 0xFFFF_FFFF_FFFF_FFFF
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)


def integer(number: int, value: int) -> bytes:
    """A field of an integer, bool or enum."""
    return varint(number << 3 | VARINT) + varint(value)


def double(number: int, value: float) -> bytes:
    """A field of a float64."""
    return varint(number << 3 | FIXED64) + struct.pack("<d", value)


def float32_bits(number: int, value: bytes) -> bytes:
    """A field of a float32, given as its 4 bytes."""
    return varint(number << 3 | FIXED32) + value


def text(number: int, value: str) -> bytes:
    """A field of a string."""
    return message(number, value.encode())


def message(number: int, *content: bytes) -> bytes:
    """A field of bytes, or of a message whose fields are given."""
    joined = b"".join(content)
    return varint(number << 3 | BYTES) + varint(len(joined)) + joined


def fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: number and value; raises ValueError for bytes that are not a message.

    >>> from optim.training.event_files.protobuf import fields, integer, text
    >>> list(fields(integer(2, 300) + text(1, "loss")))
    [(2, 300), (1, b'loss')]
    """
    position = 0
    while position < len(content):
        key, position = _read_varint(content, position)
        if key & 7 == VARINT:
            value, position = _read_varint(content, position)
            yield key >> 3, value
            continue
        if key & 7 == BYTES:
            length, position = _read_varint(content, position)
        elif key & 7 in (FIXED64, FIXED32):
            length = 8 if key & 7 == FIXED64 else 4
        else:
            raise ValueError(f"not a message: a field of type {key & 7}")
        if position + length > len(content):
            raise ValueError(f"not a message: a field of {length} bytes, of which {len(content) - position} are there")
        yield key >> 3, content[position : position + length]
        position += length


def _read_varint(content: bytes, position: int) -> tuple[int, int]:
    """A varint and the position after it."""
    value = shift = 0
    while position < len(content) and shift < 64:
        group = content[position]
        value |= (group & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if group < 0x80:
            return value, position
    raise ValueError("not a message: an integer without an end")
