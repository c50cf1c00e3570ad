-- In parentheses the query is not run once before it is measured.
SELECT cold_forget('cold_narrow');
(SELECT sum(m) FROM cold_narrow);
