"""How devices word reactions, one table per language (protocol/02 §3): a new one is a module and a line here."""

from typing import Final

from parley.apple.tapback_patterns.chinese import SIMPLIFIED, TRADITIONAL
from parley.apple.tapback_patterns.english import ENGLISH
from parley.apple.tapback_patterns.french import FRENCH
from parley.apple.tapback_patterns.german import GERMAN
from parley.apple.tapback_patterns.italian import ITALIAN
from parley.apple.tapback_patterns.japanese import JAPANESE
from parley.apple.tapback_patterns.portuguese import PORTUGUESE
from parley.apple.tapback_patterns.spanish import SPANISH
from parley.apple.tapback_patterns.table import Form, Reaction, Table, Target

__all__ = ["TABLES", "Form", "Reaction", "Table", "Target"]

TABLES: Final[dict[str, Table]] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "pt": PORTUGUESE,
    "ja": JAPANESE,
    "zh-hans": SIMPLIFIED,
    "zh-hant": TRADITIONAL,
}
