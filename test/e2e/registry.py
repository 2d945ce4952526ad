#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""ENISA's registry on the Union's node (Article 27): a state's node makes its extract and signs it, its single point of contact hands in the
file as it came, ENISA searches what two states say of one entity, and the authority of another state asks for access, reads within its bounds
and reads no more once it was revoked. With everything that is refused on the way, and the same after a rebuild."""
import base64
import json
import subprocess
import sys
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
        handed_in(spoc, enisa, state, be)
    finally:
        be.close()
        eu.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
