from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from models.errors import ConfigurationError
from tests.training.report.example import ABOUT, findings
from training.labels.settings import LabelSettings
from training.losses.names import BaseLoss
from training.report.model_card import model_card
from training.report.sources import BASES, sources_of


def card(**changes: object) -> str:
    about = replace(ABOUT, **changes)  # type: ignore[arg-type]
    return model_card(replace(findings(), about=about)).decode()


def test_the_card_says_what_on_what_data_and_under_which_licence() -> None:
    text = card()
    assert text.startswith("# A small shop\n")
    for words in ("CC BY 4.0", "d" * 64, "1,000, 1,200, 200", "50 of the test queries have no"):
        assert words in text
    assert "| licence | not stated |" in card(licence="")


def test_only_the_parts_that_were_used_are_cited() -> None:
    text = card()
    assert "arXiv:2307.04047" in text
    assert "`weight = 0.25`" in text
    assert "arXiv:2510.04551" not in text
    with_alc = replace(findings(), method=sources_of("triplet", {}, None, {"negatives": 10}, {}))
    text = model_card(with_alc).decode()
    assert "arXiv:2510.04551" in text
    assert "NGAME" in text
    assert "arXiv:2307.04047" not in text


def test_a_base_loss_must_have_a_source() -> None:
    with pytest.raises(ConfigurationError, match="no source"):
        sources_of("unheard of", {}, None, None, {})


def test_every_label_representation_is_cited_and_titles_need_no_source() -> None:
    kinds = {kind().kind for kind in get_args(LabelSettings)}
    cited = {kind: len(sources_of("triplet", {}, None, None, {}, kind)) for kind in kinds}
    assert cited == {kind: 2 if kind == "text" else 3 for kind in kinds}
    with pytest.raises(ConfigurationError, match="no source"):
        sources_of("triplet", {}, None, None, {}, "unheard of")


def test_every_base_loss_has_a_source() -> None:
    assert set(BASES) == set(get_args(BaseLoss))


def test_results_promises_limits_and_the_way_to_make_it_again_are_there() -> None:
    text = card()
    for words in (
        "| ours | 0.500 |",
        "Precision 0.95 cannot be promised",
        "Not tested on shops that were not in training",
        "alc-train fit --config configuration.toml",
        r"| training.tcm.weight | 0.25 |",
    ):
        assert words in text


def test_a_split_that_is_not_known_claims_nothing() -> None:
    assert "Not tested on other" in card(split="own")
    assert "Not tested on shops" not in card(split="own")


def test_text_of_the_data_is_no_markup() -> None:
    text = card()
    assert "<script>" not in text
    assert r"\<script\>alert('x')\</script\> \| \*bold\*" in text
