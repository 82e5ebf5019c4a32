"""A customer at the command line: tables, what was typed, and what came of it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.store import current_bundle
from tests.training.products import small_shop
from training.data.load import load_data
from training.data.settings import TableData
from training.encoders.settings import NgramSettings
from training.loop.step import Step
from training.pipeline import train_and_publish
from training.pipeline_settings import CalibrationSettings, PipelineSettings
from training.settings import TrainingSettings

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@dataclass(frozen=True, slots=True)
class Tables:
    """The two files of a customer, and where the bundles go."""

    products: Path
    pairs: Path
    bundles: Path

    @property
    def arguments(self) -> list[str]:
        return [
            *("--products", str(self.products), "--pairs", str(self.pairs)),
            *("--bundles", str(self.bundles), "--no-decider", "--epochs", "1"),
        ]

    def configured(self, content: str) -> Path:
        """Write a configuration beside the tables."""
        file = self.products.with_name("run.toml")
        file.write_text(dedent(content), encoding="utf-8")
        return file

    def bundle(self) -> Bundle:
        return load_bundle(current_bundle(self.bundles))


def write_tables(directory: Path) -> Tables:
    """The small shop as files."""
    shop = small_shop()
    products = [(product.product_id, product.title) for product in shop.products]
    answers = [shop.products[row].product_id for row in shop.relevance.indices]
    files = Tables(directory / "products.csv", directory / "pairs.csv", directory / "bundles")
    write(files.products, [("id", "title"), *products])
    write(files.pairs, [("query", "product_id"), *zip(shop.texts, answers, strict=True)])
    return files


def write(file: Path, rows: Rows) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def append(file: Path, *rows: Sequence[str]) -> int:
    """Add rows and return the line of the first."""
    first = len(file.read_text(encoding="utf-8").splitlines()) + 1
    with file.open("a", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return first


def weights(bundle: Bundle) -> dict[str, str]:
    files = bundle.manifest.files.items()
    return {name: entry.sha256 for name, entry in files if name.startswith("encoder")}


def fitted_shop(tables: Tables) -> Path:
    """Make a bundle of the tables, which promises 0.5 and cannot promise 0.95; return it."""
    settings = PipelineSettings(
        data=TableData(tables.products, tables.pairs),
        training=TrainingSettings(encoder=NgramSettings(dimension=64), alc=None),
        calibration=CalibrationSettings((0.5, 0.95)),
        decider=None,
    )
    dataset = load_data(settings.data).dataset
    now = datetime(2026, 1, 2, tzinfo=UTC)
    directory, _ = train_and_publish(dataset, settings, tables.bundles, now, _silent)
    return directory


def _silent(_: Step) -> None:
    """Take no notice of progress."""
