-- Contenders that are extensions, where the server has them.

SELECT format('CREATE EXTENSION %I', name)
FROM pg_available_extensions
WHERE name IN ('hstore', 'tablefunc', 'vector')
\gexec
