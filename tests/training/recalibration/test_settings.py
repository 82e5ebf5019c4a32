from __future__ import annotations

import pytest

from models.bundle.bundle import Bundle
from models.calibration.settings import GroupSettings
from models.errors import ConfigurationError
from training.recalibration.settings import Options, recalibrated_settings
from training.reevaluation import settings_of


def test_without_options_a_child_is_calibrated_as_its_parent(shop: Bundle) -> None:
    assert recalibrated_settings(shop.directory, Options()) == settings_of(shop)


def test_every_option_changes_its_field(shop: Bundle) -> None:
    options = Options(
        targets=[0.9, 0.8],
        confidence=0.7,
        method="holm",
        group_by="brand",
        group_of="query",
        no_match_precision=0.6,
        assignments=["calibration.grid.thresholds=7"],
    )
    found = recalibrated_settings(shop.directory, options).calibration
    assert found.target_precisions == (0.9, 0.8)
    assert (found.confidence, found.method, found.no_match_precision) == (0.7, "holm", 0.6)
    assert found.groups == GroupSettings("brand", "query")
    assert found.grid.thresholds == 7


def test_groups_and_no_match_can_be_switched_off(shop: Bundle) -> None:
    off = Options(group_by="", no_match_precision=0)
    found = recalibrated_settings(shop.directory, off).calibration
    assert (found.groups, found.no_match_precision) == (None, None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(targets=[1.5]), "--target: calibration.target_precisions must be between 0 and 1"),
        (Options(confidence=1.0), "confidence must be between 0 and 1"),
        (Options(method="guess"), "--method: calibration.method"),
        (Options(group_of="query"), "--group-of needs an attribute to group by"),
        (Options(group_by="", group_of="query"), "--group-of needs an attribute to group by"),
        (Options(group_by="brand", group_of="shop"), "--group-of"),
        (Options(no_match_precision=1.0), "no_match_precision must be between 0 and 1"),
        (
            Options(assignments=["training.epochs=3"]),
            "changes fields of calibration only",
        ),
        (Options(assignments=["calibration.grd=3"]), "did you mean calibration.grid"),
    ],
    ids=[
        "target",
        "confidence",
        "method",
        "no-group",
        "group-off",
        "side",
        "no-match",
        "set",
        "typo",
    ],
)
def test_what_cannot_be_used_is_named(shop: Bundle, options: Options, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        recalibrated_settings(shop.directory, options)
