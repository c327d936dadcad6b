"""What Orvane knows of all that, from whom, and since when. Facts are missing not at random: small companies are less known,
partners best; and what is known grows old.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from prm.demo.world.relations import Relations
from prm.demo.world.story import TOLD
from prm.demo.world.streams import stream


class Source(NamedTuple):
    """Where facts come from. ``ages`` are the youngest and oldest days of its facts, ``share`` the companies it brought."""

    key: str
    kind: str
    name: str
    ages: tuple[int, int]
    share: float


SOURCES = (
    Source("import:trade-directory", "import", "Indicanal", (150, 900), 0.52),
    Source("import:fair-lists", "import", "Salon Convergence", (40, 700), 0.16),
    Source("registry:companies", "registry", "Sirene, KBO, Handelsregister", (60, 760), 0.26),
    Source("manual:team", "manual", "Orvane", (5, 540), 0.06),
    Source("questionnaire:channel-survey", "questionnaire", "Orvane Pulse", (30, 640), 0.0),
    Source("partner:portal", "partner", "portail.orvane.example", (3, 560), 0.0),
    Source("import:crm", "import", "CRM Orvane", (20, 60), 0.0),
)
SOURCE_KEYS = tuple(source.key for source in SOURCES)

# field: how likely it is known of a firm of thirteen people (log-odds), how much more for ten times the people, and who tells
# it for companies of which more than one source speaks.
_KNOWN = {
    "typology": (3.4, 0.3, None),
    "website": (1.7, 0.6, None),
    "registration_number": (1.5, 0.5, "registry:companies"),
    "founded_year": (0.8, 0.4, "registry:companies"),
    "employees": (1.4, 0.9, "registry:companies"),
    "sales_people": (-0.5, 1.1, "questionnaire:channel-survey"),
    "engineers": (-0.6, 1.1, "questionnaire:channel-survey"),
    "customers": (-1.1, 0.8, "questionnaire:channel-survey"),
    "revenue": (0.2, 1.2, "registry:companies"),
    "growth": (0.0, 1.1, "registry:companies"),
    "languages": (0.6, 0.4, None),
    "phone": (0.9, 0.3, None),
    "vendors": (1.5, 0.9, "questionnaire:channel-survey"),
    "offers": (0.9, 0.6, None),
    "mix": (0.1, 1.0, "questionnaire:channel-survey"),
    "position": (2.4, 0.2, None),
}
FIELDS = tuple(_KNOWN)
_PARTNER_BONUS = 2.6


class Knowledge(NamedTuple):
    """By company (row): ``known`` (frame of booleans by field), ``source`` (index of the main source in SOURCES), ``as_of``
    (its date), ``by_field`` (dict row → {field: (source index, date)}) for what another source told, ``shares``
    (whether shares of business are known)."""

    known: pd.DataFrame
    source: np.ndarray
    as_of: list[date]
    by_field: dict[int, dict[str, tuple[int, date]]]
    shares: np.ndarray


def knowledge(seed: int, today: date, frame: pd.DataFrame, partners: pd.DataFrame) -> Knowledge:
    """Decides what is known, from whom and since when."""
    rng, count = stream(seed, "knowledge"), len(frame)
    size = np.log10(frame["employees"].to_numpy() / 13)
    seen = rng.normal(0, 0.9, count)  # some firms are simply more in the light than others
    partner = np.zeros(count)
    partner[partners["company"]] = np.where(partners["stage"].isin(["candidate", "engaged", "exited"]), 0.5, 1.0)
    known = pd.DataFrame(index=frame.index)
    for field, (base, slope, _source) in _KNOWN.items():
        odds = base + slope * size + seen + _PARTNER_BONUS * partner
        known[field] = rng.random(count) < 1 / (1 + np.exp(-odds))
    known.loc[: len(TOLD) - 1] = True
    for row, told in enumerate(TOLD):
        known.loc[row, "sales_people"] = told.sales_people >= 0
        known.loc[row, "engineers"] = told.engineers >= 0
        known.loc[row, "mix"] = bool(told.industries) or bool(told.stage)
        known.loc[row, "vendors"] = bool(told.vendors)
        if not told.stage:
            known.loc[row, ["growth", "customers"]] = [told.growth is not None, told.customers is not None]
    weights = np.array([s.share for s in SOURCES])
    source = rng.choice(len(SOURCES), size=count, p=weights)
    source[partners["company"]] = SOURCE_KEYS.index("import:crm")
    as_of = [_aged(rng, today, int(s)) for s in source]
    by_field = _told_by_others(rng, today, known, partner)
    shares = rng.random(count) < np.clip(0.42 + 0.12 * size + 0.5 * partner, 0.05, 0.98)
    shares[: len(TOLD)] = True
    return Knowledge(known, source, as_of, by_field, shares)


def _told_by_others(
    rng: np.random.Generator, today: date, known: pd.DataFrame, partner: np.ndarray
) -> dict[int, dict[str, tuple[int, date]]]:
    told: dict[int, dict[str, tuple[int, date]]] = {}
    portal = SOURCE_KEYS.index("partner:portal")
    draw = rng.random((len(known), len(FIELDS)))
    columns = known.to_numpy()
    for row in range(len(known)):
        survey_day = registry_day = portal_day = None
        for column, field in enumerate(FIELDS):
            if not columns[row, column]:
                continue
            other = _KNOWN[field][2]
            if (
                partner[row]
                and field in {"employees", "sales_people", "engineers", "customers", "languages", "mix"}
                and draw[row, column] < 0.6
            ):
                portal_day = portal_day or _aged(rng, today, portal)
                told.setdefault(row, {})[field] = (portal, portal_day)
            elif other == "questionnaire:channel-survey" and draw[row, column] < 0.75:
                survey_day = survey_day or _aged(rng, today, SOURCE_KEYS.index(other))
                told.setdefault(row, {})[field] = (SOURCE_KEYS.index(other), survey_day)
            elif other == "registry:companies" and draw[row, column] < 0.6:
                registry_day = registry_day or _aged(rng, today, SOURCE_KEYS.index(other))
                told.setdefault(row, {})[field] = (SOURCE_KEYS.index(other), registry_day)
    return told


def _aged(rng: np.random.Generator, today: date, source: int) -> date:
    """A day in the source's span: recent ones more often, with a long tail of old ones."""
    low, high = SOURCES[source].ages
    return today - timedelta(days=int(low + (high - low) * rng.beta(1.3, 2.2)))


def observed(frame: pd.DataFrame, knowledge_: Knowledge, today: date) -> pd.DataFrame:
    """The companies as Orvane has them: None where a fact is not known. ``provenance`` maps a field to (source key, as-of);
    ``"*"`` is the main source."""
    out = frame[["name", "legal_name", "country", "region", "city", "postal_code", "street", "domain"]].copy()
    known = knowledge_.known
    columns = {
        "typology": frame["typology"], "registration_number": frame["registration_id"], "founded_year": frame["founded"],
        "employees": frame["employees"], "sales_people": frame["sales_people"], "engineers": frame["engineers"],
        "customers": frame["customers"], "revenue": frame["revenue"], "growth": frame["growth"],
        "languages": frame["languages"],
    }  # fmt: skip
    for field, values in columns.items():
        out[field] = values.astype(object).where(known[field], None)
    out["website"] = ("https://www." + frame["domain"]).astype(object).where(known["website"], None)
    out["domain"] = frame["domain"].where(known["website"], "")
    for field in ("latitude", "longitude"):
        out[field] = frame[field].astype(object).where(known["position"], None)
    days = pd.Series([knowledge_.by_field.get(r, {}).get("revenue", (0, d))[1] for r, d in enumerate(knowledge_.as_of)])
    # A yearly account is public in autumn: what was told before speaks of the year before the last.
    year = pd.Series([d.year - (1 if d.month >= 7 else 2) for d in days], dtype=object)
    out["revenue_year"] = year.where(known["revenue"], None)
    out["currency"] = np.where(frame["country"] == "CH", "CHF", "EUR")
    provenance = []
    for row, (main, day) in enumerate(zip(knowledge_.source, knowledge_.as_of, strict=True)):
        told = {field: (SOURCES[s].key, d) for field, (s, d) in knowledge_.by_field.get(row, {}).items() if field in out}
        provenance.append({"*": (SOURCES[int(main)].key, day), **told})
    out["provenance"] = provenance
    return out


def carried(seed: int, today: date, relations: Relations, knowledge_: Knowledge) -> pd.DataFrame:
    """Vendors carried, as far as known: company (row), vendor (index in VENDORS), share (NaN where not told), since."""
    rng = stream(seed, "carried rows")
    company, vendor = np.nonzero(relations.vendors)
    known = knowledge_.known["vendors"].to_numpy()[company] | (vendor == 0)
    company, vendor = company[known], vendor[known]
    # Rounded down: shares of one company never add up to more than all of it.
    whole = np.floor(relations.shares[company, vendor] * 100 + 1e-6) / 100
    share = np.where(knowledge_.shares[company], whole, np.nan)
    share = np.where(share < 0.01, np.nan, share)
    since = today.year - np.minimum(rng.gamma(1.8, 3.2, len(company)).astype(int), 25)
    since = np.where(rng.random(len(company)) < 0.45, since, -1)
    return pd.DataFrame({"company": company, "vendor": vendor, "share": share, "since_year": since})


def earlier_values(seed: int, today: date, observed_: pd.DataFrame, partners: pd.DataFrame) -> pd.DataFrame:
    """What some facts were before: company (row), field, value, source (key), as_of. Of most partners and some others."""
    rng = stream(seed, "earlier values")
    chance = np.full(len(observed_), 0.06)
    chance[partners["company"]] = 0.65
    rows = []
    for field, swing in (
        ("employees", 0.09),
        ("customers", 0.12),
        ("sales_people", 0.10),
        ("engineers", 0.12),
        ("revenue", 0.08),
    ):
        draw, change = rng.random(len(observed_)), rng.normal(-0.06, swing, len(observed_))
        for row in np.flatnonzero(draw < chance):
            value = observed_[field].iat[row]
            source, day = observed_["provenance"].iat[row].get(field, observed_["provenance"].iat[row]["*"])
            if pd.isna(value):
                continue
            before = value * (1 + change[row])
            before = round(before, -4) if field == "revenue" else max(1, round(before))
            if before != value:
                rows.append((int(row), field, before, source, day - timedelta(days=int(rng.integers(200, 700)))))
    return pd.DataFrame(rows, columns=["company", "field", "value", "source", "as_of"])
