"""Files that lie on the desks of Orvane's people: lists from fairs and dealers, with the faults that such lists have. Pure."""

from __future__ import annotations

import csv
import io

import pandas as pd

from prm.demo.world.streams import stream

_NEW = {
    "rennes": (
        ("Kermeur Cybersécurité", "Rennes", "intégrateur", "34"), ("Iroise Infogérance", "Brest", "infogéreur", "27"),
        ("Belle-Île Numérique", "Vannes", "VAR", "12"), ("Odet Réseaux", "Quimper", "VAR", "19"),
        ("Trégor Protection", "Lannion", "intégrateur", "48"), ("Cornouaille IT", "Quimper", "revendeur", "9"),
        ("Vilaine Systèmes", "Rennes", "VAR", "23"), ("Emeraude Sécurité", "Saint-Malo", "intégrateur", "31"),
    ),
    "lille": (
        ("Deûle Informatique", "Lille", "VAR", "22"), ("Artois Infogérance", "Arras", "infogéreur", "41"),
        ("Lys Réseaux", "Armentières", "VAR", "14"), ("Opale Intégration", "Dunkerque", "intégrateur", "56"),
        ("Scarpe Conseil", "Douai", "conseil", "8"), ("Flandre Télécom", "Dunkerque", "revendeur", "17"),
    ),
    "bought": (
        ("Neckar Rechenzentrum", "Stuttgart", "integrator", "60"), ("Schwarzwald Netz", "Freiburg im Breisgau", "var", "18"),
        ("Bodensee Datendienste", "Konstanz", "msp", "25"), ("Ortenau Systeme", "Offenburg", "var", "33"),
    ),
}  # fmt: skip
_HEAD = ("Société", "Ville", "Pays", "Site web", "Typologie", "Effectif", "Chiffre d’affaires (k€)")
# What people type where a figure or a country is asked for; in this order into every list.
_FAULTS = (
    ("Effectif", "une vingtaine"), ("Pays", "Bretagne Sud"), ("Société", ""), ("Effectif", "30 à 50"), ("Typologie", "cyber"),
    ("Site web", "sur demande"),
)  # fmt: skip


def fair_list(seed: int, companies: pd.DataFrame, *, place: str, regions: tuple[str, ...], known: int, faults: int) -> bytes:
    """Visitors of a fair as its organiser sends them, for a French spreadsheet: ``known`` companies of ``regions`` that we have
    already, those of ``place`` that are new, the last ``faults`` rows with a fault each."""
    rng = stream(seed, f"list of {place}")
    pool = companies[companies["region"].isin(regions) & companies["employees"].notna() & (companies["duplicate_of"] < 0)]
    picked = pool.iloc[rng.choice(len(pool), size=min(known, len(pool)), replace=False)]
    rows = []
    for c in picked.itertuples(index=False):
        people = max(1, round(float(c.employees) * float(rng.uniform(0.95, 1.12))))
        turnover = "" if c.revenue is None or pd.isna(c.revenue) else f"{float(c.revenue) / 1000:.1f}".replace(".", ",")
        rows.append([c.name, c.city, c.country, c.website or "", "", str(people), turnover])
    country = "DE" if place == "bought" else "FR"
    rows += [[name, city, country, "", trade, people, ""] for name, city, trade, people in _NEW[place]]
    order = [rows[n] for n in rng.permutation(len(rows))]
    for row, (column, text) in zip(order[-faults:] if faults else [], _FAULTS, strict=False):
        row[_HEAD.index(column)] = text
    return _file(_HEAD, order)


def dealer_report(seed: int, sales: pd.DataFrame, partners: pd.DataFrame, companies: pd.DataFrame) -> bytes:
    """What one of our partners says it sold lately, as it wrote it: forty lines that nobody has mapped yet."""
    head = ("Reseller", "Invoice", "Day", "Part number", "Pieces", "Net amount")
    lines = sales.tail(400).iloc[sorted(stream(seed, "dealer report").choice(min(400, len(sales)), size=40, replace=False))]
    rows = [
        [companies["name"].iat[partners["company"].iat[s.partner]], f"R{s.order_number[3:]}", f"{s.sold_on:%d/%m/%Y}", s.product,
         str(s.quantity), f"{s.amount:.2f}".replace(".", ",")]
        for s in lines.itertuples(index=False)
    ]  # fmt: skip
    return _file(head, rows)


def _file(head: tuple[str, ...], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("cp1252", errors="replace")
