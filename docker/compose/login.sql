-- A plain ALTER ROLE: the server makes the verifier.
\set password `cat`
ALTER ROLE :"role" PASSWORD :'password';
