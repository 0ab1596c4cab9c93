"""The protobuf message of an ONNX file."""

from functools import cache
from typing import Any, BinaryIO

from nn.interchange.model_classes import ModelFileError

MAX_FILE_BYTES = 2**31  # of a protobuf message


def parse(file: BinaryIO, size: int) -> Any:
    """The ModelProto of a file; raises ModelFileError if it is none, or if a text in it is not UTF-8."""
    import onnx
    from google.protobuf.message import DecodeError

    if size >= MAX_FILE_BYTES:
        raise ModelFileError("an ONNX file has less than 2 GiB; larger weights stand in files beside it")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(file.read())
    except DecodeError:
        raise ModelFileError("not an ONNX file, or damaged: it is not a protobuf message") from None
    if not model.graph.node and not model.graph.output:
        raise ModelFileError("not an ONNX file, or damaged: it has no graph")
    try:
        _check_texts(model)
    except UnicodeDecodeError:  # some implementations of protobuf raise, others give bytes
        raise ModelFileError("damaged: a name is not UTF-8") from None
    return model


def _check_texts(message: Any) -> None:
    texts, messages = _fields(message.DESCRIPTOR)
    for name, is_repeated in texts:
        value = getattr(message, name)
        if not all(isinstance(text, str) for text in (value if is_repeated else [value])):
            raise ModelFileError(f"damaged: a text in the field {name!r} is not UTF-8")
    for name, is_repeated in messages:
        if is_repeated:
            for inner in getattr(message, name):
                _check_texts(inner)
        elif message.HasField(name):
            _check_texts(getattr(message, name))


@cache
def _fields(descriptor: Any) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """The fields of a message class that hold texts and messages, and whether they are repeated."""
    fields = descriptor.fields
    texts = [(field.name, isinstance(field.default_value, list)) for field in fields if field.type == field.TYPE_STRING]
    messages = [(field.name, isinstance(field.default_value, list)) for field in fields if field.type == field.TYPE_MESSAGE]
    return texts, messages
