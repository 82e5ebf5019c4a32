from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import ConfigurationError
from tests.training.data import test_plain
from tests.training.data.sets.test_two_shops import write_abt_buy
from tests.training.data.xmc import test_load as xmc
from training.data.load import load_data
from training.data.settings import PublishedData, SampleData, TableData, XmcData
from training.data.tables import BadRows
from training.data.xmc.text import XmcText


def test_the_sample_is_the_default() -> None:
    assert len(load_data(SampleData()).dataset) == 35_311


def test_own_tables_are_read_with_as_many_bad_rows_as_allowed(tmp_path: Path) -> None:
    files = test_plain.write(tmp_path, pairs=test_plain.PAIRS + "a tv,p9\n")
    assert len(load_data(TableData(*files, max_bad_rows=1)).bad_rows) == 1
    with pytest.raises(BadRows):
        load_data(TableData(*files))


def test_the_raw_text_format_is_read_by_its_settings(tmp_path: Path) -> None:
    folder = xmc.write(tmp_path, tst=[*xmc.TEST, "{"])
    loaded = load_data(XmcData(folder, text=XmcText.TITLE_AND_CONTENT, max_bad_rows=1))
    assert loaded.dataset.texts[0] == "red lamp of glass"
    assert len(loaded.bad_rows) == 1
    with pytest.raises(BadRows):
        load_data(XmcData(folder))


def test_a_published_set_is_read_by_its_name(tmp_path: Path) -> None:
    folder = write_abt_buy(tmp_path, "5|6")
    assert load_data(PublishedData("abt-buy", folder)).dataset.texts == ("Sony TV",)


def test_bad_rows_below_zero_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="max_bad_rows"):
        XmcData(tmp_path, max_bad_rows=-1)
