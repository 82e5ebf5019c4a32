"""The recipes by name; light, so that the command line can list them at once."""

from __future__ import annotations

from typing import Literal

RecipeName = Literal["softmax", "ngame", "dexa", "prime"]
