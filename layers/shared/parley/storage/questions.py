"""What was asked of a customer, found again when the answer comes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from parley.conversation.invitations import Outcome
from parley.conversation.records import ERASED, Direction, Message
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import code_of, translated
from parley.storage.messages import read

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.storage.keys import Key
    from parley.storage.messages import DynamoMessages

RECENT: Final = 25
"""How many of a conversation's messages a reaction may refer to."""


class DynamoQuestions:
    """By what a tapped answer names, by conversation for free text and reactions."""

    def __init__(self, client: DynamoDBClient, *, table: str, messages: DynamoMessages) -> None:
        self._client = client
        self._table = table
        self._messages = messages

    def message(self, business_id: str, message_id: str) -> Message | None:
        """One message of a business."""
        return self._messages.get(business_id, message_id)

    def asked(self, business_id: str, conversation_id: str, request_identifier: str) -> Message | None:
        """The message that carried this request identifier to this customer."""
        return self._marked(business_id, keys.request(conversation_id, request_identifier))

    def in_session(self, business_id: str, conversation_id: str, session_identifier: str) -> Message | None:
        """The latest message of this session with this customer."""
        return self._marked(business_id, keys.session(conversation_id, session_identifier))

    def invited(
        self, business_id: str, reference_id: str, *, request_identifier: str | None, conversation_id: str | None
    ) -> Message | None:
        """The invitation under this reference, which is the business's own and may stand in many.

        By its request identifier, or the latest to the person of this conversation. Where neither is known, only
        when a single person was invited under it.
        """
        found = None
        if request_identifier is not None:
            found = self._marked(business_id, keys.invitation(business_id, reference_id, request_identifier))
        if found is None and conversation_id is not None:
            return self._marked(business_id, keys.invited(business_id, reference_id, conversation_id))
        return found or self._only_invited(business_id, reference_id)

    def _only_invited(self, business_id: str, reference_id: str) -> Message | None:
        with translated("find the invitation"):
            found = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :reference AND begins_with(sk, :person)",
                ExpressionAttributeValues={
                    ":reference": keys.invited(business_id, reference_id, "")["pk"],
                    ":person": encode(keys.INVITED_PREFIX),
                },
                Limit=2,
            )["Items"]
        return self.message(business_id, str(decode_item(found[0])["message_id"])) if len(found) == 1 else None

    def _marked(self, business_id: str, key: Key) -> Message | None:
        with translated("find the question"):
            found = self._client.get_item(TableName=self._table, Key=key).get("Item")
        return None if found is None else self.message(business_id, str(decode_item(found)["message_id"]))

    def recent_bodies(self, business_id: str, conversation_id: str) -> list[tuple[str, str]]:
        """Ids and texts of what the business sent last, the newest first."""
        with translated("read the recent messages"):
            page = self._client.query(
                TableName=self._table,
                IndexName=keys.BY_CONVERSATION,
                KeyConditionExpression="by_conversation = :conversation",
                ExpressionAttributeValues={":conversation": encode(f"CONV#{conversation_id}")},
                ScanIndexForward=False,
                Limit=RECENT,
            )["Items"]
            wanted = [{"pk": item["pk"], "sk": item["sk"]} for item in page]
            if not wanted:
                return []
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": wanted}})
        items = map(decode_item, answer["Responses"].get(self._table, []))
        found = [read(item) for item in items if item["state"] != ERASED]
        sent = [
            message
            for message in sorted(found, key=lambda message: message.ulid, reverse=True)
            if message.direction is Direction.OUTBOUND and message.business_id == business_id and not message.is_test
        ]
        return [(message.id, body) for message in sent if (body := _body(message)) is not None]

    def answered(self, conversation_id: str, question_id: str, *, by: str) -> None:
        """Close the question, unless another message closed it or another question took its place."""
        with translated("close the question"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.conversation(conversation_id),
                    UpdateExpression="SET question_answered_by = :by",
                    ConditionExpression="question_id = :question AND attribute_not_exists(question_answered_by)",
                    ExpressionAttributeValues={":by": encode(by), ":question": encode(question_id)},
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise

    def concluded(self, invitation: Message, outcome: Outcome, *, conversation_id: str, at: float) -> None:
        """What came of an invitation, on the mark of who was invited; an older word never replaces a newer one.

        Nothing, when the person has been invited again under this reference since.
        """
        if invitation.reference_id is None:
            return
        kept = "closed" if outcome is Outcome.CLOSED else "answered"
        values = {":id": invitation.id, ":at": at, ":in": conversation_id}
        sets = f"{kept}_at = :at, {kept}_in = :in"
        if outcome is not Outcome.CLOSED:
            values[":answer"] = outcome.value
            sets += ", answer = :answer"
        with translated("conclude the invitation"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=keys.invited(invitation.business_id, invitation.reference_id, invitation.conversation_id),
                    UpdateExpression=f"SET {sets}",
                    ConditionExpression=(f"message_id = :id AND (attribute_not_exists({kept}_at) OR {kept}_at <= :at)"),
                    ExpressionAttributeValues=encode_item(values),
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise


def _body(message: Message) -> str | None:
    content = json.loads(message.payload) if message.payload is not None else {}
    body = content.get("body")
    return body if isinstance(body, str) else None
