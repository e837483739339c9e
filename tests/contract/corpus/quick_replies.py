"""Quick replies (04 §3)."""

from __future__ import annotations

from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put, Rename
from tests.contract.corpus.parts import DATA, INTERACTIVE, RECEIVED, interactive
from tests.contract.corpus.ui_strings import identified, limited, shown

AT = f"{DATA}/quick-reply"
ITEMS = f"{AT}/items"


def choices(count: int) -> list[dict[str, str]]:
    return [{"identifier": f"c{n}", "title": f"Choice {n}"} for n in range(count)]


def base() -> Message:
    items = [
        {"identifier": "yes", "title": "Yes"},
        {"identifier": "no", "title": "No"},
        {"identifier": "agent", "title": "Talk to a person"},
    ]
    return interactive({"quick-reply": {"summaryText": "Was this helpful?", "items": items}}, bubbles=False)


QUICK_REPLY = Cases("quick reply", base, "04 §3")
QUICK_REPLY.good("as it is")
shown(QUICK_REPLY, "summaryText", f"{AT}/summaryText")
limited(QUICK_REPLY, "item title", f"{ITEMS}/1/title")
identified(QUICK_REPLY, "item identifier", f"{ITEMS}/2/identifier")
QUICK_REPLY.good("exactly two items", Put(ITEMS, choices(2)))
QUICK_REPLY.good("exactly five items", Put(ITEMS, choices(5)))
QUICK_REPLY.good("two items of the same title", Put(f"{ITEMS}/1/title", "Yes"))
QUICK_REPLY.good(
    "with bubbles", Put(RECEIVED, {"title": "A question"}), Put(f"{INTERACTIVE}/replyMessage", {"title": "Thanks"})
)
QUICK_REPLY.good("in French with narrow blanks", Put(f"{AT}/summaryText", "Cela vous a aidé\u202f? 12\u00a0€"))
QUICK_REPLY.good("in Arabic", Put(f"{AT}/summaryText", "هل كان هذا مفيدا؟"))

QUICK_REPLY.broken(
    "in camel case", Rename(AT, "quickReply"), at=(f"{DATA}/quickReply",), may=(AT, DATA), says="04 §3; 12 no. 31"
)
QUICK_REPLY.broken("is an array", Put(AT, choices(3)))
QUICK_REPLY.broken("summaryText is missing", Drop(f"{AT}/summaryText"))
QUICK_REPLY.broken("summaryText is a number", Put(f"{AT}/summaryText", 5))
QUICK_REPLY.broken("items is missing", Drop(ITEMS))
QUICK_REPLY.broken("items is an object", Put(ITEMS, {"identifier": "yes", "title": "Yes"}))
QUICK_REPLY.broken("no item", Put(ITEMS, []))
QUICK_REPLY.broken("one item", Put(ITEMS, choices(1)), says="04 §3; 12 no. 31")
QUICK_REPLY.broken("six items", Put(ITEMS, choices(6)))
QUICK_REPLY.broken("twenty items", Put(ITEMS, choices(20)))
QUICK_REPLY.broken("an item is a string", Put(f"{ITEMS}/0", "Yes"))
QUICK_REPLY.broken("item title is missing", Drop(f"{ITEMS}/1/title"))
QUICK_REPLY.broken("item title is a number", Put(f"{ITEMS}/1/title", 1))
QUICK_REPLY.broken("item title is blank", Put(f"{ITEMS}/1/title", "  "), says="14 row UI strings")
QUICK_REPLY.broken("item identifier is missing", Drop(f"{ITEMS}/1/identifier"))
QUICK_REPLY.broken("item identifier is a number", Put(f"{ITEMS}/1/identifier", 1))
QUICK_REPLY.broken("an item with a picture", Put(f"{ITEMS}/0/imageIdentifier", "0"), says="04 §3; 11: no pictures")
QUICK_REPLY.broken("an unknown key in the last item", Put(f"{ITEMS}/2/value", "x"))
QUICK_REPLY.broken("a key of the reply", Put(f"{AT}/selectedIdentifier", "no"), says="04 §3: in the reply only")
QUICK_REPLY.broken("requestIdentifier is missing", Drop(f"{DATA}/requestIdentifier"), says="04 §1.1")

ALL = (QUICK_REPLY,)
