"""What surrounds every interactive kind: bid, data, request and session identifiers (04 §1), shown on a list picker."""

from __future__ import annotations

from tests.contract.corpus import list_pickers, quick_replies
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Put, Rename
from tests.contract.corpus.parts import BALLOON, BID, DATA, INTERACTIVE, RECEIVED, REPLY, REQUEST
from tests.contract.corpus.ui_strings import identified

SESSION = f"{INTERACTIVE}/sessionIdentifier"
QUICK_REPLY = quick_replies.base()["interactiveData"]["data"]["quick-reply"]

AROUND = Cases("interactive", list_pickers.base, "04 §1")
identified(AROUND, "sessionIdentifier", SESSION)
AROUND.good("sessionIdentifier is a UUID", Put(SESSION, "B2C7A1A4-0F1B-4D7A-93B5-0E7C2F2C9E55"))
AROUND.good("useLiveLayout off", Put(f"{INTERACTIVE}/useLiveLayout", False))
AROUND.good(
    "mspVersion instead of version", Rename(f"{DATA}/version", "mspVersion"), says="04 §1.1: either is accepted"
)
AROUND.good("mspVersion beside version", Put(f"{DATA}/mspVersion", "1.0"), says="04 §1.1: both is harmless")
AROUND.good("no images", Put(f"{DATA}/images", []), says="04 §5 and 07 §1 send an empty array")
AROUND.good("requestIdentifier in capitals", Put(f"{DATA}/requestIdentifier", REQUEST.upper()), says="04 §1.1: a UUID")

AROUND.broken("interactiveData is missing", Drop(INTERACTIVE), at=((INTERACTIVE, "/interactiveDataRef"),), says="03 §1")
AROUND.broken("interactiveData is an array", Put(INTERACTIVE, []))
AROUND.broken("interactiveData is empty", Put(INTERACTIVE, {}), at=(f"{INTERACTIVE}/bid",), may=(INTERACTIVE,))
AROUND.broken("interactiveData is a string", Put(INTERACTIVE, "{}"))
AROUND.broken("with a body", Put("/body", "Pick something"), says="03 §1: body for text")
AROUND.broken("bid is missing", Drop(f"{INTERACTIVE}/bid"), may=(DATA,))
AROUND.broken("bid is a number", Put(f"{INTERACTIVE}/bid", 0), may=(DATA,))
AROUND.broken("bid is empty", Put(f"{INTERACTIVE}/bid", ""), may=(DATA,))
AROUND.broken("bid without its first part", Put(f"{INTERACTIVE}/bid", BID.removeprefix(f"{BALLOON}:")), may=(DATA,))
AROUND.broken(
    "bid of another extension, with data",
    Put(f"{INTERACTIVE}/bid", f"{BALLOON}:AB12CD34EF:com.example.map"),
    at=((f"{INTERACTIVE}/bid", DATA),),
    may=(INTERACTIVE,),
    says="04 §1: data is forbidden there",
)
AROUND.broken("data is missing", Drop(DATA))
AROUND.broken("data is a string", Put(DATA, "listPicker"))
AROUND.broken("data is null", Put(DATA, None))
AROUND.broken("version is missing", Drop(f"{DATA}/version"), at=((f"{DATA}/version", f"{DATA}/mspVersion"),))
AROUND.broken("version is a number", Put(f"{DATA}/version", 1.0), says="04 §1.1: a string")
AROUND.broken("version is 3.0", Put(f"{DATA}/version", "3.0"), says='04 §1.1: R: version "1.0" required')
AROUND.broken("requestIdentifier is missing", Drop(f"{DATA}/requestIdentifier"))
AROUND.broken(
    "requestIdentifier is no UUID", Put(f"{DATA}/requestIdentifier", "order-9001"), says="04 §1.1; 12 no. 41; 14"
)
AROUND.broken("requestIdentifier is empty", Put(f"{DATA}/requestIdentifier", ""), says="14 row requestIdentifier")
AROUND.broken("requestIdentifier is a number", Put(f"{DATA}/requestIdentifier", 9001))
AROUND.broken("requestIdentifier is null", Put(f"{DATA}/requestIdentifier", None))
AROUND.broken("nothing to show", Drop(f"{DATA}/listPicker"), at=(DATA,), says="04 §1.1: one of")
AROUND.broken(
    "two kinds at once",
    Put(f"{DATA}/quick-reply", QUICK_REPLY),
    at=((DATA, f"{DATA}/quick-reply", f"{DATA}/listPicker"),),
    says="04 §1.1: one of",
)
AROUND.broken("an unknown kind beside the known", Put(f"{DATA}/carousel", {"items": []}), says="04 §1.1")
AROUND.broken(
    "the kind misspelt",
    Rename(f"{DATA}/listPicker", "list-picker"),
    at=(f"{DATA}/list-picker",),
    may=(f"{DATA}/listPicker", DATA),
    says="04 §1.1",
)
AROUND.broken("an unknown key in interactiveData", Put(f"{INTERACTIVE}/template", "list"))
AROUND.broken("requestIdentifier one level too high", Put(f"{INTERACTIVE}/requestIdentifier", REQUEST), says="04 §1.1")
AROUND.broken(
    "sessionIdentifier one level too low", Put(f"{DATA}/sessionIdentifier", "s"), says="02 §6: at the outer level"
)
AROUND.broken("sessionIdentifier is a number", Put(SESSION, 7))
AROUND.broken("useLiveLayout is a string", Put(f"{INTERACTIVE}/useLiveLayout", "true"))
AROUND.broken(
    "replyMessage inside data", Put(f"{DATA}/replyMessage", {"title": "Thanks"}), says="02 §6: only in replies"
)
AROUND.broken("images is an object", Put(f"{DATA}/images", {"bell": "iVBORw0KGgo="}))
AROUND.broken("receivedMessage is a string", Put(RECEIVED, "Pick something"))
AROUND.broken("replyMessage is an array", Put(REPLY, []))

ALL = (AROUND,)
