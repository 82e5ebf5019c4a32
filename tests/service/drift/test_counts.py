from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from models.bundle.bundle import Bundle
from service.database.tables import Decision
from service.drift.counts import Counts, Seen, counts_of, total
from tests.models.bundle.test_transformer import contents_with_transformer
from tests.models.drift.references import small_reference
from tests.service.drift.bundles import publish_small


def seen(text: str, deciding: float, decision: Decision = Decision.AUTO_ACCEPT) -> Seen:
    return Seen(text, deciding, decision)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return publish_small(tmp_path, small_reference("apple"))


def test_queries_are_counted_by_what_they_look_like(bundle: Bundle) -> None:
    queries = [
        seen("apple", 0.9),
        seen("apple x", 0.3, Decision.MANUAL_REVIEW),
        seen("", -np.inf, Decision.MANUAL_REVIEW),
    ]
    assert counts_of(bundle, queries) == Counts(
        queries=3,
        score_counts=(1, 1, 0, 1),
        ngrams=11,
        unseen_ngrams=1,
        truncated=0,
        decisions=Counter({Decision.AUTO_ACCEPT: 1, Decision.MANUAL_REVIEW: 2}),
    )


def test_texts_that_the_encoder_cuts_are_counted(tmp_path: Path) -> None:
    contents = contents_with_transformer(tmp_path / "encoder")
    bundle = publish_small(tmp_path, small_reference("apple"), contents)
    long = "apple " * 40
    assert counts_of(bundle, [seen("apple", 1), seen(long, 1)]).truncated == 1


def test_without_a_reference_only_queries_and_decisions_are_counted(tmp_path: Path) -> None:
    found = counts_of(publish_small(tmp_path, None), [seen("apple", 0.9)])
    assert found == Counts(queries=1, decisions=Counter({Decision.AUTO_ACCEPT: 1}))


def test_counts_add_up(bundle: Bundle) -> None:
    queries = [seen("apple", 0.9), seen("pear", 0.1, Decision.NO_MATCH), seen("fig", 0.6)]
    apart = [counts_of(bundle, [one]) for one in queries]
    assert total(apart) == counts_of(bundle, queries)
    assert total([]) == Counts()
    assert total([Counts(queries=1), *apart]).score_counts == (1, 0, 1, 1)
