"""What keeps people from using a page, as far as a machine can tell."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Rules of WCAG 2.2, levels A and AA, and of good practice.
OPTIONS = {"resultTypes": ["violations"]}


def barriers(page: Page) -> str:
    """Return what axe-core finds on the page as it is now; nothing where it finds nothing."""
    found = Axe().run(page, options=OPTIONS)
    return str(found.generate_report()) if found.violations_count else ""
