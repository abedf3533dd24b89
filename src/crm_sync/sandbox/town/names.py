"""The names the town draws from, Spanish and English, with accents, particles and two surnames."""

from __future__ import annotations

from typing import Final

FIRST_A: Final = (
    "Ana", "María José", "Lucía", "Sofía", "Valentina", "Ximena", "Renata", "Fernanda", "Gabriela", "Paola", "Mónica",
    "Inés", "Begoña", "Noelia", "Emily", "Grace", "Olivia", "Hannah", "Megan", "Zoë", "Chloe", "Rosa", "Itzel", "Nuria",
)  # fmt: skip
FIRST_B: Final = (
    "José", "Juan Carlos", "Luis", "Andrés", "Ángel", "Íñigo", "Raúl", "Sebastián", "Óscar", "Héctor", "Tomás",
    "Joaquín", "Emilio", "James", "Oliver", "Henry", "Jack", "Seán", "Dylan", "René", "Iván", "Rubén", "Nicolás",
)  # fmt: skip
SURNAMES: Final = (
    "García", "Hernández", "Martínez", "López", "González", "Rodríguez", "Pérez", "Sánchez", "Ramírez", "Torres",
    "Flores", "Rivera", "Gómez", "Díaz", "Cruz", "Morales", "Ortiz", "Gutiérrez", "Chávez", "Ramos", "Ruiz", "Mendoza",
    "Álvarez", "Castillo", "Jiménez", "Moreno", "Romero", "Herrera", "Medina", "Aguilar", "Vargas", "Guzmán", "Muñoz",
    "de la Cruz", "del Río", "de León", "Núñez", "Peña", "Ibáñez", "Zúñiga", "Ávila", "Echeverría", "Quiñones",
)  # fmt: skip
SURNAMES_EN: Final = (
    "Smith", "Johnson", "Williams", "Brown", "O'Neill", "McDonald", "Taylor", "Anderson", "van der Berg", "Walker",
    "Young", "Scott", "Baker", "Campbell", "Mitchell", "Carter", "Bennett", "Fitzgerald", "Hughes", "Murphy",
)  # fmt: skip
TITLES: Final = (
    "Directora General", "Gerente de Compras", "Director de TI", "Marketing Manager", "Head of Operations", "CFO",
    "Coordinadora de Ventas", "Jefe de Planta", "Product Manager", "Office Manager", "",
)  # fmt: skip
COMPANY_FIRST: Final = (
    "Grupo", "Comercial", "Industrias", "Soluciones", "Logística", "Alimentos", "Textiles", "Constructora", "Farmacia",
    "Editorial", "Hoteles", "Transportes", "Energía", "Agro", "Clínica", "Northern", "Blue", "Summit", "Iron",
)  # fmt: skip
COMPANY_SECOND: Final = (
    "Azteca", "del Bajío", "Peninsular", "Andina", "Cantábrica", "Monterrey", "La Niña", "Tres Ríos", "Quetzal", "Sol",
    "Norte", "Aurora", "Harbor", "Valley", "Maple", "Granite", "Cedar", "Lakeside", "Beacon", "Sierra",
)  # fmt: skip
#: City, country and the code of its telephone numbers; Mexico thrice as often as the others.
CITIES: Final = (
    ("Ciudad de México", "Mexico", "MX"), ("Monterrey", "Mexico", "MX"), ("Guadalajara", "México", "MX"),
    ("Querétaro", "Mexico", "MX"), ("Puebla", "MX", "MX"), ("Mérida", "Mexico", "MX"),
    ("Madrid", "Spain", "ES"), ("Bilbao", "España", "ES"), ("Austin", "United States", "US"), ("Chicago", "USA", "US"),
)  # fmt: skip
INDUSTRIES: Final = ("Manufacturing", "Retail", "Technology", "Healthcare", "Finance", "Education", "Hospitality")
REPS: Final = (
    ("Luis", "Ortega Salas"), ("Carmen", "Ibarra"), ("Diego", "Núñez Vela"), ("Patricia", "Lara"), ("Omar", "Quintero"),
    ("Kate", "Sullivan"), ("Rodrigo", "Peña"), ("Alma", "Cervantes"), ("Bruno", "Castañeda"), ("Nadia", "Farías"),
)  # fmt: skip
MARKETERS: Final = (("Elena", "Prado"), ("Mateo", "Bravo"))
OFFERS: Final = (
    "Guía: calcular el costo de un lead", "Webinar: ventas y marketing en una mesa", "Plantilla de presupuesto",
    "Demo request", "Ebook: first steps with a CRM", "Newsletter", "Contacto general",
)  # fmt: skip
#: Name, Salesforce's type, the channel that the type means.
CAMPAIGNS: Final = (
    ("Boletín de primavera", "Email", "email"), ("Webinar: un solo embudo", "Webinar", "event"),
    ("Expo Pyme CDMX", "Trade Show", "event"), ("SaaS Connect Monterrey", "Conference", "event"),
    ("Llamadas a directores", "Telemarketing", "outbound_sales"), ("Revista Negocios", "Advertisement", "display"),
    ("Banners remarketing", "Banner Ads", "display"), ("Aliados contables", "Partners", "affiliate_partner"),
    ("Buscadores: CRM para pymes", "Search", "paid_search"), ("Carta de bienvenida", "Other", "other_campaign"),
    ("Webinar: primeros pasos", "Webinar", "event"), ("Newsletter May", "Email", "email"),
)  # fmt: skip
