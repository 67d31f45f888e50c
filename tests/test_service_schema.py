"""The API does what its OpenAPI says: generated requests meet no error of ours and no answer that is not described."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from orbat.pipeline import Reading
from orbat.service import ServiceConfig
from orbat.service.app import create_app
from orbat.service.config import Limits
from orbat.store import Store
from orbat.types import Annotations, Links
from tests.test_recordkeeping import AT, append, news, related, update

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed; pip install 'orbat[test]' brings it")
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 20
"""Requests of each operation: `pytest --hypothesis-seed` and more of them find what these do not."""


class Idle:
    """A reader that finds nothing: what is read is not what is tested here."""

    catalogue = None

    def read_document(self, document):
        return Reading(document, Annotations(()), Links(), (), "idle 1")

    def read_many(self, documents, *, workers):
        return iter(())


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "news.db"
    with Store.open(path) as store:
        append(store, news()[:5])
        update(store, related=related, at=AT)
    app = create_app(ServiceConfig(store=str(path), names=("testserver",), limits=Limits(waiting=1_000)))
    with TestClient(app), pytest.MonkeyPatch.context() as patched:
        patched.setattr("orbat.pipeline.Reader", lambda **_: Idle())
        yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


def test_each_operation(described):
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        each_request(operation)


def each_request(operation):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def meets_what_is_said(case):
        case.call_and_validate(checks=CHECKS)

    meets_what_is_said()
