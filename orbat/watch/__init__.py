"""Following feeds, sitemaps and folders: what is new is read, once, politely, and nothing is lost when it stops."""

from orbat.watch.plan import FeedAt, FolderAt, Plan, PlanError, SitemapAt, load
from orbat.watch.running import Summary, Watch

__all__ = ["FeedAt", "FolderAt", "Plan", "PlanError", "SitemapAt", "Summary", "Watch", "load"]
