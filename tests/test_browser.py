"""The pages in a real browser: Debian's Chromium, driven by Playwright. Left out where either is missing."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledgers import told, write
from web import served, write_story

from sayso.model import Document, Reading
from sayso.readers import Known
from sayso.web import worker as working
from sayso.web.worker import Pasted, Worker

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install 'sayso[browser]'")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install 'sayso[browser]'")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium, or set CHROMIUM")

WIDE, PHONE = (1280, 900), (390, 844)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AWKWARD = (
    "Ana\rRuiz\r\nsaid\x0b \u2028 é e\u0301 🌉 \u202eabc\u202c <b>&amp;</b>\ttwo  blanks \x85 “yes”."
    "\n\n\n \r\n Bo said\0no."
)
SAID = "Ana Ruiz said on Friday that the weir above Ostrey was cracked."


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_story(tmp_path_factory.mktemp("web") / "story")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        one = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture(scope="module")
def address(ledger: Path) -> Iterator[str]:
    with served(ledger) as one:
        yield one


class Window:
    """A window of the browser, and all that went wrong in it or was asked from elsewhere."""

    def __init__(self, chromium: Any, address: str, size: tuple[int, int] = WIDE, **options: Any) -> None:
        width, height = size
        self.context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        self.page = self.context.new_page()
        self.address = address
        self.wrong: list[str] = []
        self.page.on("console", lambda one: self.wrong.append(one.text) if one.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda one: self.wrong.append(str(one)))
        self.page.on("request", lambda one: None if one.url.startswith(f"{address}/") else self.wrong.append(one.url))

    def open(self, path: str) -> Any:
        assert self.page.goto(self.address + path).ok
        return self.page


@pytest.fixture
def window(chromium: Any, address: str) -> Iterator[Any]:
    """Opens windows, and sees at the end that nothing went wrong in any, and nothing was asked from elsewhere."""
    opened: list[Window] = []

    def new(size: tuple[int, int] = WIDE, at: str | None = None, **options: Any) -> Window:
        opened.append(Window(chromium, at or address, size, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()
        assert one.wrong == []


PATHS = {
    "start": "/",
    "document": "/document?id=courier",
    "entity": "/entity?id=2",
    "outlets": "/outlets",
    "claim": "/claim?id=courier%3A26-30",
    "compare": "/compare?a=courier&b=herald",
    "cite": "/cite?view=%2Fdocument&id=courier",
    "search": "/search?words=weir",
    "adding": "/adding",
    "correct": "/correct?id=courier%3A26-30&words=weir",
    "corrections": "/corrections",
    "sign-in": "/sign-in",
}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_is_accessible_and_fits(window: Any, name: str, size: tuple[int, int], scheme: str) -> None:
    """WCAG 2.2 A and AA, as far as a program can tell; and no page is wider than its window."""
    page = window(size, color_scheme=scheme, bypass_csp=True).open(PATHS[name])
    found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    assert len(found.response["passes"]) > 10
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("name", PATHS)
def test_no_page_breaks_its_own_rules(window: Any, name: str) -> None:
    """A script or style that the policy refuses would be told on the console, and anything from elsewhere is seen."""
    page = window().open(PATHS[name])
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
    assert page.evaluate("document.scripts.length") == 1


def test_the_browser_shows_the_text_letter_by_letter(window: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "awkward", Reading(Document("awkward", AWKWARD)), told("plain", f"{SAID}\n\n{SAID}"))
    with served(path) as at:
        page = window(at=at).open("/document?id=awkward")
        found = page.eval_on_selector_all(".paragraph", "all => all.map(one => [+one.dataset.at, one.textContent])")
    text = AWKWARD.replace("\0", "\ufffd")
    assert len(found) == 2
    for start, words in found:
        assert text.startswith(words, start)
    assert sum(len(words.split()) for _, words in found) == len(text.split())


def test_pointing_at_one_part_joins_all_three_and_the_note(window: Any) -> None:
    page = window().open(PATHS["document"])
    page.hover(".mark.cue[data-a='1']")
    joined = page.eval_on_selector_all(".joined", "all => all.map(one => one.className)")
    assert {name for one in joined for name in one.split()} >= {"source", "cue", "content", "note"}
    note = page.locator(".note.joined")
    assert "Ana Ruiz" in note.inner_text()
    assert "confidence" in note.inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".joined").count() == 0


def test_unnamed_sources_are_told_apart_in_words(window: Any) -> None:
    page = window().open(PATHS["document"])
    assert page.locator(".speakers .is-unnamed .unnamed").inner_text().lower() == "unnamed"


def test_source_cue_and_content_differ_without_colour(window: Any) -> None:
    page = window().open(PATHS["document"])
    style = "one => { const s = getComputedStyle(one); return [s.fontWeight, s.fontStyle, s.textDecorationLine] }"
    found = [page.eval_on_selector(f".text .mark.{part}", style) for part in ("source", "unnamed-source", "cue")]
    assert found == [["650", "normal", "none"], ["650", "normal", "underline"], ["400", "italic", "none"]]
    corners = page.eval_on_selector(".text .mark.content.first", "one => getComputedStyle(one).backgroundImage")
    assert corners.count("linear-gradient") >= 2


def test_by_keyboard_alone_from_the_start_to_a_note(window: Any) -> None:
    page = window().open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus("#search-words")
    page.keyboard.type("cracked")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?words=cracked")
    tab_to(page, "a[href^='/document?id=courier']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/document?id=courier*")
    tab_to(page, ".mark.cue")
    assert page.locator(".note.joined").count() == 1
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**#note-1")
    assert page.locator(".note:target").is_visible()
    tab_to(page, ".note .number")
    page.keyboard.press("Enter")
    page.wait_for_url("**#said-*")


def tab_to(page: Any, selector: str, most: int = 60) -> None:
    """Go on with the tabulator to something."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"not reached by keyboard: {selector}")


def test_everything_that_can_be_clicked_is_reached_by_keyboard(window: Any) -> None:
    page = window().open("/")
    wanted = page.evaluate("document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea').length")
    reached = set()
    for _ in range(wanted * 2):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(reached - {page.evaluate("[...document.querySelectorAll('*')].indexOf(document.body)")}) >= wanted


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[str, Worker]]:
    """A server with an empty ledger of its own, and what reads there."""
    path = write(tmp_path / "own")
    worker = Worker(path)
    with served(path, worker) as at:
        yield at, worker


def test_a_text_is_added_and_read(window: Any, own: tuple[str, Worker]) -> None:
    page = window(at=own[0]).open("/")
    page.fill("#text", SAID)
    page.fill("#title", "Weir")
    page.click("text=Add text")
    page.wait_for_selector("[data-state=done]", timeout=60_000)
    page.click("text=Weir >> nth=-1")
    page.wait_for_url("**/document?id=*")
    assert page.locator(".text .mark.source").first.inner_text() == "Ana Ruiz"


def test_a_file_is_dropped_and_read(window: Any, own: tuple[str, Worker]) -> None:
    page = window(at=own[0]).open("/")
    assert page.locator("[data-drop-hint]").is_visible()
    page.evaluate(
        """words => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([words], "weir.txt", {type: "text/plain"}));
            for (const kind of ["dragover", "drop"])
                document.querySelector("h1").dispatchEvent(
                    new DragEvent(kind, {dataTransfer: dropped, bubbles: true, cancelable: true}));
        }""",
        SAID,
    )
    page.wait_for_selector("[data-state=done]", timeout=60_000)
    assert page.locator(".job h2").inner_text() == "weir.txt"


def test_progress_is_renewed_in_place(window: Any, own: tuple[str, Worker], monkeypatch: pytest.MonkeyPatch) -> None:
    at, worker = own
    go_on = {"first": threading.Event(), "second": threading.Event()}
    found_in = working._found_in

    def waiting(one: Pasted, *given: Any) -> Iterator[Any]:
        go_on[one.known.title or ""].wait(60)
        yield from found_in(one, *given)

    monkeypatch.setattr(working, "_found_in", waiting)
    _, second = (worker.add(title, (Pasted(f"{SAID} {title}", Known(title=title)),)) for title in go_on)
    page = window(at=at).open(f"/adding?id={second.id}")
    page.evaluate("window.stays = true")
    assert page.locator(".state").inner_text() == "Waiting for what was added before"
    go_on["first"].set()
    page.locator(".state", has_text="Being read").wait_for(timeout=60_000)
    assert page.evaluate("window.stays")
    go_on["second"].set()
    page.wait_for_selector("[data-state=done]", timeout=60_000)
    assert page.locator(".documents a").inner_text() == "second"


def test_without_javascript_a_text_is_added_and_progress_goes_on(window: Any, own: tuple[str, Worker]) -> None:
    page = window(at=own[0], java_script_enabled=False).open("/")
    assert not page.locator("[data-drop-hint]").is_visible()
    page.fill("#text", SAID)
    page.click("text=Add text")
    page.wait_for_selector("[data-state=done]", timeout=60_000)
    page.click(".job .documents a")
    page.wait_for_url("**/document?id=*")
    assert page.locator(".mark.cue").count() > 0


def test_without_javascript_a_note_shows_where_its_cue_is_followed(window: Any) -> None:
    page = window(PHONE, java_script_enabled=False).open(PATHS["document"])
    assert not page.locator("#note-1").is_visible()
    page.click(".mark.cue[data-a='1']")
    assert page.locator("#note-1").is_visible()
    page.uncheck("#show-marks")
    assert not page.locator("#note-1").is_visible()


def test_on_paper_the_notes_stand_beside_the_text_and_no_forms(window: Any) -> None:
    page = window(PHONE).open(PATHS["document"])
    page.emulate_media(media="print")
    assert page.locator("#note-1").is_visible()
    assert not page.locator("header.site").is_visible()
    assert not page.locator(".show").is_visible()


def test_by_keyboard_alone_an_attribution_is_corrected_and_that_undone(window: Any, tmp_path: Path) -> None:
    path = write_story(tmp_path / "story")
    with served(path) as at:
        page = window(at=at).open("/document?id=courier")
        tab_to(page, ".mark.cue[data-a='1']")
        page.keyboard.press("c")
        page.wait_for_url("**/correct?id=courier*")
        assert page.evaluate("document.activeElement.id") == "speaker"
        tab_to(page, "#act")
        page.keyboard.type("deny")
        tab_to(page, "#change-by")
        page.keyboard.type("Ida Tarrant")
        page.keyboard.press("Enter")
        page.wait_for_url("**/document?id=courier#said-*", timeout=60_000)
        page.locator("#note-1.joined, #note-1 strong.corrected").first.wait_for()
        assert "denies" in page.locator("#note-1 .deed").inner_text()
        page.keyboard.press("Control+z")
        page.wait_for_function("!document.querySelector('.corrections')", timeout=60_000)
        assert "says" in page.locator("#note-1 .deed").inner_text()
        assert page.locator("strong.corrected").count() == 0


def test_without_javascript_an_attribution_is_corrected_and_that_undone(window: Any, tmp_path: Path) -> None:
    path = write_story(tmp_path / "story")
    with served(path) as at:
        page = window(at=at, java_script_enabled=False).open("/correct?id=courier%3A26-30")
        page.select_option("#act", "deny")
        page.fill("#change-by", "Ida Tarrant")
        page.click("text=Save what was changed")
        page.wait_for_url("**/document?id=courier#said-*", timeout=60_000)
        assert page.locator("strong.corrected").count() == 1
        page.click(".corrections button")
        page.wait_for_url("**/document?id=courier", timeout=60_000)
        assert page.locator("strong.corrected").count() == 0


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_corrections_are_accessible_where_there_are_some(
    window: Any, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    path = write_story(tmp_path / "story")
    with served(path) as at:
        page = window(size, at, color_scheme=scheme, bypass_csp=True).open("/correct?id=courier%3A26-30&words=weir")
        page.select_option("#act", "deny")
        page.fill("#change-by", "Ida Tarrant")
        page.fill("#change-why", "the second paragraph")
        page.keyboard.press("Enter")
        page.wait_for_url("**/document?id=courier#said-*", timeout=60_000)
        for there in ("/corrections", "/document?id=courier", "/correct?id=courier%3A26-30&words=weir"):
            page.goto(at + there)
            page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
            found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
            assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found.response["violations"]] == []
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
