"""What Prometheus sees of this process; what it sees of the queue is in `queue_metrics`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

from service.automation_coverage import AutomationCoverage
from service.database.tables import Decision, Stream
from service.review.skips import LABELS as SKIP_LABELS

COVERAGE_WINDOW = 10_000
REQUEST_LABELS = ("route", "method", "status_class")
REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STAGE_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
# Scores are cosines; thresholds live in the upper half, so that is where the buckets are narrow.
SCORE_BUCKETS = (0.0, 0.2, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
# Promises lie near 1, so thresholds of probabilities do.
PROBABILITY_BUCKETS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)

disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for each series, of which nobody asks


@dataclass(frozen=True, slots=True)
class Metrics:
    """The instruments of one process, safe to use from any thread; see `create_metrics`."""

    registry: CollectorRegistry
    automation_coverage: AutomationCoverage
    http_requests: Counter  # by REQUEST_LABELS
    http_request_duration: Histogram  # seconds, by REQUEST_LABELS
    encode_duration: Histogram  # seconds, one micro-batch
    search_duration: Histogram  # seconds, one micro-batch
    decide_duration: Histogram  # seconds, one micro-batch; nothing where there is no decider
    explain_duration: Histogram  # seconds, the requests of one micro-batch that ask for reasons
    queue_wait: Histogram  # seconds, one request
    candidate_score: Histogram  # the best candidate of each query; use observe_best
    candidate_probability: Histogram  # of the same candidate; nothing where there is no decider
    decisions: Counter  # by decision; use count_decision
    blocked_decisions: Counter
    label_samples: Counter  # by stream
    review_skips: Counter  # by reason, see service/review/skips.py
    target_precision: Gauge
    bundle_info: Gauge  # by bundle_id; use show_bundle
    bundle_loaded_at: Gauge

    def count_decision(self, decision: Decision) -> None:
        """Count one decision; a verified one is a person's and leaves the coverage alone."""
        self.decisions.labels(decision.value).inc()
        if decision is not Decision.VERIFIED:
            self.automation_coverage.add(automatic=decision.is_automatic)

    def observe_best(self, score: float, probability: float | None) -> None:
        """Observe the best candidate of a query."""
        self.candidate_score.observe(score)
        if probability is not None:
            self.candidate_probability.observe(probability)

    def show_bundle(self, bundle_id: str, target_precision: float, loaded_at: float) -> None:
        """Name the bundle that answers; `loaded_at` is in seconds since the epoch."""
        self.bundle_info.clear()
        self.bundle_info.labels(bundle_id).set(1)
        self.target_precision.set(target_precision)
        self.bundle_loaded_at.set(loaded_at)


def create_metrics() -> Metrics:
    """Return instruments on a registry of their own, with the known label values at 0."""
    registry = CollectorRegistry()
    metrics = Metrics(
        registry=registry,
        automation_coverage=AutomationCoverage(COVERAGE_WINDOW),
        http_requests=Counter(
            "alc_http_requests_total", "Requests answered", REQUEST_LABELS, registry=registry
        ),
        http_request_duration=Histogram(
            "alc_http_request_duration_seconds",
            "From the request line to the last byte of the answer",
            REQUEST_LABELS,
            buckets=REQUEST_BUCKETS,
            registry=registry,
        ),
        encode_duration=_histogram("encode_duration_seconds", "Encoding a micro-batch", registry),
        search_duration=_histogram("search_duration_seconds", "Searching a micro-batch", registry),
        decide_duration=_histogram(
            "decide_duration_seconds", "Judging the candidates of a micro-batch", registry
        ),
        explain_duration=_histogram(
            "explain_duration_seconds", "Finding the reasons that were asked for", registry
        ),
        queue_wait=_histogram(
            "queue_wait_seconds", "Waiting of a request until its micro-batch began", registry
        ),
        candidate_score=_histogram(
            "candidate_score", "Score of the best candidate of a query", registry, SCORE_BUCKETS
        ),
        candidate_probability=_histogram(
            "candidate_probability",
            "Probability of the best candidate of a query",
            registry,
            PROBABILITY_BUCKETS,
        ),
        decisions=Counter(
            "alc_decisions_total", "Queries by what was decided", ("decision",), registry=registry
        ),
        blocked_decisions=Counter(
            "alc_blocked_decisions_total",
            "Queries left to a person because a person had said no to their product",
            registry=registry,
        ),
        label_samples=Counter(
            "alc_label_samples_total",
            "Decisions that were drawn at random for a person to label",
            ("stream",),
            registry=registry,
        ),
        review_skips=Counter(
            "alc_review_skips_total",
            "Tasks that a person skipped, by the reason",
            ("reason",),
            registry=registry,
        ),
        target_precision=_gauge("target_precision_ratio", "Promised precision", registry),
        bundle_info=Gauge(
            "alc_bundle_info", "The bundle that answers", ("bundle_id",), registry=registry
        ),
        bundle_loaded_at=_gauge("bundle_loaded_timestamp_seconds", "When it came", registry),
    )
    for reason in SKIP_LABELS:
        metrics.review_skips.labels(reason)
    for decision in Decision:
        metrics.decisions.labels(decision.value)
    for stream in Stream:
        metrics.label_samples.labels(stream.value)
    _gauge(
        "automation_coverage_ratio",
        f"Share of this instance's last {COVERAGE_WINDOW} model decisions that needed no person",
        registry,
    ).set_function(metrics.automation_coverage.ratio)
    return metrics


def _histogram(
    name: str,
    description: str,
    registry: CollectorRegistry,
    buckets: Sequence[float] = STAGE_BUCKETS,
) -> Histogram:
    return Histogram(f"alc_{name}", description, buckets=buckets, registry=registry)


def _gauge(name: str, description: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(f"alc_{name}", description, registry=registry)
