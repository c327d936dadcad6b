"""``/api/v1/potential-corrections``: what somebody knows better than the formula, as the page of a ranking takes it (P5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import ChoiceField, MomentField, MoneyField, NumberField, PublicIdField, TextField, TypeIdField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin
from prm.core.errors import Invalid, NotFound
from prm.core.money import reporting_currency
from profiling.ranking.models import Correction
from profiling.ranking.selectors import correction_get, correction_list
from profiling.ranking.services import SHARES, correction_withdraw, potential_correct


class _FamilyField(TextField):
    """The product family's code; null where a correction is about none."""

    def get_attribute(self, instance: Correction) -> str | None:
        return instance.line or None


class _AmountField(MoneyField):
    """What was said as money; null where it was a share."""

    def get_attribute(self, instance: Correction) -> Any:
        return None if instance.what in SHARES else (instance.value, reporting_currency())


class _ShareField(NumberField):
    """What was said as a share; null where it was money."""

    def get_attribute(self, instance: Correction) -> Any:
        return instance.value if instance.what in SHARES else None


class CorrectionSerializer(ApiSerializer):
    """A factor or a potential of a company, set by hand. It says an amount, or a share where it is about one."""

    id = PublicIdField("correction")
    company = TypeIdField("company", source="company_id")
    company_name = TextField(source="company.name", read_only=True)
    what = ChoiceField(choices=Correction.What.values)
    product_family = _FamilyField(
        source="line", required=False, allow_null=True, default=None, max_length=60,
        help_text="Code; of potential and fit, which are those of a product family.",
    )  # fmt: skip
    amount = _AmountField(
        required=False, allow_null=True, default=None,
        help_text="A year, in the installation's currency; of potential and capacity.",
    )  # fmt: skip
    share = _ShareField(required=False, allow_null=True, default=None, help_text="From 0 to 1; of share and fit.")
    reason = TextField(max_length=500)
    author = TypeIdField("person", source="author_id", read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    withdrawn_at = MomentField(read_only=True, allow_null=True, help_text="Since when it counts no more.")

    example = {
        "id": "correction_01h455vb4pex5vsknk084sn02q",
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "company_name": "Isère Cloud",
        "what": "potential",
        "product_family": "firewalls",
        "amount": {"amount": "250000.00", "currency": "EUR"},
        "share": None,
        "reason": "Their framework contract ends in June",
        "author": "person_01h455vb4pex5vsknk084sn02q",
        "created_at": "2026-05-18T12:00:00Z",
        "withdrawn_at": None,
    }
    example_request = {
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "what": "share",
        "share": 0.25,
        "reason": "They buy a quarter from us",
    }

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        data = dict(attrs)
        name, other = ("share", "amount") if data["what"] in SHARES else ("amount", "share")
        if data.get(name) is None:
            raise serializers.ValidationError({name: [_("Say how much.")]}, code="required")
        if data.get(other) is not None:
            raise serializers.ValidationError({other: [_("What you correct is not said in this way.")]}, code="not_of_it")
        if name == "amount" and data["amount"][1] != reporting_currency():
            message = _("Amounts are in %(currency)s.") % {"currency": reporting_currency()}
            raise serializers.ValidationError({"amount": [message]}, code="currency")
        return data


class CorrectionViewSet(ListMixin, RetrieveMixin, CreateMixin):
    """Corrections. They are never edited: another of the same takes the place of the earlier one, which stays as history."""

    resource, prefix = "potential-corrections", "correction"
    label = _("Corrections of potentials")
    serializer_class = CorrectionSerializer
    sentences = {
        "list": "Corrections in force, newest first; earlier ones on demand.",
        "retrieve": "One correction, in force or not.",
        "create": "Corrects a factor or a potential, in place of an earlier correction of the same. It counts from the next run on.",
    }
    permissions = {
        "list": "profiling.correction:view",
        "retrieve": "profiling.correction:view",
        "create": "profiling.correction:create",
        "withdraw": "profiling.correction:withdraw",
    }
    filters = (
        Filter("company", Kind.ID, "company_id", prefix="company"),
        Filter("what", Kind.CHOICE, choices=Correction.What.values),
        Filter("product_family", Kind.TEXT, "line"),
        Filter("is_withdrawn", Kind.FLAG, is_column=False, help="Those that count no more instead of the others."),
        Filter("created_at", Kind.MOMENT),
    )
    sorts = {"created_at": ("created_at", "id")}
    default_sort = "-created_at"

    def rows(self, query: ListQuery) -> QuerySet[Correction]:
        return correction_list(actor=self.actor, in_force=not query.value("is_withdrawn", default=False))

    def find(self, key: UUID) -> Correction:
        return correction_get(actor=self.actor, correction_id=key)

    def create_one(self, data: dict[str, Any]) -> Correction:
        share = data["share"]
        try:
            made = potential_correct(
                actor=self.actor,
                company_id=data["company_id"],
                what=data["what"],
                value=Decimal(str(share)) if share is not None else data["amount"][0],
                line=data["line"] or "",
                reason=data["reason"],
            )
        except NotFound as refusal:
            raise Invalid("unknown_company", _("There is no such company."), field="company") from refusal
        except Invalid as refusal:
            told = {"line": "product_family", "value": "amount" if share is None else "share"}
            refusal.field = told.get(refusal.field or "", refusal.field)
            raise
        return self.find(made.pk)

    @extend_schema(request=EmptySerializer, responses=CorrectionSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Takes it back; the formula counts from the next run on."""
        self.body(serializer=EmptySerializer)
        return self.answer(correction_withdraw(actor=self.actor, correction_id=self.record().pk))


router.register(CorrectionViewSet)
