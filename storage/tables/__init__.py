"""The tables, by noun. Importing this package registers every table on ``SQLModel.metadata``."""

from storage.tables.alerting import AddressCode, LadderStep, Line, LineAlert, StaffAddress
from storage.tables.channels import (
    AlarmText,
    BindingToken,
    ProviderReport,
    RefusalCount,
    SenderLink,
    ServiceAlarm,
    UnreadableRequest,
)
from storage.tables.concerns import HIDDEN_FROM, Concern, ConcernHidden, ConcernShown, StaffAlias
from storage.tables.delivery import (
    DeliveryAttempt,
    DeliveryEvent,
    OutboxEntry,
    SimulatedDelivery,
    SimulatedPhone,
)
from storage.tables.drills import Drill, DrillAlert
from storage.tables.escalations import Alert, Escalation, EscalationEvent, HumanTask
from storage.tables.holds import HOW_ENDED, ConversationHold, HoldText
from storage.tables.marks import (
    MARK_DECISIONS,
    MARK_KINDS,
    ScreeningMark,
    ScreeningMarkCopy,
    ScreeningMarkExport,
)
from storage.tables.messages import (
    Answer,
    AnswerMessage,
    Disposition,
    Message,
    PassingMention,
    RelatedMessage,
    ScreeningResult,
)
from storage.tables.offers import FollowUp, Offer
from storage.tables.people import (
    ContactAddress,
    Conversation,
    InterviewEpisode,
    MissingEpisode,
    ReturnInterview,
    YoungPerson,
)
from storage.tables.rota import HandoverNote, HandoverReading, Shift
from storage.tables.sign_in import (
    OneTimeKey,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    StaffIdentity,
    StaffInvitation,
)
from storage.tables.staff import Authority, SignInAttempt, Staff, StaffSession, Team
from storage.tables.system import APPROVING_ROLES, AuditEntry, Installation, ScriptApproval

APPEND_ONLY = (
    "message",
    "escalation_event",
    "delivery_event",
    "audit_entry",
    "screening_mark",
    "screening_mark_copy",
    "concern",
    "concern_hidden",
    "handover_note",
)
"""Tables whose rows are never changed or removed; the database itself refuses (migrations)."""

__all__ = [
    "APPEND_ONLY",
    "APPROVING_ROLES",
    "HIDDEN_FROM",
    "HOW_ENDED",
    "MARK_DECISIONS",
    "MARK_KINDS",
    "AddressCode",
    "AlarmText",
    "Alert",
    "Answer",
    "AnswerMessage",
    "AuditEntry",
    "Authority",
    "BindingToken",
    "Concern",
    "ConcernHidden",
    "ConcernShown",
    "ContactAddress",
    "Conversation",
    "ConversationHold",
    "DeliveryAttempt",
    "DeliveryEvent",
    "Disposition",
    "Drill",
    "DrillAlert",
    "Escalation",
    "EscalationEvent",
    "FollowUp",
    "HandoverNote",
    "HandoverReading",
    "HoldText",
    "HumanTask",
    "Installation",
    "InterviewEpisode",
    "LadderStep",
    "Line",
    "LineAlert",
    "Message",
    "MissingEpisode",
    "Offer",
    "OneTimeKey",
    "OutboxEntry",
    "PassingMention",
    "Passkey",
    "PasskeyChallenge",
    "ProviderReport",
    "RecoveryCode",
    "RefusalCount",
    "RelatedMessage",
    "ReturnInterview",
    "ScreeningMark",
    "ScreeningMarkCopy",
    "ScreeningMarkExport",
    "ScreeningResult",
    "ScriptApproval",
    "SenderLink",
    "ServiceAlarm",
    "Shift",
    "SignInAttempt",
    "SimulatedDelivery",
    "SimulatedPhone",
    "Staff",
    "StaffAddress",
    "StaffAlias",
    "StaffIdentity",
    "StaffInvitation",
    "StaffSession",
    "Team",
    "UnreadableRequest",
    "YoungPerson",
]
