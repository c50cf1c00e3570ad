SELECT sum(m) AS answer FROM ten_reddict WHERE m -> 'views' > 50000 \gset
SELECT sum(m) = :'answer' FROM ten_packed WHERE m -> 'views' > 50000;
SELECT rd_from_record(s) = :'answer' FROM (SELECT sum(clicks) AS clicks, sum(views) AS views, sum(revenue) AS revenue, sum(sessions) AS sessions, sum(bounces) AS bounces, sum(signups) AS signups,
	sum(orders) AS orders, sum(refunds) AS refunds, sum(latency) AS latency, sum(errors) AS errors FROM ten_columns WHERE views > 50000) AS s;
