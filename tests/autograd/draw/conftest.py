"""Fixtures of browser tests: a page that reports script errors and external requests, and a JupyterLab server."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress

import pytest

from tests.autograd.draw.browser import CHROMIUM, FLAGS, ROOT, get_json, wait_until


class MonitoredPage:
    """A page, and the script errors and external requests that occurred on it."""

    def __init__(self, context):
        self.page = context.new_page()
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        context.on("request", lambda request: self._check_url(request.url))

    def _check_url(self, url):
        if not url.startswith(("data:", "blob:", "file:", "http://127.0.0.1:", "ws://127.0.0.1:")):
            self.problems.append(f"request: {url}")

    def panel(self, view):
        return " ".join(view.locator(".panel").inner_text().split())

    def box(self, view, i, text):
        return view.locator(f"#graph-v{i} .{text}").text_content()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api").sync_playwright().start()
    yield playwright.chromium
    playwright.stop()


@pytest.fixture
def monitored(browser, tmp_path):
    context = browser.launch_persistent_context(
        tmp_path / "profile", executable_path=CHROMIUM, headless=True, args=FLAGS, viewport={"width": 1280, "height": 900}
    )
    page = MonitoredPage(context)
    yield page
    context.close()
    assert page.problems == []


@pytest.fixture
def jupyter(tmp_path, request):
    """The address of a new JupyterLab server with settings of its own; the parameter is its theme, "Light" or "Dark"."""
    (tmp_path / "work").mkdir(exist_ok=True)
    settings_folder = tmp_path / "settings" / "@jupyterlab"
    settings_of = {
        "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
        "apputils-extension/themes.jupyterlab-settings": {"theme": f"JupyterLab {getattr(request, 'param', 'Light')}"},
        "apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
    }
    for name, content in settings_of.items():
        (settings_folder / name).parent.mkdir(parents=True, exist_ok=True)
        (settings_folder / name).write_text(json.dumps(content))
    variables = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    variables |= {"IPYTHONDIR": str(tmp_path / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings")}
    variables |= {"JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"), "PYTHONPATH": str(ROOT)}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path / 'work'}"]
    with open(tmp_path / "jupyter.log", "w") as log:
        server = subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: get_json(f"{address}/api/status") is not None, (tmp_path / "jupyter.log").read_text)
        yield address
    finally:
        for session in get_json(f"{address}/api/sessions") or ():
            request = urllib.request.Request(f"{address}/api/sessions/{session['id']}", method="DELETE")
            with suppress(OSError):
                urllib.request.urlopen(request, timeout=10).close()
        server.terminate()
        server.wait(timeout=30)
