import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import portal.fields
import portal.references
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('time_zone', models.CharField(max_length=60)),
                ('covers_from', models.DateField()),
                ('covers_until', models.DateField(help_text='The first day that this version no longer knows.')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80)),
                ('name', portal.fields.PerLanguageField()),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('problem', 'Problem'), ('idea', 'Idea'), ('petition', 'Petition')], max_length=10), blank=True, default=list, help_text='Empty: every kind.', size=None)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'categories',
            },
        ),
        migrations.CreateModel(
            name='WorkingCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('uuid', models.UUIDField(default=portal.references.uuid7, editable=False, unique=True)),
                ('email', models.EmailField(blank=True, help_text='In lower case.', max_length=254, null=True, unique=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('postal_address', models.CharField(blank=True, max_length=300)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False, verbose_name='may open the administration')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name_plural': 'people',
                'constraints': [models.CheckConstraint(condition=models.Q(('email', None), ('email', django.db.models.functions.text.Lower('email')), _connector='OR'), name='person_email_is_lower_case'), models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('email', None), ('is_active', False), ('name', ''), ('phone', ''), ('postal_address', '')), _connector='OR'), name='person_erased_is_blank')],
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', portal.fields.PerLanguageField()),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='portal.area')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', {}), _negated=True), name='area_has_a_name'), models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='area_not_its_own_part')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('reason', models.CharField(max_length=120)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='portal.calendarversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'day'), name='closure_once_a_day'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='closure_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=portal.references.uuid7, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('suggestion_submitted', 'Suggestion received'), ('suggestion_cleared', 'Cleared for publication'), ('suggestion_withdrawn', 'Withdrawn by its author'), ('response_published', 'Response published'), ('reply_given', 'The citizen replied to a question'), ('decision_published', 'Decision published'), ('decision_proposed', 'Decision proposed by the operator'), ('proposal_settled', 'The city settled the proposal'), ('commitment_made', 'Promise made'), ('commitment_moved', 'New date named for a promise'), ('commitment_broken', 'Promise broken'), ('delivered', 'Delivered, with evidence'), ('verdict_given', 'Verdict given'), ('verdict_closed', 'Time for a verdict ended'), ('obligation_opened', 'Clock started'), ('obligation_paused', 'Clock paused'), ('obligation_resumed', 'Clock runs again'), ('obligation_warned', 'Clock runs out soon'), ('obligation_met', 'Done what was owed'), ('obligation_late', 'Late'), ('obligation_ended', 'No longer owed'), ('obligation_escalated', 'Next step of the ladder told'), ('clause_published', 'Clause published'), ('cases_imported', 'Earlier cases imported')], max_length=30)),
                ('case', models.CharField(blank=True, help_text='The reference of the suggestion, where there is one.', max_length=40)),
                ('about', models.CharField(help_text='The row, as "noun/id"; text, so that the log never blocks anything.', max_length=80)),
                ('actor', models.CharField(help_text='A role, never a name.', max_length=24)),
                ('at', models.DateTimeField(help_text='When it legally happened.')),
                ('known_at', models.DateTimeField(help_text='When the record learned of it.')),
                ('facts', models.JSONField(default=dict, help_text='Codes, ids and moments; no personal data.')),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'at'], name='event_by_case'), models.Index(fields=['known_at'], name='event_by_known_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('about', ''), _negated=True), models.Q(('actor', ''), _negated=True)), name='event_says_what_and_who')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation_kind', models.CharField(choices=[('city', 'City'), ('operator', 'Operator'), ('group', 'Advocacy group'), ('partner', 'Partner with desks')], editable=False, max_length=10)),
                ('role', models.CharField(choices=[('helper', 'Helper'), ('group_officer', 'Group officer'), ('operator_agent', 'Operator agent'), ('operator_manager', 'Operator manager'), ('city_clerk', 'City clerk'), ('city_manager', 'City manager'), ('council_secretary', 'Council secretary'), ('verification_officer', 'Verification officer'), ('auditor', 'Auditor or data protection officer')], max_length=24)),
                ('from_at', models.DateTimeField()),
                ('until_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Actor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('nobody', 'Visitor without an account'), ('person', 'Person'), ('membership', 'Member of an organisation'), ('helper', 'Helper of a person'), ('receipt', 'Holder of a receipt'), ('system', "The portal's clock")], max_length=12)),
                ('subject', models.CharField(blank=True, help_text='The reference of the receipt that was shown.', max_length=40)),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.membership')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'person', 'membership', 'on_behalf_of', 'subject'), name='actor_once_per_capacity', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['nobody', 'system']), ('membership', None), ('on_behalf_of', None), ('person', None), ('subject', '')), models.Q(('kind', 'person'), ('membership', None), ('on_behalf_of', None), ('person__isnull', False), ('subject', '')), models.Q(('kind', 'membership'), ('membership__isnull', False), ('on_behalf_of', None), ('person', None), ('subject', '')), models.Q(('kind', 'helper'), ('membership__isnull', False), ('person', None), ('subject', '')), models.Q(('kind', 'receipt'), ('membership', None), ('on_behalf_of', None), ('person', None), models.Q(('subject', ''), _negated=True)), _connector='OR'), name='actor_fields_fit_kind')],
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(help_text='Monday is 0.')),
                ('opens', models.PositiveSmallIntegerField()),
                ('closes', models.PositiveSmallIntegerField(help_text='1440 is midnight.')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='portal.calendarversion')),
            ],
            options={
                'verbose_name_plural': 'opening hours',
                'constraints': [models.UniqueConstraint(fields=('version', 'weekday', 'opens'), name='opening_hours_once'), models.CheckConstraint(condition=models.Q(('closes__lte', 1440), ('opens__lt', models.F('closes')), ('weekday__lte', 6)), name='opening_hours_within_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=portal.references.uuid7, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('city', 'City'), ('operator', 'Operator'), ('group', 'Advocacy group'), ('partner', 'Partner with desks')], max_length=10)),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('contact', models.CharField(blank=True, help_text='How citizens reach it: a public address or number.', max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'city')), fields=('kind',), name='organisation_one_city'), models.UniqueConstraint(fields=('id', 'kind'), name='organisation_id_and_kind'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='organisation_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=portal.references.uuid7, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('due_soon', 'A clock runs out soon'), ('late', 'A clock has run out'), ('escalated', 'A late clock has reached you'), ('review_owed', 'The citizen says it was not done'), ('proposal', 'The operator proposes to hand this case over or to call it out of scope'), ('promise_beyond', 'The operator asks consent for a later date than the clause allows')], max_length=20)),
                ('role', models.CharField(choices=[('helper', 'Helper'), ('group_officer', 'Group officer'), ('operator_agent', 'Operator agent'), ('operator_manager', 'Operator manager'), ('city_clerk', 'City clerk'), ('city_manager', 'City manager'), ('council_secretary', 'Council secretary'), ('verification_officer', 'Verification officer'), ('auditor', 'Auditor or data protection officer')], max_length=24)),
                ('case', models.CharField(blank=True, max_length=40)),
                ('occasion', models.CharField(help_text='What it is about, as "noun/id" and, where it recurs, a step.', max_length=80)),
                ('told_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='portal.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'role', '-told_at'], name='notification_by_addressee')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'organisation', 'role', 'occasion'), name='notification_once_per_occasion'), models.CheckConstraint(condition=models.Q(('occasion', ''), _negated=True), name='notification_has_an_occasion')],
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='portal.organisation'),
        ),
        migrations.CreateModel(
            name='PersonKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(choices=[('eid', 'Electronic identity'), ('email', 'E-mail address'), ('declared', 'Name, birth date and postcode')], max_length=10)),
                ('hash', models.BinaryField(max_length=32)),
                ('wrapped', models.PositiveSmallIntegerField(default=0, help_text='How often the secret was rotated: HMAC(new, HMAC(old, x)).')),
                ('added_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scheme', 'hash'), name='person_key_belongs_to_one_person')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('text', portal.fields.PerLanguageField()),
                ('answer', models.CharField(choices=[('text', 'Short text'), ('choice', 'One of a list'), ('yes_no', 'Yes or no'), ('number', 'Number')], max_length=10)),
                ('options', models.JSONField(blank=True, default=list, help_text='For a list: [{"code": …, "name": {language: text}}].')),
                ('is_required', models.BooleanField(default=False)),
                ('place', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='portal.category')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('category', 'code'), name='question_once_per_category'), models.CheckConstraint(condition=models.Q(('text', {}), _negated=True), name='question_has_a_text'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'choice'), _negated=True), models.Q(('options', []), _negated=True), _connector='OR'), name='question_choice_has_options')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', portal.fields.PerLanguageField()),
                ('description', portal.fields.PerLanguageField(blank=True, default=dict)),
                ('visibility', models.CharField(choices=[('public', 'Public at once'), ('public_after_check', 'Public after a check by the city'), ('city_and_operator', 'Only the city and the operator')], default='public', max_length=20)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', {}), _negated=True), name='service_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('text', portal.fields.PerLanguageField()),
                ('published_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('service', models.ForeignKey(blank=True, help_text='Empty: every service.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='portal.service')),
            ],
            options={
                'verbose_name_plural': 'criteria',
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='criterion_once_per_version'), models.CheckConstraint(condition=models.Q(('text', {}), _negated=True), name='criterion_has_a_text')],
            },
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=portal.references.uuid7, editable=False, unique=True)),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('title', portal.fields.PerLanguageField()),
                ('term', django.contrib.postgres.fields.ranges.DateRangeField(help_text='First day, and the first day after the last.')),
                ('area', models.ForeignKey(blank=True, help_text='Empty: the whole city.', null=True, on_delete=django.db.models.deletion.PROTECT, to='portal.area')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='portal.organisation')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='portal.service')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('service', '='), (django.db.models.functions.comparison.Coalesce('area_id', 0), '='), ('term', '&&')], name='contract_one_per_service_and_area'), models.CheckConstraint(condition=models.Q(('title', {}), _negated=True), name='contract_has_a_title'), models.CheckConstraint(condition=models.Q(('term__isempty', False), ('term__startswith__isnull', False)), name='contract_has_a_first_day')],
            },
        ),
        migrations.AddField(
            model_name='category',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='categories', to='portal.service'),
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=120)),
                ('latitude', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ('longitude', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='portal.area')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='portal.service')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('service', 'code'), name='asset_once_per_service'), models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__isnull', False), ('longitude__range', (-180, 180))), _connector='OR'), name='asset_stands_on_earth')],
            },
        ),
        migrations.CreateModel(
            name='ServiceLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=portal.references.uuid7, editable=False, unique=True)),
                ('clause', models.CharField(max_length=40)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('basis', models.CharField(choices=[('contract', 'Contract'), ('city_rule', 'City rule'), ('voluntary_charter', 'Voluntary charter')], max_length=20)),
                ('text', portal.fields.PerLanguageField()),
                ('act', models.CharField(choices=[('acknowledge', 'acknowledge'), ('answer', 'decide, with reasons'), ('solve', 'solve the problem'), ('deliver', 'deliver what was promised'), ('hear', 'hear the petition'), ('review', 'decide again'), ('supply_data', 'supply data'), ('personal_data', 'answer a request about personal data')], max_length=16)),
                ('owed_by', models.CharField(choices=[('operator', 'Operator'), ('city', 'City')], max_length=10)),
                ('kind', models.CharField(blank=True, choices=[('problem', 'Problem'), ('idea', 'Idea'), ('petition', 'Petition')], help_text='Empty: every kind.', max_length=10)),
                ('support_threshold', models.PositiveIntegerField(blank=True, null=True)),
                ('within_minutes', models.PositiveIntegerField(help_text='Working minutes of the calendar.')),
                ('warn_percent', models.PositiveSmallIntegerField(default=75)),
                ('pause_reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('needs_citizen', 'The citizen is asked something'), ('needs_city', 'The city is asked something'), ('safety', 'The place is not safe to work at'), ('third_party', 'Another party must act first')], max_length=20), blank=True, default=list, size=None)),
                ('pause_limit_minutes', models.PositiveIntegerField(default=0, help_text='Working minutes, all pauses of one clock together.')),
                ('longest_promise_days', models.PositiveSmallIntegerField(blank=True, help_text='Beyond it the city must consent.', null=True)),
                ('verdict_days', models.PositiveSmallIntegerField(default=14)),
                ('verdict_rule', models.CharField(choices=[('author', 'the author says so'), ('majority', 'more people say "not done" than "done"')], default='author', max_length=10)),
                ('in_force', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('category', models.ForeignKey(blank=True, help_text='Empty: every category.', null=True, on_delete=django.db.models.deletion.PROTECT, to='portal.category')),
                ('contract', models.ForeignKey(blank=True, help_text="Empty: the city's default rule.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='service_levels', to='portal.contract')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_levels', to='portal.workingcalendar')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contract', 'clause', 'version'), name='service_level_once_per_version', nulls_distinct=False), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('published_at__isnull', False)), expressions=[(django.db.models.functions.comparison.Coalesce('contract_id', 0), '='), ('act', '='), ('kind', '='), (django.db.models.functions.comparison.Coalesce('category_id', 0), '='), (django.db.models.functions.comparison.Coalesce('support_threshold', 0), '='), ('in_force', '&&')], name='service_level_no_two_for_one_case'), models.CheckConstraint(condition=models.Q(models.Q(('text', {}), _negated=True), models.Q(('clause', ''), _negated=True)), name='service_level_says_what'), models.CheckConstraint(condition=models.Q(('warn_percent__range', (1, 99)), ('within_minutes__gt', 0)), name='service_level_gives_time'), models.CheckConstraint(condition=models.Q(('contract__isnull', False), models.Q(('basis', 'city_rule'), ('owed_by', 'city')), _connector='OR'), name='service_level_default_is_the_citys'), models.CheckConstraint(condition=models.Q(('pause_reasons', []), ('pause_limit_minutes__gt', 0), _connector='OR'), name='service_level_pauses_have_a_limit'), models.CheckConstraint(condition=models.Q(models.Q(('act__in', ['solve']), _negated=True), ('kind', 'problem'), _connector='OR'), name='service_level_solve_is_for_problems'), models.CheckConstraint(condition=models.Q(('in_force__isempty', False), ('in_force__startswith__isnull', False)), name='service_level_has_a_first_moment')],
            },
        ),
        migrations.CreateModel(
            name='EscalationStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField()),
                ('level', models.CharField(choices=[('operator_manager', 'operator manager'), ('city_manager', 'city contract manager'), ('political', 'political level')], max_length=20)),
                ('after_minutes', models.PositiveIntegerField(help_text='Working minutes after the due moment.')),
                ('service_level', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ladder', to='portal.servicelevel')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('service_level', 'rank'), name='escalation_step_once'), models.UniqueConstraint(fields=('service_level', 'level'), name='escalation_step_one_per_level'), models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='escalation_step_counts_from_one')],
            },
        ),
        migrations.AddField(
            model_name='calendarversion',
            name='calendar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='portal.workingcalendar'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('organisation_kind', 'city'), ('role__in', ['helper', 'city_clerk', 'city_manager', 'council_secretary', 'verification_officer', 'auditor'])), models.Q(('organisation_kind', 'operator'), ('role__in', ['operator_agent', 'operator_manager'])), models.Q(('organisation_kind', 'group'), ('role__in', ['group_officer', 'helper'])), models.Q(('organisation_kind', 'partner'), ('role__in', ['helper'])), _connector='OR'), name='membership_role_fits_organisation'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('until_at', None), ('until_at__gt', models.F('from_at')), _connector='OR'), name='membership_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('until_at', None)), fields=('person', 'organisation', 'role'), name='membership_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('service', 'code'), name='category_once_per_service'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('name', {}), _negated=True), name='category_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='calendarversion',
            constraint=models.UniqueConstraint(fields=('calendar', 'number'), name='calendar_version_once'),
        ),
        migrations.AddConstraint(
            model_name='calendarversion',
            constraint=models.CheckConstraint(condition=models.Q(('covers_until__gt', models.F('covers_from'))), name='calendar_version_covers_days'),
        ),
    ]
