"""Identities and secrets are made once, kept privately and fit those who read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.gateway.config import Config
from local.stack import servers
from local.stack.cloud import Deployed
from local.stack.errors import StackError
from local.stack.layout import GATEWAY
from local.stack.state import State, read_state, write_private
from parley.business import keys, signing

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack.layout import Layout

PORTS = {"cloud": 1, "gateway": 2, "business": 3}


def test_what_is_saved_is_read_back_and_only_its_owner_may(tmp_path: Path) -> None:
    state = State.fresh(PORTS)

    state.save(tmp_path / "new" / "state.json")

    assert read_state(tmp_path / "new" / "state.json") == state
    assert (tmp_path / "new" / "state.json").stat().st_mode & 0o777 == 0o600


def test_before_the_first_up_there_is_no_state(tmp_path: Path) -> None:
    assert read_state(tmp_path / "state.json") is None


def test_two_stacks_share_no_identity_and_no_secret() -> None:
    one, other = State.fresh(PORTS), State.fresh(PORTS)

    assert one.msp.id != other.msp.id
    assert one.msp.secret != other.msp.secret
    assert one.business.id != other.business.id
    assert one.business.webhook_secret != other.business.webhook_secret
    assert one.business.api_key != other.business.api_key
    assert one.customer.opaque_id != other.customer.opaque_id


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}'])
def test_a_damaged_state_is_told_with_the_way_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)

    with pytest.raises(StackError) as failure:
        read_state(tmp_path / "state.json")

    assert str(tmp_path / "state.json") in failure.value.message
    assert "parley down --purge" in failure.value.hint


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    write_private(target, "before")

    with pytest.raises(TypeError):
        write_private(target, None)  # type: ignore[arg-type]

    assert target.read_text() == "before"


def test_the_api_key_and_the_webhook_secret_have_parleys_form() -> None:
    business = State.fresh(PORTS).business

    assert keys.parse(f"Bearer {business.api_key}") == (business.key_id, business.key_secret)
    assert signing.signed_headers([business.webhook_secret], webhook_id="m", timestamp=1, body=b"{}")


def test_the_gateway_understands_what_it_is_told(layout: Layout) -> None:
    state = State.fresh(PORTS)
    deployed = Deployed(
        {"Outputs": [{"OutputKey": "AppleMessageUrl", "OutputValue": "http://127.0.0.1:4766/a/message"}]}  # type: ignore[typeddict-item]
    )

    config = Config.model_validate(servers.configuration(GATEWAY, state, deployed))

    assert config.businesses == [state.business.id]
    assert config.customers[0].opaque_id == state.customer.opaque_id
