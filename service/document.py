"""Writes the OpenAPI document without a database or a bundle."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from service.app import create_app
from service.database.engine import DRIVER, open_engine
from service.openapi import document_bytes
from service.settings import load_settings


def openapi_document() -> bytes:
    """Return the document as it is committed."""
    engine = open_engine(URL.create(DRIVER), pool_size=1, timeout_seconds=1)  # never connects
    return document_bytes(create_app(load_settings(), engine))


def write_openapi(path: Path) -> None:
    path.write_bytes(openapi_document())
