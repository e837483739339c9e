"""The corpus is sound in itself: enough cases, told apart by name, each really broken where it says."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.contract.corpus import pictures
from tests.contract.corpus.cases import name_of
from tests.contract.corpus.edits import parent_of, value_at
from tests.contract.corpus.everything import BROKEN, EVERY, GOOD

if TYPE_CHECKING:
    from tests.contract.corpus.cases import Broken, Good
    from tests.contract.corpus.edits import Message

every_good = pytest.mark.parametrize("case", GOOD, ids=name_of)
every_broken = pytest.mark.parametrize("case", BROKEN, ids=name_of)


def written(message: Message) -> str:
    """As JSON, where true is not 1 (in Python the two are equal)."""
    return json.dumps(message, sort_keys=True)


def test_there_are_enough_cases() -> None:
    assert len(GOOD) >= 100
    assert len(BROKEN) >= 200


def test_every_case_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(map(name_of, EVERY)).items() if times > 1] == []


def test_no_message_is_there_twice() -> None:
    names: dict[str, list[str]] = {}
    for case in EVERY:
        names.setdefault(written(case.message()), []).append(case.name)

    assert [twins for twins in names.values() if len(twins) > 1] == []


def test_every_base_is_made_anew_on_each_call() -> None:
    for base in {case.base for case in EVERY}:
        base().clear()

        assert base()


@every_good
def test_a_good_message_with_edits_differs_from_its_base(case: Good) -> None:
    assert case.says
    assert bool(case.edits) == (written(case.message()) != written(case.base()))


@every_broken
def test_a_broken_message_differs_from_its_base(case: Broken) -> None:
    assert case.says
    assert written(case.message()) != written(case.base())


@every_broken
def test_every_pointer_of_a_broken_message_lies_inside_an_object_or_array_of_it(case: Broken) -> None:
    message = case.message()

    assert case.at
    for pointer in sorted(case.pointers()):
        assert pointer.startswith("/")
        assert isinstance(value_at(message, parent_of(pointer)), dict | list), pointer


@pytest.mark.parametrize("characters", [15_356, 15_360, 200_000, 200_004])
def test_a_picture_has_exactly_the_characters_asked_for(characters: int) -> None:
    assert len(pictures.png_of_characters(characters)) == characters


@pytest.mark.parametrize("size", [0, 150_000, 204_801])
def test_a_picture_is_a_real_png(size: int) -> None:
    data = base64.b64decode(pictures.png(size), validate=True)
    kinds = []
    position = 8
    while position < len(data):
        (length,) = struct.unpack(">I", data[position : position + 4])
        chunk = data[position + 4 : position + 8 + length]
        assert data[position + 8 + length : position + 12 + length] == struct.pack(">I", zlib.crc32(chunk))
        kinds.append(chunk[:4])
        position += 12 + length

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert (kinds[0], kinds[-1]) == (b"IHDR", b"IEND")
    assert size in {0, len(data)}
