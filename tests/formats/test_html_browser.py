"""The page in a real browser: filters, keys, both schemes, and no script but ours runs whatever a change holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from reviewbot.core.answers import Usage
from reviewbot.core.diff import Hunk, Line
from reviewbot.core.drafts import Drafts, Message, Rewording, Scaffold, Stages
from reviewbot.core.findings import Dropped, Severity
from reviewbot.core.labels import Label
from reviewbot.core.report import Record, Report
from reviewbot.formats.html import render
from reviewbot.formats.html.rows import OPEN
from tests.formats.samples import DRAFTED, DRAFTS, EMPTY, FILES, MODELLED, PAYLOADS, SHORT, USUAL, file, finding, report
from tests.requirements import require

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")  # fmt: skip
#: Every payload in every place that a text can come from.
HOSTILE = replace(
    report(
        [
            replace(file(f"{number}/{payload}".replace("\0", ""), None, "x\n", rules=(payload,), warnings=(payload,),
                         reason=payload, route=payload, outcome="reviewed", old_path=payload, change="renamed"),
                    hunks=(Hunk(0, 0, 1, 1, payload, (Line(None, 1, payload),)),))
            for number, payload in enumerate(PAYLOADS)
        ],
        [
            finding(payload, f"{number}/{payload}".replace("\0", ""), number % 2 or None, title=payload, body=payload,
                    quote=payload, suggestion=payload, origin=payload)
            for number, payload in enumerate(PAYLOADS)
        ],
        title=" ".join(PAYLOADS), notices=PAYLOADS,
    ),
    version="<script>window.owned=1</script>",
    usage=tuple(Usage(payload, payload, 1, 1, 1, 1, 0.1, 1.0, 1.0, 1.0, None, None, 0.0, 0.0) for payload in PAYLOADS),
    dropped=tuple(Dropped(payload, payload, 1, payload, Label.INTERNAL, payload) for payload in PAYLOADS),
    ledger=Record(" ".join(PAYLOADS), 1, "0" * 64),
    drafts=Drafts(
        messages=(Message(" ".join(PAYLOADS), "\n".join(PAYLOADS), Label.INTERNAL, PAYLOADS[0], PAYLOADS[1]),),
        rewordings=tuple(Rewording(payload, payload, (payload,),
                                   Message(payload, payload, Label.INTERNAL, payload, payload), (payload,))
                         for payload in PAYLOADS),
        scaffolds=tuple(Scaffold(payload, payload, payload, payload, payload, Stages(True), Label.INTERNAL, payload, 1,
                                 (payload,)) for payload in PAYLOADS),
        refused=tuple((payload, payload, Label.INTERNAL) for payload in PAYLOADS),
    ),
)  # fmt: skip
#: The contrast of each text with what is behind it, where it is below what WCAG AA asks of small text.
CONTRAST = """
const channels = (text) => {
  const numbers = text.match(/[\\d.]+/g).map(Number);
  return text.startsWith("color(") ? [...numbers.slice(0, 3).map((n) => n * 255), numbers[3] ?? 1]
                                   : [...numbers.slice(0, 3), numbers[3] ?? 1];
};
const light = (rgb) => rgb.slice(0, 3).map((n) => n / 255)
  .map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4))
  .reduce((sum, n, i) => sum + n * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const colour = channels(getComputedStyle(node).backgroundColor);
    if (colour[3] === 1) return colour;
    if (colour[3] !== 0) throw new Error("half transparent");
  }
  return [255, 255, 255, 1];
};
const low = [];
for (const node of document.querySelectorAll("body *")) {
  const hasText = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!hasText || !node.checkVisibility() || node.disabled || node.closest("script, .heard")) continue;
  const pair = [light(channels(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
  const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (ratio < 4.5) low.push([node.tagName, node.className, node.textContent.slice(0, 20), ratio]);
}
return low;
"""


class Browser:
    """A headless Chromium with one page of ours in it."""

    def __init__(self, driver: webdriver.Chrome, folder: Path) -> None:
        self.driver = driver
        self.folder = folder
        self.pages = 0

    def show(self, shown: Report, *, width: int = 1280, scheme: str = "light", fragment: str = "") -> None:
        self.pages += 1
        path = self.folder / f"{self.pages}.html"
        path.write_text(render(shown), encoding="utf-8")
        self.log("browser")
        self.log("performance")
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.get(path.as_uri() + fragment)

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def open_all(self) -> None:
        self.run("for (const item of document.querySelectorAll('details')) item.open = true")

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def press(self, keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(keys).perform()

    def severities(self) -> list[str | None]:
        """Those of the findings that one can see."""
        return [item.get_attribute("data-severity") for item in self.all(".finding") if item.is_displayed()]

    def focused(self) -> str:
        return str(self.run("return document.activeElement.closest('.finding')?.querySelector('strong').textContent"))

    def log(self, name: str) -> list[dict[str, Any]]:
        """What was logged since this was last asked for."""
        return list(self.driver.get_log(name))  # type: ignore[no-untyped-call]

    def complaints(self) -> list[str]:
        return [str(entry["message"]) for entry in self.log("browser")]

    def requests(self) -> list[str]:
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    require(
        chromium and driver, "chromium and chromedriver are not installed: the HTML report is not seen in a browser"
    )
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    running = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield Browser(running, tmp_path_factory.mktemp("pages"))
    finally:
        running.quit()


def test_a_filter_hides_its_severity_and_shows_it_again(browser: Browser) -> None:
    browser.show(USUAL)
    assert browser.severities() == ["critical", "high", "medium", "high", "low", "high"]
    button = browser.one("[data-filter=high]")
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert browser.severities() == ["critical", "medium", "low"]
    assert browser.one("#shown").text == "3 of 6 findings"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert len(browser.severities()) == 6


def test_files_without_a_finding_that_is_shown_can_be_hidden(browser: Browser) -> None:
    browser.show(USUAL)
    browser.one("#only").click()
    names = [item.text for item in browser.all(".file h2") if item.is_displayed()]
    assert names == ["api/accounts.py", "ledger/fees.py → api/fees.py", "api/settings.json"]
    browser.one("[data-filter=high]").click()
    assert [item.text for item in browser.all(".file h2") if item.is_displayed()] == names[:2]
    assert len([item for item in browser.all("nav li") if item.is_displayed()]) == 2


def test_keys_go_from_finding_to_finding_in_the_order_of_the_page(browser: Browser) -> None:
    browser.show(USUAL)
    titles = [item.text for item in browser.all(".finding strong")]
    seen = []
    for key in ("j", "n", "j", "k", "p"):
        browser.press(key)
        seen.append(browser.focused())
    assert seen == [titles[0], titles[1], titles[2], titles[1], titles[0]]
    assert browser.run("return document.activeElement.parentElement.open") is True


def test_keys_skip_what_a_filter_hides_and_can_be_turned_off(browser: Browser) -> None:
    browser.show(USUAL)
    browser.one("[data-filter=critical]").click()
    browser.press("j")
    assert browser.focused() == "SQL built by formatting"
    browser.one("#keys").click()
    browser.press("j")
    assert browser.focused() == "None"


def test_everything_is_reached_with_the_tab_key(browser: Browser) -> None:
    browser.show(USUAL)
    reached = []
    for _ in range(60):
        browser.press(Keys.TAB)
        reached.append(browser.run("return document.activeElement.id || document.activeElement.tagName"))
        assert (
            browser.run("return getComputedStyle(document.activeElement).outlineStyle") != "none"
            or reached[-1] == "BODY"
        )
    assert reached[0] == "A"
    assert {"BUTTON", "only", "fold", "previous", "next", "keys", "SUMMARY", "A"} <= set(reached)
    browser.one("#file-0 > summary").send_keys(Keys.ENTER)
    assert browser.one("#file-0").get_attribute("open") is None


def test_a_step_and_a_link_unfold_what_they_lead_to(browser: Browser) -> None:
    long = file("x.py", None, "".join(f"{number}\n" for number in range(OPEN + 99)))
    shown = report([long], [finding("debug/left", "x.py", OPEN + 50, posted="summary")])
    browser.show(shown)
    browser.one("#fold").click()
    assert browser.severities() == []
    browser.press("j")
    assert browser.severities() == ["low"]
    browser.show(shown, fragment=f"#finding-{shown.findings[0].id}")
    assert browser.severities() == ["low"]
    assert browser.one(".rest").get_attribute("open") is not None


def test_no_script_of_a_change_runs_and_nothing_leaves(browser: Browser) -> None:
    browser.show(HOSTILE)
    browser.open_all()
    for button in browser.all("button"):
        button.click()
        button.click()
    browser.press("jjkk")
    for link in browser.all("main a")[:40]:
        browser.run("arguments[0].click()") if link is None else browser.driver.execute_script(
            "arguments[0].click()", link
        )
    assert browser.run("return window.owned") is None
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith("file:///")] == []
    assert len(browser.all("script, style")) == 2
    assert (
        browser.all("img, iframe, object, form, link, base, svg svg, [onerror], [onload], [onmouseover], [style]") == []
    )


def test_the_browser_would_have_run_what_the_page_does_not_let_in(browser: Browser) -> None:
    """A probe that cannot fire proves nothing: outside of our page each of these does."""
    page = browser.folder / "probe.html"
    page.write_text("<!doctype html><script>window.owned=1</script>")
    browser.driver.get(page.as_uri())
    assert browser.run("return window.owned") == 1
    policy = render(USUAL).split("<title>")[0]
    page.write_text(f"{policy}</head><body><script>window.owned=1</script><img src=x onerror=window.owned=1>")
    browser.driver.get(page.as_uri())
    assert browser.run("return window.owned") is None
    assert len(browser.complaints()) >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: Browser, scheme: str) -> None:
    each = [finding("x/y", "api/accounts.py", 3, severity=severity) for severity in Severity]
    posted = finding("calls/sql", "api/accounts.py", 4, posted="withheld")
    files = (*FILES, file("odd.py", None, "a\u200bb\n", warnings=("odd",), outcome="reviewed", route="local"))
    browser.show(replace(USUAL, files=files, findings=report((), [*each, posted]).findings), scheme=scheme)
    browser.open_all()
    assert browser.run(CONTRAST) == []
    browser.one("[data-filter=high]").click()
    assert browser.run(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", [SHORT, replace(DRAFTED, comments=Label.INTERNAL)], ids=["models", "drafts"])
def test_every_text_of_a_review_by_models_can_be_read(browser: Browser, shown: Report, scheme: str) -> None:
    browser.show(shown, scheme=scheme)
    browser.open_all()
    assert browser.run(CONTRAST) == []


def test_what_was_put_aside_is_folded_and_unfolds(browser: Browser) -> None:
    browser.show(MODELLED)
    section = "section[aria-labelledby=dropped]"
    assert not browser.one(f"{section} td").is_displayed()
    browser.one(f"{section} summary").click()
    rows = [item.text for item in browser.all(f"{section} tbody tr")]
    assert rows == [
        "api/accounts.py:8 The query may be empty refuted: execute never returns None hosted",
        "ledger/core.py:3 Rounding differs its quote is absent local",
        "api/accounts.py:8 SQL is built from text another finding says it hosted",
    ]
    assert browser.one("footer p").text.startswith("hosted (codestral-2508): 4 calls, 1 failed, 18,240 tokens in")


def test_the_page_follows_the_scheme(browser: Browser) -> None:
    colours = []
    for scheme in ("light", "dark"):
        browser.show(USUAL, scheme=scheme)
        colours.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
    assert colours[0] == "rgb(255, 255, 255)"
    assert colours[1] != colours[0]


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("shown", [USUAL, MODELLED, DRAFTED, HOSTILE], ids=["usual", "models", "drafts", "hostile"])
def test_nothing_is_wider_than_the_window(browser: Browser, shown: Report, width: int) -> None:
    wide = file("a" * 200 + "/" + "b" * 200, None, "c" * 900 + "\n")
    browser.show(replace(shown, files=(*shown.files, wide)), width=width)
    browser.run("for (const item of document.querySelectorAll('.draft')) item.open = true")
    assert browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_screen_reader_finds_landmarks_headings_and_names(browser: Browser) -> None:
    browser.show(USUAL)
    browser.open_all()
    assert [item.tag_name for item in browser.all("header, nav, main, footer")] == ["header", "nav", "main", "footer"]
    assert [item.tag_name for item in browser.all("h1, h2, h3")] == ["h1", *["h2"] * (len(USUAL.files) + 1)]
    assert [item for item in browser.all("button, a, nav, section, table") if not item.accessible_name] == []
    heads = [item.get_attribute("textContent") for item in browser.all("#file-0 th[scope=col]")]
    assert heads == ["Old line", "New line", "Sign", "Text"]
    assert browser.one(".coverage").accessible_name == "5 checked, 1 skipped, 1 failed"
    assert browser.one("#shown").aria_role == "status"


def test_without_scripts_the_page_is_whole(browser: Browser) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.show(USUAL)
        assert not browser.one("#tools").is_displayed()
        assert browser.one(f"#finding-{USUAL.findings[0].id}").is_displayed()
        assert len(browser.all(".file[open]")) == len(USUAL.files)
        browser.show(DRAFTED)
        assert browser.one("#draft-message").text == DRAFTS.messages[1].text.strip()
        assert not browser.one("[data-copy]").is_displayed()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_draft_is_copied_to_the_letter(browser: Browser) -> None:
    """What is pasted is the file: two empty lines, tabs and the newline at its end too; a command has none."""
    browser.show(DRAFTED)
    browser.open_all()
    grant = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    browser.driver.execute_cdp_cmd("Browser.grantPermissions", grant)
    message = DRAFTS.message
    assert message is not None
    texts = [message.text, *("\n".join(one.commands) for one in DRAFTS.rewordings),
             *(one.content for one in DRAFTS.scaffolds)]  # fmt: skip
    buttons = browser.all("[data-copy]")
    copied = []
    for button in buttons:
        button.click()
        copied.append(browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])"))
        assert button.text == "copied"
    assert copied == texts
    assert [button.accessible_name for button in buttons][:2] == ["Copy commit message", "Copy commands"]
    assert browser.complaints() == []


def test_without_a_clipboard_a_draft_is_selected(browser: Browser) -> None:
    browser.show(DRAFTED)
    browser.run("navigator.clipboard.writeText = () => Promise.reject(new Error())")
    browser.one("[data-copy]").click()
    assert browser.run("return String(getSelection())").strip() == DRAFTS.messages[1].text.strip()
    assert browser.one("[data-copy]").text == "selected"


def test_drafts_are_reached_from_the_top_and_unfold(browser: Browser) -> None:
    browser.show(DRAFTED)
    browser.one("a[href='#scaffolds']").click()
    first = browser.one("#draft-file-0-fold")
    assert not browser.one("#draft-file-0").is_displayed()
    browser.one("#draft-file-0-fold summary").click()
    assert first.get_attribute("open") is not None
    assert browser.one("#draft-file-0").text.startswith('"""Tests of `api/accounts.py::account`."""')
    names = [item.text for item in browser.all("#draft-file-2-fold .stage")]
    assert [name[0] for name in names] == ["✓", "✓", "✗", "–"]


def test_a_page_without_findings_has_nothing_to_step_through(browser: Browser) -> None:
    browser.show(EMPTY)
    assert not browser.one("#next").is_enabled()
    browser.press("j")
    assert browser.complaints() == []
