"""The layers of a layout: every item after its predecessors, and no layer wider than the picture may be."""

from autograd.draw.items import ITEM_GAP, PASSAGE_GAP, PASSAGE_HEIGHT, Item, Link


def assign_layers(items: list[Item], links: list[Link], capacity: float | None) -> None:
    """Give every item its layer; `items` is in topological order.

    capacity: the height up to which a column is filled; items that do not fit come in later columns. None for no limit.
    """
    starts: dict[int, list[Item]] = {}
    ends: dict[int, list[Item]] = {}
    for link in links:
        if link.end is not None:
            starts.setdefault(id(link.end), []).append(link.start)
            ends.setdefault(id(link.start), []).append(link.end)
    for item in items:
        item.layer = 1 + max((start.layer for start in starts.get(id(item), ())), default=-1)
    for item in items:
        if not item.is_border and id(item) not in starts:
            item.layer = max(0, min((end.layer for end in ends.get(id(item), ())), default=0) - 1)
    if capacity is not None and _largest_load(items) > capacity:
        _BoundedLayers(starts, ends, capacity).assign(items)


def _largest_load(items: list[Item]) -> float:
    loads: dict[int, float] = {}
    for item in items:
        loads[item.layer] = loads.get(item.layer, 0.0) + item.height + ITEM_GAP
    return max(loads.values())


class _BoundedLayers:
    """Assigns layers of bounded height, one subtree after another, so that few lines pass a layer.

    Coffman and Graham (1972) bound the width of layers in this way; they take items by level and not by subtree.
    """

    def __init__(self, starts: dict[int, list[Item]], ends: dict[int, list[Item]], capacity: float):
        self.starts, self.ends, self.capacity = starts, ends, capacity
        self.loads: list[float] = []
        self.placed: set[int] = set()  # ids of items
        self.passed: set[tuple[int, int]] = set()  # id of item, layer that a line from it passes

    def assign(self, items: list[Item]) -> None:
        """Place every item; an item without predecessors is placed with the first item that uses it."""
        for item in items:
            if item.is_border:
                self._put(item, 0)
        order = self._postorder(items)
        for item in order:
            if id(item) in self.starts:
                self._place(item)
        for item in order:
            if id(item) not in self.placed:
                self._put(item, self._layer_with_space(item, 0))
        for item in reversed(order):
            self._delay(item)

    def _postorder(self, items: list[Item]) -> list[Item]:
        """Every item after its predecessors, subtree by subtree."""
        order: list[Item] = []
        seen: set[int] = set()
        for root in reversed(items):  # the last item is the result, whose subtrees are all of the graph as a rule
            stack = [(root, False)]
            while stack:
                item, is_expanded = stack.pop()
                if is_expanded:
                    order.append(item)
                elif id(item) not in seen:
                    seen.add(id(item))
                    stack.append((item, True))
                    stack += [(start, False) for start in reversed(self.starts.get(id(item), []))]
        return order

    def _place(self, item: Item) -> None:
        """Put an item into the first layer where it and its leaves fit, and its leaves into layers right before."""
        starts = self.starts[id(item)]
        leaves = list({id(start): start for start in starts if id(start) not in self.placed}.values())
        ready = [start for start in starts if id(start) in self.placed]
        layer = max([start.layer + 1 for start in ready] + [1 if leaves else 0])
        while (layers := self._leaf_layers(leaves, layer)) is None or not self._has_space(item, layer):
            layer += 1
        self._put(item, layer)
        for leaf, leaf_layer in zip(leaves, layers):
            self._put(leaf, leaf_layer)
        for start in starts:
            for passed in range(start.layer + 1, layer):
                if (id(start), passed) not in self.passed:
                    self.passed.add((id(start), passed))
                    self._load(passed, PASSAGE_HEIGHT + PASSAGE_GAP)

    def _delay(self, item: Item) -> None:
        """Move an item that waits for its only use close to it, if all of its inputs are leaves, which follow it."""
        ends = self.ends.get(id(item), [])
        starts = self.starts.get(id(item), [])
        if item.is_border or not ends or any(id(start) in self.starts or len(self.ends[id(start)]) > 1 for start in starts):
            return
        latest = min(end.layer for end in ends) - 1
        layer = next((i for i in range(latest, item.layer, -1) if self._has_space(item, i)), item.layer)
        if layer == item.layer or any(start.is_border for start in starts):
            return
        for passed in range(item.layer + 1, layer + 1):
            if (id(item), passed) in self.passed:
                self.passed.remove((id(item), passed))
                self._load(passed, -PASSAGE_HEIGHT - PASSAGE_GAP)
        self._load(item.layer, -item.height - ITEM_GAP)
        self._put(item, layer)

    def _leaf_layers(self, leaves: list[Item], layer: int) -> list[int] | None:
        """A layer before `layer` for each leaf; None if they do not fit."""
        layers, added = [], dict[int, float]()
        for leaf in leaves:
            candidates = (i for i in range(layer - 1, -1, -1) if self._has_space(leaf, i, added.get(i, 0.0)))
            place = next(candidates, None)
            if place is None:
                return None
            layers.append(place)
            added[place] = added.get(place, 0.0) + leaf.height + ITEM_GAP
        return layers

    def _layer_with_space(self, item: Item, layer: int) -> int:
        while not self._has_space(item, layer):
            layer += 1
        return layer

    def _has_space(self, item: Item, layer: int, added: float = 0.0) -> bool:
        load = (self.loads[layer] if layer < len(self.loads) else 0.0) + added
        return load == 0 or load + item.height + ITEM_GAP <= self.capacity

    def _put(self, item: Item, layer: int) -> None:
        item.layer = layer
        self.placed.add(id(item))
        self._load(layer, item.height + ITEM_GAP)

    def _load(self, layer: int, height: float) -> None:
        self.loads += [0.0] * (layer + 1 - len(self.loads))
        self.loads[layer] += height
