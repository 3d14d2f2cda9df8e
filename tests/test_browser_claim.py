"""The claim in a real browser: its drawings at every width and on paper, by keyboard, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_browser import LEVELS, PHONE, WIDE, axe, chromium, pytestmark, tab_to, window  # noqa: F401 - fixtures
from test_web_claim import CLAIM, CLERKS, STORY, claim_in, document, traced
from web import served

from sayso.model import Span
from sayso.web.citing import text_directive

LONG = " ".join(f"who have seen page {i} of the report" for i in range(12))
NAMES = (
    f"officials {LONG}",
    "ΜΜΜΜΜΜΜΜΜΜΜΜ ШШШШШШШШШШШШШШ ЖЖЖЖЖЖЖЖЖЖЖЖЖ",
    "水門の管理者たちは亀裂があると繰り返し述べている",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "مسؤولون اطلعوا على التقرير ولا يريدون ذكر أسمائهم",
    "https://ostrey.example/a/very/long/address/without/any/blank/at/all",
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = [
        document(f"n{i}", f"two clerks said {CLAIM}.", CLERKS, day="2024-03-06", publisher=name)
        for i, name in enumerate(NAMES)
    ]
    return traced(tmp_path_factory.mktemp("claim") / "story.ledger", *STORY, *named)


@pytest.fixture(scope="module")
def address(ledger: Path) -> Iterator[str]:
    with served(ledger) as one:
        yield one


@pytest.fixture(scope="module")
def path(ledger: Path) -> str:
    return f"/claim?id={claim_in(ledger)}"


# Where words stand that are wider than their box, or below it: a letter's own space beside it is not counted.
OUTSIDE = """
nodes => nodes.filter(node => node.getBoundingClientRect().width > 0).flatMap(node => {
  const box = [...node.querySelectorAll('rect')].pop().getBBox();
  return [...node.querySelectorAll('text')].filter(text => {
    const words = text.getBBox();
    return words.x + words.width > box.x + box.width + 1 || words.y + words.height > box.y + box.height + 2
      || words.x < box.x || words.y < box.y - 1;
  }).map(text => text.textContent);
})
"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_words_stay_in_their_boxes(window: Any, path: str, size: tuple[int, int]) -> None:  # noqa: F811
    page = window(size).open(path)
    assert page.locator(".chains .node").count() > 10
    assert page.eval_on_selector_all(".chains .node", OUTSIDE) == []


def test_one_of_two_drawings_is_shown(window: Any, path: str) -> None:  # noqa: F811
    for size, shown in ((WIDE, "broad"), (PHONE, "slim")):
        page = window(size).open(path)
        for name in ("broad", "slim"):
            for one in page.locator(f".timeline.{name}").all():
                assert one.is_visible() == (name == shown)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.emulate_media(media="print")
    assert page.locator(".timeline.broad").is_visible()
    assert not page.locator("header.site").is_visible()


def test_letters_of_a_drawing_are_as_large_as_drawn_on_a_telephone(window: Any, path: str) -> None:  # noqa: F811
    page = window(PHONE).open(path)
    scale = page.eval_on_selector(
        ".chains.slim", "one => one.getBoundingClientRect().width / one.viewBox.baseVal.width"
    )
    assert scale > 0.97


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_with_all_that_can_be_opened_open(
    window: Any,  # noqa: F811
    path: str,
    size: tuple[int, int],
    scheme: str,
) -> None:
    page = window(size, color_scheme=scheme, bypass_csp=True).open(path)
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_it_is_whole_without_scripts(window: Any, path: str) -> None:  # noqa: F811
    page = window(java_script_enabled=False).open(path)
    assert page.locator(".chains.broad").first.is_visible()
    page.locator(".in-words summary").first.click()
    assert page.locator(".in-words .tree").first.is_visible()
    page.get_by_role("link", name="Cite", exact=True).click()
    assert "claim agency:11-15" in page.get_by_role("textbox", name="Plain text").input_value()


def test_by_keyboard_from_the_claim_to_the_words_in_their_document(window: Any, path: str) -> None:  # noqa: F811
    page = window().open(path)
    tab_to(page, "blockquote a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/document?id=*#said-*")
    page.go_back()
    tab_to(page, ".in-words summary", 200)
    page.keyboard.press("Enter")
    assert page.locator(".in-words .tree").first.is_visible()
    assert page.locator("svg a:focus").count() == 0


def test_a_box_is_a_link_for_the_mouse(window: Any, path: str) -> None:  # noqa: F811
    page = window().open(path)
    page.locator(".chains.broad .node.document", has_text="Norlands Press").first.click()
    page.wait_for_url("**/document?id=agency")


def test_a_citation_is_copied_by_a_button(window: Any, path: str) -> None:  # noqa: F811
    page = window().open(path)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Cite", exact=True).click()
    page.get_by_role("button", name="Copy BibTeX").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()").startswith("@misc{")


def test_the_link_to_a_passage_opens_the_page_there(chromium: Any, tmp_path: Path) -> None:  # noqa: F811
    """As the browser itself finds it: the second of two places where the words stand, far down the page."""
    text = "\n".join(
        [CLAIM.capitalize() + ", they said.", *["Rain fell on the harbour."] * 200, f"Now {CLAIM}, again."]
    )
    start = text.rindex(CLAIM)
    directive = text_directive(text, Span(start, start + len(CLAIM)))
    file = tmp_path / "page.html"
    file.write_text("<!doctype html>" + "".join(f"<p>{line}</p>" for line in text.split("\n")))
    page = chromium.new_page()
    page.goto(f"{file.as_uri()}#:~:{directive}")
    page.wait_for_function("() => scrollY > 1000")
    page.close()
