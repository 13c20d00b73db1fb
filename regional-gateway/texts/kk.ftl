# Жұмыс орнының өз мәтіндері. Барлық беттерге ортақ мәтіндер (белгі, макет, қате беттері) — crates/web ішінде.

workplace-name = Аймақтық шлюздің АЖО
workplace-tagline = көрсетілетін қызметті берушінің автоматтандырылған жұмыс орны, сынауға арналған симулятор

nav-queue = Тапсырмалар
nav-cards = Өтініштер журналы
nav-login = Кіру

# Басты бет
home-title = Өтініштен қол қойылған нәтижеге дейін
home-lead = Шлюз жіберген өтініштер осында тіркеледі, талап етілетін құжаттар тізбесімен салыстырылады және қол қойылған электрондық құжатпен жауап алады. Адамдар мен құжаттар сынау үшін ойлап шығарылған.
home-open-queue = Тапсырмаларды ашу
home-waiting = { $n ->
    [one] Сізді { $n } тапсырма күтіп тұр.
   *[other] Сізді { $n } тапсырма күтіп тұр.
 }
home-overdue = { $n ->
    [one] { $n } тапсырманың мерзімі өтті
   *[other] { $n } тапсырманың мерзімі өтті
 }
home-how-title = Мұнда не болады
home-how-register = Тіркеу
home-how-register-text = Әр өтініш бөлімшеге, рөлге және мерзімге арналған тапсырмасы бар карточкаға айналады. Қолтаңба тағы бір рет тексеріледі.
home-how-check = Тексеру
home-how-check-text = Қызметкер тіркемелерді ашып, оларды талап етілетін құжаттар тізбесімен салыстырады.
home-how-sign = Қол қою
home-how-sign-text = Нәтижеге қызметкердің кілтімен қол қойылады; кілт сол бір қол қоюдан кейін ұмытылады.
home-how-send = Жіберу
home-how-send-text = Шлюз нәтижені тексеріп, өтініш берушінің кабинетіне жеткізеді.
home-testers-title = Сынаушыларға
home-testers-text = Дайын қызметкерлер мен басшылар (ЖСН, құпиясөз, кілт файлдары) симулятордың деректер қалтасындағы endpoints.json файлында тізілген. Әр бет бағдарламаға да сізге айтқанын data атрибуттарында айтады.

# Кіру
login-title = Жұмыс орнына кіру
login-lead = Көрсетілетін қызметті беруші қызметкерінің ЖСН-і мен құпиясөзі арқылы.
login-needed = Алдымен кіріңіз.
login-iin = Жеке сәйкестендіру нөмірі (ЖСН)
login-iin-hint = 12 сан
login-password = Құпиясөз
login-submit = Кіру
login-who = Мұнда тіркелу жоқ: дайын қызметкерлер мен басшылар каталогтағы бөлімшелерге тіркелген.
login-error-iin = ЖСН — күні мен бақылау саны бар 12 сан.
login-error-wrong = ЖСН немесе құпиясөз қате, не бұл адам мұнда жұмыс істемейді.
login-error-too-many = { $n ->
    [one] Сәтсіз әрекет тым көп. { $n } секундтан кейін қайталаңыз.
   *[other] Сәтсіз әрекет тым көп. { $n } секундтан кейін қайталаңыз.
 }

# Тізімдер
queue-title = Тапсырмалар
queue-filter = Қандай тапсырмалар
queue-all = барлық ашық
queue-mine = мен алған
queue-overdue = мерзімі өткен
queue-empty = Тапсырма жоқ.
queue-count = { $n ->
    [one] { $n } тапсырма, алдымен мерзімі жақыны
   *[other] { $n } тапсырма, алдымен мерзімі жақыны
 }
cards-title = Өтініштер журналы
cards-lead = Бөлімшеңіздің барлық өтініштері, жаңасы жоғарыда.
cards-empty = Әзірге бірде-бір өтініш келіп түскен жоқ.
column-number = Нөмірі
column-service = Қызмет
column-applicant = Өтініш беруші
column-action = Іс-қимыл
column-registered = Тіркелді
column-deadline = Мерзімі
column-holder = Кім алды
column-state = Күйі
holder-you = сіз
holder-nobody = әзірге ешкім
role-officer = уәкілетті адам
role-head = басшы
role-clerk = кеңсе қызметкері
role-executor = орындаушы
role-specialist = маман
deadline-left = { $span } қалды
deadline-over = мерзімі { $span } бұрын өтті
period-minutes = { $n ->
    [one] { $n } минут
   *[other] { $n } минут
 }
period-hours = { $n ->
    [one] { $n } сағат
   *[other] { $n } сағат
 }
period-days = { $n ->
    [one] { $n } күн
   *[other] { $n } күн
 }
period-working-days = { $n ->
    [one] { $n } жұмыс күні
   *[other] { $n } жұмыс күні
 }
period-calendar-days = { $n ->
    [one] { $n } күнтізбелік күн
   *[other] { $n } күнтізбелік күн
 }
size-bytes = { $n } байт
size-kilobytes = { $n } КБ
size-megabytes = { $n } МБ

# Карточка
card-title = № { $n } өтініш
card-state-open = Жұмыста
card-state-granted = Қызмет көрсетілді
card-state-refused = Бас тартылды
card-applicant = Өтініш беруші
card-signed-only = Мұнда өтініш берушінің қолтаңбасы қамтитын деректер ғана көрсетілген.
card-form = Өтініш
card-files = Тіркелген құжаттар
card-no-files = Ештеңе тіркелмеген.
card-steps = Регламент қадамдары
card-tasks = Қызметкерлердің іс-қимылдары
card-register = Тіркеу
card-registered = Тіркелді
card-application = Порталдағы өтініш нөмірі
card-message = messageId
card-channel = Арна
card-created = Жасалды
card-decided = Шешілді
card-application-download = Қол қойылған өтінішті жүктеп алу (XML)
person-iin = ЖСН
person-surname = Тегі
person-given = Аты
person-patronymic = Әкесінің аты
person-submitter = Тапсырған (ЖСН)
file-document = Құжат
file-name = Файл
file-kind = Түрі
file-kind-unknown = түрі белгісіз
file-digest = SHA-256
file-download = жүктеп алу
task-title = Ашық тапсырма
task-unit = Бөлімше
task-role = Рөл
task-deadline = Мерзімі
task-take = Тапсырманы алу
task-check = Құжаттарды тексеру
task-sign = Нәтижеге және қол қоюға
task-complete = Нәтижеге
task-revise = Шешімді өзгерту
task-not-yours = Тапсырма басқа рөлге арналған немесе оны басқа қызметкер алған.
task-done = орындалды
delivery-pending = Қол қойылған нәтиже шлюзді күтіп тұр.
delivery-done = Шлюз қол қойылған нәтижені қабылдады.
delivery-parked = Шлюз қол қойылған нәтижені қабылдамады.
element-process = { $number }-үдеріс
element-condition = { $number }-шарт
element-step = { $number }-қадам
element-check = { $number }-тексеру
answer-yes = иә
answer-no = жоқ

# Қолтаңба туралы қорытынды
verdict-heading = Қолтаңба туралы қорытынды
verdict-total-passed = Қолтаңба жарамды
verdict-total-failed = Қолтаңба жарамсыз
verdict-indeterminate = Қолтаңба туралы шешім шығару мүмкін емес
verdict-judged-at = Мына сәтке
verdict-signer = Қол қойған
verdict-serial = Тіркеу куәлігі
verdict-covered = Қол қойылған элемент
verdict-check = Тексеру
verdict-answer = Жауап
verdict-why = Не табылды
verdict-iin-confirmed = Тіркеу куәлігіндегі ЖСН — тапсырушының ЖСН-і: олай болмаса, өтініш тіркелмес еді.
check-structure = Қолтаңбаның құрылымы
check-scope = Неге қол қойылған
check-content = Мазмұны өзгермеген
check-value = Қолтаңбаның мәні
check-timestamp = Қолтаңбаның уақыт белгісі
check-chain = Сенімді орталыққа дейінгі тізбек
check-validity = Жарамдылық мерзімі
check-purpose = Қол қоюға арналған куәлік
check-revocation = Қайтарып алынбаған
check-iin = Тапсырушының өзі қол қойған
answer-pass = иә
answer-fail = жоқ
answer-undecided = белгісіз
answer-not-asked = сұралған жоқ

# Құжаттарды тексеру
check-title = Құжаттарды тексеру
check-has-errors = Бірдеңе жетіспейді немесе жауаптар бір-біріне сай емес. Белгіленген жерлерді қараңыз.
check-documents = Талап етілетін құжаттар
check-required = міндетті
check-optional = қалауы бойынша
check-not-attached = Тіркелмеген.
finding-ok = дұрыс
finding-fault = кемшілігі бар
finding-absent = жоқ
check-decision = Шешім
check-decision-legend = Қызметті
decision-grant = көрсету
decision-refuse = көрсетуден бас тарту
check-ground = Бас тарту негізі
check-ground-hint = Тек бас тартқанда керек; оны өтініш беруші оқиды.
check-comment = Өз сөзіңізбен
check-comment-hint = Бас тарту негізіне қосылады. Бос қалдыруға болады.
check-submit = Нәтижеге өту
check-back = Өтінішке оралу
check-error-unanswered = Не тапқаныңызды белгілеңіз.
check-error-not-attached = Ештеңе тіркелмеген: құжат тек жоқ бола алады.
check-error-attached = Файл тіркелген: ол дұрыс немесе кемшілігі бар.
check-error-required = Бұл құжат дұрыс болмайынша, қызметті көрсетуге болмайды.
check-error-ground = Бас тарту негізін таңдаңыз.
check-error-decision = Таңдаңыз: көрсету немесе бас тарту.
check-error-comment-long = Сөз тым көп.
check-error-comment-characters = Мұнда құжатта болмайтын таңбалар бар.

# Нәтиже
result-title = Нәтиже
result-preview = Нәтижені алдын ала қарау
result-preview-lead = Бұл құжатты өтініш беруші оқиды. Қол қойылғанға дейін оның күші жоқ.
result-open = Нәтижені ашу
result-grounds = Негіздері
result-officer = Қол қоятын
result-issued = Берілді
result-id = Нәтиже нөмірі
result-xml = Құжаттың дәл өзі
result-download = Қол қойылған нәтижені жүктеп алу (XML)
sign-title = Қолтаңба
sign-key = Кілт файлы (.p12)
sign-key-hint = Өзіңіздің қол қою кілтіңіз.
sign-password = Кілт файлының құпиясөзі
sign-memory-only = Файл мен құпиясөз тек осы қол қоюға керек: олар жадта ғана болады және еш жерде сақталмайды.
sign-submit = Қол қою
sign-and-send = Қол қойып, жіберу
sign-error-missing = Кілт файлын таңдаңыз.
sign-error-file = Бұл файл қол қоюға болатын кілт емес.
sign-error-password = Құпиясөз бұл кілт файлына сай келмейді.
sign-refused-title = Қолтаңба қабылданбады
sign-refused = Бұлай қол қойылған құжат шлюзден өтпес еді. Басқа кілтті таңдаңыз.
sign-refused-iin-mismatch = Тіркеу куәлігі басқа адамдікі. Өз кілтіңізбен қол қойыңыз.
sign-refused-certificate-expired = Тіркеу куәлігінің мерзімі өткен.
sign-refused-certificate-not-yet-valid = Тіркеу куәлігінің мерзімі әлі басталған жоқ.
sign-refused-certificate-revoked = Тіркеу куәлігі қайтарып алынған.
sign-refused-certificate-suspended = Тіркеу куәлігінің қолданылуы тоқтатыла тұрған.
sign-refused-certificate-purpose = Тіркеу куәлігі қол қоюға арналмаған.
sign-refused-issuer-untrusted = Тіркеу куәлігін сенімді орталық берген жоқ.
sign-refused-authority-revoked = Тіркеу куәлігін берген орталықтың өз куәлігі қайтарып алынған немесе тоқтатыла тұрған.
sign-refused-revocation-unknown = Орталық куәліктің қайтарып алынған-алынбағанын айта алмады. Кейінірек қайталаңыз.
complete-title = Іс-қимылды аяқтау
complete-sends = Қол қойылған нәтиже шлюзге, одан өтініш берушіге жіберіледі.
complete-hands-on = Карточка келесі іс-қимылға өтеді.
complete-submit = Дайын, әрі қарай беру
complete-send = Нәтижені жіберу

# Форма жіберілгеннен кейін
flash-taken = Тапсырма сіздікі.
flash-done = Іс-қимыл аяқталды, келесісі басталды.
flash-sent = Нәтижеге қол қойылып, жіберілді.

# Кедергілер
problem-card-decided = Мұнда енді істейтін ештеңе жоқ
problem-card-decided-meaning = Карточка бойынша шешім қабылданған немесе бұл іс-қимыл орындалған. Ештеңе өзгерген жоқ.
problem-card-decided-remedy = Күйін көру үшін карточканы қайта ашыңыз.
problem-task-taken = Тапсырманы басқа қызметкер алған
problem-task-taken-meaning = Бір тапсырмамен бір қызметкер жұмыс істейді. Ештеңе өзгерген жоқ.
problem-task-taken-remedy = Басқа тапсырманы таңдаңыз немесе әріптесіңізден сұраңыз.
problem-task-of-others = Тапсырма басқа рөлге арналған
problem-task-of-others-meaning = Регламент ашық іс-қимылды басқа рөлге немесе бөлімшеге жүктейді. Ештеңе өзгерген жоқ.
problem-task-of-others-remedy = Сол рөлі бар қызметкер ретінде кіріңіз.
problem-not-decided = Әлі ештеңе шешілген жоқ
problem-not-decided-meaning = Нәтижені құжаттар тексерілгеннен кейін ғана жасауға болады.
problem-not-decided-remedy = Алдымен құжаттарды тексеріп, шешім қабылдаңыз.
problem-to-be-signed = Бұл іс-қимыл қол қоюмен аяқталады
problem-to-be-signed-meaning = Мұнда нәтижеге қол қойылуға тиіс. Ештеңе өзгерген жоқ.
problem-to-be-signed-remedy = Нәтижені ашып, оған қол қойыңыз.
problem-not-to-be-signed = Бұл іс-қимылда ештеңеге қол қойылмайды
problem-not-to-be-signed-meaning = Регламент бойынша нәтижеге басқа іс-қимылда қол қойылады. Ештеңе өзгерген жоқ.
problem-not-to-be-signed-remedy = Іс-қимылды нәтиже бетінде аяқтаңыз.
