-- Trends, comparisons of periods, ranks and targets against values and laws. The values: R 4.2.2, glm(poisson) with epsilon 1e-15 on simulated counts
-- (set.seed(1)), of two years the closed form (R stops a step early there: its limits are 3e-10 off), Greenland & Robins's formulae for Mantel-Haenszel; relative error at most 1e-10, of p-values 1e-8.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE FUNCTION pg_temp.error(have float8, want float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL THEN CASE WHEN have IS NULL THEN 0 ELSE 'Infinity'::float8 END ELSE coalesce(abs(have / want - 1), 'Infinity'::float8) END;

CREATE TEMP TABLE trend (years float8[], events bigint[], population float8[], percent float8, lower float8, upper float8, p float8, dispersion float8, quasi_lower float8, quasi_upper float8, i int GENERATED ALWAYS AS IDENTITY);
INSERT INTO trend VALUES
  ('{2000,2001}','{13,14}','{6328,6861}',-0.67381969437062539,-53.311366176060261,111.30817687468368,0.98599501729576766,NULL,NULL,NULL),
  ('{2000,2001,2002}','{656,578,94}','{67776,64766,10870}',-6.6022987683557188,-14.388364377054778,1.8918810729689626,0.12405905058228434,0.12921668098525144,-15.557544514099861,3.3026638692670556),
  ('{2000,2001,2002,2003,2004}','{175,364,507,125,417}','{383135,778558,935032,216082,653415}',9.6489087760338812,5.6720016329962455,13.775484612575333,1.024447245195569e-06,0.29037136106858069,7.059023272333449,12.301446700027745),
  ('{2000,2001,2002,2003,2004,2005,2006,2007}','{796,89,767,459,868,702,875,633}','{7943427,1083897,7238491,4115688,8210358,6472367,7830413,5532598}',1.8810145366894804,0.66813155216661213,3.1085107370480154,0.0022903506079098878,1.0350756556874177,0.65767379324113506,3.1192231239709689),
  ('{2000.5,2001.5,2002.5,2003.5,2004.5,2005.5,2006.5,2007.5,2008.5,2009.5,2010.5,2011.5,2012.5,2013.5,2014.5}','{41,52,73,26,57,23,57,27,29,30,35,31,26,38,28}','{8870,12178,16495,6264,18130,10086,17592,10200,10007,12145,18383,17965,10850,16660,19409}',-7.1063484049045709,-8.8633478652497466,-5.3154762157357727,3.8430277928359238e-14,0.85980380271750068,-8.5806825741879891,-5.6082374091918599),
  ('{2000,2001,2002,2003,2004,2005,2006,2007,2008,2009,2010,2011,2012,2013,2014,2015,2016,2017,2018,2019,2020,2021,2022,2023,2024,2025,2026,2027,2028,2029,2030,2031,2032,2033,2034,2035,2036,2037,2038,2039}','{6,219,32,155,212,308,168,162,69,244,161,191,67,93,217,225,35,12,236,355,233,199,186,350,221,276,250,102,124,283,187,77,280,47,371,272,244,146,205,209}','{8858,216092,35439,136654,193830,297592,151200,147883,56165,227672,138899,155795,66226,72454,180735,174587,27734,15484,194625,278941,181437,170466,160178,295603,154754,206422,182455,75466,81159,220146,138508,56662,225276,35971,260041,186320,169362,101989,138674,152630}',0.86930154122557179,0.66458109773143703,1.0744383224179059,6.817506128050622e-17,0.72672600005067778,0.71913888788324409,1.019688072797081);
CREATE TEMP TABLE trend_of AS SELECT t.i, tmap.rate_trend(e, n, y) AS m, tmap.rate_trend(e, n, y, 0.9, 'quasi') AS q FROM trend t, unnest(years, events, population) AS u (y, e, n) GROUP BY t.i;
SELECT cmp_ok(max(greatest(pg_temp.error((m).annual_percent, percent), pg_temp.error((m).lower, lower), pg_temp.error((m).upper, upper), pg_temp.error((m).dispersion, dispersion))), '<', 1e-10::float8, 'annual change and limits as R''s glm') FROM trend JOIN trend_of USING (i);
SELECT cmp_ok(max(pg_temp.error((m).p, p)), '<', 1e-8::float8, 'p as R''s glm') FROM trend JOIN trend_of USING (i);
SELECT cmp_ok(max(greatest(pg_temp.error((q).lower, quasi_lower), pg_temp.error((q).upper, quasi_upper))), '<', 1e-10::float8, 'quasi-Poisson limits as R''s') FROM trend JOIN trend_of USING (i);
SELECT cmp_ok(pg_temp.error((t).p, 0.000564999805877187), '<', 1e-8::float8, 'p of a quasi-Poisson trend as R''s summary, Student''s on 3 degrees of freedom') FROM (SELECT tmap.rate_trend(e, n, y, 0.95, 'quasi') AS t FROM (VALUES (2018, 420, 9800), (2019, 489, 9900), (2020, 480, 9100), (2021, 560, 9700), (2022, 640, 9850)) AS v (y, e, n)) AS q;
SELECT diag('worst relative error of trends: ' || max(greatest(pg_temp.error((m).annual_percent, percent), pg_temp.error((m).lower, lower), pg_temp.error((m).upper, upper), pg_temp.error((m).dispersion, dispersion), pg_temp.error((q).lower, quasi_lower), pg_temp.error((q).upper, quasi_upper)))) FROM trend JOIN trend_of USING (i);

CREATE TEMP TABLE pair (x1 bigint[], n1 float8[], x2 bigint[], n2 float8[], ratio float8, lower float8, upper float8, mh float8, mh_lower float8, rd float8, rd_upper float8, chi2 float8, p float8, any_chi2 float8, any_p float8,
  h_chi2 float8, h_p float8, quasi_upper float8, i int GENERATED ALWAYS AS IDENTITY);
INSERT INTO pair VALUES
  ('{16,15}','{714,566}','{16,29}','{735,720}',1.2487230481154901,0.7898115169117268,1.9742802143376652,1.25030709177267,0.78873410028531532,0.0060871926157751539,0.018441382201911143,0.90690267027778038,0.34093756925886021,1.7644164553603867,0.41386798712738271,0.88993782311751235,0.34549415780332987,20.565712329125603),
  ('{69,56,68}','{3513,3141,7982}','{143,80,82}','{4044,2772,6643}',1.6317686670606377,1.3619584508101559,1.9550295247384175,1.6342706585352846,1.36322121445305,0.0085499939477175924,0.011677685976007799,28.754418731645014,8.2162244313909672e-08,29.52092330075352,1.7403864516595513e-06,0.97780868061754234,0.61329799208449465,2.1535041767374792),
  ('{537,272,196,660,222,339,701,513}','{32488,15906,13657,22520,23025,13576,98166,33038}','{620,278,161,605,174,552,650,396}','{34225,18144,11603,19355,19001,17169,111601,27997}',0.99320757339910237,0.94721687318817716,1.041431283352318,0.99320240087946354,0.94717762360030688,-9.1569597228024241e-05,0.00054493754636107726,0.079384697503907697,0.7781329874667714,35.241099250596712,2.4165381263110174e-05,35.14595027381074,1.0499690792149701e-05,1.1290252714033544),
  ('{11,191,28,125,119,65,224,65,71,63,61,114,64,115,87,109,165,81,43,42}','{1176,7176,7139,4908,4651,5841,9321,2689,2607,4492,3668,8716,2183,5187,4582,5861,6734,9796,2706,2788}','{22,204,34,128,150,26,183,50,38,75,52,88,44,66,72,102,95,90,43,38}','{1409,8725,6116,6290,4063,5092,11769,2833,2287,4376,4145,8332,2130,4533,5175,5231,8601,12234,3442,3239}',0.80007583884185729,0.74809813348559318,0.85566494453876218,0.80090775074626008,0.74910952238106343,-0.0036193084004006214,-0.002521610166230987,42.528706578623797,6.9652422379569494e-11,122.01394154160559,1.2066939383411055e-16,79.91472628283195,1.9236304574079269e-09,0.92687646469530338),
  ('{57,8,20,21,12,36,28,43,7,55,29,33,72,33,14,47,9,11,23,48,34,25,12,10,33,37,20,11,9,15,26,9,46,16,37,27,38,11,27,34,4,34,19,24,8,34,15,8,34,5,1,21,12,29,4,9,20,17,36,13}','{1936,738,1128,878,642,1742,1288,1502,1112,1764,1606,1022,1923,1470,553,1395,1123,615,1292,1943,1563,1330,864,1667,1478,1745,1473,1220,1243,1070,1176,1721,1893,721,1625,1963,1962,1026,1091,1926,660,1902,1019,1300,1308,1572,1109,729,1010,1440,586,1778,819,1309,705,987,1432,884,1452,1229}','{58,4,20,52,28,36,41,53,5,62,24,27,41,44,13,33,4,12,22,93,28,42,20,20,61,27,25,7,8,43,35,11,65,13,72,27,61,23,32,27,12,50,21,19,3,60,11,10,31,11,8,11,23,39,10,7,30,20,45,8}','{2457,907,1112,840,780,1787,1234,1275,926,2019,1821,1280,1828,1862,498,1669,1025,501,1590,2220,1987,1513,1055,1635,1472,1891,1248,1094,1360,1258,1451,1697,2270,598,1807,1920,2146,1290,982,1896,750,2252,1081,1578,1391,1652,1120,715,870,1367,550,2107,974,1141,746,1084,1508,878,1471,990}',1.1471645446054444,1.0695860985115697,1.2303698544989843,1.1467769029378179,1.0694085952678916,0.0027149400562327167,0.0040989308561609917,14.791276826599518,0.00012008972673727083,145.37714944454424,4.816346805682225e-09,131.8075534299669,1.7448751826233547e-07,1.2765269837648825);
CREATE TEMP TABLE pair_of AS SELECT t.i, tmap.period_change(a, b, c, d) AS m, tmap.period_change(a, b, c, d, 0.95, 'quasi') AS q FROM pair t, unnest(x1, n1, x2, n2) AS u (a, b, c, d) GROUP BY t.i;
SELECT cmp_ok(max(greatest(pg_temp.error((m).ratio, ratio), pg_temp.error((m).ratio_lower, lower), pg_temp.error((m).ratio_upper, upper), pg_temp.error((q).ratio_upper, quasi_upper))), '<', 1e-10::float8, 'common ratio and limits as R''s glm with a term for each area') FROM pair JOIN pair_of USING (i);
SELECT cmp_ok(max(greatest(pg_temp.error((m).mh_ratio, mh), pg_temp.error((m).mh_ratio_lower, mh_lower), pg_temp.error((m).difference, rd), pg_temp.error((m).difference_upper, rd_upper))), '<', 1e-10::float8, 'Mantel-Haenszel''s ratio and difference by the formulae') FROM pair JOIN pair_of USING (i);
SELECT cmp_ok(max(greatest(pg_temp.error((m).chi2, chi2), pg_temp.error((m).any_chi2, any_chi2), pg_temp.error((m).homogeneity_chi2, h_chi2))), '<', 1e-10::float8, 'chi-squared of one ratio, of any change, of heterogeneity') FROM pair JOIN pair_of USING (i);
SELECT cmp_ok(max(greatest(pg_temp.error((m).p, p), pg_temp.error((m).any_p, any_p), pg_temp.error((m).homogeneity_p, h_p))), '<', 1e-8::float8, 'their p-values') FROM pair JOIN pair_of USING (i);
SELECT diag('worst relative error of comparisons: ' || max(greatest(pg_temp.error((m).ratio, ratio), pg_temp.error((m).ratio_lower, lower), pg_temp.error((m).ratio_upper, upper), pg_temp.error((q).ratio_upper, quasi_upper), pg_temp.error((m).homogeneity_chi2, h_chi2)))) FROM pair JOIN pair_of USING (i);

-- The same bits whatever the order, also in workers.
CREATE TEMP TABLE many AS SELECT g, (g * 7919 % 97) AS x, 1000 + g % 13 AS n, 2000 + g % 20 AS y FROM generate_series(1, 20000) g;
CREATE TABLE many_plain AS SELECT * FROM many;
ALTER TABLE many_plain SET (parallel_workers = 2);
ANALYZE many_plain;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.plan(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; o text := ''; BEGIN FOR r IN EXECUTE 'EXPLAIN ' || q LOOP o := o || r || E'\n'; END LOOP; RETURN o; END $$;
SELECT matches(pg_temp.plan('SELECT tmap.rate_trend(x, n, y), tmap.period_change(x, n, g % 89, n + 5), tmap.target_summary(x, n, 1, 0.5, 100, 1, 0.95) FROM many_plain'), 'Partial Aggregate', 'the aggregates run in workers');
CREATE TEMP TABLE in_workers AS SELECT tmap.rate_trend(x, n, y) AS t, tmap.period_change(x, n, g % 89, n + 5) AS c, tmap.target_summary(x, n, 1, 0.5, 100, 1, 0.95) AS s FROM many_plain;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(w::text, a::text, 'the same bits in workers') FROM in_workers w, (SELECT tmap.rate_trend(x, n, y) AS t, tmap.period_change(x, n, g % 89, n + 5) AS c, tmap.target_summary(x, n, 1, 0.5, 100, 1, 0.95) AS s FROM (SELECT * FROM many ORDER BY md5(g::text)) m) a;

-- Ranks: with two areas by themselves the lower one's chance to be the lower is exact, beta(a1, a2) at n1 / (n1 + n2); 6 standard errors of 100,000 draws.
SELECT cmp_ok(abs((g).p_below - 0.9900338446), '<', 0.0019::float8, 'order of two areas: P(gamma(40.5)/80 < gamma(60.5)/75) = 0.99003 (R: pbeta(80/155, 40.5, 60.5))')
FROM (SELECT o, tmap.target_gap(o, e, 1, true, 1, 100000, 5, prior => 'jeffreys') OVER () AS g FROM (VALUES (40, 80.0), (60, 75)) v (o, e)) t WHERE o = 40;
-- An area without events among 20 of the same rate: every rank can be had, and intervals shrink as counts grow.
SELECT ok(bool_and((a).upper - (a).lower >= (b).upper - (b).lower), 'ten times the counts, no wider intervals') FROM
  (SELECT g, tmap.rate_rank(g * 10, 100) OVER () AS a, tmap.rate_rank(g * 100, 1000) OVER () AS b FROM generate_series(1, 20) g) t;
SELECT ok(bool_and((r).lower <= 3 AND (r).upper >= 18), 'twenty equal areas could have almost any rank') FROM (SELECT tmap.rate_rank(10, 100) OVER () AS r FROM generate_series(1, 20) g) t;
-- Wider with the level, for target and missing procedures too.
SELECT ok((a).target_lower >= (b).target_lower AND (a).target_upper <= (b).target_upper AND (a).missing_lower >= (b).missing_lower AND (a).missing_upper <= (b).missing_upper AND (a).below_lower >= (b).below_lower AND (a).below_upper <= (b).below_upper, 'target limits are nested')
FROM (SELECT tmap.target_summary(x, n, 1, 0.5, 1000, 1, 0.9) AS a, tmap.target_summary(x, n, 1, 0.5, 1000, 1, 0.99) AS b FROM many WHERE g < 100) t;

-- Errors by their codes.
SELECT throws_ok($$SELECT tmap.rate_trend(-1, 1, 1)$$, '22023', NULL, 'negative events');
SELECT throws_ok($$SELECT tmap.rate_trend(1, 1, 'NaN')$$, '22003', NULL, 'year that is no number');
SELECT throws_ok($$SELECT tmap.rate_trend(1, 1, 1, NULL, 'model')$$, '22004', NULL, 'no confidence');
SELECT throws_ok($$SELECT tmap.period_change(1, 1, 1, 'Infinity')$$, '22023', NULL, 'infinite population');
SELECT throws_ok($$SELECT tmap.period_change(1, 1, 1, 1, 0.95, 'hc0')$$, '22023', NULL, 'unknown standard error');
SELECT throws_ok($$SELECT tmap.proportion_rank(5, 4) OVER ()$$, '22023', NULL, 'more events than people');
SELECT throws_ok($$SELECT tmap.rate_rank(5, 4, 10) OVER ()$$, '22023', NULL, 'too few draws');
SELECT throws_ok($$SELECT tmap.target_gap(5, 4, share => 2) OVER ()$$, '22003', NULL, 'share above 1');
SELECT throws_ok($$SELECT tmap.target_summary(5, 4, NULL, 0.5, 100, 1, NULL)$$, '22004', NULL, 'no confidence of a target');
SELECT throws_ok($$SELECT tmap.median_rate_ratio('-1'::float8)$$, '22023', NULL, 'negative variance');

SELECT * FROM finish();
ROLLBACK;
