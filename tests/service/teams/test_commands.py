from __future__ import annotations

import pytest
from sqlalchemy import URL

from service import cli


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[object, str]:
    """Return the exit status and what was printed."""
    monkeypatch.setattr("sys.argv", ["alc-serve", "teams", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    printed = capsys.readouterr()
    return ended.value.code, printed.out + printed.err


@pytest.mark.usefixtures("engine")
def test_teams_are_set_listed_and_removed(
    database_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    made = run(monkeypatch, capsys, "set", "phones", "--member", "ben", "--member", "ann")
    assert made == (0, "phones  ann, ben\n")
    assert run(monkeypatch, capsys, "list") == (0, "phones  ann, ben\n")
    removed = run(monkeypatch, capsys, "remove", "phones")
    assert removed == (0, "removed phones; 0 tasks are anybody's now\n")
    assert run(monkeypatch, capsys, "list") == (0, "")
    status, printed = run(monkeypatch, capsys, "remove", "phones")
    assert (status, "There is no team 'phones'" in printed) == (2, True)
    status, printed = run(monkeypatch, capsys, "set", "a/b", "--member", "ann")
    assert (status, "cannot be the name of a team" in printed) == (2, True)
