"""Prepare the data of a training: check it, and convert it to the dtype of the parameters."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor
from optim.data.batching import Batching, MiniBatch
from optim.data.datasets import ArrayDataset, Dataset, Subset, as_dataset
from optim.data.finite import check_finite
from optim.data.loader import DataLoader
from optim.data.split import split
from optim.training.model import TrainingError, has_embedding
from optim.training.weighting import WeightedDataset

#: The batches of evaluation and prediction.
EVALUATION_BATCHES = MiniBatch(1000)


class DtypeCaster:
    """Converts batches to the dtype of the model's parameters.

    Inputs:  floats and integers are converted; integers stay if the model has an embedding, because they are its indices.
    Targets: floats are converted; integers stay, because they are classes.
    """

    def __init__(self, model: Any):
        self.dtype = next((parameter.dtype for parameter in model.parameters()), None)
        self.input_kinds = "f" if has_embedding(model) else "biuf"

    def inputs(self, x: Any) -> Any:
        """Inputs in the model's dtype; an object that is not an array stays as it is."""
        return self._convert(x, self.input_kinds)

    def targets(self, y: Any) -> Any:
        """Targets in the model's dtype, classes excepted."""
        if isinstance(y, tuple):  # targets and weights
            return tuple(self._convert(array, "f") for array in y)
        return self._convert(y, "f")

    def _convert(self, array: Any, kinds: str) -> Any:
        if isinstance(array, Tensor):
            array = array.numpy()
        differs = self.dtype is not None and getattr(array, "dtype", self.dtype) != self.dtype
        return array.astype(self.dtype) if differs and array.dtype.kind in kinds else array


def prepare_data(data: Any, purpose: str, precision: DtypeCaster, convert: bool = True) -> Dataset:
    """The data set of an argument, checked; arrays in memory are converted as a whole if `convert`.

    purpose: "training", "validation" or "evaluation", the first word of a message.

    Raises TrainingError for an argument that is not a data set, for no examples, and for nan and infinity. Data sets of other
    classes than ours are not searched for nan, because that would read every example.
    """
    try:
        dataset = data.data if isinstance(data, DataLoader) else as_dataset(data)
        if not len(dataset):
            raise DataError("there are no examples")
        if isinstance(dataset, ArrayDataset):
            if convert and dataset.in_memory:
                dataset = ArrayDataset(precision.inputs(dataset.inputs), precision.targets(dataset.targets))
            check_finite(dataset.inputs, dataset.targets)
        elif isinstance(dataset, Subset):
            _check_subset(dataset)
    except (DataError, ShapeError) as error:
        raise TrainingError(f"{purpose} data: {error}") from None
    return dataset


def training_loader(data: Any, precision: DtypeCaster, batching: Batching | None, transform: Any, rng: Any) -> DataLoader:
    """The DataLoader of the training data; raises TrainingError if options are given together with a DataLoader."""
    dataset = prepare_data(data, "training", precision, convert=transform is None)
    if not isinstance(data, DataLoader):
        return DataLoader(dataset, batching, transform=transform, rng=rng)
    if not (batching is None and transform is None and rng is None):
        raise TrainingError("the DataLoader has its own batching, transform and rng; give them to the DataLoader")
    return data


def split_validation(data: Any, fraction: float, rng: Any) -> tuple[Dataset, Dataset, np.ndarray]:
    """The training data, the validation data, and the positions of the training data, by a random split.

    Examples are taken from each class alike if the targets are classes. Raises TrainingError if the data is a DataLoader or if
    one of the two is empty.
    """
    if isinstance(data, DataLoader):
        raise TrainingError("validation_split: a DataLoader has its own examples; split the data that it loads")
    try:
        dataset = as_dataset(data)
    except (DataError, ShapeError) as error:
        raise TrainingError(f"training data: {error}") from None
    targets = dataset.targets if isinstance(dataset, ArrayDataset) else np.empty((0, 0))
    is_classes = targets.ndim == 1 and targets.dtype.kind in "biu"
    training, validation = split(targets if is_classes else len(dataset), [1 - fraction, fraction], rng)
    if not len(training) or not len(validation):
        raise TrainingError(f"validation_split: {fraction} of {len(dataset)} examples leaves one of the two sets empty")
    return _examples(dataset, training), _examples(dataset, validation), training


def _examples(dataset: Dataset, indices: np.ndarray) -> Dataset:
    """Some examples; copied if they are in memory, because a Subset finds its rows anew in every epoch."""
    if isinstance(dataset, ArrayDataset) and dataset.in_memory:
        return ArrayDataset(*dataset[indices])
    return Subset(dataset, indices)


def weighted_loader(loader: DataLoader, weights: np.ndarray, precision: DtypeCaster) -> DataLoader:
    """A loader of the same examples, whose targets are pairs (targets, weights)."""
    weighted = copy.copy(loader)
    weighted.data = WeightedDataset(loader.data, weights.astype(precision.dtype or weights.dtype))
    return weighted


def batch_factory(loader: DataLoader, precision: DtypeCaster) -> Callable[[], Iterator[tuple[Any, Any]]]:
    """A function that starts an epoch: it returns the loader's batches, converted where necessary."""
    if loader.transform is None and isinstance(loader.data, ArrayDataset):
        x, y = loader.data[:1]
        if precision.inputs(x) is x and precision.targets(y) is y:
            return loader.__iter__
    return lambda: ((precision.inputs(x), precision.targets(y)) for x, y in loader)


def _check_subset(subset: Subset) -> None:
    for indices in EVALUATION_BATCHES.in_order(len(subset)):
        batch = subset[indices]
        try:
            check_finite(*batch)
        except DataError as error:
            nonfinite = [~np.isfinite(array).reshape(len(array), -1).all(axis=1) for array in batch]
            row = next(rows for rows in nonfinite if rows.any()).argmax()
            position, original = indices.start + row, subset.indices[indices][row]
            raise DataError(f"{error}; row {position} of the subset is row {original} of the whole data") from None


def describe_nonfinite(inputs: Any, targets: Any) -> str:
    """The position of the first nan or infinity in a batch; "" if there is none."""
    for array, name in ((inputs, "inputs"), (targets, "targets")):
        if isinstance(array, np.ndarray) and array.dtype.kind == "f" and not np.isfinite(array).all():
            try:
                check_finite(array)
            except DataError as error:
                return str(error).replace("inputs", name, 1)
    return ""
