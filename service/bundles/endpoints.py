"""HTTP of bundles."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from fastapi import APIRouter, Depends

from models.decider.decider import Decider
from models.memory.memory import QueryMemory
from models.runtime import Runtime
from models.thresholds import Promise
from service.access.actor import Scope
from service.access.dependencies import require
from service.bundles.holder import ServedBundle
from service.bundles.schemas import (
    BundleRead,
    DeciderRead,
    DecidesBy,
    IndexRead,
    MemoryRead,
    PromiseRead,
)
from service.state import State

router = APIRouter(prefix="/v1/bundles", tags=["bundles"])


@router.get("/current", dependencies=[Depends(require(Scope.RECOMMEND))])
async def get_current_bundle(state: State) -> BundleRead:
    """Describe the bundle that answers, what is searched and what it promises."""
    return describe(state.bundles.served)


def describe(served: ServedBundle) -> BundleRead:
    bundle, manifest = served.bundle, served.bundle.manifest
    return BundleRead(
        bundle_id=bundle.bundle_id,
        created_at=manifest.created_at,
        loaded_at=datetime.fromtimestamp(served.loaded_at, UTC),
        products=manifest.products,
        encoder=manifest.encoder,
        dimension=manifest.dimension,
        index=IndexRead(**{name: getattr(manifest.index, name) for name in IndexRead.model_fields}),
        memory=describe_memory(bundle.runtime.memory),
        decides_by=decides_by(bundle.runtime),
        decider=describe_decider(bundle.runtime.decider),
        promise=describe_promise(served.promise),
        promises=[describe_promise(promise) for promise in bundle.promises],
        no_match=None if bundle.no_match is None else describe_promise(bundle.no_match),
    )


def describe_memory(memory: QueryMemory | None) -> MemoryRead | None:
    if memory is None:
        return None
    return MemoryRead(queries=len(memory.index), **asdict(memory.settings))


def decides_by(runtime: Runtime) -> DecidesBy:
    """Return what thresholds are compared with."""
    return "score" if runtime.decider is None else "probability"


def describe_decider(decider: Decider | None) -> DeciderRead | None:
    if decider is None:
        return None
    trees = decider.trees.booster.num_boosted_rounds()
    return DeciderRead(candidates=decider.candidates, trees=trees)


def describe_promise(promise: Promise) -> PromiseRead:
    fields = asdict(promise)
    return PromiseRead(**{name: fields[name] for name in PromiseRead.model_fields})
