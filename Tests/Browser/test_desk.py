"""The planner's main path in a real browser, in English and in Chinese, and what must not be lost or given away.

    scripts/check-desk [PROGRAM]

runs this with Chromium. Every page is photographed into $SHOTS (default: a folder that is taken away) and looked at by axe-core; a console error, a
request to another address and a serious accessibility fault are failures.
"""

import datetime
import http.server
import math
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import zipfile

from playwright.sync_api import sync_playwright

from desk_browser import Desk, Walk, copied_package, damage, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("FULLSHELF", str(ROOT / ".build/release/fullshelf"))
PLAN_SECONDS = 180_000


class BrowserCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="fullshelf-desk-"))
        cls.shots = pathlib.Path(os.environ.get("SHOTS", cls.work / "shots"))
        cls.shots.mkdir(parents=True, exist_ok=True)
        cls.playwright = sync_playwright().start()
        cls.browser = cls.playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    def plan_here(self, page):
        """Plans from the page that is open and waits for the board."""
        page.click("button.main")
        page.wait_for_selector("table.board", timeout=PLAN_SECONDS)

    def run_plan(self, folder):
        subprocess.run([PROGRAM, "plan", str(folder), "--quiet", "--author", "Li Wei"], check=True, timeout=300)


class MainPath(BrowserCase):
    def walk(self, language, fixture, words):
        with copied_package(ROOT / "fixtures" / fixture / "input", self.work, f"season-{language}") as folder:
            sound = damage(folder)
            with Desk(PROGRAM, folder) as desk:
                walk = Walk(self.browser, self.shots, language, locale=words["lang"])
                walk.port = desk.port
                page = walk.page

                # Open, and see what is wrong with the row it is about.
                page.goto(desk.url)
                self.assertEqual(page.url, desk.base + "/")
                self.assertEqual(page.locator("html").get_attribute("lang"), words["lang"])
                self.assertIn("12O", page.inner_text("table.source td.hit"))
                self.assertEqual(page.locator("button.main").count(), 0, "nothing is planned on a package with errors")
                walk.shot("1-findings")

                # Corrected in another program, and looked at again.
                (folder / "stock.csv").write_bytes(sound)
                page.reload()
                self.assertEqual(page.locator(".finding.error").count(), 0)
                walk.shot("2-package")

                # Override a forecast.
                page.click(f"nav a:has-text('{words['forecast']}')")
                page.wait_for_selector("form.overrides", timeout=PLAN_SECONDS)
                field = page.locator("input[name^='q-']").nth(3)
                day = field.get_attribute("name")[2:]
                before = (folder / "overrides.csv").read_bytes()
                field.fill("1,234.5")
                page.fill("form.overrides input[name=author]", words["author"])
                page.fill("input[name=reason]", words["reason"])
                page.keyboard.press("Enter")
                page.wait_for_selector(".said.good")
                self.assertIn(words["reason"], page.inner_text("tr.set"))
                encoding = "gb18030" if language == "zh" else "utf-8"
                file = (folder / "overrides.csv").read_bytes()
                self.assertIn(f"{words['author']}", file.decode(encoding))
                self.assertIn("1234.5", file.decode(encoding))
                self.assertIn(day, file.decode(encoding))
                walk.shot("3-forecast")
                # Undo, and do it again.
                page.click(".said.good button")
                page.wait_for_url("**undone=**")
                self.assertEqual((folder / "overrides.csv").read_bytes(), before)
                page.locator("input[name^='q-']").nth(3).fill("1234.5")
                page.fill("input[name=reason]", words["reason"])
                page.click("form.overrides button.main")
                page.wait_for_selector("tr.set")

                # Plan.
                page.click(f"nav a:has-text('{words['plan']}')")
                page.click("button.main")
                page.wait_for_selector("#job, table.board")
                if page.locator("#job").count():
                    walk.shot("4-planning")
                page.wait_for_selector("table.board", timeout=PLAN_SECONDS)
                walk.shot("5-plan")

                # The board by keyboard: down, right, explain, close, and back at the cell.
                cells = page.locator("table.board tbody tr:not(.tier)")
                cells.nth(0).locator("td a").nth(0).focus()
                page.keyboard.press("ArrowDown")
                page.keyboard.press("ArrowRight")
                at = page.evaluate("document.activeElement.getAttribute('href')")
                self.assertEqual(at, cells.nth(1).locator("td a").nth(1).get_attribute("href"))
                page.keyboard.press("Enter")
                page.wait_for_selector("#why:not([hidden]) .why")
                page.keyboard.press("Escape")
                self.assertTrue(page.locator("#why").is_hidden())
                self.assertEqual(page.evaluate("document.activeElement.getAttribute('href')"), at)

                # Ask why where sales are lost.
                page.locator("table.board td.lost a").last.click()
                page.wait_for_selector("#why .cause")
                self.assertRegex(page.inner_text("#why .cause"), words["cause"])
                walk.shot("6-why", full=False)
                # The same page alone, without script.
                page.goto(desk.base + page.locator("table.board td.lost a").last.get_attribute("href"))
                self.assertRegex(page.inner_text(".cause >> nth=0"), words["cause"])

                # Download Excel.
                page.go_back()
                with page.expect_download() as download:
                    page.click(f"a:has-text('{words['excel']}')")
                workbook = self.work / f"{language}.xlsx"
                download.value.save_as(workbook)
                with zipfile.ZipFile(workbook) as parts:
                    self.assertIsNone(parts.testzip())
                    self.assertGreater(sum(name.startswith("xl/worksheets/sheet") for name in parts.namelist()), 10)

                # Change a capacity: the slider by keyboard moves the number beside it.
                page.click(f"nav a:has-text('{words['what if']}')")
                walk.shot("7-what-if")
                slider = page.locator("input.range").first
                slider.focus()
                for _ in range(5):
                    page.keyboard.press("ArrowLeft")
                self.assertEqual(page.locator("input[type=number]").first.input_value(), "75")
                page.fill("form.ask input[name=note]", words["reason"])
                page.click("button.main")
                page.wait_for_selector("#job, table.sides")
                if page.locator("#job").count():
                    wait_until(lambda: page.locator("#activity").count() == 0 or page.inner_text("#activity") != "", 20, "progress")
                page.wait_for_selector("table.sides", timeout=PLAN_SECONDS)
                self.assertIn("capacity line=L1 hours=x0.75", page.inner_text("code"))
                self.assertGreater(page.locator("td.worse").count(), 0, "a quarter of a line is missed by somebody")
                walk.shot("8-compare")

                # Who changed what, when; and two plans chosen there.
                page.click(f"nav a:has-text('{words['history']}')")
                text = page.inner_text("main")
                self.assertIn(words["author"], text)
                self.assertIn(day, text)
                walk.shot("9-history")
                page.click(f"button:has-text('{words['compare these']}')")
                page.wait_for_selector("table.sides")

                # Every page in the other language, too.
                page.click("header form button")
                page.wait_for_selector(f"html:not([lang='{words['lang']}'])", state="attached")
                walk.close()

    def test_english(self):
        self.walk("en", "brewery", {
            "lang": "en", "forecast": "Forecast", "plan": "Plan", "what if": "What if", "history": "History", "excel": "Download Excel",
            "compare these": "Compare the two", "author": "Li Wei", "reason": "two shops more", "cause": r"lost: "})

    def test_chinese(self):
        self.walk("zh", "brewery-zh", {
            "lang": "zh-CN", "forecast": "预测", "plan": "计划", "what if": "假设分析", "history": "历史", "excel": "下载 Excel", "compare these": "比较所选",
            "author": "王芳", "reason": "新店开业", "cause": r"损失 "})


class FindingsInChinese(BrowserCase):
    def told(self, page):
        """What the page says of each finding, without the row from the file."""
        return [text.strip() for text in page.locator("article.finding > p").all_inner_texts()]

    def test_no_english_sentence_is_left_on_the_chinese_page(self):
        with copied_package(ROOT / "fixtures" / "brewery-zh" / "input", self.work, "faulty-zh") as folder:
            for table, line, text in (("stock.csv", 3, b"12O"), ("stock.csv", 4, b"-5"), ("lanes.csv", 3, b"1,5"), ("sales.csv", 9, b"")):
                damage(folder, table, line, text)
            with (folder / "plan.toml").open("a", encoding="utf-8") as settings:
                settings.write("\n[foercast]\nseason = 52\n")
            with Desk(PROGRAM, folder) as desk:
                walk = Walk(self.browser, self.shots, "findings-zh", locale="zh-CN")
                walk.port = desk.port
                walk.page.goto(desk.url)
                self.assertEqual(walk.page.locator("html").get_attribute("lang"), "zh-CN")
                chinese = self.told(walk.page)
                self.assertGreaterEqual(len(chinese), 5)
                for text in chinese:
                    self.assertRegex(text, "[\u4e00-\u9fff]")
                    self.assertNotRegex(text, "[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", "an English sentence on the Chinese page")
                self.assertIn("是不是“forecast”？", "".join(chinese))
                walk.shot("findings")
                walk.page.click("form[action='/language'] button")
                # A click does not wait for the page it leads to.
                walk.page.wait_for_selector("html[lang='en'] article.finding > p")
                english = self.told(walk.page)
                self.assertEqual(len(english), len(chinese))
                for text in english:
                    self.assertNotRegex(text.replace("“", ""), "没有|请", "a Chinese sentence on the English page")
                walk.close()


class NothingIsLost(BrowserCase):
    def package(self, name):
        folder = self.work / name
        subprocess.run([PROGRAM, "init", str(folder), "--quiet"], check=True)
        return folder

    def override(self, page, base, quantity, reason="why"):
        page.goto(base + "/forecast")
        page.wait_for_selector("form.overrides", timeout=PLAN_SECONDS)
        page.locator("input[name^='q-']").nth(1).fill(quantity)
        page.fill("input[name=reason]", reason)

    def test_a_second_window_is_told_and_not_written_over(self):
        folder = self.package("windows")
        with Desk(PROGRAM, folder) as desk:
            one, two = Walk(self.browser, self.shots, "one"), Walk(self.browser, self.shots, "two")
            for walk in (one, two):
                walk.page.goto(desk.url)
                self.override(walk.page, desk.base, "111" if walk is one else "222")
            one.page.click("form.overrides button.main")
            one.page.wait_for_selector(".said.good")
            two.expected_statuses = {409}
            two.page.click("form.overrides button.main")
            two.page.wait_for_selector(".said.bad")
            self.assertIn("111", two.page.inner_text(".said.bad"))
            self.assertEqual(two.page.locator("input[name^='q-']").nth(1).input_value(), "222")
            self.assertIn(",111,", (folder / "overrides.csv").read_text())
            self.assertNotIn(",222,", (folder / "overrides.csv").read_text())
            two.shot("conflict")
            # Having read it, the second person lets theirs stand.
            two.page.fill("input[name=reason]", "agreed by telephone")
            two.page.click("form.overrides button.main")
            two.page.wait_for_selector(".said.good")
            self.assertIn(",222,", (folder / "overrides.csv").read_text())
            one.close()
            two.close()

    def test_a_killed_desk_loses_nothing(self):
        folder = self.package("killed")
        self.run_plan(folder)
        kept = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
        desk = Desk(PROGRAM, folder).start()
        walk = Walk(self.browser, self.shots, "killed")
        walk.page.goto(desk.url)
        self.override(walk.page, desk.base, "321")
        walk.page.click("form.overrides button.main")
        walk.page.wait_for_selector(".said.good")
        walk.page.goto(desk.base + "/plan")
        walk.page.goto(desk.base + "/")
        walk.page.click("button.main", no_wait_after=True)
        time.sleep(0.3)
        desk.kill()
        walk.context.close()
        self.assertIn(",321,", (folder / "overrides.csv").read_text())
        now = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
        # basis.bin comes with plans of the command line only.
        missing = set(kept) - set(now) - {"basis.bin"}
        self.assertTrue(now == kept or not missing, f"the earlier plan or the new one, never a half; missing: {missing}")
        with Desk(PROGRAM, folder) as again:
            walk = Walk(self.browser, self.shots, "again")
            walk.page.goto(again.url)
            walk.page.goto(again.base + "/history")
            self.assertIn("321", walk.page.inner_text("section[aria-labelledby=changes]"))
            self.assertGreaterEqual(walk.page.locator("section[aria-labelledby=plans] tbody tr").count(), 1)
            walk.page.goto(again.base + "/")
            self.plan_here(walk.page)
            walk.close()

    def test_a_full_disk_is_told_and_loses_nothing(self):
        disk = self.work / "disk"
        disk.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True).returncode:
            self.skipTest("needs the right to mount a small disk")
        try:
            folder = disk / "season"
            subprocess.run([PROGRAM, "init", str(folder), "--quiet"], check=True)
            self.run_plan(folder)
            kept = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
            overrides = (folder / "overrides.csv").read_bytes() if (folder / "overrides.csv").exists() else None
            with Desk(PROGRAM, folder) as desk:
                walk = Walk(self.browser, self.shots, "full")
                walk.page.goto(desk.url)
                self.override(walk.page, desk.base, "654")
                filler = open(disk / "filler", "wb", buffering=0)
                try:
                    while True:
                        filler.write(bytes(4096))
                except OSError:
                    pass
                walk.expected_statuses = {409, 507, 500}
                walk.page.click("form.overrides button.main")
                walk.page.wait_for_selector(".said.bad")
                told = walk.page.inner_text(".said.bad")
                self.assertIn("The disk is full: what you typed could not be saved. Nothing is lost", told)
                self.assertIn("Make room on the disk, then save again.", told)
                self.assertEqual(walk.page.locator("input[name^='q-']").nth(1).input_value(), "654")
                walk.shot("override")
                now = (folder / "overrides.csv").read_bytes() if (folder / "overrides.csv").exists() else None
                self.assertEqual(now, overrides)
                walk.page.goto(desk.base + "/")
                walk.page.click("button.main")
                walk.page.wait_for_selector("h1:has-text('did not work')", timeout=PLAN_SECONDS)
                self.assertRegex(walk.page.inner_text("main"), "disk is full|No space left")
                walk.shot("plan")
                self.assertEqual({path.name: path.read_bytes() for path in (folder / "out").iterdir()}, kept)
                # Room again: the same desk goes on.
                filler.close()
                (disk / "filler").unlink()
                self.override(walk.page, desk.base, "654")
                walk.page.click("form.overrides button.main")
                walk.page.wait_for_selector(".said.good")
                walk.page.goto(desk.base + "/")
                self.plan_here(walk.page)
                walk.close()
        finally:
            subprocess.run(["umount", str(disk)], check=True)


class NobodyElseGetsIn(BrowserCase):
    def test_another_origin_and_no_token_get_nothing(self):
        folder = self.work / "guarded"
        subprocess.run([PROGRAM, "init", str(folder), "--quiet"], check=True)

        class Elsewhere(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>elsewhere</title>")

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with Desk(PROGRAM, folder) as desk:
                stranger = self.browser.new_context()
                page = stranger.new_page()
                for path in ("/", "/forecast", "/plan", "/history", "/desk.css", "/?token=" + "0" * 48):
                    answer = page.goto(desk.base + path)
                    self.assertEqual(answer.status, 403)
                    self.assertNotIn("guarded", answer.text())
                stranger.close()

                # The planner's own browser, cookie and all, on a page of somebody else's.
                context = self.browser.new_context()
                page = context.new_page()
                self.assertEqual(page.goto(desk.url).status, 200)
                for origin in (f"http://127.0.0.1:{server.server_port}", f"http://localhost:{server.server_port}"):
                    asked, statuses = [], []
                    page = context.new_page()
                    page.goto(origin)
                    page.on("request", lambda request: asked.append(request.url) if f":{desk.port}" in request.url else None)
                    page.on("response", lambda response: statuses.append(response.status) if f":{desk.port}" in response.url else None)
                    got = page.evaluate("""async base => {
                        const tries = [];
                        for (const options of [{credentials: 'include'}, {credentials: 'include', mode: 'no-cors'},
                                               {credentials: 'include', mode: 'no-cors', method: 'POST', body: new URLSearchParams({author: 'x', plan: '1'})}]) {
                            for (const path of ['/', '/history', '/plan', '/restore']) {
                                try { tries.push(await (await fetch(base + path, options)).text()); } catch { tries.push(''); }
                            }
                        }
                        return tries.join('');
                    }""", desk.base)
                    self.assertEqual(got, "")
                    # A form that posts itself, as a trap page would.
                    page.set_content(f"<form method=post action='{desk.base}/plan'><input name=author value=x></form>")
                    with page.expect_navigation():
                        page.evaluate("document.forms[0].submit()")
                    # All were tried; of most the browser does not even tell the page a status.
                    self.assertGreaterEqual(len(asked), 13)
                    self.assertEqual(set(statuses), {403})
                    page.close()
                self.assertFalse((folder / "out").exists())
                context.close()
        finally:
            server.shutdown()
            server.server_close()


def regional_package(folder, accounts=60, weeks=26):
    """Sixty accounts of very different size, three products, a peak that the one line cannot make."""
    folder.mkdir()
    ids = [f"A{number:03}" for number in range(1, accounts + 1)]
    sizes = [round(900 * 0.93**number) + 4 for number in range(accounts)]
    start = datetime.date(2027, 3, 1)
    days = [start + datetime.timedelta(weeks=week) for week in range(weeks)]
    season = [1 + 1.6 * math.exp(-(((week - 17) / 4) ** 2)) for week in range(weeks)]
    shares = {"P1": 0.5, "P2": 0.3, "P3": 0.2}

    def table(name, header, rows):
        (folder / f"{name}.csv").write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")

    (folder / "plan.toml").write_text(f'[horizon]\nbucket = "week"\nstart = "{start}"\nbuckets = {weeks}\n')
    table("accounts", "account,name,region", ((id, f"Wholesale {number}", "North") for number, id in enumerate(ids, 1)))
    table("products", "product,name,price", ((id, f"Drink {id}", 20 + 5 * number) for number, id in enumerate(shares)))
    table("sites", "site,kind,holding_cost", [("PL", "plant", 0.1), ("DC", "dc", 0.1)])
    table("lines", "line,site,hours", [("L1", "PL", 100)])
    rate = 1.02 * sum(sizes) * sum(season) / weeks / 100
    table("line_products", "line,product,rate", (("L1", id, round(rate, 3)) for id in shares))
    table("lanes", "lane,from,to,lead_time,unit_cost,capacity",
          [("PL-DC", "PL", "DC", 0, 0.1, ""), *((f"DC-{id}", "DC", id, 0, 0.2, round(2.2 * size)) for id, size in zip(ids, sizes))])
    table("demand", "bucket,account,product,quantity",
          ((day, id, product, round(size * share * factor, 1)) for id, size in zip(ids, sizes) for product, share in shares.items()
           for day, factor in zip(days, season)))


class SixtyAccounts(BrowserCase):
    def test_sixty_accounts_by_twenty_six_weeks_stay_fluid(self):
        folder = self.work / "regional"
        regional_package(folder)
        self.run_plan(folder)
        with Desk(PROGRAM, folder) as desk:
            walk = Walk(self.browser, self.shots, "regional")
            page = walk.page
            page.goto(desk.url)
            page.goto(desk.base + "/plan")
            self.assertEqual(page.locator("table.board td a").count(), 60 * 26)
            began = time.time()
            page.reload()
            opened = time.time() - began
            page.locator("table.board td a").first.focus()
            # Each arrow by itself, until the browser has drawn what it does.
            steps = page.evaluate("""async () => {
                const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
                const times = [];
                for (let step = 0; step < 60; step++) {
                    const key = step % 3 === 2 ? 'ArrowRight' : 'ArrowDown';
                    const before = performance.now();
                    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
                    await drawn();
                    times.push(performance.now() - before);
                }
                return times.sort((a, b) => a - b);
            }""")
            began = time.time()
            page.keyboard.press("Enter")
            page.wait_for_selector("#why:not([hidden]) .why")
            explained = time.time() - began
            print(f"\n60 x 26: board again in {opened:.2f} s, an arrow {steps[30]:.0f} ms (slowest {steps[-1]:.0f} ms), why in {explained:.2f} s")
            # Limits with room for a busy machine; what is usual is printed above.
            self.assertLess(opened, 4)
            self.assertLess(steps[30], 120)
            self.assertLess(explained, 3)
            walk.shot("board", full=False)
            walk.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
