"""The protobuf message of an ONNX file. It is scanned before it is parsed: a message of two bytes takes hundreds in memory."""

from functools import cache
from typing import Any, BinaryIO

from nn.interchange.model_classes import ModelFileError

MAX_FILE_BYTES = 2**31  # of a protobuf message
MAX_MESSAGES = 2 * 10**6  # in a file; they take about 400 MiB
MAX_FIELDS = 10**7
MAX_NESTING = 100  # protobuf's own limit
VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5  # wire types


def parse(file: BinaryIO, size: int) -> Any:
    """The ModelProto of a file; raises ModelFileError if it is none, or too large."""
    import onnx
    from google.protobuf.message import DecodeError

    if size >= MAX_FILE_BYTES:
        raise ModelFileError("an ONNX file has less than 2 GiB; larger weights stand in files beside it")
    content, model = file.read(), onnx.ModelProto()
    try:
        _scan(content, onnx.ModelProto.DESCRIPTOR)
        model.ParseFromString(content)
    except (DecodeError, IndexError):
        raise ModelFileError("not an ONNX file, or damaged: it is not a protobuf message") from None
    except UnicodeDecodeError:
        raise ModelFileError("damaged: a name is not UTF-8") from None
    if not model.graph.node and not model.graph.output:
        raise ModelFileError("not an ONNX file, or damaged: it has no graph")
    return model


def _scan(content: bytes, descriptor: Any) -> None:
    """Count messages and fields, and check texts; raises IndexError where the content ends too early."""
    messages, fields, position, end = 1, 0, 0, len(content)
    texts, children = _text_and_message_fields(descriptor)
    outer: list[tuple] = []  # where the messages around the current one go on
    while position < end or outer:
        if position >= end:
            position, end, texts, children = outer.pop()
            continue
        key, position = _varint(content, position)
        number, wire_type = key >> 3, key & 7
        fields += 1
        if wire_type == LENGTH_DELIMITED:
            length, position = _varint(content, position)
            after = position + length
            if after > end:
                raise IndexError
            if number in children:
                messages += 1
                outer.append((after, end, texts, children))
                end, (texts, children) = after, _text_and_message_fields(children[number])
            else:
                if number in texts:
                    content[position:after].decode()
                position = after
        elif wire_type == VARINT:
            position = _varint(content, position)[1]
        elif wire_type in (FIXED64, FIXED32):
            position += 8 if wire_type == FIXED64 else 4
        else:
            raise IndexError
        if messages > MAX_MESSAGES or fields > MAX_FIELDS or len(outer) > MAX_NESTING:
            raise ModelFileError(f"the file has more than {MAX_MESSAGES} messages, {MAX_FIELDS} fields or {MAX_NESTING} levels")


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """An integer of up to ten bytes, and the position after it."""
    byte = content[position]
    if byte < 128:
        return byte, position + 1
    value, shift = byte & 127, 7
    while byte > 127:
        position += 1
        byte = content[position]
        value |= (byte & 127) << shift
        shift += 7
        if shift > 70:
            raise IndexError
    return value, position + 1


@cache
def _text_and_message_fields(descriptor: Any) -> tuple[frozenset[int], dict[int, Any]]:
    """The numbers of the fields of a message that hold texts, and the descriptors of those that hold messages."""
    texts = frozenset(field.number for field in descriptor.fields if field.type == field.TYPE_STRING)
    messages = {field.number: field.message_type for field in descriptor.fields if field.type == field.TYPE_MESSAGE}
    return texts, messages
