"""`--reviews` at the command line, and `[reviews]` in a file."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from models.bundle.reviews import ReviewReport
from tests.training.commands.customer import Ended, Run, Tables, weights
from tests.training.reviews.exports import Row, verdict, write_export
from tests.training.reviews.server import Told, serving
from training.data.load import load_data
from training.data.settings import TableData
from training.data.splits import SplitKind, split_dataset

NEW = [verdict(number, f"brand new neff oven {number}", "p0") for number in range(40)]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export(tmp_path / "labels.jsonl", NEW)


def report_of(tables: Tables) -> ReviewReport:
    report = tables.bundle().manifest.reviews
    assert report
    return report


def fit(run: Run, tables: Tables, *options: str) -> Ended:
    ended = run("fit", *tables.arguments, *options)
    assert ended.status == 0, ended.err
    return ended


def test_labels_change_the_model_and_the_bundle_says_what_it_was_made_with(
    run: Run, tables: Tables, export: Path
) -> None:
    fit(run, tables)
    before = tables.bundle()

    ended = fit(run, tables, "--reviews", str(export))

    after = tables.bundle()
    assert weights(before) != weights(after)
    assert before.manifest.reviews is None
    assert before.manifest.data_digest == after.manifest.data_digest
    assert "reviews: 40 of 40 labels are learnt from (40 right product)" in ended.err
    [source] = report_of(tables).sources
    assert (source.source, source.used) == (str(export), {"right product": 40})
    assert after.manifest.configuration["reviews"]["sources"] == [str(export)]
    card = (after.directory / "report" / "model_card.md").read_text()
    assert "| review labels that were learnt from, too | 40 |" in card
    assert "review labels" in (after.directory / "report" / "report.html").read_text()
    assert "review labels" not in (before.directory / "report" / "model_card.md").read_text()


def test_a_file_describes_the_whole_run(run: Run, tables: Tables, export: Path) -> None:
    fit(run, tables, "--reviews", str(export))
    usual = tables.bundle()
    content = '[reviews]\nsources = ["labels.jsonl"]\n'  # beside the file

    fit(run, tables, "--config", str(tables.configured(content)))

    assert weights(tables.bundle()) == weights(usual)
    assert tables.bundle().manifest.configuration == usual.manifest.configuration
    assert report_of(tables).sources[0].source == str(export)


def test_the_bundles_own_settings_make_it_again(run: Run, tables: Tables, export: Path) -> None:
    fit(run, tables, "--reviews", str(export))
    usual = tables.bundle()
    shown = run("settings", "--bundle", str(tables.bundles)).out
    file = tables.configured(shown)

    ended = run("fit", "--bundles", str(tables.bundles), "--config", str(file))

    assert ended.status == 0
    assert weights(tables.bundle()) == weights(usual)


def test_several_sources_are_read_and_options_win_over_the_file(
    run: Run, tables: Tables, export: Path
) -> None:
    more = write_export(export.with_name("more.csv"), [verdict(99, "a beko to come", "p3")])
    config = tables.configured('[reviews]\nsources = ["elsewhere.jsonl"]\n')

    fit(run, tables, "--config", str(config), "--reviews", str(export), "--reviews", str(more))

    assert [one.source for one in report_of(tables).sources] == [str(export), str(more)]
    assert report_of(tables).used == 41


def test_queries_that_are_held_out_stay_so(run: Run, tables: Tables, tmp_path: Path) -> None:
    dataset = load_data(TableData(tables.products, tables.pairs)).dataset
    parts = split_dataset(dataset, SplitKind.OFFERS, seed=0)
    everything = [verdict(row, text, "p0") for row, text in enumerate(dataset.texts)]

    ended = fit(run, tables, "--reviews", str(write_export(tmp_path / "all.jsonl", everything)))

    held = {*parts.calibration.texts, *parts.test.texts}
    left_out = report_of(tables).sources[0].left_out
    assert sum(count for why, count in left_out.items() if why.startswith("text in")) == len(held)
    assert "text in test part" in ended.err
    calibration = tables.bundle().calibration
    assert calibration
    assert len(calibration.labels) == len(parts.calibration)


def test_bad_rows_are_named_and_allowed_for_the_reviews_of_the_sample_too(
    run: Run, tables: Tables, tmp_path: Path
) -> None:
    bad = [verdict(101, "neff", "p999"), verdict(102, "neff", answer="perhaps")]
    export = str(write_export(tmp_path / "bad.jsonl", [*bad, *NEW]))
    sample = ["fit", "--bundles", str(tables.bundles), "--reviews", export]

    refused = run("fit", *tables.arguments, "--reviews", export)
    allowed = fit(run, tables, "--reviews", export, "--max-bad-rows", "2")

    assert refused.status == 2
    assert "bad.jsonl:1: product_id 'p999' is not in the catalogue" in refused.err
    assert "bad.jsonl:2: column 'answer' must be 'accepted', " in refused.err
    assert "2 bad rows, 0 allowed" in refused.err
    assert "left out bad.jsonl:1: product_id 'p999' is not in the catalogue" in allowed.err
    assert "42 bad rows, 1 allowed" in run(*sample, "--max-bad-rows", "1").err
    limits = tables.bundle().manifest.configuration
    assert limits["reviews"]["max_bad_rows"] == limits["data"]["max_bad_rows"] == 2


@pytest.mark.parametrize("streams", [["audit"], ["calibration"], ["calibration", "review"]])
def test_labels_of_other_streams_are_refused(
    run: Run, tables: Tables, tmp_path: Path, streams: list[str]
) -> None:
    row = verdict(100, "drawn at random", "p0", streams=streams)
    some, only = (
        str(write_export(tmp_path / f"{name}.jsonl", rows))
        for name, rows in {"some": [*NEW, row], "only": [row]}.items()
    )

    told = fit(run, tables, "--reviews", some)
    refused = run("fit", *tables.arguments, "--reviews", only)

    assert report_of(tables).sources[0].refused == {streams[0]: 1}
    assert f"1 are of other streams (1 {streams[0]}); each cannot train" in told.err
    assert refused.status == 2
    assert f"all 1 final labels are of the stream {streams[0]}" in refused.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "reviews.sources=[]"], "reviews.sources needs at least 1 file or URL"),
        (["--set", "reviews.max_bad_rows=1"], "reviews.sources is missing"),
        (["--reviews", "no.jsonl"], "cannot read no.jsonl"),
        (
            ["--reviews", "no.jsonl", "--set", "reviews.timeout_seconds=0"],
            "timeout_seconds must be",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(
    run: Run, tables: Tables, options: list[str], said: str
) -> None:
    ended = run("fit", *tables.arguments, *options)

    assert ended.status == 2
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_a_url_is_asked_with_the_key_of_the_environment(
    run: Run, tables: Tables, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALC_REVIEWS_KEY", "alc_owner")
    told = Told(content=export.read_bytes())
    with serving(told) as url:
        source = f"{url}/v1/reviews/export?format=jsonl&stream=review"
        fit(run, tables, "--reviews", source)

    assert told.asked == [("/v1/reviews/export?format=jsonl&stream=review", "Bearer alc_owner")]
    assert report_of(tables).sources[0].source == source
    assert "alc_owner" not in (tables.bundle().directory / "manifest.json").read_text()


def test_a_server_that_sends_nothing_is_waited_for_as_long_as_it_is_said(
    run: Run, tables: Tables
) -> None:
    with serving(Told(silent=threading.Event())) as url:
        waits = ("--reviews", url, "--set", "reviews.timeout_seconds=0.2")
        ended = run("fit", *tables.arguments, *waits)

    assert ended.status == 2
    assert f"{url} sent nothing for 0.2 seconds" in ended.err
    assert not tables.bundles.exists()


def test_reviewed_queries_cannot_judge_the_bundle(
    run: Run, tables: Tables, export: Path, tmp_path: Path
) -> None:
    fit(run, tables, "--reviews", str(export))
    pairs = tmp_path / "judges.csv"
    pairs.write_text(f"query,product_id\n{NEW[0]['query'].upper()},p0\nneff to come,p0\n")

    known = run("evaluate", "--bundle", str(tables.bundles), "--pairs", str(pairs))
    tables.pairs.unlink()
    unknown = run("evaluate", "--bundle", str(tables.bundles), "--pairs", str(pairs))

    for ended in (known, unknown):
        assert ended.status == 0
        assert "the bundle learnt from 1 of 2 queries; they are left out" in ended.err
    assert "it is not known which of these queries" in unknown.err


def test_a_comparison_learns_from_them_too(run: Run, tables: Tables, export: Path) -> None:
    grid = tables.configured(
        """
        decider = false
        [compare]
        recipes = ["softmax"]
        variants = ["none"]
        seeds = [0]
        [data]
        kind = "tables"
        products = "products.csv"
        pairs = "pairs.csv"
        [training]
        epochs = 1
        [training.encoder]
        dimension = 16
        """
    )
    found = []
    for name, options in {
        "without": [],
        "with": ["--set", f'reviews.sources=["{export}"]'],
    }.items():
        out = tables.products.with_name(name)
        ended = run("compare", "--config", str(grid), "--out", str(out), *options)
        assert ended.status == 0, ended.err
        found.append(json.loads((out / "runs" / "softmax-none-seed0.json").read_text()))

    without, beside = found
    assert without["data_digest"] != beside["data_digest"]
    assert without["ranking"] != beside["ranking"]


def test_rows_are_left_out_of_exports_without_any(run: Run, tables: Tables, tmp_path: Path) -> None:
    rows: list[Row] = []

    ended = fit(run, tables, "--reviews", str(write_export(tmp_path / "none.jsonl", rows)))

    assert "reviews: 0 of 0 labels are learnt from" in ended.err
