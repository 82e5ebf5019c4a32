"""How many threads FAISS may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import faiss


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep FAISS calls of the present thread on one core.

    A second core does not speed up a small search, it makes it slower (starting the team costs
    more than the scan), and in a service it takes the core that answers requests. The OpenMP
    setting belongs to the calling thread, so it is set around the call and put back.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
