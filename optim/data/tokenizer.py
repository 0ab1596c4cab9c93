"""A tokenizer that maps characters to integers."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError
from autograd.extend import atomic_files, short_repr
from optim.data.errors import DataFileError

FORMAT = "chainrule.characters"


@dataclass(frozen=True)
class CharTokenizer:
    """Maps each character of a vocabulary to its position: tokenᵢ = characters.index(textᵢ).

    characters: the vocabulary, without repetitions. `fit` collects the characters of a text in sorted order.

    Text is not normalized: "é" as one character and as "e" with an accent are different. In Keras TextVectorization with
    split="character"; PyTorch has none.

    >>> from optim.data import CharTokenizer
    >>> tokenizer = CharTokenizer.fit("hello")
    >>> tokens = tokenizer.encode("hole")
    >>> tokenizer.characters, tokens.tolist(), tokenizer.decode(tokens)
    ('ehlo', [1, 3, 2, 0], 'hole')
    """

    characters: str

    def __post_init__(self) -> None:
        if not isinstance(self.characters, str) or not self.characters:
            raise DataError(f"characters: a string of one or more characters expected, got {short_repr(self.characters)}")
        for i, character in enumerate(self.characters):
            if self.characters.index(character) != i:
                raise DataError(f"characters: {_describe(character)} occurs twice")

    @classmethod
    def fit(cls, text: str) -> "CharTokenizer":
        """The tokenizer of the characters that occur in a text; raises DataError for a list of texts: join them."""
        if not isinstance(text, str):
            raise DataError(f"fit: a string expected, got {short_repr(text)}")
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        """The size of the vocabulary."""
        return len(self.characters)

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray]:
        """The code points of the vocabulary in ascending order, and the token of each."""
        codes = _code_points(self.characters)
        order = np.argsort(codes)
        return codes[order], order

    def encode(self, text: str) -> np.ndarray:
        """The tokens of a text, int64 (len(text),); raises DataError with the first character that is not in the vocabulary."""
        if not isinstance(text, str):
            raise DataError(f"encode: a string expected, got {short_repr(text)}")
        codes, tokens = self._order
        points = _code_points(text)
        positions = np.searchsorted(codes, points).clip(max=len(codes) - 1)
        unknown = np.flatnonzero(codes[positions] != points)
        if unknown.size:
            i = int(unknown[0])
            others = sorted(set(np.asarray(points)[unknown].tolist()) - {ord(text[i])})
            also = f"; also unknown: {short_repr(''.join(map(chr, others)))}" if others else ""
            raise DataError(
                f"unknown character {_describe(text[i])} at position {i}{also}; the vocabulary has {len(self)} characters"
            )
        return tokens[positions]

    def decode(self, tokens: ArrayLike) -> str:
        """The text of tokens (n,); raises DataError for a number that is not a token."""
        array = np.asarray(tokens)
        if array.size == 0:
            return ""
        if array.ndim > 1 or array.dtype.kind not in "iu":
            raise DataError(f"decode: integers (n,) expected, got {array.dtype} of shape {array.shape}")
        array = array.reshape(-1)
        invalid = np.flatnonzero((array < 0) | (array >= len(self)))
        if invalid.size:
            raise DataError(
                f"decode: tokens from 0 to {len(self) - 1} expected, got {array[invalid[0]]} at position {invalid[0]}"
            )
        return "".join(map(self.characters.__getitem__, array.tolist()))

    def save(self, path: str | Path) -> None:
        """Write the vocabulary to a JSON file, which is complete or not there at all."""
        atomic_files.write_text(path, json.dumps({"format": FORMAT, "characters": self.characters}) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> "CharTokenizer":
        """Read a file of `save`; raises DataFileError if it is damaged or something else."""
        path = Path(path)
        if not path.is_file():
            raise DataFileError(f"{path}: there is no such file")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(content, dict) or content.get("format") != FORMAT:
                raise ValueError(f'the entry "format": "{FORMAT}" is missing')
            return cls(content.get("characters"))  # type: ignore[arg-type]  # checked by the class
        except (ValueError, RecursionError) as error:
            raise DataFileError(f"{path.name}: not a file of CharTokenizer.save, or damaged ({error!s:.200})") from None

    def __repr__(self) -> str:
        return f"CharTokenizer({short_repr(self.characters)})"


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _describe(character: str) -> str:
    """A character with its code point, because many look alike or are invisible."""
    return f"{character!r} (U+{ord(character):04X})"
