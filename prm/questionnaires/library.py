"""Questionnaires to begin from, in English and French: partner profile (P2), needs (E1), satisfaction (X6). Content, not interface: each is
copied when a questionnaire begins, and then belongs to whoever builds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prm.questionnaires.models import Purpose


@dataclass(frozen=True)
class Template:
    """One of the library: its title, what it is good for, its questions, how long it takes (minutes)."""

    key: str
    purpose: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    content: Mapping[str, Any]
    minutes: int
    is_anonymous: bool = False


def _t(en: str, fr: str) -> dict[str, str]:
    return {"en": en, "fr": fr}


def _choices(*options: tuple[str, str, str] | tuple[str, str, str, float]) -> list[dict[str, Any]]:
    return [{"key": o[0], "text": _t(o[1], o[2]), **({"points": o[3]} if len(o) > 3 else {})} for o in options]


def _number(key: str, en: str, fr: str, fact: str = "", **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "number", "text": _t(en, fr), "low": 0, **({"fact": fact} if fact else {}), **more}


def _scale(key: str, en: str, fr: str, **more: Any) -> dict[str, Any]:
    ends = {"low_text": _t("Not at all", "Pas du tout"), "high_text": _t("Entirely", "Tout à fait")}
    return {"key": key, "kind": "scale", "text": _t(en, fr), "low": 1, "high": 5, **ends, **more}


def _words(key: str, en: str, fr: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "text", "text": _t(en, fr), "is_long": True, **more}


_YES_NO = _choices(("yes", "Yes", "Oui"), ("no", "No", "Non"))

_PROFILE: Mapping[str, Any] = {
    "intro": _t(
        "A few figures about your company, so that we offer you what suits it. Leave out what you do not know.",
        "Quelques chiffres sur votre entreprise, pour vous proposer ce qui lui convient. Laissez vide ce que vous ignorez.",
    ),
    "thanks": _t(
        "Thank you. Your account manager looks at it and tells you.",
        "Merci. Votre responsable en prend connaissance et vous le dira.",
    ),
    "sections": [
        {
            "key": "company",
            "title": _t("Your company", "Votre entreprise"),
            "questions": [
                {
                    "key": "typology",
                    "kind": "one",
                    "text": _t("What are you first of all?", "Qu’êtes-vous avant tout ?"),
                    "fact": "typology",
                    "is_required": True,
                    "options": _choices(
                        ("reseller", "A reseller", "Un revendeur"),
                        ("var", "A value-added reseller", "Un revendeur à valeur ajoutée"),
                        ("integrator", "An integrator", "Un intégrateur"),
                        ("msp", "A managed service provider", "Un prestataire de services managés"),
                        ("distributor", "A distributor", "Un grossiste"),
                        ("publisher", "A software publisher", "Un éditeur de logiciels"),
                        ("consultant", "A consultancy", "Un cabinet de conseil"),
                    ),
                },
                _number(
                    "employees",
                    "How many people work for you?",
                    "Combien de personnes travaillent chez vous ?",
                    "employees",
                    is_required=True,
                ),
                _number("sales_people", "How many of them sell?", "Combien d’entre elles vendent ?", "sales_people"),
                _number(
                    "engineers",
                    "How many are engineers or technicians?",
                    "Combien sont ingénieurs ou techniciens ?",
                    "engineers",
                ),
            ],
        },
        {
            "key": "business",
            "title": _t("Your business", "Votre activité"),
            "questions": [
                _number(
                    "revenue",
                    "What was your revenue last year?",
                    "Quel était votre chiffre d’affaires l’an dernier ?",
                    "revenue",
                    unit="EUR",
                ),
                _number(
                    "growth",
                    "By how much did it grow?",
                    "De combien a-t-il progressé ?",
                    "growth",
                    unit="%",
                    low=-100,
                    decimals=1,
                ),
                _number("customers", "How many customers do you serve?", "Combien de clients servez-vous ?", "customers"),
                {
                    "key": "services",
                    "kind": "one",
                    "text": _t("Do you sell services of your own?", "Vendez-vous vos propres services ?"),
                    "options": _YES_NO,
                },
                _number(
                    "services_share",
                    "What part of your revenue are they?",
                    "Quelle part de votre chiffre d’affaires représentent-ils ?",
                    unit="%",
                    high=100,
                    when=[{"question": "services", "relation": "is", "value": "yes"}],
                ),
                {
                    "key": "profile_file",
                    "kind": "file",
                    "text": _t(
                        "A company presentation, if you have one", "Une plaquette de l’entreprise, si vous en avez une"
                    ),
                    "help": _t(
                        "PDF, Word, spreadsheet or picture, up to 10 MB.", "PDF, Word, tableur ou image, 10 Mo au plus."
                    ),
                },
            ],
        },
    ],
}

_NEEDS: Mapping[str, Any] = {
    "intro": _t(
        "What would help you most? Four minutes, and your plan follows from it.",
        "Qu’est-ce qui vous aiderait le plus ? Quatre minutes, et votre plan en découle.",
    ),
    "thanks": _t("Thank you. We come back to you with a plan.", "Merci. Nous revenons vers vous avec un plan."),
    "sections": [
        {
            "key": "start",
            "title": _t("Where you stand", "Où vous en êtes"),
            "questions": [
                _scale(
                    "sales_ready",
                    "Our people can present the offer to a customer",
                    "Nos équipes savent présenter l’offre à un client",
                    is_required=True,
                ),
                _scale(
                    "tech_ready",
                    "Our people can install and support it",
                    "Nos équipes savent l’installer et la maintenir",
                    is_required=True,
                    weight=2,
                ),
                {
                    "key": "first",
                    "kind": "one",
                    "text": _t("Do you have a first customer in mind?", "Avez-vous un premier client en vue ?"),
                    "is_required": True,
                    "options": _choices(
                        ("named", "Yes, with a name", "Oui, avec un nom", 2),
                        ("idea", "An idea", "Une idée", 1),
                        ("none", "Not yet", "Pas encore", 0),
                    ),
                },
                {
                    "key": "when",
                    "kind": "date",
                    "text": _t("When would you like to meet them?", "Quand aimeriez-vous le rencontrer ?"),
                    "when": [{"question": "first", "relation": "is", "value": "named"}],
                },
            ],
        },
        {
            "key": "help",
            "title": _t("What you expect of us", "Ce que vous attendez de nous"),
            "questions": [
                {
                    "key": "topics",
                    "kind": "many",
                    "text": _t("Which help comes first?", "Quelle aide en priorité ?"),
                    "is_required": True,
                    "options": _choices(
                        ("training", "Training", "De la formation"),
                        ("presales", "Pre-sales help", "De l’aide avant-vente"),
                        ("leads", "Leads", "Des contacts"),
                        ("marketing", "Marketing funds", "Des fonds marketing"),
                        ("support", "Technical support", "Du support technique"),
                        ("margins", "Margins", "Des marges"),
                    ),
                },
                {
                    "key": "importance",
                    "kind": "matrix",
                    "text": _t("How much does each matter to you?", "Quelle importance pour vous ?"),
                    "low": 1,
                    "high": 4,
                    "low_text": _t("Little", "Peu"),
                    "high_text": _t("Very much", "Beaucoup"),
                    "rows": _choices(
                        ("speed", "Quick answers", "Des réponses rapides"),
                        ("margin", "A margin that lasts", "Une marge qui dure"),
                        ("protection", "Protected deals", "Des affaires protégées"),
                        ("skills", "Skills for our people", "La compétence de nos équipes"),
                    ),
                },
                _words("else", "What else should we know?", "Que devrions-nous savoir d’autre ?"),
            ],
        },
    ],
}

_SATISFACTION: Mapping[str, Any] = {
    "intro": _t(
        "How do we do? Three minutes. Your answer is anonymous: nothing leads from it to you.",
        "Comment nous trouvez-vous ? Trois minutes. Votre réponse est anonyme : rien n’en mène à vous.",
    ),
    "thanks": _t(
        "Thank you. We tell all partners what we change.", "Merci. Nous dirons à tous les partenaires ce que nous changeons."
    ),
    "sections": [
        {
            "key": "whole",
            "title": _t("All in all", "Dans l’ensemble"),
            "questions": [
                {
                    "key": "recommend",
                    "kind": "scale",
                    "text": _t(
                        "Would you recommend us to another company?", "Nous recommanderiez-vous à une autre entreprise ?"
                    ),
                    "low": 0,
                    "high": 10,
                    "low_text": _t("Never", "Jamais"),
                    "high_text": _t("Certainly", "Sans hésiter"),
                    "is_required": True,
                },
                _words(
                    "why_low",
                    "What would have to change first?",
                    "Que faudrait-il changer d’abord ?",
                    when=[{"question": "recommend", "relation": "at_most", "value": "6"}],
                ),
                _words(
                    "why_high",
                    "What do we do best?",
                    "Que faisons-nous le mieux ?",
                    when=[{"question": "recommend", "relation": "at_least", "value": "9"}],
                ),
            ],
        },
        {
            "key": "brand",
            "title": _t("Brand and offer", "Marque et offre"),
            "questions": [
                _scale("known", "Your customers know our brand", "Vos clients connaissent notre marque"),
                _scale("complete", "The offer answers their needs", "L’offre répond à leurs besoins"),
                _scale("prices", "Prices and margins let you win", "Prix et marges vous permettent de gagner", weight=2),
            ],
        },
        {
            "key": "work",
            "title": _t("Working together", "Le travail ensemble"),
            "weight": 2,
            "questions": [
                {
                    "key": "speed",
                    "kind": "matrix",
                    "text": _t("Do we keep what we promise?", "Tenons-nous nos promesses ?"),
                    "low": 1,
                    "high": 5,
                    "low_text": _t("Rarely", "Rarement"),
                    "high_text": _t("Always", "Toujours"),
                    "rows": _choices(
                        ("deals", "Deciding on deals", "La décision sur les affaires"),
                        ("claims", "Paying claims", "Le paiement des demandes"),
                        ("support", "Technical support", "Le support technique"),
                    ),
                },
                _scale("contact", "You know whom to ask", "Vous savez à qui vous adresser"),
            ],
        },
    ],
}

TEMPLATES: Mapping[str, Template] = {
    template.key: template
    for template in (
        Template(
            "profile",
            Purpose.PROFILE,
            _t("Partner profile", "Profil du partenaire"),
            _t(
                "Size, people, revenue, typology. Answers become proposed facts.",
                "Taille, équipes, chiffre d’affaires, typologie. Les réponses deviennent des informations proposées.",
            ),
            _PROFILE,
            3,
        ),
        Template(
            "needs",
            Purpose.NEEDS,
            _t("What you need from us", "Vos besoins"),
            _t(
                "Where a new partner stands and what helps first.",
                "Où en est un nouveau partenaire, et ce qui l’aide d’abord.",
            ),
            _NEEDS,
            4,
        ),
        Template(
            "satisfaction",
            Purpose.SATISFACTION,
            _t("How do we do?", "Comment nous trouvez-vous ?"),
            _t("Recommendation, brand, working together; anonymous.", "Recommandation, marque, travail ensemble ; anonyme."),
            _SATISFACTION,
            3,
            is_anonymous=True,
        ),
    )
}


def template_list() -> Sequence[Template]:
    """The library, in the order it is shown."""
    return list(TEMPLATES.values())
