"""From a data set to a published bundle: split, fit, index, evaluate, calibrate, publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from models.bundle.bundle import BundleContents
from models.bundle.publish import publish
from models.bundle.reviews import ReviewReport
from models.calibration.fingerprints import Fingerprints, digests
from models.index.base import Neighbours
from models.index.ranking import first
from models.runtime import Runtime
from training.augmentation.settings import AugmentationSettings
from training.calibration import Calibrated, calibrate, unlabelled_answers
from training.data.dataset import Dataset, digest
from training.data.splits import SplitDataset
from training.decider.fit import FittedDecider, fit_decider
from training.drift import traffic_reference
from training.evaluation.background import Background, background
from training.evaluation.report import CANDIDATES, REACHED, Evaluation, evaluate
from training.evaluation.search import answers, first_stage, tfidf_answers
from training.findings import findings_of
from training.loop.fit import Fitted, fit
from training.loop.step import Fold, Step
from training.loop.stopping import divide
from training.loop.torchrun import joined
from training.parts import learnt_parts
from training.pipeline_settings import PipelineSettings
from training.recipes import method_name
from training.report.full import full_report
from training.reviews.read import Reviews
from training.runtime import build_runtime
from training.settings import TrainingSettings
from training.trained import Trained


@dataclass(frozen=True, slots=True)
class Stages:
    """Who hears of the stages beside training: what is done, and of how many.

    `fold` hears of each step of the encoders that are fitted for the decider alone, `reviews`, once
    and before anything is fitted, which review labels are learnt from.
    """

    hashing: Callable[[int, int], None] | None = None
    baseline: Callable[[int, int], None] | None = None
    fold: Callable[[Step, Fold], None] | None = None
    reviews: Callable[[ReviewReport], None] | None = None


def train(
    parts: SplitDataset,
    settings: PipelineSettings,
    calibrated_at: datetime,
    on_step: Callable[[Step], None],
    stages: Stages | None = None,
    run_directory: Path | None = None,
) -> Trained:
    """Fit on train part and reviews, certify on the calibration part, evaluate on the test part.

    Evaluated are TF-IDF without training, the model by its score alone and, where there is one,
    with its decider. `on_step` and `stages` hear of what takes seconds. With an early stop, the
    calibration queries that choose the epoch certify nothing. A run directory is that of `fit`.
    """
    stages = stages or Stages()
    choosing, certifying = divide(parts.calibration, settings.training)
    fitted = _fit(parts, choosing, settings, on_step, stages, run_directory)
    built = build_runtime(fitted, parts.learnt, settings.augmentation, settings.training.seed)
    decided = _decider(parts, built.runtime, fitted.epoch, settings, stages)
    known = background(parts.train, settings.evaluation)
    certify_all = partial(_judged, certifying, parts.test, settings, calibrated_at, known)
    name = model_name(settings.training, settings.augmentation)
    served = by_score = certify_all(name, built.runtime)
    if decided and decided.decider:
        with_decider = replace(built.runtime, decider=decided.decider)
        served = certify_all(f"{name}, decider", with_decider)
    lexical = tfidf_answers(parts.test, parts.train, REACHED, stages.baseline)
    best = first(lexical, CANDIDATES)
    baseline = evaluate("TF-IDF, no training", best, parts.test.relevance, (), known, lexical)
    return Trained(
        runtime=served.runtime,
        products=fitted.products,
        found=served.found,
        index_report=built.index_report,
        memory_report=built.memory_report,
        decider_report=decided.report if decided else None,
        calibrated=served.calibrated,
        baseline=baseline,
        by_score=by_score.evaluation,
        by_decider=served.evaluation if served is not by_score else None,
        untrained=fitted.untrained,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """A runtime with what it answers to the test queries, what it promises, and its results."""

    runtime: Runtime
    found: Neighbours
    calibrated: Calibrated
    evaluation: Evaluation


def _judged(
    certifying: Dataset,
    test: Dataset,
    settings: PipelineSettings,
    calibrated_at: datetime,
    known: Background,
    name: str,
    runtime: Runtime,
) -> _Judged:
    found = answers(runtime, test, CANDIDATES)
    # The test queries, without their labels, stand for the traffic that places the thresholds.
    others = unlabelled_answers(settings.calibration.certifying.grouping, test, found)
    texts = Fingerprints(digests(certifying.texts), digests(test.texts))
    calibrated = calibrate(runtime, certifying, others, settings.calibration, calibrated_at, texts)
    reached = first_stage(runtime, test, REACHED)
    promises, groups = calibrated.promises, others.groups
    evaluation = evaluate(name, found, test.relevance, promises, known, reached, groups)
    return _Judged(runtime, found, calibrated, evaluation)


def _decider(
    parts: SplitDataset,
    runtime: Runtime,
    epochs: int,
    settings: PipelineSettings,
    stages: Stages,
) -> FittedDecider | None:
    if settings.decider is None:
        return None
    seed, folds = settings.training.seed, settings.decider.folds
    # As many epochs as the encoder that is served; the folds have no queries to stop them.
    training = replace(settings.training, epochs=epochs, stopping=None)

    def refit(train: Dataset, number: int) -> Runtime:
        def on_step(step: Step) -> None:
            if stages.fold:
                stages.fold(step, Fold(number, folds))

        fitted = fit(train, training, on_step)
        return build_runtime(fitted, train, settings.augmentation, seed).runtime

    return fit_decider(runtime, parts, settings.decider, seed, refit)


def model_name(settings: TrainingSettings, augmentation: AugmentationSettings | None = None) -> str:
    """Return a model's method, the losses on top of it and what was added, as the tables do."""
    added = [name for name, used in (("TCM", settings.tcm), ("ALC", settings.alc)) if used]
    method = method_name(settings)
    losses = " + ".join([method, *added]) if added else f"{method} base alone"
    return losses if augmentation is None else f"{losses}, {augmentation.name}"


def train_and_publish(
    dataset: Dataset,
    settings: PipelineSettings,
    bundles_dir: Path,
    now: datetime,
    on_step: Callable[[Step], None],
    stages: Stages | None = None,
    run_directory: Path | None = None,
    reviews: Reviews | None = None,
) -> tuple[Path, Trained]:
    """Return the directory of the published bundle, now current, and what was trained.

    `reviews` are what was read of the sources that the settings name.
    Of several processes this is for the first; the others `assist`.
    """
    parts, report = learnt_parts(dataset, settings, reviews)
    if report is not None and stages is not None and stages.reviews is not None:
        stages.reviews(report)
    trained = train(parts, settings, now, on_step, stages, run_directory)
    contents = BundleContents(
        runtime=trained.runtime,
        index_report=trained.index_report,
        memory_report=trained.memory_report,
        decider_report=trained.decider_report,
        promises=trained.promises,
        no_match=trained.calibrated.no_match,
        calibration=trained.calibrated.record,
        configuration=settings.as_dict(),
        data_digest=digest(dataset),
        reference=traffic_reference(trained.runtime.encoder, parts, trained.found, settings.drift),
        report=full_report(findings_of(dataset, parts, settings, trained, now)),
        reviews=report,
        reviewed=() if parts.reviews is None else parts.reviews.texts,
    )
    return publish(bundles_dir, contents, created_at=now), trained


def assist(
    dataset: Dataset,
    settings: PipelineSettings,
    run_directory: Path | None = None,
    reviews: Reviews | None = None,
) -> None:
    """Take part in the training of `train_and_publish` as one of the other processes."""
    parts, _ = learnt_parts(dataset, settings, reviews)
    choosing, _ = divide(parts.calibration, settings.training)
    _fit(parts, choosing, settings, lambda _: None, Stages(), run_directory)


def _fit(
    parts: SplitDataset,
    choosing: Dataset | None,
    settings: PipelineSettings,
    on_step: Callable[[Step], None],
    stages: Stages,
    run_directory: Path | None,
) -> Fitted:
    with joined(settings.training.device) as ranks:
        return fit(
            parts.learnt,
            settings.training,
            on_step,
            stages.hashing,
            choosing=choosing,
            test=parts.test,
            ranks=ranks,
            run_directory=run_directory,
        )
