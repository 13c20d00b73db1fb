# Тексты оформления и страниц ошибок.

layout-test-banner = Симулятор для испытаний. Документы отсюда не имеют юридической силы.
layout-skip = Перейти к содержанию
layout-languages = Язык
layout-navigation = Навигация
layout-sign-out = Выйти
layout-footer = Qaqpa — открытый симулятор шлюза электронного правительства Казахстана. Это не сайт государственного органа; люди и документы в нём вымышлены.
layout-clock = Время симулятора:

field-choose = — выберите —
step-ahead = ещё впереди

request-status-draft = Черновик
request-status-received = Поступило
request-status-in-work = В работе
request-status-completed = Исполнено
request-status-refused = Отказано

error-title = Ошибка
error-label = Метка
error-details = Подробности
error-remedy = Что делать:
error-home = На главную

problem-not-found = Такой страницы нет
problem-not-found-meaning = По этому адресу ничего нет, или это не ваше.
problem-not-found-remedy = Проверьте адрес или начните с главной страницы.
problem-method-not-allowed = Эту страницу так открыть нельзя
problem-method-not-allowed-meaning = Адрес существует, но не для такого запроса.
problem-method-not-allowed-remedy = Вернитесь и откройте страницу по ссылке или кнопкой.
problem-request-malformed = Запрос не читается
problem-request-malformed-meaning = Браузер или программа прислали то, чего эта страница не понимает.
problem-request-malformed-remedy = Вернитесь, обновите страницу и повторите.
problem-form-malformed = Форма не читается
problem-form-malformed-meaning = Не хватает поля, или форма отправлена не так, как её отправляет эта страница.
problem-form-malformed-remedy = Вернитесь, обновите страницу и заполните форму ещё раз.
problem-form-expired = Форма устарела
problem-form-expired-meaning = Её маркер отсутствует или не от этого посещения: возможно, с тех пор вы вошли или вышли. Ничего не сделано.
problem-form-expired-remedy = Вернитесь, обновите страницу и отправьте форму ещё раз. Файлы cookie должны быть разрешены.
problem-foreign-origin = Форма пришла с другого сайта
problem-foreign-origin-meaning = Формы принимаются только со страниц этого сайта. Ничего не сделано.
problem-foreign-origin-remedy = Откройте страницу здесь и отправьте форму с неё.
problem-sign-in-needed = Вы не вошли
problem-sign-in-needed-meaning = Посещение закончилось, или вы ещё не вошли. Ничего не сделано.
problem-sign-in-needed-remedy = Войдите и повторите.
problem-role-missing = Эта страница не для вас
problem-role-missing-meaning = У вашей учётной записи нет роли, которая здесь нужна.
problem-role-missing-remedy = Войдите с учётной записью, у которой она есть.
problem-own-fault = Сбой симулятора
problem-own-fault-meaning = Страница не открылась, и это не ваша вина. Ничего не принято.
problem-own-fault-remedy = Попробуйте ещё раз. Если снова не выйдет, причину назовёт журнал.
problem-body-too-large = Слишком много за один раз
problem-body-too-large-meaning = Форма с файлами больше предела.
problem-body-too-large-remedy = Приложите меньше файлов или файлы меньшего размера.
problem-request-timeout = Запрос шёл слишком долго
problem-request-timeout-meaning = Запрос не пришёл полностью за отведённое время.
problem-request-timeout-remedy = Проверьте соединение и отправьте ещё раз.
problem-request-cut = Запрос оборвался
problem-request-cut-meaning = Пришла только часть запроса. Ничего не принято.
problem-request-cut-remedy = Отправьте ещё раз.
problem-busy = Слишком много дел
problem-busy-meaning = Сейчас обрабатывается слишком много запросов. Этот не принят.
problem-busy-remedy = Подождите немного и попробуйте ещё раз.
problem-too-many-attempts = Слишком много попыток
problem-too-many-attempts-meaning = Пароль слишком часто был неверным.
problem-too-many-attempts-remedy = Подождите немного, затем попробуйте ещё раз.
