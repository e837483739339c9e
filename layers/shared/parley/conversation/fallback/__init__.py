"""What a device that cannot show a message gets instead, and how its answer is read back.

form → list → quick reply → numbered text, time picker → list → numbered text, list picker → quick reply → numbered
text, quick reply → list → numbered text (protocol/11 §1 Fallbacks). A form that one list cannot stand for becomes a
text with all its questions. Pure: no device, no storage.
"""

from __future__ import annotations

from parley.conversation.fallback.answers import read_answer
from parley.conversation.fallback.choosing import Chosen, choose
from parley.conversation.fallback.offers import Choice, Offered, Page, answer_of, by_identifier, offered_of, stored

__all__ = [
    "Choice",
    "Chosen",
    "Offered",
    "Page",
    "answer_of",
    "by_identifier",
    "choose",
    "offered_of",
    "read_answer",
    "stored",
]
