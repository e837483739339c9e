"""What the `data` of several events has in common.

A field that may be absent is typed `X | Absent`: it is left out, never null. One that may be null says
`X | None` and is always there.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

Absent = SkipJsonSchema[None]

type Raw = Annotated[
    dict[str, Any],
    Field(description="Apple's own JSON, without ids that stand beside it and without codes, tokens and keys."),
]


class Shape(BaseModel):
    """Open: a receiver must not stumble over a field that came later."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Data(Shape):
    """What every event says."""

    business_id: Annotated[str, Field(description="Apple's business id, which all of it is about.")]


class InConversation(Data):
    """What is said in one conversation."""

    conversation_id: Annotated[str, Field(description="26 letters and digits. Good as `to` of what you send.")]


class InOrder(InConversation):
    """What has its place in a conversation."""

    sequence: Annotated[
        int,
        Field(
            ge=1,
            description=(
                "Its place in the conversation. It grows from event to event; a number may be left out, where an event "
                "went to another endpoint or to none. A smaller one than the last is an older event, sent again."
            ),
        ),
    ]


class Named(Shape):
    """A message by its id alone."""

    id: Annotated[str, Field(description="The id of the message.")]


class Person(Shape):
    """Who it is about."""

    opaque_id: Annotated[
        str, Field(description="Apple's name for this person and this business. Good as `to` of what you send.")
    ]


class Customer(Person):
    """Who wrote, as far as Apple tells."""

    locale: Annotated[str | None, Field(description="Language and region of the device, such as `en_US`.")]
    capabilities: Annotated[
        list[str] | None, Field(description="What the device of the latest message can show; null if none ever said.")
    ]
    intent: Annotated[str | None, Field(description="The latest intent id that a link or entry point carried.")]
    group: Annotated[str | None, Field(description="The latest group id that a link or entry point carried.")]


class Problem(Shape):
    """Why something did not work."""

    code: Annotated[str, Field(description="Stable, for programs.")]
    message: Annotated[str, Field(description="For people. Apple's own words where there are any.")]


class News(InOrder):
    """What Parley itself tells of a conversation."""

    customer: Person
