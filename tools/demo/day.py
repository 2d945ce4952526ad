#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A day of the demonstration: forty incidents of invented companies, each at another stage, filed over the API.

Every document is filled in by its form (GET /api/v1/procedures/incident/documents/NAME): what the form requires and a story does
not say is filled in by the field's type, and a story that names a field which the form lacks is a mistake."""
import json

import varde_client as v

HOUR = 3600
PDF = b"%PDF-1.4\n% A page with nothing on it, for the demonstration.\n"


class Forms:
    """The forms as the node gives them, each asked for once."""

    def __init__(self, client):
        self.client, self.known = client, {}

    def get(self, procedure, document):
        key = (procedure, document)
        if key not in self.known:
            self.known[key] = self.client.need(200, "GET", f"/api/v1/procedures/{procedure}/documents/{document}")
        return self.known[key]

    def fill(self, procedure, document, said):
        form = {field["name"]: field for field in self.get(procedure, document)["fields"]}
        strange = sorted(set(said) - set(form))
        if strange:
            raise SystemExit(f"the form of {procedure} {document} has no field {', '.join(strange)}")
        fields = {name: value for name, value in said.items() if value is not None}
        for name, field in form.items():
            if name not in said and field["is_required"] and field["shown_when"] is None:
                fields[name] = self.typical(field)
        return fields

    @staticmethod
    def typical(field):
        if field["type"] == "choice":
            return field["choices"][0]["value"]
        if field["type"] == "bool":
            return False
        if field["type"] == "instant":
            return v.instant(-600)
        if field["type"] in ("text", "long_text"):
            return f"Invented for the demonstration: {field['label'].rstrip('?').lower()}."
        raise SystemExit(f"the form wants {field['name']} of type {field['type']}, which the demonstration does not say")


class Day:
    """Who files what; keeps every receipt."""

    def __init__(self, forms, csirt, ca, keep):
        self.forms, self.csirt, self.ca, self.keep = forms, csirt, ca, keep
        self.cases = []  # of incidents, in the order in which they were opened
        self.number = 0

    def file(self, who, procedure, document, said=None, **more):
        self.number += 1  # with a key, so that a broken connection is tried again and nothing is filed twice
        filed = who.must_file(procedure, document, self.forms.fill(procedure, document, said or {}), key=f"demonstration-{self.number}", **more)
        self.keep(document, filed)
        return filed

    def attach(self, who, name, data, kind="application/octet-stream"):
        return who.need(201, "POST", f"/api/v1/attachments?name={name}", data, kind=kind)["id"]


class Incident:
    """One incident: its company, its case, and the steps that a story takes."""

    def __init__(self, day, company, entity):
        self.day, self.company, self.entity, self.case, self.first = day, company, entity, None, None

    def by_company(self, document, attachments=None, **said):
        place = {"case": self.case} if self.case else {"entity": self.entity}
        filed = self.day.file(self.company, "incident", document, said, attachments=attachments, **place)
        if self.case is None:
            self.case, self.first = filed["case"], filed["filing"]
            self.day.cases.append(self.case)
        return filed

    def by_csirt(self, document, **said):
        return self.day.file(self.day.csirt, "incident", document, said, case=self.case)

    def by_ca(self, document, **said):
        return self.day.file(self.day.ca, "incident", document, said, case=self.case)

    # --- the stages ---

    def warn(self, aware_hours=3.0, summary="Customers can't reach the service.", **said):
        said.setdefault("suspected_malicious", "unknown")
        said.setdefault("cross_border", "no")
        return self.by_company("early_warning", aware_at=v.instant(-aware_hours * HOUR), detected_at=v.instant(-(aware_hours + 0.7) * HOUR),
                               summary=summary, **said)

    def notify(self, attachments=None, **said):
        said.setdefault("suspected_malicious", "no")
        said.setdefault("cross_border", "no")
        said.setdefault("severity", "medium")
        said.setdefault("impact", "About a tenth of the customers, for two hours.")
        return self.by_company("notification", attachments, **said)

    def ask(self, hours=6):
        return self.by_csirt("intermediate_request", request="How many customers are still without service?", answer_by=v.instant(hours * HOUR))

    def finish(self, **said):
        said.setdefault("description", "A failed update of the access network.")
        said.setdefault("cause", "A fault in the release process.")
        said.setdefault("measures", "The update was withdrawn; releases are staged now.")
        return self.by_company("final_report", handled_at=v.instant(-900), **said)

    def answer(self, **said):
        said.setdefault("feedback", "We have it. Keep the logs of the last thirty days, please.")
        return self.by_csirt("answer", **said)


# --- the stories: each a function of one incident, with the words for the list ---

def voluntary(kind, summary, **more):
    def story(i):
        i.by_company("voluntary_notification", kind=kind, summary=summary, **more)
    return story


def warned(hours, **said):
    return lambda i: i.warn(hours, **said)


def warned_answered(i):
    i.warn(5)
    i.answer()


def crime_answered(i):
    i.warn(4, "Files on the file server are encrypted; a note asks for money.", suspected_malicious="yes", recipients_affected="yes")
    i.answer(law_enforcement_guidance="Report it to the federal computer crime unit; leave the note where it is.")
    i.by_company("recipients_notice", about="incident", informed_at=v.instant(-1200), how="By mail to all customers.")


def notified(hours=8.0, **said):
    def story(i):
        i.warn(hours)
        i.notify(**said)
    return story


def notified_with_files(i):
    i.warn(20, suspected_malicious="yes")
    files = [i.day.attach(i.company, "indicators.txt", b"198.51.100.7\n203.0.113.9\nbad.example\n", "text/plain"),
             i.day.attach(i.company, "timeline.pdf", PDF, "application/pdf")]
    i.notify(files, suspected_malicious="yes", severity="high", indicators="198.51.100.7, 203.0.113.9")


def notified_directly(i):
    i.by_company("notification", aware_at=v.instant(-6 * HOUR), summary="The booking system was down.", suspected_malicious="no", cross_border="no",
                 severity="low", impact="One site, forty minutes.")


def notified_late(i):
    i.by_company("notification", aware_at=v.instant(-80 * HOUR), summary="A backup line failed and nobody saw it.", suspected_malicious="no",
                 cross_border="no", severity="medium", impact="Two plants ran by hand for a day.")


def trust_hit(i):
    i.warn(10, "Certificates could not be revoked.", trust_service_affected=True)


def trust_hit_late(i):
    i.warn(27, "The time stamping service gave wrong times.", trust_service_affected=True)
    i.notify(trust_service_affected=True, severity="high", impact="All time stamps of one night.")


def trust_spared(i):
    i.warn(10, "The office's mail was down.", trust_service_affected=False)


def asked(i):
    i.warn(12)
    i.notify()
    i.ask()


def asked_answered(i):
    asked(i)
    request = i.ask(9)
    i.by_company("intermediate_report", answers=request["filing"], status="All but three sites are served again.", is_ongoing=True)


def progress(i):
    i.warn(15)
    i.notify(is_ongoing=True)
    i.by_company("progress_report", status="Still being cleaned up, host by host.", is_ongoing=True)


def handled(i):
    progress(i)
    i.by_company("handled_notice", handled_at=v.instant(-HOUR), summary="The last host is back.")


def handled_final(i):
    handled(i)
    i.finish()


def final(i):
    i.warn(22)
    i.answer()
    i.notify()
    i.finish()


def final_closed(i):
    final(i)
    i.by_csirt("closure", remark="Nothing is open.")


def final_at_once(i):
    i.by_company("final_report", aware_at=v.instant(-9 * HOUR), description="A power cut in the data centre.", cause="A breaker.",
                 measures="The breaker was replaced.")


def final_abroad(i):
    i.warn(18, cross_border="yes", affected_states=["NL", "DE"])
    i.notify(cross_border="yes", affected_states=["NL", "DE"], severity="high")
    i.finish(cross_border_impact="Customers in two neighbouring states lost the service for an hour.")


def duplicate(i):
    i.warn(3, "Sent twice by mistake of the portal.")
    i.by_csirt("withdrawal", reason="A duplicate of an earlier case.", duplicate_of=i.day.cases[0])


def withdrawal_refused(i):
    i.warn(6)
    i.by_company("withdrawal_request", reason="We think that it is nothing.")
    i.by_csirt("withdrawal_refusal", reason="The service was down for three hours; the case goes on.")


def withdrawal_waits(i):
    i.warn(76)
    i.by_company("withdrawal_request", reason="It was an exercise.")


def not_significant(i):
    i.warn(9)
    i.by_company("not_significant", assessed_at=v.instant(-HOUR), reason="Only a test system was hit.")


def significant_again(i):
    not_significant(i)
    i.by_company("significant", aware_at=v.instant(-0.5 * HOUR), reason="The production system has the same fault.")


def voluntary_significant(i):
    i.by_company("voluntary_notification", kind="incident", summary="A single shop is offline.", detected_at=v.instant(-40 * HOUR))
    i.by_company("significant", aware_at=v.instant(-26 * HOUR), reason="All shops were offline since yesterday.")


def voluntary_answered(i):
    i.by_company("voluntary_notification", kind="incident", summary="A phishing wave against our staff; nobody fell for it.")
    i.answer(feedback="Thank you; we see the same elsewhere.")


def mistaken(i):
    i.warn(4, "Meant for our sister company.")
    i.by_company("mistaken_filing", filing=i.first, reason="It is an incident of another company.")
    i.by_csirt("mistake_confirmed", filing=i.first, reason="Confirmed by telephone.")


def contested(i):
    i.warn(2)
    i.by_csirt("clock_contest", aware_at=v.instant(-40 * HOUR), reason="Your own status page named it two days ago.")


def corrected(i):
    i.warn(30)
    i.by_company("clock_correction", aware_at=v.instant(-20 * HOUR), reason="The ticket's time was local time.")
    i.by_csirt("clock_acceptance", reason="The ticket shows it.")


def correction_waits(i):
    i.warn(33)
    i.by_company("clock_correction", aware_at=v.instant(-23 * HOUR), reason="The shift's log has the right time.")


def resubmitted(i):
    i.warn(5)
    i.warn(4, "Customers in two regions can't reach the service.")


def supported(i):
    i.warn(6, suspected_malicious="yes")
    i.by_company("support_request", request="Please look at a disk image.")
    i.by_csirt("guidance", guidance="Send the hash first; we tell you where to upload the image.")


def support_waits(i):
    i.warn(11)
    i.by_company("support_request", request="Whom may we ask about industrial controllers?")


def seen_otherwise(i):
    i.warn(8)
    i.by_ca("significance_view", view="not_significant", reason="Two offices for ten minutes.")


def made_public(i):
    i.warn(21, recipients_affected="yes")
    i.notify(severity="critical", personal_data_affected="yes", recipients_affected="yes")
    i.by_ca("public_information", entity_consulted_at=v.instant(-HOUR), way="authority", text="The water in three towns is safe; the online portal is down.",
            reason="Many people ask.")


# Forty: (the words for the list, the kind of company, the story). Kind: "trust" is a trust service provider.
STORIES = [
    ("early warning", "any", warned(2)),
    ("support asked for", "any", support_waits),
    ("early warning, across borders", "any", warned(20, cross_border="yes", affected_states=["NL", "FR"])),
    ("early warning, late", "any", warned(31)),
    ("early warning, two days late", "any", warned(73)),
    ("early warning, answered", "any", warned_answered),
    ("supported", "any", supported),
    ("extortion, answered", "any", crime_answered),
    ("notified, personal data", "any", notified(13, personal_data_affected="yes")),
    ("notified with files", "any", notified_with_files),
    ("notified without a warning", "any", notified_directly),
    ("notified, late", "any", notified_late),
    ("correction waits", "any", correction_waits),
    ("trust service: 24 hours", "trust", trust_hit),
    ("trust service, late", "trust", trust_hit_late),
    ("trust service not affected", "trust", trust_spared),
    ("intermediate report asked for", "any", asked),
    ("intermediate report given", "any", asked_answered),
    ("going on", "any", progress),
    ("handled", "any", handled),
    ("handled, final report", "any", handled_final),
    ("final report", "any", final),
    ("final report, closed", "any", final_closed),
    ("final report at once", "any", final_at_once),
    ("final report, across borders", "any", final_abroad),
    ("withdrawn by the receiver", "any", duplicate),
    ("withdrawal refused", "any", withdrawal_refused),
    ("withdrawal asked for", "any", withdrawal_waits),
    ("found not significant", "any", not_significant),
    ("significant after all", "any", significant_again),
    ("voluntary, then significant", "any", voluntary_significant),
    ("voluntary, answered", "any", voluntary_answered),
    ("seen otherwise", "any", seen_otherwise),
    ("near miss", "any", voluntary("near_miss", "A forged invoice was stopped by the bank.")),
    ("significant threat", "any", voluntary("significant_threat", "A weakness in a gateway that many use.", recipients_potentially_affected=True)),
    ("mistaken, confirmed", "any", mistaken),
    ("clock contested", "any", contested),
    ("clock corrected", "any", corrected),
    ("sent again", "any", resubmitted),
    ("made public", "any", made_public),
]


def outsider(day, person):
    """Someone who need not report anything tells of a threat (Article 30), for no entity."""
    fields = day.forms.fill("incident", "voluntary_notification", {"kind": "threat", "summary": "A forged page asks for customers' passwords."})
    filed = person.must_file("incident", "voluntary_notification", fields, **{"as": "anyone"})
    day.keep("voluntary_notification", filed)
    return filed


def draft(person, entity):
    """Saved half-written, read back, saved again; it stays for its author."""
    text = {"procedure": "incident", "document": "early_warning", "entity": entity, "fields": {"summary": "Half a sent"}}
    saved = person.need(201, "POST", "/api/v1/drafts", text)
    path = "/api/v1/drafts/" + saved["id"]
    text["fields"]["summary"] = "Half a sentence"
    resumed = person.get(path)
    person.need(200, "PUT", path, text, headers={"If-Match": resumed.header("etag")})
    again = person.need(200, "GET", path)["draft"]
    return saved["id"], json.dumps(again, sort_keys=True) == json.dumps(text, sort_keys=True)
