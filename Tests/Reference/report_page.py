"""A page of `coppice report` opened in Chromium: python3 Tests/Reference/report_page.py PAGE|ADDRESS [--within MS] [--png FILE] [--pdf FILE] [--dark]

Uses nothing but Python's own library: DevTools' protocol over a WebSocket of a few lines. Checks that the page opens without an error
on the console and without a request to anywhere, that a pointer and the arrow keys read values, that tables sort and filter, that curves
are hidden and shown, that a trial opens, and that the focus moves. Prints what it found, a line each, and ends with 1 where something is
wrong; with 3 where there is no Chromium."""
import argparse, base64, contextlib, json, os, pathlib, shutil, socket, struct, subprocess, sys, tempfile, time, urllib.request

NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]


def browser():
    named = os.environ.get("COPPICE_CHROMIUM")
    return named or next((path for path in map(shutil.which, NAMES) if path), None)


class Socket:
    """A WebSocket to a page of the browser: texts there and back."""

    def __init__(self, url):
        host, path = url.removeprefix("ws://").split("/", 1)
        name, port = host.split(":")
        self.socket = socket.create_connection((name, int(port)), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise OSError(head.decode(errors="replace"))

    def send(self, text):
        body, mask = text.encode(), os.urandom(4)
        size = len(body)
        head = bytes([0x81])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        self.socket.sendall(head + mask + masked)

    def bytes(self, count):
        parts = []
        while count:
            part = self.socket.recv(min(count, 1 << 20))
            if not part:
                raise OSError("the browser closed the connection")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def receive(self):
        message = b""
        while True:
            first, second = self.bytes(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self.bytes(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.bytes(8))[0]
            body = self.bytes(size)
            if first & 0x0F in (0, 1):
                message += body
                if first & 0x80:
                    return message.decode()


class Page:
    """A tab: commands to it, and what it told meanwhile."""

    def __init__(self, url):
        self.socket, self.count, self.events = Socket(url), 0, []

    def __call__(self, method, **parameters):
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.receive())
            if answer.get("id") != self.count:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            return answer["result"]

    def value(self, expression):
        """What an expression gives in the page; promises are waited for."""
        answer = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.value(expression)
            if found:
                return found
            time.sleep(0.02)
        raise RuntimeError(f"{expression} did not come true in {seconds} s")

    def key(self, key, code=0):
        for kind in ["keyDown", "keyUp"]:
            self("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def move(self, x, y):
        self("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)


RECTANGLE = "(() => {{ const e = {0}; e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; }})()"


def check(page, say):
    value = page.value
    # Figures.
    say("the figure has points", value("document.querySelectorAll('#explorer .main-figure svg circle, #explorer .main-figure svg path').length > 3"))
    points = "#explorer .main-figure svg > circle:not(.ring), #explorer .main-figure svg > path[stroke-width='0.8']"
    x, y = value(RECTANGLE.format(f'document.querySelector("{points}")'))
    page.move(x, y)
    tip = value("(() => { const tip = document.querySelector('#explorer .main-figure .tip'); return tip.hidden ? '' : tip.textContent; })()")
    say("a pointer reads a point", "n = " in tip, tip)
    page.move(2, 2)
    say("and leaves it", value("document.querySelector('#explorer .main-figure .tip').hidden"))
    value("document.querySelector('#explorer .main-figure svg').focus()")
    said = []
    for _ in range(3):
        page.key("ArrowRight", 39)
        said.append(value("document.getElementById('said').textContent"))
    say("arrow keys read points", all(said) and (len(set(said)) > 1 or "n = " in said[0]), said[-1])
    page.key("Enter", 13)
    say("Enter lists the trials of a point", value("document.querySelectorAll('.chosen button').length > 0"))
    count = "document.querySelectorAll('#explorer .main-figure svg path[fill=none]').length"
    shown = value(count)
    value("document.querySelector('.legend button').click()")
    say("a curve is hidden", value(count) < shown and value("document.querySelector('.legend button').getAttribute('aria-pressed')") == "false")
    value("document.querySelector('.legend button').click()")
    say("and shown again", value(count) == shown)
    before = value("document.querySelector('#explorer .title').textContent")
    value("(() => { const s = document.querySelectorAll('#explorer select')[1]; s.value = 'compression'; s.dispatchEvent(new Event('change')); })()")
    say("the horizontal axis changes", value("document.querySelector('#explorer .title').textContent") != before)
    value("(() => { const s = document.querySelectorAll('#explorer select')[1]; s.value = 'remaining'; s.dispatchEvent(new Event('change')); })()")
    # Tables.
    rows = "document.querySelectorAll('#trials-table > .scroll tbody tr').length"
    state = "document.querySelector('#trials-table .count').textContent"
    whole = value(state)
    name = value("document.querySelector('#trials-table tbody th').textContent")
    field = "(() => {{ const f = document.querySelector('#trials-table input[type=search]'); f.value = {0}; f.dispatchEvent(new Event('input')); }})()"
    # In quotes, as far as the name has none itself.
    value(field.format(json.dumps('"' + name.split('"')[0] + '"')))
    say("a word filters the trials", value(rows) == 1, value(state))
    value(field.format(json.dumps("no-such-trial")))
    say("a word that is nowhere leaves none", value(rows) == 0)
    value(field.format(json.dumps("sparsity>0")))
    kept = value(state)
    say("a condition filters the trials", value(rows) > 0 and "in all" in kept, kept)
    value(field.format('""'))
    say("and all come back", value(state) == whole, whole)
    cell = "[...document.querySelectorAll('#trials-table > .scroll tbody th')].map((cell) => cell.textContent)"
    for order in ["ascending", "descending"]:
        value("document.querySelector('#trials-table thead button').click()")
        names = value(cell)
        rising = names == value(f"{cell}.sort((a, b) => a.localeCompare(b, 'en'))")
        say(f"trials sort, {order}", value("document.querySelector('#trials-table thead th').getAttribute('aria-sort')") == order
            and (rising if order == "ascending" else len(names) < 2 or not rising))
    value("document.querySelector('#trials-table tbody button').click()")
    say("a trial opens", value("!document.getElementById('trial').hidden && document.activeElement.id === 'trial' && document.querySelectorAll('#trial table').length >= 2"),
        value("document.querySelector('#trial h3').textContent"))
    # Keyboard, names.
    value("document.querySelector('.skip').focus()")
    places = []
    for _ in range(12):
        page.key("Tab", 9)
        places.append(value("(() => { const e = document.activeElement; return e.tagName + ' ' + (e.getAttribute('aria-label') ?? e.textContent).slice(0, 40); })()"))
    say("Tab moves the focus", len(set(places)) > 8, "; ".join(places[:3]))
    unnamed = value("""[...document.querySelectorAll('button, input, select, a, [tabindex="0"]')].filter((e) => !(e.textContent.trim()
      || e.getAttribute('aria-label') || e.closest('label')?.textContent.trim())).length""")
    say("whatever takes the focus has a name", unnamed == 0, f"{unnamed} without")
    ids = value("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    say("no name is there twice", len(ids) == len(set(ids)))
    say("nothing foreign ran", value("window.injected === undefined && document.querySelectorAll('img[src=x]').length === 0"))


@contextlib.contextmanager
def tab(dark=False):
    """A tab of a browser of its own, which ends with it."""
    # Processes of the browser may write after its end.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [browser(), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions", "--hide-scrollbars",
             "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={folder}/profile", "--window-size=1200,900",
             "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": folder})
        try:
            port = None
            for line in process.stderr:
                if "DevTools listening on ws://" in line:
                    port = line.split("ws://")[1].split("/")[0].split(":")[1]
                    break
            if port is None:
                raise RuntimeError("Chromium did not start")
            tabs = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
            page = Page(next(tab for tab in tabs if tab["type"] == "page")["webSocketDebuggerUrl"])
            for part in ["Runtime", "Log", "Page", "Network"]:
                page(f"{part}.enable")
            if dark:
                page("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
            yield page
        finally:
            process.kill()
            process.wait()


def complaints(page, say, is_own):
    """Errors on the console, and requests to what is not the page's own."""
    page.value("1")
    for event in page.events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            say("no error is thrown", False, parameters["exceptionDetails"])
        if method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            say("nothing stands on the console", False, parameters["args"])
        if method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            say("nothing stands in the log", False, parameters["entry"]["text"])
        if method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not is_own(url) and not url.startswith("data:"):
                say("nothing is asked of anywhere", False, url)


def picture(page, file):
    shot = page("Page.captureScreenshot", format="png", captureBeyondViewport=True)
    pathlib.Path(file).write_bytes(base64.b64decode(shot["data"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page")
    parser.add_argument("--within", type=float, help="milliseconds in which the page is to be ready")
    parser.add_argument("--png")
    parser.add_argument("--pdf")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--script", help="what is done in the page before a picture is taken")
    options = parser.parse_args()
    if not browser():
        print("there is no Chromium")
        sys.exit(3)
    faults = []

    def say(what, holds, more=""):
        print(f"{'ok' if holds else 'WRONG'}: {what}{': ' + str(more) if more else ''}")
        if not holds:
            faults.append(what)

    with tab(options.dark) as page:
        address = options.page if "://" in options.page else pathlib.Path(options.page).resolve().as_uri()
        page("Page.navigate", url=address)
        ready = float(page.wait("document.documentElement?.dataset.ready"))
        print(f"ready after {ready:.0f} ms")
        if options.within:
            say(f"it opens within {options.within:.0f} ms", ready < options.within, f"{ready:.0f} ms")
        if options.png or options.pdf:
            if options.script:
                page.value(options.script)
                time.sleep(0.3)
            if options.png:
                picture(page, options.png)
            if options.pdf:
                shot = page("Page.printToPDF", printBackground=True)
                pathlib.Path(options.pdf).write_bytes(base64.b64decode(shot["data"]))
        else:
            check(page, say)
        complaints(page, say, lambda url: url == address)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
