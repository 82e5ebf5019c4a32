"""Published bundles that know what traffic looked like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from models.bundle.bundle import Bundle, BundleContents
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.drift.reference import TrafficReference
from tests.small_bundle import CREATED_AT, small_contents


def publish_small(
    directory: Path, reference: TrafficReference | None, contents: BundleContents | None = None
) -> Bundle:
    contents = replace(contents or small_contents(), reference=reference)
    return load_bundle(publish(directory / "bundles", contents, created_at=CREATED_AT))
