"""What is kept of a run while it goes on: nothing, or all that it needs to go on later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from training.loop.journal import Journal, journal
from training.loop.ranks import Ranks
from training.loop.run import Run
from training.loop.run_directory import Configuration, RunDirectory, RunDirectoryError, opened
from training.loop.step import Step
from training.loop.stopping import Quality, Stopping


class Keeper:
    """Keeps a run in its directory, if it has one."""

    def __init__(self, directory: RunDirectory | None, written: Journal | None) -> None:
        self._directory, self._journal = directory, written

    def resume(self, run: Run, stopping: Stopping | None) -> int:
        """Put the run where it was when its last epoch ended; return how many have.

        Raises RunDirectoryError when the checkpoint is damaged or of another version.
        """
        found = self._directory.load() if self._directory else None
        done = found[0].epochs_done if found else 0
        if self._directory and found:
            try:
                run.load_state(found[1]["run"])
                if stopping:
                    stopping.load_state(found[1]["stopping"])
            except (KeyError, RuntimeError, TypeError, ValueError) as error:
                raise RunDirectoryError(
                    f"{self._directory.path / found[0].checkpoint}: does not fit this version"
                    f" ({error}); begin anew in another directory"
                ) from error
        self._tell("begin", epochs_done=done, epochs=run.settings.epochs)
        return done

    def step(self, step: Step, steps_per_epoch: int) -> None:
        """Write down a step."""
        if self._journal:
            self._journal.step(step, steps_per_epoch)

    def epoch(
        self, run: Run, epoch: int, stopping: Stopping | None, quality: Quality | None
    ) -> None:
        """Keep the run as it is at the end of this epoch."""
        epochs = run.settings.epochs
        end = epoch == epochs or (stopping is not None and stopping.is_over)
        if self._directory:
            checkpoint = {"run": run.state(), "stopping": stopping and stopping.state()}
            self._directory.save(checkpoint, epoch, epochs, end=end)
        measured = {"coverage": quality.coverage, "accuracy": quality.accuracy} if quality else {}
        self._tell("epoch", epoch=epoch, **measured)

    def end(self, epoch: int) -> None:
        """Write down whose weights were kept."""
        self._tell("end", epoch=epoch)

    def _tell(self, event: str, **fields: object) -> None:
        if self._journal:
            self._journal.event(event, **fields)


@contextmanager
def keeping(
    path: Path | None, configuration: Configuration, ranks: Ranks, clock: Callable[[], float]
) -> Iterator[Keeper]:
    """Yield what keeps a run of this configuration; only the first rank writes.

    The others wait until it has taken the directory. Raises what `run_directory.opened` raises.
    """
    if path is None:
        yield Keeper(None, None)
        return
    if ranks.rank:
        ranks.wait()
        yield Keeper(RunDirectory(path, writes=False), None)
        return
    with opened(path, configuration) as directory:
        ranks.wait()
        with journal(directory.progress_file, clock) as written:
            yield Keeper(directory, written)
