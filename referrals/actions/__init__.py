"""Every write that matters, by deed: who and when are passed in, one transaction, the audit line inside."""

from referrals.actions.answering import answer, log_work, strike_work
from referrals.actions.chasing import chase, end_link, stop_link, tell_answer
from referrals.actions.preparing import ConsentGiven, WrittenOtherwise, prepare, revise
from referrals.actions.sending import ConsentMissing, ConsentWithdrawn, cancel, resend, revoke, send

__all__ = [
    "ConsentGiven",
    "ConsentMissing",
    "ConsentWithdrawn",
    "WrittenOtherwise",
    "answer",
    "cancel",
    "chase",
    "end_link",
    "log_work",
    "prepare",
    "resend",
    "revise",
    "revoke",
    "send",
    "stop_link",
    "strike_work",
    "tell_answer",
]
