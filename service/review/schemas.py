"""What the review endpoints take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from service.catalogue.schemas import ProductRead
from service.database.tables import Answer, TaskKind, TaskStage, TaskState
from service.review.claiming import Wish
from service.schemas import Body, Read, StoredText, storable

MAX_CLAIMED = 50
MAX_LISTED = 200
MAX_PRODUCTS = 100
DEFAULT_LEASE_SECONDS = 300


def _optional_storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


Attributes = Annotated[dict[StoredText, StoredText], Field(min_length=1, max_length=20)]
GivenAnswer = Literal[Answer.ACCEPTED, Answer.NONE, Answer.UNSURE]
LeaseSeconds = Annotated[
    int, Field(strict=True, ge=1, description="The service's settings limit it further")
]
LeaseToken = Annotated[UUID, Field(description="From the claim; it proves that you hold the lease")]


class ClaimRequest(Body):
    count: Annotated[int, Field(strict=True, ge=1, le=MAX_CLAIMED)] = 1
    lease_seconds: LeaseSeconds = DEFAULT_LEASE_SECONDS
    attributes: Attributes | None = Field(None, description="Only tasks with at least these")
    source: StoredText | None = Field(None, description="Only tasks of this source")
    assigned: Annotated[
        bool, Field(strict=True, description="Only tasks assigned to you or a team of yours")
    ] = False
    stage: TaskStage | None = Field(
        None, description="`opinion` or `adjudication`: only tasks on which that is wanted"
    )

    @property
    def wish(self) -> Wish:
        return Wish(self.attributes, self.source, self.assigned, self.stage)


class RenewRequest(Body):
    lease_token: LeaseToken
    lease_seconds: LeaseSeconds = DEFAULT_LEASE_SECONDS


class SubmitRequest(Body):
    lease_token: LeaseToken
    answer: GivenAnswer
    product_ids: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=500), AfterValidator(storable)]],
        Field(
            default_factory=list,
            max_length=MAX_PRODUCTS,
            description="At least one with 'accepted', else none",
        ),
    ]
    comment: Annotated[str, Field(max_length=2000), AfterValidator(storable)] | None = None


class ReleaseRequest(Body):
    lease_token: LeaseToken
    skip: Annotated[
        bool, Field(strict=True, description="Hand it out after the tasks that were skipped less")
    ] = False
    reason: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description="Why it is skipped: `unclear_text`, `not_my_field`, `later`, or others",
        ),
        AfterValidator(_optional_storable),
    ] = None

    @model_validator(mode="after")
    def _a_reason_is_that_of_a_skip(self) -> Self:
        if self.reason is not None and not self.skip:
            raise PydanticCustomError("invalid_value", "only a skip has a reason; send skip: true")
        return self


class UndoRequest(Body):
    lease_seconds: LeaseSeconds = DEFAULT_LEASE_SECONDS


class CandidateRead(Read):
    product_id: str
    title: str
    score: float | None = Field(description="Cosine; null where reviews are blind")
    probability: float | None = Field(
        description="That this is the product; null where no decider judged it, or reviews are"
        " blind"
    )
    rank: int | None = Field(description="From 1; null where reviews are blind")


class QueryRead(Read):
    """What a person sees of a task. Why it exists is left out: an audit is to be blind.

    Where reviews are blind, candidates come in an order that says nothing. An admin sees all in the
    list of tasks, and of a single task.
    """

    id: UUID
    source: str
    text: str
    attributes: dict[str, Any]
    candidates: list[CandidateRead]
    bundle_id: str
    times_asked: int | None = Field(description="null where reviews are blind")
    times_skipped: int
    created_at: datetime


class OpinionRead(Read):
    """What somebody said about a task that others are to decide."""

    stage: TaskStage
    answer: Answer
    product_ids: list[str]
    comment: str | None
    person: str | None = Field(description="null unless it is you, or an admin looks")
    created_at: datetime


class ClaimedTask(QueryRead):
    lease_token: UUID
    lease_until: datetime
    stage: TaskStage = Field(description="`adjudication`: others disagree, and you decide")
    opinions: list[OpinionRead] = Field(description="What others said, where you adjudicate")
    products: list[ProductRead] | None = Field(
        None,
        description="The candidates and the products that opinions name, by id, as the catalogue"
        " that answers now has them; what it lacks cannot be accepted. null before a bundle was"
        " loaded",
    )


class Claimed(Read):
    tasks: list[ClaimedTask]


class Lease(Read):
    lease_until: datetime


class TaskRead(QueryRead):
    """A task without its lease token, which only its holder knows."""

    kind: TaskKind | None = Field(description="null unless an admin looks")
    state: TaskState
    last_asked_at: datetime | None = Field(description="null where reviews are blind")
    lease_owner: str | None
    lease_until: datetime | None = Field(
        description="A leased task whose lease has ended is handed out again"
    )
    answered_at: datetime | None
    stage: TaskStage = Field(description="What the next verdict is")
    opinions_wanted: int
    priority: int = Field(description="The caller's, 0 to 9")
    due_at: datetime | None = Field(
        description="Tasks are claimed in this order, skipped ones last; null where reviews are"
        " blind"
    )
    assigned_to: str | None = Field(description="A person, or `team:` and the name of a team")
    expires_at: datetime | None = Field(description="When it is closed if nobody has answered it")
    closed_at: datetime | None
    close_reason: str | None
    verdict_id: UUID | None = Field(description="The final one; null until there is one")


class TaskPageRead(Read):
    tasks: list[TaskRead]
    next_cursor: str | None = Field(description="null behind the last task")


class VerdictRead(Read):
    id: UUID
    stage: TaskStage
    origin: str = Field(description="`queue`, `import` or `bulk`")
    supersedes: UUID | None = Field(description="The verdict that this one takes back")
    seconds: float | None = Field(description="From the claim to the answer")
    answer: Answer
    product_ids: list[str]
    comment: str | None
    person: str | None = Field(description="null unless it is you, or an admin looks")
    created_at: datetime


class SubmittedRead(VerdictRead):
    task_state: TaskState = Field(
        description="`answered` where the verdict is final; else another person is asked"
    )


class EventRead(Read):
    at: datetime
    kind: str
    actor: str | None = Field(description="null where it is another person, unless an admin looks")
    details: dict[str, Any]


class TaskHistoryRead(TaskRead):
    verdict: VerdictRead | None = Field(description="The final one")
    verdicts: list[VerdictRead] = Field(
        description="All, oldest first, also those taken back; while opinions are asked for, only"
        " your own, unless you are an admin"
    )
    events: list[EventRead]


class SummaryRead(Read):
    states: dict[TaskState, int] = Field(description="Tasks in each state")
    oldest_created_at: datetime | None = Field(description="Of those that wait for a verdict")
    oldest_age_seconds: float | None
    since: datetime
    given: int = Field(description="Your verdicts since then that you did not take back")
    left: int = Field(description="Tasks that you could claim now")
