"""Nouns, by aggregate."""

from referrals.models.answers import ReferralLink, ReferralStep, ReferralWork
from referrals.models.referrals import Referral

__all__ = ["Referral", "ReferralLink", "ReferralStep", "ReferralWork"]
