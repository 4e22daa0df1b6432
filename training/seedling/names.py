"""Names from many places, and invented ones, so that names must be copied.

The corpus says Lily and Tim in every second story. A model trained on it as it is
remembers them instead of reading the header, so each story gets other names each
time it is read.
"""

import random

SHE = """Mara Zofia Olena Anaïs Wanjiru Thandiwe Nokuthula Aroha Marama Leilani Noelani
    Itzel Xochitl Citlali Yaretzi Milagros Graciela Ximena Soledad Inés Begoña Núria
    Montserrat Siobhán Aoife Niamh Caoimhe Saoirse Róisín Eilidh Mairead Morwenna
    Tamsin Branwen Rhiannon Angharad Solveig Ingrid Sigrún Ásta Freyja Guðrún Astrid
    Linnéa Maiken Aino Helmi Kaisa Tuulikki Kirsi Eglė Rasa Daiva Liene Ilze
    Agnieszka Małgorzata Kinga Bożena Jadwiga Vlasta Růžena Zdeňka Jarmila Ludmila
    Svitlana Oksana Larysa Yeva Nadezhda Galina Tamar Nino Ketevan Anahit Siranush
    Nazeli Aylin Zeynep Elif Defne Gülay Shirin Parisa Roxana Laleh Mahsa Soraya
    Layla Samira Nawal Hanan Rania Zaynab Khadija Malika Fatoumata Aminata Mariama
    Adjoa Akosua Efua Abena Ngozi Chidinma Ifeoma Adaeze Yetunde Folasade Omolara
    Zuhura Mwajuma Wambui Achieng Akinyi Nyambura Chipo Tendai Rudo Nomsa Lindiwe
    Zanele Boitumelo Refilwe Hirut Selam Makeda Tigist Anjali Kavitha Lakshmi
    Meenakshi Padmini Revathi Sunanda Ishani Tanvi Nandini Charulata Bhavna Jaspreet
    Harleen Dilini Sachini Thilini Tashi Pema Dolma Sonam Sarangerel Oyuun Meilin
    Xiuying Yuzhen Huifang Yingying Sakura Haruka Chiyo Midori Yoshiko Natsumi
    Seoyeon Jiwoo Haneul Minseo Linh Thuy Phuong Ngoc Dao Malee Ratana Siriporn Dewi
    Kadek Wulan Putri Marisol Dalisay Ligaya Tala Mirembe Nakato Zawadi Imani Subira
    Ottoline Philippa Clementine Wilhelmina Henrietta Josephine Beatrix Ottilie
    Friederike Liesel Annika Giulia Ornella Fiorella Ludovica Despina Eleni Kalliope
    Vasiliki Ileana Ruxandra Doina Jovana Dragana Snežana Lejla Azra Vesna Ljiljana
    Iolana Kalea Waleska Jacira Iracema Moema Quilla Sisa Illari""".split()

HE = """Tobi Tobias Otis Anselm Benedikt Joachim Leopold Ruprecht Matthäus Jürgen Søren
    Bjørn Håkon Leif Torvald Eirik Gunnar Þór Ólafur Mikko Jussi Väinö Urho Toomas
    Andrus Jānis Valdis Mindaugas Gediminas Zbigniew Kazimierz Wojciech Mieszko
    Stanisław Bohumil Vojtěch Ondřej Zdeněk Ľubomír Taras Bohdan Ostap Mykola Yuriy
    Dmitri Fyodor Arkady Giorgi Levan Vakhtang Hayk Tigran Vartan Emre Yusuf Cengiz
    Orhan Dariush Farhad Kaveh Rostam Siavash Khalid Idris Faisal Tariq Bilal Rashid
    Youssef Karim Mamadou Ousmane Ibrahima Cheikh Kwame Kofi Kwabena Yaw Emeka
    Chukwudi Obinna Ikenna Babatunde Oluwaseun Adewale Juma Baraka Jabari Odhiambo
    Kamau Njoroge Mwangi Tafadzwa Tatenda Farai Sipho Themba Bongani Sibusiso Kagiso
    Thabo Abebe Dawit Tesfaye Haile Arjun Kabir Raghav Vikram Senthil Murugan Ganesh
    Anirudh Partha Debashish Gurpreet Harjit Chathura Ruwan Tenzin Dorje Norbu Batu
    Temujin Jianhong Weiming Zhiqiang Guowei Haoran Kenta Hiroshi Takumi Daichi
    Yutaka Junho Minjun Seojun Dohyun Minh Quang Tuan Duc Somchai Niran Anong Budi
    Wayan Ketut Agung Bayani Datu Makisig Isagani Tama Wiremu Rangi Kahu Kekoa
    Makani Keanu Itzal Ander Iñaki Xabier Jordi Oriol Ferran Gonçalo Thiago João
    Vasco Baltasar Ezequiel Joaquín Ignacio Ramón Cuauhtémoc Tlaloc Nahuel Amaru
    Inti Huáscar Raoni Ubirajara Peri Cillian Fionn Oisín Tadhg Diarmuid Ruairí
    Callum Hamish Lachlan Alasdair Iestyn Gethin Llewelyn Jago Piran Barnaby
    Thaddeus Cornelius Ambrose Montgomery Percival Lorenzo Matteo Ottavio Gennaro
    Stavros Nikos Theodoros Panagiotis Radu Mircea Horațiu Zoltán Lőrinc Gáspár
    Bence Dragan Slobodan Željko Miloš Goran Ermin""".split()

#: What most people are called. Their first tokens at the beginning of a line are not
#: those after a space, and have to be read there too.
SHE_USUAL = """Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Karen Nancy
    Sandra Ashley Kimberly Margaret Donna Michelle Carol Amanda Melissa Deborah Rebecca
    Sharon Laura Cynthia Dorothy Kathleen Angela Shirley Brenda Pamela Nicole Samantha
    Katherine Christine Rachel Carolyn Janet Maria Heather Helen Catherine Diane Julie
    Victoria Joyce Lauren Kelly Christina Ruth Joan Virginia Judith Evelyn Hannah Andrea
    Megan Jacqueline Teresa Abigail Martha Gloria Janice Isabella Judy Charlotte Amber
    Jean Frances Danielle Natalie Beverly Diana Marie Lena Mia Clara Ida Frieda Greta
    Camille Chloe Manon Lucia Carmen Pilar Fatima Aisha Leila Priya Anita Yuki Olga
    Natasha Irina Eva Stella Ivy Ruby Erin Nora Rosa Vera Edith Agnes Iris""".split()

HE_USUAL = """James Robert Michael William Richard Joseph Thomas Christopher Charles
    Daniel Matthew Anthony Steven Andrew Joshua Kenneth Brian George Timothy Ronald
    Jason Edward Jeffrey Ryan Jacob Nicholas Gary Eric Jonathan Stephen Justin Scott
    Brandon Benjamin Samuel Gregory Alexander Patrick Frank Raymond Dennis Jerry Tyler
    Aaron Jose Nathan Henry Douglas Kyle Noah Ethan Jeremy Walter Christian Keith Terry
    Austin Sean Carl Harold Dylan Arthur Lawrence Jordan Jesse Lukas Jonas Felix Emil
    Anton Oskar Hugo Louis Lucas Gabriel Raphael Marco Giovanni Pablo Diego Carlos Juan
    Miguel Antonio Rafael Pedro Ahmed Mohammed Omar Ali Hassan Ibrahim Ravi Amit Rahul
    Kenji Ivan Sergei Pavel David Simon Martin Victor Oliver Philip Alan Ian""".split()

OTHER_LETTERS = """小明 美玲 浩然 さくら はると 지우 민준 Олена Борис Зоя Ελένη Νίκος
    ليلى سامي אורי נועה
    अनिका राजू กานดา Đặng Łucja Çağla Øystein Þóra""".split()
PLACES = """Ostermoor Kalimba Brindlewick Tarrapuna Vellmar Oyugis Kilmorrow Zapalinka
    Nagashima Port Lomé Tinhamel Ushuaia Bergvik Saltholm Marrakesh Tbilisi Kumasi
    Valparaíso Quillota Hobart Ljubljana Thimphu Oaxaca Gdynia Trondheim Mombasa
    Pondicherry Cork Larnaca Brașov Nuuk Tromsø Zagreb Kochi Hanoi Mérida Cusco Apia
    Dunmore Felling Orrinby""".split()

SIDES = "Upper Lower Nether Little Great Old New Saint Port West East Mount".split()
SHORT = "Lou Jan Mae Roy Jo Kit Ann Lee Bo Sue Rae Max Ida Tom Eve Finn".split()
SHE_KNOWN = set(
    """Lily Lucy Sue Mia Anna Sara Sarah Emma Amy Jane Mary Daisy Lila Kitty Jill Molly
    Sally Ella Lola Rose Bella Jenny Annie Susie Zoe Lisa Nina Mandy Polly Alice
    Mimi Grace Ellie Maya Lulu Becky Kate Julia Emily Sophie Sophia Olivia Mila Betty
    Dolly""".split()
)
HE_KNOWN = set(
    """Tim Tom Ben Max Jack Timmy Bob Sam Tommy Billy Spot Mark Joe Fred John Jim Jimmy
    Bobby Pete Peter Leo Jake Bill Johnny Charlie Mike Benny Sammy Roger Dan Danny Paul
    Adam David Joey Freddy Harry Kevin Nick Luke Rob Jay Steve""".split()
)
SYLLABLES = (
    "ba be bi bo da do du el en fa fe fi ga go gri ha hu il in ja jo ka ke ki la le lo "
    "lu ma me mi mo na ne ni no o or pa pe pi po qui ra re ri ro sa se shi so ta te ti "
    "to tra u va ve vi vo wa we ya yo za ze zi zo thi bren mar tol vey"
).split()


def invented(rng: random.Random) -> str:
    parts = [rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 3, 3, 4)))]
    return ("".join(parts) + rng.choice(("", "", "n", "l", "s", "r", "k"))).capitalize()


def a_name(rng: random.Random, old: str) -> str:
    draw = rng.random()
    if draw < 0.03:
        return rng.choice(OTHER_LETTERS)
    if draw < 0.10:
        return f"{rng.choice(SHE + HE)}-{rng.choice((*SHORT, invented(rng)))}"
    if draw < 0.40:
        return invented(rng)
    she, he = (SHE_USUAL, HE_USUAL) if draw < 0.60 else (SHE, HE)
    if old in SHE_KNOWN:
        return rng.choice(she)
    return rng.choice(he if old in HE_KNOWN else she + he)


def a_place(rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.5:
        return rng.choice(PLACES)
    if draw < 0.75:
        return f"{rng.choice(SIDES)} {invented(rng)}"
    return invented(rng)


def new_names(rng: random.Random, people: list[str], keep: float) -> dict[str, str]:
    """Old name -> new name for one reading of one story; some are kept."""
    chosen: dict[str, str] = {}
    for old in people:
        name = old if rng.random() < keep else a_name(rng, old)
        while name in chosen.values() or (name != old and name in people):
            name = invented(rng)
        chosen[old] = name
    return chosen
