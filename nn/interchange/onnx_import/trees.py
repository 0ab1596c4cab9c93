"""Ensembles of decision trees: TreeEnsemble, TreeEnsembleRegressor and TreeEnsembleClassifier."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import DataError
from nn.interchange.onnx_import.registry import operator, refuse
from nn.interchange.onnx_import.tabular import ML, transform_scores
from nn.interchange.onnx_import.values import as_array

refuse("SVMClassifier", "support vector machines are no part of the library", ML)
refuse("SVMRegressor", "support vector machines are no part of the library", ML)

COMPARISONS = (np.less_equal, np.less, np.greater_equal, np.greater, np.equal, np.not_equal)
MEMBER = 6
#: The numbers of the modes by their names in the older operators.
MODES = {f"BRANCH_{name}": k for k, name in enumerate(("LEQ", "LT", "GTE", "GT", "EQ", "NEQ"))}
AGGREGATES = ("AVERAGE", "SUM", "MIN", "MAX")
POST_TRANSFORMS = ("NONE", "SOFTMAX", "LOGISTIC")


class Nodes:
    """The inner nodes of all trees: a comparison and the indices of two children, which are ~leaf for leaves."""

    def __init__(self, features: Any, modes: Any, splits: Any, children: tuple[Any, Any], missing: Any, members: Any):
        self.features, self.modes, self.splits = (np.asarray(v).ravel() for v in (features, modes, splits))
        self.children = np.stack([np.asarray(child, np.int64).ravel() for child in children[::-1]], axis=1)
        count = len(self.features)
        self.missing = np.zeros(count, bool) if missing is None else np.asarray(missing, bool).ravel()
        lengths = {count, len(self.modes), len(self.splits), len(self.children), len(self.missing)}
        if len(lengths) > 1 or not all(0 <= mode <= MEMBER for mode in self.modes):
            raise DataError("the attributes of the nodes of the trees have different lengths or unknown modes")
        self.members = self._member_sets(members)

    def _member_sets(self, values: Any) -> dict[int, np.ndarray]:
        """The members of each node of mode MEMBER, whose lists end with nan."""
        flat = np.zeros(0) if values is None else np.asarray(values).ravel()
        ends = np.flatnonzero(np.isnan(flat))
        nodes = np.flatnonzero(self.modes == MEMBER)
        if len(ends) < len(nodes):
            raise DataError("a node compares with members, but has no list of them")
        return {int(node): flat[start:end] for node, start, end in zip(nodes, [0, *(ends + 1)], ends)}

    def leaves(self, x: np.ndarray, root: int) -> np.ndarray:
        """The leaf of each row, from a root on."""
        place = np.full(len(x), root)
        for _ in range(len(self.features) + 1):
            rows = np.flatnonzero(place >= 0)
            if not len(rows):
                return ~place
            nodes = place[rows]
            if nodes.max() >= len(self.features) or not 0 <= self.features[nodes].max() < x.shape[1]:
                raise DataError("a node of the trees has a child or a feature that does not exist")
            place[rows] = self.children[nodes, self._decisions(x[rows, self.features[nodes]], nodes).astype(np.int64)]
        raise DataError("the nodes of a tree are in a cycle")

    def _decisions(self, values: np.ndarray, nodes: np.ndarray) -> np.ndarray:
        modes, splits = self.modes[nodes], self.splits[nodes]
        out = np.isnan(values) & self.missing[nodes]
        for mode, compare in enumerate(COMPARISONS):
            out |= (modes == mode) & compare(values, splits)
        for row in np.flatnonzero(modes == MEMBER):
            out[row] |= bool(np.isin(values[row], self.members[int(nodes[row])]))
        return out


def _aggregate(
    leaf_rows: list[np.ndarray], targets: np.ndarray, weights: np.ndarray, count: int, how: str, trees: int
) -> np.ndarray:
    """The sums, means, minima or maxima of the weights of the leaves of each row, for each target."""
    functions: dict[str, np.ufunc] = {"AVERAGE": np.add, "SUM": np.add, "MIN": np.minimum, "MAX": np.maximum}
    if how not in functions or (len(targets) and not 0 <= targets.min() <= targets.max() < count):
        raise DataError(f"aggregate_function must be one of {', '.join(functions)}, and targets be from 0 to {count - 1}")
    start = {"MIN": np.inf, "MAX": -np.inf}.get(how, 0)
    out = np.full((len(leaf_rows[0]) if leaf_rows else 0, count), start, weights.dtype)
    for leaves in leaf_rows:
        functions[how].at(out, (np.arange(len(out)), targets[leaves]), weights[leaves])
    out[np.isinf(out) & (start != 0)] = 0
    return out / weights.dtype.type(trees) if how == "AVERAGE" else out


@operator("TreeEnsemble", since=5, domain=ML)
def evaluate_trees(
    x: Any,
    *,
    aggregate_function: int = 1,
    leaf_targetids: Sequence[int],
    leaf_weights: Any,
    membership_values: Any = None,
    n_targets: int = 1,
    nodes_falseleafs: Sequence[int],
    nodes_falsenodeids: Sequence[int],
    nodes_featureids: Sequence[int],
    nodes_hitrates: Any = None,
    nodes_missing_value_tracks_true: Any = None,
    nodes_modes: Any,
    nodes_splits: Any,
    nodes_trueleafs: Sequence[int],
    nodes_truenodeids: Sequence[int],
    post_transform: int = 0,
    tree_roots: Sequence[int],
) -> Any:
    """TreeEnsemble: for each target the sum (mean, minimum, maximum) of the weights of the leaves that a row reaches."""
    array = as_array(x)
    children = tuple(
        [~node if is_leaf else node for node, is_leaf in zip(ids, leaves, strict=True)]
        for ids, leaves in ((nodes_truenodeids, nodes_trueleafs), (nodes_falsenodeids, nodes_falseleafs))
    )
    nodes = Nodes(
        nodes_featureids,
        as_array(nodes_modes),
        as_array(nodes_splits),
        (children[0], children[1]),
        nodes_missing_value_tracks_true,
        membership_values,
    )
    rows = [nodes.leaves(array, root) for root in tree_roots]
    weights = as_array(leaf_weights).ravel().astype(array.dtype)
    how, transform = AGGREGATES[aggregate_function], dict(enumerate(POST_TRANSFORMS)).get(post_transform, "other")
    scores = _aggregate(rows, np.asarray(leaf_targetids), weights, n_targets, how, len(rows))
    return transform_scores("TreeEnsemble", scores, transform)


def _votes_by_node(
    name: str,
    x: Any,
    count: int,
    how: str,
    base_values: Sequence[float] | None,
    keys: list[tuple[int, int]],
    modes: Sequence[str],
    branches: tuple[Sequence[int], Sequence[int]],
    nodes: tuple[Any, Any, Any],
    votes: list[tuple[tuple[int, int], int, float]],
) -> np.ndarray:
    """The scores (rows, count) of the older operators, whose leaves are nodes that may have several votes.

    keys:     the tree and number of each node.
    branches: the numbers of the nodes that follow a comparison that is true, and one that is false.
    nodes:    feature, threshold and treatment of nan of each node.
    votes:    node, target and weight.
    """
    places = {key: place for place, key in enumerate(keys)}
    is_leaf = [mode == "LEAF" for mode in modes]
    if not all(leaf or mode in MODES for leaf, mode in zip(is_leaf, modes)):
        raise DataError(f"{name}: the modes of nodes must be LEAF or among {', '.join(MODES)}")
    children = []
    for numbers in branches:
        following = [0 if leaf else places[tree, number] for (tree, _), number, leaf in zip(keys, numbers, is_leaf)]
        children.append([~place if is_leaf[place] else place for place in following])
    features, splits, missing = nodes
    numbers = [MODES.get(mode, 0) for mode in modes]
    inner = Nodes(features, numbers, np.asarray(splits, np.float32), (children[0], children[1]), missing, None)
    array = as_array(x).astype(np.float32)
    roots = {tree: place for (tree, _), place in reversed(places.items())}
    rows = [inner.leaves(array, ~root if is_leaf[root] else root) for root in roots.values()]
    by_leaf: dict[int, list[tuple[int, float]]] = {}
    for key, target, weight in votes:
        by_leaf.setdefault(places[key], []).append((target, weight))
    most = max(map(len, by_leaf.values()), default=0)
    if how in ("MIN", "MAX") and (most > 1 or count > 1):
        raise DataError(f"{name}: minima and maxima of several votes or targets are unsupported")
    scores = np.zeros((len(array), count), np.float32)
    for vote in range(most):
        targets, weights = np.zeros(len(is_leaf), np.int64), np.zeros(len(is_leaf), np.float32)
        for place, pairs in by_leaf.items():
            if vote < len(pairs):
                targets[place], weights[place] = pairs[vote]
        scores += _aggregate(rows, targets, weights, count, how, len(rows))
    return scores + np.asarray(base_values, np.float32) if base_values else scores


@operator("TreeEnsembleRegressor", since=1, domain=ML)
def regress_by_trees(
    x: Any,
    *,
    aggregate_function: str = "SUM",
    base_values: Sequence[float] | None = None,
    n_targets: int = 1,
    nodes_falsenodeids: Sequence[int],
    nodes_featureids: Sequence[int],
    nodes_hitrates: Any = None,
    nodes_missing_value_tracks_true: Any = None,
    nodes_modes: Sequence[str],
    nodes_nodeids: Sequence[int],
    nodes_treeids: Sequence[int],
    nodes_truenodeids: Sequence[int],
    nodes_values: Sequence[float],
    post_transform: str = "NONE",
    target_ids: Sequence[int],
    target_nodeids: Sequence[int],
    target_treeids: Sequence[int],
    target_weights: Sequence[float],
) -> Any:
    """TreeEnsembleRegressor: the older form of TreeEnsemble."""
    scores = _votes_by_node(
        "TreeEnsembleRegressor",
        x,
        n_targets,
        aggregate_function,
        base_values,
        list(zip(nodes_treeids, nodes_nodeids)),
        nodes_modes,
        (nodes_truenodeids, nodes_falsenodeids),
        (nodes_featureids, nodes_values, nodes_missing_value_tracks_true),
        list(zip(zip(target_treeids, target_nodeids), target_ids, target_weights)),
    )
    return transform_scores("TreeEnsembleRegressor", scores, post_transform)


@operator("TreeEnsembleClassifier", since=1, domain=ML)
def classify_by_trees(
    x: Any,
    *,
    base_values: Sequence[float] | None = None,
    class_ids: Sequence[int],
    class_nodeids: Sequence[int],
    class_treeids: Sequence[int],
    class_weights: Sequence[float],
    classlabels_int64s: Sequence[int] | None = None,
    classlabels_strings: Sequence[str] | None = None,
    nodes_falsenodeids: Sequence[int],
    nodes_featureids: Sequence[int],
    nodes_hitrates: Any = None,
    nodes_missing_value_tracks_true: Any = None,
    nodes_modes: Sequence[str],
    nodes_nodeids: Sequence[int],
    nodes_treeids: Sequence[int],
    nodes_truenodeids: Sequence[int],
    nodes_values: Sequence[float],
    post_transform: str = "NONE",
) -> Any:
    """TreeEnsembleClassifier: the label of the largest score, and the scores.

    Where all votes are for one of two classes, the other one has the score 1 − s if no vote is negative, and else −s.
    """
    name = "TreeEnsembleClassifier"
    labels = np.asarray(classlabels_strings, object) if classlabels_strings else np.asarray(classlabels_int64s or (), np.int64)
    is_binary = len(labels) == 2 and len(set(class_ids)) == 1
    scores = _votes_by_node(
        name,
        x,
        1 if is_binary else len(labels),
        "SUM",
        base_values,
        list(zip(nodes_treeids, nodes_nodeids)),
        nodes_modes,
        (nodes_truenodeids, nodes_falsenodeids),
        (nodes_featureids, nodes_values, nodes_missing_value_tracks_true),
        list(zip(zip(class_treeids, class_nodeids), [0] * len(class_ids) if is_binary else class_ids, class_weights)),
    )
    if is_binary:
        is_probability = min(class_weights) >= 0
        chosen = labels[(scores[:, 0] > (0.5 if is_probability else 0)).astype(np.int64)]
        scores = np.concatenate([1 - scores if is_probability else -scores, scores], axis=1)
        return chosen, transform_scores(name, scores, post_transform)
    return labels[scores.argmax(axis=1)], transform_scores(name, scores, post_transform)
