"""What files can bring to the partner model: companies, sites, people, resellers, products, sales (P2). ``register`` hands them to
``prm.imports.targets``."""

from prm.imports.targets import TARGETS
from prm.partners.imports.companies import COMPANIES
from prm.partners.imports.people import PEOPLE
from prm.partners.imports.products import PRODUCTS
from prm.partners.imports.resellers import RESELLERS
from prm.partners.imports.sales import SALES
from prm.partners.imports.sites import SITES


def register() -> None:
    """Makes the targets known; called once, when the apps are ready."""
    for target in (COMPANIES, SITES, PEOPLE, RESELLERS, PRODUCTS, SALES):
        TARGETS.register(target)
