"""Errors of the service: each has an HTTP status and a stable code; one handler translates them."""

from __future__ import annotations

from typing import ClassVar

from models.errors import AlcError


class ServiceError(AlcError):
    """Something went wrong inside the service."""

    status: ClassVar[int] = 500
    retry_after_seconds: ClassVar[int | None] = None

    def __init__(self, message: str | None = None) -> None:
        """Use the class docstring where no message is given."""
        super().__init__(message or self.__class__.__doc__ or self.code)


class Unauthenticated(ServiceError):
    """Send 'Authorization: Bearer <key>'; 'alc-serve keys create' makes a key."""

    status, code = 401, "unauthenticated"


class ScopeMissing(ServiceError):
    """The key is valid but lacks the scope this call needs."""

    status, code = 403, "scope_missing"


class CsrfFailed(ServiceError):
    """Reload the page: the request carries no valid CSRF token for this session."""

    status, code = 403, "csrf_failed"


class TaskNotFound(ServiceError):
    """There is no review task with this id."""

    status, code = 404, "review_task_not_found"


class ProductNotFound(ServiceError):
    """The current catalogue has no product with this id."""

    status, code = 422, "product_not_found"


class NotInCatalogue(ServiceError):
    """The current catalogue has no product with this id; 'GET /v1/products' searches it."""

    status, code = 404, "not_in_catalogue"


class LeaseLost(ServiceError):
    """The lease has ended or was taken over; claim the task again. Nothing was changed."""

    status, code = 409, "lease_lost"


class AlreadyAnswered(ServiceError):
    """The task already has a verdict. Nothing was changed."""

    status, code = 409, "already_answered"


class OpinionGiven(ServiceError):
    """You have given your opinion on this task; the next is somebody else's. Nothing changed."""

    status, code = 409, "opinion_given"


class TaskClosed(ServiceError):
    """The task was closed without an answer; ask the query again for a new one."""

    status, code = 409, "task_closed"


class NothingToUndo(ServiceError):
    """You have no answer to this task that could be taken back."""

    status, code = 409, "nothing_to_undo"


class UndoTooLate(ServiceError):
    """Your answer is too old to be taken back; an admin can open the task again."""

    status, code = 409, "undo_too_late"


class TaskHeld(ServiceError):
    """Somebody else works on the task; your answer stays."""

    status, code = 409, "task_held"


class AnsweredSince(ServiceError):
    """Somebody else has answered the task since; your answer stays."""

    status, code = 409, "answered_since"


class QueryAskedAgain(ServiceError):
    """The same query waits as another task since; answer that one. Nothing was changed."""

    status, code = 409, "query_asked_again"


class NotAnswered(ServiceError):
    """The task has no final verdict that could be overturned. Nothing was changed."""

    status, code = 409, "not_answered"


class TeamNotFound(ServiceError):
    """There is no such team; PUT /v1/teams/{team} or 'alc-serve teams set' makes one."""

    status, code = 404, "team_not_found"


class AnswerInconsistent(ServiceError):
    """'accepted' names at least one product; 'none' and 'unsure' name no product."""

    status, code = 422, "answer_inconsistent"


class OneProductOnly(ServiceError):
    """One right product of a query is taken here; name the best. Nothing was changed."""

    status, code = 422, "one_product_only"


class LeaseSecondsOutOfRange(ServiceError):
    """The service does not lease tasks for so short or so long a time."""

    status, code = 422, "lease_seconds_out_of_range"


class InvalidCursor(ServiceError):
    """The cursor is not one that this service returned; start again without a cursor."""

    status, code = 422, "invalid_cursor"


class UnknownGroup(ServiceError):
    """The promise has no such group; 'GET /v1/promise' lists its groups."""

    status, code = 422, "unknown_group"


class ReasonEmpty(ServiceError):
    """Say why; the reason is kept with the change."""

    status, code = 422, "reason_empty"


class NothingToRestore(ServiceError):
    """No threshold was raised or taken away that is not restored yet. Nothing was changed."""

    status, code = 409, "nothing_to_restore"


class NoCalibration(ServiceError):
    """The bundle does not keep what its promises were certified on; train it again."""

    status, code = 409, "no_calibration"


class NoLabels(ServiceError):
    """No decision of this bundle that was drawn at random has a verdict yet; label some first."""

    status, code = 409, "no_labels"


class ProposalNotFound(ServiceError):
    """There is no proposal with this id; 'alc-serve promise proposals' lists all."""

    status, code = 404, "proposal_not_found"


class ProposalMismatch(ServiceError):
    """The proposal is of another bundle or target than those that answer. Nothing was changed."""

    status, code = 409, "proposal_mismatch"


class ProposalActivated(ServiceError):
    """The proposal was activated before; recalibrate for a new one. Nothing was changed."""

    status, code = 409, "proposal_activated"


class ProposalStopsAutomation(ServiceError):
    """The proposal would stop what is automated now; say 'accept_stops'. Nothing was changed."""

    status, code = 409, "proposal_stops_automation"


class DatabaseUnavailable(ServiceError):
    """The database does not answer; try again shortly. Nothing was changed."""

    status, code, retry_after_seconds = 503, "database_unavailable", 5


class NoBundle(ServiceError):
    """No bundle is loaded yet; train one with 'alc-train' and start the service again."""

    status, code, retry_after_seconds = 503, "no_bundle", 5


class Overloaded(ServiceError):
    """Too many queries wait already; try again shortly. Nothing was changed."""

    status, code, retry_after_seconds = 503, "overloaded", 1


class ClientGone(ServiceError):
    """The client closed the connection before it was answered."""

    status, code = 499, "client_gone"  # as nginx counts them; nobody reads this answer


class WebhookNotFound(ServiceError):
    """There is no webhook with this id."""

    status, code = 404, "webhook_not_found"


class DeliveryNotFound(ServiceError):
    """There is no webhook delivery with this id."""

    status, code = 404, "webhook_delivery_not_found"


class WebhookDisabled(ServiceError):
    """The webhook is disabled; enable it first. Nothing was changed."""

    status, code = 409, "webhook_disabled"


class TooManyWebhooks(ServiceError):
    """There are as many webhooks as this service allows; delete one first."""

    status, code = 409, "too_many_webhooks"


class WebhookUrlRefused(ServiceError):
    """The service does not send to this address."""

    status, code = 422, "webhook_url_refused"


class ExportOptionsConflict(ServiceError):
    """These options cannot be asked for together."""

    status, code = 422, "export_options_conflict"


class FormatUnavailable(ServiceError):
    """Parquet cannot be written: install the extra 'alc[export]' where the service runs."""

    status, code = 501, "format_unavailable"


class RequestInProgress(ServiceError):
    """A request with this Idempotency-Key is being worked on; ask again in a moment."""

    status, code, retry_after_seconds = 409, "request_in_progress", 1


class IdempotencyKeyReused(ServiceError):
    """Another request had this Idempotency-Key; take a new one. Nothing was changed."""

    status, code = 422, "idempotency_key_reused"


class ImportRejected(ServiceError):
    """Some rows cannot be imported. Nothing was changed."""

    status, code = 422, "import_rejected"


class BulkNotFound(ServiceError):
    """There is no bulk action with this id."""

    status, code = 404, "bulk_action_not_found"


class BulkChanged(ServiceError):
    """Other tasks fit than were previewed; look at the preview again. Nothing was changed."""

    status, code = 409, "bulk_action_changed"


class BulkUndone(ServiceError):
    """The bulk action was undone before. Nothing was changed."""

    status, code = 409, "bulk_action_undone"
