"""Our values as the API gives them: the layouts of ``serial`` and ``recordserial``, typed, so that OpenAPI says what each field holds."""

from orbat.service.models.asking import Address, Article, ExportFormat, ExportSummary, Found, Health, Job, JobFailure, SignIn, Who
from orbat.service.models.base import Facet, FacetCount, Json, Page, Problem, Type, Value
from orbat.service.models.records import (
    Decision,
    Judged,
    Judgement,
    Origin,
    Record,
    RecordChange,
    RecordEvidence,
    RecordField,
    Said,
    StatementEvidence,
    Toll,
)
from orbat.service.models.said import (
    Acled,
    Annotations,
    Attribution,
    Candidate,
    Codes,
    DocumentRef,
    Entity,
    EventMark,
    Explanation,
    Filler,
    LinkedMention,
    Location,
    Place,
    Quote,
    Reading,
    Statement,
    StatementDate,
    StatementRow,
)
from orbat.service.models.things import (
    ActiveActor,
    Actor,
    ActorFound,
    Document,
    DocumentRow,
    Failure,
    Mark,
    Name,
    Relation,
    Source,
    UnknownActor,
)

__all__ = [
    "Acled", "ActiveActor", "Actor", "ActorFound", "Address", "Annotations", "Article", "Attribution", "Candidate", "Codes", "Decision",
    "Document", "DocumentRef", "DocumentRow", "Entity", "EventMark", "Explanation", "ExportFormat", "ExportSummary", "Facet",
    "FacetCount", "Failure", "Filler", "Found", "Health", "Job", "JobFailure", "Json", "Judged", "Judgement", "LinkedMention",
    "Location", "Mark", "Name", "Origin", "Page", "Place", "Problem", "Quote", "Reading", "Record", "RecordChange", "RecordEvidence",
    "RecordField", "Relation", "Said", "SignIn", "Source", "Statement", "StatementDate", "StatementEvidence", "StatementRow", "Toll",
    "Type", "UnknownActor", "Value", "Who",
]  # fmt: skip
