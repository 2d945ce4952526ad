#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A company that never reported, on a telephone of 320 pixels, in three languages: from the first screen to the receipt and the next stage; each form shows its own fields
only, says to whom it does not go and how long there is; an alert about its own networks is read and answered; case, receipt and duties print as papers."""
import re
import sys

import _browser as b

v = b.v
count = v.Count()
SAY = {"en": ("Sign in", "It does not notify any other authority", "Filed", "left", "What follows"),
       "fr": ("Se connecter", "Il n'avertit aucune autre autorité", "Déposé", "encore", "La suite"),
       "de": ("Anmelden", "Sie benachrichtigt keine andere Behörde", "Eingereicht", "noch", "Was folgt")}


def report(browser, w, code, tag):
    """An early warning, from signing in to the receipt; the notification after it begins where it is owed."""
    enter, alone, filed, left, follows = SAY[code]
    page = browser.person(locale=tag, width=320, height=640)
    clerk = w["clerks"][code]
    browser.open(page, "/app/")
    page.locator("input").first.fill(clerk.login)
    page.locator("input[type=password]").fill(clerk.password)
    page.get_by_role("button", name=enter, exact=True).click()
    page.get_by_role("link", name=f"Vraxquel {code}").first.wait_for()
    browser.screen(page, f"newcomer-{code}-home")
    page.locator("main a[href*='/file/incident/early_warning']").click()
    page.locator("#field-aware_at").wait_for()
    words = page.get_by_role("main").inner_text()
    count.check(alone in words, f"{code}: it says whom it does not notify")
    count.check("TLP" not in words and "NIS2" not in words.split("\n")[3], f"{code}: no jargon before the first field")
    shown = page.locator("main form .field:visible").count()
    count.check(shown <= 7, f"{code}: {shown} questions at first, attachment and entity counted")
    page.locator(".field", has=page.locator("#field-aware_at")).get_by_role("button").click()
    page.locator("#field-summary").fill("Vraxquel: 1 of 3.")
    page.locator("input[name=field-suspected_malicious][value=unknown]").check()
    page.locator("input[name=field-cross_border][value=no]").check()
    page.locator("main form ul.time li").first.wait_for()
    count.check(left in page.locator("main form ul.time").inner_text(), f"{code}: the time left stands on the form")
    browser.screen(page, f"newcomer-{code}-form")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("heading", name=filed).wait_for()
    words = page.get_by_role("main").inner_text()
    count.check(follows in words and left in words, f"{code}: after filing, what follows and how long there is")
    browser.screen(page, f"newcomer-{code}-filed")
    page.locator("main a.button[href*='/cases/']").click()
    page.locator("h2#next").wait_for()
    box = page.locator("main a.button.first").first.bounding_box()
    count.check(box is not None and box["y"] < 900, f"{code}: the next step is near the top of the case, at {box}")
    browser.screen(page, f"newcomer-{code}-case")
    page.locator("main a.button.first").first.click()
    page.locator("main form ul.time li").first.wait_for()
    count.check(left in page.locator("main form ul.time").inner_text(), f"{code}: the next form says its time too")
    count.check(not page.locator("#field-aware_at").is_visible() and not page.locator("#field-summary").is_visible(), f"{code}: and asks only what belongs to its stage")
    page.locator("input[name=field-cross_border][value=no]:checked").wait_for()
    count.check(True, f"{code}: what was said before is chosen already")
    browser.screen(page, f"newcomer-{code}-notification")
    return page


def alert(browser, page, w):
    """A warning about what runs at the company: found on the first screen, read, answered."""
    w["csirt"].get("/api/v1/me")  # its connection may have been closed meanwhile
    selection = {"entities": [w["entities"]["en"]]}
    draft = w["csirt"].must_file("advisory", "advisory", {"kind": "alert", "severity": "critical", "title": "Flaw in Examplegate", "text": "Update <b>today</b>.", "tlp": "TLP:GREEN", "answer_by": v.instant(48 * 3600), "selection": selection})
    seen = w["csirt"].need(200, "POST", "/api/v1/selections/preview", {"selection": selection})
    w["csirt"].must_file("advisory", "advisory_release", {"preview": seen["version"]}, case=draft["case"])
    end = b.until(lambda: any(one["case"] == draft["case"] for one in w["clerks"]["en"].need(200, "GET", "/api/v1/duties")["duties"]))
    count.check(end, "the company owes an answer")
    browser.open(page, "/app/")
    page.locator(f"main a[href$='/cases/{draft['case']}']").first.click()
    page.locator("h2#next").wait_for()
    count.equal(page.get_by_role("alert").count(), 0, "nothing on the page of an alert fails for whom it is for")
    page.get_by_role("button", name=re.compile("Read.*Advisory")).first.click()
    page.get_by_text("Update <b>today</b>.").first.wait_for()
    browser.screen(page, "alert")
    page.locator("main a[href*='/file/advisory_answer']").first.click()
    page.locator("main form .field").first.wait_for()
    browser.screen(page, "alert-answer")
    affected = page.locator("input[name=field-reading][value=affected]")
    if affected.count() > 0:
        affected.check()
    else:
        page.locator("#field-reading").select_option("affected")
    text = page.locator("#field-text")
    if text.count() > 0:
        text.fill("Two servers.")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("heading", name="Filed").wait_for()


def paper(browser, page, w):
    page.set_viewport_size({"width": 794, "height": 1123})
    for name, path in (("case", f"/app/cases/{w['case']}"), ("duties", "/app/duties")):
        browser.open(page, path)
        page.locator("h1").first.wait_for()
        page.wait_for_timeout(400)
        page.emulate_media(media="print")
        count.check(page.locator("p.printed").is_visible() and "Test node" in page.locator("p.printed").inner_text(), f"{name}: a paper says whose it is, from where and of when")
        count.check(not page.locator("header").is_visible() and page.locator("main .button:visible").count() == 0, f"{name}: no buttons on paper")
        browser.screen(page, f"print-{name}")
        page.emulate_media(media="screen")


def main():
    with b.stage(count) as (node, browser):
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        w = {"csirt": node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD), "clerks": {}, "entities": {}}
        for code in SAY:
            w["clerks"][code] = node.person(f"clerk-{code}@company.example", "Clerk", b.PASSWORD)
            filed = w["clerks"][code].must_file("registration", "registration", v.registration(f"Vraxquel {code} (invented)"))
            ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
            w["entities"][code] = filed["entity"]
        pages = {code: report(browser, w, code, tag) for code, tag in (("en", "en-GB"), ("fr", "fr-FR"), ("de", "de-DE"))}
        w["case"] = [one["id"] for one in w["clerks"]["en"].need(200, "GET", f"/api/v1/cases?limit=50&entity={w['entities']['en']}")["cases"] if one["procedure"] == "incident"][0]
        alert(browser, pages["en"], w)
        paper(browser, pages["en"], w)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
