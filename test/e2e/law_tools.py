#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The law as people compare it: what each of the 27 national packs holds against a table typed by hand, `varde law diff`, the proposal on a
register, and other acts on one incident; over the command line and the API of a real node."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from varde_client import Count, Node, ROOT, VARDE, early_warning, registration

# State: transposed, from (None: not known), act, competent authority, CSIRT, SPOC, portal; each body with its grade (c: confirmed, m: from
# memory), None: unknown. Typed from the reference table of November 2026, not read from the packs.
STATES = {
    "AT": (True, "2026-10-01", "NISG 2026, BGBl I 94/2025", ("Bundesamt für Cybersicherheit (BMI)", "c"), ("GovCERT, CERT.at", "c"), ("Bundesamt für Cybersicherheit (BMI)", "m"), ("nis2.cert.at", "c")),
    "BE": (True, "2024-10-18", "Law of 26 April 2024", ("CCB, with sector authorities", "c"), ("CERT.be (CCB)", "c"), ("CCB", "m"), ("notif.safeonweb.be; Safeonweb@Work", "c")),
    "BG": (True, None, "Cybersecurity Act as amended, SG 17/2026", ("Ministry of e-Governance, with sector authorities", "c"), ("CERT Bulgaria", "c"), ("Ministry of e-Governance", "m"), None),
    "HR": (True, "2024-02-15", "Act NN 14/2024, Regulation NN 135/2024", ("ZSIS, SOA/NCSC-HR, with sector authorities", "c"), ("NCSC-HR, CERT.hr", "c"), ("NCSC-HR", "m"), ("PiXi", "c")),
    "CY": (True, None, "Law 60(I)/2025", ("DSA", "c"), ("CSIRT-CY", "c"), ("DSA", "m"), None),
    "CZ": (True, "2025-11-01", "Act 264/2025, decrees 408-410/2025", ("NÚKIB", "c"), ("GovCERT.CZ, CSIRT.CZ", "m"), ("NÚKIB", "m"), ("Portál NÚKIB", "c")),
    "DK": (True, "2025-07-01", "Act 434/2025", ("sector authorities; Agency for Digital Government and others", "m"), ("national CSIRT (SAMSIK)", "m"), ("Danish Resilience Agency", "m"), ("virk.dk", "m")),
    "EE": (True, "2026-01-01", "KüTS as amended", ("RIA", "c"), ("CERT-EE", "m"), ("RIA", "m"), ("raport.cert.ee", "m")),
    "FI": (True, "2025-04-08", "Act 124/2025", ("seven or more sector authorities", "m"), ("NCSC-FI (Traficom)", "m"), ("Traficom NCSC-FI", "c"), None),
    "FR": (False, None, "Loi Résilience (pending)", None, None, None, None),
    "DE": (True, "2025-12-06", "BSIG 2025, BGBl 2025 I 301", ("BSI, with BNetzA and others", "c"), ("CERT-Bund (BSI)", "c"), ("BSI", "c"), ("BSI portal (ELSTER login)", "c")),
    "EL": (True, None, "Law 5160/2024, Law 5305/2026", ("National Cybersecurity Authority", "m"), ("NCSA CSIRT", "m"), ("NCSA", "m"), None),
    "HU": (True, "2025-01-01", "Act LXIX/2024, Decree 418/2024", ("SZTFH", "c"), ("NKI", "m"), ("NKI", "m"), None),
    "IE": (False, None, "bill (pending)", ("NCSC, with sector authorities (planned)", "c"), ("CSIRT-IE", "m"), ("NCSC", "m"), None),
    "IT": (True, "2024-10-16", "D.Lgs 138/2024", ("ACN, with sector authorities", "c"), ("CSIRT Italia (ACN)", "c"), ("ACN", "m"), ("csirt.gov.it/segnalazione; ACN services portal", "c")),
    "LV": (True, "2024-09-01", "National Cybersecurity Law", ("NKDC", "m"), ("CERT.LV", "m"), ("NKDC", "m"), None),
    "LT": (True, "2024-10-18", "Law XIV-2902", ("NKSC", "c"), ("NKSC/CERT-LT", "m"), ("NKSC", "m"), ("KSIS", "m")),
    "LU": (True, None, "Law of 5 May 2026, Mém. A 225", ("ILR; CSSF for finance", "c"), ("CIRCL, GOVCERT.LU", "c"), ("HCPN", "m"), ("SERIMA", "c")),
    "MT": (True, None, "S.L. 460.41", ("CIPD", "m"), ("CSIRTMalta", "m"), ("CIPD", "m"), None),
    "NL": (True, "2026-08-15", "Cyberbeveiligingswet, Stb 2026, 187", ("ministries' inspectorates (RDI and others)", "m"), ("NCSC-NL, with sector CSIRTs", "m"), ("NCSC", "m"), ("MijnNCSC", "c")),
    "PL": (True, "2026-04-03", "KSC Act as amended, signed 2026-02-19, Dz.U. 2026/252", ("sector ministers", "m"), ("CSIRT NASK, GOV, MON, with sector CSIRTs", "m"), ("Ministry of Digital Affairs", "m"), ("S46", "c")),
    "PT": (True, "2026-04-03", "DL 125/2025, Regulation 756/2026", ("CNCS, with sector authorities", "c"), ("CERT.PT", "m"), ("CNCS", "m"), None),
    "RO": (True, None, "OUG 155/2024, Law 124/2025", ("DNSC", "c"), ("DNSC/CERT-RO", "m"), ("DNSC", "m"), ("PNRISC", "m")),
    "SK": (True, "2025-01-01", "Act 69/2018 amended by 366/2024", ("NBÚ", "c"), ("SK-CERT", "m"), ("NBÚ", "m"), ("JISKB", "c")),
    "SI": (True, None, "ZInfV-1, UL 40/25", ("URSIV", "c"), ("SI-CERT", "c"), ("URSIV", "m"), None),
    "ES": (False, None, "draft law (pending)", ("planned national centre", "m"), ("INCIBE-CERT, CCN-CERT", "c"), ("DSN", "m"), None),
    "SE": (True, "2026-01-15", "Cybersäkerhetslag 2025:1506", ("sector authorities", "c"), ("CERT-SE", "c"), ("MCF (formerly MSB)", "m"), None),
}
GRADE = {"c": "confirmed", "m": "mem"}

# Clock profiles: the settings, and the periods of each clock that the state has of its own as (anchor, amount, unit); "absent": no such stage.
D24, D72 = ("aware_at", "24", "h"), ("aware_at", "72", "h")
DETECTION = {"settings": {"anchor": "detection"}, "early_warning": {("detected_at", "24", "h"), D24}, "notification": {("detected_at", "72", "h"), ("detected_at", "24", "h"), D72, D24}}
PROFILES = {
    "FI": ("D-det", DETECTION),
    "SI": ("D-det", DETECTION),
    "SK": ("D-det", {**DETECTION, "final_report": {("filed.notification", "30", "d")}}),
    "HR": ("HR", {"final_report": {("filed.notification", "30", "d")}, "interim_report": {("filed.notification", "7", "d")}}),
    "CZ": ("CZ", {"settings": {"anchor": "classification"}, "early_warning": {("assessed_at", "24", "h"), D24}, "notification": "absent", "final_report": {("handled_at", "30", "d")}}),
    "PT": ("PT", {"settings": {"anchor": "determination"}, "early_warning": {D24}, "notification": {D72, D24}, "end_notice": {("handled_at", "24", "h")}, "final_report": {("filed.handled_notice", "30", "wd")}}),
    "IT": ("IT", {"notification": {("filed.early_warning", "72", "h"), D72, D24}, "monthly_status": {("received_at", "1", "month")}}),
    "CY": ("CY", {"early_warning": {("aware_at", "6", "h"), D24}}),
    "EE": ("EE", {"settings": {"trigger": "possibly_significant"}}),
    "HU": ("HU", {"early_warning": {D24}, "notification": {D72, D24}}),
    "BE": ("BE", {"final_report": {("filed.notification", "1", "month"), ("filed.notification", "30", "d")}}),
    "DK": ("DK", {"settings": {"answer_is_firm": "yes"}}),
}
STAGES = {"early_warning", "notification", "final_report", "interim_report", "end_notice", "monthly_status"}

# What a profile must say (words that must stand in the value).
CELLS = {
    "AT": {"registration": "2027-01-01", "entities": "4 000"},
    "BE": {"receiving": "crisis centre", "measures": "CyFun", "thresholds": "August 2025", "entities": "2 410", "other": "80 %"},
    "CZ": {"entities": "6 000", "scope": "defence", "reporting": "authority decides"},
    "CY": {"reporting": "6 hours"},
    "DE": {"registration": "2026-03-06", "changes": "2 weeks", "scope": "28(3)", "fines": "500 million", "entities": "29 500"},
    "DK": {"receiving": "CSIRT", "reporting": "must answer"},
    "EE": {"reporting": "may be significant"},
    "ES": {"proceedings": "2026-07-08"},
    "FI": {"reporting": "detection"},
    "FR": {"scope": "operator of essential services", "entities": "15 000", "proceedings": "2026-07-08"},
    "HR": {"reporting": "48 hours and 7 days"},
    "HU": {"reporting": "not read"},
    "IE": {"registration": "not open", "proceedings": "2026-07-08"},
    "IT": {"registration": "1 January to 28 February", "reporting": "2026-01-15", "measures": "October 2026", "thresholds": "164179/2025", "fines": "1/20", "entities": "20 000"},
    "LU": {"thresholds": "first directive", "other": "crisis modes"},
    "NL": {"receiving": "CSIRT and supervisor", "entities": "8 000", "proceedings": "2026-07-08"},
    "PL": {"measures": "12 months", "fines": "two years", "entities": "10 000", "proceedings": "Tribunal", "other": "5G"},
    "PT": {"reporting": "30 working days"},
    "SI": {"reporting": "detection"},
    "SK": {"reporting": "detection"},
}
LANGUAGES = {"AT": "de", "BE": "nl fr de", "BG": "bg", "HR": "hr", "CY": "el", "CZ": "cs", "DK": "da", "EE": "et", "FI": "fi sv", "FR": "fr", "DE": "de", "EL": "el", "HU": "hu", "IE": "en ga",
             "IT": "it", "LV": "lv", "LT": "lt", "LU": "fr de", "MT": "mt en", "NL": "nl", "PL": "pl", "PT": "pt", "RO": "ro", "SK": "sk", "SI": "sl", "ES": "es", "SE": "sv"}


def varde(*words, code=0, stdin=None):
    done = subprocess.run([VARDE, *words], capture_output=True, input=stdin, timeout=120, check=False)
    count.equal(done.returncode, code, f"exit code of varde {' '.join(words)} ({done.stderr.decode()[:300]})")
    return done.stdout.decode()


def varde_json(*words, **more):
    return json.loads(varde(*words, "--json", **more))


def rows_of(shown, file):
    return {row["name"]: row["row"] for row in shown["rows"] if row["file"] == file}


def bodies_are_right(state, shown, wanted):
    directory = rows_of(shown, "directory.yaml")
    for role, cell in zip(("ca", "csirt", "spoc", "portal"), wanted):
        have = directory.get(role)
        if cell is None:
            count.equal(have, "unknown", f"{state} {role}")
            continue
        if count.check(isinstance(have, dict), f"{state} {role} is {have!r}"):
            count.equal((have["name"], have["certainty"]), (cell[0], GRADE[cell[1]]), f"{state} {role}")
            count.check(have["source"] and have["checked_on"], f"{state} {role} has source and day")


def clocks_are_right(state, shown):
    name, wanted = PROFILES.get(state, (None, {}))
    clocks = rows_of(shown, "clocks.yaml")
    count.equal(clocks.get("profile"), name, f"{state}'s profile")
    for setting, value in wanted.get("settings", {}).items():
        count.equal(clocks.get(setting), value, f"{state}'s setting {setting}")
    for stage in STAGES:
        have, want = clocks.get(stage), wanted.get(stage)
        if want == "absent":
            count.check(have is not None and have.get("absent") == "yes", f"{state} has no {stage}: {have}")
        elif want is None:
            count.equal(have, None, f"{state} has the Directive's {stage}")
        elif count.check(have is not None, f"{state} has a {stage} of its own"):
            periods = {(row["anchor"], row["amount"], row["unit"]) for row in have["rows"]}
            count.equal(periods, want, f"{state}'s {stage}")


def cells_are_right(state, shown):
    profile = rows_of(shown, "profile.yaml")
    wanted = CELLS.get(state, {})
    count.equal(profile["languages"]["value"], LANGUAGES[state].split(), f"{state}'s languages")
    count.equal(profile["languages"]["certainty"], "mem", f"{state}'s languages say from memory")
    for cell, value in profile.items():
        if cell == "languages":
            continue
        if cell not in wanted:
            count.equal(value, "unknown", f"{state}'s cell {cell}")
        elif count.check(isinstance(value, dict), f"{state}'s cell {cell} is {value!r}"):
            count.check(wanted[cell] in value["value"], f"{state}'s {cell}: {value['value']!r}")
            count.check(value["certainty"] in ("mem", "int", "web", "confirmed") and value["source"] and value["checked_on"], f"{state}'s {cell} has its source")


def packs(node):
    """Each cell of each of the 27 packs."""
    anyone = node.client()
    count.equal(anyone.get("/api/v1/law/rows?pack=national/be&at=2026-11-22").json, varde_json("law", "show", "national/be", "--at", "2026-11-22"), "varde law show says the same")
    count.equal(len(STATES), 27, "states in the table")
    count.check(set(CELLS) <= set(STATES) and set(LANGUAGES) == set(STATES), "states of the tables")
    for state, (is_transposed, begins, act, *bodies) in STATES.items():
        shown = anyone.get(f"/api/v1/law/rows?pack=national/{state.lower()}&at=2026-11-22").json
        count.equal((shown["transposed"], shown["from"], shown["law"]), (is_transposed, begins, act), f"{state}'s law")
        count.equal(shown["caution"] is None, is_transposed, f"{state} says whether it has transposed the Directive")
        bodies_are_right(state, shown, bodies)
        clocks_are_right(state, shown)
        cells_are_right(state, shown)
    count.equal(sorted(s for s, row in STATES.items() if not row[0]), ["ES", "FR", "IE"], "states without a law")


def differences():
    diff = varde_json("law", "diff", "eu/nis2", "national/cz")
    what = {(row["file"], row["name"]): row["what"] for row in diff["rows"]}
    count.check(diff["overlay"], "a state's pack is laid over the Union's")
    count.equal(what.get(("clocks.yaml", "notification")), "without", "CZ has no stage at 72 hours")
    count.equal(what.get(("clocks.yaml", "final_report")), "instead", "CZ has another final report")
    count.equal(what.get(("types.yaml", "CZ_DEFENCE")), "besides", "CZ adds a type")
    row = next(r for r in diff["rows"] if r["name"] == "final_report")
    count.check(row["article"] == "Act 264/2025" and row["before"]["article"] == "NIS2 23(4)(d)", f"articles of both: {row}")
    text = varde("law", "diff", "eu/nis2", "national/pt")
    count.check("Instead" in text and "Besides" in text and "Without" in text and "final_report_after_handling" in text, f"PT as text: {text[:300]}")
    count.check("Stattdessen" in varde("law", "diff", "eu/nis2", "national/pt", "--lang", "de"), "in German")
    count.check("not the law of the state" in varde("law", "diff", "eu/nis2", "national/fr"), "FR says that it has no law")
    between = varde_json("law", "diff", "national/be", "national/lu")
    count.check(not between["overlay"] and {r["what"] for r in between["rows"]} == {"instead", "besides", "without"}, "two states")
    days = varde_json("law", "diff", "national/de", "--at", "2025-12-05", "--then", "2025-12-06")
    count.check(days["rows"] and {r["what"] for r in days["rows"]} == {"besides"}, "DE's law begins on 6 December 2025")
    count.check(days["before"]["caution"] and not days["after"]["caution"], "the day before there was none")
    count.equal(varde_json("law", "diff", "national/de", "--at", "2026-01-01", "--then", "2026-02-01")["rows"], [], "nothing changed in between")
    varde("law", "diff", "eu/nis2", "national/xx", code=1)
    varde("law", "diff", "eu/nis2", code=2)
    varde("law", "show", "national/be", "--at", "tomorrow", code=2)


REGISTER = """id,state,types,staff,turnover,balance
hospital,BE,HE_PROVIDER,300,40000000,30000000
resolver,BE,DI_DNS,3,200000,100000
resolver-60,BE,DI_DNS,60,12000000,11000000
grid,DE,EN_EL_DSO,900,190000000,180000000
grid-large,DE,EN_EL_DSO,1000,1,1
both,LU,DI_DNS;DNRS,5,1,1
cable,PT,DI_SUBSEA,300,60000000,50000000
telecom,LU,DI_PECN,300,60000000,50000000
"""


def moves(rows):
    return {(r["sector"], r["size"], r["from"], r["to"]): r["entities"] for r in rows if not r["all_sectors"]}


def what_if(folder):
    """S01 and S05 of the cases, both ceilings, and a register that may name what only the proposal knows."""
    path = os.path.join(folder, "register.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(REGISTER)
    said = varde_json("law", "what-if", "eu/com-2026-13", path, "--at", "2026-11-22")
    count.check("Unofficial reading of secondary sources" in said["head"] and "Not comparable" in said["comparison"], f"the head: {said['head']} {said['comparison']}")
    count.equal(said["moves"], {"stays": 4, "leaves": 1, "enters": 1, "falls": 2, "rises": 0, "open": 0}, "moves")
    have = moves(said["rows"])
    count.equal(have.get(("digital_infrastructure", "micro", "essential", "out")), 1, "S01: a micro DNS provider is out")
    count.equal(have.get(("health", "small_mid_cap", "essential", "important")), 1, "S05: a hospital of 300 staff is important")
    count.equal(have.get(("digital_infrastructure", "micro", "essential", "domain_name_registration")), 1, "a registrar keeps its role")
    count.equal(have.get(("digital_infrastructure", "small_mid_cap", "out", "important")), 1, "a cable operator enters")
    count.equal([k for k in have if k[0] == "energy"], [], "900 staff exceed the Recommendation's ceiling")
    deal = varde_json("law", "what-if", "eu/com-2026-13", path, "--choose", "small_mid_cap=provisional_agreement", "--union")
    count.equal([k for k in moves(deal["rows"]) if k[0] == "energy"], [("energy", "small_mid_cap", "essential", "important")], "but not the provisional agreement's")
    count.check(deal["covers_union"] and "Not comparable" not in deal["comparison"], "a register of the Union is said to be one")
    by_size = varde_json("law", "what-if", "eu/com-2026-13", path, "--choose", "dns_class=by_size")
    count.equal(moves(by_size["rows"]).get(("digital_infrastructure", "medium", "essential", "important")), 1, "name servers by size")
    text = varde("law", "what-if", "eu/com-2026-13", path)
    count.check(text.startswith("Unofficial reading of secondary sources") and "Not comparable to the Commission's 28 700" in text, f"text: {text[:200]}")
    csv = varde("law", "what-if", "eu/com-2026-13", path, "--csv", "--lang", "de").splitlines()
    count.check(csv[0].startswith("# Nichtamtliche Lesart") and csv[2] == "sector,size,move,from,to,entities" and "health,small_mid_cap,falls,essential,important,1" in csv, f"CSV: {csv[:4]}")
    lines = json.dumps({"name": "A", "entity_types": ["HE_PROVIDER"], "staff": "300", "turnover_eur": "40000000", "balance_eur": "30000000"}) + "\n{]\n"
    said = json.loads(varde("law", "what-if", "eu/com-2026-13", "-", "--state", "BE", "--json", stdin=lines.encode(), code=1))
    count.equal((said["moves"]["falls"], said["unread"]), (1, 1), "lines as varde import takes them")
    varde("law", "what-if", "eu/nis2", path, code=2)
    varde("law", "what-if", "eu/com-2026-13", path, "--choose", "small_mid_cap=huge", code=2)


def never_law(node, folder):
    """A proposal changes nothing that a node says, and law check refuses one that could."""
    answer = node.client().post("/api/v1/scope", {"state": "BE", "types": ["HE_PROVIDER"], "staff": "300", "turnover": "40000000", "balance": "30000000"})
    count.equal(answer.json["class"], "essential", "law in force at the node")
    count.problem(node.client().post("/api/v1/scope", {"state": "BE", "types": ["DI_SUBSEA"]}), 422, "fact.value", "a proposed type is none here")
    packs = os.path.join(folder, "law")
    shutil.copytree(os.path.join(ROOT, "law"), packs)
    proposal = os.path.join(packs, "eu/com-2026-13")
    shutil.copy(os.path.join(packs, "eu/cra/clocks.yaml"), os.path.join(proposal, "clocks.yaml"))
    count.check("a proposal may not have a file that is read as law in force" in varde("law", "check", packs, code=1), "a clock in a proposal")
    os.remove(os.path.join(proposal, "clocks.yaml"))
    with open(os.path.join(proposal, "amend/ceilings.yaml"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(proposal, "amend/ceilings.yaml"), "w", encoding="utf-8") as file:
        file.write(text.replace("small_mid_cap: recommendation", "small_mid_cap: never"))
    count.check("the amended law can't be made" in varde("law", "check", packs, code=1), "a reading without its ceilings")


OUTAGE = {"types": ["DI_TSP"], "nis2_class": "essential", "significant": True, "trust_service_affected": True, "tsp_qualified": True, "significant_trust_breach": True,
          "dora_financial_entity": False, "personal_data_breach": True, "is_controller": True, "risk_unlikely": False,
          "occurred_at": "2026-11-22T08:00:00+01:00", "aware_at": "2026-11-22T20:00:00+01:00"}
NOBODY = "This does not notify them."


def reports(answer):
    return {r["report"]: r for r in answer["reports"]}


def due(answer, report, stage):
    return next(s["due_local"] for s in reports(answer)[report]["stages"] if s["stage"] == stage)


def acts(node):
    """C28, and the reports that stand beside it; the same over both; the versions of the proposed entry point."""
    text = json.dumps(OUTAGE).encode()
    said = json.loads(varde("acts", "-", "--state", "BE", "--at", "2026-11-22", "--json", stdin=text))
    count.check(said["head"].startswith(NOBODY) and said["foot"].startswith(NOBODY), "said first and last")
    count.equal(due(said, "eidas_qualified", "notification"), "2026-11-23T08:00:00+01:00", "C28: eIDAS counts from the incident")
    count.equal(due(said, "nis2_incident", "notification"), "2026-11-23T20:00:00+01:00", "C28: NIS2 from awareness")
    count.equal(due(said, "gdpr_breach", "notification"), "2026-11-25T20:00:00+01:00", "72 hours for the breach")
    count.equal([r["truth"] for r in (reports(said)["eidas_non_qualified"], reports(said)["dora_major_incident"], reports(said)["cra_incident"])], ["no", "no", "open"], "what else")
    plain = varde("acts", "-", "--state", "BE", "--lang", "fr", stdin=text)
    count.check(plain.startswith("Ceci ne les informe pas.") and plain.rstrip().endswith("s’adresser à chacun."), f"in French: {plain[:80]}")
    count.check("not the law of the state" in varde("acts", "-", "--state", "FR", stdin=text) and said["caution"] is None, "a state without a law says so")
    for state, is_said in (("FR", True), ("BE", False)):
        plain = varde("significance", "-", "--state", state, stdin=b'{"types": ["DI_CLOUD"]}')
        count.equal("not the law of the state" in plain, is_said, f"{state}: and where significance is asked")
    form = node.client().get("/api/v1/procedures/incident/documents/early_warning").json
    count.check("caution" in form and form["caution"] is None, "a form of a state with a law has no caution")
    other = Node(state="FR", name="Test node without a law").start()
    try:
        form = other.client().get("/api/v1/procedures/incident/documents/early_warning?language=fr").json
        count.check("n’est pas le droit de l’État" in (form["caution"] or ""), f"a form of a state without one says so, in French: {form['caution']}")
        company = other.person("security@one.example", "Desk", "a quiet harbour at dusk")
        filed = company.must_file("registration", "registration", registration("One (invented)"))
        count.check("not the law of the state" in (company.need(200, "GET", f"/api/v1/cases/{filed['case']}")["caution"] or ""), "and so does a case")
    finally:
        other.close()
    answer = node.client().post("/api/v1/acts?at=2026-11-22", OUTAGE)
    count.equal(answer.json, said, "the same over the API")
    count.problem(node.client().post("/api/v1/acts", {"weather": True}), 422, "acts.fact", "an unknown fact", "/weather")
    count.check(any(f["fact"] == "is_controller" for f in node.client().get("/api/v1/acts/facts").json["facts"]), "what can be said")
    proposed = {}
    for version in ("commission", "council", "parliament"):
        facts = {**OUTAGE, "high_risk": True} if version != "council" else OUTAGE
        proposed[version] = json.loads(varde("acts", "-", "--state", "BE", "--proposal", "eu/com-2025-837", "--choose", f"entry_point={version}", "--json", stdin=json.dumps(facts).encode()))
        count.check("not law" in proposed[version]["caution"], f"{version}: said to be no law")
    count.equal([reports(proposed[v])["nis2_incident"]["receiver"] for v in ("commission", "council", "parliament")], ["single_entry_point", "national_entry_point", "single_entry_point"], "who receives")
    count.equal([due(proposed[v], "gdpr_breach", "notification") for v in ("commission", "council")], ["2026-11-26T20:00:00+01:00", "2026-11-25T20:00:00+01:00"], "96 hours, or as now")
    count.equal([reports(proposed[v])["cra_incident"]["relation"] for v in ("council", "parliament")], ["counts", "parallel"], "23(12)")


def in_the_case(node):
    """The entity reads in its case what else may be asked, prefilled; the CSIRT does not."""
    admin = node.administrator()
    csirt = node.officer(admin, "csirt@law.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
    company = node.person("works@law.example", "Works (invented)", "a beacon on the hill 3")
    entity = company.must_file("registration", "registration", registration("Quilzarn Works (invented)", ["EN_EL_DSO"]))["entity"]
    filed = company.must_file("incident", "early_warning", early_warning(), entity=entity)
    case = company.need(200, "GET", f"/api/v1/cases/{filed['case']}")
    said = case.get("other_acts")
    if count.check(said is not None, "the case names other acts"):
        count.check(said["head"].startswith(NOBODY) and said["foot"].startswith(NOBODY), "said first and last in the case")
        breach = reports(said)["gdpr_breach"]
        nature = next(f for f in breach["fields"] if f["field"] == "nature")
        count.equal((nature["value"], nature["taken_from"]), ("Customers can't reach the service.", "summary"), "a field from the early warning")
        count.check(breach["truth"] == "open" and "is_controller" in breach["needs"], f"what would settle it: {breach['needs']}")
        count.check(any(s["due"] for s in breach["stages"]), "its time runs from the case's awareness")
        count.equal(reports(said)["dora_major_incident"]["truth"], "no", "no financial entity")
    count.check("other_acts" not in csirt.need(200, "GET", f"/api/v1/cases/{filed['case']}"), "the CSIRT has no such list")


def the_node_register(node):
    company = node.person("company@law.example", "Company (invented)", "a beacon on the hill 2")
    company.must_file("registration", "registration", {**registration("Quilzarn Hospital (invented)", ["HE_PROVIDER"]), "staff": "300", "turnover_eur": "40000000", "balance_eur": "30000000"})
    node.stop()
    said = varde_json("law", "what-if", "eu/com-2026-13", node.folder)
    count.equal((said["entities"], said["moves"]["falls"]), (2, 2), "a node's register")


def over_api(node):
    anyone = node.client()
    answer = anyone.get("/api/v1/law/diff?before=eu/nis2&after=national/cz")
    count.equal(answer.json, varde_json("law", "diff", "eu/nis2", "national/cz"), "the same over the API")
    answer = anyone.get("/api/v1/law/rows?pack=national/fr&at=2026-11-22")
    count.check(answer.status == 200 and answer.json["caution"] and not answer.json["transposed"], f"FR's rows: {answer}")
    count.problem(anyone.get("/api/v1/law/diff?before=eu/nis2&after=national/xx"), 422, "law.pack", "an unknown pack", "after")
    count.problem(anyone.get("/api/v1/law/rows?pack=eu/nis2&at=x"), 422, "api.query", "no date", "at")
    answer = anyone.get("/api/v1/law/articles?cite=23(4)(a)")
    count.equal(answer.json, varde_json("law", "article", "23(4)(a)", "--state", "BE"), "the rows of an article, the same over the API")
    count.check(any(row["file"] == "procedures/incident.yaml" and row["row"] == "early_warning" for row in answer.json["rows"]), "the early warning rests on 23(4)(a)")
    count.equal(len(anyone.get("/api/v1/law/articles").json["articles"]), 46, "the articles of the Directive")
    count.problem(anyone.get("/api/v1/law/articles?cite=23(4)(f)"), 422, "law.cite", "no such point", "cite")


def states_in_words(node):
    """What a state's pack says is said in French and German, by words of its own pack or of the Union's, for all to see as a courtesy."""
    count.check("bis zum 1. Januar 2027" in varde("law", "show", "national/at", "--lang", "de"), "a cell of Austria in German")
    count.check("relevés publics" in varde("law", "diff", "national/be", "national/lu", "--lang", "fr"), "where it was read, in French")
    everyone = node.client()
    for language, title, law in (("fr", "Autriche", "NISG 2026, BGBl I 94/2025"), ("de", "Österreich", "NISG 2026, BGBl. I Nr. 94/2025")):
        shown = everyone.need(200, "GET", f"/api/v1/law/rows?pack=national/at&language={language}")
        count.equal((shown["title"], shown["law"], shown["pack"]), (title, law, "national/at"), f"the pack in {language}")
        count.equal(shown["translation"]["status"], "courtesy", "no state approved it")
        answer = everyone.need(200, "POST", f"/api/v1/scope?language={language}", {"state": "LU", "types": ["EN_EL_DSO"], "staff": "300"})
        contacts = {contact["role"]: contact for contact in answer["contacts"]}
        count.check(contacts["ca"]["name"] in ("ILR ; CSSF pour la finance", "ILR; CSSF für den Finanzbereich"), f"whom to ask, in {language}: {contacts['ca']}")
        count.equal(contacts["csirt"]["name"], "CIRCL, GOVCERT.LU", "a proper name stays")
        count.equal(answer["translation"]["language_of_state"], True, "French and German are languages of Luxembourg, which approved nothing")
        page = everyone.get(f"/directory?language={language}").data.decode()
        count.check(contacts["ca"]["name"] in page and contacts["ca"]["source"] in page, "the page of authorities too")
    lists = {pack["id"]: pack for pack in everyone.need(200, "GET", "/api/v1/law/packs")["packs"]}
    count.equal([(p["languages"], p["official"]) for i, p in lists.items() if i.startswith("national/")], [(["en", "fr", "de"], [])] * 27, "27 packs, three languages, none approved")
    count.equal([lists[name]["proposal"] for name in ("eu/com-2026-13", "eu/nis2", "calendars", "national/at")], [True, False, False, False], "which are proposals")


def main():
    differences()
    node = Node()
    try:
        node.start()
        packs(node)
        over_api(node)
        states_in_words(node)
        with tempfile.TemporaryDirectory() as folder:
            what_if(folder)
            never_law(node, folder)
        acts(node)
        in_the_case(node)
        the_node_register(node)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    count = Count()
    sys.exit(main())
