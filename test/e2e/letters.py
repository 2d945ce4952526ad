#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Letters, from preview to service: numbered without gaps, approved by a second person, made as accessible PDFs whose hash the log commits to,
sealed by a service that may fail, served with the state's rule; with names that want to break them, and with press killed."""
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time

import _seal
import varde_client as v

count = v.Count()
PDFS = []  # (what, bytes)
HOSTILE = "</title> {office.name} %s ) Tj ET \\u202e \U0001f389 " + "Ωмега" * 8 + " fin"
LETTER = {"template": "registration_acknowledgement", "language": "en", "addressee": "Entity\nStreet 1\n0000 Town", "signer": "A. Head, office", "way": "mail"}
# Words that together have every letter of the alphabets of the Union's languages.
LANGUAGES = {
    "bg": "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯ абвгдежзийклмнопрстуфхцчшщъьюя „щъркел“", "cs": "ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ áčďéěíňóřšťúůýž", "da": "ÆØÅ æøå é",
    "de": "ÄÖÜẞ äöüß „Grüße“", "el": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ αβγδεζηθικλμνξοπρσςτυφχψω ΆΈΉΊΌΎΏΪΫ άέήίόύώϊϋΐΰ «»", "en": "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz",
    "es": "ÁÉÍÓÚÜÑ áéíóúüñ ¿¡", "et": "ÕÄÖÜŠŽ õäöüšž", "fi": "ÅÄÖŠŽ åäöšž", "fr": "ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ àâæçéèêëîïôœùûüÿ «»", "ga": "ÁÉÍÓÚ áéíóú ḂĊḊ",
    "hr": "ČĆĐŠŽ čćđšž", "hu": "ÁÉÍÓÖŐÚÜŰ áéíóöőúüű", "it": "ÀÈÉÌÎÒÙ àèéìîòù", "lt": "ĄČĘĖĮŠŲŪŽ ąčęėįšųūž", "lv": "ĀČĒĢĪĶĻŅŠŪŽ āčēģīķļņšūž",
    "mt": "ĊĠĦŻ ċġħż", "nl": "ÁËÏÓÖÜĲ áëïóöüĳ", "pl": "ĄĆĘŁŃÓŚŹŻ ąćęłńóśźż", "pt": "ÁÂÃÀÇÉÊÍÓÔÕÚ áâãàçéêíóôõú", "ro": "ĂÂÎȘȚ ăâîșț", "sk": "ÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽ áäčďéíĺľňóôŕšťúýž",
    "sl": "ČŠŽ čšž", "sv": "ÅÄÖÉ åäöé"}


def tool(*words, content=None):
    run = subprocess.run(words, capture_output=True, input=content, check=False)
    return run.returncode, run.stdout.decode("utf-8", "replace") + run.stderr.decode("utf-8", "replace")


def check_pdf(pdf, what, language="en"):
    """Structure, syntax and text by programs that are not ours."""
    with tempfile.TemporaryDirectory(prefix="varde-pdf-") as folder:
        path = os.path.join(folder, "letter.pdf")
        with open(path, "wb") as file:
            file.write(pdf)
        code, said = tool("qpdf", "--check", path)
        count.equal(code, 0, f"{what}: qpdf finds no fault: {said}")
        _, info = tool("pdfinfo", path)
        count.check(re.search(r"Tagged:\s+yes", info) and re.search(r"Title:\s+\S", info), f"{what}: tagged and titled: {info}")
        count.check(f"/Lang({language})".encode() in pdf, f"{what}: says its language")
        _, structure = tool("pdfinfo", "-struct-text", path)
        count.check(structure.startswith("Document") and "H1 " in structure and "TH:" in structure, f"{what}: a tree of headings and tables: {structure[:300]}")
        _, fonts = tool("pdffonts", path)
        rows = fonts.splitlines()[2:]
        count.check(rows and all(re.search(r"yes\s+yes\s+yes", row) for row in rows), f"{what}: fonts embedded, in part, with Unicode: {fonts}")
        _, text = tool("pdftotext", "-layout", path, "-")
        PDFS.append((what, pdf))
        return " ".join(text.split()), structure


def check_verapdf():
    """All PDFs of this run by PDF/UA-1, where VERAPDF names veraPDF's jar (greenfield-apps)."""
    jar = os.environ.get("VERAPDF")
    if not jar:
        print("VERAPDF names no jar: PDF/UA-1 is not checked by veraPDF this time", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="varde-pdf-") as folder:
        paths = [os.path.join(folder, f"{i}.pdf") for i in range(len(PDFS))]
        for path, (_, pdf) in zip(paths, PDFS):
            with open(path, "wb") as file:
                file.write(pdf)
        _, said = tool("java", "-cp", jar, "org.verapdf.apps.GreenfieldCliWrapper", "--flavour", "ua1", "--format", "text", *paths)
        for path, (what, _) in zip(paths, PDFS):
            count.check(f"PASS {path}" in said, f"{what}: PDF/UA-1: {said[-2000:]}")


def letters(client, case):
    return client.need(200, "GET", f"/api/v1/cases/{case}/letters")["letters"]


def wait_state(client, case, letter, states, seconds=v.PATIENCE):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        row = [row for row in letters(client, case) if row["id"] == letter][0]
        if row["state"] in states:
            return row
        time.sleep(0.1)
    count.check(False, f"letter {letter} is {row['state']}, not {states}")
    return row


def previews(ca, company, case):
    answer = ca.post("/api/v1/letters/preview", {"case": case, "fields": dict(LETTER, language="de")})
    count.status(answer, 200, "a preview")
    text, _ = check_pdf(answer.data, "preview", "de")
    count.check("ENTWURF" in answer.data.decode("latin-1") or b"/Artifact<</Type/Page>>" in answer.data, "a draft says so across the page")
    count.check("22" in text or "Datum" in text, "it has a date")
    count.equal(letters(ca, case), [], "a preview leaves nothing behind")
    body = {"case": case, "fields": LETTER}
    count.check(ca.post("/api/v1/letters/preview", body).status == 200, "again")
    count.check(company.post("/api/v1/letters/preview", body).status in (403, 404), "a company previews no letters")
    count.problem(ca.post("/api/v1/letters/preview", {"case": case, "fields": dict(LETTER, template="none")}), 422, "letter.template", "an unknown template", "/fields/template")
    count.problem(ca.post("/api/v1/letters/preview", {"case": case, "fields": dict(LETTER, language="mt")}), 422, "letter.language", "a language without words", "/fields/language")
    count.problem(ca.post("/api/v1/letters/preview", {"case": case, "fields": dict(LETTER, about="F0000000000000000")}), 422, "letter.about", "about nothing", "/fields/about")
    shown = ca.need(200, "GET", "/api/v1/letters/templates")["templates"]
    count.check(len(shown) >= 10 and all({"de", "en", "fr"} <= {l["language"] for l in t["languages"]} for t in shown), "all templates in three languages")


def alphabets(ca, case):
    """Each character of the 24 languages is drawn, and read as itself."""
    text = "\n\n".join(f"{lang}: {words}" for lang, words in LANGUAGES.items())
    answer = ca.post("/api/v1/letters/preview", {"case": case, "fields": dict(LETTER, texts=[{"name": "remarks", "text": text}])})
    found, _ = check_pdf(answer.data, "alphabets")
    for lang, words in LANGUAGES.items():
        count.check(" ".join(words.split()) in found, f"the letters of {lang}: {words}")
    count.check("\ufffd" not in found, "none is missing in the fonts")


def hostile(ca, case):
    for name, text in (("brackets", HOSTILE), ("controls", "a\tb\u0007c"), ("bidi", "abc \u202eevil\u202c \u2066x\u2069"), ("long", "W" * 9000),
                       ("emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1ea\U0001f1fa"), ("arabic", "مرحبا"), ("empty lines", "\n\n\n\n a \n\n")):
        answer = ca.post("/api/v1/letters/preview", {"case": case, "fields": dict(LETTER, signer="x", texts=[{"name": "remarks", "text": text}])})
        if name == "long":
            count.problem(answer, 422, "letter.field", "a text that is too long", "/fields/texts")
            continue
        if not count.status(answer, 200, f"hostile text: {name}"):
            continue
        found, _ = check_pdf(answer.data, f"hostile: {name}")
        if name == "bidi":
            count.check("\u202e" not in found and "\ufffd" in found, "marks that turn the direction of writing show")
        if name == "emoji":
            count.check("\U0001f468" in found, "an emoji is read as itself")
        if name == "brackets":
            count.check("{office.name} %s ) Tj ET" in found, f"text stays text: {found}")


def issue(node, ca, company, case):
    """Written, made, fetched; the log commits to the hash; numbers follow each other."""
    first = ca.must_file("registration", "letter", LETTER, case=case)["filing"]
    row = wait_state(ca, case, first, ("made", "sealed"))
    count.check(re.fullmatch(r"CA-20\d\d-00001", row["number"] or ""), f"the first number: {row['number']}")
    pdf = company.need_bytes(f"/api/v1/letters/{first}")
    text, _ = check_pdf(pdf, "letter")
    count.check(row["number"] in text and "TLP:AMBER" in text and "Page 1 of" in text and first in text, f"number, marking, pages, proof: {text[-600:]}")
    count.equal(company.need_bytes(f"/api/v1/letters/{first}"), pdf, "the same bytes each time")
    made = company.need(200, "GET", f"/api/v1/filings/{row['made_by']}/receipt")
    attached = [item for item in made["header"] if item["name"] == "attachments"][0]["value"]
    count.equal(attached[0]["sha256"], hashlib.sha256(pdf).hexdigest(), "the record commits to the PDF's hash")
    one, two = node.verify_both(made)
    count.check(one.get("valid") is True and one == two, f"its receipt verifies twice: {one}")
    for _ in range(3):
        ca.must_file("registration", "letter", dict(LETTER, language="fr"), case=case)
    count.problem(ca.file("registration", "letter", dict(LETTER, template="decision"), case=case), 422, "letter.field", "a decision without grounds", "/fields/texts")
    count.problem(ca.file("registration", "letter", dict(LETTER, template="early_warning_answer"), case=case), 422, "letter.office", "a letter of other cases", "/fields/template")
    ca.must_file("registration", "letter", dict(LETTER, language="de"), case=case)
    numbers = sorted(int(row["number"][-5:]) for row in letters(ca, case))
    count.equal(numbers, [1, 2, 3, 4, 5], "numbers without gaps; what was refused took none")
    count.check(company.file("registration", "letter_made", {"letter": first, "number": "X"}, case=case, **{"as": "node"}).status == 403, "nobody files for the node")
    count.check(company.file("registration", "letter", LETTER, case=case).status == 403, "a company writes no letters of the authority")
    return first


def approval(ca, head, company, case):
    texts = [{"name": name, "text": f"Text of {name}."} for name in ("facts", "grounds", "operative", "remedies")]
    decision = ca.must_file("registration", "letter", dict(LETTER, template="decision", language="fr", texts=texts), case=case)["filing"]
    row = [row for row in letters(ca, case) if row["id"] == decision][0]
    count.equal((row["state"], row["number"]), ("waiting", None), "a decision waits for the head, without a number")
    count.status(company.get(f"/api/v1/letters/{decision}"), 404, "the entity does not know of it yet")
    count.check(decision not in [row["id"] for row in letters(company, case)], "nor in the list")
    count.status(ca.get(f"/api/v1/letters/{decision}"), 200, "the office sees its draft")
    yes = {"letter": decision, "approved": "yes"}
    count.problem(ca.file("registration", "letter_approval", yes, case=case), 403, "letter.head", "an officer approves nothing")
    own = head.must_file("registration", "letter", dict(LETTER, template="decision", texts=texts), case=case)["filing"]
    count.problem(head.file("registration", "letter_approval", dict(yes, letter=own), case=case), 403, "letter.second_person", "nobody approves her own")
    count.status(head.file("registration", "letter_approval", {"letter": own, "approved": "no"}, case=case), 422, "a refusal needs a reason")
    head.must_file("registration", "letter_approval", yes, case=case)
    row = wait_state(ca, case, decision, ("made", "sealed"))
    count.check(row["number"].endswith("00006"), f"the number comes with the approval: {row['number']}")
    count.problem(head.file("registration", "letter_approval", yes, case=case), 409, "letter.state", "not twice")
    text, structure = check_pdf(company.need_bytes(f"/api/v1/letters/{decision}"), "decision", "fr")
    order = [text.find(word) for word in ("Faits", "Motifs", "Dispositif", "Voies de recours")]
    count.check(order == sorted(order) and -1 not in order, f"its parts stand in order: {order}")
    count.check("Traduction de courtoisie" in text, "it says that the text is a courtesy translation")


def service(ca, company, case, letter):
    sent = v.instant(-3600)
    count.status(ca.file("registration", "service_record", {"letter": letter, "how": "mail", "sent_at": sent, "received_at": v.instant(-7200)}, case=case), 422, "received before sent")
    count.status(ca.file("registration", "service_record", {"letter": "F0000000000000000", "how": "mail", "sent_at": sent}, case=case), 422, "of no letter")
    ca.must_file("registration", "service_record", {"letter": letter, "how": "mail", "sent_at": sent, "proof": "RR 1"}, case=case)
    row = [row for row in letters(company, case) if row["id"] == letter][0]
    count.equal(row["served_at"], sent, "Belgium's rule for ordinary mail is unknown here: the recorded time counts")
    facts = ca.need(200, "GET", f"/api/v1/cases/{case}")
    count.check(sent[:16] in str(facts), "the case knows when it was served")


def press_dies(node, ca, case):
    """Killed again and again while letters are made: each is made in the end, once, with its own number."""
    before = len(letters(ca, case))
    for i in range(6):
        ca.must_file("registration", "letter", dict(LETTER, texts=[{"name": "remarks", "text": f"Letter {i} " + "x " * 3000}]), case=case)
        node.kill_role("press")
    rows = [wait_state(ca, case, row["id"], ("made", "sealed")) for row in letters(ca, case)[before:]]
    count.equal(len({row["made_by"] for row in rows}), 6, "each was made once")
    count.check(node.wait_ready(), "the node served all the time")


def seals(seal, ca, company, case, letter):
    row = wait_state(ca, case, letter, ("sealed",))
    pdf, sealed = company.need_bytes(f"/api/v1/letters/{letter}"), company.need_bytes(f"/api/v1/letters/{letter}/seal")
    count.check(seal.verifies(pdf, sealed), "openssl verifies the seal over the letter")
    count.check(not seal.verifies(pdf + b" ", sealed), "and not over another")
    asked = [request for request in seal.requests if request["letter"] == letter]
    count.equal(asked[-1]["sha256"], hashlib.sha256(pdf).hexdigest(), "the service was asked with the hash alone")
    count.equal(set(asked[-1]), {"letter", "number", "is_exercise", "digest", "sha256"}, "and nothing of the content")
    count.check(len(seal.requests) >= 3 and seal.bad == 0, "it failed, then sealed another hash, and was asked again, each time signed")
    count.check(row["sealed_by"], "the record has the seal")


def forms(node):
    nobody = node.client()
    answer = nobody.get("/api/v1/forms/emergency_form?language=fr")
    count.status(answer, 200, "everybody may have the form")
    text, _ = check_pdf(answer.data, "form", "fr")
    count.check("Alerte précoce" in text and "☐" in text, "a form with boxes to tick")
    count.check(b"/Lang(en)" not in answer.data, "each label is there in French")
    count.status(nobody.get("/api/v1/forms/decision"), 404, "a letter is no form")


def codes(ca, company, entity):
    body = {"entity": entity, "template": "access_code", "language": "de", "addressee": "A\nB", "signer": "C", "code": "K7QX-22PL-9VTT", "expires_at": v.instant(86400)}
    answer = ca.post("/api/v1/letters/code", body)
    count.status(answer, 200, "the letter with a claim's code")
    text, _ = check_pdf(answer.data, "code", "de")
    count.check("K7QX-22PL-9VTT" in text and "Vraxquel" in text, f"code and entity stand in it: {text[:300]}")
    count.problem(ca.post("/api/v1/letters/code", dict(body, template="reminder")), 403, "letter.office", "another template carries no code")
    count.check(company.post("/api/v1/letters/code", body).status in (403, 404), "only for offices")
    count.status(ca.post("/api/v1/letters/code", dict(body, entity="E0000000000000000")), 404, "of no entity")


def rebuilt(node, ca, case):
    for row in letters(ca, case):
        if row["state"] not in ("waiting", "refused"):
            wait_state(ca, case, row["id"], ("sealed",))
    before = letters(ca, case)
    count.equal(node.stop(), 0, "stops")
    run = subprocess.run([v.VARDE, "rebuild", node.folder], capture_output=True, text=True, check=False)
    count.equal(run.returncode, 0, f"rebuild: {run.stdout}{run.stderr}")
    run = subprocess.run([v.VARDE, "law", "replay", node.folder], capture_output=True, text=True, check=False)
    count.check(run.returncode == 0 and "0 differences" in run.stdout + run.stderr, f"decided again, letters come out the same: {run.stdout}{run.stderr}")
    node.start()
    ca.move(node.url)
    count.equal(letters(ca, case), before, "a rebuilt node has the same letters, numbers and times")


def main():
    seal = _seal.Seal(fail=1, wrong=1)
    node = v.Node(edit=lambda text: v.quick_heads(seal.config(text)))
    try:
        node.start()
        admin = node.administrator()
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        head = node.officer(admin, "head@node.example", "Head of the authority", "ca", "the grey tower stands 1", role="head")
        company = node.person("security@vraxquel.example", "Night desk", "a quiet harbour at dusk")
        filed = company.must_file("registration", "registration", v.registration("Vraxquel \U0001f389 Ωμέγα )>> " + "long " * 40))
        case = filed["case"]
        previews(ca, company, case)
        alphabets(ca, case)
        hostile(ca, case)
        forms(node)
        codes(ca, company, filed["entity"])
        first = issue(node, ca, company, case)
        approval(ca, head, company, case)
        service(ca, company, case, first)
        press_dies(node, ca, case)
        seals(seal, ca, company, case, first)
        rebuilt(node, ca, case)
        check_verapdf()
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
        seal.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
