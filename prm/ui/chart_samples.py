"""Invented charts for the gallery, one of each kind; seeded, so that screenshots stay comparable."""

from __future__ import annotations

import random

from prm.ui import charts

MONTHS = "JJASONDJFMAM"


def sample_scatter() -> charts.Chart:
    """The scatter of the study picture."""
    chance = random.Random(7)  # noqa: S311  not a secret
    cloud = [[max(9, min(80, chance.gauss(45, 14))), max(8, chance.lognormvariate(4.7, 0.7))] for _ in range(320)]
    named = [
        ("Isère Cloud", 82, 412),
        ("Opaline IT", 79, 538),
        ("Armor Systèmes", 81, 447),
        ("Bocage Infogérance", 63, 258),
        ("Cobalt", 72, 490),
        ("Aubépine", 76, 188),
        ("Vendelis", 72, 164),
        ("Solvane", 70, 274),
        ("Pertuis", 68, 203),
        ("Quai Neuf", 64, 377),
        ("Ligérien", 80, 351),
    ]
    references = [("Kerlan", 93, 630), ("Sudelec", 89, 585), ("Breizh", 91, 505)]
    return charts.scatter(
        key="alike",
        title="Eleven are alike and worth more than €150 k",
        about="Potential at P50 (€k) by resemblance; the pale cloud is everyone else",
        sentence="Eleven companies lie above 60 resemblance and €150 k; the three references lie at the top right.",
        x="Resemblance to the references",
        y="Potential €k",
        points=[{"name": n, "x": x, "y": y, "id": n} for n, x, y in named],
        references=[{"name": n, "x": x, "y": y} for n, x, y in references],
        cloud=[[x, y] for x, y in cloud if y < 700],
        x_max=100,
        named=4,
        selected="Isère Cloud",
    )


def samples() -> list[charts.Chart]:
    """One chart of each kind."""
    chance = random.Random(3)  # noqa: S311  not a secret
    labels = [
        MONTHS[i % 12] + ("\n2024" if i == 0 else "\n2025" if i == 7 else "\n2026" if i == 19 else "") for i in range(24)
    ]
    series = [
        {"name": "Switching", "tone": "us-3", "values": [chance.randint(4, 8) for _ in labels]},
        {"name": "Firewall", "tone": "us", "values": [chance.randint(3, 6) + i // 3 for i in range(24)]},
        {"name": "Other", "tone": "line-strong", "values": [chance.randint(2, 6) for _ in labels]},
    ]
    families = ["Switching", "Wi-Fi", "SD-WAN", "Firewall", "Endpoint", "Backup", "Voice", "Managed SOC"]
    now, ramp, target = (
        [3.1, 2.4, 1.2, 2.0, 0.9, 0.8, 1.1, 0.3],
        [0.2, 0.3, 0.4, 0.5, 0.2, 0.1, 0, 0.3],
        [3.0, 2.9, 2.6, 2.8, 1.2, 0.8, 0.9, 1.9],
    )
    missing = [round(max(0, t - n - r), 2) for t, n, r in zip(target, now, ramp, strict=True)]
    brest, lorient, rennes = (-4.49, 48.39), (-3.37, 47.75), (-1.68, 48.11)
    dots = [
        [x + chance.gauss(0, 0.13), y + chance.gauss(0, 0.1), chance.lognormvariate(2, 0.7)]
        for x, y in (brest, lorient, rennes)
        for _ in range(40)
    ]
    found = [
        ("Isère Cloud", 5.72, 45.19, 82),
        ("Armor Systèmes", -3.37, 47.75, 81),
        ("Ligérien Réseaux", -0.56, 47.47, 80),
        ("Opaline IT", -0.58, 44.84, 79),
        ("Cobalt", 0.69, 47.39, 73),
        ("Rheintal Datentechnik", 7.85, 47.99, 70),
        ("Haven Systems", 4.4, 51.22, 64),
        ("Leman Réseaux", 6.63, 46.52, 61),
        ("Torino Reti", 7.69, 45.07, 55),
    ]
    return [
        sample_scatter(),
        charts.sites(
            key="sites",
            title="Where its customers are",
            about="184 customers, 3 sites",
            sentence="Sites in Brest, Lorient and Rennes; customers lie around them.",
            places=[
                {"lon": brest[0], "lat": brest[1], "name": "Brest", "about": "31 people"},
                {"lon": lorient[0], "lat": lorient[1], "name": "Lorient", "about": "4"},
                {"lon": rennes[0], "lat": rennes[1], "name": "Rennes", "about": "11"},
            ],
            dots=dots,
        ),
        charts.columns(
            key="sales",
            title="Firewall took over from switching",
            about="Sales with us by month, €k, last 24 months",
            sentence="Firewall grew from 4 to 12 a month.",
            labels=labels,
            series=series,
            first="Month",
        ),
        charts.columns(
            key="capacity",
            title="SD-WAN and Managed SOC lack €2.3 M of capacity",
            about="Channel capacity, next 12 months, against target by product, €M",
            digits=1,
            sentence="Two families are short.",
            labels=families,
            first="Family",
            targets=target,
            link=("Who could fill it", "#"),
            series=[
                {"name": "Today", "tone": "us", "values": now},
                {"name": "Ramp-up of recruits", "tone": "us-3", "values": ramp},
                {"name": "Missing", "tone": "missing", "values": missing},
            ],
        ),
        charts.bars(
            key="pipeline",
            title="Two thirds of the pipeline has no proposal yet",
            about="100 open deals, €8.59 M",
            sentence="Submitted and approved hold most.",
            head=("Stage", "Amount"),
            items=[
                {"name": n, "value": v, "figure": f"€{v:.2f} M", "about": str(c), "tone": t}
                for n, v, c, t in [
                    ("Qualified", 2.62, 27, "us-3"),
                    ("Approved", 2.41, 33, "us-3"),
                    ("Proposal", 1.84, 19, "us"),
                    ("Negotiation", 0.98, 9, "us"),
                    ("Submitted", 0.74, 12, "us-3"),
                ]
            ],
        ),
        charts.waterfall(
            key="drivers",
            title="Strike force explains most of Isère Cloud's potential",
            about="From the segment's median to its P50, €k",
            sentence="From 180 to 412.",
            head=("Driver", "€k"),
            items=[
                {"name": "Segment", "value": 180, "figure": "180", "total": True},
                {"name": "Sales people", "value": 140, "figure": "+140"},
                {"name": "Customers", "value": 96, "figure": "+96"},
                {"name": "Growth", "value": 32, "figure": "+32"},
                {"name": "Rival share", "value": -36, "figure": "−36"},
                {"name": "Potential", "value": 412, "figure": "412", "total": True},
            ],
        ),
        charts.ranges(
            key="range",
            title="Cobalt could sell twice what it sells",
            about="Potential P10 to P90 and sales of 12 months, €k",
            sentence="Four companies.",
            head=("Company", "P10", "P50", "P90"),
            items=[
                {"name": "Cobalt", "low": 470, "mid": 602, "high": 720, "actual": 300, "figure": "602"},
                {"name": "Opaline IT", "low": 430, "mid": 538, "high": 640, "actual": None, "figure": "538"},
                {"name": "Armor Systèmes", "low": 250, "mid": 447, "high": 640, "actual": None, "figure": "447"},
                {"name": "Tramontane IT", "low": 270, "mid": 331, "high": 390, "actual": 310, "figure": "331"},
            ],
        ),
        charts.places(
            key="places",
            title="The best lie between Lorient and Grenoble",
            about="Resemblance of the first nine",
            sentence="Nine companies on a map.",
            head=("", "Alike"),
            height=320,
            points=[{"name": n, "lon": x, "lat": y, "value": v, "figure": str(v)} for n, x, y, v in found]
            + [{"name": "Kerlan", "lon": -4.3, "lat": 48.2, "value": 93, "figure": "reference", "reference": True}],
        ),
    ]
