from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.commands.customer import Ended, Run, Tables, write_tables
from training import cli


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> Ended:
        monkeypatch.setattr("sys.argv", ["alc-train", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        status = ended.value.code
        assert isinstance(status, int)
        return Ended(status, printed.out, printed.err)

    return run_command


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return write_tables(tmp_path)
