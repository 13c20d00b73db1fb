# Собственные тексты рабочего места. Общее для всех страниц (плашка, макет, страницы ошибок) — в crates/web.

workplace-name = АРМ регионального шлюза
workplace-tagline = автоматизированное рабочее место услугодателя, симулятор для испытаний

nav-queue = Задания
nav-cards = Журнал заявлений
nav-login = Войти

# Главная
home-title = От заявления до подписанного результата
home-lead = Заявления, которые передал шлюз, здесь регистрируются, сверяются с перечнем требуемых документов и получают в ответ подписанный электронный документ. Люди и документы созданы для испытаний.
home-open-queue = Открыть задания
home-waiting = { $n ->
    [one] Вас ждёт { $n } задание.
    [few] Вас ждут { $n } задания.
   *[many] Вас ждут { $n } заданий.
 }
home-overdue = { $n ->
    [one] просрочено { $n }
   *[other] просрочено { $n }
 }
home-how-title = Что здесь происходит
home-how-register = Регистрация
home-how-register-text = Каждое заявление становится карточкой с заданием для подразделения, роли и со сроком. Подпись проверяется ещё раз.
home-how-check = Проверка
home-how-check-text = Сотрудник открывает вложения и сверяет их с перечнем требуемых документов.
home-how-sign = Подпись
home-how-sign-text = Результат подписывается ключом сотрудника; ключ забывается сразу после этой подписи.
home-how-send = Отправка
home-how-send-text = Шлюз проверяет результат и передаёт его в кабинет заявителя.
home-testers-title = Для тех, кто испытывает
home-testers-text = Готовые сотрудники и руководители (ИИН, пароль, файлы ключей) перечислены в файле endpoints.json в папке данных симулятора. Каждая страница говорит программе то же, что и вам, — в атрибутах data.

# Вход
login-title = Вход на рабочее место
login-lead = По ИИН и паролю сотрудника услугодателя.
login-needed = Сначала войдите.
login-iin = Индивидуальный идентификационный номер (ИИН)
login-iin-hint = 12 цифр
login-password = Пароль
login-submit = Войти
login-who = Регистрации здесь нет: готовые сотрудники и руководители приписаны к подразделениям каталога.
login-error-iin = ИИН — это 12 цифр с датой и контрольной цифрой.
login-error-wrong = ИИН или пароль неверны, либо этот человек здесь не работает.
login-error-too-many = { $n ->
    [one] Слишком много неудач. Повторите через { $n } секунду.
    [few] Слишком много неудач. Повторите через { $n } секунды.
   *[many] Слишком много неудач. Повторите через { $n } секунд.
 }

# Списки
queue-title = Задания
queue-filter = Какие задания
queue-all = все открытые
queue-mine = взятые мной
queue-overdue = просроченные
queue-empty = Заданий нет.
queue-count = { $n ->
    [one] { $n } задание, сначала ближайший срок
    [few] { $n } задания, сначала ближайший срок
   *[many] { $n } заданий, сначала ближайший срок
 }
cards-title = Журнал заявлений
cards-lead = Все заявления вашего подразделения, новые сверху.
cards-empty = Ни одно заявление ещё не поступило.
column-number = Номер
column-service = Услуга
column-applicant = Заявитель
column-action = Действие
column-registered = Зарегистрировано
column-deadline = Срок
column-holder = Кто взял
column-state = Состояние
holder-you = вы
holder-nobody = пока никто
role-officer = уполномоченное лицо
role-head = руководитель
role-clerk = сотрудник канцелярии
role-executor = исполнитель
role-specialist = специалист
deadline-left = осталось: { $span }
deadline-over = просрочено: { $span }
period-minutes = { $n ->
    [one] { $n } минута
    [few] { $n } минуты
   *[many] { $n } минут
 }
period-hours = { $n ->
    [one] { $n } час
    [few] { $n } часа
   *[many] { $n } часов
 }
period-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[many] { $n } дней
 }
period-working-days = { $n ->
    [one] { $n } рабочий день
    [few] { $n } рабочих дня
   *[many] { $n } рабочих дней
 }
period-calendar-days = { $n ->
    [one] { $n } календарный день
    [few] { $n } календарных дня
   *[many] { $n } календарных дней
 }
size-bytes = { $n } байт
size-kilobytes = { $n } КБ
size-megabytes = { $n } МБ

# Карточка
card-title = Заявление № { $n }
card-state-open = В работе
card-state-granted = Услуга оказана
card-state-refused = Отказано
card-applicant = Заявитель
card-signed-only = Здесь показано только то, что покрыто подписью заявителя.
card-form = Заявление
card-files = Приложенные документы
card-no-files = Ничего не приложено.
card-steps = Шаги регламента
card-tasks = Действия сотрудников
card-register = Регистрация
card-registered = Зарегистрировано
card-application = Номер заявления на портале
card-message = messageId
card-channel = Канал
card-created = Составлено
card-decided = Решено
card-application-download = Скачать подписанное заявление (XML)
person-iin = ИИН
person-surname = Фамилия
person-given = Имя
person-patronymic = Отчество
person-submitter = Подал (ИИН)
file-document = Документ
file-name = Файл
file-kind = Вид
file-kind-unknown = вид не распознан
file-digest = SHA-256
file-download = скачать
task-title = Открытое задание
task-unit = Подразделение
task-role = Роль
task-deadline = Срок
task-take = Взять задание
task-check = Проверить документы
task-sign = К результату и подписи
task-complete = К результату
task-revise = Изменить решение
task-not-yours = Задание для другой роли, или его уже взял другой сотрудник.
task-done = выполнено
delivery-pending = Подписанный результат ждёт шлюза.
delivery-done = Шлюз принял подписанный результат.
delivery-parked = Шлюз не принял подписанный результат.
element-process = Процесс { $number }
element-condition = Условие { $number }
element-step = Шаг { $number }
element-check = Проверка { $number }
answer-yes = да
answer-no = нет

# Заключение о подписи
verdict-heading = Заключение о подписи
verdict-total-passed = Подпись действительна
verdict-total-failed = Подпись недействительна
verdict-indeterminate = О подписи нельзя судить
verdict-judged-at = На момент
verdict-signer = Подписал
verdict-serial = Сертификат
verdict-covered = Подписанный элемент
verdict-check = Проверка
verdict-answer = Ответ
verdict-why = Что найдено
verdict-iin-confirmed = ИИН в сертификате — это ИИН подавшего: иначе заявление не было бы зарегистрировано.
check-structure = Строение подписи
check-scope = Что подписано
check-content = Содержание не изменено
check-value = Значение подписи
check-timestamp = Метка времени подписи
check-chain = Цепочка до доверенного центра
check-validity = Срок действия
check-purpose = Сертификат для подписи
check-revocation = Не отозван
check-iin = Подписал сам подавший
answer-pass = да
answer-fail = нет
answer-undecided = неизвестно
answer-not-asked = не спрашивали

# Проверка документов
check-title = Проверка документов
check-has-errors = Чего-то не хватает, или ответы не сходятся. Посмотрите отмеченные места.
check-documents = Требуемые документы
check-required = обязателен
check-optional = по желанию
check-not-attached = Не приложен.
finding-ok = в порядке
finding-fault = с нарушениями
finding-absent = отсутствует
check-decision = Решение
check-decision-legend = Услугу
decision-grant = оказать
decision-refuse = отказать в оказании
check-ground = Основание отказа
check-ground-hint = Нужно только для отказа; его прочтёт заявитель.
check-comment = Своими словами
check-comment-hint = Добавляется к основанию отказа. Можно не заполнять.
check-submit = Перейти к результату
check-back = Назад к заявлению
check-error-unanswered = Отметьте, что вы нашли.
check-error-not-attached = Ничего не приложено: документ может только отсутствовать.
check-error-attached = Файл приложен: он в порядке или с нарушениями.
check-error-required = Услугу нельзя оказать, пока этот документ не в порядке.
check-error-ground = Выберите основание отказа.
check-error-decision = Выберите: оказать или отказать.
check-error-comment-long = Слишком много слов.
check-error-comment-characters = Здесь есть знаки, которых в документе быть не может.

# Результат
result-title = Результат
result-preview = Предварительный просмотр результата
result-preview-lead = Этот документ прочтёт заявитель. До подписания он не имеет силы.
result-open = Открыть результат
result-grounds = Основания
result-officer = Подписывает
result-issued = Выдан
result-id = Номер результата
result-xml = Документ как он есть
result-download = Скачать подписанный результат (XML)
sign-title = Подпись
sign-key = Файл ключа (.p12)
sign-key-hint = Ваш собственный ключ подписи.
sign-password = Пароль файла ключа
sign-memory-only = Файл и пароль нужны только для этой подписи: они остаются в памяти и нигде не сохраняются.
sign-submit = Подписать
sign-and-send = Подписать и отправить
sign-error-missing = Выберите файл ключа.
sign-error-file = Этот файл — не ключ, которым можно подписать.
sign-error-password = Пароль не подходит к файлу ключа.
sign-refused-title = Подпись не принята
sign-refused = Подписанный так документ не прошёл бы шлюз. Выберите другой ключ.
sign-refused-iin-mismatch = Сертификат выдан другому человеку. Подпишите своим ключом.
sign-refused-certificate-expired = Срок действия сертификата истёк.
sign-refused-certificate-not-yet-valid = Срок действия сертификата ещё не начался.
sign-refused-certificate-revoked = Сертификат отозван.
sign-refused-certificate-suspended = Действие сертификата приостановлено.
sign-refused-certificate-purpose = Сертификат не предназначен для подписи.
sign-refused-issuer-untrusted = Сертификат выдан не доверенным центром.
sign-refused-authority-revoked = Сертификат самого удостоверяющего центра отозван или приостановлен.
sign-refused-revocation-unknown = Центр не смог ответить, отозван ли сертификат. Повторите позже.
complete-title = Завершить действие
complete-sends = Подписанный результат уйдёт в шлюз, а оттуда заявителю.
complete-hands-on = Карточка перейдёт к следующему действию.
complete-submit = Готово, передать дальше
complete-send = Отправить результат

# После формы
flash-taken = Задание ваше.
flash-done = Действие завершено, началось следующее.
flash-sent = Результат подписан и отправлен.

# Препятствия
problem-card-decided = Здесь больше нечего делать
problem-card-decided-meaning = По карточке уже решено, или это действие уже выполнено. Ничего не изменено.
problem-card-decided-remedy = Откройте карточку снова, чтобы увидеть её состояние.
problem-task-taken = Задание уже взял другой сотрудник
problem-task-taken-meaning = Над заданием работает один сотрудник. Ничего не изменено.
problem-task-taken-remedy = Выберите другое задание или спросите коллегу.
problem-task-of-others = Задание для другой роли
problem-task-of-others-meaning = Регламент поручает открытое действие другой роли или другому подразделению. Ничего не изменено.
problem-task-of-others-remedy = Войдите как сотрудник с этой ролью.
problem-not-decided = Решения ещё нет
problem-not-decided-meaning = Результат можно составить только после проверки документов.
problem-not-decided-remedy = Сначала проверьте документы и примите решение.
problem-to-be-signed = Это действие завершается подписью
problem-to-be-signed-meaning = Здесь результат нужно подписать. Ничего не изменено.
problem-to-be-signed-remedy = Откройте результат и подпишите его.
problem-not-to-be-signed = В этом действии ничего не подписывают
problem-not-to-be-signed-meaning = По регламенту результат подписывают в другом действии. Ничего не изменено.
problem-not-to-be-signed-remedy = Завершите действие на странице результата.
