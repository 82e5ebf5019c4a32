"""The settings of a child: its parent's, with another calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import ConfigurationError
from training.configuration.layers import Layer, assignment_layer, nested
from training.configuration.read import bundle_layer, read_settings
from training.pipeline_settings import PipelineSettings

SECTION = "calibration"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of a calibration; None leaves it as the parent has it.

    An empty `group_by` and a `no_match_precision` of 0 switch these off.
    """

    targets: Sequence[float] | None = None
    confidence: float | None = None
    method: str | None = None
    group_by: str | None = None
    group_of: str | None = None
    no_match_precision: float | None = None
    assignments: Sequence[str] = ()


def recalibrated_settings(bundle: Path, options: Options) -> PipelineSettings:
    """Return the settings of the bundle with what the options change.

    Raise ConfigurationError naming the option for what cannot be used, and for an assignment
    outside the section of the calibration: nothing else can change without training.
    """
    own = bundle_layer(bundle)
    before = read_settings([own])
    layers = [*_layers(options, before), *map(assignment_layer, options.assignments)]
    found = read_settings([own, *layers])
    if replace(found, calibration=before.calibration) != before:
        raise ConfigurationError(
            f"calibrate changes fields of {SECTION} only, for example --set"
            f" {SECTION}.grid.thresholds=80; to change others, train with alc-train fit"
        )
    return found


def _layers(options: Options, before: PipelineSettings) -> list[Layer]:
    given = {
        "--target": ("target_precisions", _list(options.targets)),
        "--confidence": ("confidence", options.confidence),
        "--method": ("method", options.method),
        "--group-by": ("groups.attribute", options.group_by),
        "--group-of": ("groups.of", options.group_of),
        "--no-match-precision": ("no_match_precision", options.no_match_precision),
    }
    if options.group_by == "":
        if options.group_of is not None:
            raise ConfigurationError("--group-of needs an attribute to group by; see --group-by")
        given["--group-by"] = ("groups", False)
    elif options.group_of is not None and not (options.group_by or before.calibration.groups):
        raise ConfigurationError("--group-of needs an attribute to group by; give --group-by too")
    if options.no_match_precision == 0:
        given["--no-match-precision"] = ("no_match_precision", False)
    return [
        Layer(name, nested([SECTION, *path.split(".")], value))
        for name, (path, value) in given.items()
        if value is not None
    ]


def _list(targets: Sequence[float] | None) -> list[float] | None:
    return list(targets) if targets else None
