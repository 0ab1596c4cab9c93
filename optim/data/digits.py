"""The UCI handwritten digits, which are part of the package; source and license are in digits.txt."""

from pathlib import Path

import numpy as np


def digits() -> tuple[np.ndarray, np.ndarray]:
    """1797 handwritten digits as rows of 8 × 8 = 64 pixels in [0, 1], and their labels from 0 to 9.

    >>> from optim.data import digits
    >>> images, labels = digits()
    >>> float(images.max()), labels[:5].tolist()
    (1.0, [0, 1, 2, 3, 4])
    """
    with np.load(Path(__file__).with_name("digits.npz")) as stored:
        return stored["images"].reshape(-1, 64) / 16, stored["labels"].astype(np.int64)
