"""Who owns what and who may do what.

Bureaus, prefectures, implementing bodies, hubs and their units; appointments of chiefs and coordinators;
memberships (role, from, to). The walls of tenancy: `tenancy` sets the scope, `access` is the one table of
rights, `entrance` is the door that every request comes through.
"""
