from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from models.decider.files import encoder_digest
from models.runtime import Runtime
from tests.training.decider.toy import QUICK, WordEncoder, runtime_of
from tests.training.products import small_shop
from training.data.dataset import Dataset, relevance_matrix
from training.data.splits import DeciderPart, SplitDataset, SplitKind, split_dataset
from training.decider import fit as fitting
from training.decider.examples import Examples, examples_of
from training.decider.fit import fit_decider
from training.decider.trees import fit_trees

FOLDS = replace(QUICK, folds=3)
OWN = replace(QUICK, folds=0)


def parts_of(kind: SplitKind = SplitKind.OFFERS, *, from_training: bool = False) -> SplitDataset:
    return split_dataset(small_shop(), kind, 0, DeciderPart(0.2, from_training))


@dataclass
class Refits:
    """Stands for the training of encoders: notes what each fold was fitted on, and its number."""

    seen: list[set[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def __call__(self, train: Dataset, number: int) -> Runtime:
        self.seen.append(set(train.texts))
        self.numbers.append(number)
        return runtime_of(train, WordEncoder(salt=f"fold {number}"))


def unused(_: Dataset, __: int) -> Runtime:
    raise AssertionError("no encoder is to be fitted")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...]]]:
    """Return, as they are made, by which encoder (its salt) which queries were scored."""
    calls: list[tuple[str, tuple[str, ...]]] = []
    real = examples_of

    def spy(runtime: Runtime, side: object, queries: Dataset, *rest: int) -> object:
        assert isinstance(runtime.encoder, WordEncoder)
        calls.append((runtime.encoder.salt, queries.texts))
        return real(runtime, side, queries, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(fitting, "examples_of", spy)
    return calls


def test_every_training_query_is_scored_by_the_encoder_that_did_not_see_it(
    judged: list[tuple[str, tuple[str, ...]]],
) -> None:
    parts, refit = parts_of(), Refits()

    fitted = fit_decider(runtime_of(parts.train), parts, FOLDS, 0, refit)

    assert refit.numbers == [0, 1, 2]
    for salt, texts in judged:
        # Texts of the shop repeat now and then, so that one may be in two folds.
        once = [text for text in texts if parts.train.texts.count(text) == 1]
        assert refit.seen[int(salt[-1])].isdisjoint(once)
    scored = [text for _, texts in judged for text in texts]
    assert sorted(scored) == sorted(parts.train.texts)
    assert fitted.report.queries == len(parts.train)
    assert fitted.decider


def test_queries_of_its_own_part_are_spread_over_the_folds(
    judged: list[tuple[str, tuple[str, ...]]],
) -> None:
    parts = parts_of(SplitKind.OPEN)
    assert 0 < len(parts.decider) < len(parts.train)

    fitted = fit_decider(runtime_of(parts.train), parts, FOLDS, 0, Refits())

    own = [texts for _, texts in judged[1::2]]
    assert sorted(text for texts in own for text in texts) == sorted(parts.decider.texts)
    sizes = [len(texts) for texts in own]
    assert max(sizes) - min(sizes) <= 1
    assert fitted.report.queries == len(parts.train) + len(parts.decider)
    assert fitted.report.learnable <= len(parts.train)


def test_without_folds_it_learns_from_its_own_part_and_no_encoder_is_fitted(
    judged: list[tuple[str, tuple[str, ...]]],
) -> None:
    parts = parts_of(from_training=True)

    fitted = fit_decider(runtime_of(parts.train), parts, OWN, 0, unused)

    assert [texts for _, texts in judged] == [parts.decider.texts]
    assert (fitted.report.queries, fitted.report.folds) == (len(parts.decider), 0)
    assert fitted.decider
    assert fitted.report.trees == fitted.decider.trees.count > 0


def test_too_few_labels_give_no_decider_and_say_how_many_are_missing() -> None:
    parts = parts_of(from_training=True)
    learnable = fit_decider(runtime_of(parts.train), parts, OWN, 0, unused).report.learnable
    wanting = replace(OWN, fewest_queries=learnable + 7)

    fitted = fit_decider(runtime_of(parts.train), parts, wanting, 0, unused)

    assert fitted.decider is None
    assert fitted.report.missing == 7
    assert (fitted.report.trees, fitted.report.needed) == (0, learnable + 7)
    enough = replace(OWN, fewest_queries=learnable)
    assert fit_decider(runtime_of(parts.train), parts, enough, 0, unused).decider


def test_an_empty_part_is_too_few() -> None:
    parts = split_dataset(small_shop(), SplitKind.OFFERS, 0)

    fitted = fit_decider(runtime_of(parts.train), parts, OWN, 0, unused)

    assert fitted.decider is None
    assert (fitted.report.queries, fitted.report.missing) == (0, 20)


def test_it_judges_with_the_encoder_that_is_served_and_all_training_queries() -> None:
    parts = parts_of()
    served = runtime_of(parts.train, WordEncoder(salt="served"))

    decider = fit_decider(served, parts, FOLDS, 0, Refits()).decider

    assert decider
    assert decider.candidates == 4
    assert decider.side.known_queries.counts.sum() == parts.train.relevance.nnz
    assert len(decider.encoder_digest) == 64


def test_it_belongs_to_the_files_of_its_encoder(tmp_path: Path) -> None:
    parts = parts_of(from_training=True)
    runtime = runtime_of(parts.train)
    decider = fit_decider(runtime, parts, OWN, 0, unused).decider
    assert decider
    runtime.encoder.save(tmp_path)
    assert decider.encoder_digest == encoder_digest(tmp_path)


def test_the_number_of_candidates_is_a_setting() -> None:
    parts = parts_of(from_training=True)
    few, more = (
        fit_decider(runtime_of(parts.train), parts, replace(OWN, candidates=count), 0, unused)
        for count in (1, 10)
    )
    assert few.report.learnable < more.report.learnable
    assert few.decider
    assert few.decider.candidates == 1


def test_the_seed_decides_the_folds_and_the_trees() -> None:
    parts = parts_of()

    def dumped(seed: int) -> list[str]:
        decider = fit_decider(runtime_of(parts.train), parts, FOLDS, seed, Refits()).decider
        assert decider
        return decider.trees.booster.get_dump()

    assert dumped(1) == dumped(1)
    assert dumped(1) != dumped(2)


def test_its_probabilities_are_better_than_chance_on_queries_that_nobody_saw() -> None:
    parts = parts_of()
    runtime = runtime_of(parts.train)
    decider = fit_decider(runtime, parts, FOLDS, 0, Refits()).decider
    found = replace(runtime, decider=decider).candidates(parts.test.texts, 4)
    assert found.probabilities is not None
    right = found.rows[:, 0] == parts.test.relevance.indices
    assert found.probabilities[right, 0].mean() > found.probabilities[:, 1:].mean()
    assert np.all(np.diff(found.probabilities, axis=1) <= 0)


def with_reviews(parts: SplitDataset) -> SplitDataset:
    """Four reviewed queries; of two of them no product is right."""
    right = parts.train.subset(np.arange(4))
    texts = tuple(f"reviewed {number}" for number in range(4))
    first, second = right.relevance.indices[:2].tolist()
    relevance = relevance_matrix([(first,), (second,), (), ()], len(right.products))
    return replace(parts, reviews=replace(right, texts=texts, relevance=relevance))


def test_reviewed_queries_are_scored_by_the_encoder_that_did_not_see_them(
    judged: list[tuple[str, tuple[str, ...]]],
) -> None:
    parts, refit = with_reviews(parts_of()), Refits()
    assert parts.reviews

    fitted = fit_decider(runtime_of(parts.train), parts, FOLDS, 0, refit)

    scored = [(salt, text) for salt, texts in judged for text in texts if "reviewed" in text]
    assert sorted(text for _, text in scored) == list(parts.reviews.texts)
    for salt, text in scored:
        seen_by = [number for number, seen in enumerate(refit.seen) if text in seen]
        assert seen_by == [number for number in refit.numbers if number != int(salt[-1])]
    assert fitted.report.queries == len(parts.train) + 4
    assert fitted.decider
    assert fitted.decider.side.known_queries.counts.sum() == parts.train.relevance.nnz + 2


def test_the_folds_of_the_data_are_the_same_with_reviews() -> None:
    without, beside = Refits(), Refits()
    parts = parts_of()
    fit_decider(runtime_of(parts.train), parts, FOLDS, 0, without)

    fit_decider(runtime_of(parts.train), with_reviews(parts), FOLDS, 0, beside)

    assert [{text for text in seen if "reviewed" not in text} for seen in beside.seen] == (
        without.seen
    )


def test_reviewed_queries_are_marked_as_selected(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted_on: list[Examples] = []
    real = fit_trees

    def spy(examples: Examples, *rest: object) -> object:
        fitted_on.append(examples)
        return real(examples, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(fitting, "fit_trees", spy)
    for settings in (FOLDS, OWN):
        parts = with_reviews(parts_of(from_training=True))
        fit_decider(runtime_of(parts.train), parts, settings, 0, Refits())

    folds, own = (np.unique(one.queries[one.selected]) for one in fitted_on)
    assert len(folds) == 4
    assert len(own) == 2


def test_without_folds_it_learns_of_reviews_only_what_no_encoder_saw(
    judged: list[tuple[str, tuple[str, ...]]],
) -> None:
    parts = with_reviews(parts_of(from_training=True))

    fit_decider(runtime_of(parts.train), parts, OWN, 0, unused)

    assert [texts for _, texts in judged] == [parts.decider.texts, ("reviewed 2", "reviewed 3")]
