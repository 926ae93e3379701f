"""The page of `coppice serve` opened in Chromium while a run is at work: python3 Tests/Reference/live_page.py ADDRESS --trials N
[--png FILE] [--dark]

Looks on until N trials are done. Checks that the page opens without an error on the console and asks nobody but its server, that
progress and curves come by themselves, and that the focus moves and stays. Prints what it found, a line each, and ends with 1 where
something is wrong; with 3 where there is no Chromium."""
import argparse, sys, time, urllib.parse
sys.dont_write_bytecode = True
from report_page import browser, complaints, picture, tab


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--trials", type=int, required=True)
    parser.add_argument("--png")
    parser.add_argument("--dark", action="store_true")
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
        page("Page.navigate", url=options.address)
        page.wait("document.documentElement?.dataset.ready")
        page.wait("document.querySelectorAll('#experiments a').length > 0")
        say("an experiment is listed", True, page.value("document.querySelector('#experiments a').textContent"))
        page.wait("document.querySelector('#stages tbody tr') !== null")
        say("a stage is at work", True, page.value("document.querySelector('#stages tbody tr').textContent"))
        page.value("document.querySelector('#experiments a').focus()")
        page.wait("document.querySelector('#losses path.line') !== null", 240)
        before = page.value("document.querySelector('#stages tbody tr')?.textContent ?? ''")
        page.wait(f"(document.querySelector('#stages tbody tr')?.textContent ?? '') !== {before!r}", 120)
        say("its steps go on by themselves", True)
        say("the focus stays", page.value("document.activeElement.tagName") == "A")
        if options.png:
            picture(page, options.png)
        page.wait(f"document.getElementById('progress').value >= {options.trials}", 400)
        say("trials are done", True, page.value("document.getElementById('facts').textContent"))
        page.wait("document.querySelectorAll('#accuracies circle').length > 0")
        say("their accuracies are drawn", True, page.value("document.querySelectorAll('#accuracies circle').length"))
        page.wait("document.getElementById('facts').textContent.includes('no run is at work')", 240)
        say("the end of the run is told", page.value("document.getElementById('stages').hidden"))
        page.wait("document.querySelectorAll('#files a').length > 0")
        links = page.value("[...document.querySelectorAll('#files a')].map((link) => link.href)")
        say("files are linked below the address", all(link.startswith(options.address + "files/") for link in links), links[0])
        places = []
        page.value("document.querySelector('.skip').focus()")
        for _ in range(6):
            page.key("Tab", 9)
            places.append(page.value("(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).slice(0, 40)"))
        say("Tab moves the focus", len(set(places)) > 3, "; ".join(places))
        unnamed = page.value("""[...document.querySelectorAll('svg[role=img], progress, [tabindex="0"], section')].filter((e) =>
          !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')).length""")
        say("whatever is shown has a name", unnamed == 0, f"{unnamed} without")
        ids = page.value("[...document.querySelectorAll('[id]')].map((e) => e.id)")
        say("no name is there twice", len(ids) == len(set(ids)))
        own = urllib.parse.urlsplit(options.address)
        complaints(page, say, lambda url: urllib.parse.urlsplit(url)[:2] == own[:2])
    sys.exit(1 if faults else 0)


main()
