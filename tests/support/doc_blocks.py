"""The fenced blocks of README.md, client/README.md and docs, and the commands in them."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from local.stack.layout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES: Final = [ROOT / "README.md", ROOT / "client/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE: Final = re.compile(r"^(?:<!-- ([^\n]*) -->\n)?( *)```(\w*)\n(.*?)^\2```$", re.MULTILINE | re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"<[A-Za-z][^<>\n]*>")
_HEREDOC: Final = re.compile(r"<<'?(\w+)'?\n.*?^\1$", re.MULTILINE | re.DOTALL)
_COMMENT: Final = re.compile(r"(^|\s)#(\s.*)?$")
_KEYWORDS: Final = {"until", "while", "do", "if", "then", "else", "!", "{"}
_ASSIGNED: Final = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True)
class Block:
    """One of them. `says` is the comment right before it."""

    page: Path
    line: int
    language: str
    text: str
    says: str

    @property
    def name(self) -> str:
        """Where it is."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def script(self) -> str:
        """A shell's text, with a word where the reader has to put one."""
        return _PLACEHOLDER.sub("placeholder", self.text)

    @property
    def commands(self) -> list[list[str]]:
        """Every simple command as words, those inside `$(…)` and pipes too; without redirections and assignments."""
        text = _HEREDOC.sub("", self.script).replace("\\\n", " ")
        found: list[list[str]] = []
        for line in text.splitlines():
            found += _simple(line)
        return found


def blocks(*languages: str) -> list[Block]:
    """All of these languages, page by page."""
    found = []
    for page in PAGES:
        content = page.read_text("utf-8")
        for fence in _FENCE.finditer(content):
            if fence[3] in languages:
                line = content.count("\n", 0, fence.start(2)) + 1
                found.append(Block(page, line, fence[3], textwrap.dedent(fence[4]), fence[1] or ""))
    return found


def _simple(line: str) -> list[list[str]]:
    lexer = shlex.shlex(_COMMENT.sub("", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    found: list[list[str]] = []
    skip = False
    for word in [*lexer, ";"]:
        if set(word) <= set("();<>|&"):
            skip = word[0] in "<>"
            if not skip:
                found.append(words)
                words = []
        elif skip:
            skip = False
        elif words or not (_ASSIGNED.match(word) or word in _KEYWORDS):
            words.append(word)
    return [*(each for each in found if each), *([words] if words else [])]
