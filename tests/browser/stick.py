"""A built page opened as from a USB stick, and what every such page is held to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.jupyter import SIZES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: How a page is looked at: a device, and the theme that it asks for.
LOOKS = [("laptop", "light"), ("tablet", "dark")]


class Window:
    """One page opened from the stick; every request beyond it is noted."""

    def __init__(
        self, browser: Any, path: Path, size: tuple[int, int] = SIZES["laptop"], **more: Any
    ) -> None:
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        self.page = self.context.new_page()
        self.beyond: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.beyond.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(path.as_uri())

    def close(self) -> None:
        allowed = ("file://", "data:", "blob:")
        assert not [url for url in self.beyond if not url.startswith(allowed)], "nothing is asked of anybody"
        assert sum(url.startswith("file://") for url in self.beyond) <= 2, "one file (twice if opened anew)"
        assert self.errors == []
        self.context.close()


def faults(window: Window, axe: str) -> list[tuple[str, list[str]]]:
    """Return what axe finds: the rule, and the beginning of each element that breaks it."""
    window.page.evaluate(axe)
    found = window.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert len(found["passes"]) > 15, "axe looked at the page"
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]


def hold(browser: Any, axe: str, path: Path, lang: str, looks: list[tuple[str, str]] = LOOKS) -> None:
    """Hold a page to the rules, everything in it unfolded and every form sent, as it looks on each device."""
    for size, scheme in looks:
        window = Window(browser, path, SIZES[size], color_scheme=scheme)
        window.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        window.page.evaluate(
            "document.querySelectorAll('form.task button[type=submit]').forEach(button => button.click())"
        )
        assert faults(window, axe) == [], f"{path.name}, {size}, {scheme}"
        width = window.page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size][0], f"{path.name}, {size}: nothing sticks out"
        assert window.page.get_attribute("html", "lang") == lang
        window.close()
