from __future__ import annotations

from math import isnan

from service.database.tables import Decision, Stream
from service.metrics import create_metrics


def test_every_kind_of_decision_is_there_from_the_start() -> None:
    registry = create_metrics().registry
    for decision in Decision:
        labels = {"decision": decision.value}
        assert registry.get_sample_value("alc_decisions_total", labels) == 0


def test_verified_answers_count_but_leave_the_coverage_alone() -> None:
    metrics = create_metrics()
    coverage = "alc_automation_coverage_ratio"
    assert isnan(metrics.registry.get_sample_value(coverage) or 0)
    for decision in (Decision.AUTO_ACCEPT, Decision.MANUAL_REVIEW, Decision.VERIFIED):
        metrics.count_decision(decision)
    assert metrics.registry.get_sample_value(coverage) == 0.5
    labels = {"decision": "verified"}
    assert metrics.registry.get_sample_value("alc_decisions_total", labels) == 1


def test_no_match_is_automation_too() -> None:
    metrics = create_metrics()
    metrics.count_decision(Decision.NO_MATCH)
    metrics.count_decision(Decision.MANUAL_REVIEW)
    assert metrics.registry.get_sample_value("alc_automation_coverage_ratio") == 0.5


def test_every_stream_of_samples_is_there_from_the_start() -> None:
    registry = create_metrics().registry
    for stream in Stream:
        labels = {"stream": stream.value}
        assert registry.get_sample_value("alc_label_samples_total", labels) == 0


def test_only_the_bundle_that_answers_is_shown() -> None:
    metrics = create_metrics()
    metrics.show_bundle("first", target_precision=0.9, loaded_at=100.0)
    metrics.show_bundle("second", target_precision=0.95, loaded_at=200.0)
    value = metrics.registry.get_sample_value
    assert value("alc_bundle_info", {"bundle_id": "first"}) is None
    assert value("alc_bundle_info", {"bundle_id": "second"}) == 1
    assert value("alc_target_precision_ratio") == 0.95
    assert value("alc_bundle_loaded_timestamp_seconds") == 200


def test_two_services_in_one_process_do_not_share_instruments() -> None:
    first, second = create_metrics(), create_metrics()
    first.count_decision(Decision.AUTO_ACCEPT)
    labels = {"decision": "auto_accept"}
    assert second.registry.get_sample_value("alc_decisions_total", labels) == 0
