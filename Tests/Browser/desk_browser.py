"""A running desk and a real browser on it, for the tests beside this file."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import time

from axe_playwright_python.sync_playwright import Axe


class Desk:
    """`fullshelf serve` on a folder."""

    def __init__(self, program, folder, *arguments, prefix=()):
        self.program, self.folder, self.arguments, self.prefix = program, pathlib.Path(folder), arguments, prefix
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [*self.prefix, self.program, "serve", str(self.folder), "--format", "json", "--author", "Li Wei", *self.arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        text = ""
        while not text.rstrip().endswith("}"):
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError("the desk did not start: " + self.process.stderr.read())
            text += line
        opened = json.loads(text)
        self.url, self.port = opened["url"], opened["port"]
        self.base = f"http://127.0.0.1:{self.port}"
        return self

    def kill(self):
        """As a power cut would: no chance to tidy up."""
        self.process.kill()
        self.end()

    def end(self):
        self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.end()


class Walk:
    """A window whose console errors and accessibility faults are failures."""

    def __init__(self, browser, shots, name, locale="en-GB"):
        self.context = browser.new_context(viewport={"width": 1500, "height": 1000}, locale=locale, accept_downloads=True)
        self.page = self.context.new_page()
        self.shots, self.name, self.problems, self.checked = pathlib.Path(shots), name, [], []
        self.expected_statuses = set()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.on("request", self._request)
        self.port = None

    def _console(self, message):
        if message.type != "error":
            return
        # A page that tells a conflict has a status that says so, and the browser notes it.
        if any(f"status of {status}" in message.text for status in self.expected_statuses):
            return
        self.problems.append(f"console: {message.text} ({message.location})")

    def _request(self, request):
        if self.port and not request.url.startswith((f"http://127.0.0.1:{self.port}/", "data:", "blob:")):
            self.problems.append(f"asks another address: {request.url}")

    def shot(self, what, full=True):
        """A picture, and a look for faults of accessibility."""
        self.page.screenshot(path=self.shots / f"{self.name}-{what}.png", full_page=full)
        found = Axe().run(self.page)
        for fault in found.response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                where = "; ".join(node["html"][:160] for node in fault["nodes"][:3])
                self.problems.append(f"axe, {what}: {fault['impact']} {fault['id']}: {fault['help']}: {where}")
        self.checked.append(what)

    def close(self):
        self.context.close()
        assert not self.problems, "\n".join(self.problems)


@contextlib.contextmanager
def copied_package(fixture, work, name):
    folder = pathlib.Path(work) / name
    # Whoever planned the fixture has left a history there.
    shutil.copytree(fixture, folder, ignore=shutil.ignore_patterns(".fullshelf", "out"))
    for path in folder.iterdir():
        os.chmod(path, 0o644)
    yield folder


def damage(folder, table="stock.csv", line=3, text=b"12O"):
    """Puts letters where a number stands; returns what was there."""
    path = folder / table
    before = path.read_bytes()
    lines = before.split(b"\n")
    separator = b";" if lines[0].count(b";") > lines[0].count(b",") else b","
    cells = lines[line - 1].rstrip(b"\r").split(separator)
    place = max(index for index, cell in enumerate(cells) if cell.replace(b".", b"").isdigit())
    cells[place] = text
    lines[line - 1] = separator.join(cells)
    path.write_bytes(b"\n".join(lines))
    return before


def wait_until(condition, seconds=20, what=""):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")
