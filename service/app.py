"""Assembles the HTTP service from its parts."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from random import SystemRandom

import structlog
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from service import health, scrape
from service.access import endpoints as access
from service.access.dependencies import SignInNeeded
from service.access.key_cache import KeyCache
from service.access.service import find_key
from service.agreement import endpoints as agreement
from service.audit.sampling import Lot, Sampling
from service.bulk import endpoints as bulk
from service.bundles import endpoints as bundles
from service.bundles.holder import BundleHolder, bundle_check
from service.catalogue import endpoints as catalogue
from service.catalogue.service import CatalogueSearch
from service.checks import database_check
from service.clock import SqlClock, database_clock
from service.dashboard import endpoints as dashboard
from service.drift import endpoints as drift
from service.drift.gauges import TrafficCollector
from service.drift.recorder import TrafficRecorder
from service.errors import DatabaseUnavailable, NoBundle
from service.exchange import endpoints as exchange
from service.exchange.importing.schemas import rejected_response
from service.exchange.importing.service import RejectedRows
from service.metrics import Metrics, create_metrics
from service.middleware.body_limit import BodyLimit
from service.middleware.error_boundary import ErrorBoundary
from service.middleware.observe import Observe
from service.middleware.request_id import RequestId
from service.middleware.security_headers import SecurityHeaders
from service.openapi import PROBLEM_RESPONSES, DocumentedApp, operation_id
from service.problems import add_problem_handlers
from service.promise import endpoints as promise
from service.promise.metrics import PromiseCollector
from service.promise.watching import PromiseWatcher, WatchPolicy
from service.queue_metrics import QueueCollector
from service.recommend import endpoints as recommend
from service.recommend.identifiers import new_id
from service.recommend.in_force import PromisesInForce
from service.recommend.recommender import Recommender
from service.recommend.service import DecisionService
from service.review import routes as review
from service.review.dependencies import connect_catalogue
from service.review.head_starts import HeadStarts
from service.review.policy import Opening
from service.rulings import endpoints as rulings
from service.rulings.ruled_texts import RuledTexts
from service.settings import Settings
from service.state import ServiceState
from service.team_page import endpoints as team_page
from service.teams import endpoints as teams
from service.throughput import endpoints as throughput
from service.web.endpoints import add_pages
from service.webhooks import endpoints as webhooks
from service.webhooks.metrics import DeliveryCollector, attempts_counter
from service.webhooks.outcomes import Backoff
from service.webhooks.sender import Policy, WebhookSender

log = structlog.get_logger(__name__)

DOCUMENTATION_PAGES = frozenset({"/docs", "/redoc"})  # they load scripts from elsewhere
SYSTEM_LOT: Lot = SystemRandom().random


def create_app(
    settings: Settings,
    engine: Engine,
    sql_clock: SqlClock = database_clock,
    lot: Lot = SYSTEM_LOT,
) -> FastAPI:
    """Return the app; it does not own the engine, whose schema must be up to date.

    `lot` decides which answers are audited, and which tasks want two opinions.

    It has no bundle until `app.state.service.bundles.load()`; until then it is not ready.
    """
    state = _create_state(settings, engine, sql_clock, lot)
    app = DocumentedApp(
        title="Product matching with a promised precision",
        version=version("alc"),
        responses=PROBLEM_RESPONSES,
        generate_unique_id_function=operation_id,
        lifespan=_lifespan,
        middleware=_middleware(state.metrics),
    )
    app.state.service = state
    for part in (
        recommend,
        bundles,
        catalogue,
        promise,
        drift,
        exchange,
        agreement,
        throughput,
        bulk,
        review,
        rulings,
        teams,
        webhooks,
        access,
        health,
        scrape,
    ):
        app.include_router(part.router)
    connect_catalogue(app, state.bundles.has_product)
    add_pages(app)
    app.include_router(dashboard.router)
    app.include_router(team_page.router)
    add_problem_handlers(app)
    app.add_exception_handler(SignInNeeded, access.redirect_to_sign_in)
    app.add_exception_handler(RejectedRows, rejected_response)
    return app


def _create_state(settings: Settings, engine: Engine, clock: SqlClock, lot: Lot) -> ServiceState:
    metrics = create_metrics()
    metrics.registry.register(QueueCollector(engine))
    promises, traffic = PromisesInForce(), TrafficRecorder(time.monotonic)
    ruled_texts = RuledTexts(clock, time.monotonic)
    holder = BundleHolder(settings.bundles_dir, settings.target_precision, metrics, time.time)
    metrics.registry.register(
        PromiseCollector(engine, lambda: holder.served.bundle, settings.target_precision)
    )
    metrics.registry.register(TrafficCollector(engine, clock, lambda: holder.served.bundle))
    opening = _opening(settings, lot)
    return ServiceState(
        settings=settings,
        engine=engine,
        clock=clock,
        metrics=metrics,
        keys=KeyCache(partial(find_key, engine), settings.key_cache_seconds, time.monotonic),
        checks=(bundle_check(holder), database_check(engine)),
        bundles=holder,
        catalogue=CatalogueSearch(),
        promises=promises,
        traffic=traffic,
        ruled_texts=ruled_texts,
        recommender=Recommender(
            DecisionService(
                engine=engine,
                clock=clock,
                metrics=metrics,
                new_id=new_id,
                promises=promises,
                sampling=Sampling(settings.audit_share, settings.calibration_share, lot),
                answer_no_match=settings.answer_no_match,
                ruled_texts=ruled_texts,
                head_starts=_head_starts(settings),
                opening=opening,
                traffic=traffic,
            ),
            metrics,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting_queries,
        ),
        watcher=PromiseWatcher(
            clock,
            new_id,
            WatchPolicy(settings.promise_false_alarm, settings.promise_confidence),
            settings.target_precision,
            holder.find,
        ),
        sender=_create_sender(settings, engine, clock, metrics),
        opening=opening,
    )


def _create_sender(
    settings: Settings, engine: Engine, clock: SqlClock, metrics: Metrics
) -> WebhookSender:
    metrics.registry.register(DeliveryCollector(engine))
    backoff = Backoff(
        settings.webhook_attempts,
        settings.webhook_backoff_seconds,
        settings.webhook_backoff_max_seconds,
        SystemRandom().random,
    )
    policy = Policy(
        backoff,
        settings.webhook_timeout_seconds,
        settings.webhook_private_addresses,
        timedelta(days=settings.webhook_keep_days),
    )
    return WebhookSender(
        engine, clock, lambda: datetime.now(UTC), policy, attempts_counter(metrics.registry)
    )


def _head_starts(settings: Settings) -> HeadStarts:
    return HeadStarts(
        priority_hours=settings.priority_hours,
        value_attribute=settings.value_attribute,
        value_hours=settings.value_hours,
        near_band=settings.near_band,
        near_hours=settings.near_hours,
        audit_hours=settings.audit_hours,
    )


def _opening(settings: Settings, lot: Lot) -> Opening:
    days = settings.task_lifetime_days
    lifetime = None if days is None else timedelta(days=days)
    return Opening(settings.second_opinion_share, lifetime, lot)


def _middleware(metrics: Metrics) -> list[Middleware]:
    """Return the layers, outermost first: the id is known to all, a 500 is counted as one."""
    return [
        Middleware(RequestId),
        Middleware(Observe, metrics),
        Middleware(ErrorBoundary),
        Middleware(SecurityHeaders, DOCUMENTATION_PAGES),
        Middleware(BodyLimit),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: ServiceState = app.state.service
    await run_in_threadpool(_prepare, state)
    with state.recommender.running(), state.sender.running():
        yield
    await run_in_threadpool(state.traffic.close, state.engine, state.clock)


def _prepare(state: ServiceState) -> None:
    """Know promises and rulings before the first query comes, in case the database goes away."""
    try:
        state.ruled_texts.prepare(state.engine)
        state.promises.prepare(state.engine, state.bundles.served)
    except NoBundle:
        return  # its promises are read with the first query that comes
    except DatabaseUnavailable as error:
        log.warning("promises_and_rulings_not_read", code=error.code)
