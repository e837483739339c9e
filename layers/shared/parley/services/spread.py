"""Everybody a conversation concerns hears that it was handed over, each once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parley.conversation.routing import possible, route
from parley.errors import NotFound
from parley.services.tell import HANDED_OVER

if TYPE_CHECKING:
    from parley.conversation.records import Conversation, Message
    from parley.services import ports
    from parley.services.tell import Tell


class Spread:
    """Who has the conversation now is told in its line. Here it goes to the others: who had it, and who may get it.

    Called when the news has its place in line. From then on nothing more of the conversation goes to the others, so
    what they are told comes after all they got of it; and whatever they answer, the conversation does not wait.
    """

    def __init__(self, *, businesses: ports.Businesses, tell: Tell) -> None:
        self._businesses = businesses
        self._tell = tell

    def __call__(self, notice: Message, conversation: Conversation) -> None:
        """Doing it again changes nothing: the same news for the same endpoint has one id."""
        try:
            business = self._businesses.get(notice.business_id, fresh=True)
        except NotFound:
            return
        facts = {"intent": conversation.intent, "group": conversation.group, "locale": conversation.locale}
        here = route(business, handler=conversation.handler, **facts)
        said = json.loads(notice.payload or "{}")
        concerned = {said["from"], said["to"], *possible(business, **facts)} - {None, here.id if here else None}
        for endpoint_id in sorted(concerned & business.endpoints.keys()):
            if business.endpoints[endpoint_id].takes(HANDED_OVER):
                self._tell(self._tell.again(notice, endpoint_id))
