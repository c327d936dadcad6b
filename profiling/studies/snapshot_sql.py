"""The queries of a snapshot, and the Arrow types of what they answer. One pass over each table, joins to small tables only."""

import pyarrow as pa

TEXT, NUMBER, WHOLE = pa.string(), pa.float64(), pa.int64()

COMPANIES = """
SELECT c.id, c.typology, c.country, nullif(c.region_key, ''), nullif(c.city_key, ''), c.latitude, c.longitude, c.founded_year,
       c.employees, c.sales_people, c.engineers, c.customers, c.revenue_reporting, c.growth,
       array_to_string(c.languages, ','), p.lifecycle, nullif(p.tier_code, ''), p.dedicated_share
FROM partners_company c LEFT JOIN partners_partner p ON p.company_id = c.id
WHERE c.archived_at IS NULL AND c.merged_into_id IS NULL
ORDER BY c.id
"""
COMPANY_TYPES = {
    "id": TEXT, "typology": TEXT, "country": TEXT, "region": TEXT, "city": TEXT, "latitude": NUMBER, "longitude": NUMBER,
    "founded_year": NUMBER, "employees": NUMBER, "sales_people": NUMBER, "engineers": NUMBER, "customers": NUMBER,
    "revenue": NUMBER, "growth": NUMBER, "languages": TEXT, "lifecycle": TEXT, "tier": TEXT, "dedicated_share": NUMBER,
}  # fmt: skip

SITES = """
SELECT s.company_id, s.country, nullif(s.region, ''), s.latitude, s.longitude, s.kind = 'headquarters'
FROM partners_site s
"""
SITE_TYPES = {
    "company": TEXT,
    "country": TEXT,
    "region": TEXT,
    "latitude": NUMBER,
    "longitude": NUMBER,
    "is_main": pa.bool_(),
}

CUSTOMER_MIX = """
SELECT m.company_id, i.code, m.size, t.code
FROM partners_customermix m
LEFT JOIN partners_industry i ON i.id = m.industry_id
LEFT JOIN partners_territory t ON t.id = m.territory_id
WHERE m.share IS NULL OR m.share > 0
"""
MIX_TYPES = {"company": TEXT, "industry": TEXT, "size": TEXT, "territory": TEXT}

OFFERS = """
SELECT o.company_id, c.code FROM partners_offercarried o JOIN partners_offercategory c ON c.id = o.category_id
"""
OFFER_TYPES = {"company": TEXT, "code": TEXT}

VENDORS = """
SELECT v.company_id, d.code, d.relation, v.share_of_business
FROM partners_vendorcarried v JOIN partners_vendor d ON d.id = v.vendor_id
"""
VENDOR_TYPES = {"company": TEXT, "code": TEXT, "relation": TEXT, "share": NUMBER}

MEASURES = "SELECT key, kind FROM partners_measure ORDER BY key"
MEASURE_VALUES = """
SELECT v.company_id, v.value FROM partners_companymeasure v JOIN partners_measure m ON m.id = v.measure_id
WHERE m.key = %s AND v.value IS NOT NULL
"""
MEASURE_WORDS = """
SELECT v.company_id, v.word FROM partners_companymeasure v JOIN partners_measure m ON m.id = v.measure_id
WHERE m.key = %s AND v.word IS NOT NULL
"""
MARKET_SHARES = """
SELECT s.company_id, avg(s.share) FROM partners_marketshare s
JOIN (SELECT company_id, max(year) AS year FROM partners_marketshare GROUP BY company_id) l
  ON l.company_id = s.company_id AND s.year IS NOT DISTINCT FROM l.year
GROUP BY s.company_id
"""
VALUE_TYPES = {"company": TEXT, "value": NUMBER}
WORD_TYPES = {"company": TEXT, "value": TEXT}

# The year ends on the day of the last sale, so that the same data gives the same snapshot on any day.
_YEAR = "s.sold_on > (SELECT max(sold_on) FROM partners_sale) - interval '1 year'"
SALES = f"""
SELECT p.company_id, replace(coalesce(f.code, 'other'), ':', '·'), sum(s.amount_reporting)
FROM partners_sale s JOIN partners_partner p ON p.id = s.partner_id
JOIN partners_product d ON d.id = s.product_id LEFT JOIN partners_productfamily f ON f.id = d.family_id
WHERE {_YEAR} AND s.amount_reporting IS NOT NULL
GROUP BY 1, 2
"""  # noqa: S608  no outside text
SALES_TYPES = {"company": TEXT, "family": TEXT, "amount": NUMBER}
ORDERS = f"""
SELECT p.company_id, count(DISTINCT s.order_number)
FROM partners_sale s JOIN partners_partner p ON p.id = s.partner_id WHERE {_YEAR} GROUP BY 1
"""  # noqa: S608  columns of our own
ORDER_TYPES = {"company": TEXT, "orders": WHOLE}
