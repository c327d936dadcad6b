"""The demo world before it meets a database: repeatable, of the promised size, and believable."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from prm.core.text import text_key
from prm.demo.world.build import SEED, World, build_world
from prm.demo.world.calendar import WorldDay, last_day
from prm.demo.world.market import VENDOR_CODES, VENDORS
from prm.demo.world.partners import PORTFOLIOS, STAGES
from prm.demo.world.story import TOLD

TODAY = date(2026, 5, 19)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(SEED, TODAY)


def test_same_seed_and_day_give_identical_rows(world: World) -> None:
    assert build_world(SEED, TODAY).digest() == world.digest()


def test_another_seed_or_day_gives_another_world(world: World) -> None:
    small = build_world(1, TODAY, 1_000).digest()
    assert small != build_world(2, TODAY, 1_000).digest()
    assert small != build_world(1, date(2026, 5, 20), 1_000).digest()


def test_a_world_too_small_for_its_partners_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1,000"):
        build_world(SEED, TODAY, 200)


def test_whole_world_is_built_within_ten_seconds() -> None:
    start = time.process_time()
    build_world(SEED + 1, TODAY)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(("now", "day"), [("2026-05-19T08:59", 18), ("2026-05-19T09:00", 19), ("2026-05-20T00:30", 19)])
def test_nothing_of_a_world_filled_at_night_is_still_to_come(now: str, day: int) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    last = last_day(moment)
    assert (last.day, WorldDay(SEED, last, 1_000).morning <= moment) == (day, True)


def test_counts_are_those_promised(world: World) -> None:
    assert len(world.truth) == 5_000
    assert len(world.companies) == 5_075
    assert (world.companies["duplicate_of"] >= 0).sum() == 75
    assert world.partners["stage"].value_counts().to_dict() == STAGES
    assert sum(STAGES.values()) == 120
    assert world.partners["manager"].value_counts().to_dict() == PORTFOLIOS
    assert world.products["family"].nunique() == 8
    assert {"orvane", "nordwall", "kestrel", "tessel", "celadon"} <= set(VENDOR_CODES)
    carried = world.vendors_carried["vendor"].value_counts()
    assert carried[VENDOR_CODES.index("nordwall")] > 200
    assert carried[VENDOR_CODES.index("kestrel")] > 120


def test_three_years_of_sales_end_today(world: World) -> None:
    days = pd.to_datetime(world.sales["sold_on"])
    assert days.min() < pd.Timestamp("2023-06-15")
    assert pd.Timestamp("2026-05-15") <= days.max() <= pd.Timestamp(TODAY)
    assert (days.dt.day_of_week < 5).all()
    assert len(world.sales) > 15_000


def test_sizes_have_a_long_tail_and_revenue_follows_people(world: World) -> None:
    people = world.truth["employees"]
    assert people.median() < 20 < people.mean()
    assert people.max() > 40 * people.median()
    top = people.sort_values(ascending=False).head(500).sum() / people.sum()
    assert top > 0.4
    assert np.corrcoef(np.log(people), np.log(world.truth["revenue"]))[0, 1] > 0.8


def test_typologies_differ(world: World) -> None:
    by = world.truth.groupby("typology")
    assert by["employees"].median()["reseller"] < by["employees"].median()["integrator"]
    assert by["growth"].median()["msp"] > by["growth"].median()["reseller"]
    engineers = by["engineers"].sum() / by["employees"].sum()
    assert engineers["msp"] > 2 * engineers["reseller"]


def test_small_companies_are_less_known(world: World) -> None:
    known = world.companies.iloc[:5_000].notna()
    small = world.truth["employees"] <= 6
    large = world.truth["employees"] >= 60
    for field in ("employees", "sales_people", "revenue", "customers"):
        assert known.loc[large, field].mean() > known.loc[small, field].mean() + 0.15, field
    partners = world.partners["company"]
    assert known.loc[partners, "revenue"].mean() > known["revenue"].mean() + 0.2
    assert 0.3 < known["sales_people"].mean() < 0.6


def test_facts_age(world: World) -> None:
    days = pd.Series([(TODAY - told["*"][1]).days for told in world.companies["provenance"]])
    assert days.min() >= 0
    assert (days > 365).mean() > 0.15
    assert (days < 120).mean() > 0.05


def test_every_name_number_and_domain_is_unique(world: World) -> None:
    assert world.truth["name"].map(text_key).is_unique
    assert world.truth["registration_id"].is_unique
    assert world.truth["domain"].is_unique
    assert world.truth["domain"].str.endswith(".example").all()


def looks_real(number: str) -> bool:
    """Whether a number passes the check of Luhn, as each SIREN does: every second digit from the right counts double."""
    digits = [int(digit) for digit in reversed(number) if digit.isdigit()]
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(digits)) % 10 == 0


def test_no_registration_number_can_be_a_real_one(world: World) -> None:
    french = world.truth.loc[world.truth["country"] == "FR", "registration_id"]
    assert french.map(lambda n: bool(re.fullmatch(r"\d{3} \d{3} \d{3}", n))).all()
    assert looks_real("732 829 320"), "a real one, by which the check itself is checked"
    assert not french.map(looks_real).any()


def test_duplicates_are_spelt_otherwise_but_recognisable(world: World) -> None:
    twins = world.companies[world.companies["duplicate_of"] >= 0]
    first = world.companies["name"].iloc[twins["duplicate_of"]].to_numpy()
    assert (twins["name"].to_numpy() != first).all()
    assert not set(twins["duplicate_of"]) & set(world.partners["company"])
    assert 0.1 < twins["registration_number"].notna().mean() < 0.7


def test_shares_of_customers_add_up(world: World) -> None:
    assert np.allclose(world.mix.groupby("company")["share"].sum(), 1.0)
    known = world.vendors_carried.groupby("company")["share"].sum()
    assert known.max() <= 1.0001


def test_life_of_a_partner_runs_forward(world: World) -> None:
    path = ["candidate", "engaged", "contracted", "onboarding", "active", "extended", "exiting", "exited"]
    for row in world.partners.itertuples():
        days = [day for stage in path if (day := getattr(row, f"{stage}_on")) is not None and day == day]
        assert days == sorted(days)
        assert days[-1] == row.since <= TODAY


def test_only_partners_that_sell_have_sales_and_only_while_they_do(world: World) -> None:
    sold = world.sales.groupby("partner")["sold_on"].agg(["min", "max"])
    stages = world.partners["stage"].reindex(sold.index)
    assert set(stages) == {"active", "extended", "exiting", "exited"}
    for partner, first, last in sold.itertuples():
        life = world.partners.loc[partner]
        assert first >= life["active_on"]
        if life["stage"] == "exited":
            assert last < life["exited_on"]


def test_sales_have_seasons_and_the_mix_moves(world: World) -> None:
    sales = world.sales.assign(day=pd.to_datetime(world.sales["sold_on"]))
    month = sales.groupby(sales["day"].dt.month)["amount"].sum()
    assert month[8] < 0.75 * month.mean()
    assert month[12] > 1.2 * month.mean()
    family = sales["product"].map(world.products.set_index("code")["family"])
    share = sales.groupby([sales["day"].dt.year, family])["amount"].sum().unstack()
    share = share.div(share.sum(axis=1), axis=0)
    assert share.loc[2026, "firewall"] > share.loc[2023, "firewall"]
    assert share.loc[2026, "switching"] < share.loc[2023, "switching"]


def test_no_partner_that_sold_through_both_years_multiplies_its_sales(world: World) -> None:
    month = pd.to_datetime(world.sales["sold_on"]).dt.to_period("M")
    this = pd.Period(TODAY, "M")
    amount = world.sales.groupby([world.sales["partner"], month])["amount"].sum().unstack(fill_value=0.0)
    throughout = amount.index[amount.loc[:, : this - 24].sum(axis=1) > 0]
    year = amount.loc[throughout, this - 12 : this - 1].sum(axis=1)
    before = amount.loc[throughout, this - 24 : this - 13].sum(axis=1)
    assert len(throughout) > 50
    assert (year[before > 0] / before[before > 0]).max() < 3
    assert 0.9 < year.sum() / before.sum() < 1.5


def test_products_and_territories_have_their_french_names(world: World) -> None:
    assert (world.products["name_fr"] != "").all()
    assert not world.products["name_fr"].str.contains(r"\b(?:and|year|people|cloud backup)\b").any()


def test_sales_are_concentrated(world: World) -> None:
    total = world.sales.groupby("partner")["amount"].sum().sort_values(ascending=False)
    assert total.head(len(total) // 5).sum() / total.sum() > 0.4


def test_one_latent_fit_stands_behind_channel_and_sales(world: World) -> None:
    fit = world.truth["fit"]
    partners = world.partners["company"]
    assert fit[partners].mean() > fit.mean() + 0.8
    tessel = set(world.vendors_carried.loc[world.vendors_carried["vendor"] == VENDOR_CODES.index("tessel"), "company"])
    assert np.mean([c in tessel for c in partners]) > 2 * np.mean([c in tessel for c in world.truth.index])
    year = world.sales[pd.to_datetime(world.sales["sold_on"]) > "2025-05-19"].groupby("partner")["amount"].sum()
    company = partners.reindex(year.index)
    per_revenue = np.log(year.to_numpy() / world.truth["purchases"].reindex(company).to_numpy())
    assert np.corrcoef(per_revenue, fit.reindex(company))[0, 1] > 0.1


def test_told_companies_are_as_told(world: World) -> None:
    for row, told in enumerate(TOLD):
        company = world.companies.iloc[row]
        assert (company["name"], company["city"], company["employees"]) == (told.name, told.city, told.employees)
        carried = world.vendors_carried[world.vendors_carried["company"] == row]
        assert {VENDORS[v].code: s for v, s in zip(carried["vendor"], carried["share"], strict=True)} == told.vendors
    assert world.companies["sales_people"].iloc[15] is None  # Girondine de Réseaux: "? / 40"
    kerlan = world.mix[world.mix["company"] == 0].groupby("industry")["share"].sum()
    assert kerlan["healthcare"] == pytest.approx(0.38, abs=0.01)
