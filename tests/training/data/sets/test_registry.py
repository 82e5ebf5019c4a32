from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import ConfigurationError, DataError
from training.data.pricerunner import SAMPLE_FILE
from training.data.sets.registry import SETS, load_set


def test_a_set_is_loaded_from_the_folder_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "pricerunner_aggregate.csv.gz").symlink_to(SAMPLE_FILE)
    assert len(load_set("pricerunner", tmp_path)) == 35_311


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no data set 'pricerunne'; there are: abt-buy"):
        load_set("pricerunne", tmp_path)


@pytest.mark.parametrize("name", SETS)
def test_a_folder_without_the_files_names_one_of_them(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=rf"cannot read {tmp_path}.*\.gz: No such file"):
        load_set(name, tmp_path)
    with pytest.raises(
        DataError, match=f"absent is not a folder; it must hold the files of {name}"
    ):
        load_set(name, tmp_path / "absent")
