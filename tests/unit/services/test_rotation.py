"""The four steps: who may ask for them, and that each may be asked for twice, or again after a crash."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from parley.apple.key_probe import Finding, Probed
from parley.business.key_ring import Key
from parley.errors import Fatal, ParleyError, Rejected, Retryable
from parley.services.key_material import PLACEHOLDER_MSP_ID, AppleKey, WebhookKeys
from parley.services.rotation import Rotation, Step, Stepped
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.memory_secrets import OLD, Versions

if TYPE_CHECKING:
    from parley.apple.tokens import Credential
    from parley.services.rotation import Material

DAY = 86_400.0
NEW, OTHER = "new", "other"
APPLE, BUSINESS = "parley/apple", "parley/business/b"
OLD_KEY = json.dumps({"msp_id": apple.MSP_ID, "secret": apple.SECRET})
NEW_KEY = json.dumps({"msp_id": apple.MSP_ID, "secret": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="})
WEBHOOK = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


class Office:
    """The service, both secrets, and what Apple would say."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.apple = Versions(APPLE, {OLD: OLD_KEY})
        self.business = Versions(
            BUSINESS, {OLD: json.dumps({"webhook_secret": WEBHOOK, "endpoints": {"e1": {"secret": WEBHOOK}}})}
        )
        self.stranger = Versions("somebody/else", {OLD: "{}"})
        self.finding = Probed(Finding.TAKEN, 400)
        self.asked: list[Credential] = []
        numbers = itertools.count()
        kinds: dict[str, Material] = {
            APPLE: AppleKey(probe=self._probe, clock=self.clock, overlap_seconds=DAY),
            BUSINESS: WebhookKeys(
                clock=self.clock,
                new_secret=lambda: f"whsec_{next(numbers):04d}",
                new_version=lambda: "draft",
                overlap_seconds=DAY,
            ),
        }
        secrets = {each.name: each for each in (self.apple, self.business, self.stranger)}
        self.rotation = Rotation(versions_of=secrets.__getitem__, material_of=lambda secret: kinds.get(secret.name))

    def _probe(self, credential: Credential) -> Probed:
        self.asked.append(credential)
        return self.finding

    def step(self, step: Step, *, secret: str = APPLE, token: str = NEW) -> str:
        return self.rotation(step, secret, token).did

    def stage(self, text: str = NEW_KEY) -> None:
        self.apple.texts[NEW] = text
        self.apple.pending = NEW

    def run(self, *, secret: str) -> list[str]:
        return [self.step(step, secret=secret) for step in Step]


@pytest.fixture
def office() -> Office:
    return Office()


def _refused(office: Office, step: Step, code: str, *, secret: str = APPLE, token: str = NEW) -> None:
    with pytest.raises(Rejected) as refusal:
        office.step(step, secret=secret, token=token)
    assert refusal.value.code == code


# --- Apple's key -------------------------------------------------------------------------------


def test_a_staged_key_becomes_the_current_one_and_the_old_one_is_good_for_a_day(office: Office) -> None:
    office.stage()

    assert office.run(secret=APPLE) == ["done"] * 4
    assert (office.apple.current, office.apple.pending) == (NEW, None)
    assert office.apple.until == office.clock() + DAY


def test_apple_is_asked_about_the_staged_key_in_the_third_step_only(office: Office) -> None:
    office.stage()

    office.step(Step.CREATE)
    office.step(Step.SET)
    assert office.asked == []
    office.step(Step.TEST)

    assert [credential.key for credential in office.asked] == [b"\x01" * 32]


@pytest.mark.parametrize(
    ("finding", "error", "code"),
    [
        (Finding.REFUSED, Rejected, "apple_refuses_key"),
        (Finding.UNCLEAR, Rejected, "test_unclear"),
        (Finding.AWAY, Retryable, "apple_not_now"),
    ],
)
def test_a_key_apple_does_not_clearly_take_is_not_put_in_force(
    office: Office, finding: Finding, error: type[ParleyError], code: str
) -> None:
    office.stage()
    office.finding = Probed(finding, 403)

    with pytest.raises(error) as told:
        office.step(Step.TEST)

    assert getattr(told.value, "code", None) == code
    assert office.apple.current == OLD


@pytest.mark.parametrize("step", [Step.CREATE, Step.TEST])
def test_a_key_that_was_announced_and_not_staged_is_refused(office: Office, step: Step) -> None:
    office.apple.empty.add(NEW)
    office.apple.pending = NEW

    _refused(office, step, "nothing_staged")


@pytest.mark.parametrize("step", list(Step))
def test_a_token_nobody_staged_is_refused_at_every_step(office: Office, step: Step) -> None:
    _refused(office, step, "version_unknown")
    office.stage()
    _refused(office, step, "version_unknown", token="forged")


@pytest.mark.parametrize("step", list(Step))
def test_a_version_that_is_not_pending_is_refused_at_every_step(office: Office, step: Step) -> None:
    office.stage()
    office.apple.texts[OTHER] = NEW_KEY

    _refused(office, step, "version_not_pending", token=OTHER)


@pytest.mark.parametrize("step", list(Step))
def test_what_is_current_already_needs_no_step(office: Office, step: Step) -> None:
    assert office.step(step, token=OLD) == "already"
    assert office.asked == []


@pytest.mark.parametrize("step", list(Step))
def test_a_rotation_that_was_switched_off_goes_no_further(office: Office, step: Step) -> None:
    office.stage()
    office.apple.rotation_off = True

    _refused(office, step, "rotation_off")


@pytest.mark.parametrize("step", list(Step))
def test_a_secret_of_somebody_else_is_left_alone(office: Office, step: Step) -> None:
    _refused(office, step, "secret_not_ours", secret="somebody/else", token=OLD)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        json.dumps({"msp_id": apple.MSP_ID, "secret": "!!!"}),
        json.dumps({"msp_id": apple.MSP_ID, "secret": "AAAA"}),
        json.dumps({"msp_id": apple.MSP_ID, "secret": "00112233445566778899aabbccddeeff"}),
        json.dumps({"msp_id": "", "secret": apple.SECRET}),
    ],
)
def test_a_staged_value_that_is_no_key_is_refused_at_the_first_step(office: Office, text: str) -> None:
    office.stage(text)

    with pytest.raises(Fatal):
        office.step(Step.CREATE)


def test_a_key_of_another_msp_is_refused(office: Office) -> None:
    office.stage(json.dumps({"msp_id": "99999999-2222-3333-4444-555555555555", "secret": apple.SECRET}))

    _refused(office, Step.CREATE, "msp_id_differs")
    _refused(office, Step.TEST, "msp_id_differs")


def test_the_first_real_key_may_follow_the_templates_placeholder(office: Office) -> None:
    office.apple.texts[OLD] = json.dumps({"msp_id": PLACEHOLDER_MSP_ID, "secret": "A" * 20 + "b" * 24})
    office.stage()

    assert office.run(secret=APPLE) == ["done"] * 4


def test_a_first_key_ever_has_nothing_to_be_compared_with(office: Office) -> None:
    office.apple.current = None
    office.stage()

    assert office.step(Step.CREATE) == "done"


@pytest.mark.parametrize("text", ["{}", '{"msp_id": null}', "damaged"])
def test_a_current_value_that_is_damaged_does_not_stand_in_the_way_of_a_good_one(office: Office, text: str) -> None:
    office.apple.texts[OLD] = text
    office.stage()

    assert office.run(secret=APPLE) == ["done"] * 4


def test_every_step_may_come_twice(office: Office) -> None:
    office.stage()

    did = [office.step(step) for step in Step for _ in range(2)]

    assert did == ["done"] * 7 + ["already"]
    assert office.apple.current == NEW


def test_a_finish_that_crashed_after_the_promotion_is_completed(office: Office) -> None:
    office.stage()
    office.apple.crash_on = "release_pending"
    with pytest.raises(RuntimeError):
        office.step(Step.FINISH)

    assert office.step(Step.FINISH) == "already"
    assert (office.apple.current, office.apple.pending) == (NEW, None)


# --- a business's webhook keys -----------------------------------------------------------------


def test_every_webhook_key_is_replaced_and_the_old_ones_go_on_signing_for_a_day(office: Office) -> None:
    assert office.run(secret=BUSINESS) == ["done"] * 4

    ring, now = office.business.ring(), office.clock()
    assert (office.business.current, office.business.pending) == (NEW, None)
    assert ring.key(None).signing(now) == ["whsec_0000", WEBHOOK]
    assert ring.key("e1").signing(now) == ["whsec_0001", WEBHOOK]
    assert ring.key(None).signing(now + DAY) == ["whsec_0000"]


def test_new_keys_are_made_once_however_often_the_step_comes(office: Office) -> None:
    office.step(Step.CREATE, secret=BUSINESS)
    made = office.business.texts[NEW]

    assert office.step(Step.CREATE, secret=BUSINESS) == "done"
    assert office.business.texts[NEW] == made


def test_a_creation_that_crashed_is_done_by_the_next_call(office: Office) -> None:
    office.business.crash_on = "write_pending"
    with pytest.raises(RuntimeError):
        office.step(Step.CREATE, secret=BUSINESS)

    assert office.run(secret=BUSINESS) == ["done"] * 4


def test_secrets_manager_announces_the_token_before_it_has_a_value(office: Office) -> None:
    office.business.empty.add(NEW)
    office.business.pending = NEW

    assert office.run(secret=BUSINESS) == ["done"] * 4


def test_a_second_rotation_cannot_begin_beside_the_first(office: Office) -> None:
    office.step(Step.CREATE, secret=BUSINESS)

    _refused(office, Step.CREATE, "version_unknown", secret=BUSINESS, token=OTHER)


@pytest.mark.parametrize("step", [Step.SET, Step.TEST, Step.FINISH])
def test_only_the_first_step_may_bring_a_new_token(office: Office, step: Step) -> None:
    _refused(office, step, "version_unknown", secret=BUSINESS)


def test_a_business_without_a_secret_has_nothing_to_rotate(office: Office) -> None:
    office.business.current = None

    with pytest.raises(Fatal, match="register"):
        office.step(Step.CREATE, secret=BUSINESS)


def test_a_new_key_that_cannot_sign_is_noticed(office: Office) -> None:
    office.business.texts[NEW] = json.dumps({"webhook_secret": "whsec_!!"})
    office.business.pending = NEW

    with pytest.raises(Fatal):
        office.step(Step.TEST, secret=BUSINESS)


def test_what_a_business_changed_meanwhile_is_not_undone(office: Office) -> None:
    office.step(Step.CREATE, secret=BUSINESS)
    since = office.business.ring().with_key("e1", Key("whsec_aaaa")).with_key("e2", Key("whsec_bbbb"))
    office.business.texts[OTHER] = json.dumps(since.document)
    office.business.current = OTHER

    office.step(Step.FINISH, secret=BUSINESS)

    ring, now = office.business.ring(), office.clock()
    assert office.business.pending is None
    assert ring.key(None).signing(now) == ["whsec_0000", WEBHOOK]
    assert ring.key("e1").signing(now) == ["whsec_aaaa"]
    assert ring.key("e2").signing(now) == ["whsec_bbbb"]


def test_a_finish_that_crashed_after_it_put_the_new_keys_in_force_is_completed(office: Office) -> None:
    office.step(Step.CREATE, secret=BUSINESS)
    office.business.crash_on = "move_current"
    with pytest.raises(RuntimeError):
        office.step(Step.FINISH, secret=BUSINESS)

    assert office.step(Step.FINISH, secret=BUSINESS) == "already"
    assert (office.business.current, office.business.pending) == (NEW, None)


def test_a_finish_that_crashed_after_a_merge_is_completed_without_another_one(office: Office) -> None:
    office.step(Step.CREATE, secret=BUSINESS)
    office.business.texts[OTHER] = json.dumps(office.business.ring().with_key("e2", Key("whsec_bbbb")).document)
    office.business.current = OTHER
    office.business.crash_on = "release_pending"
    with pytest.raises(RuntimeError):
        office.step(Step.FINISH, secret=BUSINESS)
    before = office.business.ring()

    assert office.step(Step.FINISH, secret=BUSINESS) == "done"
    assert office.business.ring() == before
    assert office.business.pending is None


def test_a_finish_somebody_overtook_is_tried_again_later(office: Office) -> None:
    office.step(Step.CREATE, secret=BUSINESS)
    office.business.overtaken = True

    with pytest.raises(Retryable) as told:
        office.step(Step.FINISH, secret=BUSINESS)

    assert told.value.code == "secret_busy"
    assert office.business.pending == NEW


def test_what_a_step_did_can_be_logged(office: Office) -> None:
    office.stage()

    assert office.rotation(Step.CREATE, APPLE, NEW) == Stepped(Step.CREATE, APPLE, NEW, "done")
