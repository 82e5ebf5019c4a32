"""Dependencies that say which scope an endpoint needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from service.access import service
from service.access.actor import Actor, Scope
from service.access.tokens import ApiKey, csrf_matches, matches
from service.errors import CsrfFailed, ScopeMissing, ServiceError, Unauthenticated
from service.state import ServiceState, State

SESSION_COOKIE = "alc_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

ActorDependency = Callable[..., Awaitable[Actor]]


class SignInNeeded(ServiceError):
    """Sign in to see this page."""

    status, code = 401, "sign_in_needed"


def require(*scopes: Scope | str) -> ActorDependency:
    """Return a dependency that yields the caller's `Actor`, who needs one of these scopes.

    It raises Unauthenticated, ScopeMissing, CsrfFailed (a cookie without the header
    `X-CSRF-Token` in an unsafe method) or DatabaseUnavailable.
    """
    needed = [Scope(scope) for scope in scopes]

    async def authorized(request: Request, state: State) -> Actor:
        actor = await authenticate(request, state)
        if not any(actor.may(scope) for scope in needed):
            named = " or ".join(f"'{scope}'" for scope in needed)
            raise ScopeMissing(f"This call needs the scope {named}.")
        return actor

    return authorized


def require_page(scope: Scope | str) -> ActorDependency:
    """Return a dependency like `require`, for pages: it sends who is not signed in to /sign-in."""
    needed = Scope(scope)

    async def authorized(request: Request, state: State) -> Actor:
        try:
            actor = await authenticate(request, state)
        except Unauthenticated as error:
            raise SignInNeeded from error
        if not actor.may(needed):
            raise ScopeMissing(f"This page needs the scope '{needed}'.")
        return actor

    return authorized


async def authenticate(request: Request, state: ServiceState) -> Actor:
    """Return who sent the request: the key of its Authorization header, else its session."""
    header = request.headers.get("authorization")
    if header is not None:
        return await _by_key(header, state)
    return await _by_session(request, state)


async def _by_key(header: str, state: ServiceState) -> Actor:
    scheme, _, credentials = header.partition(" ")
    given = ApiKey.parse(credentials.strip())
    if scheme.lower() != "bearer" or given is None:
        raise Unauthenticated
    stored = await state.keys.get(given.id)
    if stored is None or not matches(given.secret, stored.secret_sha256):
        raise Unauthenticated
    return Actor(stored.name, frozenset(stored.scopes), "key")


async def _by_session(request: Request, state: ServiceState) -> Actor:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise Unauthenticated
    if request.method not in SAFE_METHODS:
        require_csrf(token, request.headers.get(CSRF_HEADER, ""))
    actor = await run_in_threadpool(service.find_session, state.engine, state.clock, token)
    if actor is None:
        raise Unauthenticated
    return actor


def require_csrf(session_token: str, given: str) -> None:
    """Raise CsrfFailed unless `given` came from a page of this session."""
    if not csrf_matches(session_token, given):
        raise CsrfFailed
