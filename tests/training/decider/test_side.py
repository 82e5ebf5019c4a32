from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.catalogue import Product
from models.decider.tokens import token_sets
from tests.training.decider.toy import WordEncoder
from training.data.dataset import Dataset, relevance_matrix
from training.decider.settings import DeciderSettings
from training.decider.side import known_queries, lexicon_of, side_of

TRAIN = Dataset(
    texts=("red lamp", "blue lamp", "lamp", "chair"),
    sources=("",) * 4,
    categories=("",) * 4,
    products=(Product("l", "Lamp"), Product("c", "Chair"), Product("t", "Table")),
    relevance=relevance_matrix([(0,), (0,), (0, 1), (1,)], 3),
)


def test_words_are_weighed_over_titles_and_training_queries() -> None:
    """Of 7 texts, 4 have "lamp", 1 "red" and none "sofa"."""
    lexicon = lexicon_of(TRAIN)
    weights = [lexicon.weights_of(token_sets([word]))[0] for word in ("lamp", "red", "sofa")]
    assert weights == pytest.approx([np.log(8 / 5) + 1, np.log(8 / 2) + 1, np.log(8) + 1])


def test_sizes_that_are_attributes_are_weighed_with_the_text() -> None:
    sized = replace(
        TRAIN,
        products=(Product("l", "Lamp", {"size": "red"}), *TRAIN.products[1:]),
        attributes=({"capacity": "red"}, {}, {}, {"colour": "red"}),
    )
    [weight] = lexicon_of(sized).weights_of(token_sets(["red"]))
    assert weight == pytest.approx(np.log(8 / 3) + 1)  # the first title and the first query


def test_every_product_has_its_training_queries_and_their_number() -> None:
    """A training query of a product is as near to it as can be, up to 8 bits a dimension."""
    known = known_queries(TRAIN, WordEncoder(), 16, seed=0)
    assert known.counts[:3].tolist() == [3, 2, 0]
    assert known.offsets[:4].tolist() == [0, 3, 5, 5]
    best = known.best_cosines(WordEncoder().encode(TRAIN.texts), np.array([[0, 1, 2]] * 4))
    assert best[:3, 0] == pytest.approx([1, 1, 1], abs=0.01)
    assert best[2:, 1] == pytest.approx([1, 1], abs=0.01)
    assert best[0, 1] < 0.9
    assert np.isnan(best[:, 2]).all()


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_are_kept_than_asked_for_and_chance_chooses_them(most: int) -> None:
    kept = [known_queries(TRAIN, WordEncoder(), most, seed) for seed in range(8)]
    assert all(one.offsets[:4].tolist() == [0, most, 2 * most, 2 * most] for one in kept)
    assert all(one.counts[:3].tolist() == [3, 2, 0] for one in kept)
    assert len({one.vectors.tobytes() for one in kept}) > 1
    again = known_queries(TRAIN, WordEncoder(), most, seed=3)
    assert np.array_equal(again.vectors, kept[3].vectors)


def test_the_setting_decides_how_many_are_kept() -> None:
    side = side_of(TRAIN, WordEncoder(), lexicon_of(TRAIN), DeciderSettings(known_queries=1), 0)
    assert side.known_queries.offsets[:4].tolist() == [0, 1, 2, 2]
