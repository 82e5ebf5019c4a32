"""The floor: a FastAPI route that reads the same body and does nothing with it."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI, Response

from service.recommend.schemas import RecommendBody
from service.server import server_config

app = FastAPI()


@app.post("/nothing")
async def do_nothing(body: RecommendBody) -> Response:  # noqa: ARG001 - it is only parsed
    return Response(b"{}", media_type="application/json")


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    with suppress(KeyboardInterrupt):
        uvicorn.Server(server_config(app)).run(sockets=[listener])
