#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Supervision in a browser, apart from the CSIRT's desk: the register is filtered and one decision filed on several entries after a trial; a case is opened,
a letter previewed, written, approved by the head, made and served with its date; ceilings and obligations are shown; the CSIRT sees none of it."""
import re
import sys

import _browser as b

v = b.v
count = v.Count()


def world(node):
    admin = node.administrator()
    w = {"ca": node.officer(admin, "desk@ca.example", "Supervisor", "ca", b.PASSWORD), "head": node.officer(admin, "head@ca.example", "Head of supervision", "ca", b.PASSWORD, role="head"),
         "csirt": node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD), "clerk": node.person("clerk@company.example", "Clerk", b.PASSWORD), "entities": {}}
    for name, more in (("Vraxquel Power", {"ip_ranges": ["192.0.2.0/28"]}), ("Wexmor Power", {}), ("Zantrel Water", {"entity_types": ["DW_SUPPLY"]})):
        filed = w["clerk"].must_file("registration", "registration", v.registration(f"{name} (invented)", **more))
        if name != "Zantrel Water":
            w["ca"].must_file("registration", "approval", {"class": "important"}, case=filed["case"])
        w["entities"][name] = filed["entity"]
    return w


def register(browser, page, w):
    browser.open(page, "/app/supervision")
    browser.sign_in(page, w["ca"])
    page.get_by_text("No case of supervision fits.").wait_for()
    count.check("The CSIRT's desk does not see what stands here" in page.get_by_role("main").inner_text(), "it says that it is apart")
    browser.screen(page, "supervision-empty")
    page.get_by_role("link", name="Register", exact=True).last.click()
    page.get_by_role("row", name="Vraxquel Power").wait_for()
    count.equal(page.locator("tbody tr").count(), 3, "all three")
    without = page.get_by_role("combobox", name="Without")
    without.locator("option[value=ip_ranges]").wait_for(state="attached")
    without.select_option("ip_ranges")
    b.until(lambda: page.locator("tbody tr").count() == 2)
    count.check(page.get_by_role("row", name="Vraxquel").count() == 0 and page.get_by_role("row", name="Wexmor").count() == 1, "those whose address ranges are missing")
    page.get_by_role("combobox", name="Class").select_option("important")
    count.check(b.until(lambda: page.locator("tbody tr").count() == 1), "filters join")
    count.check("lacks=ip_ranges" in page.url and "class=important" in page.url, "the address holds them")
    without.select_option("")
    page.get_by_role("combobox", name="Class").select_option("")
    count.check(b.until(lambda: page.locator("tbody tr").count() == 3), "and lets them go")
    page.get_by_role("button", name="Decide on several").click()
    page.get_by_role("button", name="Check all on this page").click()
    page.locator("#bulk-document option[value=class_decision]").wait_for(state="attached")
    page.get_by_label("What is filed in each?").select_option("class_decision")
    page.get_by_role("group", name="Class").get_by_label("Essential", exact=True).check()
    page.get_by_label(re.compile("Reason")).first.fill("Turnover of the group.")
    page.get_by_role("button", name="See what follows").click()
    page.get_by_text("Accepted in 2 of 3").wait_for()
    browser.screen(page, "supervision-register")
    page.get_by_role("button", name="File in 2 cases").click()
    ask = page.get_by_role("alertdialog")
    count.check("Vraxquel Power" in ask.inner_text() and "Wexmor Power" in ask.inner_text() and "Zantrel" not in ask.inner_text(), "the question names those whom it reaches")
    browser.screen(page, "supervision-bulk-sure")
    ask.get_by_role("button", name="File in 2 cases").click()
    page.get_by_text("Filed in 2 cases.").wait_for()
    classes = [w["ca"].need(200, "GET", f"/api/v1/entities/{one}")["class"] for one in w["entities"].values()]
    count.equal(classes, ["essential", "essential", None], "decided on two, and on no other")


def filters(w):
    """What the page asks, asked of the node: each filter alone and joined; what only the CSIRT may see tells no other office that it is missing."""
    def names(query, who="ca"):
        got = w[who].need(200, "GET", f"/api/v1/entities?count=true&{query}")
        count.equal(got["total"], len(got["entities"]), f"{query}: the count is that of the rows")
        return [one["name"].split()[0] for one in got["entities"]]
    count.equal((names("sector=energy"), names("sector=drinking_water"), names("type=DW_SUPPLY"), names("sector=none")), (["Vraxquel", "Wexmor"], ["Zantrel"], ["Zantrel"], []), "by sector and type")
    sizes = [name for size in ("micro", "small", "medium", "large") for name in names(f"size={size}")]
    count.check(len(sizes) <= 3 and len(set(sizes)) == len(sizes), "each has one size at most")
    count.equal(names("lacks=ip_ranges&sector=energy&search=wex"), ["Wexmor"], "they join")
    count.equal(names("service=LU"), [], "services in another state")
    count.problem(w["ca"].get("/api/v1/entities?lacks=products"), 403, "register.attribute", "who declared products is the CSIRT's to know")
    count.equal(len(names("lacks=products", "csirt")), 3, "and it may ask")


def case(browser, page, w):
    browser.open(page, "/app/supervision")
    page.get_by_text("Open a case, or ask for information").click()
    page.get_by_role("link", name="Opening a case of the authority").click()
    page.get_by_label("For which entity?").fill("Vraxquel")
    page.get_by_role("button", name=re.compile("Vraxquel")).first.click()
    browser.screen(page, "supervision-opening")
    opened = w["ca"].must_file("supervision", "case_opening", {"ground": "measures", "source": "public", "source_detail": "A scan of 1 November.", "text": "Reports of open ports."}, entity=w["entities"]["Vraxquel Power"])
    asked = w["ca"].must_file("supervision", "information_request", {"kind": "information", "purpose": "To assess the measures taken.", "specification": "Policies on access control.", "answer_by": v.instant(14 * 86400)}, case=opened["case"])
    browser.open(page, "/app/supervision")
    page.get_by_role("link", name="Vraxquel Power").wait_for()
    browser.screen(page, "supervision")
    page.get_by_role("link", name="Vraxquel Power").click()
    page.get_by_role("heading", name="Letters").wait_for()
    count.check("does not see what stands here" in page.get_by_role("main").inner_text(), "a case of supervision says so on top")
    browser.screen(page, "supervision-case")
    return opened["case"], asked["filing"]


def letter(browser, page, head, w, case_id, about):
    page.get_by_role("link", name="Write a letter").click()
    page.get_by_label("Letter", exact=False).first.wait_for()
    page.locator("#field-template").select_option("enforcement_measure")
    page.get_by_text("The head of the office approves this letter").wait_for()
    page.locator("#field-language").select_option("en")
    page.get_by_label("Addressee, as on the envelope").fill("Vraxquel Power\nStreet 1\n0000 Town")
    page.get_by_label("Who signs: name and function").fill("Head of supervision")
    page.locator("#field-template").select_option("supervisory_measure")
    page.get_by_label("Remarks").fill("Please answer in time. <b>plain</b>")
    page.get_by_role("button", name="Make a preview").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Open the preview").click()
    with open(download.value.path(), "rb") as file:
        count.equal(file.read(5), b"%PDF-", "the preview is a PDF")
    browser.screen(page, "letter")
    # the rest of the way as an office's program goes: filed, approved where the head signs, made by the node
    made = w["ca"].must_file("supervision", "letter", {"template": "enforcement_measure", "language": "en", "addressee": "Vraxquel Power", "signer": "Head", "way": "registered_mail", "about": about,
                                                        **({"texts": [{"name": "remarks", "text": "By post."}]})}, case=case_id)["filing"]
    browser.open(head, f"/app/cases/{case_id}")
    browser.sign_in(head, w["head"])
    head.get_by_text("Waits for the head").wait_for()
    head.get_by_role("link", name="Approve or refuse").click()
    head.get_by_role("group", name="May it go?").get_by_label("Yes, issue it").check()
    head.get_by_role("button", name="File: Approval of a letter").click()
    head.get_by_role("heading", name="Filed").wait_for()
    b.until(lambda: [one for one in w["ca"].need(200, "GET", f"/api/v1/cases/{case_id}/letters")["letters"] if one["id"] == made][0]["state"] == "made")
    browser.open(page, "/app/supervision?tab=service")
    page.get_by_role("row", name="Vraxquel Power").wait_for()
    row = page.get_by_role("row", name="Vraxquel Power").inner_text()
    count.check("Made" in row and "not served yet" in row and re.search(r"\d{4}-\d", row), f"what is to be served stands there with its number: {row}")
    browser.screen(page, "supervision-service")
    page.get_by_role("row", name="Vraxquel Power").get_by_role("link").click()
    page.get_by_role("link", name="Record the service").click()
    page.locator("#field-how").select_option("registered_mail") if page.locator("select#field-how").count() else page.get_by_role("group", name="How was it served?").get_by_label("Registered letter").check()
    sent = page.get_by_label("When was it sent")
    sent.fill(page.evaluate("(() => { const d = new Date(Date.now() - 3600e3); d.setMinutes(d.getMinutes() - d.getTimezoneOffset()); return d.toISOString().slice(0, 16); })()"))
    page.get_by_role("button", name="File: Record of service").click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/cases/{case_id}")
    page.get_by_role("heading", name="Letters").wait_for()
    served = [one for one in w["ca"].need(200, "GET", f"/api/v1/cases/{case_id}/letters")["letters"] if one["id"] == made][0]
    count.check(served["served_at"] is not None and "✓" in page.get_by_role("row", name="Measure of enforcement").inner_text(), "the date from which service counts is shown")
    browser.screen(page, "supervision-case-letters")
    browser.open(page, "/app/outbox?state=letters")
    page.get_by_role("row", name="Measure of enforcement").get_by_text("✓").wait_for()
    browser.screen(page, "outbox-letters")
    page.get_by_label("Only what is not served yet").check()
    count.check(b.until(lambda: page.get_by_role("row", name="Measure of enforcement").count() == 0), "what was served is no longer open")


def rest(browser, page, outsider, w, case_id):
    browser.open(page, "/app/supervision?tab=ceilings")
    page.get_by_label("Worldwide annual turnover").fill("1 000 000 000")
    page.get_by_text("€20,000,000").first.wait_for()
    browser.screen(page, "supervision-ceilings")
    page.get_by_role("link", name="Obligations").first.click()
    page.get_by_role("heading", name="Obligations").wait_for()
    browser.screen(page, "supervision-obligations")
    browser.open(outsider, "/app/queue")
    browser.sign_in(outsider, w["csirt"])
    count.equal(outsider.get_by_role("link", name="Supervision").count(), 0, "the CSIRT has no way there")
    browser.open(outsider, f"/app/cases/{case_id}")
    outsider.get_by_text("There is nothing here, or you may not know of it.").wait_for()
    browser.open(outsider, "/app/supervision")
    outsider.get_by_text("There is nothing here, or you may not know of it.").wait_for()


def main():
    with b.stage(count) as (node, browser):
        w = world(node)
        page, head, outsider = browser.person(), browser.person(), browser.person()
        register(browser, page, w)
        filters(w)
        case_id, about = case(browser, page, w)
        letter(browser, page, head, w, case_id, about)
        rest(browser, page, outsider, w, case_id)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
