"""The alert rules: tried by Prometheus' own tool, and about metrics that there are."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml

from tests.documents import OPERATIONS, ROOT, quoted

PROMTOOL = shutil.which("promtool")
DIRECTORY = ROOT / "docker" / "prometheus"
RULES = [
    rule
    for group in yaml.safe_load((DIRECTORY / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="needs promtool (Debian: apt install prometheus)"
)


@needs_promtool
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts.test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, *arguments],
        cwd=DIRECTORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested_and_explained() -> None:
    names = {rule["alert"] for rule in RULES}
    tests = yaml.safe_load((DIRECTORY / "alerts.test.yml").read_text())["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    for fires in (True, False):
        assert {one["alertname"] for one in cases if bool(one["exp_alerts"]) == fires} == names
    assert {name for row in OPERATIONS.table("alert") for name in quoted(row[0])} == names


def test_alerts_are_about_metrics_that_are_documented() -> None:
    documented = {
        name.partition("{")[0] for row in OPERATIONS.table("metric") for name in quoted(row[0])
    }
    for rule in RULES:
        used = set(re.findall(r"\balc_\w+", rule["expr"]))
        assert used
        assert used <= documented, rule["alert"]


def test_the_containers_have_the_rules() -> None:
    configuration = yaml.safe_load((DIRECTORY / "prometheus.yml").read_text())
    assert configuration["rule_files"] == ["alerts.yml"]
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    mounted = "./docker/prometheus/alerts.yml:/etc/prometheus/alerts.yml:ro"
    assert mounted in services["prometheus"]["volumes"]
