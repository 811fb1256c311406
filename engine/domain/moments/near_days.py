"""Words for days close by, and for lengths, in the languages whose names of days and months the system knows.

English and German have whole tables of their own (``habits``). Keys are ISO 639; words that have a space or an
apostrophe are written here as ``signs`` joins them.
"""

from __future__ import annotations

from engine.domain.moments.habits import WordKind, Words, table

_SAID = {
    "yesterday": (WordKind.DAY, -1),
    "today": (WordKind.DAY, 0),
    "tomorrow": (WordKind.DAY, 1),
    "after": (WordKind.DAY, 2),
    "now": (WordKind.NOW, 0),
    "noon": (WordKind.CLOCK, 12),
    "days": (WordKind.DAYS, 1),
    "weeks": (WordKind.DAYS, 7),
    "hours": (WordKind.MINUTES, 60),
    "clock": (WordKind.HOUR, 0),
    "in": (WordKind.IN, 0),
    "filler": (WordKind.FILLER, 0),
}


#: One language a line: what is said = its words, with commas between them.
_LANGUAGES = {
    "fr": (
        "yesterday=hier today=aujourdhui,auj tomorrow=demain after=apresdemain now=maintenant noon=midi "
        "days=j,jour,jours weeks=sem,semaine,semaines hours=heure,heures clock=h,heures,heure in=dans "
        "filler=le,à"
    ),
    "es": (
        "yesterday=ayer today=hoy tomorrow=mañana after=pasadomañana now=ahora noon=mediodía days=día,días "
        "weeks=sem,semana,semanas hours=hora,horas clock=h,horas in=dentro filler=el,a,las,la,de"
    ),
    "ca": (
        "yesterday=ahir today=avui tomorrow=demà now=ara noon=migdia days=dia,dies weeks=setmana,setmanes "
        "hours=hora,hores clock=h,hores filler=el,a,les"
    ),
    "it": (
        "yesterday=ieri today=oggi tomorrow=domani after=dopodomani now=adesso noon=mezzogiorno "
        "days=g,giorno,giorni weeks=settimana,settimane hours=ora,ore clock=h,ore in=tra,fra "
        "filler=il,alle,lo"
    ),
    "pt": (
        "yesterday=ontem today=hoje tomorrow=amanhã after=depoisdeamanhã now=agora days=dia,dias "
        "weeks=semana,semanas hours=hora,horas clock=h,horas in=em filler=às,as,de"
    ),
    "ro": (
        "yesterday=ieri today=azi,astăzi tomorrow=mâine after=poimâine now=acum noon=amiază days=zi,zile "
        "weeks=săptămână,săptămâni hours=oră,ore clock=ora in=peste filler=la,pe"
    ),
    "nl": (
        "yesterday=gisteren today=vandaag tomorrow=morgen after=overmorgen now=nu days=dag,dagen "
        "weeks=week,weken hours=uur,uren clock=uur,u in=over filler=om,op"
    ),
    "af": (
        "yesterday=gister today=vandag tomorrow=môre after=oormôre now=nou days=dag,dae weeks=week,weke "
        "hours=uur clock=uur filler=om,op"
    ),
    "sv": (
        "yesterday=igår today=idag tomorrow=imorgon,imorron after=övermorgon now=nu days=dag,dagar "
        "weeks=vecka,veckor hours=timme,timmar in=om filler=kl,klockan,den"
    ),
    "da": (
        "yesterday=igår today=idag tomorrow=imorgen after=overmorgen now=nu days=dag,dage weeks=uge,uger "
        "hours=time,timer in=om filler=kl,den"
    ),
    "nb": (
        "yesterday=igår today=idag tomorrow=imorgen after=overmorgen now=nå days=dag,dager weeks=uke,uker "
        "hours=time,timer in=om filler=kl,den"
    ),
    "nn": (
        "yesterday=igår today=idag tomorrow=imorgon after=overmorgon now=no days=dag,dagar weeks=veke,veker "
        "hours=time,timar in=om filler=kl,den"
    ),
    "fi": (
        "yesterday=eilen today=tänään tomorrow=huomenna after=ylihuomenna now=nyt days=päivä,päivää,pv "
        "weeks=viikko,viikkoa hours=tunti,tuntia filler=klo"
    ),
    "et": (
        "yesterday=eile today=täna tomorrow=homme after=ülehomme now=nüüd days=päev,päeva weeks=nädal,nädalat "
        "hours=tund,tundi filler=kell"
    ),
    "lv": (
        "yesterday=vakar today=šodien tomorrow=rīt after=parīt now=tagad days=diena,dienas "
        "weeks=nedēļa,nedēļas hours=stunda,stundas filler=plkst"
    ),
    "lt": (
        "yesterday=vakar today=šiandien tomorrow=rytoj after=poryt now=dabar days=diena,dienos,dienų "
        "weeks=savaitė,savaitės hours=valanda,valandos in=po filler=val"
    ),
    "pl": (
        "yesterday=wczoraj today=dziś,dzisiaj tomorrow=jutro after=pojutrze now=teraz days=dzień,dni "
        "weeks=tydzień,tygodnie hours=godzina,godziny,godzin clock=godz in=za filler=o,w,we"
    ),
    "cs": (
        "yesterday=včera today=dnes tomorrow=zítra after=pozítří now=teď,nyní noon=poledne days=den,dny,dní "
        "weeks=týden,týdny hours=hodina,hodiny,hodin clock=hod in=za filler=v,ve"
    ),
    "sk": (
        "yesterday=včera today=dnes tomorrow=zajtra after=pozajtra now=teraz days=deň,dni,dní "
        "weeks=týždeň,týždne hours=hodina,hodiny,hodín clock=hod in=o filler=v,vo,o"
    ),
    "sl": (
        "yesterday=včeraj today=danes tomorrow=jutri after=pojutrišnjem now=zdaj days=dan,dni "
        "weeks=teden,tedna hours=ura,ure clock=ura,uri in=čez filler=ob,v"
    ),
    "hr": (
        "yesterday=jučer today=danas tomorrow=sutra after=prekosutra now=sada,sad days=dan,dana "
        "weeks=tjedan,tjedna hours=sat,sata,sati clock=sati in=za filler=u"
    ),
    "sr": (
        "yesterday=juče,јуче today=данас,danas tomorrow=сутра,sutra after=прекосутра,prekosutra now=сада,sada "
        "days=дан,дана,dan,dana weeks=недеља,nedelja hours=сат,сати,sat,sati in=за,za filler=у,u"
    ),
    "hu": (
        "yesterday=tegnap today=ma tomorrow=holnap after=holnapután now=most days=nap weeks=hét hours=óra "
        "clock=óra,órakor"
    ),
    "tr": (
        "yesterday=dün today=bugün tomorrow=yarın now=şimdi noon=öğlen,öğle days=gün weeks=hafta hours=saat filler=saat"
    ),
    "el": (
        "yesterday=χθες,χτες today=σήμερα tomorrow=αύριο after=μεθαύριο now=τώρα noon=μεσημέρι "
        "days=μέρα,μέρες,ημέρα,ημέρες weeks=εβδομάδα,εβδομάδες hours=ώρα,ώρες in=σε filler=στις,την"
    ),
    "bg": (
        "yesterday=вчера today=днес tomorrow=утре after=вдругиден now=сега days=ден,дни weeks=седмица,седмици "
        "hours=час,часа clock=часа,ч in=след filler=в,на"
    ),
    "ru": (
        "yesterday=вчера today=сегодня tomorrow=завтра after=послезавтра now=сейчас noon=полдень "
        "days=день,дня,дней weeks=неделя,недели,недель hours=час,часа,часов clock=час,часа,часов,ч in=через "
        "filler=в,во"
    ),
    "uk": (
        "yesterday=вчора today=сьогодні tomorrow=завтра after=післязавтра now=зараз days=день,дні,днів "
        "weeks=тиждень,тижні hours=година,години,годин in=через filler=о,в,у"
    ),
    "ar": ("yesterday=أمس today=اليوم tomorrow=غدا,غدًا now=الآن days=يوم,أيام weeks=أسبوع,أسابيع hours=ساعة,ساعات"),
    "he": (
        "yesterday=אתמול today=היום tomorrow=מחר after=מחרתיים now=עכשיו days=יום,ימים weeks=שבוע,שבועות hours=שעה,שעות"
    ),
    "fa": ("yesterday=دیروز today=امروز tomorrow=فردا after=پسفردا now=اکنون,الان days=روز weeks=هفته hours=ساعت"),
    "ja": "yesterday=昨日 today=今日 tomorrow=明日 after=明後日 now=今",
    "zh": "yesterday=昨天 today=今天 tomorrow=明天 after=后天,後天 now=现在,現在",
    "ko": "yesterday=어제 today=오늘 tomorrow=내일 after=모레 now=지금",
}


def near_days(language: str) -> Words:
    """Of *language* (ISO 639, as ``fr``); no words where it has none here."""
    said = (each.split("=") for each in _LANGUAGES.get(language, "").split())
    return table((*_SAID[name], words.replace(",", " ")) for name, words in said)
