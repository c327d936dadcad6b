"""THE way anything is seen or done: Actor, Policy, ``visible_to``, ``authorize``, database roles and row security.

Import from the modules: ``prm.access.actors``, ``.policies``, ``.roles``, ``.pages``.
"""
