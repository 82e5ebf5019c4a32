"""Audits to an honest live precision: an alarm and bounds that may be read after each of them.

Pure computation: what is known is a small immutable `WatchState`, which the caller keeps. Method
and measured figures: docs/method.md, Watching a promise.
"""
