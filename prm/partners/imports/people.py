"""People of companies from a file: an export of contacts, one person a row."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.core.text import text_key
from prm.events.publishing import publish
from prm.imports.fields import FieldSpec, Kind
from prm.imports.targets import ChunkWriter, Compared, Derived, ImportTarget, MatchKey, Record, Reference, RowCheck
from prm.partners.events import PeopleImported
from prm.partners.imports.companies import LIVING, begin, folded, hold_companies
from prm.partners.imports.comparing import plain
from prm.partners.imports.sites import SITE_FIELDS, company_references
from prm.partners.models import Department, Level
from prm.partners.rules.websites import domain_of
from prm.partners.services.people import MOST_PEOPLE

PEOPLE_FIELDS: tuple[FieldSpec, ...] = (
    *(spec for spec in SITE_FIELDS if spec.name in {"external_id", "company_name", "website"}),
    FieldSpec(name="person_name", label=_("Name of the person"), max_length=200, as_text=True,
              synonyms=("name", "full name", "contact", "contact name", "nom complet", "nom du contact", "ansprechpartner", "contacto", "contatto", "referente", "persona de contacto")),
    FieldSpec(name="first_name", label=_("First name"), max_length=100, as_text=True,
              synonyms=("given name", "forename", "prénom", "vorname", "nombre", "nome")),
    FieldSpec(name="last_name", label=_("Last name"), max_length=100, as_text=True,
              synonyms=("surname", "family name", "nom", "nom de famille", "nachname", "apellido", "apellidos", "cognome")),
    FieldSpec(name="title", label=_("Title"), max_length=200,
              synonyms=("job title", "position", "function", "role", "fonction", "poste", "intitulé de poste", "funktion", "stelle", "cargo", "puesto", "ruolo", "qualifica")),
    FieldSpec(name="email", label=_("E-mail"), kind=Kind.EMAIL, max_length=254,
              synonyms=("email", "e-mail address", "mail", "courriel", "adresse mail", "adresse e-mail", "correo", "correo electrónico", "posta elettronica")),
    FieldSpec(name="phone", label=_("Telephone"), kind=Kind.PHONE, max_length=40,
              synonyms=("phone", "phone number", "direct phone", "mobile", "tel", "téléphone", "portable", "telefon", "mobil", "teléfono", "móvil", "telefono", "cellulare")),
    FieldSpec(name="department", label=_("Department"), max_length=100,
              synonyms=("service", "département", "abteilung", "departamento", "reparto", "ufficio")),
)  # fmt: skip

# Beginnings of words, as keys: what a title or a department's name says, in the five languages of heads.
_DEPARTMENTS = {
    Department.SALES: "sale vente commerc vertrieb verkauf venta comerc vendit account business",
    Department.MARKETING: "market communic kommunik comunic",
    Department.TRAINING: "train format schul bildung formaz formac",
    Department.TECHNICAL: "tech ingen engin it dsi cto system support product produkt develop entwickl",
    Department.ADMINISTRATION: "admin finan account compta buchhalt contab purchas achat einkauf compra acquist office hr rh personal",
    Department.MANAGEMENT: "ceo pdg president founder owner general generale direction geschaft gerant managing inhaber",
}
_LEVELS = {
    Level.EXECUTIVE: "ceo pdg president founder fondat owner geschaftsf gerant managing inhaber cto cfo coo cmo chief executive general generale",
    Level.HEAD: "head director direct direkt leiter leitung vp vice jefe dirett responsable responsabile",
    Level.MANAGER: "manager chef team supervis coordinat koordinat",
}


def department_of(words: str) -> str | None:
    """The department that a title or a department's name tells of; None when it tells of none.

    >>> department_of("Directrice commerciale"), department_of("Head of Marketing"), department_of("Gardener")
    ('sales', 'marketing', None)
    """
    return _told(words, _DEPARTMENTS)


#: Whoever has a mailbox there need not work there, though some of them are companies of the universe.
_MAILBOXES = frozenset(
    "aol.com bluewin.ch bouygtel.fr free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com hotmail.com"
    " hotmail.fr icloud.com laposte.net libero.it live.com live.fr mac.com mail.com me.com msn.com neuf.fr numericable.fr orange.fr"
    " outlook.com outlook.fr proton.me protonmail.com sfr.fr skynet.be t-online.de telefonica.net telenet.be tiscali.it virgilio.it"
    " wanadoo.fr web.de yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it ymail.com".split()
)


def domain_of_address(address: str) -> str | None:
    """The domain of an e-mail address where it says whom somebody works for; None where anybody can have a mailbox.

    >>> domain_of_address("Anne@Kerlan.example"), domain_of_address("anne@orange.fr")
    ('kerlan.example', None)
    """
    domain = address.rpartition("@")[2].lower()
    return None if not domain or domain in _MAILBOXES else domain


def level_of(title: str) -> str | None:
    """How much a title says that somebody decides; None when it says nothing.

    >>> level_of("Geschäftsführer"), level_of("Directeur technique"), level_of("Account manager"), level_of("Engineer")
    ('executive', 'head', 'manager', None)
    """
    return _told(title, _LEVELS)


def _told(words: str, known: dict[Department, str] | dict[Level, str]) -> str | None:
    said = text_key(words).split()
    for value, beginnings in known.items():
        if any(word == start or (len(start) > 2 and word.startswith(start)) for word in said for start in beginnings.split()):
            return str(value)
    return None


_NAME = "coalesce(s.person_name, concat_ws(' ', s.first_name, s.last_name))"
_NAME_KEY = "coalesce(nullif(s.person_name_key, ''), nullif(concat_ws(' ', s.first_name_key, s.last_name_key), ''))"
_OUR_COMPANY = "JOIN partners_position t ON t.company_id = s.company_id JOIN accounts_person p ON p.id = t.person_id"

# Two of one name with two addresses are two people.
_BY_NAME = (
    f"SELECT s.row_no, t.id FROM {{rows}} s {_OUR_COMPANY} AND p.name_key = {_NAME_KEY}"
    " AND (p.email = '' OR s.email_key IS NULL OR lower(p.email) = s.email_key)"
)

_DEPARTMENT = "coalesce(s.department_code, s.title_department)"
# Whoever was recognised by the name keeps it as it is written, unless it is another one.
_RESPELLED = "(s.match_on <> 'email' AND {}.name_key = " + _NAME_KEY + ")"


def write_people(chunk: ChunkWriter) -> None:
    """Creates and updates people and their places. Where nobody tells the department or level, the title may."""
    hold_companies(chunk)
    person = {name: f"s.{name}" for name in ("title", "email", "phone")}
    place = {"department": _DEPARTMENT, "level": "s.level_code"}
    told = {"source_id": "%(source_id)s::uuid", "as_of": "%(as_of)s::date"}
    # A position that a file brings and its person have the same key: each is the other's only one.
    chunk.insert(
        "accounts_person",
        {
            "id": "s.id",
            "name": _NAME,
            "name_key": _NAME_KEY,
            **{name: f"coalesce({value}, '')" for name, value in person.items()},
        },
    )
    created = chunk.insert("partners_position", {"id": "s.id", "company_id": LIVING, "person_id": "s.id", **place, **told})
    chunk.update(
        "accounts_person",
        {
            "name": f"CASE WHEN {_RESPELLED.format('t')} THEN t.name ELSE {_NAME} END",
            "name_key": _NAME_KEY,
            **{name: f"coalesce({value}, t.{name})" for name, value in person.items()},
        },
        on="t.id = (SELECT p.person_id FROM partners_position p WHERE p.id = s.match_id)",
    )
    updated = chunk.update(
        "partners_position", {**{name: f"coalesce({value}, t.{name})" for name, value in place.items()}, **told}
    )
    publish(PeopleImported(subject_id=chunk.batch_id, created=created, updated=updated), actor=chunk.actor)


# New at a company that is full: known rows may be updated, and those that the file itself heaps up are counted.
_TOO_MANY = (
    f"s.company_id IS NOT NULL AND ((SELECT count(*) FROM partners_position t WHERE t.company_id = s.company_id) >= {MOST_PEOPLE}"
    " AND NOT EXISTS (SELECT 1 FROM partners_position t JOIN accounts_person p ON p.id = t.person_id WHERE t.company_id = s.company_id"
    f" AND (lower(p.email) = s.email_key OR p.name_key = {_NAME_KEY}))"
    " OR s.row_no IN (SELECT x.row_no FROM (SELECT r.row_no, row_number() OVER (PARTITION BY r.company_id ORDER BY r.row_no) AS n"
    f" FROM {{rows}} r WHERE r.company_id IS NOT NULL) x WHERE x.n > {MOST_PEOPLE}))"
)


def _company() -> Reference:
    """By what the file says of the company; where it says nothing, by the domain of the person's address."""
    reference = company_references()
    by_address = (
        "SELECT s.row_no, c.id FROM {rows} s JOIN partners_company c ON c.domain = s.email_domain AND c.domain <> ''"
        " AND c.merged_into_id IS NULL WHERE s.external_id IS NULL AND s.company_name IS NULL AND s.website IS NULL"
    )
    return Reference(
        into=reference.into, label=reference.label, field="company_name", fields=(*reference.fields, "email"),
        find=(*reference.find, by_address),
    )  # fmt: skip


def _of_person(field: str) -> Compared:
    return Compared(field=field, old=f"to_jsonb(nullif(p.{field}, ''))", new=f"to_jsonb(s.{field})")


_CELLS = (
    Compared(
        field="person_name",
        old="to_jsonb(p.name)",
        new=f"to_jsonb({_NAME})",
        kept=f"CASE WHEN {_RESPELLED.format('p')} THEN 'spelling' END",
    ),
    *map(_of_person, ("title", "email", "phone")),
    plain("department", new=_DEPARTMENT, brought=f"{_DEPARTMENT} IS NOT NULL"),
)
PEOPLE = ImportTarget(
    key="people",
    label=_("People of companies"),
    description=_("Whom to call at companies that are known already: one person a row."),
    permission="partners.position:import",
    fields=PEOPLE_FIELDS,
    derived=(
        Derived("domain", "text", ("website",), lambda website: domain_of(website) or None),
        Derived("email_domain", "text", ("email",), domain_of_address),
        Derived("company_name_key", "text", ("company_name",), folded),
        Derived("person_name_key", "text", ("person_name",), folded),
        Derived("first_name_key", "text", ("first_name",), folded),
        Derived("last_name_key", "text", ("last_name",), folded),
        Derived("email_key", "text", ("email",), str.lower),
        Derived("department_code", "text", ("department",), department_of),
        Derived("title_department", "text", ("title",), department_of),
        Derived("level_code", "text", ("title",), level_of),
    ),
    references=(_company(),),
    match_keys=(
        MatchKey(
            "email", _("E-mail"), ("company_id", "email_key"),
            find=f"SELECT s.row_no, t.id FROM {{rows}} s {_OUR_COMPANY} AND lower(p.email) = s.email_key",
        ),
        MatchKey("name", _("Name"), ("company_id", "person_name_key"), find=_BY_NAME),
        MatchKey("first_and_last_name", _("First and last name"), ("company_id", "first_name_key", "last_name_key"), find=_BY_NAME),
    ),
    checks=(
        RowCheck("name_without_letters", "person_name", f"{_NAME_KEY} IS NULL", _("A name needs a letter or a digit.")),
        RowCheck("too_many_people", "company_name", _TOO_MANY, _("So many people at one company: is each row of the company that it names?")),
    ),
    at_least_one=("person_name", "last_name"),
    begin=begin,
    write=write_people,
    record=Record(
        table="partners_position", name="concat_ws(' · ', p.name, c.name)", called=_NAME, cells=lambda chunk: _CELLS,
        joins="JOIN accounts_person p ON p.id = t.person_id JOIN partners_company c ON c.id = t.company_id",
        key="t.person_id", url="vendor:partners:person-detail", prefix="person",
    ),
    order=25,
)  # fmt: skip
