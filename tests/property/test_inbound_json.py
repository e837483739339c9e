"""Any JSON object that can be stored is read, and written back to mean the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parley.apple import inbound
from parley.errors import Rejected
from tests.support import apple_requests as apple

texts = st.text(st.characters(), max_size=30)  # lone surrogates too
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)
identities = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:", min_size=1, max_size=128)
opaque_ids = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=200)


@st.composite
def envelopes(draw: st.DrawFn) -> dict[str, Any]:
    """An object with the four required fields and anything else."""
    extra = draw(st.dictionaries(texts, values, max_size=5))
    required = {
        "id": draw(identities),
        "type": draw(identities),
        "sourceId": draw(opaque_ids),
        "destinationId": draw(identities),
    }
    return extra | required


def mended(value: object) -> object:
    """What a value becomes when half characters are replaced: the meaning `text` has to keep."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {mended(key): mended(item) for key, item in value.items()}
    return value


@given(content=envelopes(), ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
@example(content=apple.envelope(x="\ufffe\uffff\U0001f600\ud83d"), ascii_only=True, indent=None)
def test_any_envelope_is_read_and_its_text_means_the_same(
    content: dict[str, Any], *, ascii_only: bool, indent: int | None
) -> None:
    written = json.dumps(content, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")

    message = inbound.read(written, apple.headers(content))

    assert message.text.isascii()
    assert json.loads(message.text) == message.raw == mended(content)
    assert message.id == content["id"].lower()
    assert message.source_id == content["sourceId"]
    json.dumps(message.raw, ensure_ascii=False).encode()  # what a webhook needs


@given(content=envelopes())
def test_everything_asked_of_a_message_has_an_answer(content: dict[str, Any]) -> None:
    message = inbound.read(json.dumps(content).encode(), apple.headers(content))

    for word in (message.locale, message.intent, message.group, message.session):
        assert word is None or 0 < len(word) <= 256
    for fact in (message.is_typing, message.is_authored, message.closes, message.needs_transfer):
        assert isinstance(fact, bool)


@given(noise=st.binary(max_size=200))
@settings(max_examples=300)
def test_any_other_bytes_are_refused_and_nothing_else_happens(noise: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        inbound.read(noise, {})

    assert caught.value.code


@given(content=st.dictionaries(st.sampled_from(["id", "type", "sourceId", "destinationId", "body"]), values))
def test_any_object_is_read_or_refused_by_name(content: dict[str, Any]) -> None:
    sent = {name: str(value) for name, value in apple.headers(content).items()}
    codes: list[str] = []

    try:
        inbound.read(json.dumps(content).encode(), sent)
    except Rejected as refusal:
        codes.append(refusal.code)

    assert all(code.endswith(("_invalid", "_missing", "_mismatch")) for code in codes)
