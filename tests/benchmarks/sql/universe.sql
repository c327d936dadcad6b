-- 1,000,000 invented companies with what their list filters by: long tails, unknown facts, places and vendors that go together.
-- Run by the owner in an empty, migrated database. {rows} is the number of companies.
SELECT setseed(0.42);

INSERT INTO partners_vendor (id, created_at, updated_at, code, name, name_key, names, relation)
SELECT gen_random_uuid(), now(), now(), 'vendor-' || n, 'Vendor ' || n, 'vendor ' || n, '{}',
       CASE WHEN n = 1 THEN 'ours' WHEN n < 8 THEN 'competing' ELSE 'complementary' END
FROM generate_series(1, 40) n;

INSERT INTO partners_offercategory (id, created_at, updated_at, code, name, name_key, names)
SELECT gen_random_uuid(), now(), now(), 'offer-' || n, 'Offer ' || n, 'offer ' || n, '{}' FROM generate_series(1, 30) n;

CREATE TEMPORARY TABLE syllable AS
SELECT row_number() OVER (ORDER BY random()) - 1 AS n, s
FROM unnest(ARRAY['ar', 'ba', 'bel', 'bre', 'ca', 'cel', 'cor', 'da', 'del', 'dor', 'el', 'fa', 'fer', 'ga', 'gen', 'gir', 'ha',
  'is', 'ja', 'ker', 'la', 'lan', 'li', 'lo', 'ma', 'mer', 'mo', 'na', 'nor', 'o', 'or', 'pa', 'per', 'quo', 'ra', 'ri', 'ro', 'sa',
  'sel', 'so', 'ta', 'ter', 'to', 'ur', 'va', 'vel', 'vi', 'wa', 'xe', 'yo', 'ze']) s;
CREATE TEMPORARY TABLE word AS  -- 20,000 made-up words, the first used most
SELECT n, (SELECT s FROM syllable WHERE syllable.n = (i.n * 7919) % 51) || (SELECT s FROM syllable WHERE syllable.n = (i.n * 104729 / 51) % 51)
          || CASE WHEN n % 3 = 0 THEN '' ELSE (SELECT s FROM syllable WHERE syllable.n = (i.n / 51) % 51) END
          || CASE WHEN n > 6000 THEN (SELECT s FROM syllable WHERE syllable.n = (i.n / 7) % 51) ELSE '' END AS w
FROM generate_series(0, 19999) i(n);
CREATE TEMPORARY TABLE trade AS
SELECT row_number() OVER () - 1 AS n, w FROM unnest(ARRAY['systèmes', 'réseaux', 'informatique', 'conseil', 'télécom', 'services',
  'networks', 'cloud', 'infogérance', 'software', 'solutions', 'group', 'technologies', 'consulting', 'data', 'security',
  'bureautique', 'intégration', 'IT', 'digital']) w;
CREATE UNIQUE INDEX ON word (n);
CREATE UNIQUE INDEX ON trade (n);
ANALYZE word; ANALYZE trade;

CREATE TEMPORARY TABLE draft AS
SELECT n, random() AS u_country, random() AS u_region, random() AS u_city, random() AS u_word, random() AS u_second, random() AS u_trade,
       sqrt(-2 * ln(random() + 1e-12)) * cos(6.283185 * random()) AS size,
       sqrt(-2 * ln(random() + 1e-12)) * cos(6.283185 * random()) AS noise,
       random() AS k1, random() AS k2, random() AS k3, random() AS k4, random() AS u_kind
FROM generate_series(1, {rows}) n;

ALTER TABLE partners_company DISABLE TRIGGER USER;
INSERT INTO partners_company (id, created_at, updated_at, name, name_key, legal_name_key, typology, country, region, region_key, city, city_key,
    postal_code, latitude, longitude, website, domain, registration_number, registration_key, founded_year, employees, sales_people, engineers,
    customers, revenue, revenue_currency, revenue_reporting, growth, languages, provenance, stalest_on, version, archived_at)
SELECT gen_random_uuid(), now(), timestamptz '2026-11-01' - n * interval '37 seconds', name,
       lower(translate(name, 'éèÉ', 'eee')), '',
       CASE WHEN u_kind < 0.1 THEN NULL WHEN employees > 400 THEN 'distributor' WHEN employees > 60 AND u_kind < 0.6 THEN 'integrator'
            WHEN u_kind < 0.35 THEN 'var' WHEN u_kind < 0.7 THEN 'reseller' WHEN u_kind < 0.85 THEN 'msp' WHEN u_kind < 0.97 THEN 'consultant'
            ELSE 'publisher' END,
       country, country || '-' || region, lower(country) || ' ' || region, country || '-' || region || '-' || city,
       lower(country) || ' ' || region || ' ' || city, (10000 + n % 80000)::text,
       CASE WHEN k1 < 0.8 THEN 36 + region + u_city END, CASE WHEN k1 < 0.8 THEN -4 + 2 * region + u_city END,
       CASE WHEN k2 < 0.7 THEN 'https://' || n || '.example' END, CASE WHEN k2 < 0.7 THEN n || '.example' ELSE '' END,
       CASE WHEN k3 < 0.6 THEN (100000000 + n)::text END, CASE WHEN k3 < 0.6 THEN (100000000 + n)::text ELSE '' END,
       CASE WHEN k4 < 0.5 THEN 1950 + (u_kind * 70)::int END,
       employees, CASE WHEN k1 < 0.6 THEN greatest(1, employees * (0.1 + u_city / 10))::int END,
       CASE WHEN k2 < 0.6 THEN greatest(1, employees * (0.2 + u_region / 4))::int END, CASE WHEN k3 < 0.4 THEN employees * 4 END,
       revenue, CASE WHEN revenue IS NOT NULL THEN 'EUR' END, revenue,
       CASE WHEN k4 < 0.6 THEN round((0.04 + noise * 0.12)::numeric, 4) END, CASE WHEN k2 < 0.5 THEN ARRAY[lower(country)] END,
       jsonb_build_object('*', jsonb_build_array('019a0000-0000-7000-8000-000000000001', '2026-03-01', NULL)),
       date '2026-11-01' - (k1 * k2 * 1500)::int, 1, CASE WHEN n % 100 = 0 THEN now() END
FROM (
    SELECT d.*, initcap(w1.w) || CASE WHEN d.u_second < 0.4 THEN ' ' || initcap(w2.w) ELSE '' END || ' ' || initcap(t.w) AS name,
           CASE WHEN d.k1 < 0.85 THEN greatest(1, exp(2.6 + 1.2 * d.size))::int END AS employees,
           CASE WHEN d.k2 < 0.7 AND d.k1 < 0.95 THEN round((exp(2.6 + 1.2 * d.size + 0.5 * d.noise) * 118000)::numeric, 2) END AS revenue,
           CASE WHEN d.u_country < 0.40 THEN 'FR' WHEN d.u_country < 0.55 THEN 'DE' WHEN d.u_country < 0.67 THEN 'IT' WHEN d.u_country < 0.77
                THEN 'ES' WHEN d.u_country < 0.86 THEN 'GB' WHEN d.u_country < 0.92 THEN 'BE' WHEN d.u_country < 0.96 THEN 'NL'
                WHEN d.u_country < 0.985 THEN 'CH' WHEN d.u_country < 0.998 THEN 'PL' ELSE 'PT' END AS country,
           1 + (power(d.u_region, 1.8) * 13)::int AS region, 1 + (power(d.u_city, 1.8) * 20)::int AS city
    FROM draft d
    JOIN word w1 ON w1.n = (power(d.u_word, 2.2) * 19999)::int
    JOIN word w2 ON w2.n = (power(d.u_second * 2.4999, 2.2) * 19999)::int % 20000
    JOIN trade t ON t.n = (power(d.u_trade, 1.5) * 19.99)::int % 20
) f;
INSERT INTO partners_companyword (word, company_id, country, typology)
SELECT DISTINCT left(part, 40) COLLATE "C", c.id, c.country, c.typology FROM partners_company c, string_to_table(c.search_key, ' ') AS t(part)
WHERE part <> '' ORDER BY 1, 2;
ALTER TABLE partners_company ENABLE TRIGGER USER;

-- Vendors: the first is carried by a seventh, the last by a few thousand; those above 30 are at home in one country. Drawn number by
-- number, not by asking each company about each vendor.
CREATE TEMPORARY TABLE numbered AS SELECT row_number() OVER (ORDER BY id) AS n, id, country FROM partners_company;
CREATE UNIQUE INDEX ON numbered (n);
ANALYZE numbered;
CREATE TEMPORARY TABLE drawn AS
SELECT v.n AS v, d.n FROM generate_series(1, 30) v(n),
  LATERAL (SELECT DISTINCT 1 + floor(random() * {rows})::bigint AS n FROM generate_series(1, ({rows} * 0.3 / (1 + v.n))::int)) d;
INSERT INTO partners_vendorcarried (id, created_at, updated_at, company_id, vendor_id, share_of_business)
SELECT gen_random_uuid(), now(), now(), c.id, v.id, CASE WHEN random() < 0.5 THEN round((random() * 0.6)::numeric, 4) END
FROM drawn d JOIN numbered c ON c.n = d.n JOIN partners_vendor v ON v.code = 'vendor-' || d.v
UNION ALL
SELECT gen_random_uuid(), now(), now(), c.id, v.id, CASE WHEN random() < 0.5 THEN round((random() * 0.6)::numeric, 4) END
FROM numbered c JOIN (SELECT 'vendor-' || (30 + n) AS code, country FROM
  unnest(ARRAY['FR', 'DE', 'IT', 'ES', 'GB', 'BE', 'NL', 'CH', 'PL', 'PT']) WITH ORDINALITY h(country, n)) home USING (country)
  JOIN partners_vendor v ON v.code = home.code
WHERE random() < 0.2;
TRUNCATE drawn;
INSERT INTO drawn
SELECT o.n, d.n FROM generate_series(1, 30) o(n),
  LATERAL (SELECT DISTINCT 1 + floor(random() * {rows})::bigint AS n FROM generate_series(1, ({rows} * 0.3 / (1 + o.n))::int)) d;
INSERT INTO partners_offercarried (id, created_at, updated_at, company_id, category_id)
SELECT gen_random_uuid(), now(), now(), c.id, o.id
FROM drawn d JOIN numbered c ON c.n = d.n JOIN partners_offercategory o ON o.code = 'offer-' || d.v;
INSERT INTO partners_partner (id, created_at, updated_at, company_id, lifecycle, lifecycle_since, tier_code)
SELECT gen_random_uuid(), now(), now(), id, (ARRAY['candidate', 'active', 'active', 'onboarding', 'exited'])[1 + (row_number() OVER () % 5)],
       now(), '' FROM partners_company WHERE typology IS NOT NULL ORDER BY id LIMIT {rows} / 200;
