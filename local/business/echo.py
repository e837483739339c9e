"""Answering a customer's text through the MSP's API."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import urllib3

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from local.business.config import Config
    from local.business.inbox import Inbox, Webhook

PAUSES_SECONDS = (0.5, 2, 5, 15)
"""Before each further try, so that a short outage of the API loses no echo."""
TIMEOUT_SECONDS = 10
NO_ANSWER = 0

type Post = Callable[[str, dict[str, str], bytes], Awaitable[int]]


def text_of(webhook: Webhook) -> tuple[str, str] | None:
    """Return conversation id and body when the webhook is a customer's text."""
    try:
        body: dict[str, Any] = webhook.body or {}
        data = body["data"]
        message = data["message"]
        if body["type"] != "message.received" or message["type"] != "text":
            return None
        return str(data["conversation_id"]), str(message["body"])
    except (KeyError, TypeError):
        return None


async def post(url: str, headers: dict[str, str], body: bytes) -> int:
    """POST in a thread; returns the status, NO_ANSWER without one."""
    return await anyio.to_thread.run_sync(_post, url, headers, body)


def _post(url: str, headers: dict[str, str], body: bytes) -> int:
    with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=TIMEOUT_SECONDS)) as pool:
        try:
            return pool.request("POST", url, body=body, headers=headers, redirect=False).status
        except urllib3.exceptions.HTTPError:
            return NO_ANSWER


class Echo:
    """Sends echoes in the background, those of one conversation in order."""

    def __init__(
        self,
        config: Config,
        inbox: Inbox,
        *,
        post: Post = post,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._url = config.business_api_url.rstrip("/") + "/v1/messages"
        self._authorization = f"Bearer {config.api_key}"
        self._inbox = inbox
        self._post = post
        self._sleep = sleep
        self._turns: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, webhook: Webhook) -> None:
        """Echo a text later; other webhooks are left alone."""
        text = text_of(webhook)
        if text is None:
            return
        task = asyncio.create_task(self._send(webhook, *text))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, webhook: Webhook, conversation_id: str, body: str) -> None:
        answer = {"to": conversation_id, "type": "text", "body": f"You said: {body}", "auto_reply": True}
        headers = {
            "Authorization": self._authorization,
            "Content-Type": "application/json",
            # The same for every try and every duplicate of the webhook: the MSP sends one message.
            "Idempotency-Key": f"echo-{webhook.webhook_id}",
        }
        async with self._turns.setdefault(conversation_id, asyncio.Lock()):
            webhook.echoed = await self._try(headers, json.dumps(answer).encode())
        self._inbox.save(webhook)

    async def _try(self, headers: dict[str, str], body: bytes) -> int:
        status = await self._post(self._url, headers, body)
        for pause in PAUSES_SECONDS:
            if status not in {NO_ANSWER, 429} and status < 500:
                break
            await self._sleep(pause)
            status = await self._post(self._url, headers, body)
        return status
