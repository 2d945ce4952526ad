#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""ENISA's registry on the Union's node (Article 27): a state's node makes its extract and signs it, its single point of contact hands in the
file as it came, ENISA searches what two states say of one entity, and the authority of another state asks for access, reads within its bounds
and reads no more once it was revoked. With everything that is refused on the way, and the same after a rebuild."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import time

import varde_client as v

count = v.Count()
PASSWORD = "a row of stones by the water"
ENTRIES = "/api/v1/registry/enisa/entries"
DAY = 86400


def day(seconds=0):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + seconds))


def upload(client, name, data):
    return client.need(201, "POST", f"/api/v1/attachments?name={name}", data, kind="application/octet-stream")["id"]


def hand_in(client, state, data, envelope=None, case=None):
    files = [upload(client, "extract.json", data)] + ([upload(client, "extract.envelope", envelope)] if envelope else [])
    return client.file("registry_extract", "extract", {"state": state, "extract": "enisa"}, case=case, attachments=files)


def of_state(node):
    """Three entities on the register of a state's node, and what its single point of contact gets for ENISA."""
    admin = node.administrator()
    ca = node.officer(admin, "ca@state.example", "Officer of the authority", "ca", PASSWORD)
    spoc = node.officer(admin, "spoc@state.example", "Officer of the contact point", "spoc", PASSWORD)
    company = node.person("cloud@state.example", "Cloud company", "a quiet harbour at dusk")
    made = {}
    for name, kind in (("North Cloud (invented)", "DI_CLOUD"), ("Market Square (invented)", "DP_MARKET"), ("Quiet Names (invented)", "DI_DNS")):
        filed = company.must_file("registration", "registration", v.registration(name, [kind], main_establishment="BE", services_states=["BE", "LU"], ip_ranges=["192.0.2.0/24"]))
        ca.must_file("registration", "approval", {"class": "important"}, case=filed["case"])
        made[kind] = filed
    return ca, spoc, company, made


def bundle(spoc, query=""):
    got = spoc.need(200, "GET", "/api/v1/registry/enisa?format=bundle" + query)
    return base64.b64decode(got["content"]), got["envelope"].encode(), got["version"]


def forwarded(spoc, version):
    spoc.must_file("registry_forwarding", "forwarding", {"extract": "enisa", "version": version, "sent_on": day(), "way": "ENISA's node."})


def refused_files(spoc_be, spoc_lu, package):
    """Whatever is wrong is named by its place, and nothing is half taken."""
    def refused(change, rule, pointer=None, who=spoc_be, state="BE"):
        wrong = json.loads(package)
        change(wrong)
        count.problem(hand_in(who, state, json.dumps(wrong).encode()), 422, rule, f"refused by {rule}", pointer)

    def line(member, value):
        return lambda p: p["changed"][1]["entry"].__setitem__(member, value)

    count.problem(spoc_be.file("registry_extract", "extract", {"state": "BE", "extract": "enisa"}), 422, "registry.file", "without a file")
    count.problem(hand_in(spoc_be, "BE", b"name,types\n"), 400, "json.syntax", "no extract at all")
    refused(lambda p: p.update(state="FR"), "registry.state", "/attachments/0/state")
    refused(lambda p: None, "registry.state", "/attachments/0/state", spoc_lu, "LU")
    refused(line("ip_ranges", ["192.0.2.0/24"]), "registry.attribute", "/attachments/0/changed/1/entry")
    refused(line("types", ["EN_EL_DSO"]), "registry.types", "/attachments/0/changed/1/entry/types")
    refused(line("types", ["NO_SUCH"]), "field.choice", "/attachments/0/changed/1/entry/types/0")
    refused(line("name", None), "registry.name", "/attachments/0/changed/1/entry/name")
    refused(line("contacts", [{"role": "security", "email": "nowhere", "phone": "+3225550100"}]), "field.type", "/attachments/0/changed/1/entry/contacts/0/email")
    refused(lambda p: p["changed"].append(p["changed"][0]), "registry.twice", "/attachments/0/changed")
    refused(lambda p: p["removed"].append("E0000000000000000"), "registry.gap", "/attachments/0/removed/0")
    refused(lambda p: p["changed"].pop(), "registry.gap", "/attachments/0/total")
    refused(lambda p: p.update(is_exercise=True), "registry.exercise", "/attachments/0/is_exercise")
    count.problem(spoc_lu.file("registry_extract", "extract", {"state": "BE", "extract": "enisa"}, attachments=[upload(spoc_lu, "x.json", package)]), 422, "field.own", "for another state")


def handed_in(spoc, enisa, be, node_be):
    """The file as it came, signed; then differences alone, a gap, and the whole."""
    ca, home, company, made = be
    package, envelope, version = bundle(home)
    refused_files(spoc["BE"], spoc["LU"], package)
    count.equal(enisa.need(200, "GET", ENTRIES)["entries"], [], "nothing of it was taken")
    enisa.must_file("peer", "peer", {"state": "BE", "way": "node", "office": "SPOC", "log_key": node_be.key}, **{"as": "enisa"})
    count.problem(hand_in(spoc["BE"], "BE", package.replace(b"North", b"South"), envelope), 422, "registry.signature", "another file than the signed one")
    first = hand_in(spoc["BE"], "BE", package, envelope)
    count.status(first, 201, "the file as it came, with its envelope")
    case = first.json["case"]
    forwarded(home, version)
    sender = enisa.need(200, "GET", "/api/v1/registry/enisa/senders")["senders"][0]
    count.equal((sender["state"], sender["total"], sender["held"], sender["signature"], sender["filing"]), ("BE", 3, 3, "verified", first.json["filing"]), "what the state handed in, verified")
    count.problem(hand_in(spoc["BE"], "BE", package, envelope, case), 422, "registry.again", "twice")
    count.problem(hand_in(spoc["BE"], "BE", package), 422, "registry.case", "in a case of its own")
    # what changed, and what is gone
    company.must_file("registration", "change_notice", {"changed_on": day(), "services_states": ["BE", "LU", "FR"]}, case=made["DI_CLOUD"]["case"])
    missed, _, version = bundle(home)
    forwarded(home, version)
    company.must_file("registration", "change_notice", {"changed_on": day(), "services_states": ["BE"]}, case=made["DP_MARKET"]["case"])
    late, envelope, version = bundle(home)
    answer = hand_in(spoc["BE"], "BE", late, envelope, case)
    count.status(answer, 201, "the next differences")
    count.problem(hand_in(spoc["BE"], "BE", missed, None, case), 422, "registry.older", "an older one after it")
    whole, envelope, _ = bundle(home, "&whole=true")
    answer = hand_in(spoc["BE"], "BE", whole, envelope, case)
    count.status(answer, 201, "the whole sets right what was lost")
    cloud = enisa.need(200, "GET", ENTRIES + "?type=DI_CLOUD")["entries"]
    count.equal([(e["id"], e["entry"]["services_in"], e["filing"]) for e in cloud], [(f"BE:{made['DI_CLOUD']['entity']}", ["BE", "LU", "FR"], answer.json["filing"])], "each row with its state and filing")
    ca.must_file("registration", "deregistration", {"effective_on": day(), "reason": "It offers no such service any more."}, case=made["DI_DNS"]["case"])
    package, envelope, version = bundle(home)
    count.status(hand_in(spoc["BE"], "BE", package, envelope, case), 201, "what is no longer on the state's register")
    forwarded(home, version)
    names = [e["entry"]["name"] for e in enisa.need(200, "GET", ENTRIES)["entries"]]
    count.equal(names, ["Market Square (invented)", "North Cloud (invented)"], "is in the registry no more; by name")
    return case


def of_two_states(spoc, enisa, package):
    """An entity in two registers is seen as such, with what they say otherwise. A person says what it is; nothing is merged."""
    other = json.loads(package)
    entry = next(c for c in other["changed"] if c["entry"]["types"] == ["DI_CLOUD"])
    entry["entity"] = "E" + "7" * 16
    entry["entry"].update(name="NORTH  cloud (invented)", main_establishment=None,
                          representative={"name": "A law firm", "address": "Rue 1", "country": "LU", "email": "north@firm.example", "phone": "+352123456"})
    other.update(state="LU", version="f" * 32, total=1, changed=[entry], removed=[])
    count.status(hand_in(spoc["LU"], "LU", json.dumps(other).encode()), 201, "another state's, without a signature")
    senders = {s["state"]: s["signature"] for s in enisa.need(200, "GET", "/api/v1/registry/enisa/senders")["senders"]}
    count.equal(senders, {"BE": "verified", "LU": "none"}, "what is signed, and what is not")
    pair = enisa.need(200, "GET", "/api/v1/registry/enisa/pairs?verdict=proposed")["pairs"]
    count.equal(len(pair), 1, f"one pair is proposed: {pair}")
    one, there = pair[0]["one"], pair[0]["other"]
    count.check(one.startswith("BE:") and there.startswith("LU:"), "of two states")
    differ = {d["attribute"]: (d["one"], d["other"]) for d in pair[0]["differences"]}
    count.check({"name", "main_establishment", "representative"} <= set(differ) and differ["main_establishment"] == ("BE", None),
                f"what they say otherwise: {differ}")
    row = next(e for e in enisa.need(200, "GET", ENTRIES)["entries"] if e["id"] == one)
    count.equal([(o["id"], o["verdict"], o["alike_in"]) for o in row["others"]], [(there, "proposed", pair[0]["alike_in"])], "the row says so")
    decided = {"extract": "enisa", "entries": [{"name": one}, {"name": there}], "verdict": "same", "ground": "Asked both contact points."}
    count.problem(enisa.file("registry_identity", "identity_decision", {**decided, "entries": [{"name": one}, {"name": "LU:E" + "8" * 16}]}), 422, "registry.entry", "an entry that is not there", "/fields/entries/1/name")
    count.problem(enisa.file("registry_identity", "identity_decision", {**decided, "entries": [{"name": one}, {"name": one}]}), 422, "registry.one_state", "an entry and itself")
    count.status(spoc["LU"].file("registry_identity", "identity_decision", decided), 403, "a contact point does not decide")
    filing = enisa.must_file("registry_identity", "identity_decision", decided)["filing"]
    read = enisa.need(200, "GET", f"{ENTRIES}/{there}")
    count.equal([(o["id"], o["verdict"], o["decided_by"]) for o in read["others"]], [(one, "same", filing)], "a person said it")
    count.check(read["entry"]["name"] == "NORTH  cloud (invented)" and read["others"][0]["differences"], "both stay as they were given")
    count.equal(enisa.need(200, "GET", "/api/v1/registry/enisa/pairs?verdict=proposed")["pairs"], [], "nothing is left to look at")
    return one, there


def searched(spoc, enisa):
    def names(query, who=enisa):
        return [e["entry"]["name"] for e in who.pages(ENTRIES + query, "entries", 1)]

    count.equal(names(""), ["Market Square (invented)", "NORTH  cloud (invented)", "North Cloud (invented)"], "all, page by page")
    count.equal((names("?state=LU"), names("?type=DP_MARKET"), names("?name=NORTH%20C")), (["NORTH  cloud (invented)"], ["Market Square (invented)"], ["North Cloud (invented)"]), "by state, type and name")
    count.equal(names("?text=north@firm"), ["NORTH  cloud (invented)"], "by any text of the entry")
    table = enisa.get(ENTRIES + "?format=csv&type=DI_CLOUD")
    lines = table.data.decode().split("\r\n")
    count.check(table.header("content-type").startswith("text/csv") and lines[0].startswith("id,state,name,types,") and len(lines) == 4, f"as CSV: {lines[:2]}")
    first = enisa.get(ENTRIES + "?format=csv&limit=1")
    count.check("North Cloud" not in first.data.decode() and enisa.get(f"{ENTRIES}?format=csv&limit=1&cursor={first.header('varde-next')}").status == 200, "page by page too")
    count.equal(names("", spoc["BE"]), ["Market Square (invented)", "North Cloud (invented)"], "a contact point reads what its state handed in")
    count.status(enisa.get(ENTRIES + "?state=BE&colour=red"), 422, "an unknown parameter")
    count.status(enisa.get("/api/v1/registry/nowhere/entries"), 404, "an unknown registry")


def access(eu, admin, enisa, spoc, cloud):
    """Asked for, granted within bounds, read and noted, revoked; refused with a ground; over by its day."""
    authority = eu.officer(admin, "ca-fr@state.example", "Officer of a French authority", "authority-member-fr", PASSWORD)
    other = eu.officer(admin, "ca-ee@state.example", "Officer of an Estonian authority", "authority-member-ee", PASSWORD)
    count.problem(authority.get(ENTRIES), 403, "registry.access", "nothing before it was granted")
    wanted = {"state": "FR", "extract": "enisa", "purpose": "Which clouds serve our hospitals.", "until": day(90 * DAY)}
    count.problem(authority.file("registry_access", "access_request", {**wanted, "state": "DE"}), 422, "field.own", "for another state")
    count.problem(authority.file("registry_access", "access_request", {**wanted, "purpose": None}), 422, "field.required", "without purpose", "/purpose")
    case = authority.must_file("registry_access", "access_request", wanted)["case"]
    count.status(other.get(f"/api/v1/cases/{case}"), 404, "another authority does not know of it")
    count.equal([d["status"] for d in enisa.need(200, "GET", f"/api/v1/cases/{case}")["duties"]], ["open"], "ENISA is to decide")
    bounds = {"extract": "enisa", "sectors": ["digital_infrastructure"], "withheld": ["contacts"], "until": day(30 * DAY)}
    count.status(authority.file("registry_access", "access_grant", bounds, case=case), 403, "nobody grants it to herself")
    count.problem(enisa.file("registry_access", "access_grant", {**bounds, "until": day(-2 * DAY)}, case=case), 422, "registry_access.until_past", "a day that is over")
    enisa.must_file("registry_access", "access_grant", bounds, case=case)
    rows = authority.need(200, "GET", ENTRIES)["entries"]
    count.equal([r["entry"]["name"] for r in rows], ["NORTH  cloud (invented)", "North Cloud (invented)"], "within the bounds of the sector")
    count.check(all("contacts" not in r["entry"] and "address" in r["entry"] for r in rows), "what is kept back is not there")
    count.equal([o["verdict"] for o in rows[0]["others"]], ["same"], "what was said of the two is")
    count.equal(authority.need(200, "GET", ENTRIES + "?text=%40company")["entries"], [], "nor is it found by")
    count.check("contacts" in enisa.need(200, "GET", f"{ENTRIES}/{cloud}")["entry"], "ENISA sees all of it")
    market = enisa.need(200, "GET", ENTRIES + "?type=DP_MARKET")["entries"][0]["id"]
    count.status(authority.get(f"{ENTRIES}/{market}"), 404, "what lies outside the bounds is not there")
    count.check("Market" not in authority.get(ENTRIES + "?format=csv").data.decode(), "in the table neither")
    count.problem(authority.get("/api/v1/registry/enisa/pairs"), 403, "registry.keeper", "comparing is ENISA's")
    grants = authority.need(200, "GET", "/api/v1/registry/enisa/grants")["grants"]
    count.equal([(g["office"], g["is_in_force"], g["bounds"]["sectors"]) for g in grants], [("authority-member-fr", True, ["digital_infrastructure"])], "one's own grant")
    read = [(r["kind"], r["resource"], r["office"]) for r in admin.need(200, "GET", "/api/v1/reads")["items"]]
    count.check(("entry", cloud, "authority-member-fr") in read, f"who read what is noted: {read[:3]}")
    count.problem(other.get(ENTRIES), 403, "registry.access", "another authority reads nothing by it")
    refused = other.must_file("registry_access", "access_request", {**wanted, "state": "EE", "until": None})["case"]
    enisa.must_file("registry_access", "access_refusal", {"ground": "no_purpose", "reasons": "Not a task."}, case=refused)
    count.status(enisa.file("registry_access", "access_grant", bounds, case=refused), 422, "what was refused is over")
    # a later grant replaces the one before
    enisa.must_file("registry_access", "access_grant", {"extract": "enisa", "types": ["DP_MARKET"], "states": ["BE"], "until": day(30 * DAY)}, case=case)
    count.equal([r["id"] for r in authority.need(200, "GET", ENTRIES)["entries"]], [market], "other bounds now")
    return authority, case


def held_back(enisa, authority, case_be):
    """What was spilled is in no list any more."""
    market = enisa.need(200, "GET", ENTRIES + "?type=DP_MARKET")["entries"][0]
    enisa.must_file("registry_extract", "spill", {"filing": market["filing"], "kind": "recipient", "reason": "It was not meant for the registry."}, case=case_be)
    count.equal(authority.need(200, "GET", ENTRIES)["entries"], [], "frozen: gone for the authority")
    count.equal(enisa.need(200, "GET", ENTRIES + "?type=DP_MARKET")["entries"], [], "and for ENISA's list")


def by_command_line(be, eu, home, spoc_lu, enisa):
    """The same for people at a terminal: write the extract as it is signed, hand it in, search."""
    def run(client, node, *words):
        env = dict(os.environ, VARDE_URL=node.url, VARDE_TOKEN=client.make_token("terminal", ["read", "file"]))
        done = subprocess.run([v.VARDE, *words, "--cacert", node.certificate], capture_output=True, text=True, check=False, env=env)
        return done.returncode, done.stdout + done.stderr

    with tempfile.TemporaryDirectory() as folder:
        file = folder + "/be.json"
        code, said = run(home, be, "registry", "enisa", "--whole", "--into", file)
        count.check(code == 0 and json.load(open(file, encoding="utf-8"))["is_whole"] and open(file + ".envelope", encoding="utf-8").read().startswith("varde-envelope/1"), f"written: {said}")
        code, said = run(spoc_lu, eu, "file", "registry_extract", "extract", "--attach", file, "--attach", file + ".envelope", "--set", "state=LU", "--set", "extract=enisa")
        count.check(code == 1 and "another Member State" in said, f"of another state it is refused here too: {code} {said}")
    code, said = run(enisa, eu, "entries", "enisa", "--state", "BE", "--name", "north")
    count.check(code == 0 and said.startswith("BE:E") and "North Cloud (invented)" in said and "(same: LU:" in said, f"found: {said}")
    code, said = run(enisa, eu, "entries", "enisa", "--csv")
    count.check(code == 0 and said.startswith("id,state,name,"), f"as CSV: {said[:80]}")
    for name, wanted in (("pairs", "same"), ("senders", "verified"), ("grants", "in force")):
        code, said = run(enisa, eu, "entries", "enisa", "--list", name)
        count.check(code == 0 and wanted in said, f"{name}: {code} {said}")
    count.equal(run(enisa, eu, "entries", "enisa", "--list", "wishes")[0], 2, "no such list")


def again(eu, people, enisa, authority):
    """The same out of the log."""
    def seen():
        return [who.need(200, "GET", f"/api/v1/registry/enisa/{what}") for who, what in ((enisa, "entries"), (enisa, "pairs"), (enisa, "senders"), (enisa, "grants"), (authority, "entries"))]

    before = seen()
    eu.stop()
    for words in (["rebuild"], ["law", "replay"]):
        run = subprocess.run([v.VARDE, *words, eu.folder], capture_output=True, text=True, check=False)
        count.equal(run.returncode, 0, f"{words}: {run.stdout[-300:]}{run.stderr[-300:]}")
    eu.start()
    for who in people:
        who.move(eu.url)
    count.equal(seen(), before, "the same after a rebuild")


def main():
    be = v.Node(state="BE")
    eu = v.Node(state="EU")
    try:
        be.start()
        eu.start()
        state = of_state(be)
        admin = eu.administrator()
        enisa = eu.officer(admin, "enisa@union.example", "Officer of ENISA", "enisa", PASSWORD)
        spoc = {s: eu.officer(admin, f"spoc-{s.lower()}@state.example", f"SPOC {s}", f"spoc-member-{s.lower()}", PASSWORD) for s in ("BE", "LU")}
        case_be = handed_in(spoc, enisa, state, be)
        cloud, _ = of_two_states(spoc, enisa, bundle(state[1], "&whole=true")[0])
        searched(spoc, enisa)
        authority, case = access(eu, admin, enisa, spoc, cloud)
        by_command_line(be, eu, state[1], spoc["LU"], enisa)
        again(eu, [enisa, authority, spoc["BE"], admin], enisa, authority)
        held_back(enisa, authority, case_be)
        enisa.must_file("registry_access", "access_revocation", {"reasons": "The purpose is fulfilled."}, case=case)
        count.problem(authority.get(ENTRIES), 403, "registry.access", "revoked: at once")
    finally:
        be.close()
        eu.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
