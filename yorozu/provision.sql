-- The three database roles and the database. Run once per server by an administrator, for instance:
--   psql -v owner_password=… -v app_password=… -f yorozu/provision.sql
-- Needs CREATEROLE and CREATEDB, nothing that a managed PostgreSQL 16 or later withholds. Safe to run again.
--   yorozu_owner   owns the tables and migrates them; row-level security binds it too (FORCE)
--   yorozu_app     what web, worker and beat sign in as
--   yorozu_search  nobody signs in as this; it owns the functions that look past the wall (docs/adr/0003, 0009)
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE yorozu_owner LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yorozu_owner') \gexec
SELECT 'CREATE ROLE yorozu_app LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yorozu_app') \gexec
SELECT 'CREATE ROLE yorozu_search NOLOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yorozu_search') \gexec
ALTER ROLE yorozu_owner PASSWORD :'owner_password';
ALTER ROLE yorozu_app PASSWORD :'app_password';
GRANT yorozu_search TO yorozu_owner;
GRANT yorozu_owner TO CURRENT_USER;
SELECT 'CREATE DATABASE yorozu OWNER yorozu_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'yorozu') \gexec
-- What the owner creates, the application may use. In template1 as well, so that test databases inherit it.
\connect template1
ALTER DEFAULT PRIVILEGES FOR ROLE yorozu_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO yorozu_app;
ALTER DEFAULT PRIVILEGES FOR ROLE yorozu_owner GRANT USAGE, SELECT ON SEQUENCES TO yorozu_app;
\connect yorozu
ALTER DEFAULT PRIVILEGES FOR ROLE yorozu_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO yorozu_app;
ALTER DEFAULT PRIVILEGES FOR ROLE yorozu_owner GRANT USAGE, SELECT ON SEQUENCES TO yorozu_app;
