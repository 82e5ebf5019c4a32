from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.training.studies import STUDIES
from benchmarks.training.study import OMIKUJI, Study, cells_of
from training.data.sets.registry import SETS
from training.data.settings import PublishedData

each_study = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)


@each_study
def test_the_settings_of_a_study_are_valid_and_its_data_are_known(study: Study) -> None:
    cells = cells_of(study, [0, 1], Path("/data"))
    assert len(cells) == 2 * len(study.recipes) * len(study.variants)
    data = cells[0].settings.data
    assert cells[0].settings.split is study.split
    if study.folder is None:
        assert data.kind == "sample"
    else:
        assert isinstance(data, PublishedData)
        assert data.name in SETS
        assert data.folder == Path("/data") / study.folder


@each_study
def test_the_goals_of_a_study_are_of_its_own_baselines(study: Study) -> None:
    over = {goal.over for goal in study.goals if goal.kind == "ahead"}
    assert over <= set(study.baselines)


def test_only_related_products_are_held_against_omikuji() -> None:
    beside = {study.folder for study in STUDIES if OMIKUJI in study.baselines}
    assert beside == {"online-retail", "complete-journey"}


def test_a_study_with_a_memory_says_so_by_its_name() -> None:
    for study in STUDIES:
        has_memory = cells_of(study, [0], Path("/data"))[0].settings.augmentation is not None
        assert has_memory is ("-memory" in study.name)


def test_no_two_studies_share_a_directory() -> None:
    assert len({study.name for study in STUDIES}) == len(STUDIES)
