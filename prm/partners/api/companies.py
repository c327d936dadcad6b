"""``/api/v1/companies``: any company of the universe, found, read, written, kept in step with another system (P1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery, Shape
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, NestedList, RetrieveMixin, ScopedViewSet, UpdateMixin, UpsertMixin
from prm.core.errors import Invalid
from prm.core.ids import typeid_encode
from prm.core.keyset import KeysetPage
from prm.events.models import OutboxEvent
from prm.imports.runner.staging import source_key
from prm.partners.api.company_records import (
    CompanyMergeSerializer,
    CompanySerializer,
    FactSerializer,
    WithdrawSerializer,
    expand_measures,
    expand_offers,
    expand_sites,
    expand_vendors,
)
from prm.partners.api.filters import COUNTRY, code_filter
from prm.partners.facts.values import FACT_COLUMNS
from prm.partners.models import Company, Lifecycle, Typology
from prm.partners.selectors.companies import company_list
from prm.partners.selectors.company import company_get, company_history_rows, fact_list
from prm.partners.selectors.details import companies_external_ids, companies_provenance, company_id_of
from prm.partners.services.companies import company_archive, company_create, company_edit, company_restore, fact_withdraw
from prm.partners.services.external_ids import company_create_external, company_sync
from prm.partners.services.facts import Learnt
from prm.partners.services.merging import company_merge, company_merge_undo

#: Filters of a list of words: API name → the selector's.
_WORDS = {
    "typology": "typology", "country": "country", "region": "region", "territory": "territory", "vendor": "vendor",
    "offer": "offer", "lifecycle": "lifecycle", "account_manager": "manager",
}  # fmt: skip
#: Filters of a range: API name → the selector's, what lies just beside a value, factor to the selector's unit (per cent).
_TINY = Decimal("0.000000001")
_RANGES: dict[str, tuple[str, Any, int]] = {
    "employees": ("employees", 1, 1),
    "sales_people": ("sales_people", 1, 1),
    "engineers": ("engineers", 1, 1),
    "revenue": ("revenue", _TINY, 1),
    "growth": ("growth", _TINY, 100),
    "known_share": ("known", _TINY, 100),
    "stalest_on": ("stale", timedelta(days=1), 1),
    "updated_at": ("updated", timedelta(microseconds=1), 1),
}
_FLAGS = {"is_partner": "partner", "is_archived": "archived"}
_MOST = 2_147_483_647


class CompanyViewSet(ListMixin, RetrieveMixin, HistoryMixin, CreateMixin, UpdateMixin, UpsertMixin, ScopedViewSet):
    """Companies: partners, candidates, and those we have only heard of."""

    resource, prefix = "companies", "company"
    label = gettext_lazy("Companies")
    serializer_class = CompanySerializer
    request_serializers = {"merge": CompanyMergeSerializer, "withdraw": WithdrawSerializer}
    permissions = {
        "list": "partners.company:view",
        "retrieve": "partners.company:view",
        "create": "partners.company:create",
        "update": "partners.company:edit",
        "partial_update": "partners.company:edit",
        "upsert": "partners.company:edit",
        "lookup": "partners.company:view",
        "facts": "partners.company_fact:view",
        "withdraw": "partners.company:edit",
        "archive": "partners.company:archive",
        "restore": "partners.company:archive",
        "merge": "partners.company:merge",
        "unmerge": "partners.company:merge",
    }
    sentences = {
        "list": "Companies by words, filters and order, as the page of companies shows them.",
        "retrieve": "One company: facts, where each comes from, and its relationship with us.",
        "create": "Adds a company; the key's owner is noted as the source of its facts.",
        "update": "All facts of a company: one that is not named becomes unknown.",
        "partial_update": "Corrects the facts that are named; former values stay in its history.",
        "lookup": "One company by the id that another system has for it.",
        "upsert": "Keeps a company in step by another system's id. Facts that are not named, or that a more trusted source tells, stay.",
    }
    filters = (
        Filter("typology", Kind.CHOICE, choices=Typology.values),
        Filter("country", Kind.TEXT, pattern=COUNTRY, help="ISO 3166-1, two capital letters."),
        Filter("region", Kind.TEXT),
        code_filter("territory", "territories", help="Code of a territory; what lies within it counts."),
        code_filter("vendor", "vendors", help="Code of a vendor that the company carries."),
        code_filter("offer", "offers", help="Code of a category that the company offers."),
        Filter("lifecycle", Kind.CHOICE, choices=[*Lifecycle.values, "none"], help="`none`: no relationship."),
        Filter("account_manager", Kind.ID, prefix="person"),
        Filter("is_partner", Kind.FLAG),
        Filter("is_archived", Kind.FLAG, help="The archived ones instead of the others."),
        Filter("employees", Kind.WHOLE),
        Filter("sales_people", Kind.WHOLE),
        Filter("engineers", Kind.WHOLE),
        Filter("revenue", Kind.NUMBER, help="In the installation's currency."),
        Filter("growth", Kind.NUMBER, help="A year; 0.05 is 5 %."),
        Filter("known_share", Kind.NUMBER, help="Share of the counted facts that is known, 0 to 1."),
        Filter("stalest_on", Kind.DATE, help="Day of the oldest known fact."),
        Filter("updated_at", Kind.MOMENT),
    )
    sorts = {
        "name": ("name",),
        "employees": ("employees",),
        "revenue": ("revenue",),
        "growth": ("growth",),
        "known_share": ("known",),
        "updated_at": ("updated",),
    }
    default_sort = "name"
    searchable = True
    lists = {
        "facts": NestedList(
            FactSerializer,
            sorts={"created_at": ("id",)},
            default_sort="-created_at",
            filters=(Filter("fact", Kind.CHOICE, "field", choices=list(FACT_COLUMNS)),),
        )
    }
    expandable = {"sites": expand_sites, "vendors": expand_vendors, "offers": expand_offers, "measures": expand_measures}

    def list_page(self, query: ListQuery) -> KeysetPage:
        return company_list(
            actor=self.actor, q=query.q, filters=_filters(query), sort=query.order[0], cursor=query.cursor, limit=query.limit,
            count=query.count,
        )  # fmt: skip

    def events_of(self, record: Any) -> QuerySet[OutboxEvent]:
        return company_history_rows(actor=self.actor, company=record)

    def find(self, key: UUID) -> Company:
        return company_get(actor=self.actor, company_id=key)

    def represent(self, records: Sequence[Any], shape: Shape = Shape()) -> list[dict[str, Any]]:  # noqa: B008  frozen
        known = companies_external_ids(actor=self.actor, companies=records)
        noted = companies_provenance(actor=self.actor, companies=records)
        for company in records:
            company.known_by, company.origins = known.get(company.pk, []), noted[company.pk]
            company.partner_key = company.partner.pk if getattr(company, "partner", None) else None
        return super().represent(records, shape)

    def body(self, *, partial: bool = False, serializer: type[ApiSerializer] | None = None) -> dict[str, Any]:
        data = super().body(partial=partial, serializer=serializer)
        if self.action != "upsert":
            return data
        # What another system does not speak of stays as it is.
        silent = set(self.serializer_class().fields) - set(self.request.data)
        return {name: value for name, value in data.items() if name.removesuffix("_currency") not in silent}

    def create_one(self, data: dict[str, Any]) -> Company:
        learnt = _learnt(data)
        return self.find(company_create(actor=self.actor, values=data, learnt=learnt).pk)

    def change_one(self, record: Company, data: dict[str, Any], *, partial: bool) -> Company:
        if self.action == "upsert":
            name, _told = self.kwargs["source"], _learnt(data)
            company_sync(actor=self.actor, company_id=record.pk, source=_key(name), name=name, values=data)
        else:
            learnt = _learnt(data)
            company_edit(actor=self.actor, company_id=record.pk, values=data, learnt=learnt)
        return self.find(record.pk)

    @action(detail=True, methods=["get"])
    def facts(self, request: Request, id: str) -> Response:
        """Every value that the company's facts had or were told to have, newest first. The current ones are its own."""
        query = self.nested_query()
        return self.nested(query.narrow(fact_list(actor=self.actor, company_id=self.record().pk)), query)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Takes back what was entered by hand for a fact: the next best source's value holds again, or it is not known. 409 when the value
        was not entered by hand."""
        data = self.body()
        return self.answer(self.find(fact_withdraw(actor=self.actor, company_id=self.record().pk, fact=data["fact"]).pk))

    def find_external(self, source: str, external_id: str) -> Company | None:
        key = company_id_of(actor=self.actor, source=_key(source), external_id=external_id)
        return None if key is None else self.find(key)

    def create_external(self, source: str, external_id: str, data: dict[str, Any]) -> Company:
        made = company_create_external(
            actor=self.actor, source=_key(source), external_id=external_id, name=source, values=_facts_only(data)
        )
        return self.find(made.pk)

    def retrieve(self, request: Request, id: str) -> Response:
        """A company that became part of another leads there (307): merges can be undone."""
        company = self.record()
        if company.merged_into_id is None:
            return super().retrieve(request, id)
        there = typeid_encode(self.prefix, company.merged_into_id)
        query = request._request.META.get("QUERY_STRING", "")
        path = request.path.rpartition("/")[0] + f"/{there}" + (f"?{query}" if query else "")
        return Response({"merged_into": there}, status=307, headers={"Location": path})

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, id: str) -> Response:
        """Makes another company part of this one: all that hangs on it comes over, its address leads here. `facts` says whose value holds
        where both tell one; where nothing is said the more trusted, then the later one does. 409 when either is part of another already."""
        data = self.body()
        done = company_merge(
            actor=self.actor, kept_id=self.record().pk, gone_id=data["other_id"],
            choices={fact: "gone" if whose == "other" else "kept" for fact, whose in data["facts"].items()},
        )  # fmt: skip
        return self.answer(self.find(done.kept.pk))

    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, id: str) -> Response:
        """Makes a company that became part of another one of its own again, within a week; what changed since stays as it is."""
        self.body(serializer=EmptySerializer)
        return self.answer(self.find(company_merge_undo(actor=self.actor, gone_id=self.record().pk).gone.pk))

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:
        """Takes the company out of the lists; everything about it stays."""
        self.body(serializer=EmptySerializer)
        return self.answer(self.find(company_archive(actor=self.actor, company_id=self.record().pk).pk))

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:
        """Brings an archived company back."""
        self.body(serializer=EmptySerializer)
        return self.answer(self.find(company_restore(actor=self.actor, company_id=self.record().pk).pk))


def _learnt(data: dict[str, Any]) -> Learnt:
    """Takes where and when it was learnt out of a body."""
    return Learnt(data.pop("learnt_from", "") or "", data.pop("as_of", None))


def _facts_only(data: dict[str, Any]) -> dict[str, Any]:
    """A body without where and when: another system is its own source."""
    _learnt(data)
    return data


def _key(source: str) -> str:
    """A source's name as imports compare it: "CRM" and "crm" are one."""
    key = source_key(source)
    if not key:
        raise Invalid("bad_source", _("A source has a name with a letter or a digit."))
    return key


def _filters(query: ListQuery) -> dict[str, Any]:
    """The query's filters as the selector takes them: tuples, inclusive ranges in its units, flags."""
    found: dict[str, Any] = {}
    for spec, lookup, value in query.filters:
        if spec.name in _WORDS:
            key, words = _WORDS[spec.name], tuple(value) if lookup == "in" else (value,)
            found[key] = tuple(word for word in found[key] if word in words) if key in found else words
        elif spec.name in _FLAGS:
            found[_FLAGS[spec.name]] = value
        else:
            key, beside, factor = _RANGES[spec.name]
            low, high = found.get(key, (None, None))
            try:
                if lookup in {"", "gte", "gt"}:
                    low = _higher(low, value + beside if lookup == "gt" else value, factor)
                if lookup in {"", "lte", "lt"}:
                    high = _lower(high, value - beside if lookup == "lt" else value, factor)
            except OverflowError:  # beyond the ends of the calendar there is nothing: a range that ends before it begins
                low, high = (value, value - beside) if lookup == "gt" else (value + beside, value)
            found[key] = (low, high)
    return found


def _higher(bound: Any, value: Any, factor: int) -> Any:
    value = _fitting(value, factor)
    return value if bound is None else max(bound, value)


def _lower(bound: Any, value: Any, factor: int) -> Any:
    value = _fitting(value, factor)
    return value if bound is None else min(bound, value)


def _fitting(value: Any, factor: int) -> Any:
    """In the selector's unit; a count beyond what a column can hold is beyond all counts just as well."""
    if isinstance(value, int):
        return max(-_MOST, min(_MOST, value))
    return value * factor if isinstance(value, Decimal) else value
