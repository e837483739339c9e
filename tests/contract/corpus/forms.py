"""Forms as a whole: frame, splash, the graph of pages (05 §1, §2, §4)."""

from __future__ import annotations

from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Append, Drop, Put, Rename
from tests.contract.corpus.form_parts import DYNAMIC, FORM, PAGES, chain, choice, page, test_ride, three_in_a_row
from tests.contract.corpus.parts import BIKE, RECEIVED, REPLY
from tests.contract.corpus.ui_strings import limited

SPLASH = f"{FORM}/splash"
START = f"{FORM}/startPageIdentifier"
BACK = f"{PAGES}/2/nextPageIdentifier"
LAST = f"{PAGES}/3/pageIdentifier"
TO_LAST = f"{PAGES}/2/nextPageIdentifier"

TEST_RIDE = Cases("form", test_ride, "05")
TEST_RIDE.good("as it is")
limited(TEST_RIDE, "splash header", f"{SPLASH}/header")
limited(TEST_RIDE, "splash text", f"{SPLASH}/splashtext")
limited(TEST_RIDE, "splash button", f"{SPLASH}/buttonTitle")
TEST_RIDE.good("no splash", Drop(SPLASH))
TEST_RIDE.good("the smallest splash", Put(SPLASH, {"buttonTitle": "Start"}))
TEST_RIDE.good("private", Put(f"{FORM}/private", True))
TEST_RIDE.good("no summary", Drop(f"{FORM}/showSummary"))
TEST_RIDE.good("no reply bubble", Drop(REPLY), says="04 §1: recommended, not required")
TEST_RIDE.good("a page id of 19 characters", Put(LAST, "a" * 19), Put(TO_LAST, "a" * 19), says="05 §3; 14")
TEST_RIDE.good(
    "a page id of 19 units with astral ones", Put(LAST, BIKE * 9 + "a"), Put(TO_LAST, BIKE * 9 + "a"), says="05 §3"
)
TEST_RIDE.broken("receivedMessage is missing", Drop(RECEIVED), says="05 §1")
TEST_RIDE.broken("template is missing", Drop(f"{DYNAMIC}/template"))
TEST_RIDE.broken("template is another", Put(f"{DYNAMIC}/template", "forms"))
TEST_RIDE.broken("version is a number", Put(f"{DYNAMIC}/version", 1.2))
TEST_RIDE.broken("dynamic is an array", Put(DYNAMIC, []))
TEST_RIDE.broken("data of the form is missing", Drop(FORM))
TEST_RIDE.broken("data of the form is a string", Put(FORM, "pages"))
TEST_RIDE.broken("an unknown key of the form", Put(f"{FORM}/title", "Test ride"))
TEST_RIDE.broken("answers are in replies only", Put(f"{DYNAMIC}/selections", []), says="05 §5")
TEST_RIDE.broken("showSummary is a string", Put(f"{FORM}/showSummary", "yes"))
TEST_RIDE.broken("private is a string", Put(f"{FORM}/private", "true"))
TEST_RIDE.broken("splash without a button", Drop(f"{SPLASH}/buttonTitle"))
TEST_RIDE.broken(
    "splash text in camel case", Rename(f"{SPLASH}/splashtext", "splashText"), at=(f"{SPLASH}/splashText",)
)
TEST_RIDE.broken("splash picture is not there", Put(f"{SPLASH}/imageIdentifier", "villain"))
TEST_RIDE.broken("splash is a string", Put(SPLASH, "Hello"))
TEST_RIDE.broken("splash button is blank", Put(f"{SPLASH}/buttonTitle", " "), says="14 row UI strings")
TEST_RIDE.broken(
    "a page of an obsolete type", Append(PAGES, page("hello", "splash")), at=(f"{PAGES}/4/type",), says="05 §2, §3"
)
TEST_RIDE.broken(
    "a page id of 20 characters", Put(LAST, "a" * 20), Put(TO_LAST, "a" * 20), at=(LAST,), says="05 §3; 12 no. 46"
)
TEST_RIDE.broken(
    "a page id of 20 units, 10 characters",
    Put(LAST, BIKE * 10),
    Put(TO_LAST, BIKE * 10),
    at=(LAST,),
    says="05 §3: UTF-16 units",
)

TEST_RIDE.broken("starts at no page", Put(START, "colour"))
TEST_RIDE.broken("starts at a page in other letters", Put(START, "Kind"))
TEST_RIDE.broken("start is a number", Put(START, 0))
TEST_RIDE.broken("a page leads nowhere", Put(f"{PAGES}/1/nextPageIdentifier", "colour"))
TEST_RIDE.broken("a choice leads nowhere", Put(f"{PAGES}/0/items/1/nextPageIdentifier", "colour"))
TEST_RIDE.broken("a page leads to a number", Put(f"{PAGES}/1/nextPageIdentifier", 2))
TEST_RIDE.broken(
    "two pages of one id", Append(PAGES, page("size", "input")), at=(f"{PAGES}/4/pageIdentifier",), says="05 §3: unique"
)
TEST_RIDE.broken("pages is missing", Drop(PAGES), may=(START,))
TEST_RIDE.broken("no page", Put(PAGES, []), may=(START,))
TEST_RIDE.broken("pages is an object", Put(PAGES, {"kind": {}}), may=(START,))
TEST_RIDE.broken("a page is a string", Append(PAGES, "end"), at=(f"{PAGES}/4",))

IN_A_ROW = Cases("form of three pages", three_in_a_row, "05 §3, §4")
IN_A_ROW.good("as it is")
IN_A_ROW.good("ten pages in a row", Put(PAGES, chain(10)))
IN_A_ROW.good("twenty-seven pages in a row", Put(PAGES, chain(27)))
# The page calls an unreachable page a warning; Parley refuses it: nobody means to send a question nobody can see.
IN_A_ROW.broken("starting in the middle leaves one out", Put(START, "p1"), at=(f"{PAGES}/0",), says="05 §4")
IN_A_ROW.broken("a page nobody leads to", Append(PAGES, page("lost", "input")), at=(f"{PAGES}/3",), says="05 §4")
IN_A_ROW.good(
    "a way back beside the end",
    Put(
        f"{PAGES}/1",
        page(
            "p1",
            "select",
            items=[
                choice("again", "Again", "again", nextPageIdentifier="p0"),
                choice("go", "Go on", "go", nextPageIdentifier="p2"),
            ],
        ),
    ),
    says="05 §4: a cycle is a warning",
)
IN_A_ROW.good(
    "two ends",
    Put(
        f"{PAGES}/0",
        page(
            "p0",
            "select",
            items=[
                choice("yes", "Yes", "y", nextPageIdentifier="p1"),
                choice("no", "No", "n", nextPageIdentifier="p2"),
            ],
        ),
    ),
    Drop(f"{PAGES}/1/nextPageIdentifier"),
)
IN_A_ROW.good(
    "choices and their page both lead on",
    Put(
        f"{PAGES}/0",
        page(
            "p0",
            "select",
            nextPageIdentifier="p1",
            items=[
                choice("quick", "Quick", "q", nextPageIdentifier="p2"),
                choice("slow", "Slow", "s"),
            ],
        ),
    ),
)
IN_A_ROW.good("submitted on the last page", Put(f"{PAGES}/2/submitForm", True))
IN_A_ROW.broken(
    "round and round without an end", Put(BACK, "p0"), at=((PAGES, FORM, START, BACK),), says="05 §4: a path to an end"
)
IN_A_ROW.broken(
    "a page leads to itself for ever", Put(BACK, "p2"), at=((PAGES, FORM, START, BACK),), says="05 §4: a path to an end"
)
IN_A_ROW.broken("submitForm is a string", Put(f"{PAGES}/2/submitForm", "yes"))
IN_A_ROW.broken("the end leads nowhere", Put(BACK, "p3"))

ALL = (TEST_RIDE, IN_A_ROW)
