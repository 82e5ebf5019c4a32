from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from enum import StrEnum
from typing import Literal

import pytest

from models.errors import ConfigurationError
from training.configuration.tree import fields_of, kind_of, leaves, section_for
from training.pipeline_settings import PipelineSettings


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Round:
    size: int
    """How large
    it is.
    """

    kind: Literal["round"] = "round"


@dataclass(frozen=True, slots=True)
class Square:
    kind: Literal["square"] = "square"
    edge: int = 1


@dataclass(frozen=True, slots=True)
class Thing:
    shape: Round | Square = field(default_factory=Square)
    lid: Round | None = None
    colour: Colour = Colour.RED
    depth: int | None = 3


def test_a_field_knows_its_sections_default_and_whether_it_can_be_off() -> None:
    fields = fields_of(Thing)

    assert [field.name for field in fields.values()] == ["shape", "lid", "colour", "depth"]
    assert fields["shape"].sections == (Round, Square)
    assert fields["shape"].default == Square()
    assert [name for name, field in fields.items() if field.optional] == ["lid", "depth"]
    assert fields_of(Round)["size"].default is MISSING


def test_a_kind_comes_first_and_names_its_section() -> None:
    assert list(fields_of(Round)) == ["kind", "size"]
    assert [kind_of(section) for section in (Round, Square, Thing)] == ["round", "square", None]
    assert section_for(fields_of(Thing)["shape"], "round", "shape.kind") is Round
    with pytest.raises(ConfigurationError, match='must be one of "round", "square", got \'oval\''):
        section_for(fields_of(Thing)["shape"], "oval", "shape.kind")


def test_words_to_choose_from_are_those_of_an_enum_or_a_literal() -> None:
    assert fields_of(Thing)["colour"].choices == ("red", "blue")
    assert fields_of(Round)["kind"].choices == ("round",)
    assert fields_of(Thing)["depth"].choices == ()


def test_the_meaning_is_the_text_under_the_field_on_one_line() -> None:
    assert fields_of(Round)["size"].meaning == "How large it is."
    assert fields_of(Square)["edge"].meaning == ""


def test_leaves_are_all_fields_with_the_section_that_has_them() -> None:
    assert ("shape.edge", Square) in leaves(Thing)
    assert [name for name, _ in leaves(Thing)].count("shape.kind") == 2


def test_every_field_of_the_configuration_says_what_it_means_in_one_sentence() -> None:
    sections = {section for _, section in leaves(PipelineSettings)}
    silent = [
        f"{section.__name__}.{name}"
        for section in sections
        for name, field in fields_of(section).items()
        if not field.meaning.endswith(".")
    ]
    assert silent == []
