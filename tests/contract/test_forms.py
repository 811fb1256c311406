"""The bracket notation, checked against the encoder of stripe-python."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from engine.sandbox import forms
from engine.sandbox.document import Document
from engine.sandbox.problems import StripeProblem

names = st.text(st.characters(exclude_characters="[]", exclude_categories=("Cs",)), min_size=1, max_size=8)
leaves = (
    st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.integers(-(10**17), 10**17) | st.booleans()
)
#: Empty containers leave no trace in a form.
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(names, inner, min_size=1, max_size=4),
    max_leaves=12,
)


def written(tree):
    """The form as httpx sends it, which writes the booleans that stripe-python leaves alone inside lists."""
    return urlencode([(name, str(v).lower() if isinstance(v, bool) else v) for name, v in _api_encode(tree)])


def schema_of(value):
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: schema_of(item) for name, item in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": schema_of(value[0])}
    return {"type": {str: "string", int: "integer", bool: "boolean"}[type(value)]}


def plain(value):
    """The value with every leaf as the text that a form carries."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return {str(at): plain(item) for at, item in enumerate(value)}
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(st.dictionaries(names, trees, min_size=1, max_size=4))
def test_what_stripe_python_writes_is_read_back(tree):
    assert forms.decode(written(tree)) == plain(tree)


#: In a schema all items of a list are alike.
uniform = st.recursive(
    leaves,
    lambda inner: st.dictionaries(names, inner, min_size=1, max_size=4) | inner.map(lambda item: [item] * 2),
    max_leaves=8,
)


@given(st.dictionaries(names, uniform, min_size=1, max_size=4))
def test_the_schema_gives_the_values_their_types_back(tree):
    assert forms.typed(forms.decode(written(tree)), schema_of(tree), lambda schema: schema) == tree


@pytest.mark.parametrize(
    "text", ["a[b=1", "[a]=1", "a]b=1", "a=1&a=2", "a=1&a[b]=2", "a[b]=2&a=1", "a", "a" + "[b]" * 20 + "=1"]
)
def test_what_nobody_means_is_refused(text):
    with pytest.raises(StripeProblem):
        forms.decode(text)


def test_the_tenth_item_comes_after_the_ninth():
    tree = {"expand": [f"e{at}" for at in range(12)]}

    assert forms.typed(forms.decode(written(tree)), schema_of(tree), lambda schema: schema) == tree


def test_open_brackets_count_on():
    assert forms.decode("expand[]=a&expand[]=b") == {"expand": {"0": "a", "1": "b"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("created=5", {"created": 5}),
        ("created[gte]=5&created[lt]=9", {"created": {"gte": 5, "lt": 9}}),
        ("limit=3&expand[0]=data.payment_intent", {"limit": 3, "expand": ["data.payment_intent"]}),
        ("", {}),
    ],
)
def test_the_document_tells_the_types_of_a_query(text, expected):
    document = Document()
    operation, _ = document.find("GET", "/v1/checkout/sessions")

    assert document.read(operation, text) == expected


@pytest.mark.parametrize(
    ("text", "code", "param"),
    [
        ("colour=red", "parameter_unknown", "colour"),
        ("line_items[0][colour]=red", "parameter_unknown", "line_items[0][colour]"),
        ("line_items[0][price_data][unit_amount]=5", "parameter_missing", "line_items[0][price_data][currency]"),
        ("expires_at=soon", "parameter_invalid", "expires_at"),
        ("mode=barter", "parameter_invalid", "mode"),
        ("payment_method_types[x]=card", "parameter_invalid", "payment_method_types"),
        ("line_items=5", "parameter_invalid", "line_items"),
    ],
)
def test_a_parameter_that_stripe_does_not_take_is_named(text, code, param):
    document = Document()
    operation, _ = document.find("POST", "/v1/checkout/sessions")

    with pytest.raises(StripeProblem) as refused:
        document.read(operation, text)

    assert (refused.value.status, refused.value.body["error"]["code"]) == (400, code)
    assert refused.value.body["error"]["param"] == param
