"""The rules of webhooks; every method is one transaction."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Engine

from service.clock import SqlClock
from service.database.engine import transaction
from service.database.events import Event, record
from service.database.outbox import EventType
from service.database.tables import DeliveryState
from service.errors import DeliveryNotFound, TooManyWebhooks, WebhookDisabled, WebhookNotFound
from service.paging import Page, decode_place, encode_place, page_of
from service.webhooks import repository
from service.webhooks.addresses import Network, check_addresses, resolve
from service.webhooks.deliveries import Delivery, Webhook
from service.webhooks.posting import PORTS

SUBJECT = "webhook"  # of events
MAX_WEBHOOKS = 50
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - of the Standard Webhooks scheme


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Makes and ends webhooks, and shows what became of their deliveries.

    All methods raise DatabaseUnavailable when the database does not answer.
    """

    engine: Engine
    clock: SqlClock
    new_id: Callable[[], UUID]
    private: Sequence[Network]

    def create(self, url: str, types: Sequence[EventType], person: str) -> tuple[Webhook, str]:
        """Return the new webhook and its secret, which is not shown again.

        Raises WebhookUrlRefused and TooManyWebhooks.
        """
        self._check(url)
        secret = secrets.token_bytes(SECRET_BYTES)
        with transaction(self.engine) as connection:
            repository.lock_webhooks(connection)
            if repository.count_webhooks(connection) >= MAX_WEBHOOKS:
                raise TooManyWebhooks
            told = list(dict.fromkeys(types))
            webhook = repository.insert_webhook(
                connection, self.clock, self.new_id(), url, told, secret, person
            )
            event = _event(webhook.id, "created", person, {"url": url, "types": told})
            record(connection, self.clock, [event])
        return webhook, SECRET_PREFIX + base64.b64encode(secret).decode()

    def list(self) -> Sequence[Webhook]:
        with transaction(self.engine) as connection:
            return repository.list_webhooks(connection)

    def delete(self, webhook_id: UUID, person: str) -> None:
        """End a webhook, with all that waits for it. Raises WebhookNotFound."""
        with transaction(self.engine) as connection:
            if not repository.delete_webhook(connection, webhook_id):
                raise WebhookNotFound
            record(connection, self.clock, [_event(webhook_id, "deleted", person, {})])

    def enable(self, webhook_id: UUID, person: str) -> Webhook:
        """Let a webhook that was disabled have events again. Raises WebhookNotFound."""
        with transaction(self.engine) as connection:
            webhook = repository.enable_webhook(connection, webhook_id)
            if webhook is None:
                raise WebhookNotFound
            record(connection, self.clock, [_event(webhook_id, "enabled", person, {})])
            return webhook

    def deliveries(
        self,
        limit: int,
        *,
        cursor: str | None,
        state: DeliveryState | None,
        webhook_id: UUID | None,
    ) -> Page[Delivery]:
        """Return up to `limit` deliveries, newest first. Raises InvalidCursor."""
        after = None if cursor is None else decode_place(cursor)
        with transaction(self.engine) as connection:
            found = repository.list_deliveries(
                connection, limit + 1, after=after, state=state, webhook_id=webhook_id
            )
        return page_of(found, limit, lambda last: encode_place(last.created_at, last.id))

    def retry(self, delivery_id: UUID) -> Delivery:
        """Deliver once more, whatever became of it: the receiver gets the same id again.

        Raises DeliveryNotFound and WebhookDisabled.
        """
        with transaction(self.engine) as connection:
            disabled = repository.is_disabled(connection, delivery_id)
            if disabled is None:
                raise DeliveryNotFound
            if disabled:
                raise WebhookDisabled
            return repository.retry(connection, self.clock, delivery_id)

    def _check(self, url: str) -> None:
        """Refuse at once what would be refused later; a name that leads nowhere yet may do so."""
        parts = urlsplit(url)
        try:
            addresses = resolve(parts.hostname or "", parts.port or PORTS[parts.scheme])
        except (OSError, UnicodeError):
            return
        check_addresses(addresses, self.private)


def _event(webhook_id: UUID, kind: str, person: str, details: dict[str, object]) -> Event:
    return Event(SUBJECT, str(webhook_id), kind, person, details)
