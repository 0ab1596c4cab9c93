"""A TensorBoard server for tests, and its HTTP interface."""

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def tensorboard_server(folder, log, *options):
    """The address of a server that shows the event files in a folder; its output goes to the file `log`."""
    where = "--logdir", str(folder), "--host", "127.0.0.1", "--port", "0"
    command = [sys.executable, "-m", "tensorboard.main", *where, *options]
    with open(log, "w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield wait_until(lambda: ADDRESS.search(log.read_text()))[0]
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return result


def fetch(address, path, data=None, **query):
    """The answer of the server: JSON as values, anything else as bytes."""
    url = f"{address}/data/{path}?{urllib.parse.urlencode(query)}"
    content = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"} if content else {})
    with urllib.request.urlopen(request, timeout=30) as response:
        body = response.read()
        return json.loads(body) if response.headers["Content-Type"].startswith("application/json") else body
