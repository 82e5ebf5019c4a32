"""When opinions on a task suffice, and what becomes of it when they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.database.tables import Answer, TaskStage, TaskState
from service.review.tasks import Verdict

TWO = 2  # the most opinions that are asked for; what they leave open, a third person decides


@dataclass(frozen=True, slots=True)
class Settled:
    """What a task becomes; `answered` means that the verdict just given is the final one."""

    state: TaskState
    stage: TaskStage
    opinions_wanted: int


def settle(
    stage: TaskStage, opinions_wanted: int, before: Sequence[Verdict], given: Verdict
) -> Settled:
    """Return what becomes of a task with these current verdicts when another one is given.

    Opinions suffice when there are as many as are wanted and they agree; the later one is final.
    `unsure` agrees with nothing, not even with `unsure`, and always wants another opinion: two of
    which one is unsure go to a third person. Who adjudicates decides, and leaves it to somebody
    else by saying `unsure` again.
    """
    unsure = given.answer is Answer.UNSURE
    if stage is TaskStage.ADJUDICATION:
        state = TaskState.ADJUDICATE if unsure else TaskState.ANSWERED
        return Settled(state, stage, opinions_wanted)
    wanted = TWO if unsure else opinions_wanted
    if len(before) + 1 < wanted:
        return Settled(TaskState.OPEN, stage, wanted)
    if not unsure and all(agree(one, given) for one in before):
        return Settled(TaskState.ANSWERED, stage, wanted)
    return Settled(TaskState.ADJUDICATE, TaskStage.ADJUDICATION, wanted)


def agree(one: Verdict, other: Verdict) -> bool:
    """Return whether two verdicts say the same: the same answer and the same set of products."""
    if Answer.UNSURE in (one.answer, other.answer):
        return False
    same_products = set(one.product_ids) == set(other.product_ids)
    return one.answer is other.answer and same_products
