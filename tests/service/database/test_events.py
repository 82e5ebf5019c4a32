from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from service.database.engine import transaction
from service.database.events import Event, record
from service.database.outbox import TYPE_OF, EventType
from service.database.tables import EventRow, WebhookDeliveryRow
from tests.service.conftest import FakeClock
from tests.service.webhooks.senders import add_webhook, happen, stored

TASK = "0d0e8a52-6f0a-4f4a-9e1f-0b7f3f1f2a11"


def test_events_are_stored_in_their_order_with_what_they_say(
    engine: Engine, clock: FakeClock
) -> None:
    details = {"id": UUID(TASK), "at": clock.now, "numbers": [1, 0.5], "text": "ä'\"\\", "no": None}
    events = [Event("review_task", TASK, f"kind {number}", "ann", details) for number in range(20)]
    with transaction(engine) as connection:
        record(connection, clock, events)
        rows = connection.execute(select(EventRow).order_by(EventRow.id)).all()
    assert [row.kind for row in rows] == [f"kind {number}" for number in range(20)]
    assert rows[0].details == {
        "id": TASK,
        "at": "2026-01-01T12:00:00+00:00",
        "numbers": [1, 0.5],
        "text": "ä'\"\\",
        "no": None,
    }
    assert (rows[0].at, rows[0].subject_id, rows[0].actor) == (clock.now, TASK, "ann")


@pytest.mark.parametrize("happened", TYPE_OF)
def test_a_webhook_has_a_delivery_of_each_event_that_has_a_type(
    engine: Engine, clock: FakeClock, happened: tuple[str, str]
) -> None:
    webhook, _ = add_webhook(engine, clock, "http://127.0.0.1:9/")
    happen(engine, clock, happened[1], "claimed", "made up", subject=happened[0])
    (delivery,) = stored(engine)
    assert (delivery.webhook_id, delivery.type) == (webhook.id, TYPE_OF[happened])


def test_every_type_can_happen() -> None:
    assert set(TYPE_OF.values()) == set(EventType)


def test_what_did_not_happen_after_all_is_not_told(engine: Engine, clock: FakeClock) -> None:
    add_webhook(engine, clock, "http://127.0.0.1:9/")
    with engine.connect() as connection:
        record(connection, clock, [Event("review_task", TASK, "answered", "ann")])
        assert len(connection.execute(select(WebhookDeliveryRow.id)).all()) == 1
        connection.rollback()
    assert list(stored(engine)) == []
