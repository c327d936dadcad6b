"""Notifications (G8): what somebody is told of what happened, in the product, by e-mail or once a day."""
