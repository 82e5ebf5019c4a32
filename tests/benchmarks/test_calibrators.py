from __future__ import annotations

import pytest

from benchmarks import calibrators


def test_every_calibrator_has_a_row_in_its_worlds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["calibrators", "--draws", "1"])
    monkeypatch.setattr(calibrators, "LABELS", (500,))
    calibrators.main()
    printed = capsys.readouterr().out
    for title, (_, rows) in calibrators.WORLDS.items():
        assert title in printed
        for name in rows:
            assert f"| {name} | 0." in printed
    assert printed.count("| calibrator | 500 labels |") == len(calibrators.WORLDS)
