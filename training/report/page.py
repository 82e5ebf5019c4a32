"""One self-contained HTML page: no script, no network, light and dark, for desk and telephone."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined

from training.evaluation.pictures.style import Picture
from training.evaluation.table import Rows


@dataclass(frozen=True, slots=True)
class Link:
    """Another file of the same report, by its plain name."""

    file: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs, then pictures, tables (header first) and links, each in order."""

    heading: str
    paragraphs: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Rows] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What is on a page; `facts` are named values under the title."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = field(default_factory=tuple)


def page_html(page: Page) -> bytes:
    """Return the page; all text in it is escaped, and pictures are part of the file."""
    return _templates.get_template("page.html").render(page=page).encode() + b"\n"


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _is_number(cell: str) -> bool:
    """Return whether a cell is set to the right, as numbers are."""
    plain = cell.replace(",", "").replace("%", "").replace("\N{PLUS-MINUS SIGN}", " ")
    try:
        [float(word) for word in plain.split()]
    except ValueError:
        return cell == "-"
    return bool(plain.strip())


def _environment() -> Environment:
    loader = PackageLoader("training.report")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"data_uri": _data_uri, "is_number": _is_number}
    return environment


_templates = _environment()
