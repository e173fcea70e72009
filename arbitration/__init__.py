"""Labour and personnel disputes: mediation and arbitration.

Statutes: 劳动争议调解仲裁法 (2008), 劳动人事争议仲裁办案规则 (人社部令第33号, 2017),
企业劳动争议协商调解规定 (人社部令第17号, 2012), 安徽省劳动人事争议调解仲裁条例 (2026-05-01)."""
