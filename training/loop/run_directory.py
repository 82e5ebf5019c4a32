"""A directory that holds all that a run needs to go on after it was ended.

configuration.json     settings and data; a run of others is refused
state.json             how far it is, and the name and hash of the checkpoint
checkpoint-0003.pt     everything that later numbers depend on, at the end of an epoch
progress.jsonl         what happened (training/loop/journal.py)
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch

from models.bundle.durable import replace_text, sync
from models.errors import AlcError, ConfigurationError

FORMAT = 1
CONFIGURATION_FILE = "configuration.json"
STATE_FILE = "state.json"
PROGRESS_FILE = "progress.jsonl"
CHECKPOINTS = "checkpoint-*.pt"
LOCK_FILE = ".lock"
UNFINISHED = ".checkpoint.new"

Configuration = Mapping[str, Any]


class RunDirectoryError(AlcError):
    """A run directory cannot be written, or a file in it, which the message names, is damaged."""

    code: ClassVar[str] = "run_directory_invalid"


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run is; `finished` where nothing is left to train."""

    epochs_done: int
    epochs: int
    finished: bool
    checkpoint: str
    sha256: str
    format: int = FORMAT

    def __str__(self) -> str:
        """Return the state in words."""
        if self.finished:
            return f"finished after {self.epochs_done} of {self.epochs} epochs"
        return f"{self.epochs_done} of {self.epochs} epochs done"


def read_state(path: Path) -> RunState | None:
    """Return how far the run in this directory is; None before its first epoch has ended.

    Raises RunDirectoryError when the file is damaged or of another version.
    """
    file = path / STATE_FILE
    if not file.exists():
        return None
    stated = _read_json(file)
    if stated.get("format") != FORMAT:
        raise RunDirectoryError(
            f"{file}: has format {stated.get('format')}, this version reads {FORMAT};"
            " begin anew in another directory"
        )
    try:
        return RunState(**stated)
    except TypeError as error:
        raise _damaged(file, error) from error


@contextmanager
def opened(path: Path, configuration: Configuration) -> Iterator[RunDirectory]:
    """Yield the directory of the run with this configuration; a new one where there is none.

    It keeps a second run out. Raises ConfigurationError when the directory holds another run or
    anything else, or another run is going on in it, and RunDirectoryError when it is damaged or
    cannot be written.
    """
    plain = json.loads(json.dumps(configuration))
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / LOCK_FILE).open("w")
    with lock:
        _lock_or_refuse(lock.fileno(), path)
        _refuse_other(path, plain)
        if not (path / CONFIGURATION_FILE).exists():
            with writing(path):
                replace_text(path / CONFIGURATION_FILE, json.dumps(plain, indent=2) + "\n")
        yield RunDirectory(path, writes=True)


class RunDirectory:
    """An opened directory; processes that do not write read only."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self.path, self.writes = path, writes

    @property
    def progress_file(self) -> Path:
        """Return where progress is written."""
        return self.path / PROGRESS_FILE

    def load(self) -> tuple[RunState, dict[str, Any]] | None:
        """Return how far the run is and its checkpoint, or None where it is at its beginning.

        Raises RunDirectoryError when the checkpoint is missing or damaged.
        """
        state = read_state(self.path)
        if state is None:
            return None
        file = self.path / state.checkpoint
        try:
            if _sha256(file) != state.sha256:
                raise _damaged(file, "its hash is another one")
            return state, torch.load(file, map_location="cpu", weights_only=True)
        except OSError as error:
            raise _damaged(file, error) from error

    def save(self, checkpoint: dict[str, Any], epochs_done: int, epochs: int, *, end: bool) -> None:
        """Replace the checkpoint; a kill at any moment leaves the old one or the new one."""
        if not self.writes:
            return
        name = CHECKPOINTS.replace("*", f"{epochs_done:04d}")
        unfinished = self.path / UNFINISHED
        with writing(self.path):
            torch.save(checkpoint, unfinished)
            state = RunState(epochs_done, epochs, end, name, _sha256(unfinished))
            sync(unfinished)
            unfinished.replace(self.path / name)
            replace_text(self.path / STATE_FILE, json.dumps(asdict(state), indent=2) + "\n")
            for old in self.path.glob(CHECKPOINTS):
                if old.name != name:
                    old.unlink()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name the directory when it cannot be written."""
    try:
        yield
    except OSError as error:
        raise RunDirectoryError(
            f"{path}: the run directory cannot be written: {error}. What was saved last still is"
            " there; free the cause and start the same command again"
        ) from error


def _lock_or_refuse(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigurationError(
            f"{path}: a run is going on in this directory; wait for it, or name another one"
        ) from error


def _refuse_other(path: Path, configuration: Configuration) -> None:
    file = path / CONFIGURATION_FILE
    if not file.exists():
        _refuse_strange(path)
        return
    for name, there, here in _differences(_read_json(file), configuration):
        raise ConfigurationError(
            f"{path}: holds another run: {name} is {_shown(there)} there and {_shown(here)} now;"
            " name another run directory, or go on as it was begun"
        )


def _refuse_strange(path: Path) -> None:
    strange = sorted(one.name for one in path.glob("[!.]*"))
    if strange:
        raise ConfigurationError(
            f"{path}: holds no run, but {strange[0]}; name a directory that is new or empty"
        )


def _differences(
    there: Configuration, here: Configuration, prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Yield the dotted names and both values of what differs, in the order of `here`."""
    for name in dict.fromkeys([*here, *there]):
        one, other = there.get(name), here.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _differences(one, other, f"{prefix}{name}.")
        elif one != other:
            yield prefix + name, one, other


def _shown(value: object) -> object:
    if value is None:
        return "not set"
    return "set" if isinstance(value, Mapping) else value


def _read_json(file: Path) -> dict[str, Any]:
    try:
        stated = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise _damaged(file, error) from error
    if not isinstance(stated, dict):
        raise _damaged(file, "it is not an object")
    return stated


def _damaged(file: Path, why: object) -> RunDirectoryError:
    return RunDirectoryError(
        f"{file}: is damaged ({why}); restore it from a copy, or begin anew in another directory"
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
