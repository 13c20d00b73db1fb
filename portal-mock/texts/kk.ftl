# Порталдың өз мәтіндері. Ортақ мәтіндер (белгі, макет түймелері, тілдер) crates/web ішінде.

portal-name = Электрондық үкімет порталы
portal-tagline = қазақстандық порталдың сынақ симуляторы

# Навигация
nav-services = Қызметтер
nav-cabinet = Жеке кабинет
nav-login = Кіру
nav-register = Тіркелу

# Басты бет
home-title = Мемлекеттік қызметтер: өтініштен нәтижеге дейін
home-lead = Бұл портал — электрондық үкімет шлюзінің ашық симуляторы Qaqpa-ның бөлігі. Мұндағы өтініштер, куәліктер мен адамдар сынақ үшін жасалған: ештеңе нақты органдарға жіберілмейді.
home-choose = Қызмет таңдау
home-enter = Кабинетті ашу
home-how-title = Өтініштің жолы
home-how-login = ЖСН мен құпиясөз арқылы кіріңіз
home-how-login-text = Портал тіркелген алушы деректерінің шынайылығын тексереді.
home-how-fill = Нысанды толтырыңыз
home-how-fill-text = Құжаттардың электрондық көшірмелерін тіркеп, қол қоятын тіркеу куәлігін таңдаңыз.
home-how-sign = Қол қойып, жіберіңіз
home-how-sign-text = Шлюз қолтаңбаны тексеріп, өтінішті қызмет берушіге жеткізеді.
home-how-result = Нәтижені алыңыз
home-how-result-text = Қызмет берушінің уәкілетті тұлғасы қол қойған құжат жеке кабинетке келеді.
home-services-title = Қызметтер
home-services-text = Каталогтағы актілер бойынша осы порталда алуға болатын қызметтер.
home-testers-title = Сынақ жүргізетіндерге
home-testers-text = Дайын адамдар (ЖСН, құпиясөз, кілт файлдары) симулятордың деректер қалтасындағы endpoints.json файлында тізілген. Әр бет сізге айтқанын бағдарламаға да айтады: бас тартудың белгісі мен регламент элементі көрсетіледі.

# Тіркелу
register-title = Тіркелу
register-lead = Аты-жөніңіз жеке тұлғалардың сынақ дерекқорынан алынады. Онда дайын ТЕСТ адамдары ғана бар.
register-submit = Тіркелу
register-have-account = Бұрын тіркелгенсіз бе?
register-done = Сіз тіркелдіңіз. Енді ЖСН мен құпиясөз арқылы кіріңіз.
field-iin = ЖСН
field-iin-hint = жеке сәйкестендіру нөмірі, 12 цифр
field-password = Құпиясөз
field-password-new-hint = кемінде { $min } таңба
field-password-again = Құпиясөзді қайталаңыз
field-surname = Тегі
field-given-name = Аты
error-password-short = Құпиясөз кемінде { $min } таңбадан тұруы керек.
error-password-long = Құпиясөз { $max } таңбадан аспауы керек.
error-password-again = Құпиясөздер сәйкес келмейді.
error-registered = Бұл ЖСН бойынша бұрын тіркелген. Құпиясөз арқылы кіріңіз.
error-iin-shape = ЖСН дәл 12 цифрдан тұрады.
error-iin-date = ЖСН-нің алғашқы алты цифры күнді білдірмейді.
error-iin-kind = ЖСН-нің жетінші цифры 1 мен 6 аралығында болуы керек.
error-iin-check = ЖСН-нің соңғы цифры қалғандарына сай келмейді. Қате терілмегенін тексеріңіз.
error-name-differs = Жеке тұлғалар дерекқорында басқаша жазылған.

# Кіру
login-title = Кіру
login-lead = ЖСН және порталда тіркелгендегі құпиясөз арқылы.
login-submit = Кіру
login-no-account = Әлі тіркелмедіңіз бе?
login-needed = Жалғастыру үшін кіріңіз.

# Қызметтер
services-title = Қызметтер
services-lead = Әр қызмет өз актісінде жазылғандай жүреді.
services-none = Әзірге мұнда алуға болатын қызмет жоқ.
service-provider = Қызмет беруші
service-result = Нәтижесі
service-documents = Тіркелетін құжаттар
service-fields = Нысанда не сұралады
service-deadline = Мерзімдері
service-flow = Қалай жүреді
service-start = Өтініш беру
service-start-login = Кіріп, өтініш беру
service-required = міндетті
service-optional = қалауыңызша
service-outcome-yes = иә
service-outcome-no = жоқ

# Өтініш: ортақ
application-title = Өтініш
application-number = Нөмірі
application-message = Хабарлама нөмірі
application-created = Басталған
application-sent = Жіберілген
crumb-form = Нысан
crumb-certificate = Куәлік
crumb-sign = Қолтаңба
crumb-status = Мәртебе

# Нысан
form-title = Өтінішті толтырыңыз
form-lead = Жұлдызшамен белгіленген өрістерді толтыру міндетті. Бірдеңе жетіспесе де, енгізгеніңіз сақталады.
form-person = Өтініш беруші
form-person-text = Жеке тұлғалар дерекқорынан; мұнда өзгертілмейді.
form-answers = Мәліметтер
form-attachments = Құжаттар
form-attachments-text = Электрондық көшірмелер: PDF, JPEG немесе PNG, әрқайсысы { $megabytes } МБ-тан аспауы керек.
form-attached = Тіркелді: { $name }, { $size }
form-remove = Алып тастау
form-replace = Ауыстыру үшін басқа файл таңдаңыз
form-next = Әрі қарай, куәлікке
form-save = Жобаны сақтау
form-saved = Жоба сақталды.
form-errors = { $count ->
    [one] Тағы { $count } жерді түзету керек.
   *[other] Тағы { $count } жерді түзету керек.
}
field-problem-characters = Мұнда қолдануға болмайтын таңба бар.
field-problem-date = Күнтізбедегі күнді жазыңыз: жыл-ай-күн.
field-problem-iin = Бұл ЖСН емес: он екі цифр, күн, бақылау цифры болуы керек.
field-problem-long = Тым ұзын: { $max } таңбадан аспауы керек.
field-problem-missing = Мұны толтыру керек.
field-problem-option = Тізімнен таңдаңыз.
field-problem-phone = Телефон нөмірін жазыңыз: + және 7-ден 15-ке дейін цифр.
field-problem-short = Тым қысқа: кемінде { $min } таңба.
error-too-many = Әрекет тым көп. { $seconds } секундтан кейін қайталаңыз.
error-document-total = Барлық тіркемелер бірге { $megabytes } МБ-тан аспауы керек.
error-document-missing = Бұл құжатты тіркеу керек.
error-document-type = Файлдың түрі сай емес. Жарамдысы: { $types }.
error-document-size = Файл { $megabytes } МБ-тан үлкен.
error-document-empty = Файл бос.
error-document-name = Файлдың атауы жарамайды.
size-bytes = { $n } байт
size-kilobytes = { $n } КБ
size-megabytes = { $n } МБ

# Куәлік
certificate-title = Қол қоятын тіркеу куәлігін таңдаңыз
certificate-lead = Өтінішке қол қойылғанға дейін портал куәліктің мерзімі өтпегенін, қайтарып алынбағанын және сіздікі екенін тексереді: ондағы ЖСН сұраныстағы ЖСН-мен сәйкес келуі керек.
certificate-lead-after = Келесі бетте өтінішке осы куәлікпен қол қойылады. Содан кейін портал куәлік пен қолтаңбаны тексереді: жарамды ма, қайтарып алынғандар тізімінде жоқ па, сіздікі ме.
certificate-key-file = Кілт файлы (.p12)
certificate-key-password = Кілт файлының құпиясөзі
certificate-key-hint = Файлдан тек куәлік оқылады. Кілт те, құпиясөз де сақталмайды.
certificate-or = немесе
certificate-file = Тек куәліктің өзі (.cer, .pem)
certificate-file-hint = Порталдан тыс қол қойсаңыз.
certificate-submit = Куәлікті тексеру
certificate-submit-after = Осы куәлікті таңдау
certificate-with-key = Кілт файлымен
certificate-alone = Кілтсіз
certificate-chosen = Таңдалған куәлік
certificate-holder = Иесі
certificate-iin = ЖСН
certificate-issuer = Кім берген
certificate-valid = Қолданылу мерзімі
certificate-valid-span = { $from } – { $to }
certificate-serial = Сериялық нөмірі
certificate-other = Басқа куәлік таңдау
error-file-missing = Файл таңдаңыз.
error-key-password = Құпиясөз бұл кілт файлына сай келмейді.
error-key-unreadable = Бұл оқуға болатын кілт файлы (PKCS#12) емес.
error-key-other = Бұл кілттің куәлігі тексерілген куәлік емес. Таңдалғанымен қол қойыңыз немесе алдымен басқасын таңдаңыз.
error-certificate-unreadable = Бұл оқуға болатын куәлік емес.

# Қолтаңба
sign-title = Қол қойып, жіберіңіз
sign-lead = Төменде — сіз қол қоятын құжаттың дәл өзі, әр таңбасына дейін.
sign-what = Құжат
sign-download = Басқа жерде қол қою үшін XML жүктеп алу
sign-here = Осында қол қою
sign-here-text = Кілт файлы мен құпиясөз тек осы қолтаңбаға керек, содан кейін бірден ұмытылады.
sign-here-submit = Қол қойып, жіберу
sign-elsewhere = Басқа жерде қол қойылған
sign-elsewhere-text = XML-ді жүктеп алып, «qaqpa sign» командасымен немесе басқа бағдарламамен қол қойып, қол қойылған файлды жүктеңіз.
sign-signed-file = Қол қойылған XML
sign-elsewhere-submit = Қол қойылған файлды жіберу
sign-size = { $bytes } байт, SHA-256 { $digest }
sign-clipped = Тек басы көрсетілген: қалғаны тіркемелер. Жүктеп алғанда құжат толық беріледі.
error-signed-unreadable = Файл қол қойылған құжат ретінде оқылмайды.
error-signed-other = Файлға қол қойылған, бірақ ол осы өтініштің құжаты емес. Қайта жүктеп алып, өзгертпей қол қойыңыз.

# Мәртебе
status-title = Өтініштің мәртебесі
delivery-none = Әлі жіберілген жоқ
delivery-queued = Шлюз қазір жауап бермейді. Өтініш сақталды, кейін өздігінен жіберіледі.
delivery-accepted = Шлюз өтінішті қабылдады
delivery-refused = Шлюз өтінішті қабылдамады
status-progress = Өткен жолы
status-way = Қызмет ағынының сызбасы
status-way-alt = Өткен жол белгіленген сызба; қадамдары жоғарыда тізілген
status-way-open = Сызбаны ашу
status-step-now = қазір осы қадамда
status-continue = Жалғастыру
status-document = Құжатты ашу
status-signed-download = Жіберілген XML
status-repeat = Қайта бастау
status-content = Не сұралды
status-attachments = Құжаттар
status-refresh = Жаңарту
status-waiting = Қызмет беруші өтінішті қарап жатыр. Нәтижесі жеке кабинетке келеді.

# Бас тарту
refusal-title = Бас тартылды
refusal-where = Регламент элементі
refusal-label = Белгісі
refusal-check = Өтпеген тексеру
refusal-evidence = Дәлел
refusal-remedy = Не істеуге болады
refusal-clause = Негізі

# Кабинет
cabinet-title = Жеке кабинет
cabinet-hello = Сәлеметсіз бе, { $name }
cabinet-history = Қызмет алу тарихы
cabinet-history-all = Бүкіл тарих
cabinet-history-empty = Сіз әлі ешқандай қызмет сұраған жоқсыз.
cabinet-notifications = Хабарлама
cabinet-notifications-all = Барлық хабарламалар
cabinet-notifications-empty = Әзірге хабарлама жоқ.
cabinet-notification-new = жаңа
cabinet-documents = Құжаттар
cabinet-documents-empty = Әзірге құжат жоқ. Қызмет берушінің жауабы осында пайда болады.
cabinet-new = Жаңа өтініш
cabinet-column-date = Күні
cabinet-column-service = Қызмет
cabinet-column-status = Мәртебесі

# Хабарламалар
notification-sent = Шлюз өтінішіңізді қабылдады.
notification-registered = Өтінішіңіз қызмет берушіде тіркелді.
notification-in-work = Қызмет беруші өтінішіңізбен жұмыс істеп жатыр.
notification-refused = Өтінішіңіз бойынша бас тартылды: { $reason }
notification-granted = Нәтиже келді: құжат кабинетіңізде.
notification-result-refused = Қызмет беруші қызмет көрсетуден бас тартты. Дәлелді жауап кабинетіңізде.

# Құжат
document-title = Құжат
document-granted = Қызмет көрсетілді
document-refused = Дәлелді бас тарту
document-issued = Берілген күні
document-officer = Кім қол қойған
document-applicant = Кімге
document-grounds = Бас тарту негіздері
document-verdict = Қолтаңба
document-verdict-at-arrival = Келіп түскенде тексерілді
document-verdict-now = Қазір тексерілді
document-verify = Қазір тексеру
document-download = XML жүктеп алу
document-application = Өтінішке өту
document-signed-only = Жоғарыда көрсетілгеннің бәрі құжаттың қолтаңба қамтитын бөлігінен оқылды.
document-result-id = Құжат нөмірі
verdict-total-passed = Қолтаңба жарамды
verdict-total-failed = Қолтаңба жарамсыз
verdict-indeterminate = Қолтаңбаның жарамдылығын анықтау мүмкін болмады
verdict-check = Тексеру
verdict-answer = Жауабы
verdict-why = Себебі
answer-pass = өтті
answer-fail = өтпеді
answer-undecided = анықталмады

# ХҚКО
centre-title = Халыққа қызмет көрсету орталығы
centre-lead = Орталықтың жұмыс орны бұл нұсқаға кірмейді.
centre-text = Мұнда орталықтың немесе Мемлекеттік корпорацияның қызметкері өтініш берушілерді қабылдап, қағаздарын сканерлеп, өз кілтімен қол қоятын болады. Әзірге қызметтерді портал арқылы алыңыз.
centre-to-portal = Порталға


# Ағын элементтері
element-process = { $number }-үдеріс
element-condition = { $number }-шарт
element-step = { $number }-қадам
element-check = { $number }-тексеру

# Қорытындының тексерулері
check-structure = Дәл бір қолтаңба, дұрыс құрылған
check-scope = Қолтаңба бүкіл құжатты қамтиды
check-content = Мазмұны қол қойылған күйінде
check-value = Осы куәліктің кілтімен қол қойылған
check-timestamp = Уақыт белгісі құжаттың қашан қол қойылғанын дәлелдейді
check-chain = Куәлікті берушіге сенім бар
check-validity = Куәлік қолданылу мерзімінде болған
check-purpose = Куәлік қол қоюға арналған
check-revocation = Куәлік қайтарып алынбаған, оның қолданылуы тоқтатыла тұрған жоқ
check-iin = Қол қойған — өтініш берушінің өзі
answer-not-asked = сұралмады

# Мерзімдер
period-minutes = { $n } минут
period-hours = { $n } сағат
period-working-days = { $n } жұмыс күні
period-calendar-days = { $n } күнтізбелік күн
