"""A real headless Chromium for tests, and what a page must never do in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

MISSING = "needs Chromium and playwright: apt-get install chromium, pip install -e '.[test]'"


@dataclass
class Watched:
    """A page, with everything that went wrong in it: console errors, script errors, dialogs, requests elsewhere."""

    page: Any
    trouble: list[str] = field(default_factory=list)


def chromium() -> str:
    """Where Chromium is; skips the test where it is not."""
    pytest.importorskip("playwright", reason=MISSING)
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip(MISSING)
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium, started once for a module."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def watch(page: Any, *, allowed: tuple[str, ...] = ("file:", "blob:", "data:")) -> Watched:
    """Note everything that a page must never do. ``allowed`` are the beginnings of addresses it may ask for."""
    watched = Watched(page=page)

    def console(message: Any) -> None:
        # A refused decision is answered 4xx, which Chromium tells on the console too; a script error is another type.
        if message.type == "error" and "Failed to load resource" not in message.text:
            watched.trouble.append(f"console: {message.text}")

    def dialog(asked: Any) -> None:
        watched.trouble.append(f"dialog: {asked.message}")
        asked.dismiss()

    def request(sent: Any) -> None:
        if not sent.url.startswith(allowed):
            watched.trouble.append(f"request: {sent.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: watched.trouble.append(f"script: {error}"))
    page.on("dialog", dialog)
    page.on("request", request)
    return watched


# WCAG 2: the contrast of every text with what is behind it, worked out in the page.
CONTRAST = """
() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r / 255, g / 255, b / 255].map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest("script,style,option")) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) low.push(`${contrast.toFixed(2)} ${element.tagName}.${element.className} ${text.slice(0, 30)}`);
  }
  return low;
}
"""

# Every field and button must have a name that a screen reader can say.
UNNAMED = """
() => [...document.querySelectorAll("button, input, select, textarea, a[href], section, dialog")].filter((e) => {
  if (e.type === "hidden") return false;
  return !(e.textContent.trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") ||
    (e.labels && e.labels.length));
}).map((e) => e.outerHTML.slice(0, 80))
"""
