"""Templates: under `LIB#<business>` a small item for each, its working copy beside it, and one for each version."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from parley.business.library.content import TemplateContent
from parley.business.library.model import Template, Version
from parley.errors import Retryable
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.faults import translated
from parley.storage.transactions import transact_if_met

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from parley.storage.keys import Key

TRIES: Final = 5
_FIELDS: Final = frozenset(field.name for field in fields(Template))
_ABSENT: Final = "attribute_not_exists(pk)"


class DynamoTemplates:
    """Reads are strongly consistent; False says that somebody else was faster, so read again."""

    def __init__(self, client: DynamoDBClient, *, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, business_id: str, name: str) -> Template | None:
        """What is known of a template, without what it says."""
        item = self._item(keys.template(business_id, name))
        return _read(business_id, item) if item else None

    def read(self, business_id: str, name: str) -> tuple[Template, TemplateContent] | None:
        """A template with its working copy: both of one moment."""
        for _ in range(TRIES):
            template = self.get(business_id, name)
            if template is None:
                return None
            draft = self._item(keys.draft(business_id, name))
            if draft and draft["digest"] == template.digest:
                return template, TemplateContent.model_validate_json(draft["content"])
        raise Retryable("the template is being changed by somebody else", code="settings_busy", after=1)

    def page(self, business_id: str, *, after: str | None, limit: int) -> tuple[list[Template], bool]:
        """Some templates by name, and whether others follow."""
        start = None if after is None else keys.template(business_id, after)
        page = self._page(keys.template(business_id, ""), start=start, limit=limit)
        return [_read(business_id, decode_item(item)) for item in page["Items"]], "LastEvaluatedKey" in page

    def count(self, business_id: str) -> int:
        """How many there are, as far as one page of a query sees: thousands."""
        return int(self._page(keys.template(business_id, ""), Select="COUNT")["Count"])

    def save(self, template: Template, content: TemplateContent | None = None) -> bool:
        """Store a template that was read, or made, at its `revision`; with `content` its working copy as well."""
        writes = [self._head(template)]
        if content is not None:
            facts = {"digest": content.digest, "content": content.text()}
            item = keys.draft(template.business_id, template.name) | encode_item(facts)
            writes.append({"Put": {"TableName": self._table, "Item": item}})
        return self._transact("store the template", writes)

    def publish(self, template: Template, version: Version) -> bool:
        """Store a new version, and that it is the latest."""
        facts = {"number": version.number, "published_at": version.published_at, "content": version.content.text()}
        item = keys.template_version(template.business_id, template.name, version.number) | encode_item(facts)
        put: TransactWriteItemTypeDef = {
            "Put": {"TableName": self._table, "Item": item, "ConditionExpression": _ABSENT}
        }
        return self._transact("publish the template", [self._head(template), put])

    def remove(self, template: Template) -> bool:
        """Remove a template that was read at its `revision`, with its working copy."""
        key = keys.template(template.business_id, template.name)
        removed: Any = {"TableName": self._table, "Key": key, **_unchanged(template)}
        head: TransactWriteItemTypeDef = {"Delete": removed}
        draft: TransactWriteItemTypeDef = {
            "Delete": {"TableName": self._table, "Key": keys.draft(template.business_id, template.name)}
        }
        return self._transact("remove the template", [head, draft])

    def version(self, business_id: str, name: str, number: int) -> Version | None:
        """What was published under a number."""
        item = self._item(keys.template_version(business_id, name, number))
        if not item:
            return None
        return Version(number, TemplateContent.model_validate_json(item["content"]), item["published_at"])

    def versions(
        self, business_id: str, name: str, *, before: int | None, limit: int
    ) -> tuple[list[tuple[int, float]], bool]:
        """Numbers and times, the newest first, and whether others follow."""
        start = None if before is None else keys.template_version(business_id, name, before)
        page = self._page(
            keys.template_versions(business_id, name),
            start=start,
            limit=limit,
            ScanIndexForward=False,
            ProjectionExpression="#number, published_at",
            ExpressionAttributeNames={"#number": "number"},
        )
        found = [decode_item(item) for item in page["Items"]]
        return [(item["number"], item["published_at"]) for item in found], "LastEvaluatedKey" in page

    def naming(self, business_id: str, word: str) -> list[str]:
        """Names of templates in whose working copy or any version `word` stands: some of them, if there are any.

        It ends where it finds the first; where there is none, everything that was ever published has been read.
        """
        for under in keys.template_contents(business_id):
            with translated("read the library"):
                pages = self._client.get_paginator("query").paginate(
                    TableName=self._table,
                    KeyConditionExpression="pk = :pk AND begins_with(sk, :under)",
                    FilterExpression="contains(content, :word)",
                    ExpressionAttributeValues={":pk": under["pk"], ":under": under["sk"], ":word": encode(word)},
                    ProjectionExpression="sk",
                    ConsistentRead=True,
                )
                for page in pages:
                    if page["Items"]:
                        return sorted({item["sk"]["S"].split("#")[1] for item in page["Items"]})
        return []

    def _item(self, key: Key) -> dict[str, Any]:
        with translated("read the template"):
            found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return decode_item(found.get("Item", {}))

    def _page(self, under: Key, *, start: Key | None = None, limit: int | None = None, **more: Any) -> Any:
        bounds: dict[str, Any] = {"Limit": limit} if limit is not None else {}
        if start is not None:
            bounds["ExclusiveStartKey"] = start
        with translated("read the library"):
            return self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :under)",
                ExpressionAttributeValues={":pk": under["pk"], ":under": under["sk"]},
                ConsistentRead=True,
                **bounds,
                **more,
            )

    def _head(self, template: Template) -> TransactWriteItemTypeDef:
        facts = asdict(template) | {"revision": template.revision + 1}
        del facts["business_id"]
        item = keys.template(template.business_id, template.name) | encode_item(facts)
        put: Any = {"TableName": self._table, "Item": item, **_unchanged(template)}
        return {"Put": put}

    def _transact(self, what: str, writes: list[TransactWriteItemTypeDef]) -> bool:
        with translated(what):
            return transact_if_met(self._client, writes)


def _unchanged(template: Template) -> Any:
    if not template.revision:
        return {"ConditionExpression": _ABSENT}
    return {
        "ConditionExpression": "revision = :seen",
        "ExpressionAttributeValues": {":seen": encode(template.revision)},
    }


def _read(business_id: str, item: dict[str, Any]) -> Template:
    known = {name: value for name, value in item.items() if name in _FIELDS}
    return Template(business_id=business_id, **known | {"locales": tuple(known["locales"])})
