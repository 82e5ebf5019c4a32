from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from tests.training.loop.runs import PROTOTYPES, SETTINGS, trained
from tests.training.products import small_shop
from training.evaluation.separation import Separation, embedding_blocks, separation
from training.examples import build_examples
from training.loop import untrained
from training.loop.fit import _engine, fit
from training.loop.ranks import SingleRank
from training.loop.untrained import untrained_separation
from training.losses.parts import LossParts

TEST = small_shop(seed=1).subset(np.arange(0, 360, 7))


def same(one: Separation | None, other: Separation | None) -> bool:
    assert one is not None
    assert other is not None
    return np.array_equal(one.right, other.right) and np.array_equal(one.wrong, other.wrong)


@pytest.mark.parametrize("at_once", [7, 65_536])
def test_it_is_the_separation_of_queries_and_titles_under_the_untrained_encoder(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(untrained, "PRODUCT_BLOCK", at_once)
    ignored = np.zeros(TEST.relevance.shape, dtype=bool)
    ignored[:, :30] = True
    queries = replace(TEST, filtered=sparse.csr_array(ignored))
    prepared, examples = build_examples(small_shop(), PROTOTYPES.encoder, seed=0)
    engine = _engine(prepared.encoder, examples, PROTOTYPES, SingleRank())

    found = untrained_separation(engine, queries, prepared.read(queries.texts))

    encoder = prepared.encoder.export()
    asked, titles = encoder.encode(TEST.texts), encoder.encode([one.title for one in TEST.products])
    expected = separation(embedding_blocks(asked, titles), queries.relevance, queries.filtered)
    np.testing.assert_allclose(found.right, expected.right, atol=1e-5)
    np.testing.assert_allclose(found.wrong, expected.wrong, atol=1e-5)


def test_to_measure_it_changes_nothing_of_the_training() -> None:
    usual, watched = list[LossParts](), list[LossParts]()

    plain = fit(small_shop(), PROTOTYPES, lambda step: usual.append(step.parts))
    other = fit(small_shop(), PROTOTYPES, lambda step: watched.append(step.parts), test=TEST)

    assert plain.untrained is None
    assert trained(other, watched).same_as(trained(plain, usual))


def test_a_run_that_goes_on_still_knows_how_it_began(tmp_path: Path) -> None:
    first, again = (
        fit(small_shop(), SETTINGS, lambda _: None, test=TEST, run_directory=tmp_path)
        for _ in range(2)
    )

    assert same(first.untrained, again.untrained)
