"""The project's documents as data: their code, tables, links and headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file."""

    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        return _FENCED.sub("", self.text)

    @property
    def code(self) -> list[str]:
        """Return what is typed: the bash blocks, and what stands between backquotes."""
        return [*self.blocks(), *_INLINE.findall(self.prose)]

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.prose)

    @property
    def headings(self) -> list[str]:
        return re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)

    @property
    def anchors(self) -> set[str]:
        """Return what a link to a heading may name: lower case, no punctuation, hyphens."""
        plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in self.headings)
        return {heading.replace(" ", "-") for heading in plain}

    def blocks(self, language: str = "bash") -> list[str]:
        return [block for found, block in _FENCED.findall(self.text) if found == language]

    def table(self, first_header: str) -> list[list[str]]:
        """Return the cells below the header of the one table whose first header this is."""
        _, found, rest = self.prose.partition(f"\n| {first_header} |")
        assert found, f"{self} has no table that begins with {first_header!r}"
        rows = rest.partition("\n\n")[0].splitlines()[2:]
        return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def quoted(cell: str) -> list[str]:
    """Return what stands between backquotes in a cell."""
    return _INLINE.findall(cell)


def documents() -> list[Document]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [Document(path) for path in sorted(found)]


README = Document(ROOT / "README.md")
USER_GUIDE = Document(ROOT / "docs" / "user-guide.md")
OPERATIONS = Document(ROOT / "docs" / "operations.md")
TRAINING_SETTINGS = Document(ROOT / "docs" / "training-settings.md")
METHOD = Document(ROOT / "docs" / "method.md")
