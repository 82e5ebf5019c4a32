from __future__ import annotations

import threading

from service.recommend.stage import Stage


class Recorder:
    """Collects the batches; the first one waits until the test lets it go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.started = threading.Event()
        self.may_go_on = threading.Event()

    def work(self, batch: list[int]) -> None:
        self.batches.append(batch)
        self.started.set()
        assert self.may_go_on.wait(5)


def fits(batch: list[int], item: int) -> bool:
    return sum(batch) + item <= 10


def batches_of(*items: int) -> list[list[int]]:
    """Return what a stage made of a first item, and of `items` that came while it was busy."""
    recorder = Recorder()
    stage = Stage("test", recorder.work, fits)
    stage.start()
    stage.put(1)
    assert recorder.started.wait(5)
    for item in items:
        stage.put(item)
    recorder.may_go_on.set()
    stage.stop()
    return recorder.batches


def test_a_lone_item_waits_for_nothing() -> None:
    assert batches_of() == [[1]]


def test_what_gathers_meanwhile_is_one_batch() -> None:
    assert batches_of(2, 3, 4) == [[1], [2, 3, 4]]


def test_a_batch_takes_no_more_than_fits() -> None:
    assert batches_of(4, 5, 3, 2) == [[1], [4, 5], [3, 2]]


def test_one_item_that_never_fits_is_a_batch_of_its_own() -> None:
    assert batches_of(2, 99, 3) == [[1], [2], [99], [3]]


def test_what_was_put_before_the_end_is_finished() -> None:
    assert batches_of(9, 9, 9) == [[1], [9], [9], [9]]
