"""All routes under /v1/reviews."""

from __future__ import annotations

from fastapi import APIRouter

from service.problems import Problem
from service.review import endpoints, managing_endpoints, reading_endpoints

router = APIRouter(
    tags=["reviews"],
    responses={code: {"model": Problem} for code in (400, 401, 403, 422, 503)},
)
# A fixed path comes before `/{task_id}`, which would match it too.
for part in (endpoints, managing_endpoints, reading_endpoints):
    router.include_router(part.router, prefix="/v1/reviews")
