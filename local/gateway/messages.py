"""POST /v1/message and /v1/authenticate (protocol/03, 07)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.gateway.gateway import base_url, call_of
from local.gateway.judge import Judged, judge
from local.gateway.judge.interactive import judge_interactive_data
from local.gateway.kinds import interactive_kind
from local.gateway.phones import Accepted
from local.gateway.recipient import find_recipient, judge_invitation_again
from local.gateway.references import is_large
from local.gateway.refusal import malformed
from local.web.bodies import read_body

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.gateway import Gateway
    from local.gateway.phones import Phone

MAX_BODY_BYTES = 10_000_000
"""The real limit is unknown (open question 25); pictures alone may have 5 MB."""


class Messages:
    """Judges a message and shows it on a phone, once per id."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    @property
    def routes(self) -> list[Route]:
        """The two paths."""
        return [
            Route("/v1/message", self.message, methods=["POST"]),
            Route("/v1/authenticate", self.authenticate, methods=["POST"]),
        ]

    async def message(self, request: Request) -> Response:
        """POST /v1/message: anything but a sign-in request."""
        judged, interactive = await self._judge(request)
        if _is_sign_in(interactive):
            raise malformed("interactiveData.data.authenticate is not taken here; post it to /v1/authenticate")
        return self._accept(request, judged, interactive)

    async def authenticate(self, request: Request) -> Response:
        """POST /v1/authenticate: a sign-in request."""
        judged, interactive = await self._judge(request)
        if not _is_sign_in(interactive):
            raise malformed("interactiveData.data.authenticate is missing; other messages belong to /v1/message")
        return self._accept(request, judged, interactive)

    async def _judge(self, request: Request) -> tuple[Judged, dict[str, Any] | None]:
        """Check token, then form, then what a reference stands for; returns the interactive data, if any."""
        self._gateway.authorize(request)
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise malformed("Content-Encoding is not supported; send plain JSON")
        setting = self._gateway.setting
        judged = judge(request.headers, await read_body(request, limit=MAX_BODY_BYTES), setting)
        call = call_of(request)
        call.type = judged.type
        call.violations = judged.violations
        interactive = judged.envelope.get("interactiveData")
        if "interactiveDataRef" in judged.envelope and judged.type == "interactive":
            interactive = self._gateway.references.resolve(
                judged.envelope["interactiveDataRef"], seconds=self._gateway.config.reference_seconds
            )
            judged.violations.extend(judge_interactive_data(interactive, setting))
        return judged, interactive if judged.type == "interactive" else None

    def _accept(self, request: Request, judged: Judged, interactive: dict[str, Any] | None) -> Response:
        self._gateway.require_business(judged.business_id)
        link = None
        if judged.type == "richLink" and "richLinkDataRef" in judged.envelope:
            link = self._gateway.references.resolve_link(judged.envelope["richLinkDataRef"])
        phone = find_recipient(self._gateway, judged, interactive)
        known = self._gateway.phones.accepted.get(judged.id)
        if known is None:
            known = self._take(request, phone, judged, interactive, link)
        else:
            self._count_again(phone, known, judged)
        return Response() if known.answer is None else JSONResponse(known.answer)

    def _take(
        self,
        request: Request,
        phone: Phone,
        judged: Judged,
        interactive: dict[str, Any] | None,
        link: dict[str, Any] | None,
    ) -> Accepted:
        """Let a new message have its effect on the phone."""
        answer = self._data_ref(request, judged)
        self._check_attachments(judged)
        judge_invitation_again(phone, judged, interactive)
        missing = phone.missing_capability(interactive)
        if missing is not None:
            judged.violations.append(f"the customer's device does not list {missing} and cannot show this message")
        bubble = None
        if judged.type.startswith("typing_"):
            self._gateway.phones.typing(phone, started=judged.type == "typing_start")
        else:
            bubble = self._gateway.phones.show(
                phone,
                judged.envelope,
                interactive,
                link=link,
                supported=missing is None,
                auto_reply=judged.auto_reply,
                msp_agent=judged.msp_agent,
                violations=list(judged.violations),
            )
        accepted = Accepted(_fingerprint(judged), answer, bubble)
        self._gateway.phones.accepted[judged.id] = accepted
        return accepted

    def _count_again(self, phone: Phone, known: Accepted, judged: Judged) -> None:
        """Count a repeated id; it is shown once, whatever it says the second time."""
        same = known.fingerprint == _fingerprint(judged)
        if not same:
            judged.violations.append("this id was used before with other content")
        if known.bubble is not None:
            self._gateway.phones.posted_again(phone, known.bubble, same=same)

    def _data_ref(self, request: Request, judged: Judged) -> dict[str, Any] | None:
        """Store interactive data posted inline, when it is large or the MSP asked (protocol/09 §3)."""
        inline = judged.envelope.get("interactiveData")
        if judged.type != "interactive" or inline is None or not (judged.wants_data_ref or is_large(inline)):
            return None
        return {"dataRef": self._gateway.references.reusable(inline, base_url=base_url(request))}

    def _check_attachments(self, judged: Judged) -> None:
        """Note what would fail on the device: Apple takes such a message, and the customer sees nothing."""
        parts = judged.envelope.get("attachments", []) if judged.type == "text" else []
        for index, part in enumerate(parts):
            stored = self._gateway.store.find(owner=part["owner"], url=part["url"])
            if stored is None:
                judged.violations.append(f"attachments[{index}] names nothing that was uploaded here")
            elif part["size"] != str(stored.size) or part["signature-base64"] != stored.signature_base64:
                judged.violations.append(f"attachments[{index}] does not match the upload's size and fileChecksum")


def _is_sign_in(interactive: dict[str, Any] | None) -> bool:
    return interactive is not None and interactive_kind(interactive) == "authentication"


def _fingerprint(judged: Judged) -> str:
    content = json.dumps([judged.envelope, judged.auto_reply], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
