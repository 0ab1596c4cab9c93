"""The table of operators against the schemas of the onnx package: inputs, attributes and their defaults in every version."""

import inspect

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import defs, helper

from nn.interchange.onnx_import import registry
from nn.interchange.onnx_import.construction import LAST_OPSET
from nn.interchange.onnx_import.families import load_families

load_families()
RENAMED = {
    "forward".replace("r", "", 1): "forward",
    "bilinear": "linear",
}  # a misspelt default of GRU 1, and the name that GridSample 20 changed


def domain_of(schema):
    return "" if schema.domain == "ai.onnx" else schema.domain


SCHEMAS = [
    schema
    for schema in defs.get_all_schemas_with_history()
    if schema.domain != "ai.onnx.ml"  # whose operators are supported in part
    and not schema.deprecated
    and schema.since_version <= LAST_OPSET
    and (domain_of(schema), schema.name) in registry._rows
]


def row_of(schema):
    return registry.find_operator(domain_of(schema), schema.name, schema.since_version)


def test_many_operators_are_in_the_table():
    names = {(domain_of(schema), schema.name) for schema in SCHEMAS}
    assert len(names) > 190
    if defs.onnx_opset_version() >= LAST_OPSET:
        assert registry._rows.keys() <= names | {key for key in registry._rows if key[0]}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: f"{schema.name}-{schema.since_version}")
def test_row(schema):
    row = row_of(schema)
    if row is None:  # an operator that is supported in later versions only
        return
    required = {name for name, attribute in schema.attributes.items() if attribute.required}
    names = set(schema.attributes) - {"consumed_inputs"}
    assert names <= row.attributes, "attributes that the row does not take"
    assert row.required <= required | {"shape", "split", "axes"}, "attributes that the row needs, but a model may lack"
    assert row.min_inputs <= schema.min_input, "inputs that the row needs, but a model may lack"
    assert row.max_inputs is None or row.max_inputs >= min(schema.max_input, 99), "inputs that the row does not take"


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: f"{schema.name}-{schema.since_version}")
def test_defaults(schema):
    row = row_of(schema)
    if row is None:
        return
    parameters = inspect.signature(row.function).parameters
    for name, attribute in schema.attributes.items():
        if name not in parameters or not attribute.default_value.type:
            continue
        default = helper.get_attribute_value(attribute.default_value)
        own = parameters[name].default
        if own is None:  # the function decides
            continue
        expected = default.decode() if isinstance(default, bytes) else default
        expected = RENAMED.get(expected, expected) if isinstance(expected, str) else expected
        if isinstance(expected, float):
            assert np.float32(own) == np.float32(expected), name
        else:
            assert (list(own) if isinstance(own, tuple) else own) == expected, name
