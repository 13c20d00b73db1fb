# Собственные тексты портала. Общие (плашка, кнопки макета, языки) — в crates/web.

portal-name = Портал электронного правительства
portal-tagline = симулятор казахстанского портала, для испытаний

# Навигация
nav-services = Услуги
nav-cabinet = Личный кабинет
nav-login = Войти
nav-register = Регистрация

# Главная
home-title = Государственные услуги — от заявления до результата
home-lead = Этот портал — часть Qaqpa, открытого симулятора шлюза электронного правительства. Заявления, сертификаты и люди здесь созданы для испытаний: ничего не уходит в настоящие органы.
home-choose = Выбрать услугу
home-enter = Открыть кабинет
home-how-title = Путь заявления
home-how-login = Войдите по ИИН и паролю
home-how-login-text = Портал проверит подлинность данных зарегистрированного заявителя.
home-how-fill = Заполните форму
home-how-fill-text = Прикрепите электронные копии документов и выберите сертификат, которым будете подписывать.
home-how-sign = Подпишите и отправьте
home-how-sign-text = Шлюз проверит подпись и передаст заявление услугодателю.
home-how-result = Получите результат
home-how-result-text = Документ, подписанный уполномоченным лицом услугодателя, придёт в личный кабинет.
home-services-title = Услуги
home-services-text = Что можно получить на этом портале по актам каталога.
home-testers-title = Для тех, кто испытывает
home-testers-text = Готовые люди (ИИН, пароль, файлы ключей) перечислены в файле endpoints.json в папке данных симулятора. Каждая страница говорит программе то же, что и вам: у отказа есть метка и элемент регламента.

# Регистрация
register-title = Регистрация
register-lead = Имя берётся из имитации базы данных физических лиц. В ней есть только готовые тестовые люди.
register-submit = Зарегистрироваться
register-have-account = Уже зарегистрированы?
register-done = Вы зарегистрированы. Теперь войдите по ИИН и паролю.
field-iin = ИИН
field-iin-hint = индивидуальный идентификационный номер, 12 цифр
field-password = Пароль
field-password-new-hint = не короче { $min } знаков
field-password-again = Пароль ещё раз
field-surname = Фамилия
field-given-name = Имя
error-password-short = Пароль должен быть не короче { $min } знаков.
error-password-long = Пароль может быть не длиннее { $max } знаков.
error-password-again = Пароли не совпадают.
error-registered = Этот ИИН уже зарегистрирован. Войдите по паролю.
error-iin-shape = ИИН — это ровно 12 цифр.
error-iin-date = Первые шесть цифр ИИН не являются датой.
error-iin-kind = Седьмая цифра ИИН должна быть от 1 до 6.
error-iin-check = Последняя цифра ИИН не сходится с остальными. Проверьте, нет ли опечатки.
error-name-differs = В базе данных физических лиц записано иначе.

# Вход
login-title = Вход
login-lead = По ИИН и паролю, указанному при регистрации на портале.
login-submit = Войти
login-no-account = Ещё не зарегистрированы?
login-needed = Войдите, чтобы продолжить.

# Услуги
services-title = Услуги
services-lead = Каждая услуга оказывается так, как описано в её акте.
services-none = Пока здесь нельзя получить ни одной услуги.
service-provider = Услугодатель
service-result = Результат
service-documents = Какие документы приложить
service-fields = Что спрашивает форма
service-deadline = Сроки
service-flow = Как это проходит
service-start = Подать заявление
service-start-login = Войти и подать заявление
service-required = обязательно
service-optional = по желанию
service-outcome-yes = да
service-outcome-no = нет

# Заявление: общее
application-title = Заявление
application-number = Номер
application-message = Номер сообщения
application-created = Начато
application-sent = Отправлено
crumb-form = Форма
crumb-certificate = Сертификат
crumb-sign = Подпись
crumb-status = Статус

# Форма
form-title = Заполните заявление
form-lead = Поля со звёздочкой обязательны. Введённое сохраняется, даже если чего-то ещё не хватает.
form-person = Заявитель
form-person-text = Из базы данных физических лиц; здесь не меняется.
form-answers = Сведения
form-attachments = Документы
form-attachments-text = Электронные копии: PDF, JPEG или PNG, не больше { $megabytes } МБ каждая.
form-attached = Прикреплено: { $name }, { $size }
form-remove = Убрать
form-replace = Выберите другой файл, чтобы заменить
form-next = Дальше, к сертификату
form-save = Сохранить черновик
form-saved = Черновик сохранён.
form-errors = { $count ->
    [one] Осталось исправить { $count } место.
    [few] Осталось исправить { $count } места.
   *[many] Осталось исправить { $count } мест.
}
field-problem-characters = Здесь есть недопустимый знак.
field-problem-date = Укажите дату календаря: год-месяц-день.
field-problem-iin = Это не ИИН: двенадцать цифр, дата, контрольная цифра.
field-problem-long = Слишком длинно: не больше { $max } знаков.
field-problem-missing = Это нужно заполнить.
field-problem-option = Выберите из списка.
field-problem-phone = Укажите номер телефона: + и от 7 до 15 цифр.
field-problem-short = Слишком коротко: не меньше { $min } знаков.
error-too-many = Слишком много попыток. Попробуйте через { $seconds } с.
error-document-total = Все вложения вместе могут занимать не больше { $megabytes } МБ.
error-document-missing = Этот документ нужно приложить.
error-document-type = Файл не того вида. Подходят: { $types }.
error-document-size = Файл больше { $megabytes } МБ.
error-document-empty = Файл пуст.
error-document-name = Имя файла не годится.
size-bytes = { $n } Б
size-kilobytes = { $n } КБ
size-megabytes = { $n } МБ

# Сертификат
certificate-title = Выберите сертификат, которым будете подписывать
certificate-lead = До подписания портал проверит, что регистрационное свидетельство действует, не отозвано и принадлежит вам: ИИН в нём должен совпасть с ИИН в запросе.
certificate-lead-after = На следующей странице заявление подписывается этим сертификатом. Затем портал проверяет сертификат и подпись: действителен, не в списке отозванных и ваш.
certificate-key-file = Файл ключа (.p12)
certificate-key-password = Пароль к файлу ключа
certificate-key-hint = Из файла читается только сертификат. Ни ключ, ни пароль не сохраняются.
certificate-or = или
certificate-file = Только сертификат (.cer, .pem)
certificate-file-hint = Если подписываете вне портала.
certificate-submit = Проверить сертификат
certificate-submit-after = Выбрать этот сертификат
certificate-with-key = С файлом ключа
certificate-alone = Без ключа
certificate-chosen = Выбранный сертификат
certificate-holder = Владелец
certificate-iin = ИИН
certificate-issuer = Кем выдан
certificate-valid = Действует
certificate-valid-span = с { $from } по { $to }
certificate-serial = Серийный номер
certificate-other = Выбрать другой сертификат
error-file-missing = Выберите файл.
error-key-password = Пароль не подходит к этому файлу ключа.
error-key-unreadable = Этот файл не читается как файл ключа (PKCS#12).
error-key-other = Сертификат этого ключа — не тот, что был проверен. Подпишите выбранным или сначала выберите другой.
error-certificate-unreadable = Этот файл не читается как сертификат.

# Подпись
sign-title = Подпишите и отправьте
sign-lead = Ниже — в точности то, что вы подписываете, знак в знак.
sign-what = Документ
sign-download = Скачать XML, чтобы подписать в другом месте
sign-here = Подписать здесь
sign-here-text = Файл ключа и пароль нужны только для этой подписи и сразу забываются.
sign-here-submit = Подписать и отправить
sign-elsewhere = Подписано в другом месте
sign-elsewhere-text = Скачайте XML, подпишите его командой «qaqpa sign» или другой программой и загрузите подписанный файл.
sign-signed-file = Подписанный XML
sign-elsewhere-submit = Отправить подписанный файл
sign-size = { $bytes } байт, SHA-256 { $digest }
sign-clipped = Показано только начало: остальное занимают вложения. Скачивается документ целиком.
error-signed-unreadable = Файл не читается как подписанный документ.
error-signed-other = Файл подписан, но это не документ этого заявления. Скачайте его снова и подпишите без изменений.

# Статус
status-title = Статус заявления
delivery-none = Ещё не отправлено
delivery-queued = Шлюз сейчас не отвечает. Заявление сохранено и уйдёт само.
delivery-accepted = Шлюз принял заявление
delivery-refused = Шлюз не принял заявление
status-progress = Пройденный путь
status-way = Схема услуги
status-way-alt = Схема с пройденным путём; шаги перечислены выше
status-way-open = Открыть схему
status-step-now = сейчас на этом шаге
status-continue = Продолжить
status-document = Открыть документ
status-signed-download = Отправленный XML
status-repeat = Начать заново
status-content = О чём просили
status-attachments = Документы
status-refresh = Обновить
status-waiting = Услугодатель рассматривает заявление. Результат придёт в личный кабинет.

# Отказ
refusal-title = Отказано
refusal-where = Элемент регламента
refusal-label = Метка
refusal-check = Непройденная проверка
refusal-evidence = Доказательство
refusal-remedy = Что можно сделать
refusal-clause = Норма

# Кабинет
cabinet-title = Личный кабинет
cabinet-hello = Здравствуйте, { $name }
cabinet-history = История получения услуг
cabinet-history-all = Вся история
cabinet-history-empty = Вы ещё ни за чем не обращались.
cabinet-notifications = Уведомления
cabinet-notifications-all = Все уведомления
cabinet-notifications-empty = Уведомлений пока нет.
cabinet-notification-new = новое
cabinet-documents = Документы
cabinet-documents-empty = Документов пока нет. Ответ услугодателя появится здесь.
cabinet-new = Новое заявление
cabinet-column-date = Дата
cabinet-column-service = Услуга
cabinet-column-status = Статус

# Уведомления
notification-sent = Шлюз принял ваше заявление.
notification-registered = Ваше заявление зарегистрировано у услугодателя.
notification-in-work = Услугодатель работает с вашим заявлением.
notification-refused = По вашему заявлению отказано: { $reason }
notification-granted = Пришёл результат: документ в вашем кабинете.
notification-result-refused = Услугодатель отказал в услуге. Мотивированный ответ — в вашем кабинете.

# Документ
document-title = Документ
document-granted = Услуга оказана
document-refused = Мотивированный отказ
document-issued = Выдан
document-officer = Кто подписал
document-applicant = Кому
document-grounds = Основания отказа
document-verdict = Подпись
document-verdict-at-arrival = Проверена при поступлении
document-verdict-now = Проверена сейчас
document-verify = Проверить сейчас
document-download = Скачать XML
document-application = К заявлению
document-signed-only = Всё показанное выше прочитано из той части документа, которую покрывает подпись.
document-result-id = Номер документа
verdict-total-passed = Подпись действительна
verdict-total-failed = Подпись недействительна
verdict-indeterminate = Не удалось установить, действительна ли подпись
verdict-check = Проверка
verdict-answer = Ответ
verdict-why = Почему
answer-pass = пройдена
answer-fail = не пройдена
answer-undecided = не установлено

# ЦОН
centre-title = Центр обслуживания населения
centre-lead = Рабочее место ЦОН в эту версию не входит.
centre-text = Здесь работник ЦОН или Государственной корпорации будет принимать заявителей, сканировать бумаги и подписывать своим ключом. Пока обращайтесь за услугами через портал.
centre-to-portal = На портал


# Элементы процесса
element-process = процесс { $number }
element-condition = условие { $number }
element-step = шаг { $number }
element-check = проверка { $number }

# Проверки заключения
check-structure = Подпись ровно одна и построена правильно
check-scope = Подпись покрывает весь документ
check-content = Содержание — то, что было подписано
check-value = Подписано ключом этого сертификата
check-timestamp = Метка времени доказывает, когда документ подписан
check-chain = Издателю сертификата доверяют
check-validity = Сертификат действовал в тот момент
check-purpose = Сертификат предназначен для подписи
check-revocation = Сертификат не отозван и не приостановлен
check-iin = Подписал тот, кто подаёт
answer-not-asked = не проверялось

# Сроки
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
