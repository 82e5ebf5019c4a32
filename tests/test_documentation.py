"""What the documents name exists, and what exists is named: nothing is run here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from pydantic import AliasChoices

import service.cli
import training.cli
from models.calibration.grid import GridSettings
from models.calibration.probability import FEWEST_LABELS
from models.calibration.settings import GroupSettings
from models.decider.features.retrieval import NEAR
from models.errors import AlcError
from models.memory.settings import MemorySettings
from service import errors
from service.problems import HTTP_CODES
from service.recommend.schemas import TOO_MANY_EXPLAINED
from service.settings import PREFIX, Settings
from service.validation_codes import FIELD_CODES, TYPE_CODES
from tests.documents import (
    METHOD,
    OPERATIONS,
    ROOT,
    TRAINING_SETTINGS,
    USER_GUIDE,
    Document,
    documents,
    quoted,
)
from training.configuration.reference import as_page
from training.decider.settings import DeciderSettings
from training.reviews.source import KEY_VARIABLE
from training.sampling.balanced import SAMPLE
from training.settings import TrainingSettings


def _options(command: Any, name: str) -> dict[str, set[str]]:
    """Return the options of a command, or of each command of a group, by the command's name."""
    if not hasattr(command, "commands"):
        return {
            name: {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        }
    inner = (_options(one, f"{name} {key}") for key, one in command.commands.items())
    return {key: options for found in inner for key, options in found.items()}


COMMANDS = {
    **_options(typer.main.get_command(training.cli.app), "alc-train"),
    **_options(typer.main.get_command(service.cli.app), "alc-serve"),
}
GROUPS = {name.rpartition(" ")[0] for name in COMMANDS}
PROGRAM = re.compile(r"\balc-(?:train|serve)\b[^|;)\n]*")
REFERENCE = re.compile(r"docs/method\.md,\s+(?P<rest>.{60})", re.DOTALL)

OWN_FILE = re.compile(r"\b(?:models|training|service|tests|benchmarks|docker|docs)/[\w./-]*\w")

each_document = pytest.mark.parametrize("document", documents(), ids=str)


@each_document
def test_every_link_leads_somewhere(document: Document) -> None:
    for link in document.links:
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.path.parent / path).resolve() if path else document.path
        assert target.exists(), link
        assert not anchor or anchor in Document(target).anchors, link


@each_document
def test_every_file_of_the_project_that_is_named_exists(document: Document) -> None:
    for code in document.code:
        for named in OWN_FILE.findall(code):
            assert (ROOT / named).exists(), named


def test_every_reference_to_the_method_names_a_section_of_it() -> None:
    found = 0
    for folder in ("models", "training", "service", "tests", "benchmarks"):
        for file in (ROOT / folder).rglob("*.py"):
            for reference in REFERENCE.finditer(file.read_text()):
                rest = " ".join(reference["rest"].replace("#", "").split())
                assert any(rest.startswith(_plain(one)) for one in METHOD.headings), (file, rest)
                found += 1
    assert found > 5


def _plain(heading: str) -> str:
    return heading.partition(" (")[0]


def test_the_numbers_of_the_method_are_the_defaults() -> None:
    training, grid, memory = TrainingSettings(), GridSettings(), MemorySettings()
    decider, groups = DeciderSettings(), GroupSettings()
    assert training.tcm
    assert training.alc
    assert training.dynamic_triplet.negatives == training.triplet.negatives  # "As before"
    assert training.dynamic_triplet.temperature == training.triplet.temperature
    *starts, last = [f"{multiple:g}" for multiple in grid.start_multiples]
    text = " ".join(METHOD.text.split())
    for stated in (
        f"the temperature `t = {training.temperature}`",
        f"`m = {training.triplet.margin}`, over the {training.triplet.negatives} highest",
        f"s[i,j] / {training.triplet.temperature} where v[i,j] > 0",
        f"from {training.dynamic_triplet.smallest_margin} to "
        f"{training.dynamic_triplet.largest_margin}",
        f"`m+ = {training.tcm.positive_margin}`, `m- = {training.tcm.negative_margin}`",
        f"{training.alc.query_label_weight} * L_ql + {training.alc.query_batch_weight} * L_qb",
        f"N(i) = the {training.alc.negatives} highest",
        f"Gamma projected to R^{training.alc.width}, one transformer encoder layer",
        f"({training.alc.attention_heads} heads, {training.alc.feedforward:,} hidden units",
        f"softmax of `s[i,j] / {training.alc.prototype_temperature}`",
        f"Where more than {SAMPLE:,} are to be split, the centroids are those of {SAMPLE:,} random",
        f"batches of {training.batch_size} from clusters of {training.sampler.cluster_size}",
        f"`start_multiples` ({', '.join(starts)} and {last}, **inferred**)",
        f"with {max(grid.start_shares):g} of {sum(grid.start_shares):g} parts of it",
        f"`fewest_multiple` ({groups.fewest_multiple:g}) times the zero-error minimum",
        f"With fewer than {FEWEST_LABELS} labels there is none",
        f"Its {grid.thresholds} thresholds",
        f"`neighbours` ({memory.neighbours}) training queries",
        f"`w = {memory.weight}` and `T = {memory.temperature}`",
        f"judges the best {decider.candidates} of them",
        f"others within {NEAR};",
        f"with up to {decider.known_queries} training queries of the product",
        f"at most {decider.rounds} trees of {decider.leaves} leaves, learning rate "
        f"{decider.learning_rate}, each fitted on {decider.rows:.0%} of the pairs".replace(
            "%", " %"
        ),
        f"fitting stops when {decider.patience} trees make them no better",
        f"`folds` ({decider.folds}, the default)",
        f"a part of its own, {decider.share:.0%} of the queries".replace("%", " %"),
        f"With fewer than {decider.fewest_queries} queries",
    ):
        assert stated in text


@each_document
def test_every_make_target_exists(document: Document) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for code in document.code:
        for named in re.findall(r"^\s*(?:\w+=\S+ )*make ([a-z-]+)", code, re.MULTILINE):
            assert named in targets, code


@each_document
def test_every_command_and_option_exists(document: Document) -> None:
    for command, words in _invocations(document):
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert given <= COMMANDS[command], (command, words)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name.startswith("alc-train ")])
def test_every_option_of_the_trainer_is_explained(command: str) -> None:
    rows = USER_GUIDE.table(f"option of `{command}`")
    assert {name for row in rows for name in quoted(row[0])} == COMMANDS[command]


def test_the_page_of_settings_is_what_make_settings_page_writes() -> None:
    assert as_page() == TRAINING_SETTINGS.text


def test_every_command_is_shown() -> None:
    shown = {command for one in documents() for command, _ in _invocations(one)}
    made = {"alc-serve demo", "alc-serve openapi"}  # by `make demo` and `make openapi`
    assert COMMANDS.keys() - shown - made == set()


def _invocations(document: Document) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands of `alc-train` and `alc-serve` in a document, with the words after."""
    for code in document.code:
        for found in PROGRAM.findall(code.replace("\\\n", " ")):
            words = found.partition("#")[0].split()
            names = [" ".join(words[:length]) for length in range(1, len(words) + 1)]
            known = [name for name in names if name in COMMANDS or name in GROUPS]
            command = max(known, key=len)
            rest = words[len(command.split()) :]
            if command in GROUPS:
                assert rest == [], f"{document}: {found} is not a command"
            else:
                yield command, rest


def test_every_setting_is_explained_with_its_default() -> None:
    rows = {tuple(quoted(row[0])): row[1] for row in OPERATIONS.table("variable")}
    assert set(rows) == {_variables(name) for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default_factory is None and field.default is not None:
            assert rows[_variables(name)] == f"`{field.default}`"


def _variables(name: str) -> tuple[str, ...]:
    alias = Settings.model_fields[name].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (f"{PREFIX}{name}".upper(),)


@each_document
def test_every_variable_is_a_setting(document: Document) -> None:
    known = {variable for name in Settings.model_fields for variable in _variables(name)}
    known.add(KEY_VARIABLE)
    assert set(re.findall(r"\bALC_[A-Z_]+\b", document.text)) <= known


def test_every_error_code_is_explained_with_its_status() -> None:
    rows = USER_GUIDE.table("status")
    documented = {code: int(row[0]) for row in rows for code in quoted(row[1])}
    assert set(documented) == {*_error_statuses(), *_other_codes()}
    for code, status in _error_statuses().items():
        assert documented[code] == status


def _error_statuses() -> dict[str, int]:
    found = [one for one in vars(errors).values() if isinstance(one, type)]
    known = {one.code: one.status for one in found if issubclass(one, errors.ServiceError)}
    return known | {code: status for status, code in HTTP_CODES.items()}


def _other_codes() -> set[str]:
    """Return the codes of faults in a request, and those that one place makes."""
    faults = {*FIELD_CODES.values(), *TYPE_CODES.values(), "invalid_type"}
    return {*faults, TOO_MANY_EXPLAINED, AlcError.code, "not_ready"}


def test_every_route_is_mentioned() -> None:
    paths: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    text = USER_GUIDE.text.replace("$TASK", "{task_id}") + OPERATIONS.text
    assert [path for path in paths if path not in text] == []
