from __future__ import annotations

import csv
import io

import pytest

from tests.training.compare.runs import cell, result
from training.compare.table import comparison_csv, comparison_table, spread
from training.names import Variant

# P@1 is 0.70, 0.80 and 0.90: mean 0.8, sample deviation 0.1.
RESULTS = [result(cell(Variant.TCM, seed), right) for seed, right in enumerate((70, 80, 90))]
ALONE = result(cell(Variant.NONE, 0), 60)


def test_mean_and_sample_deviation_over_what_is_known() -> None:
    found = spread([0.7, None, 0.9])
    assert (found.count, found.mean) == pytest.approx((2, 0.8))
    assert found.deviation == pytest.approx(0.02**0.5)
    assert (spread([0.7]).deviation, spread([None]).mean) == (None, None)


def test_the_table_has_a_row_per_model_and_means_over_seeds() -> None:
    header, tcm, alone = comparison_table([*RESULTS, ALONE])
    assert (tcm[:2], alone[:2]) == (["softmax + tcm", "3"], ["softmax", "1"])
    assert tcm[header.index("P@1")] == "0.800 \N{PLUS-MINUS SIGN} 0.100"
    assert alone[header.index("P@1")] == "0.600"
    assert tcm[header.index("queries/s")].startswith("1500")
    # Nothing is promised at 0.95, so nothing is automated and no precision realised.
    assert tcm[header.index("promised C@1(0.95)")].startswith("0.000")
    assert "realised precision(0.95)" not in header


def test_the_csv_has_every_measure_unrounded() -> None:
    rows = list(csv.DictReader(io.StringIO(comparison_csv([*RESULTS, ALONE]).decode())))
    assert float(rows[0]["P@1 mean"]) == pytest.approx(0.8)
    assert float(rows[0]["P@1 sd"]) == pytest.approx(0.1)
    assert (rows[0]["P@1 n"], rows[1]["P@1 n"], rows[1]["P@1 sd"]) == ("3", "1", "")
    assert (rows[0]["recipe"], rows[0]["variant"], rows[0]["seeds"]) == ("softmax", "tcm", "3")
    for target in ("0.80", "0.85", "0.90", "0.95", "0.98", "0.99"):
        assert float(rows[0][f"C@1({target}) mean"]) > 0
        assert float(rows[0][f"C@1/C_max({target}) mean"]) <= 1
    # The threshold 0.5 accepts the upper 50: all right.
    assert float(rows[0]["promised C@1(0.90) mean"]) == pytest.approx(0.5)
    assert float(rows[0]["realised precision(0.90) mean"]) == 1.0
    assert "seconds mean" in rows[0]
