"""Records of event files: the framing of TFRecord, with the checksum CRC-32C.

A record is the length in 8 bytes, the checksum of the length, the content, and the checksum of the content. Source:
tensorflow.org/tutorials/load_data/tfrecord.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

CASTAGNOLI = 0x82F63B78  # the reversed polynomial of CRC-32C
MASK = 0xA282EAD8


def _make_table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (CASTAGNOLI if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = _make_table()


def crc32c(content: bytes) -> int:
    """The CRC-32C of bytes.

    >>> from optim.training.event_files.records import crc32c
    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc, table = 0xFFFF_FFFF, TABLE
    for byte in content:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFF_FFFF


def masked_crc(content: bytes) -> bytes:
    """The checksum as records hold it: rotated by 15 bits, plus a constant."""
    crc = crc32c(content)
    return struct.pack("<I", (crc >> 15 | crc << 17) + MASK & 0xFFFF_FFFF)


def record(content: bytes) -> bytes:
    """The content as a record."""
    length = struct.pack("<Q", len(content))
    return length + masked_crc(length) + content + masked_crc(content)


def read_records(path: str | Path) -> Iterator[bytes]:
    """The contents of the records of a file, until its end or the first record that is incomplete or damaged.

    A process that was killed may leave an incomplete last record. TensorBoard reads such a file in the same way.
    """
    with open(path, "rb") as file:
        remaining = Path(path).stat().st_size
        while remaining >= 16:
            head = file.read(12)
            length = struct.unpack("<Q", head[:8])[0]
            remaining -= 16 + length
            if masked_crc(head[:8]) != head[8:] or remaining < 0:
                return
            content = file.read(length)
            if masked_crc(content) != file.read(4):
                return
            yield content
