from __future__ import annotations

from pathlib import Path

from models.bundle.publish import publish
from service.bundles.holder import BundleHolder
from service.metrics import create_metrics
from tests.models.bundle.test_transformer import contents_with_transformer
from tests.small_bundle import CREATED_AT


def test_a_bundle_with_a_transformer_passes_the_self_check(tmp_path: Path) -> None:
    contents = contents_with_transformer(tmp_path / "encoder")
    directory = publish(tmp_path / "bundles", contents, created_at=CREATED_AT)

    served = BundleHolder(tmp_path / "bundles", 0.95, create_metrics(), lambda: 0.0).load()

    assert served.bundle.bundle_id == directory.name
