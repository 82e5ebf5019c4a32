from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure: how long a single example takes says nothing about what is tested.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
