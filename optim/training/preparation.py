"""Training data made ready: a data set without nan, whose numbers have the dtype of the parameters."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor
from optim.data.batching import Batching, MiniBatch
from optim.data.datasets import ArrayDataset, Dataset, Subset, as_dataset
from optim.data.finite import check_finite
from optim.data.loader import DataLoader
from optim.training.model import TrainingError, has_embedding

#: How many examples are looked at together where nothing is learned from them.
EVALUATION_BATCHES = MiniBatch(1000)


class DtypeCaster:
    """What batches go through before the model sees them: numbers get the dtype of its parameters.

    Floats are converted among inputs and targets. Whole numbers are among inputs, unless the model looks vectors up by them;
    among targets they are classes, and stay.
    """

    def __init__(self, model: Any):
        self.dtype = next((parameter.dtype for parameter in model.parameters()), None)
        self.kinds = "f" if has_embedding(model) else "biuf"

    def inputs(self, x: Any) -> Any:
        """Inputs as the model takes them; what is no array stays."""
        return self._converted(x, self.kinds)

    def targets(self, y: Any) -> Any:
        """Targets as the loss takes them."""
        return self._converted(y, "f")

    def _converted(self, array: Any, kinds: str) -> Any:
        if isinstance(array, Tensor):
            array = array.numpy()
        convert = self.dtype is not None and getattr(array, "dtype", self.dtype) != self.dtype
        return array.astype(self.dtype) if convert and array.dtype.kind in kinds else array


def prepare_data(data: Any, what: str, cast: DtypeCaster, convert: bool = True) -> Dataset:
    """The data set that is meant, once it is known to be one; arrays in memory are converted as a whole if `convert`.

    Raises TrainingError, after `what` data it is, for what is no data set, no examples, and nan and infinities, wherever they
    can be found without asking a person's own data set for every example.
    """
    try:
        found = data.data if isinstance(data, DataLoader) else as_dataset(data)
        if not len(found):
            raise DataError("there are no examples")
        if isinstance(found, ArrayDataset):
            if convert and found.in_memory:
                found = ArrayDataset(cast.inputs(found.inputs), cast.targets(found.targets))
            check_finite(found.inputs, found.targets)
        elif isinstance(found, Subset):
            _check_subset(found)
    except (DataError, ShapeError) as error:
        raise TrainingError(f"{what} data: {error}") from None
    return found


def training_loader(data: Any, cast: DtypeCaster, batching: Batching | None, transform: Any, rng: Any) -> DataLoader:
    """The batches of the training data; raises TrainingError for a DataLoader, which has its own options, beside options."""
    prepared = prepare_data(data, "training", cast, convert=transform is None)
    if not isinstance(data, DataLoader):
        return DataLoader(prepared, batching, transform=transform, rng=rng)
    if not (batching is None and transform is None and rng is None):
        raise TrainingError("a DataLoader has its own batching, transform and rng; give them to it")
    return data


def batch_factory(loader: DataLoader, cast: DtypeCaster) -> Callable[[], Iterator[tuple[Any, Any]]]:
    """A function that starts an epoch: the loader's batches, converted if they are not as they should be already."""
    if loader.transform is None and isinstance(loader.data, ArrayDataset):
        x, y = loader.data[:1]
        if cast.inputs(x) is x and cast.targets(y) is y:
            return loader.__iter__
    return lambda: ((cast.inputs(x), cast.targets(y)) for x, y in loader)


def _check_subset(subset: Subset) -> None:
    for part in EVALUATION_BATCHES.in_order(len(subset)):
        given = subset[part]
        try:
            check_finite(*given)
        except DataError as error:
            bad = [~np.isfinite(array).reshape(len(array), -1).all(axis=1) for array in given]
            row = next(rows for rows in bad if rows.any()).argmax()
            raise DataError(f"{error}; in all data this is row {subset.indices[part][row]}, here {part.start + row}") from None


def describe_nonfinite(inputs: Any, targets: Any) -> str:
    """Where a batch holds nan or infinity; "" if it does not."""
    for part, name in ((inputs, "inputs"), (targets, "targets")):
        if isinstance(part, np.ndarray) and part.dtype.kind == "f" and not np.isfinite(part).all():
            try:
                check_finite(part)
            except DataError as error:
                return str(error).replace("inputs", name, 1)
    return ""
