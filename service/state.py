"""What all requests of one process share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from service.access.key_cache import KeyCache
from service.bundles.holder import BundleHolder
from service.catalogue.service import CatalogueSearch
from service.checks import Check
from service.clock import SqlClock
from service.drift.recorder import TrafficRecorder
from service.metrics import Metrics
from service.promise.watching import PromiseWatcher
from service.recommend.in_force import PromisesInForce
from service.recommend.recommender import Recommender
from service.review.policy import Opening
from service.rulings.ruled_texts import RuledTexts
from service.settings import Settings
from service.webhooks.sender import WebhookSender


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The parts that the app was assembled from; `app.state.service` holds it."""

    settings: Settings
    engine: Engine
    clock: SqlClock
    metrics: Metrics
    keys: KeyCache
    checks: tuple[Check, ...]
    bundles: BundleHolder
    catalogue: CatalogueSearch
    promises: PromisesInForce
    traffic: TrafficRecorder
    ruled_texts: RuledTexts
    recommender: Recommender
    watcher: PromiseWatcher
    sender: WebhookSender
    opening: Opening


async def get_state(request: Request) -> ServiceState:
    """Return the state of the app that answers; asynchronous so that it needs no thread."""
    state: ServiceState = request.app.state.service
    return state


State = Annotated[ServiceState, Depends(get_state)]
