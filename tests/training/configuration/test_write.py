from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.configuration.layers import Layer
from training.configuration.overlay import overlay
from training.configuration.read import DEFAULTS
from training.configuration.tree import fields_of
from training.configuration.write import as_toml, toml_value
from training.data.settings import SampleData, TableData
from training.data.splits import SplitKind
from training.losses.alc import AlcSettings
from training.losses.alc.settings import Inputs
from training.losses.settings import TcmSettings
from training.pipeline_settings import CalibrationSettings, PipelineSettings
from training.sampling.settings import SamplerSettings
from training.settings import TrainingSettings

counts = st.integers(1, 10**9)
weights = st.floats(0, 1e300)
above_0 = st.floats(0, 1e300, exclude_min=True)
inputs = st.sampled_from(get_args(Inputs))
shares = st.floats(0, 1, exclude_min=True, exclude_max=True)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
files = names.map(lambda name: Path("/data") / name)


@st.composite
def configurations(draw: st.DrawFn) -> PipelineSettings:
    training = TrainingSettings(
        seed=draw(counts),
        temperature=draw(st.floats(1e-300, 1e300)),
        sampler=SamplerSettings(double_at=tuple(draw(st.lists(counts, max_size=3)))),
        tcm=draw(st.none() | st.builds(TcmSettings, shares, shares, weights, weights)),
        alc=draw(st.none() | st.builds(AlcSettings, above_0, weights, counts, inputs=inputs)),
        micro_batch=draw(st.none() | counts),
    )
    return PipelineSettings(
        recipe=draw(names),
        split=draw(st.sampled_from(SplitKind)),
        data=draw(st.just(SampleData()) | st.builds(TableData, files, files)),
        training=training,
        calibration=CalibrationSettings(tuple(draw(st.lists(shares, min_size=1)))),
    )


def read(text: str, base: PipelineSettings = DEFAULTS) -> PipelineSettings:
    return overlay(base, [Layer("written", tomllib.loads(text))])


@settings(max_examples=60, deadline=None)
@given(configurations())
def test_what_is_written_reads_back_as_it_was(configuration: PipelineSettings) -> None:
    assert read(as_toml(configuration)) == configuration
    other = replace(DEFAULTS, training=replace(DEFAULTS.training, tcm=None, micro_batch=7))
    assert read(as_toml(configuration), other) == configuration


@settings(max_examples=30, deadline=None)
@given(configurations())
def test_a_manifest_reads_back_too(configuration: PipelineSettings) -> None:
    layer = Layer("manifest.json", configuration.as_dict())
    assert overlay(DEFAULTS, [layer]) == configuration


@pytest.mark.parametrize("alternatives", [True, False])
def test_the_defaults_read_back(alternatives: bool) -> None:
    assert read(as_toml(DEFAULTS, alternatives=alternatives)) == DEFAULTS


def test_a_comment_stands_above_every_field() -> None:
    lines = as_toml(DEFAULTS, alternatives=True).splitlines()
    fields = [row for row, line in enumerate(lines) if re.match(r"#?(\w+ = |\[)", line)]

    assert len(fields) > 50
    assert all(re.match(r"# \S.*\.$", lines[row - 1]) for row in fields)
    epochs = fields_of(TrainingSettings)["epochs"].meaning
    assert lines[lines.index("epochs = 4") - 1] == f"# {epochs}"
    assert (
        'One of "softmax", "triplet", "dynamic_triplet".'
        in lines[lines.index('base = "softmax"') - 1]
    )


def test_what_is_off_and_other_kinds_are_shown_behind_a_hash() -> None:
    shown = as_toml(DEFAULTS, alternatives=True)

    assert "text_terms = false" in shown
    assert '#[data]\n# Your own two tables.\n#kind = "tables"\n' in shown
    assert "#products = ..." in shown
    assert "#" not in re.sub(r"^# .*", "", as_toml(DEFAULTS), flags=re.MULTILINE)


def test_a_section_behind_a_hash_can_be_taken_as_it_is() -> None:
    off = replace(DEFAULTS, training=replace(DEFAULTS.training, alc=None))
    shown = as_toml(off, alternatives=True)
    section = shown[shown.index("#[training.alc]") :].partition("\n\n")[0]

    taken = re.sub(r"^#(?! )", "", section, flags=re.MULTILINE)

    assert read(taken, off).training.alc == AlcSettings()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "false"),
        (True, "true"),
        (3, "3"),
        (1e-5, "1e-05"),
        ((0.9, 1), "[0.9, 1]"),
        ((), "[]"),
        ('a"b\\c\n\x7f ü😀', '"a\\"b\\\\c\\n\\u007f ü😀"'),
        (Path("/a b"), '"/a b"'),
        (SplitKind.OPEN, '"open"'),
    ],
)
def test_values_are_toml(value: Any, written: str) -> None:
    assert toml_value(value) == written
