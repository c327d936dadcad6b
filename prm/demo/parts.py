"""The parts that ``prm`` itself adds to the demo world; stages register theirs in their own ``AppConfig.ready``."""

from prm.demo import (
    accounts,
    activity,
    channel,
    contacts,
    desks,
    exports,
    imports,
    market,
    partner_people,
    questionnaires,
    relations,
    signing_in,
    universe,
)

__all__ = [
    "accounts",
    "activity",
    "channel",
    "contacts",
    "desks",
    "exports",
    "imports",
    "market",
    "partner_people",
    "questionnaires",
    "relations",
    "signing_in",
    "universe",
]
