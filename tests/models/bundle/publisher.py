"""A process that publishes bundles until it is killed, or under a limit on file sizes."""

from __future__ import annotations

import resource
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from models.bundle.publish import publish
from models.errors import BundleError
from tests.small_bundle import CREATED_AT, small_contents


def publish_for_ever(bundles_dir: Path, start: int) -> None:
    contents = small_contents(seed=start)
    for number in count(start):
        publish(bundles_dir, contents, created_at=CREATED_AT + timedelta(seconds=number))
        sys.stdout.write("published\n")
        sys.stdout.flush()


def publish_with_limits(bundles_dir: Path, limits: list[int]) -> None:
    contents = small_contents(seed=1)
    for limit in limits:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            publish(bundles_dir, contents, created_at=CREATED_AT + timedelta(days=1))
        except BundleError as error:
            sys.stdout.write(f"{error}\n")


if __name__ == "__main__":
    mode, directory, *numbers = sys.argv[1:]
    if mode == "for-ever":
        publish_for_ever(Path(directory), int(numbers[0]))
    else:
        publish_with_limits(Path(directory), [int(number) for number in numbers])
