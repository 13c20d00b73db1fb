# Безендіру мен қате беттерінің мәтіндері.

layout-test-banner = Сынауға арналған симулятор. Мұндағы құжаттардың заңды күші жоқ.
layout-skip = Мазмұнға өту
layout-languages = Тіл
layout-navigation = Навигация
layout-sign-out = Шығу
layout-footer = Qaqpa — Қазақстанның электрондық үкімет шлюзінің ашық симуляторы. Бұл мемлекеттік органның сайты емес; ондағы адамдар мен құжаттар ойдан шығарылған.
layout-clock = Симулятордың уақыты:

field-choose = — таңдаңыз —
step-ahead = әлі алда

request-status-draft = Жоба
request-status-received = Келіп түсті
request-status-in-work = Жұмыста
request-status-completed = Орындалды
request-status-refused = Бас тартылды

error-title = Қате
error-label = Белгі
error-details = Толығырақ
error-remedy = Не істеу керек:
error-home = Басты бетке

problem-not-found = Мұндай бет жоқ
problem-not-found-meaning = Бұл мекенжайда ештеңе жоқ немесе ол сіздікі емес.
problem-not-found-remedy = Мекенжайды тексеріңіз немесе басты беттен бастаңыз.
problem-method-not-allowed = Бұл бетті бұлай ашуға болмайды
problem-method-not-allowed-meaning = Мекенжай бар, бірақ мұндай сұрауға арналмаған.
problem-method-not-allowed-remedy = Артқа қайтып, бетті сілтеме немесе түйме арқылы ашыңыз.
problem-request-malformed = Сұрау оқылмайды
problem-request-malformed-meaning = Браузер немесе бағдарлама бұл бет түсінбейтін нәрсе жіберді.
problem-request-malformed-remedy = Артқа қайтып, бетті жаңартып, қайталаңыз.
problem-form-malformed = Нысан оқылмайды
problem-form-malformed-meaning = Өріс жетіспейді немесе нысан бұл бет жіберетіндей жіберілмеген.
problem-form-malformed-remedy = Артқа қайтып, бетті жаңартып, нысанды қайта толтырыңыз.
problem-form-expired = Нысан ескірді
problem-form-expired-meaning = Оның таңбасы жоқ немесе осы кірудікі емес: содан бері кірген не шыққан боларсыз. Ештеңе жасалған жоқ.
problem-form-expired-remedy = Артқа қайтып, бетті жаңартып, нысанды қайта жіберіңіз. Cookie файлдарына рұқсат болуы керек.
problem-foreign-origin = Нысан басқа сайттан келді
problem-foreign-origin-meaning = Нысандар тек осы сайттың беттерінен қабылданады. Ештеңе жасалған жоқ.
problem-foreign-origin-remedy = Бетті осында ашып, нысанды содан жіберіңіз.
problem-sign-in-needed = Сіз кірмегенсіз
problem-sign-in-needed-meaning = Кіру мерзімі аяқталды немесе әлі кірмегенсіз. Ештеңе жасалған жоқ.
problem-sign-in-needed-remedy = Кіріп, қайталаңыз.
problem-role-missing = Бұл бет сізге арналмаған
problem-role-missing-meaning = Есептік жазбаңызда осы бетке қажет рөл жоқ.
problem-role-missing-remedy = Сондай рөлі бар есептік жазбамен кіріңіз.
problem-own-fault = Симулятордың ақауы
problem-own-fault-meaning = Бет ашылмады, бұл сіздің кінәңіз емес. Ештеңе қабылданған жоқ.
problem-own-fault-remedy = Қайталап көріңіз. Тағы болмаса, себебін журнал айтады.
problem-body-too-large = Бір жолға тым көп
problem-body-too-large-meaning = Нысан файлдарымен бірге шектен үлкен.
problem-body-too-large-remedy = Азырақ немесе кішірек файлдар тіркеңіз.
problem-request-timeout = Сұрау тым ұзақ келді
problem-request-timeout-meaning = Сұрау белгіленген уақытта толық жетпеді.
problem-request-timeout-remedy = Байланысты тексеріп, қайта жіберіңіз.
problem-request-cut = Сұрау үзілді
problem-request-cut-meaning = Сұраудың бір бөлігі ғана жетті. Ештеңе қабылданған жоқ.
problem-request-cut-remedy = Қайта жіберіңіз.
problem-busy = Жұмыс тым көп
problem-busy-meaning = Қазір тым көп сұрау өңделуде. Бұл сұрау қабылданған жоқ.
problem-busy-remedy = Сәл күтіп, қайталап көріңіз.
problem-too-many-attempts = Әрекет тым көп
problem-too-many-attempts-meaning = Құпиясөз тым жиі қате терілді.
problem-too-many-attempts-remedy = Сәл күтіп, қайталап көріңіз.
