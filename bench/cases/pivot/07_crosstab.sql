-- needs pivot_crosstab_:variant
SELECT * FROM crosstab('SELECT g, key, v FROM pivot_:variant ORDER BY g', $$SELECT 'metric_' || k FROM generate_series(1, 100) AS k$$) AS c (g int,
	m1 float8, m2 float8, m3 float8, m4 float8, m5 float8, m6 float8, m7 float8, m8 float8, m9 float8, m10 float8,
	m11 float8, m12 float8, m13 float8, m14 float8, m15 float8, m16 float8, m17 float8, m18 float8, m19 float8,
	m20 float8, m21 float8, m22 float8, m23 float8, m24 float8, m25 float8, m26 float8, m27 float8, m28 float8,
	m29 float8, m30 float8, m31 float8, m32 float8, m33 float8, m34 float8, m35 float8, m36 float8, m37 float8,
	m38 float8, m39 float8, m40 float8, m41 float8, m42 float8, m43 float8, m44 float8, m45 float8, m46 float8,
	m47 float8, m48 float8, m49 float8, m50 float8, m51 float8, m52 float8, m53 float8, m54 float8, m55 float8,
	m56 float8, m57 float8, m58 float8, m59 float8, m60 float8, m61 float8, m62 float8, m63 float8, m64 float8,
	m65 float8, m66 float8, m67 float8, m68 float8, m69 float8, m70 float8, m71 float8, m72 float8, m73 float8,
	m74 float8, m75 float8, m76 float8, m77 float8, m78 float8, m79 float8, m80 float8, m81 float8, m82 float8,
	m83 float8, m84 float8, m85 float8, m86 float8, m87 float8, m88 float8, m89 float8, m90 float8, m91 float8,
	m92 float8, m93 float8, m94 float8, m95 float8, m96 float8, m97 float8, m98 float8, m99 float8, m100 float8);
