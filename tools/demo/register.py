#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The register of a mid-size state, invented: register.py [--entities N] [--seed N] --lines FILE --facts FILE

--lines FILE  one registration a line (NDJSON), for `varde import`
--facts FILE  what is known of each for the question of scope (CSV), for `varde scope --csv`

The same seed gives the same bytes. Every entity says in its name that it is invented; domains end in .example or .test; telephone
numbers begin with +999, which no country has. The address ranges are real ones of data/prefixes-be.tsv, dealt out to invented
holders. Types, sectors and sizes have the shares that one may expect: most firms are small, and many therefore out of scope."""
import argparse
import csv
import ipaddress
import json
import os
import random

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STATE = "BE"

# What each type is called in names, and its share in the register (parts of about ten thousand). All 67 types stand here.
TYPES = {
    "EN_EL_SUPPLY": ("Power Supply", 90), "EN_EL_DSO": ("Grid", 30), "EN_EL_TSO": ("Transmission", 3), "EN_EL_PROD": ("Wind and Sun", 260),
    "EN_EL_NEMO": ("Power Exchange", 2), "EN_EL_FLEX": ("Flexibility", 60), "EN_EL_CHARGE": ("Charging", 110), "EN_DH_OPER": ("Heat", 40),
    "EN_OI_PIPE": ("Oil Pipelines", 8), "EN_OI_FACIL": ("Refining", 35), "EN_OI_STOCK": ("Oil Stocks", 1), "EN_GA_SUPPLY": ("Gas Supply", 45),
    "EN_GA_DSO": ("Gas Grid", 18), "EN_GA_TSO": ("Gas Transmission", 3), "EN_GA_SSO": ("Gas Storage", 4), "EN_GA_LNG": ("LNG Terminal", 2),
    "EN_GA_UNDERT": ("Gas", 20), "EN_GA_FACIL": ("Gas Treatment", 8), "EN_H2_OPER": ("Hydrogen", 22), "TR_AI_CARR": ("Air", 25),
    "TR_AI_PORT": ("Airport", 20), "TR_AI_ATC": ("Air Traffic Control", 3), "TR_RA_INFRA": ("Rail Infrastructure", 6),
    "TR_RA_UNDERT": ("Railways", 35), "TR_WA_CARR": ("Shipping", 130), "TR_WA_PORT": ("Port Services", 90), "TR_WA_VTS": ("Vessel Traffic", 4),
    "TR_RO_AUTH": ("Roads", 25), "TR_RO_ITS": ("Traffic Systems", 30), "BA_CREDIT": ("Bank", 60), "FM_VENUE": ("Exchange", 6),
    "FM_CCP": ("Clearing", 3), "HE_PROVIDER": ("Clinic", 1150), "HE_EURL": ("Reference Laboratory", 3), "HE_RND": ("Biomedical", 120),
    "HE_PHARMA": ("Pharma", 110), "HE_DEVCRIT": ("Critical Devices", 12), "DW_SUPPLY": ("Water", 85), "WW_OPER": ("Waste Water", 90),
    "DI_IXP": ("Internet Exchange", 5), "DI_DNS": ("Name Service", 160), "DI_TLD": ("Registry", 3), "DI_CLOUD": ("Cloud", 330),
    "DI_DC": ("Data Centre", 110), "DI_CDN": ("Delivery Network", 25), "DI_TSP": ("Trust Services", 45), "DI_PECN": ("Networks", 210),
    "DI_PECS": ("Telecom", 190), "IC_MSP": ("Managed Services", 820), "IC_MSSP": ("Security Services", 140), "PA_CENTRAL": ("Ministry Agency", 190),
    "PA_REGION": ("Regional Agency", 240), "SP_GROUND": ("Ground Station", 8), "PO_POSTAL": ("Courier", 330), "WM_OPER": ("Waste Management", 390),
    "CH_CHEM": ("Chemicals", 680), "FO_FOOD": ("Food", 1250), "MA_MEDDEV": ("Medical Devices", 180), "MA_COMPEL": ("Electronics", 250),
    "MA_ELEC": ("Electrical Equipment", 240), "MA_MACH": ("Machinery", 640), "MA_VEHIC": ("Vehicles", 150), "MA_TRANSP": ("Ships and Trains", 60),
    "DP_MARKET": ("Marketplace", 130), "DP_SEARCH": ("Search", 5), "DP_SOCIAL": ("Social Platform", 12), "RE_ORG": ("Research", 130),
}
# What often goes together with a type, so that some entities have several.
ALSO = {
    "DI_PECN": ["DI_PECS", "DI_DNS", "DI_DC"], "DI_PECS": ["DI_CLOUD", "DI_DNS"], "DI_CLOUD": ["IC_MSP", "DI_DC"], "IC_MSP": ["DI_CLOUD", "IC_MSSP"],
    "IC_MSSP": ["IC_MSP"], "DI_DC": ["DI_CLOUD"], "DI_CDN": ["DI_DNS"], "EN_EL_SUPPLY": ["EN_GA_SUPPLY", "EN_EL_PROD"], "EN_GA_SUPPLY": ["EN_EL_SUPPLY"],
    "EN_EL_PROD": ["EN_EL_FLEX"], "DW_SUPPLY": ["WW_OPER"], "HE_PHARMA": ["HE_RND", "CH_CHEM"], "MA_VEHIC": ["MA_MACH"], "FO_FOOD": ["CH_CHEM"],
}
# Article 27: these also say where they serve and which addresses they use.
REGISTRY = {"DI_DNS", "DI_TLD", "DI_CLOUD", "DI_DC", "DI_CDN", "IC_MSP", "IC_MSSP", "DP_MARKET", "DP_SEARCH", "DP_SOCIAL"}
TELECOM = {"DI_PECN", "DI_PECS", "DI_IXP"}
# Shares of micro, small, medium and large among those who come forward.
SIZES = {"small trade": (40, 32, 21, 7), "industry": (18, 30, 36, 16), "utility": (8, 20, 38, 34), "public": (3, 12, 40, 45)}
UTILITIES = ("EN_", "TR_", "DW_", "WW_", "BA_", "FM_", "HE_EURL", "SP_", "DI_PECN", "DI_TLD", "DI_IXP")
INDUSTRY = ("MA_", "CH_", "HE_PHARMA", "HE_DEVCRIT", "HE_RND", "FO_", "RE_")

# No language has these words: syllables of no use outside this file.
FIRST = ["Vrax", "Quil", "Zynt", "Brulf", "Oxqua", "Thrizz", "Wyrm", "Plonx", "Gwexi", "Jhorr", "Kvist", "Sfuno", "Xelph", "Umbrix", "Yqua", "Dzorb",
         "Flimq", "Hruxa", "Icthy", "Mwenz", "Nqori", "Pzalt", "Rhuqi", "Tsvix", "Vlooq", "Skwamm", "Ejjori", "Aquxo", "Orfyx", "Lyhhn"]
SECOND = ["quel", "zarn", "vupp", "thix", "moqa", "drizz", "wobb", "xanth", "fnor", "jiqu", "kyrr", "lzep", "ghast", "bvont", "phluz", "rruq",
          "sziv", "yarq", "heqt", "nuxi", "cqual", "tvorn", "pwimm", "ozzle", "uqqa", "ivvor", "axxel", "eqquo", "dhymm", "msolv"]
CITIES = ["Nowhereghem", "Fictiebeke", "Sansville", "Utopeken", "Imaginoy", "Nergensdorp", "Chimereux", "Verzonnen", "Invente-la-Neuve", "Droomhove"]
STREETS = ["Invented Street", "Fiction Lane", "Nowhere Road", "Make-Believe Quay", "Imaginary Square", "Example Avenue"]
OTHERS = ["NL", "FR", "DE", "LU", "IE", "ES", "IT", "PL", "SE", "AT", "DK", "PT", "CZ"]


class Ranges:
    """Deals out disjoint parts of the real prefixes, in their order."""

    def __init__(self, version, path=os.path.join(ROOT, "data/prefixes-be.tsv")):
        with open(path, encoding="ascii") as file:
            networks = [ipaddress.ip_network(line.split()[1]) for line in file if line.strip()]
        self.left = [n for n in networks if n.version == version]
        self.left.reverse()
        self.at = self.end = 0
        self.bits = 32 if version == 4 else 128
        self.version = version

    def take(self, prefix):
        size = 1 << (self.bits - prefix)
        start = -(-self.at // size) * size
        while start + size > self.end:
            if not self.left:
                return None
            network = self.left.pop()
            self.at, self.end = int(network.network_address), int(network.broadcast_address) + 1
            start = -(-self.at // size) * size
        self.at = start + size
        return f"{ipaddress.ip_address(start) if self.version == 4 else ipaddress.IPv6Address(start)}/{prefix}"


def money(value):
    """Whole thousands, as a decimal string."""
    return str(int(value // 1000) * 1000)


class Register:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.v4, self.v6 = Ranges(4), Ranges(6)
        self.names = set()
        self.codes = list(TYPES)
        self.shares = [TYPES[code][1] for code in self.codes]

    def name(self, trade):
        chance = self.chance
        while True:
            word = chance.choice(FIRST) + chance.choice(SECOND) + (chance.choice(SECOND) if chance.random() < 0.55 else "")
            if (word, trade) not in self.names:
                self.names.add((word, trade))
                return word

    def size(self, code):
        """Staff, turnover and balance in euro."""
        chance = self.chance
        kind = "public" if code.startswith("PA_") else "utility" if code.startswith(UTILITIES) else "industry" if code.startswith(INDUSTRY) else "small trade"
        scale = chance.choices(range(4), SIZES[kind])[0]
        low, high = ((1, 10), (10, 50), (50, 250), (250, 4000))[scale]
        staff = low + (high - low) * chance.random() ** (1.4 if scale < 3 else 3.2)
        staff = f"{staff:.2f}".rstrip("0").rstrip(".") if chance.random() < 0.2 else str(int(staff))
        each = chance.lognormvariate(12.1, 0.7)  # turnover a head, about 180,000 euro
        turnover = float(staff) * each
        return staff, money(turnover), money(turnover * chance.uniform(0.35, 1.3))

    def types(self, first):
        found = [first]
        while len(found) < 4 and self.chance.random() < 0.22 and first in ALSO:
            other = self.chance.choice(ALSO[first])
            if other not in found:
                found.append(other)
        return found

    def contact(self, role, slug, domain):
        digits = self.chance.randrange(10**8)
        person = self.chance.choice(["Service desk", "Night desk", "Security team", "Secretariat", "Operations room"])
        return {"role": role, "name": f"{person} (invented)", "email": f"{role}@{domain}",
                "phone": f"+999 {digits // 10**6:02d} {digits // 1000 % 1000:03d} {digits % 1000:03d}"}

    def ranges(self, types, staff):
        size = float(staff)
        if not set(types) & (REGISTRY | TELECOM) and self.chance.random() > 0.25:
            return []
        if set(types) & TELECOM:
            lengths = [22 if size >= 250 else 24]
        else:
            lengths = [25 if size >= 250 else 27 if size >= 50 else 29]
        taken = [self.v4.take(n) for n in lengths]
        if set(types) & (REGISTRY | TELECOM) and self.chance.random() < 0.5:
            taken.append(self.v6.take(40 if set(types) & TELECOM else 48))
        return [text for text in taken if text is not None]

    def entity(self, number):
        chance = self.chance
        first = chance.choices(self.codes, self.shares)[0] if number >= len(self.codes) else self.codes[number]  # each type at least once
        types = self.types(first)
        trade = TYPES[first][0]
        word = self.name(trade)
        slug = f"{word}-{trade}".lower().replace(" ", "-")
        domain = slug + (".example" if chance.random() < 0.9 else ".test")
        staff, turnover, balance = self.size(first)
        is_registry = bool(set(types) & REGISTRY)
        services = sorted({STATE} | set(chance.sample(OTHERS, chance.choice([0, 0, 1, 2, 4]) if is_registry else chance.choice([0, 0, 0, 0, 1]))))
        fields = {
            "name": f"{word} {trade} (invented)",
            "national_number": f"DEMO-{number:06d}",
            "address": {"street": f"{chance.choice(STREETS)} {chance.randrange(1, 400)}", "postal_code": "0000", "city": chance.choice(CITIES), "country": STATE},
            "contacts": [self.contact("security", slug, domain)] + ([self.contact("management", slug, domain)] if chance.random() < 0.3 else []),
            "entity_types": types,
            "services_states": services,
        }
        ranges = self.ranges(types, staff)
        if ranges:
            fields["ip_ranges"] = ranges
        elif is_registry:
            fields["ip_ranges"] = [self.v4.take(30) or self.v6.take(56)]
        main = STATE
        if is_registry:
            main = STATE if len(services) == 1 or chance.random() < 0.9 else chance.choice([s for s in services if s != STATE])
            fields["main_establishment"] = main
            if main != STATE:
                fields["establishments"] = [{"country": STATE, "address": f"{chance.choice(STREETS)} 1, {chance.choice(CITIES)}"}]
        fields["domains"] = [domain] + ([f"status.{domain}"] if chance.random() < 0.3 else [])
        if set(types) & TELECOM:
            fields["as_numbers"] = f"AS{4200000000 + number}"  # of the private range of RFC 6996
        fields.update(staff=staff, turnover_eur=turnover, balance_eur=balance)
        facts = self.facts(number, fields, types, services, main)
        fields["established_in"] = facts["established_in"].split(";")
        for name in ("tsp_qualified", "regional_assessed"):
            if name in facts:
                fields[name] = facts[name] == "yes"
        return fields, facts

    def facts(self, number, fields, types, services, main):
        chance = self.chance
        facts = {"id": fields["national_number"], "name": fields["name"], "types": ";".join(types), "staff": fields["staff"],
                 "turnover": fields["turnover_eur"], "balance": fields["balance_eur"], "established_in": STATE, "services_in": ";".join(services)}
        if set(types) & REGISTRY:
            facts["decisions_in"] = main
            if main != STATE:
                facts["established_in"] = f"{STATE};{main}"
        if "DI_TSP" in types:
            facts["tsp_qualified"] = "yes" if chance.random() < 0.6 else "no"
        if types[0].startswith("PA_"):
            facts["set_up_by"] = STATE
        if types[0] == "PA_REGION":
            facts["regional_assessed"] = chance.choice(["yes", "yes", "no"])
        if types[0] == "PA_CENTRAL" and chance.random() < 0.06:
            facts["security_activity"] = "predominant"
        if types[0] == "FO_FOOD" and chance.random() < 0.3:
            facts["food_activity"] = chance.choice(["wholesale", "production", "neither"])
        if types[0] in ("TR_RO_AUTH", "DW_SUPPLY", "WW_OPER", "WM_OPER") and chance.random() < 0.1:
            facts["ancillary"] = types[0]
        if types[0].startswith(("EN_", "TR_", "HE_PROVIDER", "DW_")) and chance.random() < 0.04:
            facts["cer_critical"] = "yes"
        if types[0].startswith(("EN_", "HE_", "TR_")) and chance.random() < 0.02:
            facts["identified_2_2_b"] = chance.choice(["important", "essential"])
        if types[0] == "RE_ORG" and chance.random() < 0.35:
            facts["educational_institution"] = "yes"
        if types[0] in ("IC_MSP", "IC_MSSP") and chance.random() < 0.08:
            facts["serves_own_group_only"] = "yes"
        return facts


COLUMNS = ["id", "name", "types", "staff", "turnover", "balance", "established_in", "services_in", "decisions_in", "set_up_by", "tsp_qualified",
           "regional_assessed", "security_activity", "food_activity", "ancillary", "cer_critical", "identified_2_2_b", "educational_institution",
           "serves_own_group_only"]


def write(entities, seed, lines, facts):
    """Writes both files; the number of entities."""
    register = Register(seed)
    with open(lines, "w", encoding="utf-8") as out, open(facts, "w", encoding="utf-8", newline="") as table:
        rows = csv.DictWriter(table, COLUMNS, restval="", lineterminator="\n")
        rows.writeheader()
        for number in range(entities):
            fields, known = register.entity(number)
            out.write(json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n")
            rows.writerow(known)
    return entities


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--entities", type=int, default=30000)
    parser.add_argument("--seed", type=int, default=2555)
    parser.add_argument("--lines", required=True)
    parser.add_argument("--facts", required=True)
    options = parser.parse_args()
    print(write(options.entities, options.seed, options.lines, options.facts), "entities")


if __name__ == "__main__":
    main()
