"""API keys: what is made is recognised, what is mistyped is found, and nobody gives what they have not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from parley.business import keys
from parley.business.scopes import SCOPES
from parley.errors import Forbidden
from tests.unit.services.test_api_keys import FIRST, Desk, other

if TYPE_CHECKING:
    import random

    from parley.business.scopes import Mode


@given(st.randoms(use_true_random=False), st.sampled_from(["live", "test"]))
def test_a_made_key_has_the_documented_form_and_is_read_back(chance: random.Random, mode: Mode) -> None:
    key_id = keys.new_id(mode, choice=chance.choice)
    secret = keys.new_secret(key_id, choice=chance.choice)

    assert re.fullmatch(keys.FORM, f"{key_id}.{secret}")
    assert key_id.startswith(f"parley_{mode}_")
    assert keys.parse(f"Bearer {key_id}.{secret}") == (key_id, secret)


@given(st.randoms(use_true_random=False), st.data())
def test_one_wrong_character_anywhere_is_found(chance: random.Random, data: st.DataObject) -> None:
    key_id = keys.new_id("live", choice=chance.choice)
    whole = f"{key_id}.{keys.new_secret(key_id, choice=chance.choice)}"
    place = data.draw(st.integers(0, len(whole) - 1).filter(lambda at: whole[at] not in "._"))
    other = data.draw(st.sampled_from("0Aa9Zz").filter(lambda letter: letter != whole[place]))

    found = keys.parse(f"Bearer {whole[:place]}{other}{whole[place + 1 :]}")

    # In the word `parley` it may be anything: then it is no key of ours, but could be an older one of that name.
    assert found is None or place < len("parley")


@given(
    asking=st.sets(st.sampled_from(SCOPES)),
    had=st.sets(st.sampled_from(SCOPES), min_size=1),
    wanted=st.sets(st.sampled_from(SCOPES), min_size=1),
)
def test_no_change_gives_a_key_what_neither_it_nor_the_asking_one_had(
    asking: set[str], had: set[str], wanted: set[str]
) -> None:
    desk = Desk(other(scopes=tuple(asking | {"keys"})), replace(FIRST, id="third", scopes=tuple(had)))

    try:
        changed = desk.change("third", by="other", scopes=sorted(wanted))
    except Forbidden:
        assert not wanted <= asking | {"keys"}
        assert not wanted <= had
    else:
        assert set(changed.scopes) == wanted
        assert wanted <= had or wanted <= asking | {"keys"}
