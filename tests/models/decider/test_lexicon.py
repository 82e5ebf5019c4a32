from __future__ import annotations

from math import log

import numpy as np
import pytest

from models.decider.lexicon import build_lexicon
from models.decider.tokens import token_sets


def test_a_weight_is_that_of_the_formula() -> None:
    lexicon = build_lexicon([token_sets(["red tv", "red"]), token_sets(["blue"])])
    assert lexicon.weights_of(token_sets(["red"])) == pytest.approx([log(4 / 3) + 1])
    assert lexicon.weights_of(token_sets(["tv"])) == pytest.approx([log(4 / 2) + 1])
    assert lexicon.weights_of(token_sets(["never seen"])) == pytest.approx([log(4) + 1] * 2)


def test_a_token_that_is_repeated_in_a_text_is_in_it_once() -> None:
    lexicon = build_lexicon([token_sets(["red red red", "blue"])])
    assert lexicon.weights_of(token_sets(["red blue"])) == pytest.approx([log(3 / 2) + 1] * 2)


@pytest.mark.parametrize("texts", [[], [""]], ids=["no text", "no word"])
def test_without_words_every_token_is_unknown(texts: list[str]) -> None:
    lexicon = build_lexicon([token_sets(texts)])
    weights = lexicon.weights_of(token_sets(["red"]))
    assert weights.dtype == np.float32
    assert weights == pytest.approx([log(len(texts) + 1) + 1])
    assert lexicon.weights_of(token_sets([""])).tolist() == []
