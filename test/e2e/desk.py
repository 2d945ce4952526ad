#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The desk: what only offices see never reaches the entity; queue, owner, backup, absence, shifts, tasks, links, timeline; passing a
case on between offices; matter passed to supervision and back."""
import sys

import varde_client as v

count = v.Count()


def offices(text):
    """An authority beside the CSIRT, the single point of contact and the crisis authority."""
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca, kind: ca, name: Authority}\n"
                     "  - {id: ca-health, kind: ca, name: Health authority, sectors: [health]}\n"
                     "  - {id: spoc, kind: spoc, name: Single point of contact}\n"
                     "  - {id: ccma, kind: ccma, name: Crisis authority}\n")


def words_of(who, paths):
    """All that the person can read about the case, as one text."""
    text = ""
    for path in paths:
        text += who.get(path).data.decode("utf-8", "replace")
    return text


def seen_by_some(company, csirt, ca, spoc, filed):
    """Notes, tasks and hand-overs are for offices: nothing of them shows to the entity, by any way."""
    case, entity = filed["case"], filed["entity"]
    paths = [f"/api/v1/cases/{case}", f"/api/v1/cases?entity={entity}", f"/api/v1/duties?entity={entity}", f"/api/v1/entities/{entity}"]
    stream = company.events()
    before = {path: company.get(path).json for path in paths}
    etag = company.get(paths[0]).header("etag")
    note = csirt.must_file("incident", "note", {"text": "They called twice; the zebra is not informed."}, case=case)
    task = csirt.must_file("incident", "task", {"what": "Ask the zebra.", "until": v.instant(3600)}, case=case)
    after = {path: company.get(path).json for path in paths}
    for path in paths:
        for answer in (before[path], after[path]):
            for duty in answer.get("duties", []):
                duty.pop("seconds_left", None)
                (duty.get("duty") if isinstance(duty.get("duty"), dict) else {}).pop("seconds_left", None)
            answer.pop("now", None)
        count.equal(after[path], before[path], f"a note and a task change nothing for the company in {path}")
    count.status(company.get(paths[0], headers={"If-None-Match": etag}), 304, "not even the ETag")
    text = words_of(company, paths)
    for secret in ("zebra", note["filing"], task["filing"], "task"):
        count.check(secret not in text, f"the company reads nothing of {secret}")
    for path in (f"/api/v1/filings/{note['filing']}", f"/api/v1/filings/{note['filing']}/receipt", f"/api/v1/filings/{task['filing']}"):
        count.equal(company.get(path).json, company.get(path.replace(path.split("/")[4], "F" + "0" * 16)).json, f"{path} does not exist for it")
    count.status(company.file("incident", "note", {"text": "Me too."}, case=case), 403, "nor may it file one")
    count.status(company.file("incident", "task_done", {}, case=case), 403, "or say that a task is done")
    seen = csirt.need(200, "GET", paths[0])
    count.check({"note", "task"} <= {f["document"] for f in seen["filings"]}, "the CSIRT sees both")
    open_tasks = [d for d in seen["duties"] if d["duty"] == "task" and d["done_at"] is None]
    count.equal([(d["owed_by"], d["opened_by"]) for d in open_tasks], [("csirt", task["filing"])], "and owes the task")
    count.equal(ca.need(200, "GET", f"/api/v1/filings/{note['filing']}")["fields"]["text"][:4], "They", "so does the authority")
    csirt.must_file("incident", "task_done", {"task": task["filing"], "outcome": "Done."}, case=case)
    marker = company.must_file("incident", "support_request", {"request": "Please call."}, case=case)
    told = []
    stream.wait(lambda event: told.append(str(event)) or marker["filing"] in str(event))
    stream.close()
    count.check(any(marker["filing"] in event for event in told), "the stream of events goes on")
    count.check(all(note["filing"] not in event and task["filing"] not in event for event in told), "the stream of events told nothing of them")


def main():
    node = v.Node(edit=offices)
    try:
        node.start()
        admin = node.administrator()
        csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        spoc = node.officer(admin, "spoc@node.example", "Officer of the contact point", "spoc", "the green tower stands 1")
        company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        entity = company.must_file("registration", "registration", v.registration("Quilzarn Water (invented)", ["DW_SUPPLY"]))["entity"]
        filed = company.must_file("incident", "early_warning", v.early_warning(), entity=entity)
        filed["entity"] = entity
        seen_by_some(company, csirt, ca, spoc, filed)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
