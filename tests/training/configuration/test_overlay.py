from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.errors import ConfigurationError
from training.configuration.layers import Layer, nested
from training.configuration.overlay import overlay
from training.data.settings import SampleData, TableData
from training.data.splits import SplitKind
from training.encoders.settings import NgramSettings, TransformerSettings
from training.losses.alc import AlcSettings
from training.losses.settings import TcmSettings, TextTermSettings
from training.pipeline_settings import PipelineSettings
from training.settings import TrainingSettings

USUAL = PipelineSettings()
HERE = Path("/customer")


def changed(name: str, value: object, base: PipelineSettings = USUAL) -> PipelineSettings:
    return overlay(base, [Layer("run.toml", nested(name.split("."), value), HERE)])


def refusal(name: str, value: object, base: PipelineSettings = USUAL) -> str:
    with pytest.raises(ConfigurationError) as refused:
        changed(name, value, base)
    return str(refused.value)


def test_fields_that_are_not_given_stay() -> None:
    base = PipelineSettings(training=TrainingSettings(epochs=9, alc=None))

    found = changed("training.encoder.dimension", 64, base)

    encoder = NgramSettings(dimension=64)
    assert found == replace(base, training=replace(base.training, encoder=encoder))


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("split", "open", SplitKind.OPEN),
        ("training.temperature", 1, 1.0),
        ("training.sampler.double_at", [2, 3], (2, 3)),
        ("training.micro_batch", 8, 8),
        ("training.micro_batch", False, None),
        ("calibration.target_precisions", [0.5], (0.5,)),
        ("evaluation.opis.false_accept_rates", [0.1, 0.2], (0.1, 0.2)),
    ],
)
def test_a_value_is_read_as_the_type_of_its_field(name: str, written: object, read: object) -> None:
    found: Any = changed(name, written)
    for part in name.split("."):
        found = getattr(found, part)

    assert found == read
    assert type(found) is type(read)


def test_false_switches_off_and_true_or_a_field_switches_on() -> None:
    off = PipelineSettings(training=TrainingSettings(tcm=None, alc=None))
    special = PipelineSettings(training=TrainingSettings(alc=AlcSettings(negatives=3)))

    assert changed("training.alc", value=False).training.alc is None
    assert changed("training.alc", value=None).training.alc is None  # as a manifest has it
    assert changed("training.alc", value=True, base=off).training.alc == AlcSettings()
    assert changed("training.alc", value=True, base=special) == special
    assert changed("training.tcm.positive_margin", 0.8, off).training.tcm == TcmSettings(0.8)
    assert changed("training.alc", {}, off).training.alc == AlcSettings()


def test_a_kind_chooses_the_section_and_its_fields_are_needed() -> None:
    both = {"kind": "tables", "products": "p.csv", "pairs": "/shop/q.csv"}

    found = changed("data", both)

    assert found.data == TableData(HERE / "p.csv", Path("/shop/q.csv"))
    assert changed("data.kind", "sample", found).data == SampleData()
    assert changed("data.max_bad_rows", 4, found).data == replace(found.data, max_bad_rows=4)
    assert refusal("data", {"kind": "tables", "pairs": "q"}) == (
        "run.toml: data.products is missing"
    )


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")

    data = changed("data", {"kind": "tables", "products": "~/p.csv", "pairs": "q.csv"}).data

    assert isinstance(data, TableData)
    assert data.products == Path("/home/ada/p.csv")


def test_the_model_of_an_encoder_is_a_directory_beside_the_file_or_a_name(tmp_path: Path) -> None:
    (tmp_path / "minilm").mkdir()

    def model(written: str) -> str:
        table = nested(("training", "encoder"), {"kind": "transformer", "model": written})
        encoder = overlay(USUAL, [Layer("run.toml", table, tmp_path)]).training.encoder
        assert isinstance(encoder, TransformerSettings)
        return encoder.model

    assert model("minilm") == str(tmp_path / "minilm")
    assert model(str(tmp_path / "minilm")) == str(tmp_path / "minilm")
    assert model("org/minilm") == "org/minilm"
    assert model("") == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("training.epohs", "training.epohs is not a field; did you mean training.epochs?"),
        ("epochs", "epochs is not a field; did you mean training.epochs?"),
        ("training.split", "training.split is not a field; did you mean split?"),
        ("trainig.epochs", "trainig is not a field; did you mean training?"),
        ("training.alc.zzz", "training.alc.zzz is not a field; the fields here are"),
        ("zzz", "zzz is not a field; the fields here are recipe, split, data, reviews,"),
        (
            "data.products",
            'data.products is not a field where data.kind is "sample"; '
            'it needs data.kind = "tables"',
        ),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_known_one(name: str, said: str) -> None:
    assert refusal(name, 1).startswith(f"run.toml: {said}")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("training.epochs", "4", "training.epochs must be a valid integer, got '4'"),
        ("training.epochs", 4.0, "training.epochs must be a valid integer, got 4.0"),
        ("training.epochs", True, "training.epochs must be a valid integer, got True"),
        ("training.epochs", False, "training.epochs must be a valid integer, got False"),
        ("training.epochs", [4], "training.epochs must be a valid integer, got [4]"),
        ("training.temperature", float("nan"), "training.temperature must be a finite number"),
        ("training.base", "pair", "training.base must be 'softmax', 'triplet' or"),
        ("split", "colour", "split must be 'offers',"),
        ("recipe", {"a": 1}, "recipe must be a valid string, got {'a': 1}"),
        ("recipe", date(2026, 1, 2), "recipe cannot be a date or a time"),
        (
            "calibration.target_precisions",
            [0.9, "x"],
            "calibration.target_precisions item 2: must be a valid number, got [0.9, 'x']",
        ),
        ("evaluation.opis.false_accept_rates", [0.1], "evaluation.opis.false_accept_rates item 2"),
        ("training", 3, "training must be a table [training], got 3"),
        ("training.alc", 3, "training.alc must be a table [training.alc], or false to switch it"),
        ("training.encoder.kind", "huge", 'training.encoder.kind must be one of "ngram"'),
        ("training.encoder", False, "training.encoder must be a table [training.encoder], got"),
    ],
)
def test_a_wrong_type_is_named(name: str, value: object, said: str) -> None:
    assert refusal(name, value).startswith(f"run.toml: {said}")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("training.epochs", 0, "training.epochs must be above 0, got 0"),
        ("training.seed", -1, "training.seed must be at least 0, got -1"),
        ("training.tcm.positive_margin", 2, "training.tcm.positive_margin must be at most 1"),
        ("training.alc.query_batch_weight", -1, "training.alc.query_batch_weight must be at"),
        ("training.sampler.double_at", [0], "training.sampler.double_at names epochs"),
        ("training.sampler.propensity.a", 0, "[training.sampler.propensity] propensity a must"),
        ("calibration.target_precisions", [1.0], "calibration.target_precisions must be between"),
        ("calibration.target_precisions", [], "calibration.target_precisions needs at least 1"),
        ("calibration.confidence", 1, "calibration.confidence must be between 0 and 1"),
        ("calibration.grid.thresholds", 0, "calibration.grid.thresholds must be at least 1"),
        ("training.alc.width", 0, "training.alc.width must be above 0"),
        ("training.text_terms", True, "training.text_terms compare the title"),
    ],
)
def test_a_value_out_of_range_is_named(name: str, value: object, said: str) -> None:
    assert refusal(name, value).startswith(f"run.toml: {said}")


def test_an_error_names_the_layer_that_wrote_the_field() -> None:
    layers = [
        Layer("run.toml", {"training": {"epochs": 3, "encoder": {"dimension": 9}}}),
        Layer("--epochs", {"training": {"epochs": 0}}),
    ]
    with pytest.raises(ConfigurationError, match=r"^--epochs: training\.epochs must be above 0"):
        overlay(USUAL, layers)
    with pytest.raises(ConfigurationError, match=r"^run\.toml: training\.epochs must be above 0"):
        overlay(USUAL, [layers[1], replace(layers[0], table=layers[1].table)])


def test_a_section_that_is_off_comes_on_with_its_defaults() -> None:
    terms = overlay(
        TextTermSettings(margin=0.2), [Layer("x", {"negatives": 3}), Layer("y", {"negatives": 4})]
    )
    assert terms == TextTermSettings(margin=0.2, negatives=4)
