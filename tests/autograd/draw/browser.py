"""A browser and a JupyterLab server for tests."""

import json
import shutil
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def get_json(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return json.load(response)
    except OSError:
        return None


def wait_until(condition, explain=lambda: "", timeout=60):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"waited for {timeout} s: {explain()}"
        time.sleep(0.2)


def run_notebook(page, address, notebook):
    """Open a notebook in JupyterLab, run all cells, and wait for the sentinel, an element with the id `finished`."""
    page.goto(f"{address}/lab/tree/{notebook.name}?reset")
    wait_until(lambda: any(s["kernel"]["execution_state"] == "idle" for s in get_json(f"{address}/api/sessions") or ()))
    page.get_by_text("| Idle").first.wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector("#finished", state="attached", timeout=60_000)
