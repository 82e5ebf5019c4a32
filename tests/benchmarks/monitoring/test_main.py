from __future__ import annotations

import pytest

from benchmarks.monitoring.__main__ import main


def test_it_prints_alarms_delays_and_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    main(deployments=10, beside=1)
    printed = capsys.readouterr().out
    assert "10 deployments of 20,000 answers" in printed
    rows = [line.split() for line in printed.splitlines()]
    assert any(row[:2] + row[3:] == ["1,000", "0.953", "0.962"] for row in rows)
    assert sum(len(row) == 5 and row[0] in ("0", "500", "2,000", "10,000") for row in rows) == 7
