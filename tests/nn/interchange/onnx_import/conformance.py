"""The conformance suite of the onnx package: its test cases run by `load_onnx`'s modules.

    python -m tests.nn.interchange.onnx_import.conformance            counts by category
    python -m tests.nn.interchange.onnx_import.conformance --write    … and the table of failures, conformance.json
    python -m tests.nn.interchange.onnx_import.conformance PATTERN    the cases whose names contain a text, with errors

The suite compares with its own tolerances (`Runner.assert_similar_outputs`).
"""

import argparse
import collections
import json
import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")

import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests
from onnx.backend.test.runner import Runner

from autograd import Tensor, no_grad
from nn.interchange.onnx_import.model import module_of

CATEGORIES = ("node", "simple", "pytorch-converted", "pytorch-operator", "real")
TABLE = Path(__file__).with_name("conformance.json")
DATA = Path(onnx.__file__).parent


def as_value(item):
    """An input or an expected output of a test case, as arrays and lists."""
    if isinstance(item, onnx.TensorProto):
        return numpy_helper.to_array(item)
    if isinstance(item, onnx.SequenceProto):
        return numpy_helper.to_list(item)
    if isinstance(item, onnx.OptionalProto):
        return numpy_helper.to_optional(item)
    return item


def as_result(value):
    """An output of a module as the suite compares it."""
    if isinstance(value, list):
        return [as_result(element) for element in value]
    return np.asarray(value.data) if isinstance(value, Tensor) else value


def read_protobuf(path, type_proto):
    message = onnx.TensorProto()
    if type_proto.HasField("sequence_type"):
        message = onnx.SequenceProto()
    elif type_proto.HasField("optional_type"):
        message = onnx.OptionalProto()
    message.ParseFromString(Path(path).read_bytes())
    return as_value(message)


def data_sets(case, model):
    """Pairs of inputs and expected outputs."""
    if case.data_sets is not None:
        return case.data_sets
    if case.model_dir is None:  # a light network: dummy inputs, as the suite makes them
        initializers = {tensor.name for tensor in model.graph.initializer}
        inputs = [Runner.generate_dummy_data(item) for item in model.graph.input if item.name not in initializers]
        stem = str(model_path(case)).removesuffix(".onnx")
        outputs = [read_protobuf(f"{stem}_output_{i}.pb", item.type) for i, item in enumerate(model.graph.output)]
        return [(inputs, outputs)]
    return [
        tuple(
            [
                read_protobuf(folder / f"{stem}_{i}.pb", item.type)
                for i, item in enumerate(items)
                if (folder / f"{stem}_{i}.pb").exists()
            ]
            for stem, items in (("input", model.graph.input), ("output", model.graph.output))
        )
        for folder in sorted(Path(case.model_dir).glob("test_data_set*"))
    ]


def model_path(case):
    return Path(case.model_dir) / "model.onnx" if case.model_dir else DATA.parent / case.url


def run(case):
    """Run a case; raises an error if it fails."""
    model = case.model if case.model is not None else onnx.load(model_path(case))
    module = module_of(model, case.model_dir)
    for inputs, expected in data_sets(case, model):
        with no_grad():
            outputs = module(*map(as_value, inputs))
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        Runner.assert_similar_outputs(
            [as_value(item) for item in expected], list(map(as_result, outputs)), case.rtol, case.atol
        )


def element_types(case):
    """The names of the element types of a case's inputs and outputs."""
    infos = [*case.model.graph.input, *case.model.graph.output] if case.model is not None else []
    names = onnx.TensorProto.DataType.Name
    tensors = []
    for info in infos:
        proto = info.type
        while not proto.HasField("tensor_type") and proto.WhichOneof("value"):
            proto = getattr(proto, proto.WhichOneof("value")).elem_type
        tensors.append(names(proto.tensor_type.elem_type))
    return set(tensors)


PLAIN_TYPES = {"FLOAT16", "FLOAT", "DOUBLE", "BOOL", *(f"{sign}INT{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64))}


#: Reasons that an error does not tell.
REASONS = {
    "test_bernoulli": "random: the expected numbers are those of another generator",
    "test_loop16_seq_none": "the suite cannot compare sequences of scalars: it takes the length of each element",
}


def reason(name, error):
    """One line for the table."""
    known = next((text for prefix, text in REASONS.items() if name.startswith(prefix)), None)
    return known or f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def cases(category):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_model_tests(kind=category)


def failures(selected, progress=None):
    """The failing cases by name, with the reason; and the number of all and of plain ones."""
    failed, total, plain, plain_failed = {}, 0, 0, 0
    for case in selected:
        total += 1
        is_plain = element_types(case) <= PLAIN_TYPES
        plain += is_plain
        try:
            run(case)
        except Exception as error:  # the reason of any failure belongs in the table
            failed[case.name] = reason(case.name, error)
            plain_failed += is_plain
            if progress is not None:
                progress(case.name, error)
    return failed, total, plain, plain_failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pattern", nargs="?", default="")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--category", choices=CATEGORIES)
    options = parser.parse_args()
    table, start = {}, time.perf_counter()
    show = (lambda name, error: print(f"  {name}: {reason(name, error)}")) if options.pattern else None
    for category in [options.category] if options.category else CATEGORIES:
        selected = [case for case in cases(category) if options.pattern in case.name]
        failed, total, plain, plain_failed = failures(selected, show)
        table[category] = {"total": total, "passed": total - len(failed), "failed": dict(sorted(failed.items()))}
        if category == "node":
            table[category]["plain"] = {"total": plain, "passed": plain - plain_failed}
        note = f", of float, integer and bool types {plain - plain_failed} of {plain}" if category == "node" else ""
        print(f"{category:18} {total - len(failed):5} of {total}{note}")
    print(f"{time.perf_counter() - start:.0f} s")
    counts = collections.Counter(text[:120] for entry in table.values() for text in entry["failed"].values())
    if not options.pattern:
        for text, count in counts.most_common(60):
            print(f"{count:5} {text}")
    if options.write:
        TABLE.write_text(json.dumps({"onnx": onnx.__version__, **table}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
