"""``ScopedViewSet``: the only parent of a resource of the API. It cannot be written without a permission for each action.

A feature's ``api.py`` declares, and calls its selectors and services; no ORM::

    class CompanyViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, UpsertMixin, ScopedViewSet):
        resource, prefix = "companies", "company"
        serializer_class = CompanySerializer
        permissions = {"list": "partners.company:view", "retrieve": "partners.company:view",
                       "create": "partners.company:create", "update": "partners.company:edit",
                       "partial_update": "partners.company:edit", "upsert": "partners.company:edit"}
        filters = (Filter("country", Kind.TEXT), Filter("employees", Kind.WHOLE))
        sorts = {"name": ("name_key",), "created_at": ("created_at",)}
        default_sort = "name"
        searchable = True

        def rows(self, query):             # a selector's query; filters are applied to it (or used: query.value("country"))
            return company_list(actor=self.actor, q=query.q)
        def find(self, key):               # a selector; raises NotFound
            return company_get(actor=self.actor, company_id=key)
        def create_one(self, data):        # a service; gives the record
            return company_create(actor=self.actor, **data)
        def change_one(self, record, data, *, partial): …

Lists, ETags, idempotency, limits, problems and the schema are done here.

Rooms: ``base`` what a feature declares and writes, ``actions`` the mixins, ``answers`` what is read and written, ``requests`` how a
request goes.
"""

from prm.api.viewsets.actions import (
    CreateMixin,
    DeleteMixin,
    ListMixin,
    NewestFirstMixin,
    RetrieveMixin,
    SayMixin,
    UpdateMixin,
    UpsertMixin,
)
from prm.api.viewsets.answers import NestedList
from prm.api.viewsets.base import ScopedViewSet

__all__ = [
    "CreateMixin",
    "DeleteMixin",
    "ListMixin",
    "NestedList",
    "NewestFirstMixin",
    "RetrieveMixin",
    "SayMixin",
    "ScopedViewSet",
    "UpdateMixin",
    "UpsertMixin",
]
