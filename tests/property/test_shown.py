"""Whatever a device, or a business's own JSON, looks like: it can be shown, and what was stored stays as it is."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parley.business import shown

NAMES = st.sampled_from(
    [
        "interactiveData",
        "data",
        "images",
        "authenticate",
        "oauth2",
        "payment",
        "notification",
        "parameters",
        "interactiveDataRef",
        "richLinkDataRef",
        "richLinkData",
        "assets",
        "image",
        "key",
        "body",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.integers(0, 3) | st.just("x"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, ANYTHING, max_size=4))
def test_whatever_a_message_looks_like_it_can_be_shown(content: dict[str, Any]) -> None:
    before = deepcopy(content)

    for show in (shown.inbound, shown.outbound):
        json.dumps(show("interactive", content))
        json.dumps(show("text", content))

    assert content == before
