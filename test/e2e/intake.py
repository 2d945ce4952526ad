#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What officers record for others (telephone, paper, registration), from when timeliness counts, what the entity sees and may contest;
downtimes that the node finds by itself or an office declares, beside what is late; rebuild gives the same tables."""
import json
import subprocess
import sys
import time

import varde_client as v

count = v.Count()


def came(hours_ago=3.0, **more):
    fields = {"channel": "phone", "received_at": v.instant(-hours_ago * 3600), "caller": "Ilvane Quorst", "caller_contact": "+999 1 234 56 78",
              "call_back": "done", "call_back_number": "+999 1 234 56 78"}
    fields.update(more)
    return {name: value for name, value in fields.items() if value is not None}


class World:
    def __init__(self):
        self.node = v.Node(edit=v.quick_heads).start()
        self.admin = self.node.administrator()
        self.csirt = self.node.officer(self.admin, "csirt@node.example", "Csirt officer", "csirt", "a beacon on the hill 2")
        self.reader = self.node.officer(self.admin, "reader@node.example", "Csirt reader", "csirt", "a beacon on the hill 3", role="reader")
        self.ca = self.node.officer(self.admin, "ca@node.example", "Authority officer", "ca", "a beacon on the hill 4")
        self.spoc = self.node.officer(self.admin, "spoc@node.example", "Contact officer", "spoc", "a beacon on the hill 5")
        self.company = self.node.person("anna@vraxquel.example", "Anna", "a beacon on the hill 6")
        self.other = self.node.person("otto@umbrix.example", "Otto", "a beacon on the hill 7")
        self.entity = self.company.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))["entity"]

    def people(self):
        return (self.admin, self.csirt, self.reader, self.ca, self.spoc, self.company, self.other)


def by_telephone(w):
    """The call came 23 hours after awareness and was recorded 3 hours later: in time, though recorded after the day."""
    fields = v.early_warning(aware_hours_ago=26)
    filed = w.csirt.file("incident", "early_warning", fields, entity=w.entity, on_behalf=came(3))
    count.status(filed, 201, "recorded from a call")
    case, filing = filed.json["case"], filed.json["filing"]
    seen = w.company.need(200, "GET", f"/api/v1/cases/{case}")
    duties = {d["duty"]: d for d in seen["duties"]}
    count.equal(duties["early_warning"]["status"], "done_in_time", "timeliness counts from when the office had it")
    row = [f for f in seen["filings"] if f["id"] == filing][0]
    count.check(v.seconds_of(row["recorded_at"]) - v.seconds_of(row["received_at"]) > 3 * 3600 - 60, "both moments are kept apart")
    count.equal(row.get("recorded_by"), {"office_kind": "csirt", "channel": "phone"}, "and it says who recorded it")
    read = w.company.need(200, "GET", f"/api/v1/filings/{filing}")
    count.equal((read["header"]["filer_role"], read["header"]["office"], read["fields"]["on_behalf"]["channel"]), ("entity", "csirt", "phone"),
                "the record says that an officer recorded it, and how it came")
    receipt = w.company.need(200, "GET", f"/api/v1/filings/{filing}/receipt")
    count.check(w.node.verify_second(receipt)["valid"], "the entity has the receipt")
    count.check(any(s["document"] == "intake_view" for s in seen["next"]), "it may confirm or contest")
    w.company.must_file("incident", "intake_view", {"filing": filing, "view": "wrong", "remark": "It was the other office."}, case=case)
    again = w.csirt.must_file("incident", "early_warning", dict(fields, summary="Corrected after a second call."), case=case, on_behalf=came(2.5))
    seen = w.company.need(200, "GET", f"/api/v1/cases/{case}")
    duties = {d["duty"]: d for d in seen["duties"]}
    count.equal(duties["early_warning"]["done_by"], filing, "the first call still counts")
    count.check(again["filing"] != filing, "the correction is a version of its own")
    return case


def what_is_refused(w, case):
    fields = v.early_warning(aware_hours_ago=26)

    def refused(who, status, rule, on_behalf, what, pointer=None, document="early_warning", **more):
        more = more or {"entity": w.entity}
        count.problem(who.file("incident", document, fields, on_behalf=on_behalf, **more), status, rule, what, pointer)

    refused(w.company, 403, "access.not_officer", came(), "a company records nothing for others")
    refused(w.other, 403, "access.not_officer", came(), "nor does a stranger")
    refused(w.reader, 403, "access.not_officer", came(), "nor a reader of the office")
    refused(w.spoc, 403, "access.not_officer", came(), "nor an office that the document does not name")
    refused(w.csirt, 422, "time.future", came(-2), "not from the future", "/on_behalf/received_at")
    refused(w.csirt, 422, "filing.intake_age", came(24 * 500), "not from long ago", "/on_behalf/received_at")
    refused(w.csirt, 422, "field.required", came(received_at=None), "without its moment", "/on_behalf/received_at")
    refused(w.csirt, 422, "field.choice", came(channel="pigeon"), "by a way that there is not", "/on_behalf/channel")
    refused(w.csirt, 422, "field.required", came(caller=None), "without who reported", "/on_behalf/caller")
    refused(w.csirt, 403, "filing.intake", came(), "what the office files itself", document="answer", case=case)
    for where in ({"on_behalf": came()}, {"on_behalf": None}):
        answer = w.company.file("incident", "early_warning", dict(fields, on_behalf=came()) if where["on_behalf"] is None else fields, entity=w.entity, **where)
        count.check(answer.status in (403, 422), f"a company does not say that an officer recorded it: {answer}")


def emergency_by_telephone(w):
    """Someone unknown calls: held like what comes without account; confirmed and attached, it is the early warning from the call on."""
    fields = {"organisation": "Vraxquel Power (invented)", "contact_name": "Ilvane Quorst", "contact_phone": "+999 1 234 56 78",
              "summary": "All screens are black.", "aware_at": v.instant(-5 * 3600)}
    count.problem(w.csirt.file("incident", "emergency_filing", dict(fields, aware_at=v.instant(-3600)), on_behalf=came(3)), 422, "incident.aware_after_received",
                  "nobody reports before she is aware", "/aware_at")
    filed = w.csirt.must_file("incident", "emergency_filing", fields, on_behalf=came(3))
    count.equal(filed["state"], "unverified", "held")
    rows = w.csirt.need(200, "GET", "/api/v1/emergency/queue")["reports"]
    count.equal([(r["case"], r["recorded_from"]) for r in rows], [(filed["case"], "phone")], "it stands in the queue, with how it came")
    w.csirt.must_file("incident", "identity_confirmed", {"how": "register_number", "number_called": "+999 1 234 56 78", "entity": w.entity}, case=filed["case"])
    seen = w.company.need(200, "GET", f"/api/v1/cases/{filed['case']}")
    count.equal((seen["state"], seen["entity"]), ("reported", w.entity), "confirmed and attached in one step")


def by_command(w):
    """The same from the command line."""
    token = w.node.folder + "/token"
    with open(token, "w", encoding="utf-8") as file:
        file.write(w.csirt.make_token("intake", ["read", "file"]) + "\n")
    how = [word for name, value in came(1, channel="fax").items() for word in ("--on-behalf", f"{name}={value}")]
    run = subprocess.run([v.VARDE, "file", "incident", "early_warning", "-", "--entity", w.entity, "--url", w.node.url, "--data", w.node.folder, "--token-file", token, "--json", *how],
                         input=json.dumps(v.early_warning(aware_hours_ago=2)), capture_output=True, text=True, check=False)
    if count.equal(run.returncode, 0, f"recorded from the command line: {run.stdout}{run.stderr}"):
        read = w.csirt.need(200, "GET", f"/api/v1/filings/{json.loads(run.stdout)['filing']}")
        count.equal(read["fields"]["on_behalf"]["channel"], "fax", "with how it came")


def registration_on_paper(w):
    """The authority records a registration that came by post; nobody has the right to act for the entity by that."""
    filed = w.ca.file("registration", "registration", v.registration("Oxquafnor Food (invented)", ["FO_FOOD"]), on_behalf=came(30, channel="mail"))
    count.status(filed, 201, "a registration on paper")
    count.status(w.ca.get(f"/api/v1/entities/{filed.json['entity']}"), 200, "it is on the register")
    mandates = w.ca.get(f"/api/v1/mandates?entity={filed.json['entity']}")
    count.check(mandates.status != 200 or mandates.json.get("mandates") == [], f"and nobody acts for it yet: {mandates}")


def downtimes(w):
    """A stop, a crash and a declared outage; beside what is late."""
    late = w.company.must_file("incident", "early_warning", v.early_warning(aware_hours_ago=25.5), entity=w.entity)["case"]

    def duty():
        return [d for d in w.company.need(200, "GET", f"/api/v1/cases/{late}")["duties"] if d["duty"] == "early_warning"][0]

    count.equal((duty()["status"], duty().get("downtimes")), ("done_late", None), "late, and nothing was down")
    outage = w.csirt.must_file("availability", "outage_declared", {"from_at": v.instant(-6 * 3600), "until_at": v.instant(-2 * 3600), "what": "portal",
                                                                   "ground": "The provider's line was cut."})
    beside = duty().get("downtimes")
    count.equal([(d["kind"], d["case"]) for d in beside or []], [("declared", outage["case"])], "the outage stands beside; the duty stays late")
    count.equal(duty()["status"], "done_late", "it excuses nothing by itself")
    count.problem(w.csirt.file("availability", "outage_declared", {"from_at": v.instant(-3600), "until_at": v.instant(-7200), "what": "mail", "ground": "x"}), 422,
                  "availability.until_before_from", "an end before the beginning")
    count.status(w.company.file("availability", "outage_declared", {"from_at": v.instant(-3600), "what": "mail", "ground": "x"}), 403, "a company declares none")
    w.csirt.must_file("availability", "outage_set_aside", {"reason": "Another state's line."}, case=outage["case"])
    count.equal(duty().get("downtimes"), None, "set aside: shown no more")
    w.node.stop()
    time.sleep(2.5)
    w.node.start()
    for person in w.people():
        person.move(w.node.url)
    w.node.kill_tree()
    time.sleep(2.5)
    w.node.start()
    for person in w.people():
        person.move(w.node.url)
    listed = w.company.need(200, "GET", "/api/v1/downtimes")["downtimes"]
    count.equal([d["kind"] for d in listed], ["crash", "stop"], f"the node found its own downtimes: {listed}")
    count.check(all(2 <= v.seconds_of(d["to"]) - v.seconds_of(d["from"]) < 30 for d in listed), "with their length")
    count.problem(w.company.get("/api/v1/downtimes?from=x"), 422, "time.format", "a time that is none")


def rebuilt(w):
    """What is derived comes out the same from the log alone; law replay finds no difference."""
    w.node.stop()

    def rows():
        import sqlite3
        base = sqlite3.connect(w.node.folder + "/node.db")
        tables = [base.execute(f"SELECT * FROM {t} ORDER BY 1").fetchall() for t in ("intake", "outage")]
        tables.append(base.execute("SELECT id, workspace, entity_id, state FROM case_file ORDER BY id").fetchall())
        tables.append(base.execute("SELECT id, workspace, entity_id, received_ms FROM filing ORDER BY id").fetchall())
        base.close()
        return tables

    before = rows()
    run = subprocess.run([v.VARDE, "rebuild", w.node.folder], capture_output=True, text=True, check=False)
    count.equal(run.returncode, 0, f"rebuild: {run.stdout}{run.stderr}")
    count.check(rows() == before and len(before[0]) == 5, f"the same tables: {json.dumps(before[0])}")
    run = subprocess.run([v.VARDE, "law", "replay", w.node.folder], capture_output=True, text=True, check=False)
    count.equal(run.returncode, 0, f"replay: {run.stdout}{run.stderr}")


def main():
    w = World()
    try:
        case = by_telephone(w)
        what_is_refused(w, case)
        emergency_by_telephone(w)
        by_command(w)
        registration_on_paper(w)
        downtimes(w)
        rebuilt(w)
    finally:
        w.node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
