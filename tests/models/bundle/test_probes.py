from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bundle.probe import PROBABILITY_TOLERANCE, TOLERANCE, Probe
from models.bundle.probes import (
    CANDIDATES,
    PROBES,
    differences,
    read_probes,
    take_probes,
    write_probes,
)
from models.catalogue import Catalogue
from models.encoder import FloatMatrix
from models.errors import BundleError
from models.index.flat import FlatIndex
from models.runtime import Runtime
from tests.models.decider.deciders import deciding_runtime, trees_of_one
from tests.small_bundle import TITLES, small_contents

RUNTIME = small_contents().runtime
NUDGE = TOLERANCE / 10


def with_vectors(vectors: FloatMatrix) -> Runtime:
    index = FlatIndex.empty(vectors.shape[1])
    index.add(np.arange(len(vectors)), vectors)
    return replace(RUNTIME, index=index)


def moved(by: float) -> Runtime:
    """The runtime on a machine that computes all cosines a little lower."""
    return with_vectors(np.float32(1 - by) * RUNTIME.encoder.encode(TITLES))


def test_probes_are_the_titles_with_their_best_products() -> None:
    probes = take_probes(RUNTIME)

    assert [probe.text for probe in probes] == list(TITLES)
    assert [probe.rows[0] for probe in probes] == list(range(len(TITLES)))
    assert [probe.scores[0] for probe in probes] == [1.0] * len(TITLES)
    assert all(len(probe.rows) == len(TITLES) for probe in probes)


def test_they_are_spread_over_a_large_catalogue() -> None:
    titles = [f"{title} {number}" for number in range(50) for title in TITLES]

    probes = take_probes(small_contents(titles).runtime)

    assert len(probes) == PROBES
    assert (probes[0].text, probes[-1].text) == (titles[0], titles[-1])
    assert {len(probe.rows) for probe in probes} == {CANDIDATES}


def test_an_empty_catalogue_has_none() -> None:
    index = FlatIndex.empty(RUNTIME.encoder.dimension)

    assert take_probes(replace(RUNTIME, catalogue=Catalogue([]), index=index)) == ()


def test_rounding_of_another_machine_is_no_difference() -> None:
    assert differences(moved(NUDGE), take_probes(RUNTIME)) == ()


def test_other_scores_are_a_difference() -> None:
    found = differences(moved(10 * TOLERANCE), take_probes(RUNTIME))

    assert [one.probe.text for one in found] == list(TITLES)
    assert found[0].reason == "finds row 0 with the score 0.9900 instead of 1.0000"


def differing(expected: Probe, runtime: Runtime = RUNTIME) -> list[str]:
    return [one.reason for one in differences(runtime, (expected,))]


def test_products_that_score_alike_may_change_places() -> None:
    direction = RUNTIME.encoder.encode(TITLES[:1])
    scores = np.array([0.9, 0.8995, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2], dtype=np.float32)
    runtime = with_vectors(scores[:, np.newaxis] * direction)
    first, second, third, *rest = take_probes(runtime)[0].rows

    def reordered(*rows: int) -> Probe:
        return replace(take_probes(runtime)[0], rows=(*rows, *rest))

    assert differing(reordered(second, first, third), runtime) == []
    assert len(differing(reordered(first, third, second), runtime)) == 1


def test_a_product_at_the_border_may_give_way_to_one_that_ties() -> None:
    """With eleven equal titles any ten of them are as good."""
    runtime = small_contents(["the very same"] * 11).runtime
    probe = take_probes(runtime)[0]
    other = replace(probe, rows=(*probe.rows[:-1], 10))

    assert probe.rows == tuple(range(10))
    assert differing(other, runtime) == []


def test_a_product_that_is_lost_is_a_difference() -> None:
    titles = [*TITLES, *(f"{title} 2" for title in TITLES)]
    runtime = small_contents(titles).runtime
    probe = take_probes(runtime)[0]
    runtime.index.remove(np.array(probe.rows[:1]))

    (reason,) = differing(probe, runtime)

    assert reason == "does not find row 0, which scored 1.0000"


def test_a_product_that_was_not_there_is_a_difference() -> None:
    titles = [*TITLES, *(f"{title} 2" for title in TITLES)]
    runtime = small_contents(titles).runtime
    before = small_contents(titles).runtime
    before.index.remove(np.array([0]))
    probe = replace(take_probes(before)[1], text=titles[0])

    (reason,) = differing(probe, runtime)

    assert "instead of" in reason


def test_fewer_products_are_a_difference() -> None:
    probe = take_probes(RUNTIME)[0]
    shorter = Probe(probe.text, probe.rows[:-1], probe.scores[:-1])

    assert differing(shorter) == ["finds 8 products instead of 7"]


def built(text: str, found: list[tuple[int, float, float | None]], *, decided: bool) -> Probe:
    rows, scores, probabilities = zip(*found, strict=True) if found else ((), (), ())
    return Probe(text, rows, scores, probabilities if decided else ())


candidates = st.tuples(st.integers(0, 7), st.floats(-1, 1), st.none() | st.floats(0, 1))
probes = st.builds(
    built,
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.lists(candidates, max_size=3),
    decided=st.booleans(),
)


@given(st.lists(probes, max_size=4))
def test_a_round_trip_keeps_everything(
    tmp_path_factory: pytest.TempPathFactory, some: list[Probe]
) -> None:
    path = tmp_path_factory.mktemp("probes") / "probes.json"
    write_probes(tuple(some), path)

    assert read_probes(path, products=8) == tuple(some)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}x",
        "[1]",
        '[{"text": "a", "rows": [0]}]',
        '[{"text": "a", "rows": [0], "scores": []}]',
        '[{"text": "a", "rows": [8], "scores": [1.0]}]',
        '[{"text": "a", "rows": [-1], "scores": [1.0]}]',
        '[{"text": "a", "rows": [0, 1], "scores": [1.0, 0.5], "probabilities": [1.0]}]',
        '[{"text": "a", "rows": [0], "scores": [1.0], "probabilities": ["?"]}]',
    ],
    ids=[
        "empty",
        "no JSON",
        "no probe",
        "no scores",
        "fewer scores",
        "no such product",
        "an absent row",
        "fewer probabilities",
        "no probability",
    ],
)
def test_what_are_no_probes_is_refused_by_name(content: str, tmp_path: Path) -> None:
    path = tmp_path / "probes.json"
    path.write_text(content)

    with pytest.raises(BundleError, match=str(path)):
        read_probes(path, products=8)


def test_probes_of_before_there_was_a_decider_are_read(tmp_path: Path) -> None:
    path = tmp_path / "probes.json"
    path.write_text('[{"text": "a", "rows": [0], "scores": [1.0]}]')
    assert read_probes(path, products=8) == (Probe("a", (0,), (1.0,)),)


def deciding(candidates: int = CANDIDATES, *, by: str = "known_queries") -> Runtime:
    """The runtime with a decider; only the first three products have known queries."""
    return deciding_runtime(RUNTIME, trees=trees_of_one(by), candidates=candidates, known=3)


def test_a_decider_s_probabilities_are_recorded() -> None:
    probe = take_probes(deciding())[5]
    assert set(probe.rows[:3]) == {0, 1, 2}
    assert len(probe.probabilities) == len(probe.rows) == len(TITLES)
    assert probe.probabilities == tuple(sorted(probe.probabilities, key=lambda one: -(one or 0)))
    assert differences(deciding(), take_probes(deciding())) == ()


def test_what_a_decider_did_not_judge_has_no_probability(tmp_path: Path) -> None:
    probes = take_probes(deciding(candidates=2))
    assert [one is None for one in probes[0].probabilities] == [False] * 2 + [True] * 6
    write_probes(probes, tmp_path / "probes.json")
    assert read_probes(tmp_path / "probes.json", len(TITLES)) == probes


def test_another_decider_is_a_difference() -> None:
    found = differences(deciding(by="codes_in_both"), take_probes(deciding()))
    assert "with the probability" in found[0].reason


@pytest.mark.parametrize(("was", "is_now"), [(RUNTIME, deciding()), (deciding(), RUNTIME)])
def test_a_decider_that_came_or_went_is_a_difference(was: Runtime, is_now: Runtime) -> None:
    assert len(differences(is_now, take_probes(was))) == len(TITLES)


def test_products_that_are_as_probable_may_change_places() -> None:
    probe = take_probes(deciding())[5]
    first, second, *_, last = range(len(TITLES))

    def swapped(one: int, other: int) -> Probe:
        order = list(range(len(TITLES)))
        order[one], order[other] = other, one
        return Probe(
            probe.text,
            tuple(probe.rows[place] for place in order),
            tuple(probe.scores[place] for place in order),
            tuple(probe.probabilities[place] for place in order),
        )

    assert probe.scores[first] != probe.scores[second]
    assert differing(swapped(first, second), deciding()) == []
    assert len(differing(swapped(first, last), deciding())) == 1


@pytest.mark.parametrize(("share", "differ"), [(0.5, False), (2, True)])
def test_a_few_other_leaves_are_no_difference(share: float, differ: bool) -> None:
    probe = take_probes(deciding())[0]
    moved = tuple((one or 0) - share * PROBABILITY_TOLERANCE for one in probe.probabilities)
    assert bool(differing(replace(probe, probabilities=moved), deciding())) is differ
