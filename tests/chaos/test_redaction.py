"""Whatever goes wrong, what a business marks is delivered like everything else, and ends as nobody can read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from parley.business.model import REDACTED, Mark
from parley.business.snapshot import PrivacySettings
from parley.storage.attributes import decode_item
from parley.storage.privacy import DynamoPrivacy
from tests.chaos import deployment
from tests.chaos.run import run
from tests.chaos.world import World

if TYPE_CHECKING:
    from tests.chaos.receiver import Receiver

SEEDS: Final = (3, 15, 19, 22, 24)
"""Among them some with large texts, and some whose administrators have webhooks delivered again."""


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> list[World]:
    """Every world that is made; its businesses want no text to stay."""
    made: list[World] = []
    register, create = World.register, World.__init__

    def marked(self: World, business_id: str, endpoints: list[str]) -> list[Receiver]:
        receivers = register(self, business_id, endpoints)
        settings = DynamoPrivacy(self._direct, table=deployment.NAMES["Table"])
        assert settings.put(business_id, PrivacySettings(redact=(Mark("text", "body"),)), version=0)
        return receivers

    def remembered(self: World, *args: Any, **kwargs: Any) -> None:
        create(self, *args, **kwargs)
        made.append(self)

    monkeypatch.setattr(World, "register", marked)
    monkeypatch.setattr(World, "__init__", remembered)
    return made


def test_everything_arrives_in_order_and_no_text_is_left(worlds: list[World]) -> None:
    left: list[bool] = []
    large = replayed = 0
    for seed in SEEDS:
        assert run(seed).verdict.violations == []
        (world,) = worlds
        # A replay carries what is kept; the checker wants it whole before.
        replayed += any(taken.redacted for receiver in world.receivers.values() for taken in receiver.log)
        objects = world.clients["s3"]._objects
        for item in map(decode_item, world.table.items.values()):
            if item["sk"] == "MSG" and item.get("direction") == "inbound" and item["type"] == "text":
                payload = item["payload"] if "payload" in item else objects[item["payload_key"]].decode()
                left.append(json.loads(payload)["body"] != REDACTED or item.get("redacted") != ["body"])
                large += "payload_key" in item
        worlds.clear()

    assert len(left) > 20 * len(SEEDS)
    assert large
    assert replayed
    assert not any(left)
