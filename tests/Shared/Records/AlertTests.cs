using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Alerts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Tests;

/// <summary>Rules and the alerts that they raise, wherever they are kept. It is noon of 2024-07-01 UTC.</summary>
public abstract class AlertTests(IRecordsStore store) : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = RuleFacts.Noon;

    private readonly List<RuleBook> _books = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return store.DisposeAsync();
    }

    [Fact]
    public async Task Crossing_RaisesOneAlert_HoweverOftenItsEventComes()
    {
        await using var worker = await StartAsync();
        var rule = await PutAsync(worker, new("btc", "PROBABILITY_ABOVE") { Value = 0.6, Class = "Bullish" });

        await worker.PublishAsync(new PredictionCompleted(RuleFacts.Prediction(0.5, at: Noon.AddMinutes(-3))));
        await worker.PublishAsync(new PredictionCompleted(RuleFacts.Prediction(0.7, id: "a1")));
        await worker.PublishAsync(new PredictionCompleted(RuleFacts.Prediction(0.7, id: "a1")));
        await worker.PublishAsync(new PredictionCompleted(RuleFacts.Prediction(0.9, symbol: "ETH")));
        Assert.True(await worker.Harness.Published.Any<AlertRaised>(Cancel));
        await UntilDeliveredAsync(1);

        var alert = Assert.Single((await AlertsAsync(worker)).Alerts);
        Assert.Equal(
            new Alert(alert.Id, rule.Id, "BTC", Noon, 0.7, 0.6, "a1")
            {
                When = "probability_above",
                Message = "BTC: the probability of bullish over 7d is 0.7, above 0.6",
                Timeframe = "7d",
            },
            alert);
        Assert.Equal(alert, Assert.Single(worker.Harness.Published.Select<AlertRaised>(Cancel)).Context.Message.Alert);
    }

    [Fact]
    public async Task AnswerForAPastDay_IsLeftOut()
    {
        await using var worker = await StartAsync();
        await PutAsync(worker, new("BTC", AlertConditions.RiskScoreAbove) { Value = 60 });
        await PutAsync(worker, new("ETH", AlertConditions.RiskScoreAbove) { Value = 60 });

        await worker.Harness.Bus.Publish(new RiskScored(RuleFacts.Risk(90)), publish => publish.Headers.Set(Endpoints.AsOfHeader, "2024-06-01"), Cancel);
        await worker.PublishAsync(new RiskScored(RuleFacts.Risk(90, symbol: "ETH")));
        await UntilDeliveredAsync(1);

        Assert.Equal("ETH", Assert.Single((await AlertsAsync(worker)).Alerts).Symbol);
    }

    [Fact]
    public async Task TwoWorkersWithTheSameEvents_RaiseEachCrossingOnce()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        await PutAsync(one, new("*", AlertConditions.DirectionChanged) { QuietMinutes = 0 });
        var evaluators = new[] { one, other }.Select(worker => worker.Services.GetRequiredService<AlertEvaluator>()).ToArray();

        var raised = new List<Alert>();
        for (var i = 0; i < 20; i++)
        {
            var facts = AlertFacts.Of(RuleFacts.Prediction(direction: i % 2 == 0 ? "bullish" : "bearish", at: Noon.AddSeconds(i), id: $"id{i}"));
            var both = await Task.WhenAll(
                evaluators.Concat(evaluators).Select(evaluator => Task.Run(() => evaluator.EvaluateAsync(facts, Cancel))));
            raised.AddRange(both.SelectMany(alerts => alerts));
        }

        Assert.Equal(19, raised.Count);
        Assert.Equal(19, raised.Select(alert => alert.Id).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 19).Select(i => $"id{i}"), raised.Select(alert => alert.PredictionId));
        Assert.Equal(19, (await AlertsAsync(one)).Total);
    }

    [Fact]
    public async Task RuleThatIsChangedOrRemoved_CountsFromTheNextEventOn()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var rule = await PutAsync(one, new("BTC", AlertConditions.RiskScoreAbove) { Value = 60 });
        Assert.Single(await EvaluateAsync(other, RuleFacts.Risk(70)));

        await PutAsync(one, new("BTC", AlertConditions.RiskScoreAbove) { Id = rule.Id, Value = 60, QuietMinutes = 0 });
        Assert.Empty(await EvaluateAsync(other, RuleFacts.Risk(70)));
        // Another condition begins anew.
        await PutAsync(one, new("BTC", AlertConditions.RiskScoreAbove) { Id = rule.Id, Value = 65, QuietMinutes = 0 });
        Assert.Single(await EvaluateAsync(other, RuleFacts.Risk(70)));

        Assert.Equal(rule.Id, (await one.AskAsync<AlertRuleRemoveRequested, AlertRuleRemoved>(new(rule.Id), Endpoints.Alerts)).Id);
        await PutAsync(one, new("BTC", AlertConditions.RiskScoreAbove) { Id = rule.Id, Value = 80 });
        Assert.Empty(await EvaluateAsync(other, RuleFacts.Risk(70, at: Noon.AddHours(2))));
        Assert.Equal(2, (await AlertsAsync(one)).Total);
    }

    [Fact]
    public async Task State_OutlivesTheWorker()
    {
        await using (var first = await StartAsync())
        {
            await PutAsync(first, new("BTC", AlertConditions.PriceLeftInterval));
            await PutAsync(first, new("BTC", AlertConditions.RiskLevelChanged));
            await EvaluateAsync(first, RuleFacts.Risk(level: "low"));
            await EvaluateAsync(first, RuleFacts.Prediction(close: 100, day: new(2024, 6, 28), at: Noon.AddDays(-2)));
        }

        await using var next = await StartAsync();
        Assert.Equal("low", Assert.Single(await EvaluateAsync(next, RuleFacts.Risk(level: "high", at: Noon.AddMinutes(1)))).From);
        Assert.Equal(
            "BTC: the close of 2024-06-30, 120, lies outside 90 to 110, the range that was predicted on 2024-06-28 for 2024-07-05",
            Assert.Single(await EvaluateAsync(next, RuleFacts.Prediction(close: 120))).Message);
    }

    [Fact]
    public async Task Delivery_IsOneWorkersUntilItsLeaseEnds()
    {
        await using var worker = await StartAsync();
        var deliveries = worker.Services.GetRequiredService<DeliveryStore>();
        await store.ExecuteAsync("insert into coinsphere_alerts (id, rule_id, symbol, raised_at, body) values ('a', 'r', 'BTC', 0, '{}')");
        await store.ExecuteAsync(
            "insert into coinsphere_alert_deliveries (alert_id, target, rule_id, state, tries, next_at, created_at) "
            + "values ('a', 'webhook', 'r', 'waiting', 0, 4102444800000, 0)");
        var start = DateTimeOffset.FromUnixTimeMilliseconds(4102444800000);
        var due = Assert.Single(await deliveries.DueAsync(start, Cancel));

        Assert.True(await deliveries.TakeAsync(due, start, Cancel));
        Assert.False(await deliveries.TakeAsync(due, start, Cancel));
        Assert.Empty(await deliveries.DueAsync(start.AddSeconds(29), Cancel));
        // The worker was killed. What it would have written later does not count.
        var again = Assert.Single(await deliveries.DueAsync(start.AddSeconds(30), Cancel));
        Assert.Equal(1, again.Tries);
        Assert.True(await deliveries.TakeAsync(again, start.AddSeconds(30), Cancel));
        await deliveries.EndAsync(due, Delivery.Parked, start, "late", Cancel);
        await deliveries.EndAsync(again, Delivery.Delivered, start, null, Cancel);
        Assert.Equal("delivered", await store.ValueAsync<string>("select state from coinsphere_alert_deliveries"));
    }

    [Fact]
    public async Task Secret_IsShownOnce_AndStaysWithTheRule()
    {
        await using var worker = await StartAsync();
        var made = await PutAsync(worker, new("BTC", AlertConditions.DirectionChanged) { Webhook = "https://example.com/a" });
        var changed = await PutAsync(worker, new("BTC", AlertConditions.DirectionChanged) { Id = made.Id, Webhook = "https://example.com/b" });
        var listed = Assert.Single((await RulesAsync(worker)).Rules);

        Assert.StartsWith("whsec_", made.Secret);
        Assert.Equal(32, Convert.FromBase64String(made.Secret!["whsec_".Length..]).Length);
        Assert.Equal((null, null), (changed.Secret, listed.Secret));
        Assert.Equal(("https://example.com/b", new WebhookDeliveries(0, 0, 0), made.CreatedAt), (listed.Webhook, listed.Deliveries, listed.CreatedAt));
        var found = await worker.Services.GetRequiredService<AlertRuleStore>().FindAsync(made.Id, Cancel);
        Assert.Equal(made.Secret, found!.Secret);
    }

    [Fact]
    public async Task RuleBeyondTheMost_IsRefused_AndAKnownOneCanBeChanged()
    {
        await using var worker = await StartAsync("Alerts:MaxRules", "2");
        var made = await PutAsync(worker, new("BTC", AlertConditions.DirectionChanged));
        await PutAsync(worker, new("ETH", AlertConditions.DirectionChanged) { Id = "mine" });

        var refusal = await worker.AskAsync<AlertRulePutRequested, RequestRefused>(new("SOL", AlertConditions.DirectionChanged), Endpoints.Alerts);
        await PutAsync(worker, new("SOL", AlertConditions.DirectionChanged) { Id = made.Id });

        Assert.Equal(
            new RequestRefused(RefusalReason.TooManyRules, "there are 2 alert rules, the most that are kept (Alerts:MaxRules): remove some first"), refusal);
        Assert.Equal(["SOL", "ETH"], (await RulesAsync(worker)).Rules.Select(rule => rule.Symbol).OrderDescending());
    }

    [Fact]
    public async Task Lists_ArePagesOfWhatIsAskedFor()
    {
        await using var worker = await StartAsync();
        foreach (var symbol in new[] { "BTC", "ETH", "*" })
        {
            await PutAsync(worker, new(symbol, AlertConditions.RiskScoreAbove) { Value = 60 });
        }

        await EvaluateAsync(worker, RuleFacts.Risk(70));
        await EvaluateAsync(worker, RuleFacts.Risk(70, symbol: "ETH"));

        Assert.Equal(2, (await RulesAsync(worker, new() { Symbol = "btc" })).Total);
        Assert.Equal((1, 3), ((await RulesAsync(worker, new() { Limit = 1, Offset = 2 })).Rules.Count, (await RulesAsync(worker)).Total));
        Assert.Equal((1, 4), ((await AlertsAsync(worker, new() { Limit = 1 })).Alerts.Count, (await AlertsAsync(worker)).Total));
        Assert.Equal(["ETH", "ETH"], (await AlertsAsync(worker, new() { Symbol = "eth" })).Alerts.Select(alert => alert.Symbol));
        var ofOne = (await RulesAsync(worker)).Rules.Single(rule => rule.Symbol == "*").Id;
        Assert.Equal(2, (await AlertsAsync(worker, new() { Rule = ofOne })).Total);
    }

    [Fact]
    public async Task UnknownOrWrongRule_IsRefused()
    {
        await using var worker = await StartAsync();
        var rule = await PutAsync(worker, new("BTC", AlertConditions.DirectionChanged));

        Assert.Equal(
            new RequestRefused(RefusalReason.RuleNotFound, "there is no alert rule 'nope'"),
            await worker.AskAsync<AlertRuleRemoveRequested, RequestRefused>(new("nope"), Endpoints.Alerts));
        Assert.Equal(
            RefusalReason.RuleNotFound,
            (await worker.AskAsync<AlertRulesRequested, RequestRefused>(new() { Id = "nope" }, Endpoints.Alerts)).Reason);
        Assert.Equal(
            $"the rule {rule.Id} has no webhook: expected one with a webhook",
            (await worker.AskAsync<AlertRuleTestRequested, RequestRefused>(new(rule.Id), Endpoints.Alerts)).Detail);
        Assert.Equal(
            "model_alarm has no timeframe: leave it out",
            (await worker.AskAsync<AlertRulePutRequested, RequestRefused>(
                new("BTC", AlertConditions.ModelAlarm) { Timeframe = "7d" }, Endpoints.Alerts)).Detail);
    }

    private protected async Task<DatabaseWorker> StartAsync(params string[] settings)
    {
        var worker = await DatabaseWorker.StartAsync(store, settings);
        _books.Add(worker.Services.GetRequiredService<RuleBook>());
        return worker;
    }

    // Every worker sees the rule within a second.
    private async Task<AlertRule> PutAsync(DatabaseWorker worker, AlertRulePutRequested request)
    {
        var rule = await worker.AskAsync<AlertRulePutRequested, AlertRule>(request, Endpoints.Alerts);
        var version = await worker.Services.GetRequiredService<AlertStore>().RulesVersionAsync(Cancel);
        foreach (var book in _books)
        {
            await Until.True(async () => (await book.ReadAsync(Cancel)).Version >= version, "the rules are seen");
        }

        return rule;
    }

    private static Task<AlertRules> RulesAsync(DatabaseWorker worker, AlertRulesRequested? request = null) =>
        worker.AskAsync<AlertRulesRequested, AlertRules>(request ?? new(), Endpoints.Alerts);

    private static Task<AlertHistory> AlertsAsync(DatabaseWorker worker, AlertsRequested? request = null) =>
        worker.AskAsync<AlertsRequested, AlertHistory>(request ?? new(), Endpoints.Alerts);

    private static Task<IReadOnlyList<Alert>> EvaluateAsync(DatabaseWorker worker, PredictionAnswer answer) =>
        worker.Services.GetRequiredService<AlertEvaluator>().EvaluateAsync(AlertFacts.Of(answer), Cancel);

    private static Task<IReadOnlyList<Alert>> EvaluateAsync(DatabaseWorker worker, RiskAnswer answer) =>
        worker.Services.GetRequiredService<AlertEvaluator>().EvaluateAsync(AlertFacts.Of(answer), Cancel);

    // Events are consumed in any order, and the last of them may be the first to raise an alert.
    private Task UntilDeliveredAsync(int alerts) => store.UntilAsync($"select count(*) = {alerts} from coinsphere_alert_deliveries where state = 'delivered'");
}
