"""`parley demo`: a short conversation, printed as it happens, with the time each hop took."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from local.stack import http, report
from local.stack.errors import StackError
from local.stack.layout import BUSINESS, GATEWAY
from local.stack.up import up

if TYPE_CHECKING:
    from rich.console import Console

    from local.stack.layout import Layout
    from local.stack.processes import Processes
    from local.stack.up import Running

TEXTS = ("Hello! Are you open on Sunday?", "Great, see you then.")
_HOP_SECONDS = 30.0
_POLL_SECONDS = 0.01
_OK = 200
_ACCEPTED = 202


class MissingHopError(Exception):
    """A hop that was not seen in time; the text says which."""


@dataclass(frozen=True)
class Hop:
    """Something that happened, and when (seconds since 1970)."""

    who: str
    what: str
    at: float


def play(layout: "Layout", processes: "Processes", *, out: "Console", say: Callable[[str], None]) -> bool:
    """Bring the stack up and let a customer talk to the business. True when every hop was really seen."""
    running = up(layout, processes, say)
    out.print("\nA customer writes, the business answers.\n", style="bold")
    complete = all(_show(Exchange(running, text).hops(), out) for text in TEXTS)
    if complete:
        out.print("Every message went through the deployed template, both ways.", style="bold green")
        report.show(running, processes, out)
    else:
        out.print(f"See what happened with: {report.program()} logs, {report.program()} status", style="bold")
    return complete


class Exchange:
    """One text from the phone, followed to the business and back."""

    def __init__(self, running: "Running", text: str) -> None:
        self._text = text
        self._customer = running.state.customer
        self._business = running.state.business
        self._api = running.deployed.output("BusinessApiUrl")
        self._send = running.layout.url(GATEWAY, "/control/messages")
        self._phone = running.layout.url(GATEWAY, "/control/phones/messages")
        self._inbox = running.layout.url(BUSINESS, "/inbox")

    def hops(self) -> Iterator[Hop]:
        """Every hop as it is seen. Raises MissingHopError."""
        received = http.ask("GET", self._inbox)["next"]
        shown = http.ask("GET", self._bubbles())["next"]
        phone = f"{self._customer.name}'s phone"

        yield Hop(phone, f"“{self._text}”", time.time())
        message_id, accepted = self._write(shown)
        webhook = self._webhook(received, message_id)
        # Routing does not wait until Apple has read its 200: either may be first.
        yield from sorted(
            (
                Hop("Apple's gateway", f"posted it to Parley, which answered {_OK}", accepted),
                Hop(self._business.name, "got the webhook, signature verified", _moment(webhook["at"])),
            ),
            key=lambda hop: hop.at,
        )
        self._answer(webhook)
        bubble = self._bubble(shown)
        yield Hop(self._business.name, f"answered through the API: {_ACCEPTED}", self._accepted(bubble["id"]))
        yield Hop(phone, f"“{bubble['body']}”", _moment(bubble["at"]))

    def _write(self, shown: int) -> tuple[str, float]:
        """Send the text; returns its id and when Parley had taken it, by the gateway's clock."""
        order = {"type": "text", "body": self._text, "opaque_id": self._customer.opaque_id}
        sent = http.ask("POST", self._send, order)
        attempt = sent["attempts"][-1]
        if attempt["status"] != _OK:
            raise MissingHopError(f"Parley did not take the message: {attempt['status']} {attempt['body']}")
        posted = _find(
            self._bubbles(after=shown, sent="true"),
            "messages",
            lambda found: found["id"] == sent["id"],
            missing="The message is not on the customer's phone.",
        )
        return sent["id"], _moment(posted["at"]) + attempt["ms"] / 1000

    def _webhook(self, received: int, message_id: str) -> dict[str, Any]:
        webhook = _find(
            f"{self._inbox}?after={received}&wait=1",
            "webhooks",
            lambda found: (found["body"] or {}).get("data", {}).get("message", {}).get("id") == message_id,
            missing="The business got no webhook with the message.",
        )
        if not webhook["verified"]:
            raise MissingHopError(f"The business refused the webhook: {webhook['problem']}")
        return webhook

    def _answer(self, webhook: Mapping[str, Any]) -> None:
        """Return once Parley has taken the business's answer."""
        answered = _find(
            f"{self._inbox}?after={webhook['n'] - 1}",
            "webhooks",
            lambda found: found["n"] == webhook["n"] and found["echoed"] is not None,
            missing="The business did not answer: is its echo switched off?",
        )
        if answered["echoed"] != _ACCEPTED:
            raise MissingHopError(f"Parley did not take the business's answer: {answered['echoed']}")

    def _bubble(self, shown: int) -> dict[str, Any]:
        return _find(
            self._bubbles(after=shown, wait=1),
            "messages",
            lambda found: self._text in (found["body"] or ""),
            missing="Parley took the business's answer, but it did not appear on the phone.",
        )

    def _accepted(self, message_id: str) -> float:
        """When Parley took the answer, as the business API tells it."""
        key = {"Authorization": f"Bearer {self._business.api_key}"}
        return _moment(http.ask("GET", f"{self._api}/v1/messages/{message_id}", headers=key)["created_at"])

    def _bubbles(self, **parameters: object) -> str:
        return f"{self._phone}?{urlencode({'opaque_id': self._customer.opaque_id, **parameters})}"


def _show(following: Iterator[Hop], out: "Console") -> bool:
    seen: list[Hop] = []
    try:
        for hop in following:
            seen.append(hop)
            taken = "" if len(seen) == 1 else f"+{_milliseconds(*seen[-2:])} ms"
            out.print(f"  {taken:>9}  [bold]{hop.who:<16}[/bold] ", end="")
            out.print(hop.what, markup=False, highlight=False, soft_wrap=True)
    except (MissingHopError, StackError) as error:
        out.print(str(error), style="bold red", markup=False, highlight=False)
        return False
    total = sum(_milliseconds(first, second) for first, second in pairwise(seen))
    out.print(f"  {total:>6} ms  there and back\n", style="green", highlight=False)
    return True


def _find(url: str, kind: str, wanted: Callable[[dict[str, Any]], bool], *, missing: str) -> dict[str, Any]:
    """Ask until one of the listed things is the wanted one."""
    deadline = time.monotonic() + _HOP_SECONDS
    while True:
        for found in http.ask("GET", url)[kind]:
            if wanted(found):
                return dict(found)
        if time.monotonic() > deadline:
            raise MissingHopError(f"{missing} (waited {_HOP_SECONDS:.0f} s)")
        time.sleep(_POLL_SECONDS)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _milliseconds(first: Hop, second: Hop) -> int:
    # Three programs look at one clock, in milliseconds: a hop may seem to end before it began.
    return max(0, round((second.at - first.at) * 1000))
