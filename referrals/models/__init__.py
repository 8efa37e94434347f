"""Nouns, by aggregate."""

from referrals.models.answers import TOLD, ReferralLink, ReferralStep, ReferralWork
from referrals.models.referrals import Referral

__all__ = ["TOLD", "Referral", "ReferralLink", "ReferralStep", "ReferralWork"]
