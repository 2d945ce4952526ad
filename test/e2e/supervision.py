#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Supervision: one essential entity from inspection to ban and lifting, one important entity to a fine, with served letters; what each
entity sees and what it never sees; what the law refuses, and the step taken against a rule by the head with a second person."""
import json
import subprocess
import sys
import tempfile
import time

import varde_client as v

count = v.Count()
SUPERVISION = "supervision"
WEIGHED = {"serious": ["instructions_ignored"], "seriousness": "Grave.", "duration": "Half a year.", "previous": "None.", "damage": "None known.",
           "intent": "Negligence.", "mitigation": "Some.", "codes": "None.", "cooperation": "Slow.",
           "reasoning": "The policies of Article 21 are missing since May.", "remedies": "Administrative court, 40 days."}
LETTER = {"language": "fr", "addressee": "Entity\nStreet 1\n0000 Town", "signer": "A. Head, office", "way": "portal"}


def offices(text):
    return text[:text.index("offices:")] + ("offices:\n"
                                            "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                                            "  - {id: ca, kind: ca, name: Authority}\n"
                                            "  - {id: spoc, kind: spoc, name: Single point of contact}\n")


class Case:
    """A case of supervision: the authority files, the company answers."""

    def __init__(self, ca, company, filed):
        self.ca, self.company, self.id = ca, company, filed["case"]
        self.path = f"/api/v1/cases/{self.id}"

    def act(self, document, fields, who=None):
        return (who or self.ca).must_file(SUPERVISION, document, fields, case=self.id)["filing"]

    def refuse(self, document, fields, rule, article, what, who=None):
        answer = (who or self.ca).file(SUPERVISION, document, fields, case=self.id)
        errors = {e["rule"]: e.get("article") for e in answer.errors()} if answer.is_problem() else {}
        count.check(answer.status == 422 and errors.get(rule) == article, f"{what}: refused by {rule}, {article}: {answer}")

    def state(self, who=None):
        return (who or self.ca).need(200, "GET", self.path)["state"]

    def documents(self, who):
        return [f["document"] for f in who.need(200, "GET", self.path)["filings"]]

    def duty(self, name, who=None):
        rows = [d for d in (who or self.ca).need(200, "GET", self.path)["duties"] if d["duty"] == name]
        return rows[-1]["status"] if rows else None


def text_of(pdf):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        return " ".join(subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, check=False).stdout.decode().split())


def serve(case, head, template, about, words):
    """A letter about a filing, approved by the head where that is needed, made, read by the company, and its service recorded."""
    letter = case.act("letter", dict(LETTER, template=template, about=about))
    row = lambda: [r for r in case.ca.need(200, "GET", case.path + "/letters")["letters"] if r["id"] == letter][0]
    if row()["state"] == "waiting" or template == "enforcement_measure":
        case.act("letter_approval", {"letter": letter, "approved": "yes"}, who=head)
    until = time.monotonic() + v.PATIENCE
    while row()["state"] not in ("made", "sealed") and time.monotonic() < until:
        time.sleep(0.05)
    text = text_of(case.company.need_bytes(f"/api/v1/letters/{letter}"))
    for word in words:
        count.check(word in text, f"the letter {template} says {word}: {text[:1500]}")
    case.act("service_record", {"letter": letter, "how": "portal", "sent_at": v.instant(-1)})
    return text


def unseen(case, company, entity, what):
    for path in (case.path, case.path + "/timeline", case.path + "/letters"):
        count.status(company.get(path), 404, f"{what}: the company does not see {path}")
    count.check(case.id not in str(company.get(f"/api/v1/cases?entity={entity}").data), f"{what}: nor is it in its list")
    count.check(case.id not in str(company.get(f"/api/v1/duties?entity={entity}").data), f"{what}: nor among its duties")


def essential(ca, head, csirt, company, entity):
    """From a random inspection to a ban, and its lifting."""
    case = Case(ca, company, ca.must_file(SUPERVISION, "case_opening", {"ground": "measures", "source": "none", "text": "Plan of the year: the okapi."}, entity=entity))
    record = case.act("supervision_record", {"text": "The okapi has no backups.", "personal_data": False})
    unseen(case, company, entity, "before the first measure")
    case.act("inspection", {"place": "on_site", "is_random": True, "subject": "Backups.", "begins_at": v.instant(60), "inspectors": "Two officers."})
    count.equal(case.state(company), "inquiry", "from the first measure on the company sees the case")
    count.equal(case.documents(company), ["inspection"], "and of it what it is served")
    for internal in (record,):
        count.status(company.get(f"/api/v1/filings/{internal}"), 404, "never the authority's own records")
    count.check("okapi" not in company.get(case.path).data.decode() + company.get(case.path + "/timeline").data.decode(), "not a word of them")
    count.check("case_opening" in case.documents(ca), "which the authority sees")
    ask = {"kind": "information", "specification": "The policies in force since May.", "answer_by": v.instant(3600)}
    case.refuse("information_request", ask, "field.required", "NIS2 32(3), 33(3)", "E15 a request without purpose")
    request = case.act("information_request", dict(ask, purpose="To assess the measures of Article 21."))
    count.equal(case.duty("supervision_answer", company), "open", "the company owes an answer")
    serve(case, head, "supervisory_measure", request, ["Mesure de supervision", "To assess the measures of Article 21.", "Réponse à une demande NIS2 32(3), 33(3)"])
    case.act("request_answer", {"request": request, "answer": "There are none.", "is_complete": True}, who=company)
    count.equal(case.duty("supervision_answer"), "done_in_time", "and gives it")
    decision = dict(WEIGHED, measures=["instructions"], facts="No backups.", instructions="Make backups.", comply_by=v.instant(3600))
    case.refuse("decision", decision, "enforcement.no_findings", "NIS2 32(8), 33(5)", "E14 a decision without preliminary findings")
    findings = case.act("findings", {"conducts": [{"conduct": "a", "text": "No backups.", "provisions": "21(2)(c)"}], "intended": "Instructions.",
                                     "observations_by": v.instant(3600), "personal_data": True})
    count.equal(case.duty("inform_data_protection"), "open", "the data protection authority is to be informed")
    count.equal(case.duty("inform_data_protection", company), None, "which is no matter of the company's")
    serve(case, head, "preliminary_findings", findings, ["Conclusions préliminaires", "No backups.", "NIS2 32(8), 33(5)"])
    case.refuse("decision", decision, "enforcement.observations_running", "NIS2 32(8), 33(5)", "a decision before the observations")
    case.act("observations", {"text": "We will make them.", "is_final": True}, who=company)
    case.act("dpa_notice", {"authority": "GBA", "seat": "own", "informed_at": v.instant(-5), "passed": "The findings."})
    count.check("dpa_notice" not in case.documents(company), "the notice to the other authority is not the company's to see")
    decided = case.act("decision", decision)
    count.equal((case.state(company), case.duty("supervision_comply", company)), ("decided", "open"), "decided, and the company owes compliance")
    serve(case, head, "enforcement_measure", decided, ["Mesure d'exécution", "Make backups.", "Administrative court"])
    case.refuse("suspension", dict(WEIGHED, what="Certificate 7.", services="Water.", by_whom="authority"), "escalation.no_deadline", "NIS2 32(5)", "E05 no deadline yet")
    ladder = {"ineffective": ["inform_recipients"], "why_ineffective": "Nothing was done.", "necessary": "Make backups.", "remedy_by": v.instant(3)}
    case.refuse("deadline_notice", ladder, "escalation.useless_measures", "NIS2 32(5)", "E06 only 32(4)(e) proved useless")
    case.act("compliance_finding", {"complied": "no", "reason": "Nothing came."})
    case.act("deadline_notice", dict(ladder, ineffective=["instructions"], remedy_by=v.instant(3)))
    set_at = time.monotonic()
    ban = dict(WEIGHED, person="A. Weber", function="chief_executive", by_whom="other", body="Commercial court")
    case.refuse("ban", ban, "escalation.deadline_running", "NIS2 32(5)", "E05 before the deadline has passed")
    time.sleep(max(0.0, 3.2 - (time.monotonic() - set_at)))
    banned = case.act("ban", ban)
    count.equal(case.state(company), "escalated", "the ban is in force")
    count.equal(ca.need(200, "GET", case.path)["flags"]["banned"], True, "and stands in the case")
    serve(case, head, "enforcement_measure", banned, ["Interdiction temporaire", "A. Weber"])
    case.refuse("case_end", {"outcome": "other", "text": "x"}, "supervision.measure_in_force", "NIS2 32(5)", "no end while the ban lasts")
    case.act("compliance_report", {"done": "Backups each night.", "is_complete": True}, who=company)
    case.act("compliance_finding", {"complied": "yes", "reason": "Seen."})
    count.equal((case.state(), case.duty("lift")), ("escalated", "open"), "remedied: the ban is to be lifted")
    case.act("lifting", {"of": ["ban"], "reason": "Backups exist since today."})
    count.equal((case.state(company), case.duty("lift")), ("complied", "done_in_time"), "only until remedied")
    case.act("case_end", {"outcome": "complied", "text": "Done."})
    count.equal(case.state(company), "ended", "and closed")
    count.check("okapi" not in str(company.get(case.path).data), "to the end the company read nothing of the authority's own")
    search = lambda who, where: [h["case"] for h in who.need(200, "GET", f"/api/v1/search?q=okapi&workspace={where}")["hits"]]
    count.equal((search(ca, "desk"), case.id in search(ca, "supervision")), ([], True), "found in supervision, never with the desk")
    count.check(csirt.get("/api/v1/search?q=okapi&workspace=supervision").status == 403 and search(csirt, "desk") == [], "and not by the CSIRT")
    return case


def important(ca, head, company, entity):
    """Ex post, a step against a rule, a fine with its ceiling."""
    case = Case(ca, company, ca.must_file(SUPERVISION, "case_opening", {"ground": "measures", "source": "none", "text": "A thought."}, entity=entity))
    check = {"place": "on_site", "is_random": True, "subject": "Backups.", "begins_at": v.instant(60), "inspectors": "Two officers."}
    case.refuse("inspection", check, "powers.random_check", "NIS2 33(1), 33(2)(a), 32(2)(a)", "E02 a random inspection")
    case.refuse("inspection", dict(check, is_random=False), "powers.ex_post", "NIS2 33(1), REC 122", "E02 no indication")
    case.act("indication", {"source": "citizens", "source_detail": "A letter of today."})
    unseen(case, company, entity, "with an indication alone")
    against = {"document": "inspection", "rules": [{"name": "powers.random_check"}], "ground": "National law extends random checks to this sector."}
    count.problem(ca.file(SUPERVISION, "override_request", against, case=case.id), 403, "filing.head", "only a head asks to file against a rule")
    count.problem(head.file(SUPERVISION, "override_request", dict(against, rules=[{"name": "filing.role"}]), case=case.id), 422, "filing.override", "a rule of access is none that could be asked for", "/rules")
    asked = case.act("override_request", against, who=head)
    case.refuse("inspection", dict(check, override=asked), "filing.override", "NIS2 32(2)(a), 33(2)(a)", "not confirmed yet")
    count.problem(head.file(SUPERVISION, "override_confirmation", {"request": asked, "confirmed": "yes"}, case=case.id), 403, "filing.second_person", "never by herself")
    case.act("override_confirmation", {"request": asked, "confirmed": "yes"})
    inspected = case.act("inspection", dict(check, override=asked))
    shown = [f for f in company.need(200, "GET", case.path)["filings"] if f["id"] == inspected][0]
    count.equal([(a["rule"], a["article"]) for a in shown["against"]], [("powers.random_check", "NIS2 33(1), 33(2)(a), 32(2)(a)")], "the company sees against which rule it was filed")
    serve(case, head, "supervisory_measure", inspected, ["contre une règle du système", "powers.random_check"])
    case.refuse("inspection", dict(check, override=asked), "powers.random_check", "NIS2 33(1), 33(2)(a), 32(2)(a)", "and once only")
    count.status(company.get(f"/api/v1/filings/{asked}"), 404, "the request stays with the offices")
    case.act("findings", {"conducts": [{"conduct": "a", "text": "No backups.", "provisions": "21(2)(c)"}], "intended": "A fine.", "observations_by": v.instant(3600), "personal_data": False})
    case.act("extension_request", {"time_of": "observations", "until": v.instant(7200), "reason": "Holidays."}, who=company)
    case.act("extension", {"time_of": "observations", "granted": True, "until": v.instant(7200)})
    count.equal(case.duty("supervision_observations_later", company), "open", "more time")
    case.act("observations", {"text": "Sorry.", "is_final": True}, who=company)
    officer = dict(WEIGHED, measures=["monitoring_officer"], facts="f", officer="B", officer_tasks="t", officer_from="2030-01-01", officer_until="2030-02-01")
    case.refuse("decision", officer, "enforcement.monitoring_officer", "NIS2 33(4), 32(4)(g)", "E03 a monitoring officer")
    ceiling = ca.need(200, "POST", "/api/v1/ceilings", {"subject": {"class": "important"}, "figures": {"turnover": "600000000"}})["ceilings"][0]
    count.equal((ceiling["maximum"], ceiling["by"], ceiling["article"]), ("8400000", "share", "NIS2 34(5)"), "E09 the ceiling")
    fine = dict(WEIGHED, conduct=["a"], provisions=["21"], undertaking="The group.", turnover="600000000", turnover_year=2025, amount="8400000.01")
    fined = case.act("fine", fine)
    warned = lambda who: [[w["rule"] for w in f.get("warnings", [])] for f in who.need(200, "GET", case.path)["filings"] if f["id"] == fined][0]
    count.equal(warned(ca), ["sanctions.above_ceiling"], "above the ceiling is a warning, and a person decides")
    case.act("dpa_decision", {"conduct": ["a"], "authority": "GBA", "kind": "fine", "decided_on": v.instant()[:10]})
    case.refuse("fine", fine, "sanctions.fined_by_dpa", "NIS2 35(2)", "no second fine for the same conduct")
    count.equal(ca.need(200, "GET", case.path)["flags"]["order_for_review"], True, "and the order is for legal review")
    case.refuse("deadline_notice", {"ineffective": ["warning"], "why_ineffective": "w", "necessary": "n", "remedy_by": v.instant(60)}, "escalation.essential_only",
                "NIS2 32(5), 33(4)", "no ladder for important entities")
    return case


def main():
    node = v.Node(edit=offices)
    try:
        node.start()
        admin = node.administrator()
        csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        head = node.officer(admin, "head@node.example", "Head of the authority", "ca", "the red tower stands 2", role="head")
        companies = []
        for number, wanted in enumerate(("essential", "important")):
            company = node.person(f"security@{wanted}.example", f"Desk {number}", "a quiet harbour at dusk")
            filed = company.must_file("registration", "registration", v.registration(f"Water {number} (invented)", ["DW_SUPPLY"], national_number=f"BE {number}"))
            ca.must_file("registration", "approval", {"class": wanted}, case=filed["case"])
            companies.append((company, filed["entity"]))
        first = essential(ca, head, csirt, *companies[0])
        second = important(ca, head, *companies[1])
        count.status(companies[1][0].get(first.path), 404, "one company's case is not another's")
        now = ca.need(200, "GET", f"/api/v1/statistics/enforcement?period={v.instant()[:4]}&view=now")
        cells = {(table["table"], json.dumps(cell["at"], sort_keys=True)): cell["cases"] for table in now["tables"] for cell in table["cells"]}
        count.equal((cells[("stages", '{"class": "essential", "stage": "escalated"}')], cells[("against", '{"against": "against", "class": "important"}')],
                     cells[("fines", '{"class": "important", "fined": "fine"}')]), (1, 1, 1), "how far it went, fines, and what was filed against a rule are counted")
        for who in (csirt, companies[0][0]):
            count.status(who.get(f"/api/v1/statistics/enforcement?period={v.instant()[:4]}"), 404, "figures of supervision are for those who work there")
        count.problem(csirt.file("summary", "preparation", {"statistic": "enforcement", "day": "2025-06-01"}), 422, "summary.of_supervision", "nor does another office freeze them")
        frozen = ca.must_file("summary", "preparation", {"statistic": "enforcement", "day": "2025-06-01"})
        count.status(csirt.get(f"/api/v1/cases/{frozen['case']}"), 404, "or see what was frozen")
        count.status(csirt.get(f"/api/v1/filings/{frozen['filing']}"), 404, "in any way")
        count.problem(ca.file("summary", "preparation", {"statistic": "timeliness", "day": "2025-06-01"}, case=frozen["case"]), 422, "summary.other_statistic", "it stays a case of them alone")
        head.must_file("summary", "review", {"figures": frozen["filing"], "verdict": "approved"}, case=frozen["case"])
        count.problem(ca.file("summary", "publication", {}, case=frozen["case"]), 422, "statistic.not_public", "they are for nobody else")
        ca.must_file("summary", "figures_filed", {"to_whom": "report"}, case=frozen["case"])
        filed = ca.need(200, "GET", "/api/v1/statistics/enforcement?period=2025&view=filed")
        count.equal((filed["period"], filed["stage"]), ("2025", "filed"), "figures of supervision, prepared, reviewed and filed")
        before = [ca.need(200, "GET", case.path) for case in (first, second)]
        count.equal(node.stop(), 0, "the node stops")
        run = subprocess.run([v.VARDE, "rebuild", node.folder], capture_output=True, text=True, check=False)
        count.equal(run.returncode, 0, f"what is derived is made again: {run.stdout}{run.stderr}")
        node.start()
        for client in (ca, companies[0][0]):
            client.move(node.url)
        count.equal([ca.need(200, "GET", case.path)["filings"] for case in (first, second)], [one["filings"] for one in before], "and says the same, with what was filed against rules")
        said = subprocess.run([v.VARDE, "ceiling", "essential", "--turnover", "2000000000", "--json"], capture_output=True, text=True, check=False)
        count.equal(json.loads(said.stdout)["ceilings"][0]["maximum"], "40000000", "E08 the ceiling on the command line")
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
