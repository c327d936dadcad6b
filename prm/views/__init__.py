"""Saved views: any list page as somebody wants to see it again. In this house what answers a request is a page, never a view."""
