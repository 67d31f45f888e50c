"""The service: what the command line answers, over HTTP. ``orbat.service.app.create_app`` makes it; ``orbat serve`` runs it."""

from orbat.service.config import ServiceConfig, ServiceError

__all__ = ["ServiceConfig", "ServiceError"]
