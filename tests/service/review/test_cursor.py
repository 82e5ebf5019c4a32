from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.database.tables import TaskKind, TaskStage, TaskState
from service.errors import InvalidCursor
from service.review.cursor import decode_cursor, encode_cursor
from service.review.tasks import Position, ReviewTask

MOMENT = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
TASK = ReviewTask(
    id=UUID("0d0e8a52-6f0a-4f4a-9e1f-0b7f3f1f2a11"),
    kind=TaskKind.REVIEW,
    state=TaskState.OPEN,
    source="shop",
    text="bosch",
    attributes={},
    candidates=(),
    bundle_id="bundle-1",
    times_asked=1,
    times_skipped=0,
    created_at=MOMENT,
    last_asked_at=MOMENT,
    lease_token=None,
    lease_owner=None,
    lease_until=None,
    leased_at=None,
    answered_at=None,
    stage=TaskStage.OPINION,
    opinions_wanted=1,
    priority=0,
    due_at=MOMENT,
    assigned_to=None,
    expires_at=None,
    closed_at=None,
    close_reason=None,
    verdict_id=None,
)


@given(
    st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the strategy adds the time zone
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))]),
    ),
    st.uuids(),
)
def test_a_cursor_is_the_place_behind_its_task(moment: datetime, task_id: UUID) -> None:
    task = replace(TASK, created_at=moment, id=task_id)
    assert decode_cursor(encode_cursor(task)) == Position(moment, task_id)


def test_a_cursor_can_stand_in_a_url_as_it_is() -> None:
    assert encode_cursor(TASK).replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=80))
def test_any_other_text_is_refused(invented: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(invented)


@pytest.mark.parametrize(
    "place",
    [
        "2026-01-01T12:00:00/" + str(TASK.id),  # no time zone
        "0001-01-01T00:00:00+14:00/" + str(TASK.id),  # before the first instant there is
        "2026-01-01T12:00:00+00:00/17",
        "yesterday/" + str(TASK.id),
        "2026-01-01T12:00:00+00:00",
    ],
)
def test_a_place_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(urlsafe_b64encode(place.encode()).decode())
