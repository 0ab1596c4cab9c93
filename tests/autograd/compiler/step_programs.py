"""Random steps, compiled and eager, compared bit for bit: `python -m tests.autograd.compiler.step_programs 5000`.

A program is a step with a memory layout of its input, functions that change arrays in place, activations and reductions, state
that it carries from run to run, a change from outside before one of its runs, or several threads.
"""

import random
import sys
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count

import numpy as np

import autograd
import nn
from autograd import Tensor, no_grad
from autograd.extend import nondeterministic, side_effect
from tests.autograd.compiler.training_steps import hidden_state

RUNS = 10
HIDDEN_RUNS = 60  # of programs with state that only the audit sees
ROWS, COLUMNS = 4, 6

LAYOUTS = {
    "plain": lambda x: x,
    "transposed": lambda x: np.array(x.T).T,
    "strided": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "flipped": lambda x: np.array(x[::-1, ::-1])[::-1, ::-1],
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}

ON_ARRAYS = [  # a: an array (4, 6) of this run
    "a = np.tanh(a.T).T",
    "a = np.tanh(a.T).T.reshape(-1).reshape(4, 6)",
    "a = a[::-1] * 1.5",
    "a = np.asarray(a[:, ::-1]) + a",
    "a = a.reshape(6, 4).T.copy()",
    "a = np.swapaxes(np.exp(np.swapaxes(a, 0, 1) * 0.1), 0, 1)",
    "a = a - a.mean(axis=0)",
    "a = a / (1 + np.abs(a).sum(axis=1, keepdims=True))",
    "a = np.cumsum(a.T, axis=0).T * 0.1",
    "a = a ** 2 * 0.5",
    "a = a + a.sum() ** 3 * 1e-6",
    "a = np.where(a > 0, a, 0.1 * a)",
    "q, r = divmod(a, 0.7); a = q * 0.1 + r",
    "a = a + a.max(axis=1)[:, None]",
    "a = a.transpose() @ a.view() @ a.T.copy()[:, :4] if False else a.transpose().T",
    "a = np.concatenate([a[:2], a[2:] * 2])",
    "a = np.stack([a.T, a.T]).sum(axis=0).T",
    "import copy; a = copy.deepcopy(a)",
    "a = np.sqrt(np.abs(a.T)).ravel().reshape(6, 4).T",
    "a = a * (2.0 if isinstance(a, np.ndarray) else 3.0)",
    "a = a.clip(-1, 1)",
    "a = np.sin(a.T[::-1])[::-1].T",
]
IN_PLACE = [
    "a = a * 1.0; np.fill_diagonal(a, 0.5)",
    "a = a * 1.0; np.copyto(a, a[::-1] * 0.5)",
    "a = a * 1.0; np.put(a, [0, 3], [0.25, a.sum()])",
    "a = a * 1.0; np.putmask(a, a > 0, 0.5)",
    "a = a * 1.0; np.place(a, a < 0, [0.125])",
    "a = a * 1.0; np.put_along_axis(a, np.array([[1]] * 4), 2.0, axis=1)",
    "a = a * 1.0; np.add.at(a, (np.array([0, 0]), np.array([1, 1])), 0.5)",
    "a = a / (a > -0.5); np.nan_to_num(a, copy=False, posinf=0.5, neginf=0.25)",
    "a = a * 1.0; np.exp(a * 0.1, a)",
    "a = a * 1.0; np.multiply(a, 2, out=a)",
    "a = a * 1.0; a[1:] += 0.5",
    "a = a * 1.0; a.T[0] = 3.0",
    "a = a * 1.0; a.sort(axis=1)",
    "a = a * 1.0; a.fill(0.75)",
    "a = a * 1.0; np.clip(a, -0.5, 0.5, a)",
    "a = a * 1.0; b = a[::2]; b -= 1.0; b[:, 0] = 0.0",
    "a = a * 1.0; np.cumsum(a, 1, None, a)",
    "a = a * 1.0; a.shape = (6, 4); a = a.T",
    "b = np.zeros((4, 6)); np.copyto(b, a); a = b",
    "b = np.empty((4, 6)); b[:] = a; a = b * 2",
]
ON_TENSORS = [  # h: a tensor (4, 6)
    "h = np.tanh(h.T).T",
    "h = np.tanh(h.T).T.reshape(-1).reshape(4, 6)",
    "h = h.relu() + 0.1",
    "h = h.sigmoid()",
    "h = nn.functional.softmax(h.T).T",
    "h = nn.functional.gelu(h)",
    "h = h[::-1] * h",
    "h = h - h.mean(axis=0)",
    "h = h / (1 + np.abs(h).sum(axis=1, keepdims=True))",
    "h = (h @ h.T) @ h * 0.1",
    "h = h.reshape(6, 4).T",
    "h = np.concatenate([h[:2], h[2:] * 2])",
    "h = nn.functional.log_softmax(h)",
    "h = np.maximum(h.T, 0.05).T",
    "h = h * (h.detach() > 0)",
    "h = h + np.exp(-h * h).sum(axis=0)",
    "h = h ** 3 * 0.1",
    "h = np.where(h.data > 0, h, 0.5 * h)",
    "h = round(h, 2) + h",
    "h = model(h)",
]
LOSSES = [
    "loss = (h * h).sum()",
    "loss = h.mean() + (w * w).sum()",
    "loss = nn.functional.cross_entropy(h, labels)",
    "loss = cross_entropy(h, labels)",
    "loss = h.T.reshape(-1)[3:].sum()",
    "loss = np.abs(h).max() + h.sum(axis=1).std()",
]
STATE = {  # what a step carries from run to run
    "none": "",
    "item": "a = a + prev['y']; prev['y'] = a * 0.5",
    "item of a view": "a = a + prev['y']; prev['y'] = np.tanh(a.T).T",
    "global": "global G; G += 1.0; a = a + G",
    "attribute": "holder.n += 1; a = a * (2 if holder.n % 4 == 0 else 1)",
    "class attribute": "Holder.n += 1; a = a + Holder.n",
    "list": "seen.append(a.sum()); a = a + len(seen)",
    "array": "t = table; t += 0.5; a = a + table",
    "array filled": "table.fill(a.sum()); a = a + table",
    "array written": "np.add(table, 0.5, out=table); a = a + table",
    "nonlocal": "nonlocal total; total = total + 1.0; a = a + total",
    "helper": "bump(); a = a + holder.n",
    "setattr": "setattr(holder, 'n', holder.n + 1); a = a + holder.n",
    "random": "a = a + generator.random()",
    "random branch": "a = a * (2.0 if generator.random() < 0.3 else 1.0)",
    "python random": "a = a * (2.0 if source.random() < 0.3 else 1.0)",
    "next": "a = a + next(ticks)",
    "iterator": "a = a + [k for k, _ in zip(ticks, 'a')][0]",
    "partial": "a = a + tick()",
    "method of an iterator": "a = a + advance()",
    "declared draw": "a = a + nondeterministic(generator.random, (4, 6))",
    "declared write": "keep(a * 0.5); a = a + 1",
    "kept tensor": "keep_tensor(Tensor(a)); a = a + 1",
    "hidden counter": "a = a + draw()",
    "hidden branch": "a = a * (2.0 if draw() % 4 == 0 else 1.0)",
    "hidden random branch": "a = a * (2.0 if flip() else 1.0)",
}
HIDDEN = {"hidden branch", "hidden random branch"}  # what only the audit sees
READS = {  # a read of something that `change` below changes before run 5 or 6
    "none": ("", ""),
    "dict": ("a = a * cfg['beta']", "cfg['beta'] = 0.25"),
    "dict get": ("a = a * cfg.get('beta', 1.0)", "cfg['beta'] = 0.25"),
    "list": ("a = a * numbers[0]", "numbers[0] = 7.0"),
    "list by index": ("i = 1; a = a * numbers[i]", "numbers[1] = 7.0"),
    "list sum": ("a = a * sum(numbers)", "numbers[1] = 7.0"),
    "nested": ("a = a * cfg['inner'][0]['x']", "cfg['inner'][0]['x'] = 3.0"),
    "global": ("a = a * SCALE", "globals()['SCALE'] = 5.0"),
    "global of a helper": ("a = scaled(a)", "globals()['SCALE'] = 5.0"),
    "attribute": ("a = a * holder.scale", "holder.scale = 5.0"),
    "attribute by name": ("a = a * getattr(holder, 'scale')", "holder.scale = 5.0"),
    "class attribute": ("a = a * holder.rate", "type(holder).rate = 5.0"),
    "property": ("a = a * holder.double", "holder.scale = 5.0"),
    "method": ("a = holder.apply(a)", "holder.scale = 5.0"),
    "loop": ("for part in parts: a = a * part.scale", "parts[1].scale = 5.0"),
    "module": ("a = a * config.beta", "config.beta = 5.0"),
    "array": ("a = a * table", "table[:] = 2.0"),
    "array sum": ("a = a * table.sum()", "table[:] = 2.0"),
    "array alone": ("a = a + np.tanh(table * 2)", "table[:] = 2.0"),
    "constant tensor": ("a = (c * a).data", "c.data[...] = 2.0"),
    "constant alone": ("a = a + (c * c).data", "c.data[...] = 2.0"),
    "constant replaced": ("a = (c * a).data", "c.data = np.full((4, 6), 2.0)"),
    "constant attribute": ("a = (holder.c * a).data", "holder.c = Tensor(np.full((4, 6), 2.0))"),
    "requires_grad": ("w2 = c", "c.requires_grad = True"),
    "forward hook": ("", "model.register_forward_hook(lambda module, args, output: output * 2)"),
    "layer": ("", "model[0] = nn.Linear(6, 6, rng=5)"),
    "training": ("", "model.eval()"),
    "label smoothing": ("", "cross_entropy.label_smoothing = 0.2"),
    "gradient hook": ("", "w.register_hook(lambda g: g * 3)"),
    "new weights": ("", "w.data = w.data * 2"),
    "weights in place": ("", "w.data[...] = 0.5"),
    "frozen": ("", "model.requires_grad_(False)"),
    "closure": ("a = a * offset", "set_offset(4.0)"),
}

TEMPLATE = """
G = 0.0
SCALE = 1.5

def scaled(x):
    return x * SCALE

class Holder:
    rate = 1.5
    n = 0
    def __init__(self):
        self.scale, self.c = 1.5, Tensor(np.full((4, 6), 1.5))
    @property
    def double(self):
        return self.scale * 2
    def apply(self, x):
        return x * self.scale

def make():
    values = np.random.default_rng(7)
    w = Tensor(values.normal(size=(4, 6)), requires_grad=True, name="w")
    c = Tensor(values.normal(size=(4, 6)))
    model = nn.Sequential(nn.Linear(6, 6, rng=1), nn.Tanh(), {layer})
    cross_entropy = nn.CrossEntropyLoss({options})
    labels = np.array([0, 5, 2, 2])
    table = np.full((4, 6), 0.5)
    cfg = {{"beta": 1.5, "inner": [{{"x": 1.5}}]}}
    numbers = [1.5, 2.5]
    prev = {{"y": np.zeros((4, 6))}}
    seen, total, offset = [], 0.0, 1.5
    holder, parts = Holder(), [Holder(), Holder()]
    generator, source, ticks = np.random.default_rng(3), random.Random(3), iter(range(100))
    draw, flip = hidden_state(count(1)), hidden_state(iter(lambda: source.choice([False, False, True]), None))
    tick, advance = partial(next, count(1)), count(1).__next__
    keep = side_effect(lambda value: prev.update(y=value))
    keep_tensor = side_effect(lambda value: prev.update(y=value))
    def set_offset(value):
        nonlocal offset
        offset = value
    def bump():
        holder.n += 1
    def step(a):
        {nonlocals}
        w.zero_grad()
        model.zero_grad()
        {body}
        loss.backward()
        return loss, h, a
    def change():
        {change}
    return step, change, (w, c, *model.parameters()), prev
"""


@dataclass
class Program:
    """A random program: its source, and the memory layouts of its runs."""

    source: str
    layouts: list[str]
    state: str
    change_at: int
    threads: bool
    reason: str = ""
    audited_after: int = 0
    notes: list[str] = field(default_factory=list)


def random_program(seed: int) -> Program:
    choose = random.Random(seed)
    state = choose.choice([*STATE, *["none"] * len(STATE)])
    read, change = READS[choose.choice([*READS, *["none"] * 20])]
    arrays = choose.choices(ON_ARRAYS, k=choose.randint(0, 4)) + choose.choices(IN_PLACE, k=choose.choice([0, 0, 1, 1, 2]))
    choose.shuffle(arrays)
    lines = ["a = a * 1.0 + 0.25", *arrays]
    for line in (read, STATE[state]):
        if line:
            lines.insert(choose.randint(1, len(lines)), line)
    nonlocals = next(
        (part.strip() for line in lines for part in line.split(";") if part.startswith(("global", "nonlocal"))), ""
    )
    lines = [line.replace(f"{nonlocals}; ", "") if nonlocals else line for line in lines]
    lines.append(
        choose.choice(
            ["h = w * a", "h = w + np.tanh(a)", "h = np.tanh(w.T * a.T).T", "h = (w * a) @ (a.T @ a)", "h = w * c * a"]
        )
    )
    lines += choose.choices(ON_TENSORS, k=choose.randint(0, 4))
    if choose.random() < 0.1:
        lines.append("(slope,) = autograd.gradients((h * h).sum(), [w], create_graph=True); h = h + slope * slope")
    lines.append(choose.choice(LOSSES))
    if choose.random() < 0.3:
        lines.append("h = h.detach()")
    threads = state == "none" and choose.random() < 0.1
    source = TEMPLATE.format(
        nonlocals=nonlocals or "pass",
        body="\n        ".join(lines),
        change=change or "pass",
        layer=choose.choice(["nn.Linear(6, 6, rng=2)", "nn.Dropout(0.5, rng=2)", "nn.BatchNorm1d(6)", "nn.LayerNorm(6)"]),
        options=choose.choice(["", "", "label_smoothing=0.1", "weight=np.arange(1.0, 7.0)", "reduction='sum'"]),
    )
    layout = choose.choice(list(LAYOUTS))
    runs = HIDDEN_RUNS if state in HIDDEN else RUNS
    layouts = [layout if choose.random() < 0.8 else choose.choice(list(LAYOUTS)) for _ in range(runs)]
    return Program(source, layouts, state, choose.choice([4, 5, 6]) if change else -1, threads)


def plain_program(read: str = "none", state: str = "none") -> Program:
    """A program with one read that changes before run 6, or one state, and nothing else."""
    line, change = READS[read]
    nonlocals = next((part for part in STATE[state].split("; ") if part.startswith(("global", "nonlocal"))), "")
    lines = [line, STATE[state].replace(f"{nonlocals}; ", "") if nonlocals else STATE[state], "h = model(w * a)"]
    source = TEMPLATE.format(
        nonlocals=nonlocals or "pass",
        body="\n        ".join(filter(None, [*lines, "loss = cross_entropy(h, labels) + (c * w).sum()"])),
        change=change or "pass",
        layer="nn.BatchNorm1d(6)",
        options="",
    )
    return Program(source, ["plain"] * RUNS, state, 5 if change else -1, False)


def _bits(tree):
    arrays = [None if x is None else np.asarray(x.data if isinstance(x, Tensor) else x) for x in tree]
    return [None if x is None else (x.dtype, x.shape, np.where(np.isnan(x), np.nan, x).tobytes()) for x in arrays]


def _run(program, wrap):
    """Yield what is seen after each run: bits of the results, gradients and carried state; or the class of an error."""
    config = type(sys)("config")
    config.__file__, config.beta = __file__, 1.5
    scope = {"np": np, "nn": nn, "autograd": autograd, "Tensor": Tensor, "nondeterministic": nondeterministic, "random": random}
    scope |= {"side_effect": side_effect, "partial": partial, "count": count, "no_grad": no_grad, "config": config}
    scope["hidden_state"] = hidden_state
    exec(compile(program.source, "<program>", "exec"), scope)
    step, change, tensors, prev = scope["make"]()
    step = wrap(step)
    inputs = np.random.default_rng(11)
    for k in range(len(program.layouts)):
        if k == program.change_at:
            change()
        x = LAYOUTS[program.layouts[k]](inputs.normal(size=(ROWS, COLUMNS)))
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                result = step(x)
        except Exception as error:
            yield type(error).__name__, str(error)
            continue
        kinds = [type(x.data if isinstance(x, Tensor) else x) for x in (*result, prev["y"])]
        yield kinds, _bits([*result, prev["y"], x]), _bits([tensor.grad for tensor in tensors])


def _run_in_threads(program, wrap):
    scope = {"np": np, "nn": nn, "autograd": autograd, "Tensor": Tensor, "nondeterministic": nondeterministic, "random": random}
    scope |= {"side_effect": side_effect, "partial": partial, "count": count, "no_grad": no_grad, "config": None}
    scope["hidden_state"] = hidden_state
    source = (
        program.source.replace("loss.backward()", "pass").replace("w.zero_grad()", "pass").replace("model.zero_grad()", "pass")
    )
    exec(
        compile(source.replace("Dropout(0.5, rng=2)", "Tanh()").replace("BatchNorm1d(6)", "Tanh()"), "<program>", "exec"), scope
    )
    step = wrap(scope["make"]()[0])
    xs = [LAYOUTS[program.layouts[k % RUNS]](np.random.default_rng(k).normal(size=(ROWS, COLUMNS))) for k in range(24)]

    def call(x):
        try:
            with np.errstate(all="ignore"):
                return _bits(step(x))
        except Exception as error:
            return type(error).__name__, str(error)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(call, xs))


def check(program: Program) -> str:
    """Whether a program is "same", "wrong", or, with state that only the audit sees, "audited" or "not audited yet"."""
    compiled = []

    def wrap(step):
        compiled.append(autograd.compile(step))
        return compiled[-1]

    if program.threads:
        outcome = "same" if _run_in_threads(program, wrap) == _run_in_threads(program, lambda step: step) else "wrong"
        program.reason = compiled[0].fallback_reason
        return outcome
    differing = []
    for k, (actual, expected) in enumerate(zip(_run(program, wrap), _run(program, lambda step: step))):
        if not program.audited_after and compiled[0].fallback_reason:
            program.audited_after = k + 1
        if actual != expected:
            differing.append(k)
            program.notes.append(f"run {k + 1}: {actual} instead of {expected}")
    program.reason = compiled[0].fallback_reason
    if not differing:
        return "same"
    if program.state not in HIDDEN:
        return "wrong"
    return "audited" if program.reason else "not audited yet"


def main(number: int, first: int = 0) -> int:
    outcomes, reasons, runs = Counter[str](), Counter[str](), Counter[int]()
    for seed in range(first, first + number):
        program = random_program(seed)
        outcome = check(program)
        outcomes[outcome] += 1
        outcomes["replayed" if not program.reason else "eager, with a reason"] += 1
        reasons[program.reason.split("(")[0][:60]] += 1
        if "computed both ways" in program.reason:
            runs[program.audited_after] += 1
        if outcome == "wrong":
            print(f"seed {seed}: {program.notes[0][:300] if program.notes else 'threads'}\n  {program.reason or 'replayed'}")
    print(dict(outcomes))
    print("only the audit saw, after how many runs:", dict(runs))
    for reason, times in reasons.most_common(40):
        print(f"{times:6} {reason or 'replayed'}")
    return outcomes["wrong"]


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:] or ["300"]))))
