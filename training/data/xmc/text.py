"""What of an entry is its text."""

from __future__ import annotations

from enum import StrEnum


class XmcText(StrEnum):
    """What is read as the text: the title, as for data sets named "Titles", or all there is."""

    TITLE = "title"
    TITLE_AND_CONTENT = "title+content"
