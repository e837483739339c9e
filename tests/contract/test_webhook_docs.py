"""docs/webhooks/README.md is true: its examples, its tables and its figures."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest

from local.asyncapi import FOLDER
from local.listen.session import ROUTES_SECONDS
from parley.business import egress, lookups, signing, webhook_client
from parley.business.webhook_events.catalogue import CATALOGUE
from parley.business.webhook_events.examples import EXAMPLES
from parley.conversation import schedule
from parley.services import health

PAGE: Final = (FOLDER / "README.md").read_text("utf-8")
_BLOCK: Final = re.compile(r"^<!-- (?P<what>[^\n]*) -->\n```json\n(?P<json>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)")
BLOCKS: Final = [(found["what"], found["json"]) for found in _BLOCK.finditer(PAGE)]
UNITS: Final = {"s": 1, "min": 60, "h": 3600}


def at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        value = value[step]
    return value


@pytest.mark.parametrize(("what", "text"), BLOCKS, ids=[what for what, _ in BLOCKS])
def test_an_example_is_that_of_the_schema_or_a_part_of_it(what: str, text: str) -> None:
    kind, event_type, *rest = what.split()

    assert kind == ("part" if rest else "example")
    assert json.loads(text) == at(EXAMPLES[event_type], rest[0] if rest else "")


def test_there_is_an_example_of_nearly_everything() -> None:
    shown = {what.split()[1] for what, _ in BLOCKS}

    # Shown by others: the end of typing by its beginning, a close by that of an invitation.
    assert {event.type for event in CATALOGUE} - shown == {"typing.ended", "conversation.closed"}
    assert PAGE.count("```json") == len(BLOCKS)


def test_every_type_is_in_the_table_and_no_other() -> None:
    head, *rows = [line.split("|")[1] for line in section("What comes").splitlines() if line.startswith("| `")]

    assert head == " `type` "
    assert [name for row in rows for name in re.findall(r"`([a-z._]+)`", row)] == [event.type for event in CATALOGUE]


def test_the_schedule_is_the_one_that_is_kept() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:3]]
        for line in section("When it is tried again").splitlines()
        if line.startswith("| ") and line[2] in "0123456789e"
    ]
    waits = [float(number) * UNITS[unit] for _, wait in rows for number, unit in [wait.split()]]

    assert waits == [*schedule.DELIVERY_WAITS, schedule.DELIVERY_LAST_WAIT]
    assert [number for number, _ in rows[:-1]] == [str(n + 1) for n in range(len(schedule.DELIVERY_WAITS))]


@pytest.mark.parametrize(
    "words",
    [
        f"tried for {schedule.DELIVERY_GIVE_UP / 3600:.0f} hours",
        f"After {schedule.DELIVERY_GIVE_UP / 3600:.0f} hours it is `failed`",
        f"Waits are ±{schedule.JITTER:.0%}".replace("%", " %"),
        {5: "five"}[health.OPENS_AFTER] + " times in a row",
        f"first after\n  {schedule.PROBE_WAITS[0]:.0f} s",
        {60.0: "at least every minute"}[schedule.PROBE_LAST_WAIT],
        f"{lookups.LOOKUP_SECONDS:.0f} s to find the name",
        ", ".join(f"{webhook_client.CONNECT_SECONDS:.0f} s {what}" for what in ("to connect", "for TLS", "to send")),
        f"{webhook_client.READ_SECONDS:.0f} s for the head",
        {10.0: "within ten seconds"}[webhook_client.READ_SECONDS],
        f"at most {webhook_client.MAX_ANSWER_BYTES} bytes and {webhook_client.WORDS_SECONDS:.0f} s of it",
        f"the first {webhook_client.KEPT_ANSWER_CHARS} characters",
        "port " + " or ".join(map(str, sorted(egress.HTTPS_PORTS))),
        f"at most {egress.MAX_ADDRESSES} addresses, {egress.MAX_URL_CHARS} characters",
        f"`{signing.PREFIX}`",
    ],
)
def test_a_figure_is_the_one_in_force(words: str) -> None:
    assert words in PAGE


def test_the_command_says_how_long_routes_take_as_the_api_does() -> None:
    from parley.business.operations import routes

    assert f"Used within {ROUTES_SECONDS} seconds" in (routes.PUT.description or "")


def test_every_link_leads_somewhere() -> None:
    for target, anchor in _LINK.findall(PAGE):
        file = (FOLDER / target).resolve() if target else FOLDER / "README.md"
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_the_headers_shown_are_those_that_are_sent() -> None:
    shown = dict(line.split(": ", 1) for line in re.findall(r"^([a-zA-Z-]+: .*)$", PAGE, re.MULTILINE))
    made = signing.signed_headers([signing.new_secret()], webhook_id="m", timestamp=1, body=b"")

    assert shown.keys() >= made.keys()
    assert (shown["User-Agent"], shown["Content-Type"]) == ("parley-webhooks/1", "application/json")
    assert shown["webhook-id"] == EXAMPLES["message.received"]["data"]["message"]["id"]


def section(heading: str) -> str:
    """What stands below a heading of the second rank."""
    _, _, rest = PAGE.partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]
