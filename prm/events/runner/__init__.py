"""How events reach their subscribers: positions and deliveries (``dispatching``), who takes which (``claims``), doing it (``work``),
telling a worker to look (``waking``). Features need ``prm.events.subscribing`` only; tests also ``work.deliver_all``.
"""
