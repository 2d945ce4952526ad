#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What everybody and the Union's offices look at: figures with what is withheld, the map with its table, the law and its differences, the calendar of
obligations, assistance and peers; on the Union's node a request of the network with who answered, and the Cooperation Group's papers and meetings."""
import sys
import time
from contextlib import closing

import _browser as b

v = b.v
count = v.Count()


def fill(node, admin):
    """A register with something to withhold, incidents that concern other states, a request of another state, a peer."""
    people = {kind: node.officer(admin, f"{kind}@state.example", f"Officer {kind}", kind, b.PASSWORD) for kind in ("csirt", "ca", "spoc")}
    clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
    types = {row["code"]: row["sector"] for row in people["ca"].need(200, "GET", "/api/v1/law/types")["types"] if row.get("scheme", "annex_1") == "annex_1"}
    by_sector = {}
    for code, sector in types.items():
        by_sector.setdefault(sector, code)
    entity = None
    for number, code in zip((5, 4, 1), by_sector.values()):
        for i in range(number):
            filed = clerk.must_file("registration", "registration", v.registration(f"Company {code} {i} (invented)", [code]))
            people["ca"].must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
            entity = filed["entity"]
    for states in (["DE"], ["DE", "MT"], ["DE", "FR", "LU"]):
        clerk.must_file("incident", "early_warning", {**v.early_warning(), "cross_border": "yes", "affected_states": states}, entity=entity)
    people["spoc"].must_file("assistance", "request_received", {"other_states": ["NL"], "at": v.instant(-60), "way": "direct", "what": ["inspections"],
                                                                "subject": "Logs of a provider <i>in</i> both states.", "substantiation": "Kept here."})
    people["spoc"].must_file("peer", "peer", {"state": "NL", "way": "documents", "office": "Contact point"})
    return people


def figures(page, browser, node):
    browser.open(page, f"/app/statistics/entity_counts?period={time.strftime('%Y-%m-%d')}")
    page.get_by_role("heading", name="Entities by sector").wait_for()
    page.get_by_text("not published").first.wait_for()
    count.check(page.locator("td em").count() == 0, "an office sees the values")
    browser.screen(page, "figures")
    page.get_by_label("As it would be published").check()
    count.check(page.locator("td em", has_text="withheld").count() > 0, "the preview withholds them")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    with open(download.value.path(), encoding="utf-8-sig") as file:
        count.check(file.readline().count(",") > 2, "CSV from the node")
    browser.screen(page, "figures-preview")
    browser.open(page, "/app/statistics")
    page.get_by_role("link", name="Freeze the figures").click()
    page.get_by_role("heading", name="Figures of a period").wait_for()


def of_a_state(browser, node, people):
    page = browser.person()
    browser.open(page, "/app/overview")
    page.get_by_role("heading", name="Overview").wait_for()
    browser.open(page, "/app/situation")
    browser.sign_in(page, people["spoc"])
    page.get_by_role("img", name="Germany: 3").wait_for()
    count.equal(page.get_by_role("row", name="Germany").inner_text().split(), ["Germany", "3", "0"], "the table says the same as the map")
    found = people["spoc"].need(200, "GET", "/api/v1/situation")["states"]
    count.equal(page.locator("svg path.state:not(.none)").count(), len([row for row in found if row["cases"] > 0]), "each state with a case on the map")
    browser.screen(page, "situation")
    figures(page, browser, node)
    browser.open(page, "/app/statistics")
    page.get_by_role("heading", name="Quarterly summary").wait_for()
    browser.screen(page, "statistics")
    browser.open(page, "/app/outside")
    page.get_by_role("link", name="Logs of a provider <i>in</i> both states.").wait_for()
    page.get_by_role("row", name="Netherlands Signed documents").wait_for()
    page.get_by_role("row", name="Netherlands No key is entered").wait_for()
    browser.screen(page, "beyond-the-border")
    browser.open(page, "/app/calendar")
    page.get_by_role("row", name="Quarterly summary of notifications").wait_for()
    browser.screen(page, "obligations")
    browser.open(page, "/app/overview")
    page.get_by_role("link", name="The law in this node").wait_for()
    browser.screen(page, "overview")
    law(browser)


def law(browser):
    page = browser.person()
    browser.open(page, "/app/law")
    page.get_by_role("row", name="Directive (EU) 2022/2555").wait_for()
    count.check("English" in page.get_by_role("row", name="Directive (EU) 2022/2555").inner_text(), "a pack says its languages")
    browser.screen(page, "law")
    page.get_by_label("Find a text").fill("operator of essential services")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_text("NIS1 5(2)").first.wait_for()
    page.get_by_label("After").select_option("national/be")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("row", name="final_report").wait_for()
    browser.screen(page, "law-differences")
    browser.open(page, "/accessibility")
    page.get_by_role("heading", name="Tell us").wait_for()
    browser.screen(page, "accessibility")


def of_the_union(browser, node):
    admin = node.administrator()
    lu, be, fr = (node.officer(admin, f"{s}@network.example", f"Officer {s.upper()}", f"csirt-member-{s}", b.PASSWORD) for s in ("lu", "be", "fr"))
    commission = node.officer(admin, "desk@commission.example", "Secretariat of the Group", "commission", b.PASSWORD)
    case = lu.must_file("network_request", "matter", {"title": "Break-in at a provider", "task": "respond", "text": "Stolen credentials.", "tlp": "TLP:AMBER"})["case"]
    lu.must_file("network_request", "request", {"asked": "Look for the same accounts.", "of_whom": "states", "states": ["BE", "FR"]}, case=case)
    b.until(lambda: lu.need(200, "GET", f"/api/v1/cases/{case}/parties")["waiting"] == 0)
    fr.must_file("network_request", "answer", {"reading": "taking_part", "text": "We look tonight."}, case=case)
    meeting = commission.must_file("group_meeting", "meeting", {"title": "Plenary in autumn", "starts_at": v.instant(40 * 86400), "ends_at": v.instant(40 * 86400 + 7200),
                                                                "place": "Dublin", "kind": "plenary", "secure": False})["case"]
    commission.must_file("group_meeting", "final_agenda", {"title": "Plenary in autumn", "starts_at": v.instant(40 * 86400), "ends_at": v.instant(40 * 86400 + 7200), "place": "Dublin",
                                                           "items": [{"item": "Welcome"}]}, case=meeting)
    page, other = browser.person(), browser.person()
    browser.open(page, "/app/work/network")
    browser.sign_in(page, lu)
    page.get_by_role("link", name="Break-in at a provider").click()
    page.get_by_role("heading", name="Who said what").wait_for()
    page.get_by_text("1 of 2 have answered").wait_for()
    count.check("France" in page.get_by_role("row", name="We look tonight.").inner_text(), "who said it")
    page.get_by_text("Not heard from: Belgium").first.wait_for()
    browser.screen(page, "network-case")
    browser.open(other, "/app/work/network")
    browser.sign_in(other, be)
    other.get_by_role("region", name="You are asked").get_by_role("link", name="Break-in at a provider").wait_for()
    browser.screen(other, "network-asked")
    group = browser.person()
    browser.open(group, "/app/work/group")
    browser.sign_in(group, commission)
    group.get_by_role("link", name="calendar entry").wait_for()
    group.get_by_role("link", name="Plenary in autumn").first.wait_for()
    browser.screen(group, "group")


def main():
    with b.stage(count) as (node, browser), closing(v.Node(state="EU", name="The Union's node")) as union:
        people = fill(node, node.administrator())
        of_a_state(browser, node, people)
        browser.node = union.start()
        of_the_union(browser, union)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
