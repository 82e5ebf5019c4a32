"""The files that pages load, under a path that changes with their content."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIRECTORY = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"


def _version() -> str:
    """Return a digest of all files; modules import each other, so they change together."""
    digest = sha256()
    for file in sorted(DIRECTORY.iterdir()):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


PREFIX = f"/static/{_version()}"


def asset(name: str) -> str:
    """Return the path under which a file of the pages is served."""
    return f"{PREFIX}/{name}"


def mount_assets(app: FastAPI) -> None:
    app.mount(PREFIX, _Assets(directory=DIRECTORY), name="static")


class _Assets(StaticFiles):
    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOREVER
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
